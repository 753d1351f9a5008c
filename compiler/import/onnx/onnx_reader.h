// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX file → SourceModel, by the message definitions of onnx.proto (field numbers of IR version 3
// to 10; newer fields are skipped, as protobuf does).
#pragma once

#include "compiler/import/source_model.h"

#include <filesystem>
#include <span>

namespace wb::importer {

/// FileTruncated when a field runs past the end, ModelDamaged when the message or an array does not
/// parse, ModelEmpty without nodes, OpsetUnsupported outside 1…21 (later ones: a warning). External
/// data is looked for beside `path`, never outside its folder.
Result<SourceModel> readOnnx(const std::filesystem::path& path, std::span<const std::byte> bytes,
                             const JobContext& context);

} // namespace wb::importer
