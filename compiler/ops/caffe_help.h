// SPDX-License-Identifier: GPL-3.0-or-later
// What Caffe's import rules share. A layer's blobs follow its bottoms among the node's inputs (import/caffe).
#pragma once

#include "compiler/ops/import_help.h"

#include <array>
#include <vector>

namespace wb::ops {

/// Inputs that are not blobs.
size_t bottomCount(const SourceNode& node);
/// Name of blob `index`, or "".
std::string blobName(const SourceNode& node, size_t index);
/// Height and width of a window property: "<name>_h" and "<name>_w", else the list or number `name` ("kernel_size" for
/// "kernel"), one number for both. UnsupportedAttribute for more than two.
Result<std::array<int64_t, 2>> caffePair(const SourceNode& node, const std::string& name, int64_t otherwise);
/// The same for windows over any number of axes: one number for all of them, or one each.
Result<std::vector<int64_t>> caffeWindow(const SourceNode& node, const std::string& name, int64_t otherwise, size_t axes);
/// An emitted value as status, for rules that end with one.
inline Status done(const Result<ir::ValueId>& id) {
    if (!id) return Error(id.error());
    return {};
}
ir::AttributeMap reshapeAttributes(const ir::Shape& shape);

} // namespace wb::ops
