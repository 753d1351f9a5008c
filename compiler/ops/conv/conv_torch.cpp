// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's convolutions: input, weight, bias and the window, whose borders are the same on both sides.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchConvolution(const SourceNode& node, ImportBuilder& builder);

/// One picture without a batch.
Status torchUnbatched(const SourceNode& node, ImportBuilder& builder, ir::Shape x) {
    const std::string name = node.outputs.front();
    const auto out = torchResultShape(node);
    if (!out) return attributeError(node, "input " + ir::toText(x));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    x.insert(x.begin(), 1);
    WB_ASSIGN(const ir::ValueId batch, torchStep(node, builder, "top.Reshape", {in}, torchReshape(x), "in"));
    builder.bind(name + "_in", batch);
    SourceNode batched = node;
    batched.inputs[0] = name + "_in";
    batched.outputs[0] = name + "_batch";
    WB_TRY(torchConvolution(batched, builder));
    return torchEmit(node, builder, "top.Reshape", {builder.operand(name + "_batch")}, torchReshape(*out));
}

Status torchConvolution(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::Shape filter, shapeOf(node, builder, 1));
    if (filter.size() >= 3 && x.size() + 1 == filter.size()) return torchUnbatched(node, builder, x);
    if (filter.size() < 3 || x.size() != filter.size())
        return attributeError(node, "input " + ir::toText(x) + " for a filter " + ir::toText(filter));
    const size_t axes = filter.size() - 2;
    const auto list = [&](const char* key, int64_t otherwise) {
        return torchInts(node, key, axes).value_or(std::vector<int64_t>(axes, otherwise));
    };
    const bool transposed = node.integer("transposed", 0) != 0 || node.kind.find("transpose") != std::string::npos;
    const std::vector<int64_t> strides = list("stride", 1), dilations = list("dilation", 1);
    std::vector<int64_t> before(axes, 0), after(axes, 0);
    if (const std::string mode = node.string("padding", ""); mode == "same") {
        for (size_t d = 0; d < axes && dilations.size() == axes; ++d) { // the odd one comes after
            const int64_t total = dilations[d] * (filter[2 + d] - 1);
            before[d] = total / 2;
            after[d] = total - before[d];
        }
    } else if (mode.empty()) {
        before = after = list("padding", 0);
    }
    before.insert(before.end(), after.begin(), after.end());
    TorchAttributes a{{"strides", strides}, {"dilations", dilations}, {"pads", before}, {"group", node.integer("groups", 1)}};
    if (transposed) a["output_padding"] = list("output_padding", 0);
    std::vector<std::string> inputs{node.inputs[0], node.inputs[1]};
    if (!inputName(node, 2).empty()) inputs.push_back(node.inputs[2]);
    return torchAsOnnx(node, builder, transposed ? "ConvTranspose" : "Conv", std::move(inputs), std::move(a));
}

} // namespace

void torch_conv(ImportTable& table);
void torch_conv(ImportTable& table) {
    for (const char* kind : {"aten::_convolution", "aten::convolution", "aten::_convolution_mode", "aten::conv1d",
                             "aten::conv2d", "aten::conv3d", "aten::conv_transpose1d", "aten::conv_transpose2d",
                             "aten::conv_transpose3d"})
        table.add(Framework::Torch, kind, torchConvolution);
}

} // namespace wb::ops
