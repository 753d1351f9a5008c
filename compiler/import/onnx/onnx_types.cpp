// SPDX-License-Identifier: GPL-3.0-or-later
// See the header. Most results have the type of the first input; the rows here are the others.
#include "compiler/import/onnx/onnx_types.h"

#include "compiler/import/onnx/onnx_tensor.h"
#include "compiler/ops/import_help.h"

#include <map>
#include <set>

namespace wb::importer {
namespace {

using ir::ElementType;

const std::set<std::string, std::less<>> kTruth = {
    "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf"};
const std::set<std::string, std::less<>> kPositions = {"Shape", "Size", "ArgMax", "ArgMin", "NonZero",
                                                       "NonMaxSuppression"};
/// Input whose type the result has.
const std::map<std::string, size_t, std::less<>> kLike = {
    {"Where", 1}, {"OneHot", 2}, {"CastLike", 1}, {"QLinearConv", 7}, {"QLinearMatMul", 7}, {"MatMulNBits", 0}};

} // namespace

ElementType resultType(const ops::SourceNode& node, size_t index, const TypeOf& typeOf) {
    const std::string& k = node.kind;
    const auto input = [&](size_t i) {
        const std::string name = ops::inputName(node, i);
        return name.empty() ? ElementType::None : typeOf(name);
    };
    const auto coded = [&](const char* key, ElementType otherwise) {
        const ElementType type = elementType(static_cast<int>(node.integer(key, 0) & 0xff));
        return type == ElementType::None ? otherwise : type;
    };
    if (!node.domain.empty()) return ElementType::F32;
    if (kTruth.contains(k)) return ElementType::I1;
    if (kPositions.contains(k)) return ElementType::Si64;
    if (index == 1 && (k == "TopK" || k == "MaxPool")) return ElementType::Si64;
    if (index == 1 && k == "Dropout") return ElementType::I1;
    if (k == "Cast") return coded("to", ElementType::F32);
    if (k == "EyeLike" || k == "Bernoulli" || k.starts_with("Random")) return coded("dtype", input(0));
    if (k.ends_with("Window")) return coded("output_datatype", ElementType::F32);
    if (k == "ConvInteger" || k == "MatMulInteger") return ElementType::Si32;
    if (k == "DynamicQuantizeLinear") return index == 1 ? ElementType::F32 : ElementType::Ui8;
    if (k == "DequantizeLinear") return ElementType::F32;
    if (k == "QuantizeLinear") {
        const ElementType zero = input(2);
        return zero != ElementType::None ? zero : coded("output_dtype", ElementType::Ui8);
    }
    if (k == "ConstantOfShape") {
        const auto it = node.attributes.find("value");
        const auto* value = it == node.attributes.end() ? nullptr : std::get_if<ir::Tensor>(&it->second);
        return value != nullptr ? value->type() : ElementType::F32;
    }
    if (const auto like = kLike.find(k); like != kLike.end()) return input(like->second);
    const ElementType first = input(0);
    return first == ElementType::None ? ElementType::F32 : first;
}

} // namespace wb::importer
