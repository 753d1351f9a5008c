// SPDX-License-Identifier: GPL-3.0-or-later
// Products of the heads of an attention with tokens in lanes (tpu.MatMul with hdim_is_batch): [n, rows, heads, inner] by
// [n, columns, heads, inner] (right_transpose) or [n, inner, heads, columns] to [n, rows, heads, columns]. Heads follow each
// other along a lane; a command wants each head's matrix by itself, so they are dealt out and put together again. Where the
// right operand has fewer heads, as many of the left one's as it takes share each of them (attention of grouped queries).
#include "compiler/ops/matmul/matmul_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

/// Rows [c] of one head after the other: heads are images, a row lies along w.
LocalTensor headsApart(uint32_t address, Precision precision, bool isSigned, int64_t heads, Range rows, int64_t length) {
    return alignedTensor(address, precision, isSigned, {{0, heads}, rows, {0, 1}, {0, length}});
}

/// One image of a tensor with heads along h, seen in the same way.
LocalTensor headsOf(const LocalTensor& tensor, int64_t image) {
    LocalTensor t = tensor;
    t.address += u32(image * tensor.nStride * bytesOf(tensor.precision));
    t.part.n = {0, tensor.h()};
    t.part.h = {0, 1};
    t.nStride = tensor.hStride;
    t.hStride = tensor.w() * tensor.wStride;
    return t;
}

class HeadProductEmitter final : public LocalEmitter {
public:
    HeadProductEmitter(const MatrixProduct& product, int64_t rightRows, int64_t rightLength, int64_t shared)
        : m_product(product), m_rightRows(rightRows), m_rightLength(rightLength), m_shared(shared) {}

    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override {
        if (index == 0) return {result.n, result.c, result.h, {0, m_product.inner}};
        return index == 1 ? Part{result.n, {0, m_rightRows}, rightHeads(result), {0, m_rightLength}} : Part{};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const auto bytesOf = [&](Precision precision, const Range& heads, const Range& rows, int64_t length) {
            return alignedBytes(precision, {{0, heads.size()}, rows, {0, 1}, {0, length}});
        };
        const auto bytes = [&](Precision precision, const Range& rows, int64_t length) { return bytesOf(precision, result.h, rows, length); };
        std::vector<int64_t> out{bytes(m_product.precision, result.c, m_product.inner),
                                 bytesOf(m_product.precision, rightHeads(result), {0, m_rightRows}, m_rightLength),
                                 bytes(m_product.resultPrecision, result.c, m_product.columns)};
        if (m_product.ofCodes()) out.push_back(bytes(Precision::Int32, result.c, m_product.columns));
        return out;
    }
    Status emit(const LocalCall& call, Assembler& out) const override;
    bool fits() const {
        constexpr int64_t kRoom = kLaneBytes - kBankBytes;
        const Part least{{0, 1}, {0, kLanes}, {0, 1}, {0, m_product.columns}};
        int64_t used = 2 * alignedBytes(m_product.resultPrecision, least);
        for (size_t i = 0; i < 2; ++i) used += 2 * alignedBytes(m_product.precision, operandPart(i, least));
        for (const int64_t bytes : scratchBytes(least)) used += bytes;
        return used <= kRoom;
    }

private:
    Range rightHeads(const Part& result) const { return {result.h.begin / m_shared, ceilDiv(result.h.end, m_shared)}; }

    MatrixProduct m_product;
    int64_t m_rightRows, m_rightLength; ///< of the right operand as it lies in lanes
    int64_t m_shared;                   ///< heads of the left operand for one of the right
};

