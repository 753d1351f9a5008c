// SPDX-License-Identifier: GPL-3.0-or-later
// sSFU: Taylor series, powers of two, reciprocal roots. SYSID: what a stream tells the queue.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <bit>

namespace wb::bm1684x::sim {

namespace {

/// One float to another.
Status each(const Context& x, const SSfu& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    WB_ASSIGN(const View in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, true, shape}, Layout::Aligned));
    WB_ASSIGN(const View out, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape}, Layout::Aligned));
    if (in.precision != Precision::F32 || out.precision != Precision::F32) return x.unknown("narrow floats");
    const bool root = c.tsk_eu_typ == SfuOp::Rsqrt;
    const int steps = static_cast<int>(c.opd2_n_str) + 1;
    return forRuns(x, shape, true, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        float values[kRow];
        loadFloats(in, n, ch, h, w, values, count);
        for (int64_t i = 0; i < count; ++i)
            values[i] = root ? reciprocalRoot(values[i], steps)
                             // the nearest power of two, by the mantissa
                             : std::bit_cast<float>((std::bit_cast<uint32_t>(values[i]) + 0x0040'0000u) & 0xff80'0000u);
        storeFloats(elementAt(out, n, ch, h, w), 1, out.precision, values, count);
    });
}

} // namespace

Status execute(const Context& x, const SSfu& c) {
    if (c.tsk_eu_typ == SfuOp::Rsqrt || c.tsk_eu_typ == SfuOp::Normalise) return each(x, c);
    if (c.tsk_eu_typ != SfuOp::Taylor4x && c.tsk_eu_typ != SfuOp::Taylor) return x.unknown("this operation");
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    WB_ASSIGN(const View in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, true, shape}, Layout::Aligned));
    WB_ASSIGN(const View out, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape}, Layout::Aligned));
    const int64_t terms = c.opd1_n;
    WB_ASSIGN(const View table, localView(x, {"opd1", c.opd1_addr, c.opd0_prec, true, {1, c.res0_c, 1, terms}}, {0, 0, 0, 1}));
    if (!isFloat(in.precision) || in.precision != out.precision) return x.unknown("these precisions");
    const Precision precision = in.precision;
    const auto rounded = [precision](float v) { return precision == Precision::F32 ? v : floatOf(bitsOf(v, precision), precision); };
    return forRuns(x, shape, true, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        float values[kRow], sums[kRow];
        loadFloats(in, n, ch, h, w, values, count);
        const auto coefficient = [&](int64_t k) { return floatOf(loadBits(table.plane(0, ch) + k * table.itemBytes(), table.itemBytes()), precision); };
        std::fill_n(sums, count, coefficient(terms - 1));
        for (int64_t k = terms - 2; k >= 0 && !x.job.stopRequested(); --k) {
            const float next = coefficient(k);
            for (int64_t i = 0; i < count; ++i) sums[i] = rounded(rounded(sums[i] * values[i]) + next);
        }
        storeFloats(elementAt(out, n, ch, h, w), 1, precision, sums, count);
    });
}

Status execute(const Context& x, const SysId& c) {
    switch (c.tsk_eu_typ) {
    case SysOp::InterruptBarrier:
    case SysOp::DataBarrier:
    case SysOp::Nop:
    case SysOp::End: return {};
    default: return x.unknown("this operation");
    }
}

} // namespace wb::bm1684x::sim
