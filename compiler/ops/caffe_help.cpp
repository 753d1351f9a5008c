// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/caffe_help.h"

#include <algorithm>

namespace wb::ops {

size_t bottomCount(const SourceNode& node) {
    const auto blobs = static_cast<size_t>(std::max<int64_t>(0, node.integer("blobs", 0)));
    return node.inputs.size() - std::min(blobs, node.inputs.size());
}

std::string blobName(const SourceNode& node, size_t index) { return inputName(node, bottomCount(node) + index); }

Result<std::array<int64_t, 2>> caffePair(const SourceNode& node, const std::string& name, int64_t otherwise) {
    if (node.has(name + "_h") || node.has(name + "_w"))
        return std::array<int64_t, 2>{node.integer(name + "_h", otherwise), node.integer(name + "_w", otherwise)};
    const std::string key = name == "kernel" ? "kernel_size" : name;
    const auto list = node.integers(key);
    if (!list) {
        const int64_t both = node.integer(key, otherwise);
        return std::array<int64_t, 2>{both, both};
    }
    if (list->empty()) return std::array<int64_t, 2>{otherwise, otherwise};
    if (list->size() > 2) return attributeError(node, key + " for " + std::to_string(list->size()) + " axes");
    return std::array<int64_t, 2>{list->front(), list->back()};
}

Result<std::vector<int64_t>> caffeWindow(const SourceNode& node, const std::string& name, int64_t otherwise, size_t axes) {
    if (axes == 2) {
        WB_ASSIGN(const auto pair, caffePair(node, name, otherwise));
        return std::vector<int64_t>{pair[0], pair[1]};
    }
    const std::string key = name == "kernel" ? "kernel_size" : name;
    std::vector<int64_t> list = node.integers(key).value_or(std::vector<int64_t>{});
    if (list.size() <= 1) list.assign(axes, list.empty() ? node.integer(key, otherwise) : list.front());
    if (list.size() != axes) return attributeError(node, key + " for " + std::to_string(list.size()) + " axes");
    return list;
}

ir::AttributeMap reshapeAttributes(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return a;
}

} // namespace wb::ops
