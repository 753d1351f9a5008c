// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/integer_bm1684x.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

bool isCodeOrSum(ir::ElementType element) {
    const Precision p = chipPrecision(element);
    return p == Precision::Int8 || p == Precision::Int32;
}

template <class Command> void setResult(Command& c, const LocalTensor& to) {
    c.res0_n = u32(to.n());
    c.res0_c = u32(to.c());
    c.res0_h = u32(to.h());
    c.res0_w = u32(to.w());
    c.res0_addr = to.address;
    c.res0_prec = code(to.precision);
}

/// Whether AR's stride fields (16 bits for n and c, 20 for h and w) hold the box.
bool stridesFit(const LocalTensor& box) {
    constexpr int64_t kMost = 65535;
    return liesAligned(box) || ((box.n() == 1 || box.nStride <= kMost) && (box.rows() == 1 || box.cStride <= kMost));
}

uint32_t bitsOf(const IntegerUnit::Number& n) {
    const int64_t width = bytesOf(n.precision) * 8;
    return static_cast<uint32_t>(n.value) & (width == 32 ? ~0U : (1U << width) - 1U);
}

} // namespace

bool worksOnCodes(const EmitContext& context) {
    const auto& node = *context.node;
    if (isCodeOrSum(context.graph->value(node.results[0]).type.element)) return true;
    return !node.operands.empty() && node.operands[0] != ir::kNoValue &&
           isCodeOrSum(context.graph->value(node.operands[0]).type.element);
}

LocalTensor repeated(LocalTensor box, const Part& like) {
    if (box.n() == 1 && like.n.size() > 1) box.nStride = 0;
    if (box.h() == 1 && like.h.size() > 1) box.hStride = 0;
    if (box.w() == 1 && like.w.size() > 1) box.wStride = 0;
    box.part = like;
    return box;
}

LocalTensor numbersOfChannels(const LocalTensor& like, uint32_t offset, Precision precision, bool isSigned) {
    LocalTensor t = scratchBox(like, offset, precision, isSigned);
    t.cStride = 4 / bytesOf(precision);
    t.nStride = t.hStride = t.wStride = 0;
    return t;
}

LocalTensor scratchBox(const LocalTensor& like, uint32_t offset, Precision precision, bool isSigned) {
    return alignedTensor(u32(like.lane0() * kLaneBytes) + offset, precision, isSigned, like.part);
}

bool liesAligned(const LocalTensor& t) {
    const int64_t row = roundUp(t.h() * t.w(), kVectorBytes / bytesOf(t.precision));
    return t.offset() % kVectorBytes == 0 && (t.w() == 1 || t.wStride == 1) && (t.h() == 1 || t.hStride == t.w()) &&
           (t.rows() == 1 || t.cStride == row) && (t.n() == 1 || t.nStride == t.rows() * row);
}

LocalTensor BoxPiece::of(const LocalTensor& box) const {
    LocalTensor t = box;
    const int64_t first = row == 0 ? 0 : row * kLanes - box.lane0();
    const int64_t end = std::min(box.c(), (row + 1) * kLanes - box.lane0());
    const int64_t lane = row == 0 ? box.lane0() : 0;
    t.address = u32(lane * kLaneBytes + box.offset() +
                    (image * box.nStride + row * box.cStride) * bytesOf(box.precision));
    t.part.n = {box.part.n.begin + image, box.part.n.begin + image + 1};
    t.part.c = {box.part.c.begin + first, box.part.c.begin + end};
    return t;
}

std::vector<BoxPiece> piecesOf(const LocalTensor& box) {
    std::vector<BoxPiece> pieces;
    for (int64_t image = 0; image < box.n(); ++image)
        for (int64_t row = 0; row < box.rows(); ++row) pieces.push_back({image, row});
    return pieces;
}

