// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/matmul/matmul_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/target/bm1684x/cycles/timing.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

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

/// How a product is cut. Matrices that follow each other at equal distances come and leave in one transfer: single ones
/// are short, and a short transfer is charged as four.
struct Cut {
    int64_t rows = 0, columns = 0;
    int64_t gang = 1;  ///< matrices at once, where a tile is all of a matrix
    int64_t turns = 1; ///< places for what comes and what leaves
};

/// Boxes of a tile in local memory; the first axis is the gang.
struct Tile {
    Box filter, picture, sums, result;
    Box zeros, shares; ///< of the right side's zero point: a column of it, and what that adds to each row
};

class ProductEmitter final : public GlobalEmitter {
public:
    ProductEmitter(MatrixProduct product, Held left, Held right, uint64_t biasOffset, std::vector<std::byte> constants)
        : m_product(std::move(product)), m_left(left), m_right(right), m_biasOffset(biasOffset),
          m_constants(std::move(constants)) {
        chooseCut();
    }
    bool fits() const { return m_cut.rows > 0; }
    Result<std::vector<std::byte>> constants() const override { return m_constants; }
    Status emit(const GlobalCall& call, Assembler& out) const override {
        const uint64_t left = m_left.tensor ? call.constants + m_left.offset : call.operands[0].address;
        const uint64_t right = m_right.tensor ? call.constants + m_right.offset : call.operands[1].address;
        emitCut(m_cut, {left, right, call.output.address, call.constants + m_biasOffset}, m_product.batches.size(), out);
        return {};
    }

private:
    struct Addresses {
        uint64_t left = kGlobalBase, right = kGlobalBase, result = kGlobalBase, bias = kGlobalBase;
    };
    /// Where things lie, a place for each turn. Bias is the same in every lane.
    struct Places {
        uint32_t filter[2], picture[2], sums[2], result[2], zeros = 0, shares = 0;
        Box bias;
        int64_t used = 0;
    };
    /// Matrices [begin, begin + count) and how far they are apart in the operands.
    struct Gang {
        size_t begin = 0;
        int64_t count = 1, leftStep = 0, rightStep = 0;
    };

    bool hasBias() const { return !m_product.bias.empty() || !m_product.codeBias.empty(); }
    int64_t record() const { return roundUp(m_product.inner, blockOf(m_product.precision)); }
    Part column() const { return {{0, 1}, {0, m_product.inner}, {0, 1}, {0, 1}}; }
    Precision sumPrecision() const { return m_product.ofCodes() ? Precision::Int32 : Precision::F32; }
    Places places(const Cut& cut) const;
    Tile tile(const Places& places, int64_t gang, int64_t rows, int64_t columns, const size_t (&turn)[3]) const;
    bool wholeMatrices(const Cut& cut) const { return cut.rows >= m_product.rows && cut.columns >= m_product.columns; }
    Gang gangFrom(size_t begin, int64_t most) const;
    Cut largest(int64_t turns) const;
    void chooseCut();
    int64_t cycles(const Cut& cut) const;
    void emitCut(const Cut& cut, const Addresses& at, size_t batches, Assembler& out) const;
    void multiply(const Box& filter, const Box& picture, const Box& sums, Assembler& out) const;
    void finish(const Tile& tile, const Box& bias, VectorUnit& v) const;

    MatrixProduct m_product;
    Held m_left, m_right;
    uint64_t m_biasOffset;
    std::vector<std::byte> m_constants;
    Cut m_cut;
};

