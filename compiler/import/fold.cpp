// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold.h"

#include "compiler/import/fold_arithmetic.h"
#include "compiler/import/fold_indexed.h"
#include "compiler/import/fold_move.h"
#include "compiler/import/fold_quantised.h"
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::importer {
namespace {

using ir::ElementType;
using ir::Tensor;
using ops::SourceNode;
using Inputs = std::vector<const Tensor*>;

Result<Tensor> storeInts(const std::vector<int64_t>& values, ir::Shape shape) {
    return storeNumbers(ElementType::Si64, shape, {}, values);
}

} // namespace

bool Folder::knows(const SourceNode& node) {
    static constexpr const char* kinds[] = {"Constant",  "ConstantOfShape", "Identity", "Dropout",
                                            "Reshape",   "Flatten",         "Squeeze",  "Unsqueeze",
                                            "Transpose", "Expand",          "Slice",    "Gather",
                                            "Concat",    "Shape",           "Size",     "DequantizeLinear"};
    if (!node.domain.empty()) return false;
    return isArithmetic(node.kind) || isIndexed(node.kind) || std::any_of(std::begin(kinds), std::end(kinds),
                                                  [&](const char* k) { return node.kind == k; });
}

Result<Tensor> Folder::foldShape(const SourceNode& node, const ir::Shape& shape) {
    if (node.kind == "Size") return storeInts({ir::checkedElementCount(shape).value_or(0)}, {});
    const auto rank = static_cast<int64_t>(shape.size());
    const auto wrap = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
    const int64_t start = wrap(std::max<int64_t>(node.integer("start", 0), -rank));
    const int64_t end = wrap(std::max<int64_t>(node.integer("end", rank), -rank));
    std::vector<int64_t> dims;
    for (int64_t d = start; d < end; ++d)
        dims.push_back(shape[static_cast<size_t>(d)]);
    return storeInts(dims, {static_cast<int64_t>(dims.size())});
}

bool Folder::charge(int64_t elements) {
    if (elements < 0 || elements > kFoldBudget - m_used) return false;
    m_used += elements;
    return true;
}

std::optional<Result<std::vector<Tensor>>> Folder::fold(const SourceNode& node, const Inputs& in) {
    const std::string& k = node.kind;
    const auto ints = [&](size_t i) -> std::optional<std::vector<int64_t>> {
        return i < in.size() && in[i] != nullptr ? ops::toInts(*in[i]) : std::nullopt;
    };
    const auto axesOf = [&](size_t input) {
        return node.integers("axes") ? node.integers("axes") : ints(input);
    };
    // What the result may be at most is known before it is computed only for the ones that grow.
    const auto budget = [&](const ir::Shape& shape) -> Status {
        const auto count = ir::checkedElementCount(shape);
        if (!count || *count > kFoldBudget - m_used)
            return ops::nodeError(node, Code::OutOfMemory,
                                  "the constant of shape " + ir::toText(shape) + " is too large");
        m_used += *count;
        return {};
    };
    using Many = std::optional<Result<std::vector<Tensor>>>;
    const auto one = [&](Folded result) -> Many {
        if (!result) return {};
        if (!*result)
            return Result<std::vector<Tensor>>(std::move(result->error()).atNode(node.name));
        return Result<std::vector<Tensor>>(std::vector{std::move(**result)});
    };
    const auto fail = [&](Status& status) -> Many {
        return Result<std::vector<Tensor>>(std::move(status).error());
    };

    if (k == "Constant") {
        const auto it = node.attributes.find("value");
        const auto* tensor =
            it == node.attributes.end() ? nullptr : std::get_if<Tensor>(&it->second);
        if (tensor != nullptr) return one(*tensor);
        if (const auto v = node.integers("value_ints"))
            return one(storeInts(*v, {static_cast<int64_t>(v->size())}));
        if (const auto v = node.reals("value_floats"))
            return one(storeNumbers(ElementType::F32, {static_cast<int64_t>(v->size())}, *v, {}));
        if (node.has("value_int")) return one(storeInts({node.integer("value_int", 0)}, {}));
        if (node.has("value_float"))
            return one(storeNumbers(ElementType::F32, {}, {node.real("value_float", 0)}, {}));
        return {};
    }
    if (k == "ConstantOfShape" && ints(0)) {
        const ir::Shape shape = *ints(0);
        if (auto status = budget(shape); !status) return fail(status);
        const auto it = node.attributes.find("value");
        const auto* value =
            it == node.attributes.end() ? nullptr : std::get_if<Tensor>(&it->second);
        if (value == nullptr) return one(Tensor::allocate(ElementType::F32, shape));
        if (value->elementCount() != 1) return {};
        return one(expandConstant(value->reshaped({}), shape));
    }
    if (in.empty() || in[0] == nullptr) return {};
    const Tensor& x = *in[0];
    if (k == "Identity" || k == "Dropout") return one(x);
    if (k == "Shape" || k == "Size") return one(foldShape(node, x.shape()));
    if (k == "Reshape" && ints(1)) {
        const auto shape = ops::resolveReshape(x.shape(), *ints(1));
        return shape ? one(x.reshaped(*shape)) : Many{};
    }
    if (k == "Flatten" || ((k == "Squeeze" || k == "Unsqueeze"))) {
        // The shape rules of the top ops are the one definition of these.
        ir::Graph scratch;
        const ir::ValueId v =
            scratch.add("top.Weight", {}, "x", {ElementType::F32, x.shape(), true, {}});
        ir::AttributeMap attributes;
        if (k == "Flatten")
            attributes.set("start_dim", node.integer("axis", 1));
        else
            attributes.set("axes", ir::Attribute::ints(axesOf(1).value_or(std::vector<int64_t>{})));
        const ir::NodeId n =
            scratch.addNode("top." + k, {v}, {"y"}, {ir::TensorType{}}, attributes);
        auto types = ops::opTable().find("top." + k)->infer(scratch, scratch.node(n));
        if (!types) return Result<std::vector<Tensor>>(std::move(types).error().atNode(node.name));
        return one(x.reshaped(types->front().shape));
    }
    if (k == "Transpose")
        return one(transposeConstant(x, node.integers("perm").value_or(std::vector<int64_t>{})));
    if (k == "Expand" && ints(1)) {
        const auto shape = ops::broadcastShapes(x.shape(), *ints(1));
        if (!shape) return {};
        if (auto status = budget(*shape); !status) return fail(status);
        return one(expandConstant(x, *ints(1)));
    }
    if (k == "Slice") {
        const auto starts = node.integers("starts") ? node.integers("starts") : ints(1);
        const auto ends = node.integers("ends") ? node.integers("ends") : ints(2);
        if (!starts || !ends) return {};
        return one(sliceConstant(x, *starts, *ends, axesOf(3).value_or(std::vector<int64_t>{}),
                                 ints(4).value_or(std::vector<int64_t>{})));
    }
    if (k == "Gather" && ints(1)) {
        if (x.shape().empty()) return {};
        const int64_t axis = node.integer("axis", 0);
        const auto rows = ops::normaliseAxis(axis, x.shape().size());
        if (!rows) return {};
        const int64_t size = std::max<int64_t>(x.shape()[static_cast<size_t>(*rows)], 1);
        if (auto status = budget({x.elementCount() / size, in[1]->elementCount()}); !status)
            return fail(status);
        return one(gatherConstant(x, *in[1], *ints(1), axis));
    }
    if (k == "Concat") {
        if (std::find(in.begin(), in.end(), nullptr) != in.end() || x.shape().empty()) return {};
        ir::Shape total{0};
        for (const Tensor* part : in)
            total[0] += part->elementCount();
        if (auto status = budget(total); !status) return fail(status);
        return one(concatConstants(in, node.integer("axis", 0)));
    }
    if (k == "DequantizeLinear") {
        if (auto status = budget(x.shape()); !status) return fail(status);
        return one(foldDequantize(node, in));
    }
    if (isIndexed(k)) {
        const auto shape = indexedShape(node, in);
        if (!shape) return {};
        if (auto status = budget(*shape); !status) return fail(status);
        return foldIndexed(node, in);
    }
    if (isArithmetic(k)) return one(foldArithmetic(node, in));
    return {};
}

} // namespace wb::importer