void IntegerUnit::arithmetic(uint32_t op, uint32_t count, const Box& to, Operand a, Operand b, std::optional<int> shift,
                             Rounding rounding) {
    const auto fits = [](const Operand& o) { return o.box == nullptr || stridesFit(*o.box); };
    if ((to.n() > 1 || to.rows() > 1) && !(stridesFit(to) && fits(a) && fits(b))) {
        for (const auto& piece : piecesOf(to)) {
            const Box boxA = a.box ? piece.of(*a.box) : Box{}, boxB = b.box ? piece.of(*b.box) : Box{};
            arithmetic(op, count, piece.of(to), a.box ? Operand(boxA) : a, b.box ? Operand(boxB) : b, shift, rounding);
        }
        return;
    }
    SAr c;
    c.tsk_eu_typ = op;
    c.tsk_opd_num = count;
    setResult(c, to);
    if (!liesAligned(to)) {
        c.res0_str = code(LayoutCode::Free);
        c.res0_n_str = to.n() > 1 ? u32(to.nStride) : 0;
        c.res0_c_str = to.rows() > 1 ? u32(to.cStride) : 0;
        c.res0_h_str = u32(to.hStride);
        c.res0_w_str = u32(to.wStride);
    }
    c.opd0_prec = code(a.box ? a.box->precision : a.number.precision);
    c.opd0_sign = a.box ? a.box->isSigned : a.number.isSigned;
    c.opd0_const = a.box == nullptr;
    c.opd0_addr = a.box ? a.box->address : bitsOf(a.number);
    if (a.box != nullptr && !liesAligned(*a.box)) {
        c.opd0_str = code(LayoutCode::Free);
        c.opd0_n_str = to.n() > 1 ? u32(a.box->nStride) : 0;
        c.opd0_c_str = to.rows() > 1 ? u32(a.box->cStride) : 0;
        c.opd0_h_str = u32(a.box->hStride);
        c.opd0_w_str = u32(a.box->wStride);
    }
    c.opd2_sign = to.isSigned; // of the result where the operation is a cast
    c.opd2_n_str = code(rounding);
    if (count > 1) {
        c.opd1_prec = code(b.box ? b.box->precision : b.number.precision);
        c.opd1_sign = b.box ? b.box->isSigned : b.number.isSigned;
        c.opd1_const = b.box == nullptr;
        c.opd1_addr = b.box ? b.box->address : bitsOf(b.number);
        if (b.box != nullptr && !liesAligned(*b.box)) {
            c.opd1_str = code(LayoutCode::Free);
            c.opd1_n_str = to.n() > 1 ? u32(b.box->nStride) : 0;
            c.opd1_c_str = to.rows() > 1 ? u32(b.box->cStride) : 0;
            c.opd1_h_str = u32(b.box->hStride);
            c.opd1_w_str = u32(b.box->wStride);
        }
    }
    if (shift) { // third operand, i8, negative to the right
        c.tsk_opd_num = 3;
        c.opd2_const = 1;
        c.opd2_addr = static_cast<uint8_t>(-*shift);
        c.opd2_prec = code(Precision::Int8);
    }
    m_out.add(c);
}

void IntegerUnit::apply(uint32_t op, const Box& to, Operand a, Operand b, std::optional<int> shift) {
    arithmetic(op, 2, to, a, b, shift, shift ? Rounding::HalfUp : Rounding::HalfToEven);
}

void IntegerUnit::upperHalf(const Box& to, const Box& a, Operand b) {
    arithmetic(ArOp::MulDoublingHighRound, 2, to, a, b, {}, Rounding::HalfUp);
}

void IntegerUnit::shiftedSum(uint32_t op, const Box& to, Operand a, Operand b, int shift, Rounding rounding) {
    arithmetic(op, 2, to, a, b, shift, rounding);
}

void IntegerUnit::cast(const Box& to, const Box& a, Rounding rounding) {
    arithmetic(ArOp::Cast, 1, to, a, Number{}, {}, rounding);
}

void IntegerUnit::copy(const Box& to, Operand a) {
    arithmetic(ArOp::Copy, 1, to, a, Number{}, {}, Rounding::HalfToEven);
}

namespace {

/// Calls f for the boxes, in pieces unless both lie aligned.
template <class F> void forPlain(const LocalTensor& to, const LocalTensor& from, F f) {
    if (liesAligned(to) && liesAligned(from)) {
        f(to, from, 0);
        return;
    }
    for (const auto& piece : piecesOf(to)) f(piece.of(to), piece.of(from), piece.row);
}

/// What all of these commands say alike: their function, the result and the operand.
SRqDq requantCommand(uint32_t function, const LocalTensor& result, const LocalTensor& operand) {
    SRqDq c;
    c.tsk_eu_typ = function;
    setResult(c, result);
    c.opd0_addr = operand.address;
    c.opd0_prec = code(operand.precision);
    c.opd0_sign = operand.isSigned;
    c.opd2_sign = result.isSigned;
    return c;
}

} // namespace

void IntegerUnit::requant(const Box& to, const Box& sums, uint32_t table, Rounding rounding) {
    forPlain(to, sums, [&](const Box& result, const Box& operand, int64_t row) {
        SRqDq c = requantCommand(RqDqOp::RequantInteger, result, operand);
        c.opd2_n_str = code(rounding);
        c.opd1_addr = table + u32(row * kVectorBytes);
        m_out.add(c);
    });
}

void IntegerUnit::requant(const Box& to, const Box& sums, int32_t multiplier, int shift, int32_t zero, Rounding rounding) {
    forPlain(to, sums, [&](const Box& result, const Box& operand, int64_t) {
        SRqDq c = requantCommand(RqDqOp::RequantInteger, result, operand);
        c.opd2_n_str = code(rounding);
        c.opd1_const = 1;
        c.opd1_addr = static_cast<uint32_t>(multiplier);
        c.opd2_addr = static_cast<uint8_t>(-shift) | static_cast<uint32_t>(static_cast<uint16_t>(zero)) << 16;
        m_out.add(c);
    });
}

