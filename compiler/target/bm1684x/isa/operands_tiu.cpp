// SPDX-License-Identifier: GPL-3.0-or-later
// Operands of TIU commands. Shapes and layouts: the public register tables and the experiments
// described there; an operation without a settled layout claims all of local memory, which is slow
// but never wrong.
#include "compiler/target/bm1684x/isa/tiu_list.h"

#include <algorithm>

namespace wb::bm1684x::detail {
namespace {

using Shape = TiuShape;
using List = TiuList;

constexpr auto kI8 = code(Precision::Int8);
constexpr auto kI16 = code(Precision::Int16);
constexpr auto kI32 = code(Precision::Int32);
constexpr auto kF32 = code(Precision::F32);

template <class C> Shape resultShape(const C& c) {
    return {c.res0_n, c.res0_c, c.res0_h, c.res0_w};
}

/// Elements of one output channel's weights: input channels are filled up to what the array takes
/// at once.
int64_t weightRecord(const SConv& c) {
    const int64_t group = c.opd0_prec == kF32 ? 1 : c.opd0_prec == kI8 ? 64 : 32;
    return roundUp(c.opd0_c, group) * c.opd1_h * c.opd1_w;
}

void list(const SConv& c, List& out) {
    const bool integer = c.opd0_prec == kI8, anySign = c.opd0_sign || c.opd1_sign || c.opd2_sign;
    out.result(c.res0_addr, c.res0_prec, anySign, resultShape(c), c.res_add);
    Operand& input = out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign,
                              {c.res0_n, c.opd0_c, c.opd0_h, c.opd0_w});
    layByCode(input, c.opd0_str, {c.opd0_n_str, c.opd0_c_str, c.opd0_h_str, c.opd0_w_str});
    out.parameter("opd1", c.opd1_const, c.opd1_addr, c.opd0_prec, c.opd1_sign,
                  {1, c.res0_c, 1, weightRecord(c)});
    // Zero point of the kernel for integers (sub-types with requant: a bias), a bias of 32 bits for
    // floats.
    const bool bias = !integer || c.tsk_eu_typ != ConvOp::Normal;
    out.parameter("opd2", c.opd2_const, c.opd2_addr,
                  bias && integer ? kI16
                  : integer       ? kI8
                                  : kF32,
                  c.opd2_sign,
                  {1, integer && !bias ? std::max(c.opd0_c, c.res0_c) : c.res0_c, 1, 1});
    out.parameter("opd3", c.opd3_const, c.opd3_addr, c.opd0_prec, c.opd0_sign, {1, c.opd0_c, 1, 2});
}

void list(const SPorD& c, List& out) {
    const bool depthwise =
        c.tsk_eu_typ == PorDOp::Depthwise || c.tsk_eu_typ == PorDOp::DepthwiseRelu;
    const bool regions = c.tsk_eu_typ >= PorDOp::RoiDepthwise;
    out.result(c.res0_addr, c.res0_prec, c.opd0_sign || (depthwise && (c.opd1_sign || c.opd2_sign)),
               resultShape(c));
    out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign,
             {c.res0_n, c.res0_c, c.opd0_h, c.opd0_w});
    if (depthwise || c.tsk_eu_typ == PorDOp::RoiDepthwise)
        out.parameter("opd1", c.opd1_const, c.opd1_addr, c.opd0_prec, c.opd1_sign,
                      {1, c.res0_c, c.opd1_h, c.opd1_w});
    else if (c.opd1_const)
        out.immediate("opd1", c.opd1_addr, c.res0_prec, c.opd1_sign); // the average's multiplier
    if (depthwise)
        out.parameter("opd2", c.opd2_const, c.opd2_addr, c.opd0_prec == kI8 ? kI32 : c.opd0_prec,
                      c.opd2_sign, {1, c.res0_c, 1, 1});
    // Pad values, or the corners of regions.
    if (regions)
        out.parameter("opd3", c.opd3_const, c.opd3_addr, kI16, true, {1, c.res0_w, 1, 4});
    else
        out.parameter("opd3", c.opd3_const, c.opd3_addr, c.opd0_prec, c.opd0_sign,
                      {1, c.res0_c, 1, 2});
}

