// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold_indexed.h"

#include "compiler/import/fold_border.h"
#include "compiler/import/fold_move.h"
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cstring>

namespace wb::importer {
namespace {

using ir::ElementType;
using ir::Shape;
using ir::Tensor;
using ops::SourceNode;
int64_t sizeOf(const Shape& shape, size_t from, size_t to) {
    int64_t product = 1; // of axes of a tensor that exists, or of a shape that was checked
    for (size_t d = from; d < to; ++d)
        product *= shape[d];
    return product;
}

Error indexError(const SourceNode& node, std::string what) {
    return ops::nodeError(node, Code::ShapeMismatch, std::move(what));
}

/// A copy with bytes of its own.
Result<Tensor> copyOf(const Tensor& x) {
    WB_ASSIGN(Tensor result, Tensor::allocate(x.type(), x.shape()));
    if (x.byteSize() > 0) std::memcpy(result.mutableBytes(), x.bytes(), x.byteSize());
    return result;
}

bool replaces(const SourceNode& node) { // no arithmetic on what is there already
    return node.string("reduction", "none") == "none";
}

/// The indices of ScatterND and GatherND: rows of `depth` numbers, each naming a block of the data.
struct BlockRows {
    Ints numbers;
    size_t depth = 0;
    Shape outer;  ///< axes of the indices but the last
    Shape result; ///< outer, then the axes of a block
    int64_t block = 1;

