// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's pooling. Adaptive pooling has a window of its own where the sizes divide.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/torch_help.h"
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

bool torchHas(const SourceNode& node, const char* word) { return node.kind.find(word) != std::string::npos; }

/// Axes of the window, from the operator's name; the input has two more.
Result<size_t> torchAxes(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const size_t axes = torchHas(node, "1d") ? 1 : torchHas(node, "3d") ? 3 : 2;
    if (x.size() != axes + 2) return attributeError(node, "input of shape " + ir::toText(x));
    return axes;
}

/// Sums over a window by a number of its own: the mean of whole windows, zeros outside counted, times what it lacks.
Status torchSums(const SourceNode& node, ImportBuilder& builder, const std::vector<int64_t>& kernel, const std::vector<int64_t>& pads, int64_t divisor) {
    if (node.integer("ceil_mode", 0) != 0) return attributeError(node, "divisor_override with ceil_mode");
    SourceNode mean = node;
    mean.outputs = {node.outputs.front() + "_mean"};
    double area = 1;
    for (const int64_t k : kernel) area *= static_cast<double>(k);
    WB_TRY(torchAsOnnx(mean, builder, "AveragePool", {node.inputs[0]},
                       {{"kernel_shape", kernel}, {"strides", torchInts(node, "stride", kernel.size()).value_or(kernel)}, {"pads", pads}, {"count_include_pad", int64_t{1}}}));
    return torchEmit(node, builder, "top.MulConst", {builder.operand(mean.outputs.front())}, torchConstant(area / static_cast<double>(divisor)));
}

Status torchPool(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const size_t axes, torchAxes(node, builder));
    const auto kernel = torchInts(node, "kernel_size", axes);
    if (!kernel) return attributeError(node, "kernel_size is missing");
    const std::vector<int64_t> border = torchInts(node, "padding", axes).value_or(std::vector<int64_t>(axes, 0));
    std::vector<int64_t> pads = border;
    pads.insert(pads.end(), border.begin(), border.end());
    if (const int64_t divisor = node.integer("divisor_override", 0); divisor != 0 && axes == kernel->size()) return torchSums(node, builder, *kernel, pads, divisor);
    TorchAttributes a{{"kernel_shape", *kernel},
                      {"strides", torchInts(node, "stride", axes).value_or(*kernel)},
                      {"pads", pads},
                      {"ceil_mode", node.integer("ceil_mode", 0)}};
    if (const auto dilations = torchInts(node, "dilation", axes)) a["dilations"] = *dilations;
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) {
        const auto dilations = torchInts(node, "dilation", axes).value_or(std::vector<int64_t>(axes, 1));
        if (std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; }))
            return attributeError(node, "the positions of the maxima of a dilated window are asked for");
        ir::AttributeMap form;
        form.set("kernel_shape", ir::Attribute::ints(*kernel));
        form.set("strides", ir::Attribute::ints(torchInts(node, "stride", axes).value_or(*kernel)));
        form.set("pads", ir::Attribute::ints(pads));
        form.set("dilations", ir::Attribute::ints(dilations));
        form.set("ceil_mode", node.integer("ceil_mode", 0) != 0);
        form.set("storage_order", 0);
        WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
        return poolWithPositions(node, builder, in, std::move(form), true);
    }
    if (torchHas(node, "max")) return torchAsOnnx(node, builder, "MaxPool", {node.inputs[0]}, std::move(a));
    a["count_include_pad"] = node.integer("count_include_pad", 1);
    return torchAsOnnx(node, builder, "AveragePool", {node.inputs[0]}, std::move(a));
}

/// Part i of `to` takes the pixels from floor(i·from/to) to ceil((i+1)·from/to): as columns of a matrix.
ir::Tensor torchParts(int64_t from, int64_t to) {
    ir::Tensor matrix(ir::ElementType::F32, {from, to});
    for (int64_t i = 0; i < to; ++i) {
        const int64_t begin = i * from / to, end = ((i + 1) * from + to - 1) / to;
        for (int64_t k = begin; k < end; ++k)
            matrix.mutableData<float>()[k * to + i] = 1.0F / static_cast<float>(end - begin);
    }
    return matrix;
}