/// Matrices of MM: R rows in pieces of w columns, piece j in lane j.
void list(const SMm& c, List& out) {
    const int64_t leftRows = c.opd0_n,
                  leftColumns =
                      static_cast<int64_t>(c.opd0_w) * std::max<int64_t>(0, int64_t{c.opd0_c} - 1) +
                      c.opd1_w;
    const int64_t rows = c.left_tran ? leftColumns : leftRows,
                  inner = c.left_tran ? leftRows : leftColumns;
    out.result(c.res0_addr, c.res0_prec, true, {rows, c.res0_c, 1, c.res0_w}, c.res_add);
    if (c.opd0_const)
        out.immediate("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign);
    else
        out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign, {leftRows, c.opd0_c, 1, c.opd0_w});
    out.read("opd1", c.opd1_addr, c.opd0_prec, c.opd1_sign, {inner, c.res0_c, 1, c.res0_w});
    const uint32_t bias = c.tsk_eu_typ != MmOp::Normal ? kI16 : c.opd0_prec == kI32 ? kI8 : kF32;
    if (c.opd2_const)
        out.immediate("opd2", c.opd2_addr, bias, c.opd2_sign);
    else
        out.read("opd2", c.opd2_addr, bias, c.opd2_sign, {1, c.res0_c, 1, c.res0_w});
}

/// Matrices of MM2: row r in lane r % 64. TT writes the transposed product, right times left.
void list(const SMm2& c, List& out) {
    const bool transposed = c.tsk_eu_typ == Mm2Op::Tt;
    const int64_t inner = c.tsk_eu_typ == Mm2Op::Nn ? c.opd1_c : c.opd1_w;
    out.result(c.res0_addr, c.res0_prec, true, {1, c.res0_c, 1, c.res0_w}, c.res_add);
    if (c.opd0_const)
        out.immediate("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign);
    else
        out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign,
                 transposed ? Shape{1, inner, 1, c.res0_w} : Shape{1, c.res0_c, 1, inner});
    if (c.opd1_const)
        out.immediate("opd1", c.opd1_addr, c.opd0_prec, c.opd1_sign);
    else
        out.read("opd1", c.opd1_addr, c.opd0_prec, c.opd1_sign, {1, c.opd1_c, 1, c.opd1_w});
    if (c.opd2_const)
        out.immediate("opd2", c.opd2_addr, c.opd0_prec, c.opd1_sign);
    else if (transposed)
        out.parameter("opd2", false, c.opd2_addr, c.opd0_prec, c.opd1_sign, {1, c.res0_c, 1, 1});
    else
        out.read("opd2", c.opd2_addr, c.opd0_prec, c.opd1_sign, {1, kLanes, 1, c.res0_w});
}

void list(const SAr& c, List& out) {
    const Shape shape = resultShape(c);
    const bool resultSign = c.tsk_eu_typ == ArOp::Cast ? c.opd2_sign : c.opd0_sign || c.opd1_sign;
    Operand& result =
        out.result(c.res0_addr, c.res0_prec, resultSign, shape, c.tsk_eu_typ == ArOp::Mac);
    layByCode(result, c.res0_str, {c.res0_n_str, c.res0_c_str, c.res0_h_str, c.res0_w_str});
    const Shape first =
        c.tsk_eu_typ == ArOp::CopyBatch ? Shape{1, shape[1], shape[2], shape[3]} : shape;
    if (c.opd0_const)
        out.immediate("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign);
    else
        layByCode(out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign, first), c.opd0_str,
                  {c.opd0_n_str, c.opd0_c_str, c.opd0_h_str, c.opd0_w_str});
    if (c.tsk_opd_num < 2) return;
    if (c.opd1_const)
        out.immediate("opd1", c.opd1_addr, c.opd1_prec, c.opd1_sign);
    else
        layByCode(out.read("opd1", c.opd1_addr, c.opd1_prec, c.opd1_sign, shape), c.opd1_str,
                  {c.opd1_n_str, c.opd1_c_str, c.opd1_h_str, c.opd1_w_str});
    if (c.tsk_opd_num < 3) return;
    // The third operand of the saturating ones is a shift, signed whatever its sign bit says.
    const bool shift = c.tsk_eu_typ == ArOp::AddSaturating || c.tsk_eu_typ == ArOp::SubSaturating ||
                       c.tsk_eu_typ == ArOp::MulSaturating;
    out.parameter("opd2", c.opd2_const, c.opd2_addr, c.opd2_prec, shift || c.opd2_sign,
                  {1, c.res0_c, 1, c.tsk_eu_typ == ArOp::Clamp ? 2 : 1});
}

void list(const SSeg& c, List& out) {
    out.result(c.res0_addr, c.res0_prec, false, {1, c.res0_c, 1, c.res0_w});
}

