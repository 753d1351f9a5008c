// SPDX-License-Identifier: GPL-3.0-or-later
// sTRANS&sBC and sSG: elements change lanes or are picked by indices.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <atomic>

namespace wb::bm1684x::sim {
namespace {

Status transpose(const Context& x, const STransBc& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w}, source{c.res0_n, c.res0_w, c.res0_h, c.res0_c};
    const bool cw = c.tsk_eu_typ == TransBcOp::TransposeCw; // its result has rows of h at multiples of 64 bytes
    WB_ASSIGN(const View to, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape},
                                       cw ? Layout::RowAligned : Layout::Aligned));
    WB_ASSIGN(const View from, localView(x, {"opd0", c.opd0_addr, c.res0_prec, true, source}, Layout::Aligned));
    const int64_t size = to.itemBytes();
    for (int64_t n = 0; n < shape[0]; ++n)
        for (int64_t ch = 0; ch < shape[1]; ++ch) {
            WB_TRY(x.job.checkStop());
            for (int64_t h = 0; h < shape[2]; ++h)
                for (int64_t w = 0; w < shape[3]; ++w)
                    std::memcpy(elementAt(to, n, ch, h, w), elementAt(from, n, w, h, ch), static_cast<size_t>(size));
        }
    return {};
}

/// Lane to lanes. All is read before anything is written.
Status copyLanes(const Context& x, const STransBc& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    const bool broadcast = c.tsk_eu_typ == TransBcOp::LaneBroadcast;
    Four source = shape;
    if (broadcast) source[1] = 1;
    WB_ASSIGN(const View to, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape}, Layout::Aligned));
    WB_ASSIGN(const View from, localView(x, {"opd0", c.opd0_addr, c.res0_prec, true, source}, Layout::Aligned));
    const auto plane = static_cast<size_t>(shape[2] * shape[3] * to.itemBytes());
    std::vector<std::byte> all(plane * static_cast<size_t>(source[0] * source[1]));
    for (int64_t i = 0; i < source[0] * source[1]; ++i)
        std::memcpy(all.data() + static_cast<size_t>(i) * plane, from.plane(i / source[1], i % source[1]), plane);
    for (int64_t n = 0; n < shape[0]; ++n)
        for (int64_t ch = 0; ch < shape[1]; ++ch) {
            const int64_t i = n * source[1] + (broadcast ? 0 : ch);
            std::memcpy(to.plane(n, ch), all.data() + static_cast<size_t>(i) * plane, plane);
        }
    return {};
}

/// Static memory into lanes: the same row in each, or one element each.
Status copyStatic(const Context& x, const STransBc& c) {
    const bool each = c.tsk_eu_typ == TransBcOp::StaticDistribute;
    if (c.res0_n != 1 || c.res0_h != 1 || (each && c.res0_w != 1)) return x.unknown("this shape");
    const Four shape{1, c.res0_c, 1, c.res0_w};
    WB_ASSIGN(const View to, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape},
                                       each ? Layout::Compact : Layout::Aligned));
    const auto row = static_cast<size_t>(shape[3] * to.itemBytes());
    const size_t bytes = each ? row * static_cast<size_t>(shape[1]) : row;
    const std::byte* from = c.opd0_addr >= kStaticBase ? x.memory.find(c.opd0_addr, bytes) : nullptr;
    if (from == nullptr) return x.fault("opd0 is not in static memory");
    for (int64_t ch = 0; ch < shape[1]; ++ch)
        std::memcpy(to.plane(0, ch), from + (each ? row * static_cast<size_t>(ch) : 0), row);
    return {};
}

