// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors in and out of .npz files. NumPy's int8 becomes I8, uint8 Ui8 …, bool I1; uint16 stays Ui16
// (in the vendor's weight files it holds the bits of f16 or bf16: the value's type tells which).
#pragma once

#include "compiler/base/npz.h"
#include "compiler/ir/tensor.h"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wb::ir {

using NamedTensor = std::pair<std::string, Tensor>;

/// How f16 is written: NumPy's float16, or raw bits in uint16 as in the vendor's weight files. bf16,
/// which NumPy has not, is always raw bits.
enum class HalfForm { Float16, RawBits };

Result<Tensor> toTensor(NpzArray array);
Result<NpyHeader> npyHeaderOf(const Tensor& tensor, HalfForm half = HalfForm::Float16);
/// The element type that an array of this kind is read as.
ElementType elementTypeOfDescr(std::string_view descr);

/// Every array of the file, by name. Errors of NpzReader; OutOfMemory.
Result<std::map<std::string, Tensor>> readNpz(const std::filesystem::path& path);
/// The same in the file's order.
Result<std::vector<NamedTensor>> readNpzInOrder(const std::filesystem::path& path);
/// Written in the given order, atomically. Names must differ.
Status writeNpz(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                HalfForm half = HalfForm::Float16);
/// One more member of a file that is being written.
Status addTensor(NpzWriter& writer, const std::string& name, const Tensor& tensor,
                 HalfForm half = HalfForm::Float16);

} // namespace wb::ir
