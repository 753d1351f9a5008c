// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/matmul/matmul_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// Inner indices that one step of the array takes: records are filled up to a multiple.
int64_t blockOf(Precision precision) {
    return precision == Precision::F32 ? 1 : precision == Precision::Int8 ? 64 : 32;
}

/// A constant operand's bytes among the emitter's constants.
struct Held {
    const ir::Tensor* tensor = nullptr;
    uint64_t offset = 0;
};

class ProductEmitter final : public GlobalEmitter {
public:
    ProductEmitter(MatrixProduct product, Held left, Held right, uint64_t biasOffset, std::vector<std::byte> constants)
        : m_product(std::move(product)), m_left(left), m_right(right), m_biasOffset(biasOffset),
          m_constants(std::move(constants)) {
        chooseTile();
    }
    bool fits() const { return m_tileRows > 0; }
    Result<std::vector<std::byte>> constants() const override { return m_constants; }
    Status emit(const GlobalCall& call, Assembler& out) const override;

private:
    /// What a tile has in local memory.
    struct Tile {
        Box filter, picture, sums, result, bias;
        int64_t used = 0;
    };
    bool hasBias() const { return !m_product.bias.empty() || !m_product.codeBias.empty(); }
    int64_t record() const { return roundUp(m_product.inner, blockOf(m_product.precision)); }
    Tile tile(int64_t rows, int64_t columns) const;
    void chooseTile();
    void multiply(const Tile& tile, Assembler& out) const;
    void finish(const Tile& tile, VectorUnit& v) const;

    MatrixProduct m_product;
    Held m_left, m_right;
    uint64_t m_biasOffset;
    std::vector<std::byte> m_constants;
    int64_t m_tileRows = 0, m_tileColumns = 0;
};

ProductEmitter::Tile ProductEmitter::tile(int64_t rows, int64_t columns) const {
    const auto& p = m_product;
    LaneSpace space;
    Tile t;
    const Part results{{0, 1}, {0, rows}, {0, 1}, {0, columns}};
    t.filter = alignedTensor(space.take(ceilDiv(rows, kLanes) * record() * bytesOf(p.precision)), p.precision,
                             p.leftSigned, {{0, 1}, {0, rows}, {0, 1}, {0, record()}});
    t.filter.cStride = record(); // records of the rows of lanes follow each other
    t.picture = space.box({{0, 1}, {0, p.inner}, {0, 1}, {0, columns}}, p.precision);
    t.picture.isSigned = p.rightSigned;
    t.sums = space.box(results, p.ofCodes() ? Precision::Int32 : Precision::F32);
    t.result = p.resultPrecision == t.sums.precision ? t.sums : space.box(results, p.resultPrecision);
    t.result.isSigned = p.resultSigned;
    if (hasBias()) {
        t.bias = seenAs(laneTable(t.sums, space.take(columns * 4), 1, columns), t.sums.precision);
    }
    t.used = space.used();
    return t;
}

/// The largest tile that fits: columns shrink first, as long as rows of transfers stay long.
void ProductEmitter::chooseTile() {
    constexpr int64_t kShortest = 64;
    int64_t rows = std::min<int64_t>(m_product.rows, 16 * kLanes);
    int64_t columns = std::min<int64_t>(m_product.columns, 8192);
    if (m_product.inner > kMaxDimension) return;
    while (tile(rows, columns).used > LaneSpace::kBytes) {
        if (columns > kShortest)
            columns = (columns + 1) / 2;
        else if (rows > kLanes)
            rows = roundUp(rows / 2, kLanes);
        else if (columns > 1)
            columns = (columns + 1) / 2;
        else
            return;
    }
    m_tileRows = rows;
    m_tileColumns = columns;
}

