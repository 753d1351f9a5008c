// SPDX-License-Identifier: GPL-3.0-or-later
// The two files of a Caffe network as protobuf messages, the old form made new.
#pragma once

#include "caffe.pb.h"
#include "compiler/base/result.h"

#include <span>
#include <string>

namespace wb::importer {

/// TextSyntax with line and column. Fields that caffe.proto does not name are skipped.
Result<caffe::Net> parseCaffeText(std::span<const std::byte> text);
/// ModelDamaged.
Result<caffe::Net> parseCaffeModel(std::span<const std::byte> bytes);

} // namespace wb::importer