ProductEmitter::Places ProductEmitter::places(const Cut& cut) const {
    const auto& p = m_product;
    LaneSpace space;
    Places out{};
    const Part results{{0, cut.gang}, {0, cut.rows}, {0, 1}, {0, cut.columns}};
    const auto take = [&](uint32_t (&at)[2], int64_t bytes) {
        for (int64_t i = 0; i < 2; ++i) at[i] = i < cut.turns ? space.take(bytes) : at[0];
    };
    take(out.filter, cut.gang * ceilDiv(cut.rows, kLanes) * record() * bytesOf(p.precision));
    take(out.picture, alignedBytes(p.precision, {{0, cut.gang}, {0, p.inner}, {0, 1}, {0, cut.columns}}));
    take(out.sums, alignedBytes(sumPrecision(), results));
    std::copy(out.sums, out.sums + 2, out.result);
    if (p.resultPrecision != sumPrecision()) take(out.result, alignedBytes(p.resultPrecision, results));
    if (p.rightZero != 0) {
        out.zeros = space.take(alignedBytes(p.precision, column()));
        out.shares = space.take(alignedBytes(Precision::Int32, {{0, cut.gang}, {0, cut.rows}, {0, 1}, {0, 1}}));
    }
    if (hasBias()) {
        const Box like = alignedTensor(out.sums[0], sumPrecision(), true, results);
        out.bias = seenAs(laneTable(like, space.take(cut.columns * 4), 1, cut.columns), sumPrecision());
    }
    out.used = space.used();
    return out;
}

/// `turn`: of the filter, of the picture, of what is computed.
Tile ProductEmitter::tile(const Places& places, int64_t gang, int64_t rows, int64_t columns, const size_t (&turn)[3]) const {
    const auto& p = m_product;
    const Part results{{0, gang}, {0, rows}, {0, 1}, {0, columns}};
    Tile t;
    t.filter = alignedTensor(places.filter[turn[0]], p.precision, p.leftSigned, {{0, gang}, {0, rows}, {0, 1}, {0, record()}});
    t.filter.cStride = record(); // records of the rows of lanes follow each other
    t.filter.nStride = ceilDiv(rows, kLanes) * record();
    t.picture = alignedTensor(places.picture[turn[1]], p.precision, p.rightSigned, {{0, gang}, {0, p.inner}, {0, 1}, {0, columns}});
    t.sums = alignedTensor(places.sums[turn[2]], sumPrecision(), true, results);
    t.result = t.sums;
    if (p.resultPrecision != t.sums.precision) t.result = alignedTensor(places.result[turn[2]], p.resultPrecision, true, results);
    t.result.isSigned = p.resultSigned;
    t.zeros = alignedTensor(places.zeros, p.precision, p.rightSigned, column());
    t.zeros.nStride = 0; // one for all matrices
    t.shares = alignedTensor(places.shares, Precision::Int32, true, {{0, gang}, {0, rows}, {0, 1}, {0, 1}});
    return t;
}

/// The largest tile that fits: columns shrink first, as long as rows of transfers stay long. rows 0: none does.
Cut ProductEmitter::largest(int64_t turns) const {
    constexpr int64_t kShortest = 64;
    if (m_product.inner > kMaxDimension) return {};
    Cut cut{std::min<int64_t>(m_product.rows, 16 * kLanes), std::min<int64_t>(m_product.columns, 8192), 1, turns};
    while (places(cut).used > LaneSpace::kBytes) {
        if (cut.columns > kShortest)
            cut.columns = (cut.columns + 1) / 2;
        else if (cut.rows > kLanes)
            cut.rows = roundUp(cut.rows / 2, kLanes);
        else if (cut.columns > 1)
            cut.columns = (cut.columns + 1) / 2;
        else
            return {};
    }
    return cut;
}

/// By estimated cycles.
void ProductEmitter::chooseCut() {
    std::vector<Cut> cuts;
    for (const int64_t turns : {int64_t{1}, int64_t{2}}) {
        Cut cut = largest(turns);
        if (cut.rows == 0) continue;
        const auto batches = static_cast<int64_t>(m_product.batches.size());
        if (wholeMatrices(cut)) {
            const int64_t one = places(cut).used;
            cut.gang = std::clamp<int64_t>(LaneSpace::kBytes / one, 1, std::min(batches, kMaxDimension));
            while (cut.gang > 1 && places(cut).used > LaneSpace::kBytes) --cut.gang;
        }
        cuts.push_back(cut);
        for (int times = 0; times < 2 && cut.gang > 1; ++times) { // the first ones are there sooner
            cut.gang = ceilDiv(cut.gang, 2);
            cuts.push_back(cut);
        }
        if (turns == 2 && !wholeMatrices(cut) && cut.rows > kLanes) {
            cut.rows = roundUp(cut.rows / 2, kLanes);
            cuts.push_back(cut);
        }
    }
    int64_t least = 0;
    for (const Cut& cut : cuts) {
        const int64_t now = cuts.size() == 1 ? 0 : cycles(cut);
        if (m_cut.rows != 0 && now >= least) continue;
        m_cut = cut;
        least = now;
    }
}

