// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LaneSlice (codegen/rewrites/channel_slices): channels from `first` on, [n, c, h, w] → [n, part, h, w]. Where the first
// one lies in lane 0 they are copied, else they change lanes, one after the other.
#include "compiler/ops/phases/phases_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

class LaneSlice final : public LocalEmitter {
public:
    LaneSlice(int64_t channels, int64_t first, Precision precision) : m_channels(channels), m_first(first), m_precision(precision) {}
    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = false}; }
    Part operandPart(size_t index, const Part& result) const override {
        return index == 0 ? Part{result.n, {0, m_channels}, result.h, result.w} : Part{};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        if (m_first % kLanes == 0) return {};
        Part plane = result;
        plane.n = plane.c = {0, 1};
        return {alignedBytes(m_precision, plane)};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        WB_TRY(checkLanes(call));
        VectorUnit unit(out);
        const Part& r = call.result;
        const LocalTensor from = call.operands[0].sub({r.n, {0, m_channels}, r.h, r.w});
        if (m_first % kLanes == 0) {
            LocalTensor source = from;
            source.address += u32(m_first / kLanes * from.cStride * bytesOf(m_precision));
            source.part.c = r.c;
            unit.copy(call.output, source);
            return {};
        }
        for (int64_t image = 0; image < r.n.size(); ++image)
            for (int64_t c = 0, count = 0; c < r.c.size(); c += count) {
                // A run in one row of lanes on both sides.
                count = std::min({r.c.size() - c, kLanes - (m_first + c) % kLanes, kLanes - c % kLanes});
                const auto lane = [](int64_t channel) { return u32(channel % kLanes * kLaneBytes); };
                const auto run = [&](const LocalTensor& whole, int64_t channel) {
                    LocalTensor t = whole;
                    t.address += lane(channel) + u32((image * t.nStride + channel / kLanes * t.cStride) * bytesOf(t.precision));
                    t.part.n = {0, 1};
                    t.part.c = {0, count};
                    return t;
                };
                LocalTensor source = run(from, m_first + c);
                if (source.offset() % kVectorBytes != 0) { // some rows of a plane
                    const LocalTensor even = alignedTensor(call.scratch[0] + lane(m_first + c), m_precision, source.isSigned, source.part);
                    unit.copy(even, source);
                    source = even;
                }
                toLanes(source, run(call.output, c).address, out);
            }
        return {};
    }

private:
    int64_t m_channels, m_first;
    Precision m_precision;
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareLaneSlice(const EmitContext& c) {
    const auto &in = c.graph->value(c.node->operands[0]).type, &out = c.graph->value(c.node->results[0]).type;
    const int64_t first = c.node->attributes.integer("first");
    if (in.shape.size() != 4 || out.shape.size() != 4 || in.element != out.element || in.shape[0] != out.shape[0] || in.shape[2] != out.shape[2] ||
        in.shape[3] != out.shape[3] || first < 0 || first + out.shape[1] > in.shape[1])
        return notEmitted(c, "its channels are none of its operand's");
    return std::unique_ptr<LocalEmitter>(std::make_unique<LaneSlice>(in.shape[1], first, chipPrecision(in.element)));
}

} // namespace wb::ops
