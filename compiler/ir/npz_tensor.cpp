// SPDX-License-Identifier: GPL-3.0-or-later
// The two tables between NumPy's element kinds and ours, and the loops over members.
#include "compiler/ir/npz_tensor.h"

#include <array>
#include <cstring>

namespace wb::ir {
namespace {

struct Kind {
    std::string_view descr;
    ElementType type;
};

constexpr std::array kKinds{
    Kind{"<f4", ElementType::F32},  Kind{"<f2", ElementType::F16},  Kind{"<f8", ElementType::F64},
    Kind{"|b1", ElementType::I1},   Kind{"|i1", ElementType::I8},   Kind{"<i2", ElementType::I16},
    Kind{"<i4", ElementType::I32},  Kind{"<i8", ElementType::I64},  Kind{"|u1", ElementType::Ui8},
    Kind{"<u2", ElementType::Ui16}, Kind{"<u4", ElementType::Ui32}, Kind{"<u8", ElementType::Ui64},
};

std::string_view descrOf(ElementType type, HalfForm half) {
    switch (type) {
    case ElementType::F16: return half == HalfForm::Float16 ? "<f2" : "<u2";
    case ElementType::BF16: return "<u2";
    case ElementType::I4:
    case ElementType::Si4:
    case ElementType::Si8: return "|i1";
    case ElementType::Ui4: return "|u1";
    case ElementType::Si16: return "<i2";
    case ElementType::Si32: return "<i4";
    case ElementType::Si64: return "<i8";
    default: break;
    }
    for (const Kind& k : kKinds)
        if (k.type == type) return k.descr;
    return {};
}

} // namespace

ElementType elementTypeOfDescr(std::string_view descr) {
    for (const Kind& k : kKinds)
        if (k.descr == descr) return k.type;
    return ElementType::None;
}

Result<Tensor> toTensor(NpzArray array) {
    const ElementType type = elementTypeOfDescr(array.descr);
    if (type == ElementType::None)
        return Error{Code::NpyUnsupported, "arrays of element kind '" + array.descr + "' are not supported"};
    WB_ASSIGN(Tensor tensor, Tensor::allocate(type, std::move(array.shape)));
    if (tensor.byteSize() != array.bytes.size())
        return Error{Code::NpzDamaged, "the array's bytes do not fit its shape"};
    if (!array.bytes.empty()) std::memcpy(tensor.mutableBytes(), array.bytes.data(), array.bytes.size());
    return tensor;
}

Result<NpyHeader> npyHeaderOf(const Tensor& tensor, HalfForm half) {
    const std::string_view descr = descrOf(tensor.type(), half);
    if (descr.empty())
        return Error{Code::Internal, "a tensor without element type cannot be written"};
    return NpyHeader{std::string(descr), tensor.shape()};
}

Result<std::vector<NamedTensor>> readNpzInOrder(const std::filesystem::path& path) {
    WB_ASSIGN(const NpzReader reader, NpzReader::open(path));
    std::vector<NamedTensor> tensors;
    for (size_t i = 0; i < reader.members().size(); ++i) {
        WB_ASSIGN(NpzArray array, reader.read(i));
        auto tensor = toTensor(std::move(array));
        if (!tensor) return std::move(tensor).error().inFile(path.string());
        tensors.emplace_back(reader.members()[i].name, std::move(*tensor));
    }
    return tensors;
}

Result<std::map<std::string, Tensor>> readNpz(const std::filesystem::path& path) {
    WB_ASSIGN(std::vector<NamedTensor> tensors, readNpzInOrder(path));
    return std::map<std::string, Tensor>(std::make_move_iterator(tensors.begin()),
                                         std::make_move_iterator(tensors.end()));
}

Status addTensor(NpzWriter& writer, const std::string& name, const Tensor& tensor, HalfForm half) {
    auto header = npyHeaderOf(tensor, half);
    if (!header) return std::move(header).error().atNode(name);
    return writer.add(name, *header, {tensor.bytes(), tensor.byteSize()});
}

Status writeNpz(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors, HalfForm half) {
    WB_ASSIGN(NpzWriter writer, NpzWriter::create(path));
    for (const auto& [name, tensor] : tensors)
        WB_TRY(addTensor(writer, name, tensor, half));
    return writer.finish();
}

} // namespace wb::ir
