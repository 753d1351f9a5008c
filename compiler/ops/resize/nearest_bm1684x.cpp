// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/resize/nearest_bm1684x.h"

#include "compiler/ops/support/move_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

constexpr int64_t kFewLanes = 16;   // fewer channels leave most of the lanes idle: the array is faster
constexpr int64_t kLongestStep = 8; // further apart, elements are not copied together
constexpr int64_t kCommand = 8;     // cycles that a command takes by itself

/// Passes of the vector unit, as often as gaps between elements and between lines slow it down.
int64_t cyclesOf(const CopiedRun& run, size_t sources, int64_t lines, bool whole, int64_t width) {
    const int64_t passes = ceilDiv(run.count * lines, width);
    int64_t slower = std::max(run.step, run.sourceStep);
    if (!whole) slower = std::max(slower, static_cast<int64_t>(sources) / std::max<int64_t>(1, run.count * run.step));
    return kCommand + passes * std::min(slower, width);
}

class Nearest final : public LocalEmitter {
public:
    Nearest(std::vector<int64_t> rows, std::vector<int64_t> columns, Precision precision)
        : m_rows(std::move(rows)), m_columns(std::move(columns)), m_precision(precision) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& r) const override {
        if (index != 0) return {};
        return {r.n, r.c, of(m_rows, r.h), of(m_columns, r.w)};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {alignedBytes(m_precision, between(result))};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        const Part& r = call.result;
        const LocalTensor from = call.operands[0].sub(operandPart(0, r));
        const bool columnsFirst = longer(r);
        if (areInOrder(part(columnsFirst ? m_columns : m_rows, columnsFirst ? r.w : r.h))) {
            axis(unit, call.output, from, r, !columnsFirst);
            return {};
        }
        const auto lane = static_cast<uint32_t>(call.output.lane0() * kLaneBytes);
        const LocalTensor middle = alignedTensor(lane + call.scratch[0], m_precision, from.isSigned, between(r));
        axis(unit, middle, from, r, columnsFirst);
        axis(unit, call.output, middle, r, !columnsFirst);
        return {};
    }

private:
    static Range of(const std::vector<int64_t>& sources, const Range& range) {
        return {sources[static_cast<size_t>(range.begin)], sources[static_cast<size_t>(range.end - 1)] + 1};
    }
    /// Whether there are more rows than before: columns come first then.
    bool longer(const Part& r) const { return r.h.size() >= of(m_rows, r.h).size(); }
    /// With one axis resized.
    Part between(const Part& r) const {
        Part out = operandPart(0, r);
        longer(r) ? out.w = r.w : out.h = r.h;
        return out;
    }
    /// One axis, `along` columns or rows.
    void axis(VectorUnit& unit, const LocalTensor& to, const LocalTensor& from, const Part& r, bool along) const {
        const std::vector<int64_t>& all = along ? m_columns : m_rows;
        const Range& range = along ? r.w : r.h;
        std::vector<int64_t> sources(all.begin() + range.begin, all.begin() + range.end);
        for (int64_t& source : sources) source -= of(all, range).begin;
        copyLines(unit, to, from, sources, along);
    }
    static std::span<const int64_t> part(const std::vector<int64_t>& all, const Range& range) {
        return std::span(all).subspan(static_cast<size_t>(range.begin), static_cast<size_t>(range.size()));
    }

    std::vector<int64_t> m_rows, m_columns;
    Precision m_precision;
};

} // namespace

bool resizesInLanes(const ir::Graph& graph, const ir::Node& node, int64_t perLane) {
    const ir::TensorType &in = graph.value(node.operands[0]).type, &out = graph.value(node.results[0]).type;
    if (node.attributes.boolean("do_relu") || in.element != out.element) return false;
    if (in.shape[1] < kFewLanes || in.shape[0] != out.shape[0] || in.shape[1] != out.shape[1]) return false;
    const ResizeAxes axes = resizeAxesOf(graph, node);
    if (axes.rows.in < 1 || axes.rows.out < 1 || axes.columns.in < 1 || axes.columns.out < 1) return false;
    return perLane <= kLaneBytes / 2;
}

