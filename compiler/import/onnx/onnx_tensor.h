// SPDX-License-Identifier: GPL-3.0-or-later
// TensorProto → ir::Tensor. Only for the sources of this folder: it shows protobuf types.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/tensor.h"

#include <filesystem>
#include <onnx/onnx_pb.h>

namespace wb::importer {

/// TensorProto::DataType → element type; None for those without an array form (strings, complex numbers).
ir::ElementType elementType(int onnxType);
/// ModelDamaged when the bytes present do not fill the declared shape, when the type has no array
/// form, or when external data lies outside `folder` or is missing. Memory is taken only for bytes
/// that exist.
Result<ir::Tensor> readTensor(const onnx::TensorProto& proto, const std::filesystem::path& folder);

/// The array with its zeros. ModelDamaged for places outside and for more than 2^26 numbers.
Result<ir::Tensor> readSparse(const onnx::SparseTensorProto& proto, const std::filesystem::path& folder);
/// "float8e4m3fn" and the like, of types that elementType() has none for.
std::string typeName(int onnxType);

} // namespace wb::importer
