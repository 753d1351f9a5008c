// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gather_copy.h"

#include <algorithm>

namespace wb::ops {
namespace {

Prepared prepareDepthToSpace(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const bool inverse = a.boolean("is_inversed");
    const bool crd = a.boolean("is_CRD");
    const bool swap = a.boolean("swap_cr");
    if (!a.boolean("in_is_NCHW", true) || !a.boolean("out_is_NCHW", true))
        return Error{Code::UnsupportedAttribute, "Depth2Space of channels-last data is not supported"};
    const int64_t bh = a.integer("block_h", 1);
    const int64_t bw = a.integer("block_w", 1);
    // The picture with small channels and large planes; [n, c, h, w] there is [n, C, H, W] of the other.
    const ir::Shape& big = inverse ? operandShape(c, 0) : resultShape(c);
    const int64_t n = big[0], channels = big[1], h = big[2] / bh, w = big[3] / bw;
    // Strides of (n, c, y, by, x, bx) on the side that has the block among its channels.
    const int64_t plane = h * w;
    int64_t strideC = 0, strideY = 0, strideX = 0; // of c, by, bx in channels
    if (crd) {
        strideC = bh * bw;
        strideY = swap ? 1 : bw;
        strideX = swap ? bh : 1;
    } else {
        strideC = 1;
        strideY = (swap ? 1 : bw) * channels;
        strideX = (swap ? bh : 1) * channels;
    }
    if (!inverse) {
        StridedCopy copy;
        copy.shape = {n, channels, h, bh, w, bw};
        copy.strides = {channels * bh * bw * plane, strideC * plane, w, strideY * plane, 1, strideX * plane};
        return makeKernel([copy](Inputs in, Outputs out, const kernels::Work& work) {
            copyStrided(copy, in[0].as<float>(), out[0].as<float>(), work);
        });
    }
    // Result channel k of the block form: found by walking its three parts, largest stride first.
    struct Part {
        int64_t stride, size, source;
    };
    std::vector<Part> parts = {{strideC, channels, big[2] * big[3]}, {strideY, bh, big[3]}, {strideX, bw, 1}};
    std::sort(parts.begin(), parts.end(), [](const Part& l, const Part& r) {
        return l.stride != r.stride ? l.stride > r.stride : l.size > r.size;
    });
    StridedCopy copy;
    copy.shape = {n, parts[0].size, parts[1].size, parts[2].size, h, w};
    copy.strides = {channels * big[2] * big[3], parts[0].source, parts[1].source, parts[2].source, bh * big[3], bw};
    return makeKernel([copy](Inputs in, Outputs out, const kernels::Work& work) {
        copyStrided(copy, in[0].as<float>(), out[0].as<float>(), work);
    });
}

} // namespace

void float_depth2space(KernelTable& table);
void float_depth2space(KernelTable& table) { table.add({.op = "top.Depth2Space", .prepare = prepareDepthToSpace}); }

} // namespace wb::ops
