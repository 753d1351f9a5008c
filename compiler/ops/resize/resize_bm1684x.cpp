// SPDX-License-Identifier: GPL-3.0-or-later
// Enlarging by whole factors repeats elements: scale_h · scale_w strided copies. In local memory by the vector unit, else
// within DDR. Other factors: nearest_bm1684x;
// between neighbours: linear_bm1684x.
#include "compiler/ops/resize/linear_bm1684x.h"
#include "compiler/ops/resize/nearest_bm1684x.h"
#include "compiler/ops/support/move_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

namespace wb::ops {
namespace {

using bm1684x::LocalTensor;
using bm1684x::Part;

struct Factors {
    int64_t h = 1, w = 1;
};

Result<Factors> factorsOf(const EmitContext& c) {
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    if (in.size() != 4 || out.size() != 4) return notEmitted(c, "it has not four axes");
    if (clampsBelowZero(c)) return notEmitted(c, "a ReLU of repeated values is not supported");
    const Factors f{out[2] / std::max<int64_t>(in[2], 1), out[3] / std::max<int64_t>(in[3], 1)};
    if (f.h < 1 || f.w < 1 || out[2] != in[2] * f.h || out[3] != in[3] * f.w || out[0] != in[0] || out[1] != in[1])
        return notEmitted(c, "only whole factors are supported");
    if (c.node->op == "tpu.Interp") {
        const auto mode = c.node->attributes.enumerator("mode", "linear");
        const auto coordinates = c.node->attributes.enumerator("coord_mode", "half_pixel");
        // For whole factors these read element x / factor.
        if (mode != "nearest" || (coordinates != "half_pixel" && coordinates != "asymmetric"))
            return notEmitted(c, "interpolation of mode " + mode + ", " + coordinates + " is not supported");
    }
    return f;
}

class Repeat : public LocalEmitter {
public:
    explicit Repeat(Factors factors) : m_factors(factors) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }

    Part operandPart(size_t, const Part& r) const override {
        return {r.n, r.c, {r.h.begin / m_factors.h, bm1684x::ceilDiv(r.h.end, m_factors.h)},
                {r.w.begin / m_factors.w, bm1684x::ceilDiv(r.w.end, m_factors.w)}};
    }

    Status emit(const LocalCall& call, bm1684x::Assembler& out) const override {
        VectorUnit unit(out);
        const LocalTensor& in = call.operands[0];
        for (int64_t y = 0; y < m_factors.h; ++y)
            for (int64_t x = 0; x < m_factors.w; ++x) {
                // Result rows r.h.begin + row, + factor, …, all of phase y.
                const auto rows = phase(call.result.h, y, m_factors.h);
                const auto columns = phase(call.result.w, x, m_factors.w);
                if (rows.count == 0 || columns.count == 0) continue;
                LocalTensor to = call.output;
                to.address += static_cast<uint32_t>((rows.first * to.hStride + columns.first * to.wStride) *
                                                    bm1684x::bytesOf(to.precision));
                to.part.h = {0, rows.count};
                to.part.w = {0, columns.count};
                to.hStride *= m_factors.h;
                to.wStride *= m_factors.w;
                const int64_t h = (call.result.h.begin + rows.first) / m_factors.h;
                const int64_t w = (call.result.w.begin + columns.first) / m_factors.w;
                const LocalTensor from =
                    in.sub({call.result.n, call.result.c, {h, h + rows.count}, {w, w + columns.count}});
                unit.copy(to, from);
            }
        return {};
    }

private:
    struct Phase {
        int64_t first = 0, count = 0; ///< offset in the part, how many
    };
    static Phase phase(const bm1684x::Range& range, int64_t at, int64_t factor) {
        const int64_t first = ((at - range.begin) % factor + factor) % factor;
        return {first, first < range.size() ? (range.size() - first + factor - 1) / factor : 0};
    }
    Factors m_factors;
};

Result<std::unique_ptr<LocalEmitter>> repeatLocal(const EmitContext& c) {
    auto factors = factorsOf(c);
    if (!factors && copiesNearest(*c.graph, *c.node)) return nearestLocal(c);
    if (!factors && interpolatesInLanes(*c.graph, *c.node)) return linearLocal(c);
    WB_ASSIGN(const Factors f, std::move(factors));
    if (operandType(c, 0).element != resultType(c).element) return notEmitted(c, "its elements change their type");
    if (c.graph->weight(c.node->operands[0]) != nullptr) return notEmitted(c, "its operand is a constant");
    return std::unique_ptr<LocalEmitter>(std::make_unique<Repeat>(f));
}

Result<std::unique_ptr<GlobalEmitter>> repeatGlobal(const EmitContext& c) {
    WB_ASSIGN(const Factors f, factorsOf(c));
    const ir::Shape& in = operandType(c, 0).shape;
    const auto own = rowMajor(in);
    return makeMover(c, {.list = {readStrided({in[0] * in[1], in[2], f.h, in[3], f.w}, {own[1], own[2], 0, own[3], 0})}});
}

} // namespace

void emit_resize(EmitterTable& table);
void emit_resize(EmitterTable& table) {
    for (const char* op : {"tpu.Upsample", "tpu.Interp"})
        table.add({.op = op, .local = repeatLocal, .global = repeatGlobal});
}

} // namespace wb::ops
