// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript archive → SourceModel, by way of the plug-in.
#pragma once

#include "compiler/import/source_model.h"

#include <span>

namespace wb::importer {

/// `shapes`: of the inputs; without them (or with another number of them) only the inputs are read. Values have the
/// names of the scripted graph. FileTruncated, ModelDamaged, FileUnknownKind without the plug-in, UnsupportedOperators, ShapeMismatch,
/// OutOfMemory, Cancelled.
Result<SourceModel> readTorchScript(std::span<const std::byte> archive, const std::vector<ir::Shape>& shapes,
                                    const JobContext& context);

/// The shapes of the results in the graph against those that libtorch has for this node.
Status checkTorchShapes(const ops::SourceNode& node, ops::ImportBuilder& builder);

} // namespace wb::importer