bool areInOrder(std::span<const int64_t> sources) {
    for (size_t i = 0; i + 1 < sources.size(); ++i)
        if (sources[i + 1] != sources[i] + 1) return false;
    return true;
}

void copyLines(VectorUnit& unit, const LocalTensor& to, const LocalTensor& from, std::span<const int64_t> sources, bool columns) {
    const int64_t size = bytesOf(to.precision);
    for (const CopiedRun& run : copiedRuns(sources, columns ? to.h() : to.w(), !columns || to.h() == 1, kVectorBytes / size)) {
        const auto line = [&](LocalTensor t, int64_t first, int64_t step) {
            int64_t& stride = columns ? t.wStride : t.hStride;
            t.address += static_cast<uint32_t>(first * stride * size);
            (columns ? t.part.w : t.part.h) = {0, step == 0 ? 1 : run.count};
            stride *= step == 0 ? 1 : step;
            return t;
        };
        unit.copy(line(to, run.first, run.step), line(from, run.source, run.sourceStep));
    }
}

bool isResized(const ir::Graph& graph, const ir::Node& node, std::string_view mode) {
    if (node.op != "tpu.Interp" || node.operands.empty() || graph.weight(node.operands[0]) != nullptr) return false;
    const size_t rank = graph.value(node.operands[0]).type.shape.size();
    return node.attributes.enumerator("mode", "linear") == mode && (rank == 3 || rank == 4) && graph.value(node.results[0]).type.shape.size() == rank;
}

bool copiesNearest(const ir::Graph& graph, const ir::Node& node) {
    if (!isResized(graph, node, "nearest")) return false;
    const ResizeAxes axes = resizeAxesOf(graph, node);
    // A line of the result, and the one it is made of, twice.
    const int64_t size = bytesOf(chipPrecision(graph.value(node.results[0]).type.element));
    return resizesInLanes(graph, node, 2 * (axes.columns.in + 2 * axes.columns.out) * size);
}

std::vector<CopiedRun> copiedRuns(std::span<const int64_t> sources, int64_t lines, bool whole, int64_t width) {
    const auto count = static_cast<int64_t>(sources.size());
    const auto at = [&](int64_t i) { return sources[static_cast<size_t>(i)]; };
    std::vector<bool> made(sources.size());
    std::vector<CopiedRun> runs;
    for (int64_t first = 0; first < count; ++first) {
        if (made[static_cast<size_t>(first)]) continue;
        CopiedRun best{first, 1, at(first), 1, 1};
        double least = static_cast<double>(cyclesOf(best, sources.size(), lines, whole, width)); // an element
        for (int64_t step = 1; step <= kLongestStep && first + step < count; ++step) {
            CopiedRun run{first, step, at(first), at(first + step) - at(first), 1};
            for (int64_t i = first + step; i < count && !made[static_cast<size_t>(i)]; i += step) {
                if (at(i) - at(i - step) != run.sourceStep) break;
                ++run.count;
            }
            if (run.count == 1) continue;
            const double each = static_cast<double>(cyclesOf(run, sources.size(), lines, whole, width)) / static_cast<double>(run.count);
            if (each >= least) continue;
            best = run;
            least = each;
        }
        for (int64_t i = 0; i < best.count; ++i) made[static_cast<size_t>(first + i * best.step)] = true;
        runs.push_back(best);
    }
    return runs;
}

Result<std::unique_ptr<LocalEmitter>> nearestLocal(const EmitContext& c) {
    if (!copiesNearest(*c.graph, *c.node)) return notEmitted(c, "it is not resized to the nearest of many channels' elements");
    const ResizeAxes axes = resizeAxesOf(*c.graph, *c.node);
    const auto coordinates = c.node->attributes.enumerator("coord_mode", "half_pixel");
    const ir::TensorType& in = operandType(c, 0);
    return std::unique_ptr<LocalEmitter>(std::make_unique<Nearest>(nearestSources(axes.rows, coordinates), nearestSources(axes.columns, coordinates),
                                                                   chipPrecision(in.element)));
}

} // namespace wb::ops
