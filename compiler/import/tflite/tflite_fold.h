// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite nodes whose operands are constants: the arithmetic of shapes, and weights stored in half precision.
// Most are what an ONNX node of another name does, and are handed to the Folder as that.
#pragma once

#include "compiler/import/builder.h"
#include "compiler/import/fold.h"

namespace wb::importer {

/// True if nodes of this kind can be evaluated at all.
bool tfliteFolds(const std::string& kind);
/// Evaluates a node whose operands are constants (nullptr: not), or SHAPE and RANK of a value of known shape, and makes
/// the results known to the builder. False where it is left to its import rule; `status` holds what went wrong.
bool foldTfliteInto(GraphBuilder& builder, const ops::SourceNode& node, const std::vector<const ir::Tensor*>& constants,
                    const SourceModel& model, Folder& folder, Status& status);

} // namespace wb::importer
