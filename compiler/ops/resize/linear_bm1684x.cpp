// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/resize/linear_bm1684x.h"

#include "compiler/numeric/half.h"
#include "compiler/ops/resize/nearest_bm1684x.h"
#include "compiler/ops/support/move_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/shared_table_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// The neighbours of each line of the result, and their weights.
struct Neighbours {
    std::vector<int64_t> low, high;
    std::vector<float> lowWeight, highWeight;
    bool nothing = false; ///< the axis stays as it is

    Neighbours(const ResizeAxis& axis, const std::string& coordinates, Precision precision) : nothing(axis.in == axis.out && axis.scale <= 0) {
        const auto rounded = [&](float weight) {
            return precision == Precision::F16 ? numeric::roundToHalf(weight) : precision == Precision::Bf16 ? numeric::roundToBfloat16(weight) : weight;
        };
        for (int64_t i = 0; i < axis.out; ++i) {
            const ResizeTap tap = resizeTap(axis, i, coordinates, true);
            low.push_back(tap.low);
            high.push_back(tap.high);
            const bool one = tap.low == tap.high; // both weights meet one element
            lowWeight.push_back(rounded(one ? 1 : 1 - tap.weight));
            highWeight.push_back(rounded(one ? 0 : tap.weight));
        }
    }
    Range of(const Range& r) const { return {low[static_cast<size_t>(r.begin)], high[static_cast<size_t>(r.end - 1)] + 1}; }
    size_t size() const { return low.size(); }
};

class Linear final : public LocalEmitter {
public:
    Linear(Neighbours rows, Neighbours columns, Precision precision)
        : m_rows(std::move(rows)), m_columns(std::move(columns)), m_precision(precision),
          m_table(static_cast<int64_t>(2 * (m_rows.size() + m_columns.size()))) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& r) const override {
        return index == 0 ? Part{r.n, r.c, m_rows.of(r.h), m_columns.of(r.w)} : Part{};
    }
    Result<int64_t> constantWidth(const Part&) const override { return roundUp(m_table.imageBytes(), kVectorBytes); }
    Result<LaneImage> constants(const Part& result) const override {
        LaneImage image;
        WB_ASSIGN(image.width, constantWidth(result));
        image.bytes.resize(static_cast<size_t>(kLanes * image.width));
        std::vector<float> words;
        for (const auto* weights : {&m_columns.lowWeight, &m_columns.highWeight, &m_rows.lowWeight, &m_rows.highWeight})
            words.insert(words.end(), weights->begin(), weights->end());
        m_table.pack(image, 0, words.data());
        return image;
    }
    /// The weights, the picture between the axes, neighbours in the tensor's kind of float, three boxes in float32.
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const auto largest = [&](Precision precision) { return std::max(alignedBytes(precision, between(result)), alignedBytes(precision, result)); };
        const int64_t wide = largest(Precision::F32), own = m_precision == Precision::F32 ? 0 : largest(m_precision);
        return {m_table.scratchBytes(), alignedBytes(m_precision, between(result)), own, own, wide, wide, wide};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        const Part& r = call.result;
        m_table.spread(out, call.constants, call.scratch[0]);
        LocalTensor from = call.operands[0].sub(operandPart(0, r));
        if (m_columns.nothing && m_rows.nothing) {
            from.part = call.output.part;
            unit.copy(call.output, from);
            return {};
        }
        if (!m_columns.nothing) {
            const LocalTensor to = m_rows.nothing ? call.output : boxAt(call, call.scratch[1], m_precision, between(r));
            axis(unit, call, to, from, true);
            from = to;
        }
        if (!m_rows.nothing) axis(unit, call, call.output, from, false);
        return {};
    }

private:
    /// With columns resized.
    Part between(const Part& r) const { return {r.n, r.c, m_rows.of(r.h), r.w}; }
    static LocalTensor boxAt(const LocalCall& call, uint32_t offset, Precision precision, const Part& part) {
        return alignedTensor(static_cast<uint32_t>(call.output.lane0() * kLaneBytes) + offset, precision, true, part);
    }
    void axis(VectorUnit& unit, const LocalCall& call, const LocalTensor& to, const LocalTensor& from, bool columns) const {
        const Neighbours& line = columns ? m_columns : m_rows;
        const Range range = columns ? call.result.w : call.result.h;
        const auto begin = static_cast<size_t>(range.begin);
        std::array<LocalTensor, 3> wide;
        for (size_t i = 0; i < 3; ++i) wide[i] = boxAt(call, call.scratch[4 + i], Precision::F32, to.part);
        for (size_t side = 0; side < 2; ++side) {
            const auto& all = side == 0 ? line.low : line.high;
            std::vector<int64_t> sources(all.begin() + range.begin, all.begin() + range.end);
            for (int64_t& source : sources) source -= line.of(range).begin;
            const LocalTensor own = m_precision == Precision::F32 ? wide[side] : boxAt(call, call.scratch[2 + side], m_precision, to.part);
            copyLines(unit, own, from, sources, columns);
            if (m_precision != Precision::F32) unit.cast(wide[side], own);
        }
        const size_t first = columns ? 0 : 2 * m_columns.size();
        const auto weights = [&](size_t side) {
            const auto offset = call.scratch[0] + static_cast<uint32_t>(4 * (first + side * line.size() + begin));
            return laneTable(to, offset, columns ? 1 : range.size(), columns ? range.size() : 1);
        };
        unit.apply(ArOp::Mul, wide[2], wide[0], weights(0));
        unit.apply(ArOp::Mul, wide[0], wide[1], weights(1));
        if (m_precision == Precision::F32) return unit.apply(ArOp::Add, to, wide[2], wide[0]);
        unit.apply(ArOp::Add, wide[1], wide[2], wide[0]);
        unit.cast(to, wide[1]);
    }

    Neighbours m_rows, m_columns;
    Precision m_precision;
    SharedTable m_table;
};

} // namespace

bool interpolatesInLanes(const ir::Graph& graph, const ir::Node& node) {
    if (!isResized(graph, node, "linear") || !ir::isFloat(graph.value(node.results[0]).type.element)) return false;
    const ResizeAxes axes = resizeAxesOf(graph, node);
    const int64_t widest = std::max(axes.columns.in, axes.columns.out), table = 2 * (axes.rows.out + axes.columns.out);
    // Two lines of everything, and turns of what comes and goes.
    return resizesInLanes(graph, node, 4 * (8 * widest + 2 * table));
}

Result<std::unique_ptr<LocalEmitter>> linearLocal(const EmitContext& c) {
    if (!interpolatesInLanes(*c.graph, *c.node)) return notEmitted(c, "it is no linear interpolation of many channels");
    const ResizeAxes axes = resizeAxesOf(*c.graph, *c.node);
    const auto coordinates = c.node->attributes.enumerator("coord_mode", "half_pixel");
    const Precision precision = chipPrecision(operandType(c, 0).element);
    return std::unique_ptr<LocalEmitter>(std::make_unique<Linear>(Neighbours(axes.rows, coordinates, precision), Neighbours(axes.columns, coordinates, precision), precision));
}

} // namespace wb::ops