int64_t ProductEmitter::cycles(const Cut& cut) const {
    constexpr int64_t kEnough = 48; // transfers that say what the others cost
    const int64_t tiles = ceilDiv(m_product.rows, cut.rows) * ceilDiv(m_product.columns, cut.columns);
    const size_t all = m_product.batches.size();
    const size_t some = std::clamp<size_t>(static_cast<size_t>(ceilDiv(kEnough, tiles) * cut.gang), 1, all);
    Assembler out;
    emitCut(cut, {}, some, out);
    const auto program = out.finish();
    if (!program) return std::numeric_limits<int64_t>::max();
    const auto timing = timeOf(*program);
    return timing ? timing->total * static_cast<int64_t>(all) / static_cast<int64_t>(some) : std::numeric_limits<int64_t>::max();
}

ProductEmitter::Gang ProductEmitter::gangFrom(size_t begin, int64_t most) const {
    const auto& b = m_product.batches;
    Gang gang{begin, 1, 0, 0};
    for (size_t i = begin + 1; i < b.size() && gang.count < most; ++i, ++gang.count) {
        const int64_t left = b[i].first - b[i - 1].first, right = b[i].second - b[i - 1].second;
        if (left < 0 || right < 0) break;
        if (i == begin + 1) gang.leftStep = left, gang.rightStep = right;
        if (left != gang.leftStep || right != gang.rightStep) break;
    }
    return gang;
}

void ProductEmitter::emitCut(const Cut& cut, const Addresses& at, size_t batches, Assembler& out) const {
    const auto& p = m_product;
    VectorUnit v(out);
    const Places where = places(cut);
    const auto size = static_cast<uint64_t>(bytesOf(p.precision)), resultSize = static_cast<uint64_t>(bytesOf(p.resultPrecision));
    size_t turn[3] = {0, 0, 0}; // of the filter, of the picture, of what is computed
    const auto next = [&](size_t i) { turn[i] = (turn[i] + 1) % static_cast<size_t>(cut.turns); };
    int64_t inLeft[2] = {-1, -1}, inRight[2] = {-1, -1}; // first elements of what lies there
    int64_t cleared[2] = {0, 0};                          // rows whose records are zero behind `inner`
    int64_t biasOf = -1;
    if (p.rightZero != 0) IntegerUnit(out).copy(tile(where, 1, 1, 1, turn).zeros, IntegerUnit::Number{p.rightZero, p.precision, p.rightSigned});
    std::function<void()> leave; // the store of the tile before, behind the loads of this one
    for (size_t batch = 0; batch < batches;) {
        const Gang gang = gangFrom(batch, std::min(cut.gang, static_cast<int64_t>(batches - batch)));
        for (int64_t row = 0; row < p.rows; row += cut.rows) {
            const int64_t rows = std::min(cut.rows, p.rows - row);
            for (int64_t column = 0; column < p.columns; column += cut.columns) {
                const int64_t columns = std::min(cut.columns, p.columns - column);
                const int64_t left = p.batches[batch].first + (p.leftTransposed ? row : row * p.inner);
                const int64_t right = p.batches[batch].second + (p.rightTransposed ? column * p.inner : column);
                const int64_t filters = gang.leftStep == 0 ? 1 : gang.count, pictures = gang.rightStep == 0 ? 1 : gang.count;
                if (inLeft[turn[0]] != left || filters > 1) {
                    next(0);
                    const Tile t = tile(where, filters, rows, columns, turn);
                    if (record() != p.inner && cleared[turn[0]] < filters * ceilDiv(rows, kLanes)) {
                        if (p.ofCodes()) IntegerUnit(out).copy(t.filter, IntegerUnit::Number{p.leftZero, p.precision, p.leftSigned});
                        else v.fill(t.filter, 0);
                        cleared[turn[0]] = filters * ceilDiv(rows, kLanes);
                    }
                    const Place from{at.left + static_cast<uint64_t>(left) * size,
                                     p.leftTransposed ? std::array<int64_t, 4>{gang.leftStep, 1, 0, p.rows}
                                                      : std::array<int64_t, 4>{gang.leftStep, p.inner, 0, 1}};
                    copyBox(out, p.precision, {filters, rows, 1, p.inner}, from, placeOf(t.filter));
                    inLeft[turn[0]] = filters > 1 ? -1 : left;
                }
                if (inRight[turn[1]] != right || pictures > 1) {
                    next(1);
                    const Tile t = tile(where, pictures, rows, columns, turn);
                    const Place from{at.right + static_cast<uint64_t>(right) * size,
                                     p.rightTransposed ? std::array<int64_t, 4>{gang.rightStep, 1, 0, p.inner}
                                                       : std::array<int64_t, 4>{gang.rightStep, p.columns, 0, 1}};
                    copyBox(out, p.precision, {pictures, p.inner, 1, columns}, from, placeOf(t.picture));
                    inRight[turn[1]] = pictures > 1 ? -1 : right;
                }
                if (hasBias() && biasOf != column) { // the same in every lane
                    copyBox(out, Precision::F32, {1, kLanes, 1, columns}, {at.bias + static_cast<uint64_t>(column * 4), {0, 0, 0, 1}},
                            {kLocalBase + where.bias.address, {columns, columns, columns, 1}});
                    biasOf = column;
                }
                if (leave) leave();
                next(2);
                Tile t = tile(where, gang.count, rows, columns, turn);
                if (gang.leftStep == 0) t.filter.nStride = 0;
                if (gang.rightStep == 0) t.picture.nStride = 0;
                multiply(t.filter, t.picture, t.sums, out);
                if (p.rightZero != 0) {
                    multiply(t.filter, t.zeros, t.shares, out);
                    IntegerUnit(out).apply(ArOp::Sub, t.sums, t.sums, repeated(t.shares, t.sums.part));
                }
                Box bias = where.bias;
                bias.part.w = {0, columns};
                finish(t, bias, v);
                const auto first = static_cast<uint64_t>((static_cast<int64_t>(batch) * p.rows + row) * p.columns + column);
                const uint64_t to = at.result + first * resultSize;
                leave = [&p, &out, t, to, rows, columns, count = gang.count] {
                    copyBox(out, p.resultPrecision, {count, rows, 1, columns}, placeOf(t.result), {to, {p.rows * p.columns, p.columns, 0, 1}});
                };
            }
        }
        batch += static_cast<size_t>(gang.count);
    }
    if (leave) leave();
}

