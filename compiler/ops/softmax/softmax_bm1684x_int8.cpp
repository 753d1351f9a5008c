// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Softmax of codes, equal to softmax_int.cpp for every input: exponentials from the node's table of 256 floats, added
// in the model's order, divided by sum · scale and rounded half away from zero.
//
// The chip divides to 3e-7, so a share near k + ½ can be rounded to the wrong side. Both neighbouring boundaries are
// therefore tested exactly: share >= t means p - D·t >= 0, with D in two parts of 12 bits all products are exact. The
// model rounds p / D to float32 first, which lifts shares up to half a unit below t over it; that much is granted.
#include "compiler/ops/softmax/softmax_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class CodeSoftmaxEmitter final : public GlobalEmitter {
public:
    CodeSoftmaxEmitter(Columns columns, std::span<const float> powers, float scale, float zero, bool inSigned, bool outSigned)
        : m_columns(columns), m_scale(scale), m_zero(zero), m_inSigned(inSigned), m_outSigned(outSigned) {
        m_tables.add(powers);
    }
    std::vector<ColumnPiece> pieces() const {
        // Six float32 boxes of the column's length and three of bytes; those of length 1 have the rest.
        return columnPieces(m_columns, (LaneSpace::kBytes - 32 * 1024) / 7);
    }
    Result<std::vector<std::byte>> constants() const override { return m_tables.image().bytes; }
    Status emit(const GlobalCall& call, Assembler& out) const override;

private:
    void roundShares(VectorUnit& v, const Box& code, const Box& p, const Box& divisor, const Box& high, const Box& low,
                     std::span<const Box> r) const;
    Columns m_columns;
    float m_scale, m_zero;
    bool m_inSigned, m_outSigned;
    LaneTables m_tables;
};

/// code = p / D to the nearest whole number, halves up, as a float.
void CodeSoftmaxEmitter::roundShares(VectorUnit& v, const Box& code, const Box& p, const Box& divisor, const Box& high,
                                     const Box& low, std::span<const Box> r) const {
    const Box &t = r[0], &a = r[1], &b = r[2], &guess = r[3];
    const auto asInt = [](const Box& box) { return seenAs(box, Precision::Int32); };
    v.apply(ArOp::Div, a, p, divisor);
    v.cast(asInt(guess), a, Rounding::HalfAwayFromZero);
    v.cast(guess, asInt(guess));
    v.apply(ArOp::Sub, code, guess, 1.0f);
    for (const float side : {-0.5f, 0.5f}) {
        v.apply(ArOp::Add, t, guess, side);
        v.apply(ArOp::Mul, a, t, high);
        v.apply(ArOp::Sub, a, p, a);
        v.apply(ArOp::Mul, b, t, low);
        v.apply(ArOp::Sub, a, a, b);
        // Half the distance of t to the float below it: 2^-24 of that float's power of two.
        v.applyBits(ArOp::Sub, asInt(b), asInt(t), 1);
        v.applyBits(ArOp::And, asInt(b), asInt(b), 0x7F800000);
        v.apply(ArOp::Mul, b, b, 0x1p-24f);
        v.apply(ArOp::Mul, b, b, divisor);
        v.apply(ArOp::Add, a, a, b);
        v.select(CmpOp::SelectLess, a, a, 0.0f, 0.0f, 1.0f);
        v.apply(ArOp::Add, code, code, a);
    }
}