Status ProductEmitter::emit(const GlobalCall& call, Assembler& out) const {
    const auto& p = m_product;
    VectorUnit v(out);
    const uint64_t left = m_left.tensor ? call.constants + m_left.offset : call.operands[0].address;
    const uint64_t right = m_right.tensor ? call.constants + m_right.offset : call.operands[1].address;
    const auto size = static_cast<uint64_t>(bytesOf(p.precision)), resultSize = static_cast<uint64_t>(bytesOf(p.resultPrecision));
    for (size_t batch = 0; batch < p.batches.size(); ++batch) {
        const uint64_t result = call.output.address + batch * static_cast<uint64_t>(p.rows * p.columns) * resultSize;
        for (int64_t row = 0; row < p.rows; row += m_tileRows) {
            const int64_t rows = std::min(m_tileRows, p.rows - row);
            for (int64_t column = 0; column < p.columns; column += m_tileColumns) {
                const int64_t columns = std::min(m_tileColumns, p.columns - column);
                const Tile t = tile(rows, columns);
                if (column == 0) {
                    if (record() != p.inner) v.fill(t.filter, 0);
                    const int64_t first = p.batches[batch].first + (p.leftTransposed ? row : row * p.inner);
                    const Place from{left + static_cast<uint64_t>(first) * size,
                                     p.leftTransposed ? std::array<int64_t, 4>{0, 1, 0, p.rows}
                                                      : std::array<int64_t, 4>{0, p.inner, 0, 1}};
                    copyBox(out, p.precision, {1, rows, 1, p.inner}, from, placeOf(t.filter));
                }
                const int64_t first = p.batches[batch].second + (p.rightTransposed ? column * p.inner : column);
                const Place from{right + static_cast<uint64_t>(first) * size,
                                 p.rightTransposed ? std::array<int64_t, 4>{0, 1, 0, p.inner}
                                                   : std::array<int64_t, 4>{0, p.columns, 0, 1}};
                copyBox(out, p.precision, {1, p.inner, 1, columns}, from, placeOf(t.picture));
                if (hasBias()) // the same in every lane
                    copyBox(out, Precision::F32, {1, kLanes, 1, columns},
                            {call.constants + m_biasOffset + static_cast<uint64_t>(column * 4), {0, 0, 0, 1}},
                            {kLocalBase + t.bias.address, {columns, columns, columns, 1}});
                multiply(t, out);
                finish(t, v);
                const uint64_t to = result + static_cast<uint64_t>(row * p.columns + column) * resultSize;
                copyBox(out, p.resultPrecision, {1, rows, 1, columns}, placeOf(t.result), {to, {0, p.columns, 0, 1}});
            }
        }
    }
    return {};
}

void ProductEmitter::multiply(const Tile& t, Assembler& out) const {
    SConv c;
    c.opd0_sign = t.picture.isSigned;
    c.opd1_sign = t.filter.isSigned;
    c.opd2_sign = 1;
    c.opd2_const = c.opd3_const = 1;
    c.res0_prec = code(t.sums.precision);
    c.opd0_prec = code(m_product.precision);
    c.res_op_x_str = c.res_op_y_str = 1;
    c.res0_n = c.res0_h = 1;
    c.res0_c = static_cast<uint32_t>(t.sums.c());
    c.res0_w = c.opd0_w = static_cast<uint32_t>(t.sums.w());
    c.opd0_c = static_cast<uint32_t>(t.picture.c());
    c.opd0_h = c.opd1_h = c.opd1_w = 1;
    c.res0_addr = t.sums.address;
    c.opd0_addr = t.picture.address;
    c.opd1_addr = t.filter.address;
    out.add(c);
}

void ProductEmitter::finish(const Tile& t, VectorUnit& v) const {
    const auto& p = m_product;
    if (hasBias()) v.apply(ArOp::Add, t.sums, t.sums, t.bias);
    const bool clamped = p.clamp.kind == kernels::Unary::Relu;
    if (p.ofCodes()) {
        IntegerUnit(v.assembler()).requant(t.result, t.sums, static_cast<int32_t>(p.multiplier), p.shift, p.zero);
        if (clamped && p.zero > (t.result.isSigned ? -128 : 0))
            v.applyBits(ArOp::Max, t.result, t.result, static_cast<uint8_t>(p.zero));
        return;
    }
    if (clamped) UnaryFormula::of(p.clamp)->emit(v, t.sums, t.sums, {}, 0);
    if (p.resultPrecision != Precision::F32) v.cast(t.result, t.sums);
}

} // namespace

Result<std::unique_ptr<GlobalEmitter>> makeProduct(const EmitContext& context, MatrixProduct product) {
    std::vector<std::byte> constants;
    const auto append = [&](const void* data, size_t bytes) {
        constants.resize((constants.size() + kVectorBytes - 1) / kVectorBytes * kVectorBytes);
        const size_t offset = constants.size();
        constants.resize(offset + bytes);
        std::memcpy(constants.data() + offset, data, bytes);
        return static_cast<uint64_t>(offset);
    };
    Held sides[2];
    for (size_t i = 0; i < 2; ++i)
        if (const ir::Tensor* tensor = constantOperand(context, i))
            sides[i] = {tensor, append(tensor->bytes(), tensor->byteSize())};
    uint64_t bias = 0;
    if (!product.bias.empty()) bias = append(product.bias.data(), product.bias.size() * 4);
    if (!product.codeBias.empty()) bias = append(product.codeBias.data(), product.codeBias.size() * 4);
    const int64_t inner = product.inner;
    auto emitter = std::make_unique<ProductEmitter>(std::move(product), sides[0], sides[1], bias, std::move(constants));
    if (!emitter->fits())
        return beyondChip(context, "products of " + std::to_string(inner) + " elements do not fit local memory");
    return std::unique_ptr<GlobalEmitter>(std::move(emitter));
}

} // namespace wb::ops
