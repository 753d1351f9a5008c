// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that only move elements, as strided copies within DDR: permute, slice, concat, pad, tile, depth to space,
// nearest upsampling.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/target/bm1684x/transfer.h"

#include <cstdint>

namespace wb::ops {

/// A copy from one operand into the result; offsets and strides in elements.
struct ElementMove {
    static constexpr size_t kResult = SIZE_MAX; ///< as operand: from another place of the result, made before
    size_t operand = 0;
    int64_t source = 0, target = 0;
    std::vector<int64_t> shape, sourceStrides, targetStrides;
};

struct Moves {
    std::vector<ElementMove> list;
    std::optional<uint32_t> fill = {}; ///< bits of an element written all over the result first
    bool joins = false;             ///< GlobalEmitter::joinsOperands
};

/// Strides of a row-major array.
std::vector<int64_t> rowMajor(const ir::Shape& shape);
/// `shape` read by strides from an operand, written row-major.
ElementMove readStrided(ir::Shape shape, std::vector<int64_t> sourceStrides, int64_t source = 0);

/// Operands that are constant become constants of the emitter. CodegenUnsupported when it takes too many transfers.
Result<std::unique_ptr<GlobalEmitter>> makeMover(const EmitContext& context, Moves moves);

const ir::TensorType& operandType(const EmitContext& context, size_t index);
const ir::TensorType& resultType(const EmitContext& context);
/// The result is clamped: do_relu on elements that can be negative.
bool clampsBelowZero(const EmitContext& context);

} // namespace wb::ops
