// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Concat: bytes of any element type side by side; codes may be requantised on the way.
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace wb::ops {
namespace {

/// The node's own requantisation of operand i's codes (CV18xx); nothing where none is needed.
std::vector<std::optional<std::array<uint8_t, 256>>> requantTables(const PrepareContext& c) {
    const auto multipliers = c.node->attributes.integers("multipliers"), shifts = c.node->attributes.integers("rshifts");
    std::vector<std::optional<std::array<uint8_t, 256>>> tables(c.node->operands.size());
    if (!isCode(resultType(c)) || multipliers.size() != tables.size() || shifts.size() != tables.size()) return tables;
    for (size_t i = 0; i < tables.size(); ++i) {
        if (multipliers[i] == 1 && shifts[i] == 0) continue;
        std::array<uint8_t, 256> table{};
        for (int code = 0; code < 256; ++code) {
            const int64_t x = isSignedCode(operandType(c, i)) ? int64_t{static_cast<int8_t>(code)} : int64_t{code};
            const int64_t y = numeric::shiftRightHalfUp(x * multipliers[i], static_cast<int>(shifts[i]));
            table[static_cast<size_t>(code)] = isSignedCode(resultType(c)) ? static_cast<uint8_t>(numeric::saturate<int8_t>(y))
                                                                            : numeric::saturate<uint8_t>(y);
        }
        tables[i] = table;
    }
    return tables;
}

/// Copies bytes, through a table if there is one.
void copyThrough(const std::optional<std::array<uint8_t, 256>>& table, std::byte* to, const std::byte* from, size_t count) {
    if (!table) {
        std::memcpy(to, from, count);
        return;
    }
    for (size_t i = 0; i < count; ++i)
        to[i] = static_cast<std::byte>((*table)[static_cast<size_t>(from[i])]);
}

Prepared prepareConcat(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto rank = static_cast<int64_t>(shape.size());
    int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank)
        return cannotRun(c, "axis " + std::to_string(axis) + " does not exist");
    const auto at = static_cast<size_t>(axis);
    const size_t size = ir::sizeInBytes(resultType(c).element);
    const int64_t outer = product(shape, 0, at);
    std::vector<size_t> rows; // bytes of an operand for one outer index
    size_t whole = 0;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (ir::sizeInBytes(operandType(c, i).element) != size)
            return cannotRun(c, "operands have different types");
        rows.push_back(static_cast<size_t>(product(operandShape(c, i), at, shape.size())) * size);
        whole += rows.back();
    }
    const bool relu =
        c.node->attributes.boolean("do_relu") && isCode(resultType(c));
    const int64_t least = resultType(c).uniform() == nullptr ? 0 : resultType(c).uniform()->zeroPoint();
    const bool isSigned = isSignedCode(resultType(c));
    // Channels last: a pixel's channels are one row; the batch and the picture are the outer axes.
    const int64_t pixels = shape.size() == 4 ? shape[0] * shape[2] * shape[3] : 0;
    std::vector<size_t> slices;
    for (size_t i = 0; shape.size() == 4 && i < c.node->operands.size(); ++i)
        slices.push_back(static_cast<size_t>(operandShape(c, i)[1]) * size);
    return makeKernel([=, tables = requantTables(c)](Inputs in, Outputs out, const kernels::Work& work) {
        if (out[0].layout == Layout::Nhwc) {
            const auto pixelBytes = static_cast<size_t>(shape[1]) * size;
            work.forEach(pixels, 512, [&](int64_t begin, int64_t end) {
                size_t offset = 0;
                for (size_t i = 0; i < in.size(); offset += slices[i], ++i)
                    for (int64_t p = begin; p < end; ++p)
                        copyThrough(tables[i], out[0].data + static_cast<size_t>(p) * pixelBytes + offset,
                                    in[i].data + static_cast<size_t>(p) * slices[i], slices[i]);
            });
        } else {
            work.forEach(outer, 1, [&](int64_t begin, int64_t end) {
                for (int64_t o = begin; o < end; ++o) {
                    std::byte* to = out[0].data + static_cast<size_t>(o) * whole;
                    for (size_t i = 0; i < in.size(); ++i) {
                        copyThrough(tables[i], to, in[i].data + static_cast<size_t>(o) * rows[i], rows[i]);
                        to += rows[i];
                    }
                }
            });
        }
        if (relu)
            withCode(isSigned, [&](auto code) {
                auto* codes = out[0].as<decltype(code)>();
                for (int64_t i = 0; i < out[0].elementCount(); ++i)
                    codes[i] = std::max(codes[i], static_cast<decltype(code)>(least));
            });
    });
}

/// Channels last when channels are what is joined, of values (constants lie Plain).
std::vector<Layout> concatLayouts(const ir::Graph& graph, const ir::Node& node) {
    const bool values =
        std::none_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
            return id == ir::kNoValue || graph.weight(id) != nullptr;
        });
    if (!values || node.attributes.integer("axis", 1) != 1) return {Layout::Plain};
    return codeLayouts(graph, node);
}

} // namespace

void integer_concat(KernelTable& table) {
    table.add({.op = "tpu.Concat", .prepare = prepareConcat, .layouts = concatLayouts});
}

} // namespace wb::ops
