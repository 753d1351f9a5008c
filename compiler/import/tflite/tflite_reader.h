// SPDX-License-Identifier: GPL-3.0-or-later
// A TensorFlow Lite file → SourceModel. Tensors of four axes that are inputs are declared channels first (`channelsFirst`),
// as the graph will have them; everything else is as the file says. Integer tensors with scales are listed in `declared`.
#pragma once

#include "compiler/import/source_model.h"

#include "compiler/base/job_context.h"

#include <span>

namespace wb::importer {

/// FileTruncated, ModelDamaged, ModelEmpty, OpsetUnsupported (a schema of before 2017), UnsupportedAttribute (several
/// graphs, sparse or newer kinds of quantisation), Cancelled.
Result<SourceModel> readTflite(std::span<const std::byte> bytes, bool channelsFirst, const JobContext& context);

} // namespace wb::importer