Status HeadProductEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    const auto& p = m_product;
    VectorUnit v(out);
    const LocalTensor left = call.operands[0].sub(operandPart(0, call.result));
    const LocalTensor right = call.operands[1].sub(operandPart(1, call.result));
    const int64_t heads = call.output.h(), firstRight = rightHeads(call.result).begin;
    SMm2 m;
    m.tsk_eu_typ = p.rightTransposed ? Mm2Op::Nt : Mm2Op::Nn;
    m.opd0_sign = p.leftSigned;
    m.opd1_sign = p.rightSigned;
    m.opd2_const = 1;
    m.opd0_prec = code(p.precision);
    m.res0_c = u32(left.c());
    m.res0_w = u32(p.columns);
    m.opd1_c = u32(m_rightRows);
    m.opd1_w = u32(m_rightLength);
    for (int64_t image = 0; image < left.n(); ++image) {
        const auto apart = [&](const LocalTensor& whole, uint32_t scratch, int64_t length) {
            const LocalTensor from = headsOf(whole, image);
            const int64_t pitch = roundUp(length, kVectorBytes / bytesOf(whole.precision));
            const bool lone = from.n() == 1 && from.offset() % kVectorBytes == 0 && (from.rows() == 1 || from.cStride == pitch);
            if (lone) return from; // lies as a command wants it already
            const LocalTensor to = headsApart(scratch, whole.precision, whole.isSigned, from.n(), whole.part.c, length);
            v.copy(to, from);
            return to;
        };
        const LocalTensor a = apart(left, call.scratch[0], p.inner), b = apart(right, call.scratch[1], m_rightLength);
        const LocalTensor target = headsOf(call.output, image);
        LocalTensor result = target;
        if (heads > 1) result = headsApart(call.scratch[2], target.precision, target.isSigned, heads, target.part.c, p.columns);
        const LocalTensor sums = p.ofCodes() ? headsApart(call.scratch[3], Precision::Int32, true, heads, target.part.c, p.columns) : result;
        m.res0_prec = code(sums.precision);
        const auto at = [](const LocalTensor& t, int64_t head) { return t.address + u32(head * t.nStride * bytesOf(t.precision)); };
        for (int64_t head = 0; head < heads; ++head) {
            m.opd0_addr = at(a, head);
            m.opd1_addr = at(b, (call.result.h.begin + head) / m_shared - firstRight);
            m.res0_addr = at(sums, head);
            out.add(m);
        }
        if (p.ofCodes()) {
            IntegerUnit(out).requant(result, sums, static_cast<int32_t>(p.multiplier), p.shift, p.zero);
            if (p.clamp.kind == kernels::Unary::Relu && p.zero > (result.isSigned ? -128 : 0))
                v.applyBits(ArOp::Max, result, result, static_cast<uint8_t>(p.zero));
        } else if (p.clamp.kind == kernels::Unary::Relu) {
            UnaryFormula::of(p.clamp, p.resultPrecision, p.resultPrecision)->emit(v, result, result, {}, 0);
        }
        if (heads > 1) v.copy(target, result);
    }
    return {};
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> makeHeadProduct(const EmitContext& c, MatrixProduct product) {
    const auto typeOf = [&](size_t i) -> const ir::Shape& { return c.graph->value(c.node->operands[i]).type.shape; };
    const ir::Shape &left = typeOf(0), &right = typeOf(1), &result = c.graph->value(c.node->results[0]).type.shape;
    if (left.size() != 4 || right.size() != 4 || result.size() != 4) return notEmitted(c, "its operands have not four axes");
    if (constantOperand(c, 0) != nullptr || constantOperand(c, 1) != nullptr) return notEmitted(c, "an operand is constant");
    product.inner = left[3];
    product.rows = left[1];
    product.columns = right[product.rightTransposed ? 1 : 3];
    const ir::Shape expected{left[0], left[1], left[2], product.columns};
    if (product.leftTransposed || result != expected || right[0] != left[0] || right[2] < 1 || left[2] % right[2] != 0 ||
        right[product.rightTransposed ? 3 : 1] != product.inner)
        return notEmitted(c, "its shapes do not agree");
    if (product.precision == Precision::F32 || (!product.ofCodes() && product.resultPrecision != product.precision))
        return notEmitted(c, "there is no command for heads of such numbers");
    if (std::max({product.inner, product.columns, product.rows}) > kMaxDimension) return beyondChip(c, "its rows are too long");
    auto emitter = std::make_unique<HeadProductEmitter>(product, right[1], right[3], left[2] / right[2]);
    if (!emitter->fits()) return beyondChip(c, "a head does not fit local memory");
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops
