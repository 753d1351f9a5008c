// SPDX-License-Identifier: GPL-3.0-or-later
// Integer arithmetic on boxes in local memory: what the emitters of 8-bit codes are written in. A call is one command,
// or one for each image and row of 64 channels where a command cannot describe the boxes at once.
//
// The result's box gives the shape. Operands have the same box; a stride of 0 repeats elements (see repeated()). All
// begin in the same lane. Settings were verified on the vendor's C model.
#pragma once

#include "compiler/ops/emitter.h"

#include <optional>
#include <span>

namespace wb::ops {

/// Whether a node computes with codes or sums (its integer model does it), not with floats.
bool worksOnCodes(const EmitContext& context);
/// Zero point of codes; 0 of anything else.
inline int32_t zeroCodeOf(const ir::TensorType& type) {
    return type.uniform() == nullptr ? 0 : static_cast<int32_t>(type.uniform()->zeroPoint());
}
inline bool isConstant(const EmitContext& context, size_t operand) {
    return operand < context.node->operands.size() && context.node->operands[operand] != ir::kNoValue &&
           context.graph->weight(context.node->operands[operand]) != nullptr;
}

/// `box` seen with the shape of `like`: axes n, h, w of one element are repeated. Channels have to agree.
bm1684x::LocalTensor repeated(bm1684x::LocalTensor box, const bm1684x::Part& like);
/// Numbers, one a channel of `like`, 4 bytes apart from one row of 64 channels to the next, at `offset`.
bm1684x::LocalTensor numbersOfChannels(const bm1684x::LocalTensor& like, uint32_t offset, bm1684x::Precision precision,
                                       bool isSigned);
/// An aligned box shaped and placed like `like`, at `offset` of each lane.
bm1684x::LocalTensor scratchBox(const bm1684x::LocalTensor& like, uint32_t offset, bm1684x::Precision precision,
                                bool isSigned = true);
/// Whether the box lies as commands without strides expect it.
bool liesAligned(const bm1684x::LocalTensor& box);

/// One image of one row of 64 channels of a box; n and c count from the box's first.
struct BoxPiece {
    int64_t image = 0, row = 0;
    bm1684x::LocalTensor of(const bm1684x::LocalTensor& box) const;
};
/// All of them.
std::vector<BoxPiece> piecesOf(const bm1684x::LocalTensor& box);

class IntegerUnit {
public:
    using Box = bm1684x::LocalTensor;
    explicit IntegerUnit(bm1684x::Assembler& out) : m_out(out) {}

    struct Number {
        int32_t value = 0;
        bm1684x::Precision precision = bm1684x::Precision::Int8;
        bool isSigned = true;
    };
    struct Operand {
        const Box* box = nullptr;
        Number number;
        Operand(const Box& b) : box(&b) {}
        Operand(Number n) : number(n) {}
    };

    /// ArOp of two operands. The saturating ones take a shift to the right, which rounds halves up. The result of
    /// these is signed if one of the operands is: results of the other kind need a cast.
    void apply(uint32_t op, const Box& to, Operand a, Operand b, std::optional<int> shift = {});
    /// Between kinds of number, saturating.
    void cast(const Box& to, const Box& a, bm1684x::Rounding rounding = bm1684x::Rounding::HalfToEven);
    void copy(const Box& to, Operand a);
    /// saturate((sum · multiplier >> shift, halves up) + zero), from a table at `table` of each lane: for each row of
    /// 64 channels a slot of 64 bytes with multiplier, minus the shift, zero (i32). Boxes begin in lane 0.
    void requant(const Box& to, const Box& sums, uint32_t table, bm1684x::Rounding rounding = bm1684x::Rounding::HalfUp);
    /// The same with one multiplier and shift for all; of another rounding, if need be.
    void requant(const Box& to, const Box& sums, int32_t multiplier, int shift, int32_t zero = 0,
                 bm1684x::Rounding rounding = bm1684x::Rounding::HalfUp);
    /// float32: number · scale + offset of numbers of 32 or 16 bits, each operation rounded, then to the next even whole
    /// number; saturates. From a table, 8 bytes a slot of 64, or with one pair for all.
    void requantFloat(const Box& to, const Box& numbers, uint32_t table);
    void requantFloat(const Box& to, const Box& numbers, float scale, float offset);
    /// Of 32-bit numbers: a · b >> 31, halves up. (The requant's results have 16 bits at most.)
    void upperHalf(const Box& to, const Box& a, Operand b);
    /// A shift to the right (to the left, if negative) of a sum, rounded as told.
    void shiftedSum(uint32_t op, const Box& to, Operand a, Operand b, int shift, bm1684x::Rounding rounding);
    /// (code - zero) · multiplier >> shift into 16 bits. Boxes' pixels lie together.
    void widen(const Box& to, const Box& codes, int32_t zero, int32_t multiplier, int shift,
               bm1684x::Rounding rounding = bm1684x::Rounding::HalfUp);
    /// float32: (code - zero) · scale.
    void dequant(const Box& to, const Box& codes, int32_t zero, float scale);
    /// Result byte by operand byte, from 256 bytes at `table` of each lane. One element a cycle and lane.
    void lookUp(const Box& to, const Box& codes, uint32_t table);
    /// A box of one channel into every channel of `to`, which has as many images, rows and columns.
    void spread(const Box& to, const Box& a);

    bm1684x::Assembler& assembler() { return m_out; }

private:
    void arithmetic(uint32_t op, uint32_t count, const Box& to, Operand a, Operand b, std::optional<int> shift,
                    bm1684x::Rounding rounding);
    bm1684x::Assembler& m_out;
};

/// Packs constants for each lane.
class LanePacker {
public:
    /// Room for `bytes` in every lane; returns its offset.
    int64_t reserve(int64_t bytes, int64_t alignment);
    std::byte* at(int64_t lane, int64_t offset) { return m_bytes.data() + lane * m_width + offset; }
    void put(int64_t lane, int64_t offset, const void* data, int64_t bytes);
    /// Called once all room is reserved, before at() and put().
    void allocate();
    LaneImage finish() &&;
    int64_t width() const { return bm1684x::roundUp(m_width, bm1684x::kVectorBytes); } ///< of what finish() gives

private:
    int64_t m_width = 0;
    std::vector<std::byte> m_bytes;
};

} // namespace wb::ops
