// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/conv_bm1684x_int8.h"

#include "compiler/ops/conv/conv_bm1684x_sums.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// Parts of a result, one after the other; the first is the largest.
std::vector<Part> boxesOf(const Part& result, bool rowByRow) {
    constexpr int64_t kBudget = kBankBytes; // of sums
    const auto bytes = [](const Part& part) { return alignedBytes(Precision::Int32, part); };
    const bool oneRow = !rowByRow || result.c.size() <= kLanes;
    if (oneRow && bytes(result) <= kBudget) return {result};
    std::vector<Part> boxes;
    for (int64_t n = result.n.begin; n < result.n.end; ++n) {
        Part image = result;
        image.n = {n, n + 1};
        if (oneRow && bytes(image) <= kBudget) {
            boxes.push_back(image);
            continue;
        }
        const int64_t rows = std::clamp<int64_t>(kBudget / (4 * image.w.size()), 1, image.h.size());
        for (int64_t c = image.c.begin; c < image.c.end; c += kLanes)
            for (int64_t h = image.h.begin; h < image.h.end; h += rows)
                boxes.push_back({image.n, {c, std::min(c + kLanes, image.c.end)},
                                 {h, std::min(h + rows, image.h.end)}, image.w});
    }
    return boxes;
}

} // namespace

Range CodeConv::inputChannels(Range out) const {
    if (isDepthwise()) return out;
    if (groups == 1) return {0, inChannels};
    const int64_t in = inChannels / groups, of = outChannels / groups;
    return {out.begin / of * in / kLanes * kLanes, ((out.end - 1) / of + 1) * in};
}

bool CodeConv::scalesTwice() const {
    return tflite && std::any_of(shifts.begin(), shifts.end(), [](int64_t shift) { return shift != 0; });
}

bool CodeConv::oneScale() const {
    const auto alike = [](const std::vector<int64_t>& numbers) {
        return std::all_of(numbers.begin(), numbers.end(), [&](int64_t n) { return n == numbers.front(); });
    };
    return !givesSums() && !form && alike(multipliers) && alike(shifts) && shifts.front() >= 0;
}

Part CodeConvEmitter::operandPart(size_t index, const Part& result) const {
    if (index != 0) return {};
    const auto& w = m_conv.window;
    return {result.n, m_conv.inputChannels(result.c), w.h.reach(result.h).input, {0, w.w.in}};
}

CodeConvEmitter::Layout CodeConvEmitter::reserve(Range channels, LanePacker& packer) const {
    const auto& w = m_conv.window;
    const int64_t rows = ceilDiv(channels.size(), kLanes), taps = w.h.kernel * w.w.kernel;
    Layout layout;
    const bool tables = !m_conv.givesSums() && !m_conv.oneScale();
    if (tables) layout.slots = m_conv.scalesTwice() ? packer.reserve(rows * 4, 4) : packer.reserve(rows * kVectorBytes, kVectorBytes);
    const bool pairs = m_conv.form && m_conv.form->scales.size() > static_cast<size_t>(m_conv.outChannels);
    if (tables && (m_conv.scalesTwice() || pairs)) layout.second = packer.reserve(rows * kVectorBytes, kVectorBytes);
    if (!m_conv.bias.empty()) layout.bias = packer.reserve(rows * 4, 4);
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t first = channels.begin + row * kLanes;
        const Range inputs = m_conv.inputChannels({first, std::min(first + kLanes, channels.end)});
        const int64_t bytes = m_conv.isDepthwise() ? taps : ceilDiv(inputs.size(), kLanes) * taps * kLanes;
        layout.weights.push_back(packer.reserve(bytes, m_conv.isDepthwise() && row > 0 ? 1 : kVectorBytes));
    }
    for (int64_t row = 0; row < rows && hasRest(); ++row)
        layout.rest.push_back(packer.reserve(taps, row > 0 ? 1 : kVectorBytes));
    return layout;
}

