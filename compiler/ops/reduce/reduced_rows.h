// SPDX-License-Identifier: GPL-3.0-or-later
// What a reduction keeps of an array and what it takes away, for kernels of every kind of number.
#pragma once

#include "compiler/ops/float_kernel.h"

#include <string>

namespace wb::ops {

struct ReducedRows {
    ir::Shape kept, reduced;                            ///< sizes of axes
    std::vector<int64_t> keptStrides, reducedStrides;   ///< in elements
    int64_t results = 1, terms = 1;                     ///< terms: elements of a result

    /// Calls f(place) for the elements of a result in the order of memory.
    template <class F> void forEachTerm(int64_t result, F f) const {
        const int64_t run = reduced.empty() ? 1 : reduced.back(), pitch = reduced.empty() ? 0 : reducedStrides.back();
        const int64_t base = offset(result, kept, keptStrides);
        for (int64_t t = 0; t < terms; t += run) {
            const int64_t row = base + offset(t, reduced, reducedStrides);
            for (int64_t i = 0; i < run; ++i)
                f(row + i * pitch);
        }
    }

private:
    static int64_t offset(int64_t index, const ir::Shape& sizes, const std::vector<int64_t>& strides) {
        int64_t at = 0;
        for (size_t d = sizes.size(); d-- > 0;) {
            at += index % sizes[d] * strides[d];
            index /= sizes[d];
        }
        return at;
    }
};

/// Of operand 0 along `axes`, all where none is named. ShapeMismatch where one does not exist.
inline Result<ReducedRows> reducedRows(const PrepareContext& c) {
    const ir::Shape& shape = operandShape(c, 0);
    const std::vector<int64_t> axes = c.node->attributes.integers("axes");
    std::vector<bool> gone(shape.size(), axes.empty());
    for (const int64_t axis : axes) {
        const auto at = normaliseAxis(axis, shape.size());
        if (!at) return shapeError(*c.graph, *c.node, "axis " + std::to_string(axis));
        gone[static_cast<size_t>(*at)] = true;
    }
    const auto strides = stridesOf(shape);
    ReducedRows rows;
    for (size_t d = 0; d < shape.size(); ++d) {
        (gone[d] ? rows.reduced : rows.kept).push_back(shape[d]);
        (gone[d] ? rows.reducedStrides : rows.keptStrides).push_back(strides[d]);
        (gone[d] ? rows.terms : rows.results) *= shape[d];
    }
    return rows;
}

} // namespace wb::ops
