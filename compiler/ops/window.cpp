// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/window.h"

namespace wb::ops {

Result<Window> readWindow(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const ir::Shape& in = x.shape;
    ir::Shape out = graph.value(node.results[0]).type.shape;
    const size_t rank = in.size();
    if (rank < 3 || rank > 5) return shapeError(graph, node, "input " + ir::toText(in));
    if (out.size() == 2) out.resize(rank, 1); // keepdims = false
    if (out.size() != rank) return shapeError(graph, node, "result " + ir::toText(out));
    const size_t spatial = rank - 2;
    auto list = [&](const char* key, int64_t otherwise, size_t count) -> Result<std::vector<int64_t>> {
        std::vector<int64_t> values = node.attributes.integers(key);
        if (values.empty()) values.assign(count, otherwise);
        if (values.size() != count)
            return shapeError(graph, node, std::string(key) + " has " + std::to_string(values.size()) +
                                               " numbers for " + std::to_string(spatial) + " axes");
        return values;
    };
    std::vector<int64_t> kernel = node.attributes.integers("kernel_shape");
    if (kernel.empty()) kernel.assign(in.begin() + 2, in.end());
    if (kernel.size() != spatial) return shapeError(graph, node, "kernel_shape " + ir::toText(kernel));
    WB_ASSIGN(const auto strides, list("strides", 1, spatial));
    WB_ASSIGN(const auto pads, list("pads", 0, 2 * spatial));
    WB_ASSIGN(const auto dilations, list("dilations", 1, spatial));

    Window w;
    w.shape.batch = in[0];
    w.shape.inChannels = in[1];
    w.shape.outChannels = out[1];
    w.shape.groups = node.attributes.integer("group", 1);
    for (size_t i = 0; i < spatial; ++i) {
        const size_t a = 3 - spatial + i;
        w.shape.in[a] = in[2 + i];
        w.shape.out[a] = out[2 + i];
        w.shape.kernel[a] = kernel[i];
        w.shape.stride[a] = strides[i];
        w.shape.dilation[a] = dilations[i];
        w.shape.pad[a] = pads[i];
        w.padAfter[a] = pads[spatial + i];
        if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 || kernel[i] > kMaxWindow ||
            strides[i] > kMaxWindow || dilations[i] > kMaxWindow || pads[i] < 0 || pads[i] > kMaxWindow)
            return shapeError(graph, node, "a window of kernel " + ir::toText(kernel) + ", strides " +
                                               ir::toText(strides));
    }
    return w;
}

} // namespace wb::ops