/// out[i] = table[index[i]] by lanes; the table is a channel's own or, in layout 4, the lane's.
Status gather(const Context& x, const SSg& c, const View& out, const View& index, bool indexOfAll) {
    const Four table{indexOfAll ? c.res0_n : 1, c.res0_c, 1, c.opd0_w};
    const Operand operand{"opd0", c.opd0_addr, c.opd0_prec, true, table};
    View in;
    if (c.opd0_str == code(LayoutCode::TablePerLane) && !indexOfAll) {
        WB_ASSIGN(in, localView(x, operand, {0, 0, 0, 1}));
    } else if (c.opd0_str == code(LayoutCode::Aligned)) {
        WB_ASSIGN(in, localView(x, operand, Layout::Aligned));
    } else {
        return x.unknown("a table in layout " + std::to_string(c.opd0_str));
    }
    const int64_t size = out.itemBytes();
    std::atomic<bool> outside = false;
    WB_TRY(forRuns(x, out.shape, false, false, [&](int64_t n, int64_t ch, int64_t, int64_t w, int64_t count) {
        int64_t at[kRow];
        if (indexOfAll) // one for each w, over the lanes
            for (int64_t i = 0; i < count; ++i)
                at[i] = loadBits(index.plane(0, w + i), index.itemBytes());
        else loadIntegers(index, n, ch, 0, w, at, count);
        const std::byte* row = in.plane(indexOfAll ? n : 0, ch);
        std::byte* to = elementAt(out, n, ch, 0, w);
        for (int64_t i = 0; i < count; ++i) {
            if (at[i] >= table[3]) {
                outside = true;
                continue;
            }
            std::memcpy(to + i * size, row + at[i] * size, static_cast<size_t>(size));
        }
    }));
    if (outside) return x.fault("an index is beyond the table");
    return {};
}

/// out[index[i]] = in[i] in each channel.
Status scatter(const Context& x, const SSg& c, const View& out) {
    const Four shape{c.res0_n, c.res0_c, 1, c.opd1_w};
    if (c.opd0_w != c.opd1_w || c.opd0_str != code(LayoutCode::Aligned)) return x.unknown("this form of scatter");
    WB_ASSIGN(const View in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, true, {1, c.res0_c, 1, c.opd0_w}}, Layout::Aligned));
    WB_ASSIGN(const View index, localView(x, {"opd1", c.opd1_addr, c.opd1_prec, false, shape}, Layout::Aligned));
    const int64_t size = out.itemBytes();
    for (int64_t n = 0; n < shape[0]; ++n)
        for (int64_t ch = 0; ch < shape[1]; ++ch) {
            WB_TRY(x.job.checkStop());
            for (int64_t i = 0; i < shape[3]; ++i) {
                const int64_t at = loadBits(elementAt(index, n, ch, 0, i), index.itemBytes());
                if (at >= c.res0_w) return x.fault("an index is beyond the result");
                std::memcpy(elementAt(out, n, ch, 0, at), elementAt(in, 0, ch, 0, i), static_cast<size_t>(size));
            }
        }
    return {};
}

} // namespace

Status execute(const Context& x, const STransBc& c) {
    switch (c.tsk_eu_typ) {
    case TransBcOp::TransposeCw:
    case TransBcOp::TransposeWc: return transpose(x, c);
    case TransBcOp::LaneCopy:
    case TransBcOp::LaneBroadcast: return copyLanes(x, c);
    case TransBcOp::StaticBroadcast:
    case TransBcOp::StaticDistribute: return copyStatic(x, c);
    default: return x.unknown("this operation");
    }
}

Status execute(const Context& x, const SSg& c) {
    if (c.res0_prec != c.opd0_prec) return x.unknown("a result of another precision");
    if (c.opd2_const || c.opd3_const) return x.unknown("a fill value");
    if (c.opd1_prec != code(Precision::Int8) && c.opd1_prec != code(Precision::Int16)) return x.unknown("indices of this precision");
    if (c.res0_h != 1) return x.unknown("a result of several rows");
    WB_ASSIGN(const View out, localView(x, {"res0", c.res0_addr, c.res0_prec, true, {c.res0_n, c.res0_c, 1, c.res0_w}}, Layout::Aligned));
    switch (c.tsk_eu_typ) {
    case SgOp::PlGatherD1: {
        if (c.opd1_c != c.res0_w) return x.fault("as many indices as results are needed");
        WB_ASSIGN(const View index, localView(x, {"opd1", c.opd1_addr, c.opd1_prec, false, {1, c.opd1_c, 1, 1}}, Layout::Compact));
        return gather(x, c, out, index, true);
    }
    case SgOp::PeGatherD1:
    case SgOp::PeGatherHazard: {
        if (c.opd1_w != c.res0_w || c.opd1_c != c.res0_c) return x.fault("as many indices as results are needed");
        WB_ASSIGN(const View index, localView(x, {"opd1", c.opd1_addr, c.opd1_prec, false, out.shape}, Layout::Aligned));
        return gather(x, c, out, index, false);
    }
    case SgOp::PeScatterD1:
    case SgOp::PeScatterHazard: return scatter(x, c, out);
    default: return x.unknown("this operation");
    }
}

} // namespace wb::bm1684x::sim
