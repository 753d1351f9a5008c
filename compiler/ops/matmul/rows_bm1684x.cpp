// SPDX-License-Identifier: GPL-3.0-or-later
// Products whose rows lie in lanes, as the sMM2 command has them: [n, rows, inner] by a constant matrix to
// [n, rows, columns], or by one for each of the n. Rows are channels, what is summed over lies along the lane, and so does the result: products,
// normalisations and element-wise operators follow each other in local memory without a transpose.
#include "compiler/ops/matmul/matmul_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/shared_table_bm1684x.h"

#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

class RowProductEmitter final : public LocalEmitter {
public:
    RowProductEmitter(MatrixProduct product, const ir::Tensor& matrix) : m_product(std::move(product)), m_matrix(matrix), m_bias(hasBias() ? m_product.columns : 0) {}

    Cuts cuts() const override { return {.n = true, .c = true, .h = false, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override {
        return index == 0 ? Part{result.n, result.c, {0, m_product.inner}, {0, 1}} : Part{};
    }
    Result<int64_t> constantWidth(const Part&) const override { return biasOffset() + m_bias.imageBytes(); }
    Result<LaneImage> constants(const Part& result) const override;
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        if (writesItself()) return {};
        const int64_t wide = alignedBytes(Precision::F32, result);
        if (!hasBias()) return {wide};
        return m_product.ofCodes() ? std::vector<int64_t>{wide, m_bias.scratchBytes()} : std::vector<int64_t>{wide, m_bias.scratchBytes(), wide};
    }
    Status emit(const LocalCall& call, Assembler& out) const override;
    /// With the fewest rows that can be computed at once.
    bool fits() const {
        constexpr int64_t kRoom = kLaneBytes - kBankBytes;
        const Part rows{{0, 1}, {0, kLanes}, {0, m_product.columns}, {0, 1}};
        int64_t used = biasOffset() + 2 * roundUp(m_product.inner * bytesOf(m_product.precision), kVectorBytes) +
                       2 * alignedBytes(m_product.resultPrecision, rows) + m_bias.imageBytes();
        for (const int64_t bytes : scratchBytes(rows)) used += bytes;
        return used <= kRoom;
    }

private:
    bool hasBias() const { return !m_product.bias.empty() || !m_product.codeBias.empty(); }
    /// Rounds the sums to the result's kind of float at once.
    bool writesItself() const { return !m_product.ofCodes() && !hasBias() && m_product.resultPrecision == m_product.precision; }
    int64_t matrixPitch() const { return roundUp(m_product.columns * bytesOf(m_product.precision), kVectorBytes); }
    int64_t matrices() const { return m_matrix.shape().size() == 3 ? m_matrix.shape()[0] : 1; }
    int64_t matrixBytes() const { return ceilDiv(m_product.inner, kLanes) * matrixPitch(); }
    int64_t biasOffset() const { return matrices() * matrixBytes(); }
    void finish(const LocalCall& call, const LocalTensor& sums, VectorUnit& v) const;

    MatrixProduct m_product;
    ir::Tensor m_matrix; ///< shares its bytes
    SharedTable m_bias;
};

/// A lane holds the rows lane, lane + 64, … of the matrix, and its share of the bias.
Result<LaneImage> RowProductEmitter::constants(const Part& result) const {
    LaneImage image;
    WB_ASSIGN(image.width, constantWidth(result));
    image.bytes.resize(static_cast<size_t>(kLanes * image.width));
    const auto size = static_cast<size_t>(bytesOf(m_product.precision));
    for (int64_t row = 0; row < matrices() * m_product.inner; ++row) {
        const int64_t matrix = row / m_product.inner, k = row % m_product.inner;
        const std::byte* from = m_matrix.bytes() + static_cast<size_t>(matrix * m_product.inner * m_product.columns) * size;
        std::byte* to = image.bytes.data() + k % kLanes * image.width + matrix * matrixBytes() + k / kLanes * matrixPitch();
        if (!m_product.rightTransposed) {
            std::memcpy(to, from + static_cast<size_t>(k * m_product.columns) * size, static_cast<size_t>(m_product.columns) * size);
            continue;
        }
        for (int64_t j = 0; j < m_product.columns; ++j)
            std::memcpy(to + static_cast<size_t>(j) * size, from + static_cast<size_t>(j * m_product.inner + k) * size, size);
    }
    const void* bias = m_product.ofCodes() ? static_cast<const void*>(m_product.codeBias.data()) : m_product.bias.data();
    if (hasBias()) m_bias.pack(image, biasOffset(), bias);
    return image;
}

Status RowProductEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    const auto& p = m_product;
    VectorUnit v(out);
    const LocalTensor left = call.operands[0].sub(operandPart(0, call.result));
    LocalTensor sums = writesItself() ? call.output : scratchLike(call.output, call.scratch[0], p.ofCodes() ? Precision::Int32 : Precision::F32);
    SMm2 m;
    m.tsk_eu_typ = Mm2Op::Nn;
    m.opd0_sign = p.leftSigned;
    m.opd1_sign = p.rightSigned;
    m.opd2_const = 1;
    m.res0_prec = code(sums.precision);
    m.opd0_prec = code(p.precision);
    m.res0_c = u32(left.c());
    m.res0_w = m.opd1_w = u32(p.columns);
    m.opd1_c = u32(p.inner);
    if (hasBias()) m_bias.spread(out, call.constants + u32(biasOffset()), call.scratch[1]);
    if (p.ofCodes() && hasBias()) { // the bias is there before the sums
        v.copy(sums, seenAs(laneTable(sums, call.scratch[1], p.columns, 1), Precision::Int32));
        m.res_add = 1;
    }
    for (int64_t i = 0; i < left.n(); ++i) {
        m.opd1_addr = call.constants + (matrices() > 1 ? u32((call.result.n.begin + i) * matrixBytes()) : 0);
        m.opd0_addr = left.address + u32(i * left.nStride * bytesOf(left.precision));
        m.res0_addr = sums.address + u32(i * sums.nStride * bytesOf(sums.precision));
        out.add(m);
    }
    finish(call, sums, v);
    return {};
}

