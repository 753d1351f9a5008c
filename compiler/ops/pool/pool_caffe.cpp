// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Pooling. Sizes round up, and a window that would begin in the padding behind the picture is dropped; an
// average counts padded pixels but none beyond them.
#include "compiler/ops/caffe_help.h"

namespace wb::ops {
namespace {

Status importCaffePool(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() != 4) return attributeError(node, "input of shape " + ir::toText(x));
    if (node.outputs.size() > 1) return attributeError(node, "the positions of the maxima are asked for");
    const std::string method = node.string("pool", "MAX");
    if (method != "MAX" && method != "AVE") return attributeError(node, "pool " + method);
    const bool global = node.integer("global_pooling", 0) != 0;
    WB_ASSIGN(auto kernel, caffePair(node, "kernel", 0));
    WB_ASSIGN(auto stride, caffePair(node, "stride", 1));
    WB_ASSIGN(auto pad, caffePair(node, "pad", 0));
    if (global) kernel = {x[2], x[3]}, stride = {1, 1}, pad = {0, 0};
    const bool up = node.string("round_mode", "CEIL") == "CEIL" && node.integer("ceil_mode", 1) != 0;
    std::vector<int64_t> pads{pad[0], pad[1], 0, 0};
    bool beyond = false;
    for (size_t i = 0; i < 2; ++i) {
        constexpr int64_t kMost = 1 << 20; // larger windows are damaged files
        if (kernel[i] < 1 || stride[i] < 1 || pad[i] < 0 || kernel[i] > kMost || stride[i] > kMost || pad[i] >= kernel[i])
            return attributeError(node, "kernel " + std::to_string(kernel[i]) + ", stride " + std::to_string(stride[i]) +
                                            ", pad " + std::to_string(pad[i]));
        const int64_t room = x[i + 2] + 2 * pad[i] - kernel[i];
        if (room < 0) return attributeError(node, "the window is larger than the picture");
        int64_t count = (up ? (room + stride[i] - 1) / stride[i] : room / stride[i]) + 1;
        if (pad[i] > 0 && (count - 1) * stride[i] >= x[i + 2] + pad[i]) --count;
        pads[i + 2] = std::max<int64_t>(0, (count - 1) * stride[i] + kernel[i] - x[i + 2] - pad[i]);
        beyond = beyond || pads[i + 2] > pad[i];
    }
    WB_ASSIGN(ir::ValueId in, valueOf(node, builder, 0));
    const bool padded = pad[0] > 0 || pad[1] > 0;
    if (method == "AVE" && padded && beyond) {
        // Both kinds of pixels outside: the counted ones become data, the others stay padding.
        ir::AttributeMap p;
        p.set("mode", "constant");
        p.set("paddings", ir::Attribute::ints({0, 0, pad[0], pad[1], 0, 0, pad[0], pad[1]}));
        p.set("val", 0.0);
        WB_ASSIGN(in, builder.emitNamed("top.Pad", {in}, builder.resultName(node, 0) + "_pad", std::move(p)));
        pads = {0, 0, std::max<int64_t>(0, pads[2] - pad[0]), std::max<int64_t>(0, pads[3] - pad[1])};
    }
    ir::AttributeMap a = withRelu();
    a.set("count_include_pad", !beyond);
    a.set("first_round_mode", "HalfAwayFromZero");
    a.set("is_adaptive", false);
    a.set("keepdims", true);
    a.set("pad_value", 0);
    a.set("round_mode", "HalfAwayFromZero");
    a.set("kernel_shape", ir::Attribute::ints({kernel[0], kernel[1]}));
    a.set("strides", ir::Attribute::ints({stride[0], stride[1]}));
    a.set("pads", ir::Attribute::ints(pads));
    return done(builder.emit(node, method == "AVE" ? "top.AvgPool" : "top.MaxPool", {in}, std::move(a)));
}

} // namespace

void caffe_pool(ImportTable& table);
void caffe_pool(ImportTable& table) { table.add(Framework::Caffe, "Pooling", importCaffePool); }

} // namespace wb::ops