Status CodeSoftmaxEmitter::emit(const GlobalCall& call, Assembler& out) const {
    VectorUnit v(out);
    const int64_t width = m_tables.image().width;
    LaneSpace tables;
    const uint32_t powers = tables.take(width);
    loadLanes(out, call.constants, width, powers);
    for (const ColumnPiece& piece : pieces()) {
        LaneSpace space = tables;
        const auto bytes = [&](bool isSigned) {
            Box box = space.box(piece.part(), Precision::Int8);
            box.isSigned = isSigned;
            return box;
        };
        const auto wide = [&] { return space.box(piece.part(), Precision::F32); };
        const auto thin = [&] { return space.box(piece.reduced(), Precision::F32); };
        const Box in = bytes(m_inSigned), index = bytes(false), result = bytes(m_outSigned);
        const Box x = wide(), p = wide();
        const std::array<Box, 4> r{wide(), wide(), wide(), wide()};
        const Box most = thin(), sum = thin(), high = thin(), low = thin();
        if (space.used() > LaneSpace::kBytes)
            return Error{Code::CodegenLimit, "a softmax over " + std::to_string(m_columns.length) + " codes"};
        copyBox(out, Precision::Int8, piece.shape,
                {call.operands[0].address + static_cast<uint64_t>(piece.first), piece.strides}, placeOf(in));
        v.cast(x, in);
        columnMaximum(v, most, x);
        v.apply(ArOp::Sub, x, x, most);
        v.apply(ArOp::Mul, x, x, -1.0f);
        v.cast(index, x, Rounding::HalfToEven);
        SSg gather;
        gather.tsk_eu_typ = SgOp::PeGatherD1;
        gather.opd0_str = code(LayoutCode::TablePerLane);
        gather.res0_prec = gather.opd0_prec = code(Precision::F32);
        gather.opd1_prec = code(Precision::Int8);
        gather.res0_n = static_cast<uint32_t>(p.n());
        gather.res0_c = gather.opd1_c = static_cast<uint32_t>(p.c());
        gather.res0_h = gather.opd0_h = 1;
        gather.res0_w = gather.opd1_w = static_cast<uint32_t>(p.h() * p.w());
        gather.opd0_w = 256;
        gather.opd0_addr = powers;
        gather.opd1_addr = index.address;
        gather.res0_addr = p.address;
        out.add(gather);
        Part row = piece.reduced();
        v.copy(sum, p.sub(row));
        for (int64_t k = 1; k < piece.shape[2]; ++k) { // float sums depend on their order
            row.h = {k, k + 1};
            Box term = p.sub(row);
            term.part.h = {0, 1};
            v.apply(ArOp::Add, sum, sum, term);
        }
        v.apply(ArOp::Mul, sum, sum, m_scale);
        v.applyBits(ArOp::And, seenAs(high, Precision::Int32), seenAs(sum, Precision::Int32), 0xFFFFF000);
        v.apply(ArOp::Sub, low, sum, high);
        roundShares(v, x, p, sum, high, low, r);
        if (m_zero != 0) v.apply(ArOp::Add, x, x, m_zero);
        v.cast(result, x, Rounding::HalfToEven);
        copyBox(out, Precision::Int8, piece.shape, placeOf(result),
                {call.output.address + static_cast<uint64_t>(piece.first), piece.strides});
    }
    return {};
}

} // namespace

Result<std::unique_ptr<GlobalEmitter>> prepareCodeSoftmax(const EmitContext& context) {
    const auto& from = context.graph->value(context.node->operands[0]).type;
    const auto& to = context.graph->value(context.node->results[0]).type;
    const ir::Tensor* table = constantOperand(context, 1);
    if (chipPrecision(from.element) != Precision::Int8 || chipPrecision(to.element) != Precision::Int8 ||
        to.uniform() == nullptr)
        return notEmitted(context, "its operand or result are neither codes nor floats");
    if (constantOperand(context, 0) != nullptr) return notEmitted(context, "its operand is a constant");
    if (table == nullptr || table->type() != ir::ElementType::F32 || table->elementCount() != 256)
        return notEmitted(context, "its table has not 256 numbers");
    const int64_t axis = context.node->attributes.integer("axis", 1);
    if (axis < 0 || axis >= static_cast<int64_t>(to.shape.size())) return notEmitted(context, "its axis does not exist");
    const double scale = to.uniform()->scale();
    if (!(scale > 1e-6 && scale < 1e6)) return beyondChip(context, "its result's scale is " + std::to_string(scale));
    auto emitter = std::make_unique<CodeSoftmaxEmitter>(
        Columns::of(to.shape, static_cast<size_t>(axis), static_cast<size_t>(axis) + 1), table->span<float>(),
        static_cast<float>(scale), static_cast<float>(to.uniform()->zeroPoint()), chipSigned(from.element), chipSigned(to.element));
    if (emitter->pieces().empty())
        return beyondChip(context, "columns of " + std::to_string(to.shape[static_cast<size_t>(axis)]) +
                                       " codes do not fit local memory");
    return std::unique_ptr<GlobalEmitter>(std::move(emitter));
}

} // namespace wb::ops