/// The record of one output channel: its taps (depthwise), or [inputs / 64][taps][64 inputs].
void CodeConvEmitter::packRow(const ir::Tensor& filter, int64_t channel, Range inputs, std::byte* to) const {
    const auto& w = m_conv.window;
    const int64_t taps = w.h.kernel * w.w.kernel;
    const int64_t own = m_conv.inChannels / m_conv.groups;
    const int64_t firstOwn = channel / (m_conv.outChannels / m_conv.groups) * own;
    const auto* codes = filter.data<std::byte>() + channel * own * taps;
    if (m_conv.kernelZero != 0) // what other groups read has no weight
        std::memset(to, m_conv.kernelZero, static_cast<size_t>(ceilDiv(inputs.size(), kLanes) * taps * kLanes));
    for (int64_t i = 0; i < own; ++i)
        for (int64_t tap = 0; tap < taps; ++tap) {
            const std::byte code = codes[i * taps + (m_conv.rotate ? taps - 1 - tap : tap)];
            const int64_t input = firstOwn + i - inputs.begin;
            to[m_conv.isDepthwise() ? tap : (input / kLanes * taps + tap) * kLanes + input % kLanes] = code;
        }
}

Result<LaneImage> CodeConvEmitter::constants(const Part& result) const {
    LanePacker packer;
    const Layout layout = reserve(result.c, packer);
    packer.allocate();
    for (int64_t k = 0; k < result.c.size(); ++k) {
        const int64_t lane = k % kLanes, row = k / kLanes, channel = result.c.begin + k;
        const auto at = static_cast<size_t>(channel);
        if (m_conv.form) {
            const auto& form = *m_conv.form;
            const auto put = [&](int64_t slots, size_t pair) {
                const std::array<float, 2> slot{form.scales[pair], form.offsets[pair]};
                packer.put(lane, slots + row * kVectorBytes, slot.data(), sizeof slot);
            };
            put(layout.slots, at);
            if (const size_t second = at + static_cast<size_t>(m_conv.outChannels); second < form.scales.size())
                put(layout.second, second);
        } else if (!m_conv.givesSums() && !m_conv.oneScale()) {
            const auto shift = static_cast<int32_t>(m_conv.shifts[at]);
            const bool twice = m_conv.scalesTwice();
            const std::array<int32_t, 3> slot{static_cast<int32_t>(m_conv.multipliers[at]), m_conv.tflite ? -31 : -shift, m_conv.zero};
            if (twice) packer.put(lane, layout.slots + row * 4, slot.data(), 4);
            else packer.put(lane, layout.slots + row * kVectorBytes, slot.data(), sizeof slot);
            const std::array<int32_t, 3> then{1, -shift, m_conv.zero};
            if (twice) packer.put(lane, layout.second + row * kVectorBytes, then.data(), sizeof then);
        }
        if (!m_conv.bias.empty()) packer.put(lane, layout.bias + row * 4, &m_conv.bias[at], 4);
        const int64_t first = result.c.begin + row * kLanes;
        const Range inputs = m_conv.inputChannels({first, std::min(first + kLanes, result.c.end)});
        packRow(m_conv.filter, channel, inputs, packer.at(lane, layout.weights[static_cast<size_t>(row)]));
        if (hasRest()) packRow(m_conv.rest, channel, inputs, packer.at(lane, layout.rest[static_cast<size_t>(row)]));
    }
    return std::move(packer).finish();
}

Result<int64_t> CodeConvEmitter::constantWidth(const Part& result) const {
    LanePacker packer;
    reserve(result.c, packer);
    return packer.width();
}

