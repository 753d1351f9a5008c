// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/conv_bm1684x_float.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

/// Input channels that one step of the array takes together: weights come in blocks of so many.
int64_t blockOf(Precision precision) { return precision == Precision::F32 ? 1 : 32; }

/// Shapes, paddings and steps, which the two kinds of command spell alike.
template <class Command> void describe(Command& c, const FloatConv& conv, const Box& in, const Box& to) {
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.res0_prec = code(to.precision);
    c.opd0_prec = code(in.precision);
    describeWindow(c, conv.window, to.part, in, to);
    c.opd3_const = 1; // padding is 0
}

} // namespace

Range FloatConv::inputChannels(Range out) const {
    if (isDepthwise()) return out;
    if (groups == 1) return {0, inChannels};
    const int64_t in = inChannels / groups, of = outChannels / groups;
    return {out.begin / of * in / kLanes * kLanes, ((out.end - 1) / of + 1) * in};
}

float FloatConv::weight(int64_t out, int64_t inOfGroup, int64_t tap) const {
    const int64_t taps = window.h.kernel * window.w.kernel;
    const int64_t own = inChannels / groups;
    return filter[static_cast<size_t>((out * own + inOfGroup) * taps + (transposed ? taps - 1 - tap : tap))];
}

Part FloatConvEmitter::operandPart(size_t index, const Part& result) const {
    if (index != 0) return {};
    const auto& w = m_conv.window;
    return {result.n, m_conv.inputChannels(result.c), w.h.reach(result.h).input, {0, w.w.in}};
}

FloatConvEmitter::Layout FloatConvEmitter::layoutOf(Range channels, LaneImageBuilder& image) const {
    const auto& w = m_conv.window;
    const int64_t rows = ceilDiv(channels.size(), kLanes), taps = w.h.kernel * w.w.kernel;
    Layout layout;
    if (!m_conv.bias.empty()) layout.bias = image.reserve(rows * 4);
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t first = channels.begin + row * kLanes;
        const Range inputs = m_conv.inputChannels({first, std::min(first + kLanes, channels.end)});
        const int64_t block = blockOf(m_conv.precision);
        const int64_t bytes = m_conv.isDepthwise()
                                  ? taps * 4
                                  : ceilDiv(inputs.size(), block) * block * taps * bytesOf(m_conv.precision);
        // Rows of a single command lie back to back; grouped ones are a command each.
        const bool follows = row > 0 && (m_conv.groups == 1 || m_conv.isDepthwise());
        layout.weights.push_back(image.reserve(bytes, follows ? 4 : kVectorBytes));
    }
    return layout;
}

namespace {

/// Weights of up to 64 outputs, each in its lane: `width` bytes apart, one input after the other.
template <class T> void fillLanes(const FloatConv& conv, Range outputs, std::byte* to, int64_t width) {
    constexpr int64_t kBlock = bm1684x::kVectorBytes / static_cast<int64_t>(sizeof(T)); // both sides stay in the cache
    const T* from = conv.matrix.data<T>();
    const int64_t inputPitch = conv.inputsFirst ? conv.outChannels : 1, outputPitch = conv.inputsFirst ? 1 : conv.inChannels;
    for (int64_t begin = 0; begin < conv.inChannels; begin += kBlock)
        for (int64_t o = outputs.begin; o < outputs.end; ++o) {
            std::array<T, kBlock> line;
            const int64_t count = std::min(kBlock, conv.inChannels - begin);
            for (int64_t i = 0; i < count; ++i)
                line[static_cast<size_t>(i)] = from[(begin + i) * inputPitch + o * outputPitch];
            std::memcpy(to + (o - outputs.begin) * width + begin * static_cast<int64_t>(sizeof(T)), line.data(),
                        static_cast<size_t>(count) * sizeof(T));
        }
}

} // namespace

LaneImage FloatConvEmitter::matrixConstants(Range channels) const {
    LaneImageBuilder places;
    const Layout layout = layoutOf(channels, places);
    LaneImage image{places.width(), std::vector<std::byte>(static_cast<size_t>(kLanes * places.width()))};
    for (int64_t c = channels.begin; c < channels.end && !m_conv.bias.empty(); ++c) {
        const int64_t lane = (c - channels.begin) % kLanes, row = (c - channels.begin) / kLanes;
        std::memcpy(image.bytes.data() + lane * image.width + layout.bias + row * 4, &m_conv.bias[static_cast<size_t>(c)], 4);
    }
    for (size_t row = 0; row < layout.weights.size(); ++row) {
        const int64_t first = channels.begin + static_cast<int64_t>(row) * kLanes;
        const Range outputs{first, std::min(first + kLanes, channels.end)};
        std::byte* to = image.bytes.data() + layout.weights[row];
        if (bytesOf(m_conv.precision) == 4) fillLanes<uint32_t>(m_conv, outputs, to, image.width);
        else fillLanes<uint16_t>(m_conv, outputs, to, image.width);
    }
    return image;
}