void list(const SRqDq& c, List& out) {
    out.result(c.res0_addr, c.res0_prec, c.opd2_sign, resultShape(c));
    out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign, resultShape(c));
    const bool floats = c.tsk_eu_typ == RqDqOp::RequantFloat;
    if (c.opd1_const) {
        out.immediate("opd1", c.opd1_addr, floats ? kF32 : kI32, true);
        out.immediate("opd2", c.opd2_addr,
                      floats || c.tsk_eu_typ == RqDqOp::DequantFloat ? kF32 : kI32, true);
        return;
    }
    // Records of two or three words, one 64-byte slot a channel row; of the packed ones, the whole
    // slot.
    const bool pairs = floats || c.tsk_eu_typ == RqDqOp::DequantFloat;
    const bool packed =
        c.tsk_eu_typ == RqDqOp::RequantPacked || c.tsk_eu_typ == RqDqOp::DequantPacked;
    out.read("opd1", c.opd1_addr, floats ? kF32 : kI32, true,
             {1, c.res0_c, 1,
              packed  ? 16
              : pairs ? 2
                      : 3});
}

void list(const STransBc& c, List& out) {
    const Shape shape = resultShape(c), swapped{shape[0], shape[3], shape[2], shape[1]};
    switch (c.tsk_eu_typ) {
    case TransBcOp::TransposeCw:
    case TransBcOp::TransposeWc: // one side has padded rows; claim that much on both
        layRowAligned(out.result(c.res0_addr, c.res0_prec, false, shape));
        layRowAligned(out.read("opd0", c.opd0_addr, c.res0_prec, false, swapped));
        return;
    case TransBcOp::LaneBroadcast:
        out.result(c.res0_addr, c.res0_prec, false, shape);
        out.read("opd0", c.opd0_addr, c.res0_prec, false, {shape[0], 1, shape[2], shape[3]});
        return;
    case TransBcOp::StaticBroadcast: // source: w elements in static memory
        out.result(c.res0_addr, c.res0_prec, false, {1, shape[1], 1, shape[3]});
        out.read("opd0", c.opd0_addr, c.res0_prec, false, {1, 1, 1, shape[3]});
        return;
    case TransBcOp::StaticDistribute: // source: one element a lane
        layCompact(out.result(c.res0_addr, c.res0_prec, false, {1, shape[1], 1, 1}));
        out.read("opd0", c.opd0_addr, c.res0_prec, false, {1, 1, 1, shape[1]});
        return;
    default:
        out.result(c.res0_addr, c.res0_prec, false, shape);
        out.read("opd0", c.opd0_addr, c.res0_prec, false, shape);
    }
}

void list(const SSg& c, List& out) {
    const Shape shape = resultShape(c);
    const auto source = [&](const Shape& s) {
        Operand& o = out.read("opd0", c.opd0_addr, c.opd0_prec, false, s);
        if (c.opd0_str) layByCode(o, code(LayoutCode::TablePerLane), {});
    };
    const auto counts = [&] {
        layCompact(out.second(c.res1_addr, kI16, {shape[0], shape[1], 1, 1}));
    };
    switch (c.tsk_eu_typ) {
    case SgOp::PlGatherD1:
    case SgOp::PlScatterD1:
    case SgOp::PlGatherD2:
    case SgOp::PlScatterD2: {
        const bool pairs = c.tsk_eu_typ == SgOp::PlGatherD2 || c.tsk_eu_typ == SgOp::PlScatterD2;
        out.result(c.res0_addr, c.res0_prec, false, shape);
        out.read("opd0", c.opd0_addr, c.opd0_prec, false,
                 {shape[0], shape[1], pairs ? c.opd0_h : 1, c.opd0_w});
        layCompact(
            out.read("opd1", c.opd1_addr, c.opd1_prec, false, {1, c.opd1_c, 1, pairs ? 2 : 1}));
        return;
    }
    case SgOp::PeGatherD1:
    case SgOp::PeScatterD1:
    case SgOp::PeGatherHazard:
    case SgOp::PeScatterHazard:
        out.result(c.res0_addr, c.res0_prec, false, shape);
        source({1, shape[1], c.opd0_h, c.opd0_w});
        out.read("opd1", c.opd1_addr, c.opd1_prec, false, {shape[0], shape[1], 1, c.opd1_w});
        return;
    case SgOp::PeMaskSelect:
    case SgOp::PeMaskSelectHazard:
        out.result(c.res0_addr, c.res0_prec, false, shape);
        counts();
        source({1, shape[1], 1, c.opd0_w});
        out.read("opd1", c.opd1_addr, c.opd1_prec, false, {shape[0], shape[1], 1, c.opd1_w});
        return;
    case SgOp::PeNonzero:
    case SgOp::PeNonzeroHazard:
        out.result(c.res0_addr, c.res0_prec, false, shape);
        counts();
        out.read("opd0", c.opd0_addr, c.opd0_prec, false, {shape[0], shape[1], 1, c.opd0_w});
        return;
    default:
        return out.everything();
    }
}