/// Averages of parts that differ in size have no window: two matrix products, one an axis.
Status torchUneven(const SourceNode& node, ImportBuilder& builder, const ir::Shape& out) {
    WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(id).type.shape;
    return torchByMatrices(node, builder, id, torchParts(x[2], out[2]), torchParts(x[3], out[3]));
}

/// The greatest of parts that differ in size: a part of each axis at a time.
Status torchUnevenGreatest(const SourceNode& node, ImportBuilder& builder, const ir::Shape& out) {
    constexpr int64_t kMostParts = 64;
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    for (size_t d = 2; d < in.size() && !c.failed(); ++d) {
        if (in[d] == out[d]) continue;
        if (out[d] < 1 || out[d] > kMostParts) return attributeError(node, std::to_string(in[d]) + " pixels in " + std::to_string(out[d]) + " unequal parts");
        std::vector<ir::ValueId> parts;
        for (int64_t i = 0; i < out[d]; ++i)
            parts.push_back(c.reduce("ReduceMax", c.slice(x, d, i * in[d] / out[d], ((i + 1) * in[d] + out[d] - 1) / out[d]), {static_cast<int64_t>(d)}, true));
        x = c.concat(std::move(parts), static_cast<int64_t>(d));
    }
    return c.done(x);
}

Status torchAdaptive(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const size_t axes, torchAxes(node, builder));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const auto shape = torchResultShape(node);
    if (!shape || shape->size() != axes + 2) return attributeError(node, "output_size is known only at run time");
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) return attributeError(node, "the positions of the maxima are asked for");
    std::vector<int64_t> window;
    for (size_t d = 2; d < x.size(); ++d) {
        if ((*shape)[d] >= 1 && x[d] % (*shape)[d] != 0 && node.kind == "aten::adaptive_avg_pool2d" &&
            *std::max_element(x.begin() + 2, x.end()) * *std::max_element(shape->begin() + 2, shape->end()) < (1 << 24))
            return torchUneven(node, builder, *shape);
        if ((*shape)[d] >= 1 && x[d] % (*shape)[d] != 0 && torchHas(node, "max")) return torchUnevenGreatest(node, builder, *shape);
        if ((*shape)[d] < 1 || x[d] % (*shape)[d] != 0)
            return attributeError(node, std::to_string(x[d]) + " pixels in " + std::to_string((*shape)[d]) + " unequal parts");
        window.push_back(x[d] / (*shape)[d]);
    }
    const bool average = torchHas(node, "avg");
    if (std::all_of(shape->begin() + 2, shape->end(), [](int64_t n) { return n == 1; }))
        return torchAsOnnx(node, builder, average ? "GlobalAveragePool" : "GlobalMaxPool", {node.inputs[0]});
    return torchAsOnnx(node, builder, average ? "AveragePool" : "MaxPool", {node.inputs[0]},
                       {{"kernel_shape", window}, {"strides", window}});
}

} // namespace

void torch_pool(ImportTable& table);
void torch_pool(ImportTable& table) {
    for (const char* kind : {"aten::max_pool1d", "aten::max_pool2d", "aten::max_pool3d", "aten::max_pool2d_with_indices",
                             "aten::avg_pool1d", "aten::avg_pool2d", "aten::avg_pool3d"})
        table.add(Framework::Torch, kind, torchPool);
    for (const char* kind : {"aten::adaptive_avg_pool1d", "aten::adaptive_avg_pool2d", "aten::adaptive_avg_pool3d", "aten::adaptive_max_pool1d",
                             "aten::adaptive_max_pool2d", "aten::adaptive_max_pool3d"})
        table.add(Framework::Torch, kind, torchAdaptive);
}

} // namespace wb::ops