std::vector<int64_t> CodeConvEmitter::scratchBytes(const Part& result) const {
    const Part largest = boxesOf(result, m_conv.groups > 1).front();
    const int64_t bytes = alignedBytes(Precision::Int32, largest);
    if (m_conv.form) {
        auto sizes = formScratch(*m_conv.form, m_conv.outChannels, largest);
        if (hasRest()) sizes.resize(2), sizes[1] = std::max(sizes[1], bytes); // the second filter's sums, before the form
        return sizes;
    }
    // Depthwise convolution adds the bias itself.
    const bool second = (!m_conv.bias.empty() && !m_conv.isDepthwise()) || m_conv.scalesTwice() || hasRest();
    return second ? std::vector{bytes, bytes} : std::vector{bytes};
}

Status CodeConvEmitter::emit(const LocalCall& call, Assembler& out) const {
    if (call.output.lane0() != 0)
        return Error{Code::CodegenLimit, "the result of a convolution has to begin in lane 0"};
    LanePacker packer;
    const Layout layout = reserve(call.result.c, packer);
    IntegerUnit unit(out);
    const bool addsBias = !m_conv.bias.empty() && !m_conv.isDepthwise();
    for (const Part& box : boxesOf(call.result, m_conv.groups > 1)) {
        const int64_t row = (box.c.begin - call.result.c.begin) / kLanes;
        const LocalTensor to = call.output.sub(box);
        LocalTensor sum = scratchBox(to, call.scratch[0], Precision::Int32);
        const bool more = addsBias || m_conv.relu || m_conv.form; // steps after the sums
        if (m_conv.givesSums() && !more && liesAligned(to)) sum = to;
        WB_TRY(sums(call, layout, sum, unit));
        if (addsBias) {
            const bool last = m_conv.givesSums() && !m_conv.relu;
            const auto biased = last ? to : scratchBox(to, call.scratch[1], Precision::Int32);
            unit.apply(ArOp::AddSaturating, biased, sum,
                       numbersOfChannels(sum, call.constants + u32(layout.bias + row * 4), Precision::Int32, true));
            sum = biased;
        }
        if (m_conv.form) {
            shape(call, layout, row, to, sum, unit);
        } else if (!m_conv.givesSums()) {
            scale(call, layout, row, to, sum, unit);
            if (m_conv.relu && m_conv.zero > (to.isSigned ? -128 : 0))
                unit.apply(ArOp::Max, to, to, IntegerUnit::Number{m_conv.zero, Precision::Int8, to.isSigned});
        } else if (m_conv.relu) {
            unit.apply(ArOp::Max, to, sum, IntegerUnit::Number{0, Precision::Int32, true});
        } else if (sum.address != to.address) {
            unit.copy(to, sum);
        }
    }
    return {};
}

void CodeConvEmitter::shape(const LocalCall& call, const Layout& layout, int64_t row, const LocalTensor& to,
                            const LocalTensor& sums, IntegerUnit& unit) const {
    const int64_t tables = call.constants + row * kVectorBytes;
    shapeSums(*m_conv.form, {u32(tables + layout.slots), u32(tables + layout.second), m_conv.outChannels}, to, sums, call.scratch, unit);
}

/// Sums to codes; what lies in the other scratch is needed no more.
void CodeConvEmitter::scale(const LocalCall& call, const Layout& layout, int64_t row, const LocalTensor& to,
                            const LocalTensor& sums, IntegerUnit& unit) const {
    const uint32_t slots = call.constants + u32(layout.slots + row * (m_conv.scalesTwice() ? 4 : kVectorBytes));
    const bool one = m_conv.oneScale();
    const auto multiplier = static_cast<int32_t>(m_conv.multipliers.front());
    const auto shift = static_cast<int>(m_conv.shifts.front());
    if (!m_conv.scalesTwice()) {
        if (one) return unit.requant(to, sums, multiplier, m_conv.tflite ? 31 : shift, m_conv.zero);
        return unit.requant(to, sums, slots);
    }
    const uint32_t other = sums.offset() == call.scratch[0] ? call.scratch[1] : call.scratch[0];
    const LocalTensor upper = scratchBox(to, other, Precision::Int32);
    if (one) {
        unit.upperHalf(upper, sums, IntegerUnit::Number{multiplier, Precision::Int32, true});
        return unit.requant(to, upper, 1, shift, m_conv.zero, Rounding::HalfAwayFromZero);
    }
    unit.upperHalf(upper, sums, numbersOfChannels(sums, slots, Precision::Int32, true));
    unit.requant(to, upper, call.constants + u32(layout.second + row * kVectorBytes), Rounding::HalfAwayFromZero);
}

