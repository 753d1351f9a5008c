// SPDX-License-Identifier: GPL-3.0-or-later
// Operands of GDMA commands. Lane masks are not followed: a masked transfer claims all lanes of its
// tensor.
#include "compiler/target/bm1684x/isa/operands.h"

#include <algorithm>

namespace wb::bm1684x::detail {
namespace {

using Shape = std::array<int64_t, 4>;

class GdmaList {
public:
    explicit GdmaList(uint32_t format, bool fill = false, uint32_t constant = 0)
        : m_format(format)
        , m_fill(fill)
        , m_constant(constant) {}

    Operand& to(uint64_t address, const Shape& shape, const Shape& stride) {
        Operand& o = add("dst", address, m_format, shape, stride);
        o.writes = true;
        return o;
    }
    /// Nothing is read when the transfer fills with a constant.
    Operand& from(uint64_t address, const Shape& shape, const Shape& stride) {
        if (!m_fill) return read("src", address, m_format, shape, stride);
        Operand o;
        o.name = "src";
        o.address = m_constant;
        o.precision = static_cast<Precision>(m_format);
        m_list.push_back(o);
        return m_list.back();
    }
    Operand& read(const char* name, uint64_t address, uint32_t format, const Shape& shape,
                  const Shape& stride) {
        Operand& o = add(name, address, format, shape, stride);
        o.reads = true;
        return o;
    }
    std::vector<Operand> take() { return std::move(m_list); }

private:
    Operand& add(const char* name, uint64_t address, uint32_t format, const Shape& shape,
                 const Shape& stride) {
        Operand o;
        o.name = name;
        placeGdma(o, address);
        o.precision = static_cast<Precision>(format);
        o.shape = shape;
        o.stride = stride;
        o.layout = "strided";
        m_list.push_back(o);
        return m_list.back();
    }
    uint32_t m_format;
    bool m_fill;
    uint32_t m_constant;
    std::vector<Operand> m_list;
};

template <class C> GdmaList listOf(const C& c) {
    return GdmaList(c.src_data_format, c.fill_constant_en, c.constant_value);
}
template <class C> Shape sourceShape(const C& c) {
    return {c.src_nsize, c.src_csize, c.src_hsize, c.src_wsize};
}

/// Without stride_enable tensors are dense: aligned in local memory, row-major elsewhere.
void layDense(Operand& o) {
    if (o.space == Space::Constant) return;
    if (o.space == Space::Local)
        layAligned(o);
    else
        layCompact(o);
}

std::vector<Operand> list(const DmaTensor& c) {
    const uint32_t function = c.cmd_special_function;
    Shape from = sourceShape(c);
    Shape to = c.nchw_copy ? from : Shape{c.dst_nsize, c.dst_csize, c.dst_hsize, c.dst_wsize};
    switch (function) {
    case DmaTensorOp::Broadcast:
    case DmaTensorOp::FourBankBroadcast:
        from[1] = 1;
        to[1] = c.dst_csize;
        break;
    case DmaTensorOp::TransposeNc:
        to = {from[1], from[0], from[2], from[3]};
        break;
    case DmaTensorOp::Collect:
    case DmaTensorOp::Distribute:
        to = {from[0], from[3], from[2], from[1]};
        break;
    default:
        break;
    }
    const bool steps = function == DmaTensorOp::Copy; // only a plain copy has strides along w
    GdmaList out = listOf(c);
    Operand& result =
        out.to(c.destination(), to,
               {c.dst_nstride, c.dst_cstride, c.dst_hstride, steps ? c.dst_wstride : 1});
    if (!c.stride_enable) layDense(result);
    if (function == DmaTensorOp::FourBankCopy || function == DmaTensorOp::FourBankBroadcast) {
        // The same piece at the same place of four banks that follow each other.
        const Operand first = result;
        for (uint64_t bank = 1; bank < 4; ++bank)
            out.to(c.destination() + bank * static_cast<uint64_t>(kBankBytes), to, first.stride);
    }
    Operand& source = out.from(
        c.source(), from, {c.src_nstride, c.src_cstride, c.src_hstride, steps ? c.src_wstride : 1});
    if (!c.stride_enable) layDense(source);
    return out.take();
}

/// A matrix of rows × columns elsewhere, in pieces of columns over the lanes in local memory.
std::vector<Operand> list(const DmaMatrix& c) {
    GdmaList out = listOf(c);
    Operand probe;
    placeGdma(probe, c.source());
    const bool store = probe.space == Space::Local && !c.fill_constant_en;
    const int64_t h = store ? c.dst_hsize : c.src_hsize, w = store ? c.dst_wsize : c.src_wsize;
    const bool transposes = c.cmd_special_function == DmaMatrixOp::Transpose;
    const int64_t rows = transposes ? w : h, columns = transposes ? h : w;
    const int64_t piece = std::max<int64_t>(1, store ? c.src_wsize : c.dst_wsize);
    const Shape pieces{rows, ceilDiv(columns, piece), 1, std::min(piece, columns)},
        plain{1, 1, h, w};
    placeGdma(probe, c.destination());
    if (store) {
        out.to(c.destination(), plain, {0, 0, c.dst_hstride, 1});
        out.from(c.source(), pieces, {c.src_nstride, c.src_cstride, 0, 1}).layout = "matrix";
    } else {
        if (probe.space == Space::Local)
            out.to(c.destination(), pieces, {c.dst_nstride, c.dst_cstride, 0, 1}).layout = "matrix";
        else
            out.to(c.destination(), transposes ? Shape{1, 1, w, h} : plain,
                   {0, 0, c.dst_hstride, 1});
        out.from(c.source(), plain, {0, 0, c.src_hstride, 1});
    }
    return out.take();
}

/// Plain bytes. In local memory a run goes on in the next lane where one ends; split so that each
/// piece is one lane's.
void linear(Operand& (GdmaList::*add)(uint64_t, const Shape&, const Shape&), GdmaList& out,
            uint64_t address, int64_t elements, int64_t bytes) {
    Operand probe;
    placeGdma(probe, address);
    while (probe.space == Space::Local && probe.offset() + elements * bytes > kLaneBytes) {
        const int64_t fits = std::max<int64_t>(1, (kLaneBytes - probe.offset()) / bytes);
        (out.*add)(address, {1, 1, 1, fits}, {0, 0, 0, 1}).layout = "linear";
        address += static_cast<uint64_t>(fits * bytes);
        elements -= fits;
        placeGdma(probe, address);
    }
    if (elements > 0) (out.*add)(address, {1, 1, 1, elements}, {0, 0, 0, 1}).layout = "linear";
}

std::vector<Operand> list(const DmaGeneral& c) {
    GdmaList out = listOf(c);
    const int64_t bytes = bytesOf(static_cast<Precision>(c.src_data_format));
    if (c.cmd_special_function == DmaGeneralOp::Broadcast)
        out.to(c.destination(), {1, c.dst_csize, 1, c.move_length}, {0, 0, 0, 1}).layout = "linear";
    else
        linear(&GdmaList::to, out, c.destination(), c.move_length, bytes);
    if (c.fill_constant_en)
        out.from(0, {}, {});
    else
        linear(&GdmaList::from, out, c.source(), c.move_length, bytes);
    return out.take();
}

std::vector<Operand> list(const DmaCwTranspose& c) {
    GdmaList out = listOf(c);
    const Shape from = sourceShape(c);
    out.to(c.destination(), {from[0], from[3], from[2], from[1]},
           {c.dst_nstride, c.dst_cstride, c.dst_hstride, 1});
    out.from(c.source(), from, {c.src_nstride, c.src_cstride, c.src_hstride, 1});
    return out.take();
}

/// Results of these two are as long as the data makes them; claim the longest.
std::vector<Operand> list(const DmaNonzero& c) {
    GdmaList out(c.index_data_format);
    const Shape from = sourceShape(c);
    layDense(out.to(c.destination(), from, {}));
    layDense(out.read("src", c.source(), c.src_data_format, from, {}));
    return out.take();
}

std::vector<Operand> list(const DmaMaskedSelect& c) {
    GdmaList out(c.src_data_format);
    const Shape from = sourceShape(c);
    layDense(out.to(c.destination(), from, {}));
    layDense(out.from(c.source(), from, {}));
    layDense(out.read("mask", c.mask(), c.mask_data_format, from, {}));
    return out.take();
}

/// Rows chosen by 32-bit indices: gather takes them from the source, scatter puts them into the
/// destination.
template <class C> std::vector<Operand> rowsByIndex(const C& c, int64_t indices) {
    GdmaList out = listOf(c);
    const int64_t channels = std::max({c.src_csize, c.dst_csize, c.index_csize});
    const int64_t moved =
        std::max({c.nchw_copy ? c.src_hsize : c.dst_hsize, c.dst_hsize, c.index_hsize});
    const int64_t width = std::max(c.src_wsize, c.dst_wsize);
    out.to(c.destination(), {1, channels, moved, width}, {0, c.dst_cstride, c.dst_hstride, 1});
    out.read("src", c.source(), c.src_data_format, {1, c.src_csize, c.src_hsize, c.src_wsize},
             {0, c.src_cstride, c.src_hstride, 1});
    out.read("index", c.index(), code(Precision::Int32),
             {1, c.index_csize, std::max<int64_t>(c.index_hsize, indices), 1},
             {0, c.index_cstride, c.index_hstride, 1});
    return out.take();
}

std::vector<Operand> list(const DmaGather& c) {
    return rowsByIndex(c, c.dst_hsize);
}
std::vector<Operand> list(const DmaScatter& c) {
    return rowsByIndex(c, c.src_hsize);
}
template <class C> std::vector<Operand> list(const C&) {
    return {};
} // DmaSys; TIU

} // namespace

std::vector<Operand> gdmaOperands(const Command& command) {
    return std::visit([](const auto& c) { return list(c); }, command);
}

} // namespace wb::bm1684x::detail
