// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ops/onnx_window.h"

#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<std::vector<int64_t>> list(const SourceNode& node, const char* key, size_t count,
                                  int64_t otherwise, int64_t low) {
    std::vector<int64_t> values =
        node.integers(key).value_or(std::vector<int64_t>(count, otherwise));
    if (values.size() != count)
        return attributeError(node, std::string(key) + " has " + std::to_string(values.size()) +
                                        " numbers, " + std::to_string(count) + " expected");
    for (int64_t v : values)
        if (v < low || v > kMaxWindow)
            return attributeError(node, std::string(key) + " holds " + std::to_string(v));
    return values;
}

} // namespace

Result<OnnxWindow> readOnnxWindow(const SourceNode& node, const ir::Shape& x,
                                  std::vector<int64_t> kernel) {
    OnnxWindow w;
    if (x.size() < 3 || x.size() > 5)
        return nodeError(node, Code::ShapeMismatch,
                         "input " + ir::toText(x) + " has no 1 to 3 spatial axes");
    const size_t spatial = x.size() - 2;
    w.kernel = node.integers("kernel_shape").value_or(std::move(kernel));
    if (w.kernel.size() != spatial || std::any_of(w.kernel.begin(), w.kernel.end(), [](int64_t k) {
            return k < 1 || k > kMaxWindow;
        }))
        return attributeError(node, "kernel_shape " + ir::toText(w.kernel) + " for input " +
                                        ir::toText(x));
    WB_ASSIGN(w.strides, list(node, "strides", spatial, 1, 1));
    WB_ASSIGN(w.dilations, list(node, "dilations", spatial, 1, 1));
    WB_ASSIGN(w.pads, list(node, "pads", 2 * spatial, 0, 0));
    const std::string automatic = node.string("auto_pad", "NOTSET");
    if (automatic == "VALID")
        w.pads.assign(2 * spatial, 0);
    else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
        for (size_t i = 0; i < spatial; ++i) {
            const int64_t in = x[2 + i], stride = w.strides[i];
            const int64_t out = (in + stride - 1) / stride;
            const int64_t reach = w.dilations[i] * (w.kernel[i] - 1) + 1;
            const int64_t total = std::max<int64_t>((out - 1) * stride + reach - in, 0);
            const int64_t less = total / 2;
            w.pads[i] = automatic == "SAME_UPPER" ? less : total - less;
            w.pads[i + spatial] = total - w.pads[i];
        }
    } else if (automatic != "NOTSET" && !automatic.empty()) {
        return attributeError(node, "auto_pad '" + automatic + "'");
    }
    return w;
}

} // namespace wb::ops