namespace {

/// One channel of a box.
LocalTensor channelOf(const LocalTensor& box, int64_t channel) {
    const int64_t at = box.lane0() + channel - box.part.c.begin;
    LocalTensor t = box;
    t.address = u32(at % kLanes * kLaneBytes + box.offset() + at / kLanes * box.cStride * bytesOf(box.precision));
    t.part.c = {channel, channel + 1};
    return t;
}

/// Results of the axis in `part` whose tap lies inside of the picture.
Range insideOf(const SlidingAxis& axis, int64_t tap, Range part) {
    const int64_t first = tap * axis.dilation - axis.padBefore; // of result 0
    const int64_t begin = first < 0 ? ceilDiv(-first, axis.stride) : 0;
    const int64_t last = axis.in - 1 - first;
    const int64_t end = last < 0 ? 0 : last / axis.stride + 1;
    return {std::max(part.begin, begin), std::min(part.end, end)};
}

} // namespace

/// Adds to single channels what 8 bits did not hold of a weight.
void CodeConvEmitter::addOutliers(const LocalTensor& in, const LocalTensor& to, IntegerUnit& unit) const {
    const auto& w = m_conv.window;
    for (const CodeConv::Outlier& o : m_conv.outliers) {
        if (o.channel < to.part.c.begin || o.channel >= to.part.c.end) continue;
        Part part = to.part;
        part.h = insideOf(w.h, o.y, to.part.h);
        part.w = insideOf(w.w, o.x, to.part.w);
        if (part.h.size() <= 0 || part.w.size() <= 0) continue;
        LocalTensor sums = channelOf(to, o.channel), codes = channelOf(in, o.channel);
        sums.address += u32(((part.h.begin - to.part.h.begin) * to.hStride + (part.w.begin - to.part.w.begin) * to.wStride) *
                            bytesOf(to.precision));
        const int64_t y = part.h.begin * w.h.stride + o.y * w.h.dilation - w.h.padBefore - in.part.h.begin;
        const int64_t x = part.w.begin * w.w.stride + o.x * w.w.dilation - w.w.padBefore - in.part.w.begin;
        codes.address += u32(y * in.hStride + x * in.wStride);
        codes.hStride *= w.h.stride;
        codes.wStride *= w.w.stride;
        part.c = {o.channel, o.channel + 1};
        sums.part = codes.part = part;
        const Precision held = o.excess <= 127 ? Precision::Int8 : Precision::Int16;
        unit.apply(ArOp::Mac, sums, codes, IntegerUnit::Number{o.excess, held, true}, 0);
    }
}

Status CodeConvEmitter::sums(const LocalCall& call, const Layout& layout, const LocalTensor& to, IntegerUnit& unit) const {
    const auto reach = m_conv.window.h.reach(to.part.h);
    const auto row = static_cast<size_t>((to.part.c.begin - call.result.c.begin) / kLanes);
    const uint32_t weights = call.constants + u32(layout.weights[row]);
    const uint32_t bias = call.constants + u32(layout.bias + static_cast<int64_t>(row) * 4);
    if (reach.outside || m_conv.window.w.reach(to.part.w).outside) { // nothing but padding
        if (m_conv.isDepthwise() && !m_conv.bias.empty())
            unit.copy(to, numbersOfChannels(to, bias, Precision::Int32, true));
        else
            unit.copy(to, IntegerUnit::Number{0, Precision::Int32, true});
        return {};
    }
    const Part needed{to.part.n, m_conv.inputChannels(to.part.c), reach.input, {0, m_conv.window.w.in}};
    const LocalTensor in = call.operands[0].sub(needed);
    if (!m_conv.isDepthwise()) return dense(in, weights, to, unit);
    depthwise(in, weights, m_conv.bias.empty() ? std::nullopt : std::optional(bias), to, unit);
    if (!m_conv.outliers.empty()) addOutliers(in, to, unit);
    if (hasRest()) {
        const LocalTensor other = scratchBox(to, call.scratch[1], Precision::Int32);
        depthwise(in, call.constants + u32(layout.rest[row]), {}, other, unit);
        unit.apply(ArOp::AddSaturating, to, to, other);
    }
    return {};
}

