// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/volume_int.h"

#include "compiler/kernels/s8_conv_fast.h"
#include "compiler/ops/conv/sum_requant.h"

#include <cstring>

namespace wb::ops {
namespace {

struct Volume {
    kernels::S8ConvShape picture; ///< a picture for each slice of the result, its channels those of `taps` slices
    int64_t images = 1, channels = 1, depth = 1, taps = 1, stride = 1, pad = 0, dilation = 1;
};

Result<Volume> volumeOf(const PrepareContext& c) {
    const ir::Shape &in = operandShape(c, 0), &out = resultShape(c);
    const auto& a = c.node->attributes;
    const auto kernel = a.integers("kernel_shape"), strides = a.integers("strides"), pads = a.integers("pads");
    auto dilations = a.integers("dilations");
    if (dilations.empty()) dilations.assign(3, 1);
    if (in.size() != 5 || out.size() != 5 || kernel.size() != 3 || strides.size() != 3 || dilations.size() != 3 || pads.size() != 6)
        return cannotRun(c, "its attributes do not describe three spatial axes");
    Volume v;
    v.images = in[0];
    v.channels = in[1];
    v.depth = in[2];
    v.taps = kernel[0];
    v.stride = strides[0];
    v.pad = pads[0];
    v.dilation = dilations[0];
    v.picture.batch = out[2];
    v.picture.inChannels = in[1] * kernel[0];
    v.picture.outChannels = out[1];
    v.picture.groups = a.integer("group", 1);
    for (size_t i = 0; i < 2; ++i) {
        v.picture.in[i] = in[3 + i];
        v.picture.out[i] = out[3 + i];
        v.picture.kernel[i] = kernel[1 + i];
        v.picture.stride[i] = strides[1 + i];
        v.picture.pad[i] = pads[1 + i];
        v.picture.dilation[i] = dilations[1 + i];
    }
    if (v.picture.groups < 1 || in[1] % v.picture.groups != 0 || out[1] % v.picture.groups != 0)
        return cannotRun(c, "channels do not divide into groups");
    return v;
}

/// [o, channel, tap, …] to [o, tap, channel, …].
std::vector<int8_t> filterOf(const ir::Tensor& filter, const Volume& v) {
    const int64_t own = v.channels / v.picture.groups, each = v.picture.kernel[0] * v.picture.kernel[1];
    std::vector<int8_t> out(static_cast<size_t>(filter.elementCount()));
    const auto* from = filter.data<int8_t>();
    for (int64_t o = 0; o < v.picture.outChannels; ++o)
        for (int64_t tap = 0; tap < v.taps; ++tap)
            for (int64_t c = 0; c < own; ++c)
                std::memcpy(&out[static_cast<size_t>(((o * v.taps + tap) * own + c) * each)], from + ((o * own + c) * v.taps + tap) * each,
                            static_cast<size_t>(each));
    return out;
}

/// The slices that each slice of the result meets, group by group.
void gather(const Volume& v, const std::byte* in, std::byte* to) {
    const auto plane = static_cast<size_t>(v.picture.in[0] * v.picture.in[1]);
    const int64_t own = v.channels / v.picture.groups;
    for (int64_t slice = 0; slice < v.picture.batch; ++slice)
        for (int64_t group = 0; group < v.picture.groups; ++group)
            for (int64_t tap = 0; tap < v.taps; ++tap) {
                const int64_t at = slice * v.stride - v.pad + tap * v.dilation;
                for (int64_t c = 0; c < own; ++c, to += plane) {
                    if (at < 0 || at >= v.depth) std::memset(to, static_cast<uint8_t>(v.picture.border), plane);
                    else std::memcpy(to, in + static_cast<size_t>((group * own + c) * v.depth + at) * plane, plane);
                }
            }
}

} // namespace

Prepared prepareVolumeConv(const PrepareContext& c) {
    WB_ASSIGN(Volume v, volumeOf(c));
    const ir::Tensor* filter = c.graph->weight(c.node->operands.at(1));
    const int64_t own = v.channels / v.picture.groups;
    if (filter == nullptr || ir::sizeInBytes(filter->type()) != 1 ||
        filter->elementCount() != v.picture.outChannels * own * v.taps * v.picture.kernel[0] * v.picture.kernel[1])
        return cannotRun(c, "its filter is not constant codes of its shape");
    if (!isCode(operandType(c, 0)) || !isCode(resultType(c)) || c.node->attributes.integer("kernel_zp", 0) != 0)
        return cannotRun(c, "it is not of codes without a zero point of the filter");
    const auto sums = sumRequantOf(*c.graph, *c.node, v.picture.outChannels);
    auto bias = sumBiasOf(*c.graph, *c.node, v.picture.outChannels);
    if (!sums || sums->twice) return cannotRun(c, "it has not one multiplier and shift a channel");
    if (!bias) return cannotRun(c, "its bias is not constant");
    const auto zeroOf = [](const ir::TensorType& type) { return type.uniform() == nullptr ? 0 : static_cast<int32_t>(type.uniform()->zeroPoint()); };
    kernels::S8Requant requant;
    requant.bias = std::move(*bias);
    requant.multipliers = sums->multipliers;
    requant.shifts = sums->shifts;
    requant.outSigned = sums->outSigned;
    requant.relu = sums->relu;
    requant.zero = zeroOf(resultType(c));
    v.picture.border = zeroOf(operandType(c, 0));
    const bool inSigned = isSignedCode(operandType(c, 0)), filterSigned = isSignedCode(operandType(c, 1));
    const std::shared_ptr<const std::vector<int8_t>> codes = std::make_shared<std::vector<int8_t>>(filterOf(*filter, v));
    std::shared_ptr<const kernels::S8Conv> fast;
    if (!c.scalar) fast = kernels::S8Conv::create(v.picture, inSigned, codes->data(), filterSigned, requant, {});
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const auto& p = v.picture;
        const auto plane = static_cast<size_t>(p.out[0] * p.out[1]), image = static_cast<size_t>(v.channels * v.depth * p.in[0] * p.in[1]);
        std::vector<std::byte> pictures(static_cast<size_t>(p.batch * p.inChannels * p.in[0] * p.in[1]));
        std::vector<std::byte> results(static_cast<size_t>(p.batch * p.outChannels) * plane);
        for (int64_t n = 0; n < v.images; ++n) {
            gather(v, in[0].data + static_cast<size_t>(n) * image, pictures.data());
            if (fast != nullptr) fast->run({pictures.data(), true, results.data(), true}, work);
            else s8ConvScalar(p, pictures.data(), inSigned, codes->data(), filterSigned, requant, results.data(), work);
            std::byte* to = out[0].data + static_cast<size_t>(n) * results.size();
            for (int64_t o = 0; o < p.outChannels; ++o)
                for (int64_t slice = 0; slice < p.batch; ++slice, to += plane)
                    std::memcpy(to, &results[static_cast<size_t>(slice * p.outChannels + o) * plane], plane);
        }
    });
}

} // namespace wb::ops
