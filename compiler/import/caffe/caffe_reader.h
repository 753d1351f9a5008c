// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe: the network as text (prototxt), the weights as a second file (caffemodel). Layers written since 2014
// (`layer`, types by name) and before (`layers`, types by number).
#pragma once

#include "compiler/import/source_model.h"

#include <filesystem>
#include <span>

namespace wb::importer {

/// Blobs of a layer become constants named "<layer>_<index>", inputs of the node after its bottoms; their number is the
/// attribute "blobs". In-place results get names of their own. `weights` empty: the file beside `prototxt` with the same
/// stem, and if there is none, a network without weights is refused (WeightMissing) unless no layer needs any.
/// Errors: TextSyntax with line and column, ModelDamaged, ModelEmpty, WeightMissing, FileNotFound.
Result<SourceModel> readCaffe(const std::filesystem::path& prototxt, std::span<const std::byte> text,
                              std::filesystem::path weights, const JobContext& context);

} // namespace wb::importer
