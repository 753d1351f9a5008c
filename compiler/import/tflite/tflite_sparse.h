// SPDX-License-Identifier: GPL-3.0-or-later
// Constants of which TensorFlow Lite's file stores only the elements that are not zero.
// Source: the format's schema (SparsityParameters) and its interpreter's results.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/tensor.h"

#include <span>

#include <tflite_generated.h>

namespace wb::importer {

/// The whole constant, zeros included. ModelDamaged where levels do not describe such a tensor or its bytes do not
/// suffice; OutOfMemory above `mostBytes`.
Result<ir::Tensor> denseTensor(const tflite::wire::Sparsity& sparsity, ir::ElementType element, const ir::Shape& shape,
                               std::span<const std::byte> stored, size_t mostBytes);

} // namespace wb::importer
