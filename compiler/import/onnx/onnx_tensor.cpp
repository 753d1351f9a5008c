// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays of an ONNX file, inline (raw or typed) or in a file beside it.
#include "compiler/import/onnx/onnx_tensor.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

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

/// Types that ONNX has and the graph has not: whole numbers of four bits, two a byte, and floats of eight.
enum Narrow { kE4m3fn = 17, kE4m3fnuz, kE5m2, kE5m2fnuz, kUint4, kInt4 };

/// A float of eight bits; `zero` is the code of nothing but zero in the kinds without infinity ("uz").
float narrowFloat(uint8_t code, int type) {
    const bool e5 = type == kE5m2 || type == kE5m2fnuz, unsignedZero = type == kE4m3fnuz || type == kE5m2fnuz;
    const int bits = e5 ? 2 : 3, bias = (e5 ? 15 : 7) + (unsignedZero ? 1 : 0);
    const int exponent = (code & 0x7f) >> bits, fraction = code & ((1 << bits) - 1);
    if (unsignedZero && code == 0x80) return std::numeric_limits<float>::quiet_NaN();
    if (type == kE4m3fn && (code & 0x7f) == 0x7f) return std::numeric_limits<float>::quiet_NaN();
    if (type == kE5m2 && exponent == 31) return fraction != 0 ? std::numeric_limits<float>::quiet_NaN() : (code & 0x80) != 0 ? -INFINITY : INFINITY;
    const float value = exponent == 0 ? std::ldexp(static_cast<float>(fraction), 1 - bias - bits)
                                      : std::ldexp(static_cast<float>(fraction + (1 << bits)), exponent - bias - bits);
    return (code & 0x80) != 0 ? -value : value;
}

/// Four bits become a byte each, floats of eight bits single precision.
Result<ir::Tensor> widened(const TensorProto& proto, const ir::Shape& shape, const std::filesystem::path& folder) {
    const int type = proto.data_type();
    const bool four = type == kUint4 || type == kInt4;
    const int64_t count = *ir::checkedElementCount(shape);
    const int64_t stored = four ? (count + 1) / 2 : count;
    WB_ASSIGN(const ir::Tensor bytes,
              proto.data_location() == TensorProto::EXTERNAL ? fromExternal(proto, ElementType::Ui8, {stored}, folder)
              : proto.has_raw_data() ? fromBytes(proto, ElementType::Ui8, {stored}, proto.raw_data().data(), proto.raw_data().size())
                                     : fromField<uint8_t>(proto, ElementType::Ui8, {stored}, stored, proto.int32_data()));
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(four ? (type == kInt4 ? ElementType::Si8 : ElementType::Ui8) : ElementType::F32, shape));
    for (int64_t i = 0; i < count; ++i) {
        if (!four) {
            tensor.mutableData<float>()[i] = narrowFloat(bytes.data<uint8_t>()[i], type);
            continue;
        }
        const int code = (bytes.data<uint8_t>()[i / 2] >> (i % 2 * 4)) & 15;
        tensor.mutableData<uint8_t>()[i] = static_cast<uint8_t>(type == kInt4 && code > 7 ? code - 16 : code);
    }
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

std::string typeName(int onnxType) {
    switch (onnxType) {
    case TensorProto::STRING: return "string";
    case TensorProto::COMPLEX64: return "complex64";
    case TensorProto::COMPLEX128: return "complex128";
    case kE4m3fn: return "float8e4m3fn";
    case kE4m3fnuz: return "float8e4m3fnuz";
    case kE5m2: return "float8e5m2";
    case kE5m2fnuz: return "float8e5m2fnuz";
    case kUint4: return "uint4";
    case kInt4: return "int4";
    default: return std::to_string(onnxType);
    }
}

Result<ir::Tensor> readTensor(const TensorProto& proto, const std::filesystem::path& folder) {
    const ElementType type = elementType(proto.data_type());
    const bool narrow = proto.data_type() >= kE4m3fn && proto.data_type() <= kInt4;
    if (type == ElementType::None && !narrow)
        return Error{Code::UnsupportedOperators, "the array '" + proto.name() + "' has the type " + typeName(proto.data_type())}
            .because("the graph holds numbers of 8 to 64 bits")
            .remedy("export the network with arrays of numbers, or end it before with --output_names");
    const ir::Shape shape(proto.dims().begin(), proto.dims().end());
    const auto count = ir::checkedElementCount(shape);
    if (!count || shape.size() > 16) return damaged(proto, "has the shape " + ir::toText(shape));
    if (narrow) return widened(proto, shape, folder);
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

Result<ir::Tensor> readSparse(const onnx::SparseTensorProto& proto, const std::filesystem::path& folder) {
    constexpr int64_t kMostNumbers = int64_t{1} << 26; // a few bytes can ask for any shape
    const TensorProto& values = proto.values();
    const ir::Shape shape(proto.dims().begin(), proto.dims().end());
    const auto count = ir::checkedElementCount(shape);
    if (!count || *count > kMostNumbers || shape.size() > 16) return damaged(values, "is sparse, of the shape " + ir::toText(shape));
    WB_ASSIGN(const ir::Tensor numbers, readTensor(values, folder));
    WB_ASSIGN(const ir::Tensor places, readTensor(proto.indices(), folder));
    const int64_t some = numbers.elementCount(), width = some > 0 ? places.elementCount() / some : 1;
    if (places.type() != ElementType::Si64 || width * some != places.elementCount() ||
        (some > 0 && width != 1 && width != static_cast<int64_t>(shape.size())))
        return damaged(values, "is sparse, and its places do not fit its numbers");
    WB_ASSIGN(ir::Tensor dense, ir::Tensor::allocate(numbers.type(), shape));
    const size_t size = ir::sizeInBytes(numbers.type());
    if (*count > 0) std::memset(dense.mutableBytes(), 0, static_cast<size_t>(*count) * size);
    for (int64_t i = 0; i < some; ++i) {
        const int64_t* place = places.data<int64_t>() + i * width;
        int64_t at = width == 1 ? place[0] : 0;
        for (int64_t d = 0; width > 1 && d < width; ++d) {
            const int64_t extent = shape[static_cast<size_t>(d)];
            if (place[d] < 0 || place[d] >= extent) return damaged(values, "is sparse, and has a place outside");
            at = at * extent + place[d];
        }
        if (at < 0 || at >= *count) return damaged(values, "is sparse, and has a place outside");
        std::memcpy(dense.mutableBytes() + static_cast<size_t>(at) * size, numbers.bytes() + static_cast<size_t>(i) * size, size);
    }
    return dense;
}

} // namespace wb::importer