/// One convolution a matrix; the left side's zero point is that of the filter.
void ProductEmitter::multiply(const Box& filter, const Box& picture, const Box& sums, Assembler& out) const {
    SConv c;
    c.opd0_sign = picture.isSigned;
    c.opd1_sign = filter.isSigned;
    c.opd2_sign = m_product.leftZero <= std::numeric_limits<int8_t>::max();
    c.opd2_const = c.opd3_const = 1;
    c.opd2_addr = static_cast<uint8_t>(m_product.leftZero);
    c.res0_prec = code(sums.precision);
    c.opd0_prec = code(m_product.precision);
    c.res_op_x_str = c.res_op_y_str = 1;
    c.res0_n = c.res0_h = 1;
    c.res0_c = static_cast<uint32_t>(sums.c());
    c.res0_w = c.opd0_w = static_cast<uint32_t>(sums.w());
    c.opd0_c = static_cast<uint32_t>(picture.c());
    c.opd0_h = c.opd1_h = c.opd1_w = 1;
    const auto address = [](const Box& box, int64_t i) { return box.address + static_cast<uint32_t>(i * box.nStride * bytesOf(box.precision)); };
    for (int64_t i = 0; i < sums.n(); ++i) {
        c.res0_addr = address(sums, i);
        c.opd0_addr = address(picture, i);
        c.opd1_addr = address(filter, i);
        out.add(c);
    }
}

void ProductEmitter::finish(const Tile& t, const Box& bias, VectorUnit& v) const {
    const auto& p = m_product;
    if (hasBias()) v.apply(ArOp::Add, t.sums, t.sums, bias);
    const bool clamped = p.clamp.kind == kernels::Unary::Relu;
    if (p.givesSums()) {
        if (clamped) v.applyBits(ArOp::Max, t.result, t.sums, 0);
        return;
    }
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
