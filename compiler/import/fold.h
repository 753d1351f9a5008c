// SPDX-License-Identifier: GPL-3.0-or-later
// Evaluates source nodes whose inputs are constants: shape arithmetic, weights that the exporter
// left as expressions. ONNX semantics (operators document, opset 7 to 21); numbers are computed in
// double or int64 and rounded once.
#pragma once

#include "compiler/ops/import_rule.h"

#include <optional>

namespace wb::importer {

/// Elements that all folded constants of a network may have together: a small file must not ask for
/// gigabytes (classic classifiers need 144 million).
inline constexpr int64_t kFoldBudget = int64_t{180} << 20;

class Folder {
public:
    /// True if the kind can be evaluated at all.
    static bool knows(const ops::SourceNode& node);
    /// Results for the node's outputs, from constants in input order (nullptr: absent input).
    /// Nothing when this form of the node is not evaluated; the importer then tries its import
    /// rule.
    std::optional<Result<std::vector<ir::Tensor>>>
    fold(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs);
    /// What Shape and Size give for a value of a known shape.
    static Result<ir::Tensor> foldShape(const ops::SourceNode& node, const ir::Shape& shape);
    /// Counts elements computed elsewhere; false when the budget does not hold them.
    bool charge(int64_t elements);

private:
    int64_t m_used = 0;
};

} // namespace wb::importer
