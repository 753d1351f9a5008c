// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold_move.h"

#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace wb::importer {
namespace {

Error mismatch(std::string what) {
    return Error{Code::ShapeMismatch, std::move(what)};
}

} // namespace

std::vector<int64_t> rowMajorStrides(const ir::Shape& shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t d = shape.size(); d-- > 1;)
        strides[d - 1] = strides[d] * std::max<int64_t>(shape[d], 1);
    return strides;
}

Result<ir::Tensor> gatherStrided(const ir::Tensor& source, const ir::Shape& shape,
                                 const std::vector<int64_t>& strides, int64_t base) {
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(source.type(), shape));
    const size_t size = ir::sizeInBytes(source.type());
    const int64_t count = result.elementCount();
    if (count == 0) return result;
    std::byte* out = result.mutableBytes();
    const std::byte* in = source.bytes();
    if (std::all_of(strides.begin(), strides.end(), [](int64_t s) { return s == 0; })) {
        // One number everywhere: doubling copies.
        const size_t total = result.byteSize();
        std::memcpy(out, in + static_cast<size_t>(base) * size, size);
        for (size_t done = size; done < total; done *= 2)
            std::memcpy(out + done, out, std::min(done, total - done));
        return result;
    }
    // Rows along the last axis; where that is contiguous they are copied whole.
    const int64_t row = shape.back(), step = strides.back();
    std::vector<int64_t> index(shape.size(), 0);
    int64_t at = base;
    for (int64_t i = 0; i < count; i += row) {
        if (step == 1) {
            std::memcpy(out, in + static_cast<size_t>(at) * size, static_cast<size_t>(row) * size);
        } else {
            for (int64_t j = 0; j < row; ++j)
                std::memcpy(out + static_cast<size_t>(j) * size,
                            in + static_cast<size_t>(at + j * step) * size, size);
        }
        out += static_cast<size_t>(row) * size;
        for (size_t d = shape.size() - 1; d-- > 0;) {
            at += strides[d];
            if (++index[d] < shape[d]) break;
            at -= strides[d] * shape[d];
            index[d] = 0;
        }
    }
    return result;
}

Result<ir::Tensor> transposeConstant(const ir::Tensor& x, std::vector<int64_t> order) {
    const size_t rank = x.shape().size();
    if (order.empty())
        for (size_t d = rank; d-- > 0;)
            order.push_back(static_cast<int64_t>(d));
    const auto strides = rowMajorStrides(x.shape());
    std::vector<int64_t> moved;
    ir::Shape shape;
    std::vector<char> seen(rank, 0);
    for (int64_t axis : order) {
        if (axis < 0 || axis >= static_cast<int64_t>(rank) || seen[static_cast<size_t>(axis)] != 0)
            return mismatch("the axis order is no permutation of " + ir::toText(x.shape()));
        seen[static_cast<size_t>(axis)] = 1;
        moved.push_back(strides[static_cast<size_t>(axis)]);
        shape.push_back(x.shape()[static_cast<size_t>(axis)]);
    }
    if (shape.size() != rank)
        return mismatch("the axis order misses axes of " + ir::toText(x.shape()));
    return gatherStrided(x, shape, moved, 0);
}

Result<ir::Tensor> expandConstant(const ir::Tensor& x, const ir::Shape& wanted) {
    const auto shape = ops::broadcastShapes(x.shape(), wanted);
    if (!shape)
        return mismatch("shape " + ir::toText(x.shape()) + " does not expand to " +
                        ir::toText(wanted));
    const auto own = rowMajorStrides(x.shape());
    std::vector<int64_t> strides(shape->size(), 0);
    const size_t shift = shape->size() - x.shape().size();
    for (size_t d = 0; d < own.size(); ++d)
        if (x.shape()[d] != 1) strides[shift + d] = own[d];
    return gatherStrided(x, *shape, strides, 0);
}

