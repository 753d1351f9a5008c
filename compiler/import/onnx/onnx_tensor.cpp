// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays of an ONNX file, inline (raw or typed) or in a file beside it.
#include "compiler/import/onnx/onnx_tensor.h"

#include <cstring>
#include <fstream>

namespace wb::importer {
namespace {

using ir::ElementType;
using onnx::TensorProto;

Error damaged(const TensorProto& proto, std::string what) {
    return Error{Code::ModelDamaged, "the array '" + proto.name() + "' " + std::move(what)};
}

template <class Out, class Field>
Result<ir::Tensor> fromField(const TensorProto& proto, ElementType type, const ir::Shape& shape,
                             int64_t count, const Field& field) {
    if (field.size() != count)
        return damaged(proto, "holds " + std::to_string(field.size()) + " numbers, its shape " +
                                  ir::toText(shape) + " needs " + std::to_string(count));
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(type, shape));
    auto* out = tensor.mutableData<Out>();
    for (int i = 0; i < field.size(); ++i)
        out[i] = static_cast<Out>(field.Get(i));
    return tensor;
}

Result<ir::Tensor> fromBytes(const TensorProto& proto, ElementType type, const ir::Shape& shape,
                             const char* bytes, size_t size) {
    const auto count = static_cast<uint64_t>(*ir::checkedElementCount(shape));
    if (count * ir::sizeInBytes(type) != size)
        return damaged(proto, "holds " + std::to_string(size) + " bytes, its shape " +
                                  ir::toText(shape) + " of " + ir::spelling(type) + " needs " +
                                  std::to_string(count * ir::sizeInBytes(type)));
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(type, shape));
    if (size > 0) std::memcpy(tensor.mutableBytes(), bytes, size);
    return tensor;
}

Result<ir::Tensor> fromExternal(const TensorProto& proto, ElementType type, const ir::Shape& shape,
                                const std::filesystem::path& folder) {
    std::string location;
    uint64_t offset = 0, length = 0;
    bool lengthGiven = false;
    for (const auto& entry : proto.external_data()) {
        if (entry.key() == "location") location = entry.value();
        char* end = nullptr;
        const uint64_t number = std::strtoull(entry.value().c_str(), &end, 10);
        if (entry.key() == "offset") offset = number;
        if (entry.key() == "length") {
            length = number;
            lengthGiven = true;
        }
    }
    const std::filesystem::path relative = std::filesystem::path(location).lexically_normal();
    if (location.empty() || relative.is_absolute() || *relative.begin() == "..")
        return damaged(proto, "refers to the file '" + location + "' outside the model's folder");
    const std::filesystem::path file = folder / relative;
    std::error_code code;
    const uint64_t fileSize = std::filesystem::file_size(file, code);
    if (code)
        return Error{Code::FileNotFound,
                     "the model keeps its weights in '" + location + "', which is not beside it"}
            .inFile(file.string())
            .remedy("copy the file with the weights into the model's folder");
    const uint64_t needed =
        static_cast<uint64_t>(*ir::checkedElementCount(shape)) * ir::sizeInBytes(type);
    if ((lengthGiven && length != needed) || offset > fileSize || needed > fileSize - offset)
        return damaged(proto, "needs " + std::to_string(needed) + " bytes at " +
                                  std::to_string(offset) + " of '" + location + "', which has " +
                                  std::to_string(fileSize));
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(type, shape));
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    stream.read(reinterpret_cast<char*>(tensor.mutableBytes()),
                static_cast<std::streamsize>(needed));
    if (!stream && needed > 0)
        return Error{Code::FileUnreadable, "the weights cannot be read"}.inFile(file.string());
    return tensor;
}

} // namespace

ElementType elementType(int onnxType) {
    switch (onnxType) {
    case TensorProto::FLOAT:
        return ElementType::F32;
    case TensorProto::DOUBLE:
        return ElementType::F64;
    case TensorProto::FLOAT16:
        return ElementType::F16;
    case TensorProto::BFLOAT16:
        return ElementType::BF16;
    case TensorProto::BOOL:
        return ElementType::I1;
    case TensorProto::INT8:
        return ElementType::Si8;
    case TensorProto::UINT8:
        return ElementType::Ui8;
    case TensorProto::INT16:
        return ElementType::Si16;
    case TensorProto::UINT16:
        return ElementType::Ui16;
    case TensorProto::INT32:
        return ElementType::Si32;
    case TensorProto::UINT32:
        return ElementType::Ui32;
    case TensorProto::INT64:
        return ElementType::Si64;
    case TensorProto::UINT64:
        return ElementType::Ui64;
    default:
        return ElementType::None;
    }
}

Result<ir::Tensor> readTensor(const TensorProto& proto, const std::filesystem::path& folder) {
    const ElementType type = elementType(proto.data_type());
    if (type == ElementType::None)
        return damaged(proto, "has the type " + std::to_string(proto.data_type()) +
                                  ", which this version does not read");
    const ir::Shape shape(proto.dims().begin(), proto.dims().end());
    const auto count = ir::checkedElementCount(shape);
    if (!count || shape.size() > 16) return damaged(proto, "has the shape " + ir::toText(shape));
    if (proto.data_location() == TensorProto::EXTERNAL)
        return fromExternal(proto, type, shape, folder);
    if (proto.has_raw_data())
        return fromBytes(proto, type, shape, proto.raw_data().data(), proto.raw_data().size());
    switch (type) {
    case ElementType::F32:
        return fromField<float>(proto, type, shape, *count, proto.float_data());
    case ElementType::F64:
        return fromField<double>(proto, type, shape, *count, proto.double_data());
    case ElementType::Si64:
        return fromField<int64_t>(proto, type, shape, *count, proto.int64_data());
    case ElementType::Ui64:
        return fromField<uint64_t>(proto, type, shape, *count, proto.uint64_data());
    case ElementType::Ui32:
        return fromField<uint32_t>(proto, type, shape, *count, proto.uint64_data());
    case ElementType::Si32:
        return fromField<int32_t>(proto, type, shape, *count, proto.int32_data());
    case ElementType::Si16:
    case ElementType::Ui16:
    case ElementType::F16:
    case ElementType::BF16:
        return fromField<uint16_t>(proto, type, shape, *count, proto.int32_data());
    default:
        return fromField<uint8_t>(proto, type, shape, *count, proto.int32_data());
    }
}

} // namespace wb::importer