namespace {

/// Shapes, paddings and steps, which the two kinds of command spell alike.
template <class Command> void describe(Command& c, const CodeConv& conv, const LocalTensor& in, const LocalTensor& to) {
    c.opd0_sign = conv.inSigned;
    c.opd1_sign = conv.filterSigned;
    c.res0_prec = code(Precision::Int32);
    c.opd0_prec = code(Precision::Int8);
    describeWindow(c, conv.window, to.part, in, to);
    c.opd3_const = 1;
    c.opd3_addr = static_cast<uint8_t>(conv.border);
}

} // namespace

Status CodeConvEmitter::dense(const LocalTensor& in, uint32_t weights, const LocalTensor& to, IntegerUnit& unit) const {
    constexpr int64_t kMostStride = 65535;
    const bool aligned = liesAligned(in);
    if (!aligned && in.rows() > 1 && in.cStride > kMostStride)
        return Error{Code::CodegenLimit, "the rows of a convolution's operand lie " + std::to_string(in.cStride) +
                                             " bytes apart, 65535 is the most"};
    if (!aligned && in.n() > 1 && in.nStride > kMostStride) {
        for (int64_t image = 0; image < in.n(); ++image) {
            const auto one = [&](const LocalTensor& t) {
                Part part = t.part;
                part.n = {t.part.n.begin + image, t.part.n.begin + image + 1};
                return t.sub(part);
            };
            WB_TRY(dense(one(in), weights, one(to), unit));
        }
        return {};
    }
    SConv c;
    describe(c, m_conv, in, to);
    c.opd0_c = u32(in.c());
    c.opd1_addr = weights;
    c.opd2_const = 1; // zero point of the filter
    c.opd2_addr = static_cast<uint8_t>(m_conv.kernelZero);
    c.opd2_sign = m_conv.kernelZero < 0;
    if (!aligned) {
        c.opd0_str = code(LayoutCode::Free);
        c.opd0_n_str = in.n() > 1 ? u32(in.nStride) : 0;
        c.opd0_c_str = in.rows() > 1 ? u32(in.cStride) : 0;
        c.opd0_h_str = u32(in.hStride);
        c.opd0_w_str = u32(in.wStride);
    }
    unit.assembler().add(c);
    return {};
}

void CodeConvEmitter::depthwise(const LocalTensor& in, uint32_t weights, std::optional<uint32_t> bias, const LocalTensor& to,
                                IntegerUnit& unit) const {
    const auto add = [&](const LocalTensor& from, const LocalTensor& result, int64_t row) {
        SPorD c;
        c.tsk_eu_typ = PorDOp::Depthwise;
        describe(c, m_conv, from, result);
        c.opd1_addr = weights + u32(row * m_conv.window.h.kernel * m_conv.window.w.kernel);
        c.opd2_sign = 1;
        c.opd2_const = !bias;
        if (bias) c.opd2_addr = *bias + u32(row * 4);
        unit.assembler().add(c);
    };
    if (liesAligned(in) && liesAligned(to)) return add(in, to, 0);
    for (const auto& piece : piecesOf(to)) add(piece.of(in), piece.of(to), piece.row);
}

} // namespace wb::ops