void IntegerUnit::requantFloat(const Box& to, const Box& numbers, uint32_t table) {
    forPlain(to, numbers, [&](const Box& result, const Box& operand, int64_t row) {
        SRqDq c = requantCommand(RqDqOp::RequantFloat, result, operand);
        c.opd1_addr = table + u32(row * kVectorBytes);
        m_out.add(c);
    });
}

void IntegerUnit::requantFloat(const Box& to, const Box& numbers, float scale, float offset) {
    forPlain(to, numbers, [&](const Box& result, const Box& operand, int64_t) {
        SRqDq c = requantCommand(RqDqOp::RequantFloat, result, operand);
        c.opd1_const = 1;
        c.opd1_addr = std::bit_cast<uint32_t>(scale);
        c.opd2_addr = std::bit_cast<uint32_t>(offset);
        m_out.add(c);
    });
}

void IntegerUnit::widen(const Box& to, const Box& codes, int32_t zero, int32_t multiplier, int shift,
                        Rounding rounding) {
    forPlain(to, codes, [&](const Box& result, const Box& operand, int64_t) {
        SRqDq c = requantCommand(RqDqOp::DequantInteger, result, operand);
        c.opd2_sign = 1;
        c.opd2_n_str = code(rounding);
        c.opd1_const = 1;
        c.opd1_addr = static_cast<uint16_t>(zero) | static_cast<uint32_t>(static_cast<uint16_t>(-shift)) << 16;
        c.opd2_addr = static_cast<uint32_t>(multiplier);
        m_out.add(c);
    });
}

void IntegerUnit::dequant(const Box& to, const Box& codes, int32_t zero, float scale) {
    forPlain(to, codes, [&](const Box& result, const Box& operand, int64_t) {
        SRqDq c = requantCommand(RqDqOp::DequantFloat, result, operand);
        c.opd2_sign = 1;
        c.opd1_const = 1;
        c.opd1_addr = static_cast<uint32_t>(zero);
        c.opd2_addr = std::bit_cast<uint32_t>(scale);
        m_out.add(c);
    });
}

void IntegerUnit::lookUp(const Box& to, const Box& codes, uint32_t table) {
    const auto gather = [&](const Box& result, const Box& operand, int64_t pixels, int64_t first) {
        SSg c;
        c.tsk_eu_typ = SgOp::PeGatherD1;
        setResult(c, result);
        c.res0_prec = c.opd0_prec = c.opd1_prec = code(Precision::Int8);
        c.res0_addr = result.address + u32(first);
        c.res0_h = 1;
        c.res0_w = c.opd1_w = u32(pixels);
        c.opd0_addr = table;
        c.opd0_str = code(LayoutCode::TablePerLane);
        c.opd0_h = 1;
        c.opd0_w = 256;
        c.opd1_addr = operand.address + u32(first);
        c.opd1_c = c.res0_c;
        m_out.add(c);
    };
    constexpr int64_t kMost = 65536 - kVectorBytes; // of 16 bits, and a whole number of vectors
    const int64_t plane = to.h() * to.w();
    if (plane <= kMost) {
        forPlain(to, codes, [&](const Box& result, const Box& operand, int64_t) { gather(result, operand, plane, 0); });
        return;
    }
    for (const auto& piece : piecesOf(to))
        for (int64_t first = 0; first < plane; first += kMost)
            gather(piece.of(to), piece.of(codes), std::min(kMost, plane - first), first);
}

void IntegerUnit::spread(const Box& to, const Box& a) {
    const auto broadcast = [&](const Box& result, const Box& operand) {
        STransBc c;
        c.tsk_eu_typ = TransBcOp::LaneBroadcast;
        setResult(c, result);
        c.opd0_c = 1;
        c.opd0_w = c.res0_w;
        c.opd0_addr = operand.address;
        m_out.add(c);
    };
    for (const auto& piece : piecesOf(to)) {
        LocalTensor from = a;
        from.address = u32(a.address + (a.n() > 1 ? piece.image : 0) * a.nStride * bytesOf(a.precision));
        broadcast(piece.of(to), from);
    }
}

int64_t LanePacker::reserve(int64_t bytes, int64_t alignment) {
    const int64_t offset = roundUp(m_width, alignment);
    m_width = offset + bytes;
    return offset;
}

void LanePacker::allocate() {
    m_width = roundUp(m_width, kVectorBytes);
    m_bytes.assign(static_cast<size_t>(kLanes * m_width), std::byte{0});
}

void LanePacker::put(int64_t lane, int64_t offset, const void* data, int64_t bytes) {
    std::memcpy(at(lane, offset), data, static_cast<size_t>(bytes));
}

LaneImage LanePacker::finish() && { return {m_width, std::move(m_bytes)}; }

} // namespace wb::ops