void list(const SSgl& c, List& out) {
    const Shape shape = resultShape(c);
    const bool gather = c.tsk_eu_typ == SglOp::GatherLine;
    layRowAligned(out.result(c.res0_addr, c.res0_prec, false, shape));
    Operand& source =
        out.read("opd0", c.opd0_addr, c.res0_prec, false, {1, shape[1], c.opd0_h, shape[3]});
    layRowAligned(source);
    if (c.opd0_str != code(LayoutCode::Free)) layByCode(source, code(LayoutCode::TablePerLane), {});
    out.read("opd1", c.opd1_addr, c.opd1_prec, false,
             {shape[0], shape[1], gather ? c.res0_h : c.opd0_h, 1});
}

void list(const SSfu& c, List& out) {
    out.result(c.res0_addr, c.res0_prec, true, resultShape(c));
    out.read("opd0", c.opd0_addr, c.opd0_prec, true, resultShape(c));
    if (c.tsk_eu_typ != SfuOp::Taylor && c.tsk_eu_typ != SfuOp::Taylor4x) return;
    Operand& table = out.read("opd1", c.opd1_addr, c.opd0_prec, true, {1, c.res0_c, 1, c.opd1_n});
    layByCode(table, code(LayoutCode::TablePerLane), {});
}

void list(const SLin& c, List& out) {
    out.result(c.res0_addr, c.res0_prec, true, resultShape(c));
    out.read("opd0", c.opd0_addr, c.res0_prec, true, resultShape(c));
    out.parameter("opd1", c.opd1_const, c.opd1_addr, c.res0_prec, true, {1, c.res0_c, 1, 1});
    if (c.tsk_eu_typ == LinOp::Mac)
        out.parameter("opd2", c.opd2_const, c.opd2_addr, c.res0_prec, true, {1, c.res0_c, 1, 1});
}

void list(const SVc& c, List& out) {
    const int64_t length =
        static_cast<int64_t>(c.opd0_w) * std::max<int64_t>(0, int64_t{c.opd0_c} - 1) + c.opd1_w;
    out.result(c.res0_addr, c.res0_prec, true, {length, c.res0_c, 1, c.res0_w});
    out.read("opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign, {1, c.opd0_c, 1, c.opd0_w});
    out.read("opd1", c.opd1_addr, c.opd1_prec, c.opd1_sign, {1, c.res0_c, 1, c.res0_w});
}

void list(const SCmp& c, List& out) {
    const Shape shape = resultShape(c);
    const bool both =
        c.tsk_eu_typ == CmpOp::GreaterAndSelect || c.tsk_eu_typ == CmpOp::LessAndSelect;
    out.result(c.res0_addr, both ? c.opd0_prec : c.opd2_prec, c.opd0_sign, shape);
    if (both) out.second(c.res1_addr, c.opd2_prec, shape);
    const auto compared = [&](const char* name, bool constant, uint64_t address, uint32_t layout) {
        if (constant)
            out.immediate(name, address, c.opd0_prec, c.opd0_sign);
        else
            layByCode(out.read(name, address, c.opd0_prec, c.opd0_sign, shape), layout,
                      {0, 0, 0, 0});
    };
    const auto chosen = [&](const char* name, bool constant, uint64_t address) {
        if (constant)
            out.immediate(name, address, c.opd2_prec, false);
        else
            out.read(name, address, c.opd2_prec, false, shape);
    };
    compared("opd0", c.opd0_const, c.opd0_addr, c.opd0_str);
    compared("opd1", c.opd1_const, c.opd1_addr, c.opd1_str);
    chosen("opd2", c.opd2_const, c.opd2_addr);
    chosen("opd3", c.opd3_const, c.opd3_addr);
}

void list(const Lar&, List& out) {
    out.everything();
}
void list(const LongTiu&, List& out) {
    out.everything();
}
void list(const SysId& c, List& out) {
    // Those that move data between local and static memory; barriers and END touch none.
    if (c.tsk_eu_typ >= SysOp::Swr && c.tsk_eu_typ <= SysOp::SwrCollectFromLocal) out.everything();
}
template <class C> void list(const C&, List&) {} // GDMA

} // namespace

std::vector<Operand> tiuOperands(const Command& command) {
    List out;
    std::visit([&](const auto& c) { list(c, out); }, command);
    return out.take();
}

} // namespace wb::bm1684x::detail
