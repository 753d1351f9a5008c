// SPDX-License-Identifier: GPL-3.0-or-later
// Scales and zero points of a tensor of codes, as a TensorFlow Lite file has them.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

#include <tflite_generated.h>

#include <optional>
#include <span>

namespace wb::importer {

/// The type of a tensor that has scales; nothing for others. `data`: a constant's bytes. ModelDamaged, UnsupportedAttribute.
Result<std::optional<ir::TensorType>> scalesOf(const tflite::wire::Tensor& tensor, std::optional<ir::ElementType> element,
                                               const ir::Shape& shape, std::span<const std::byte> data);

} // namespace wb::importer