    /// The element that row `r` starts at, or nothing outside the data.
    std::optional<int64_t> start(size_t r, const Shape& data) const {
        int64_t at = 0;
        for (size_t d = 0; d < depth; ++d) {
            const int64_t i = numbers[r * depth + d], size = data[d];
            if (i < -size || i >= size) return {};
            at = at * size + (i < 0 ? i + size : i);
        }
        return at * block;
    }
};

std::optional<BlockRows> blockRows(const Tensor& data, const Tensor* indices) {
    if (indices == nullptr || indices->shape().empty() || data.shape().empty()) return {};
    const int64_t depth = indices->shape().back();
    if (depth < 1 || depth > static_cast<int64_t>(data.shape().size())) return {};
    auto numbers = ops::toInts(*indices);
    if (!numbers) return {};
    BlockRows rows{std::move(*numbers), static_cast<size_t>(depth), indices->shape(), {}, 1};
    rows.outer.pop_back();
    rows.result = rows.outer;
    rows.result.insert(rows.result.end(), data.shape().begin() + depth, data.shape().end());
    rows.block = sizeOf(data.shape(), rows.depth, data.shape().size());
    return rows;
}

Result<Tensor> moveBlocks(const SourceNode& node, const Tensor& data, const BlockRows& rows, const Tensor* updates) {
    const bool scatter = updates != nullptr;
    if (scatter && (updates->shape() != rows.result || updates->type() != data.type()))
        return indexError(node, "updates " + ir::toText(updates->shape()) + " instead of " + ir::toText(rows.result));
    WB_ASSIGN(Tensor result, scatter ? copyOf(data) : Tensor::allocate(data.type(), rows.result));
    const size_t size = ir::sizeInBytes(data.type()), bytes = static_cast<size_t>(rows.block) * size;
    std::byte* out = result.elementCount() == 0 ? nullptr : result.mutableBytes();
    for (size_t r = 0; r < rows.numbers.size() / rows.depth; ++r) {
        const auto at = rows.start(r, data.shape());
        if (!at) return indexError(node, "an index outside " + ir::toText(data.shape()));
        if (out == nullptr || bytes == 0) continue;
        const size_t there = static_cast<size_t>(*at) * size;
        if (scatter) std::memcpy(out + there, updates->bytes() + r * bytes, bytes);
        else std::memcpy(out + r * bytes, data.bytes() + there, bytes);
    }
    return result;
}

/// GatherElements and ScatterElements: an index for each element, replacing its position on one axis.
Result<Tensor> moveElements(const SourceNode& node, const Tensor& data, const Tensor& indices, const Ints& numbers,
                            const Tensor* updates) {
    const bool scatter = updates != nullptr;
    const auto axis = ops::normaliseAxis(node.integer("axis", 0), data.shape().size());
    const Shape& shape = indices.shape();
    bool fits = axis.has_value() && shape.size() == data.shape().size();
    for (size_t d = 0; fits && d < shape.size(); ++d)
        fits = static_cast<int64_t>(d) == *axis || shape[d] <= data.shape()[d];
    if (!fits || (scatter && (updates->shape() != shape || updates->type() != data.type())))
        return indexError(node, "indices " + ir::toText(shape) + " for data " + ir::toText(data.shape()));
    WB_ASSIGN(Tensor result, scatter ? copyOf(data) : Tensor::allocate(data.type(), shape));
    if (numbers.empty()) return result;
    const auto strides = rowMajorStrides(data.shape());
    const size_t size = ir::sizeInBytes(data.type()), a = static_cast<size_t>(*axis);
    std::byte* out = result.elementCount() == 0 ? nullptr : result.mutableBytes();
    Shape index(shape.size(), 0);
    for (size_t i = 0; i < numbers.size(); ++i) {
        const int64_t n = numbers[i], limit = data.shape()[a];
        if (n < -limit || n >= limit || out == nullptr)
            return indexError(node, "index " + std::to_string(n) + " on an axis of " + std::to_string(limit));
        int64_t at = (n < 0 ? n + limit : n) * strides[a];
        for (size_t d = 0; d < shape.size(); ++d)
            if (d != a) at += index[d] * strides[d];
        if (scatter) std::memcpy(out + static_cast<size_t>(at) * size, updates->bytes() + i * size, size);
        else std::memcpy(out + i * size, data.bytes() + static_cast<size_t>(at) * size, size);
        for (size_t d = shape.size(); d-- > 0;) {
            if (++index[d] < shape[d]) break;
            index[d] = 0;
        }
    }
    return result;
}

Folded triangleOf(const SourceNode& node, const Inputs& in) {
    const Tensor& x = *in[0];
    const auto k = intsAt(in, 1);
    if (x.shape().size() < 2 || (tensorAt(in, 1) != nullptr && (!k || k->size() != 1))) return {};
    const int64_t rows = x.shape()[x.shape().size() - 2], columns = x.shape().back();
    const int64_t shift = k ? std::clamp(k->front(), -rows - 1, columns + 1) : 0;
    const bool upper = node.integer("upper", 1) != 0;
    auto result = copyOf(x);
    if (!result || result->elementCount() == 0) return result;
    const size_t size = ir::sizeInBytes(x.type());
    std::byte* out = result->mutableBytes();
    for (int64_t i = 0; i < x.elementCount(); ++i) {
        const int64_t column = i % columns, diagonal = (i / columns) % rows + shift;
        if (upper ? column < diagonal : column > diagonal) std::memset(out + static_cast<size_t>(i) * size, 0, size);
    }
    return result;
}

Folded runningSum(const SourceNode& node, const Inputs& in) {
    const Tensor& x = *in[0];
    const auto place = intsAt(in, 1);
    const auto axis = place && place->size() == 1 ? ops::normaliseAxis(place->front(), x.shape().size()) : std::nullopt;
    if (!axis || x.type() == ElementType::I1) return {};
    const auto sum = [&](auto values, auto add) {
        const auto a = static_cast<size_t>(*axis);
        const auto extent = x.shape()[a], inner = sizeOf(x.shape(), a + 1, x.shape().size());
        const bool reverse = node.integer("reverse", 0) != 0, exclusive = node.integer("exclusive", 0) != 0;
        for (size_t start = 0; start < values.size(); ++start) {
            if ((static_cast<int64_t>(start) / inner) % extent != 0) continue;
            auto total = values[start];
            total = 0;
            for (int64_t i = 0; i < extent; ++i) {
                auto& v = values[start + static_cast<size_t>((reverse ? extent - 1 - i : i) * inner)];
                const auto next = add(total, v);
                v = exclusive ? total : next;
                total = next;
            }
        }
        return values;
    };
    if (ir::isFloat(x.type())) {
        const auto values = ops::toReals(x);
        if (!values) return {};
        return storeNumbers(x.type(), x.shape(), sum(*values, [](double a, double b) { return a + b; }), {});
    }
    const auto values = ops::toInts(x);
    if (!values) return {};
    return storeNumbers(x.type(), x.shape(), {}, sum(*values, [](int64_t a, int64_t b) {
                            return static_cast<int64_t>(uint64_t(a) + uint64_t(b)); // wraps
                        }));
}

/// An axis of `depth` truth values for each index; those outside have none that is on.
Folded oneHot(const SourceNode& node, const Inputs& in, const Shape& result) {
    const Tensor* values = tensorAt(in, 2);
    const auto indices = intsAt(in, 0);
    const auto axis = ops::normaliseAxis(node.integer("axis", -1), result.size());
    if (!indices || !axis || values == nullptr || values->elementCount() != 2) return {};
    auto table = Tensor::allocate(values->type(), result);
    if (!table || table->elementCount() == 0) return table;
    const auto a = static_cast<size_t>(*axis);
    const int64_t depth = result[a], inner = sizeOf(result, a + 1, result.size());
    const size_t size = ir::sizeInBytes(values->type());
    std::byte* out = table->mutableBytes();
    for (int64_t i = 0; i < table->elementCount(); ++i) {
        const int64_t k = (i / inner) % depth, n = (*indices)[static_cast<size_t>(i / inner / depth * inner + i % inner)];
        const bool on = (n < 0 ? n + depth : n) == k;
        std::memcpy(out + static_cast<size_t>(i) * size, values->bytes() + (on ? size : 0), size);
    }
    return table;
}

Folded nonZero(const Tensor& x) {
    const auto values = ops::toReals(x);
    if (!values) return {};
    const size_t rank = std::max<size_t>(x.shape().size(), 1);
    const Shape shape = x.shape().empty() ? Shape{1} : x.shape();
    const auto strides = rowMajorStrides(shape);
    std::vector<size_t> hits;
    for (size_t i = 0; i < values->size(); ++i)
        if ((*values)[i] != 0.0) hits.push_back(i);
    Ints table;
    for (size_t d = 0; d < rank; ++d)
        for (size_t i : hits)
            table.push_back(static_cast<int64_t>(i) / strides[d] % shape[d]);
    return storeNumbers(ElementType::Si64, {static_cast<int64_t>(rank), static_cast<int64_t>(hits.size())}, {}, table);
}

} // namespace

bool isIndexed(const std::string& kind) {
    static constexpr const char* kinds[] = {"ScatterND", "GatherND", "ScatterElements", "GatherElements", "Tile", "Pad",
                                            "Split",     "Trilu",    "CumSum",          "OneHot",         "NonZero"};
    return std::any_of(std::begin(kinds), std::end(kinds), [&](const char* k) { return kind == k; });
}

std::optional<Shape> indexedShape(const SourceNode& node, const Inputs& in) {
    if (in.empty() || in[0] == nullptr) return {};
    const Tensor& x = *in[0];
    const std::string& k = node.kind;
    if (k == "GatherND") {
        const auto rows = node.integer("batch_dims", 0) == 0 ? blockRows(x, tensorAt(in, 1)) : std::nullopt;
        return rows ? std::optional(rows->result) : std::nullopt;
    }
    if (k == "GatherElements") return tensorAt(in, 1) != nullptr ? std::optional(in[1]->shape()) : std::nullopt;
    if (k == "Tile") return tiledShape(in);
    if (k == "Pad") return paddedShape(node, in);
    if (k == "NonZero") return Shape{std::max<int64_t>(static_cast<int64_t>(x.shape().size()), 1), x.elementCount()};
    if (k == "OneHot") {
        const auto depth = intsAt(in, 1);
        const auto axis = ops::normaliseAxis(node.integer("axis", -1), x.shape().size() + 1);
        if (!depth || depth->size() != 1 || depth->front() < 1 || !axis || ir::isFloat(x.type())) return {};
        Shape shape = x.shape();
        shape.insert(shape.begin() + *axis, depth->front());
        return shape;
    }
    return x.shape();
}

std::optional<Result<std::vector<Tensor>>> foldIndexed(const SourceNode& node, const Inputs& in) {
    const auto shape = indexedShape(node, in);
    if (!shape) return {};
    const Tensor& x = *in[0];
    const std::string& k = node.kind;
    const auto one = [&]() -> Folded {
        if (k == "Tile") return tileConstant(in, *shape);
        if (k == "Pad") return padConstant(node, in, *shape);
        if (k == "Trilu") return triangleOf(node, in);
        if (k == "CumSum") return runningSum(node, in);
        if (k == "OneHot") return oneHot(node, in, *shape);
        if (k == "NonZero") return nonZero(x);
        const bool scatter = k.starts_with("Scatter");
        const Tensor* updates = tensorAt(in, 2);
        if (scatter ? updates == nullptr || !replaces(node) : updates != nullptr) return {};
        if (k.ends_with("ND")) {
            const auto rows = blockRows(x, tensorAt(in, 1));
            if (!rows) return {};
            return moveBlocks(node, x, *rows, updates);
        }
        const auto numbers = intsAt(in, 1);
        if (!numbers) return {};
        return moveElements(node, x, *in[1], *numbers, updates);
    };
    if (k == "Split") return splitConstant(node, in);
    auto result = one();
    if (!result) return {};
    if (!*result) return Result<std::vector<Tensor>>(std::move(result->error()).atNode(node.name));
    return Result<std::vector<Tensor>>(std::vector{std::move(**result)});
}

} // namespace wb::importer