Result<LaneImage> FloatConvEmitter::constants(const Part& result) const {
    if (m_conv.matrix.elementCount() > 0) return matrixConstants(result.c);
    LaneImageBuilder image;
    const Layout layout = layoutOf(result.c, image);
    const auto& w = m_conv.window;
    const int64_t taps = w.h.kernel * w.w.kernel, own = m_conv.inChannels / m_conv.groups;
    const int64_t block = blockOf(m_conv.precision), size = bytesOf(m_conv.precision);
    for (int64_t k = 0; k < result.c.size(); ++k) {
        const int64_t lane = k % kLanes, row = k / kLanes, channel = result.c.begin + k;
        if (!m_conv.bias.empty())
            image.write(lane, layout.bias + u32(row * 4), m_conv.bias[static_cast<size_t>(channel)], Precision::F32);
        const uint32_t record = layout.weights[static_cast<size_t>(row)];
        if (m_conv.isDepthwise()) {
            for (int64_t tap = 0; tap < taps; ++tap)
                image.write(lane, record + u32(tap * 4), m_conv.weight(channel, 0, tap), Precision::F32);
            continue;
        }
        const int64_t first = result.c.begin + row * kLanes;
        const Range inputs = m_conv.inputChannels({first, std::min(first + kLanes, result.c.end)});
        const int64_t firstOwn = channel / (m_conv.outChannels / m_conv.groups) * own - inputs.begin;
        for (int64_t i = 0; i < own; ++i)
            for (int64_t tap = 0; tap < taps; ++tap) {
                const int64_t input = firstOwn + i;
                const int64_t at = (input / block * taps + tap) * block + input % block;
                image.write(lane, record + u32(at * size), m_conv.weight(channel, i, tap), m_conv.precision);
            }
    }
    return image.take();
}

Result<int64_t> FloatConvEmitter::constantWidth(const Part& result) const {
    LaneImageBuilder image;
    layoutOf(result.c, image);
    return image.width();
}

std::vector<int64_t> FloatConvEmitter::scratchBytes(const Part& result) const {
    if (!m_conv.widens()) return {};
    return {alignedBytes(Precision::F32, operandPart(0, result)), alignedBytes(Precision::F32, result)};
}

Status FloatConvEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    if (!isAligned(call.output))
        return Error{Code::CodegenLimit, "the result of a convolution has to lie in the aligned layout"};
    LaneImageBuilder image;
    const Layout layout = layoutOf(call.result.c, image);
    VectorUnit v(out);
    const uint32_t bias = call.constants + layout.bias;
    const Box to = m_conv.widens() ? scratchLike(call.output, call.scratch[1], Precision::F32) : call.output;
    if (m_conv.window.h.reach(call.result.h).outside || m_conv.window.w.reach(call.result.w).outside) {
        if (m_conv.bias.empty()) // nothing but padding
            v.fill(call.output, 0);
        else
            v.cast(call.output, perChannel(call.output, bias, Precision::F32));
    } else {
        Box in = call.operands[0].sub(operandPart(0, call.result));
        if (m_conv.widens()) {
            const Box wide = scratchLike(in, call.scratch[0], Precision::F32);
            v.cast(wide, in);
            in = wide;
        }
        if (m_conv.isDepthwise()) {
            depthwise(in, call.constants + layout.weights[0], bias, to, out);
        } else if (m_conv.groups == 1) {
            dense(in, call.constants + layout.weights[0], bias, to, out);
        } else {
            // A row of 64 channels has its own inputs; what is not its group has weight 0.
            for (const Box& piece : rowPieces(to)) {
                const int64_t row = (piece.part.c.begin - to.part.c.begin) / kLanes;
                Part needed = in.part;
                needed.n = piece.part.n;
                needed.c = m_conv.inputChannels(piece.part.c);
                dense(in.sub(needed), call.constants + layout.weights[static_cast<size_t>(row)], bias + u32(row * 4),
                      piece, out);
            }
        }
        if (m_conv.widens()) v.cast(call.output, to);
    }
    if (m_conv.clamp.kind == Unary::Relu) UnaryFormula::of(m_conv.clamp)->emit(v, call.output, call.output, {}, 0);
    return {};
}

void FloatConvEmitter::dense(const Box& in, uint32_t weights, uint32_t bias, const Box& to, Assembler& out) const {
    constexpr int64_t kMostStride = 65535; // strides are 16 bits wide
    const bool aligned = isAligned(in);
    if (to.n() > 1 && (!isAligned(to) || (!aligned && in.nStride > kMostStride))) {
        for (int64_t image = 0; image < to.n(); ++image) {
            const auto one = [&](const Box& t) {
                Part part = t.part;
                part.n = {t.part.n.begin + image, t.part.n.begin + image + 1};
                return t.sub(part);
            };
            dense(one(in), weights, bias, one(to), out);
        }
        return;
    }
    SConv c;
    describe(c, m_conv, in, to);
    c.opd0_c = u32(in.c());
    c.opd1_addr = weights;
    c.opd2_const = m_conv.bias.empty();
    if (!m_conv.bias.empty()) c.opd2_addr = bias;
    if (!aligned) {
        c.opd0_str = code(LayoutCode::Free);
        c.opd0_n_str = in.n() > 1 ? u32(in.nStride) : 0;
        c.opd0_c_str = in.rows() > 1 ? u32(in.cStride) : 0;
        c.opd0_h_str = u32(in.hStride);
        c.opd0_w_str = u32(in.wStride);
    }
    out.add(c);
}

void FloatConvEmitter::depthwise(const Box& in, uint32_t weights, uint32_t bias, const Box& to, Assembler& out) const {
    const int64_t taps = m_conv.window.h.kernel * m_conv.window.w.kernel;
    const auto add = [&](const Box& from, const Box& result, int64_t row) {
        SPorD c;
        c.tsk_eu_typ = PorDOp::Depthwise;
        describe(c, m_conv, from, result);
        c.opd1_addr = weights + u32(row * taps * 4);
        c.opd2_const = m_conv.bias.empty();
        if (!m_conv.bias.empty()) c.opd2_addr = bias + u32(row * 4);
        out.add(c);
    };
    if (isAligned(in) && isAligned(to)) return add(in, to, 0);
    const auto from = rowPieces(in), results = rowPieces(to);
    for (size_t i = 0; i < from.size(); ++i)
        add(from[i], results[i], (results[i].part.c.begin - to.part.c.begin) / kLanes);
}

} // namespace wb::ops
