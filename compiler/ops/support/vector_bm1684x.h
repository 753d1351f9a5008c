// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise arithmetic on boxes in local memory, one command a call. What the float emitters are written in.
//
// The result's box gives the shape. An operand that has one element along n, h or w repeats it there; one of a single
// channel under a result of more is a table that every lane holds at the same offset. Result and operands begin in
// the same lane. Strides may be any where AR does the work; CMP and SFU need the aligned layout.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// Bits of a number as a constant operand of that precision has them, rounded to nearest.
uint32_t immediate(float number, bm1684x::Precision precision);
/// Whether the precision holds the number as it is.
bool isExact(float number, bm1684x::Precision precision);
/// The layout that commands without strides expect.
bool isAligned(const bm1684x::LocalTensor& tensor);
/// The same bits as elements of another kind of the same width (float bits as integers).
bm1684x::LocalTensor seenAs(bm1684x::LocalTensor tensor, bm1684x::Precision precision);
/// An aligned box shaped and placed (first lane) like `like`, at `offset` of each lane.
bm1684x::LocalTensor scratchLike(const bm1684x::LocalTensor& like, uint32_t offset, bm1684x::Precision precision);
/// `count` words a lane, the same in each, as a box that every channel of `like` sees: along w, or over h and w.
bm1684x::LocalTensor laneTable(const bm1684x::LocalTensor& like, uint32_t offset, int64_t h, int64_t w);
/// Parameters, one a channel of `like`, lying in its lanes one row of 64 after the other (4 bytes apart).
bm1684x::LocalTensor perChannel(const bm1684x::LocalTensor& like, uint32_t offset, bm1684x::Precision precision);

/// Images and rows of 64 channels one by one, for commands that know the aligned layout only: such a piece needs its
/// pixels to lie together, nothing else.
std::vector<bm1684x::LocalTensor> rowPieces(const bm1684x::LocalTensor& tensor);

class VectorUnit {
public:
    using Box = bm1684x::LocalTensor;
    explicit VectorUnit(bm1684x::Assembler& out) : m_out(out) {}

    /// ArOp of two boxes, of a box and a number, of a number and a box. Division is float32 only, to 3e-7.
    void apply(uint32_t op, const Box& to, const Box& a, const Box& b);
    void apply(uint32_t op, const Box& to, const Box& a, float number);
    void apply(uint32_t op, const Box& to, float number, const Box& b);
    /// The same with an integer or with bits; shifts are to the left, negative ones to the right (downwards).
    void applyBits(uint32_t op, const Box& to, const Box& a, uint32_t bits);
    void applyBits(uint32_t op, const Box& to, uint32_t bits, const Box& b);
    void abs(const Box& to, const Box& a);
    void copy(const Box& to, const Box& a);
    void fill(const Box& to, float number);
    /// Between kinds of number; nothing to do becomes a copy. Between F16 and BF16 there is no command.
    void cast(const Box& to, const Box& a, bm1684x::Rounding rounding = bm1684x::Rounding::HalfToEven);

    /// CmpOp: a (op) b ? c : d, element by element; float32, aligned.
    struct Choice {
        const Box* box = nullptr;
        float number = 0;
        Choice(const Box& b) : box(&b) {}
        Choice(float n) : number(n) {}
    };
    void select(uint32_t op, const Box& to, Choice a, Choice b, Choice c, Choice d);
    /// Σ coefficient[i] · a^i; the coefficients lie at `table` of each lane. float32, aligned, not in place.
    void polynomial(const Box& to, const Box& a, uint32_t table, int64_t count);
    /// 1/√a to 1e-7; a large finite number for zero. float32, aligned.
    void reciprocalRoot(const Box& to, const Box& a);

    bm1684x::Assembler& assembler() { return m_out; }

private:
    struct Operands;
    void add(const Operands& operands);
    bm1684x::Assembler& m_out;
};

/// Polynomials for VectorUnit::polynomial, and other words that each lane needs, as a LaneImage.
class LaneTables {
public:
    /// Returns the offset; each table begins at a multiple of 64 bytes.
    uint32_t add(std::span<const float> words);
    const std::vector<float>& words() const { return m_words; }
    LaneImage image() const;

private:
    std::vector<float> m_words;
};

/// Coefficients (lowest power first) of the polynomial through f at the Chebyshev points of [from, to].
std::vector<float> chebyshev(double (*f)(double), double from, double to, int degree);

} // namespace wb::ops
