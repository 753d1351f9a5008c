// SPDX-License-Identifier: GPL-3.0-or-later
// GDMA gather and scatter: rows along w picked by indices along h.
#include "compiler/target/bm1684x/simulator/dma.h"
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

namespace wb::bm1684x::sim {
namespace {

struct Rows {
    Side source, target, index;
    int64_t channels = 1, indices = 1;
};

template <class C> Result<Rows> rowsOf(const Context& x, const C& c, int64_t indexRows) {
    if (c.decompress_enable || c.fill_constant_en) return x.unknown("this form");
    if (c.localmem_mask_l32 != 0xffff'ffff || c.localmem_mask_h32 != 0xffff'ffff) return x.unknown("a lane mask");
    if (!c.stride_enable) return x.unknown("rows without strides");
    WB_ASSIGN(const auto precision, precisionOf(x, "src", c.src_data_format));
    const int64_t size = bytesOf(precision);
    Rows r;
    r.channels = std::max(c.src_csize, c.index_csize);
    r.indices = indexRows;
    if ((c.src_csize != 1 && c.src_csize != r.channels) || (c.index_csize != 1 && c.index_csize != r.channels))
        return x.fault("source and index have different numbers of channels");
    const int64_t sourceRows = c.src_hsize, targetRows = c.dst_hsize;
    WB_ASSIGN(r.source, sideOf(x, "src", c.source(), {1, c.src_csize, sourceRows, c.src_wsize},
                               {0, c.src_cstride, c.src_hstride, 1}, size));
    WB_ASSIGN(r.target, sideOf(x, "dst", c.destination(), {1, r.channels, targetRows, c.src_wsize},
                               {0, c.dst_cstride, c.dst_hstride, 1}, size));
    WB_ASSIGN(r.index, sideOf(x, "index", c.index(), {1, c.index_csize, indexRows, 1},
                              {0, c.index_cstride, c.index_hstride, 1}, 4));
    r.source.sameChannel = c.src_csize == 1;
    r.index.sameChannel = c.index_csize == 1;
    return r;
}

} // namespace

Status execute(const Context& x, const DmaGather& c) {
    WB_ASSIGN(const Rows r, rowsOf(x, c, c.index_hsize));
    if (c.dst_hsize != c.index_hsize) return x.fault("as many indices as rows of the result are needed");
    const int64_t width = r.source.shape[3], size = r.source.itemBytes;
    for (int64_t ch = 0; ch < r.channels; ++ch)
        for (int64_t i = 0; i < r.indices; ++i) {
            if (i % 1024 == 0) WB_TRY(x.job.checkStop());
            const int64_t at = loadBits(r.index.element({0, ch, i, 0}), 4);
            std::byte* to = r.target.element({0, ch, i, 0});
            if (at < r.source.shape[2]) copyElements(r.source.element({0, ch, at, 0}), 1, to, 1, size, width);
            else fillElements(to, 1, size, c.constant_value, width);
        }
    return {};
}

Status execute(const Context& x, const DmaScatter& c) {
    WB_ASSIGN(const Rows r, rowsOf(x, c, c.src_hsize));
    const int64_t width = r.source.shape[3], size = r.source.itemBytes;
    for (int64_t ch = 0; ch < r.channels; ++ch)
        for (int64_t i = 0; i < r.indices; ++i) {
            if (i % 1024 == 0) WB_TRY(x.job.checkStop());
            const int64_t at = loadBits(r.index.element({0, ch, i, 0}), 4);
            if (at >= r.target.shape[2]) continue;
            copyElements(r.source.element({0, ch, i, 0}), 1, r.target.element({0, ch, at, 0}), 1, size, width);
        }
    return {};
}

} // namespace wb::bm1684x::sim
