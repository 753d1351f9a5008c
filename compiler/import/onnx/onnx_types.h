// SPDX-License-Identifier: GPL-3.0-or-later
// Element types of results by ONNX's operator definitions: all values run as F32, but Div, Cast and others
// compute otherwise on whole numbers.
#pragma once

#include "compiler/ops/import_rule.h"

#include <functional>

namespace wb::importer {

using TypeOf = std::function<ir::ElementType(const std::string& sourceName)>;

/// Type of output `index` of the node.
ir::ElementType resultType(const ops::SourceNode& node, size_t index, const TypeOf& typeOf);

} // namespace wb::importer
