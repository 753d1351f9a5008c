// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.JoinPhases: out of blocks again. Parts begin a row of 64 lanes each, or follow each other without a gap: then those
// that begin in other lanes change lanes first, one lane after the other.
#include "compiler/ops/phases/phases_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// [n, y · x · part, h, w] → [n, c, h · y, w · x]: part (a · x + b) holds rows a, a + y, … and columns b, b + x, … The result
/// begins at a row and a column of the first block, and ends where its size does.
class JoinPhases final : public LocalEmitter {
public:
    JoinPhases(std::array<int64_t, 4> in, std::array<int64_t, 2> phases, std::array<int64_t, 2> origin, Precision precision)
        : m_in(in), m_y(phases[0]), m_x(phases[1]), m_originY(origin[0]), m_originX(origin[1]), m_precision(precision) {}

    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = false}; }
    Part operandPart(size_t, const Part& r) const override {
        return {r.n, {0, m_in[1]}, {(r.h.begin + m_originY) / m_y, ceilDiv(r.h.end + m_originY, m_y)}, {0, m_in[3]}};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        if (part() % kLanes == 0) return {};
        Part plane = operandPart(0, result);
        plane.n = plane.c = {0, 1};
        return {alignedBytes(m_precision, plane), alignedBytes(m_precision, plane), alignedBytes(m_precision, plane)};
    }

    Status emit(const LocalCall& call, Assembler& out) const override {
        if (part() % kLanes != 0) WB_TRY(checkLanes(call));
        const Part& r = call.result;
        const Range h{r.h.begin + m_originY, r.h.end + m_originY}, w{m_originX, r.w.end + m_originX}; // counted from the first block on
        size_t turn = 0;
        for (int64_t a = 0; a < m_y; ++a)
            for (int64_t b = 0; b < m_x; ++b) {
                const auto blocks = [](int64_t size, int64_t phase, int64_t step) {
                    return size <= phase ? 0 : (size - phase - 1) / step + 1;
                };
                const Range rows{blocks(h.begin, a, m_y), blocks(h.end, a, m_y)};
                const Range columns{blocks(w.begin, b, m_x), blocks(w.end, b, m_x)};
                if (rows.size() <= 0 || columns.size() <= 0) continue;
                const int64_t first = (a * m_x + b) * part();
                LocalTensor to = call.output;
                to.address += u32(((rows.begin * m_y + a - h.begin) * to.hStride + (columns.begin * m_x + b - w.begin) * to.wStride) * bytesOf(to.precision));
                to.hStride *= m_y;
                to.wStride *= m_x;
                to.part.h = rows;
                to.part.w = columns;
                if (part() % kLanes == 0) VectorUnit(out).copy(to, call.operands[0].sub({r.n, {first, first + r.c.size()}, rows, columns}));
                else joinPart(call, to, first, turn, out);
            }
        return {};
    }

private:
    int64_t part() const { return m_in[1] / (m_y * m_x); }

    /// Channels from `first` on to `to`, whose rows and columns are counted in blocks.
    void joinPart(const LocalCall& call, const LocalTensor& to, int64_t first, size_t& turn, Assembler& out) const {
        VectorUnit unit(out);
        const LocalTensor from = call.operands[0].sub({call.result.n, {0, m_in[1]}, to.part.h, {0, m_in[3]}});
        for (int64_t image = 0; image < to.n(); ++image)
            for (int64_t c = 0, count = 0; c < to.c(); c += count) {
                // A run in one row of lanes on both sides.
                count = std::min({to.c() - c, kLanes - (first + c) % kLanes, kLanes - c % kLanes});
                const auto run = [&](const LocalTensor& whole, int64_t channel) {
                    LocalTensor t = whole;
                    t.address += u32(channel % kLanes * kLaneBytes + (image * t.nStride + channel / kLanes * t.cStride) * bytesOf(t.precision));
                    t.part.n = {0, 1};
                    t.part.c = {0, count};
                    return t;
                };
                LocalTensor source = run(from, first + c);
                const LocalTensor target = run(to, c);
                if ((first + c) % kLanes != c % kLanes) {
                    const auto lane = [](int64_t channel) { return u32(channel % kLanes * kLaneBytes); };
                    if (source.offset() % kVectorBytes != 0) { // some rows of a plane
                        const LocalTensor even = alignedTensor(call.scratch[2] + lane(first + c), m_precision, source.isSigned, source.part);
                        unit.copy(even, source);
                        source = even;
                    }
                    const LocalTensor moved = alignedTensor(call.scratch[turn] + lane(c), m_precision, source.isSigned, source.part);
                    toLanes(source, moved.address, out);
                    source = moved;
                    turn = 1 - turn;
                }
                source = source.sub({source.part.n, source.part.c, source.part.h, to.part.w});
                unit.copy(target, source);
            }
    }

    std::array<int64_t, 4> m_in;
    int64_t m_y, m_x, m_originY, m_originX;
    Precision m_precision;
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareJoin(const EmitContext& context) {
    const auto& in = context.graph->value(context.node->operands[0]).type;
    const auto& out = context.graph->value(context.node->results[0]).type;
    const auto& a = context.node->attributes;
    const int64_t y = a.integer("y", 1), x = a.integer("x", 1), originY = a.integer("origin_y"), originX = a.integer("origin_x");
    if (in.shape.size() != 4 || out.shape.size() != 4 || in.element != out.element || y < 1 || x < 1 || in.shape[1] % (y * x) != 0 ||
        originY < 0 || originY >= y || originX < 0 || originX >= x || ceilDiv(out.shape[2] + originY, y) != in.shape[2] ||
        ceilDiv(out.shape[3] + originX, x) != in.shape[3])
        return notEmitted(context, "its parts do not join that way");
    const int64_t part = in.shape[1] / (y * x);
    if (part % kLanes == 0 ? out.shape[1] > part : out.shape[1] != part) return notEmitted(context, "its parts have other channels");
    return std::unique_ptr<LocalEmitter>(std::make_unique<JoinPhases>(chipShape(in.shape), std::array{y, x}, std::array{originY, originX}, chipPrecision(in.element)));
}

} // namespace wb::ops