Result<ir::Tensor> sliceConstant(const ir::Tensor& x, const std::vector<int64_t>& starts,
                                 const std::vector<int64_t>& ends, std::vector<int64_t> axes,
                                 std::vector<int64_t> steps) {
    if (axes.empty())
        for (size_t d = 0; d < starts.size(); ++d)
            axes.push_back(static_cast<int64_t>(d));
    if (steps.empty()) steps.assign(starts.size(), 1);
    if (ends.size() != starts.size() || axes.size() != starts.size() ||
        steps.size() != starts.size())
        return mismatch("starts, ends, axes and steps differ in length");
    ir::Shape shape = x.shape();
    auto strides = rowMajorStrides(shape);
    int64_t base = 0;
    for (size_t i = 0; i < axes.size(); ++i) {
        const auto axis = ops::normaliseAxis(axes[i], shape.size());
        if (!axis || steps[i] == 0 || std::abs(steps[i]) > (int64_t{1} << 31))
            return mismatch("axis " + std::to_string(axes[i]) + ", step " +
                            std::to_string(steps[i]) + " for " + ir::toText(x.shape()));
        const auto d = static_cast<size_t>(*axis);
        const auto range = ops::sliceRange(shape[d], starts[i], ends[i], steps[i]);
        base += range.begin * strides[d];
        shape[d] = range.count;
        strides[d] *= steps[i];
    }
    return gatherStrided(x, shape, strides, base);
}

Result<ir::Tensor> gatherConstant(const ir::Tensor& x, const ir::Tensor& indices,
                                  const std::vector<int64_t>& positions, int64_t axis) {
    const auto a = ops::normaliseAxis(axis, x.shape().size());
    if (!a) return mismatch("axis " + std::to_string(axis) + " for " + ir::toText(x.shape()));
    const auto d = x.shape().begin() + *a;
    const auto product = [](auto begin, auto end) {
        return std::accumulate(begin, end, int64_t{1}, std::multiplies<>());
    };
    const int64_t outer = product(x.shape().begin(), d), inner = product(d + 1, x.shape().end());
    ir::Shape shape(x.shape().begin(), d);
    shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
    shape.insert(shape.end(), d + 1, x.shape().end());
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(x.type(), shape));
    const size_t block = static_cast<size_t>(inner) * ir::sizeInBytes(x.type());
    std::byte* out = result.elementCount() == 0 ? nullptr : result.mutableBytes();
    for (int64_t o = 0; o < outer; ++o)
        for (int64_t p : positions) {
            const int64_t at = p < 0 ? p + *d : p;
            if (at < 0 || at >= *d)
                return mismatch("index " + std::to_string(p) + " on an axis of " +
                                std::to_string(*d));
            if (out == nullptr) continue;
            std::memcpy(out, x.bytes() + static_cast<size_t>(o * *d + at) * block, block);
            out += block;
        }
    return result;
}

Result<ir::Tensor> concatConstants(const std::vector<const ir::Tensor*>& parts, int64_t axis) {
    const auto a = ops::normaliseAxis(axis, parts.front()->shape().size());
    if (!a)
        return mismatch("axis " + std::to_string(axis) + " for " +
                        ir::toText(parts.front()->shape()));
    const auto d = static_cast<size_t>(*a);
    ir::Shape shape = parts.front()->shape();
    shape[d] = 0;
    for (const ir::Tensor* part : parts) {
        ir::Shape other = part->shape();
        if (part->type() != parts.front()->type() || other.size() != shape.size())
            return mismatch("parts of different type or rank");
        shape[d] += other[d];
        other[d] = shape[d];
        if (other != shape) return mismatch("parts of different shape");
    }
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(parts.front()->type(), shape));
    if (result.elementCount() == 0) return result;
    const int64_t outer =
        std::accumulate(shape.begin(), shape.begin() + *a, int64_t{1}, std::multiplies<>());
    std::byte* out = result.mutableBytes();
    for (int64_t o = 0; o < outer; ++o)
        for (const ir::Tensor* part : parts) {
            const size_t block = part->byteSize() / static_cast<size_t>(outer);
            std::memcpy(out, part->bytes() + static_cast<size_t>(o) * block, block);
            out += block;
        }
    return result;
}

} // namespace wb::importer