void RowProductEmitter::finish(const LocalCall& call, const LocalTensor& sums, VectorUnit& v) const {
    const auto& p = m_product;
    const bool clamped = p.clamp.kind == kernels::Unary::Relu;
    if (p.ofCodes()) {
        IntegerUnit(v.assembler()).requant(call.output, sums, static_cast<int32_t>(p.multiplier), p.shift, p.zero);
        if (clamped && p.zero > (call.output.isSigned ? -128 : 0))
            v.applyBits(ArOp::Max, call.output, call.output, static_cast<uint8_t>(p.zero));
        return;
    }
    LocalTensor from = sums;
    if (hasBias()) {
        const bool last = p.resultPrecision == Precision::F32;
        from = last ? call.output : scratchLike(call.output, call.scratch[2], Precision::F32);
        v.apply(ArOp::Add, from, sums, laneTable(sums, call.scratch[1], p.columns, 1));
    }
    if (!writesItself() && from.address != call.output.address) v.cast(call.output, from);
    if (clamped) UnaryFormula::of(p.clamp, p.resultPrecision, p.resultPrecision)->emit(v, call.output, call.output, {}, 0);
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> makeRowProduct(const EmitContext& context, MatrixProduct product, const ir::Tensor& matrix) {
    const auto& left = context.graph->value(context.node->operands[0]).type.shape;
    const auto& result = context.graph->value(context.node->results[0]).type.shape;
    if (left.size() != 3 || result.size() != 3) return notEmitted(context, "its rows are not in lanes");
    const ir::Shape& own = matrix.shape();
    const bool each = own.size() == 3 && own[0] == result[0]; // a matrix for each of the first axis
    if (product.leftTransposed || (own.size() != 2 && !each)) return notEmitted(context, "its matrices lie otherwise");
    if (product.precision == Precision::F32 || matrix.elementCount() != (each ? own[0] : 1) * product.inner * product.columns)
        return notEmitted(context, "there is no command for rows of such numbers");
    if (std::max(product.inner, product.columns) > kMaxDimension) return beyondChip(context, "its rows are too long");
    auto emitter = std::make_unique<RowProductEmitter>(std::move(product), matrix);
    if (!emitter->fits()) return beyondChip(context, "its matrix does not fit local memory");
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops
