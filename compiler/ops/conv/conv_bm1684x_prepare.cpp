// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Conv2D and tpu.Deconv of codes: from nodes to what the chip is told, or the reason why not.
#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/ops/conv/conv_bm1684x.h"
#include "compiler/ops/conv/conv_bm1684x_int8.h"
#include "compiler/ops/conv/sum_forms.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <limits>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// CodegenLimit if a 32-bit sum could overflow, or a channel's scale is out of the instruction's range.
Status checkRange(const EmitContext& context, CodeConv& conv) {
    const int64_t perChannel = conv.filter.elementCount() / conv.outChannels;
    const int64_t largest = conv.inSigned ? 128 : 255;
    for (int64_t c = 0; c < conv.outChannels; ++c) {
        int64_t sum = 0;
        for (int64_t i = 0; i < perChannel; ++i) {
            const auto byte = conv.filter.data<uint8_t>()[c * perChannel + i];
            sum += largest * std::abs((conv.filterSigned ? int64_t{static_cast<int8_t>(byte)} : int64_t{byte}) - conv.kernelZero);
        }
        const auto at = static_cast<size_t>(c);
        if (!conv.bias.empty()) sum += std::abs(int64_t{conv.bias[at]});
        if (sum > std::numeric_limits<int32_t>::max())
            return beyondChip(context, "sums of channel " + std::to_string(c) + " can leave 32 bits");
        if (conv.givesSums() || conv.form) continue;
        const int64_t shift = conv.shifts[at], multiplier = conv.multipliers[at];
        if (multiplier == 0 && shift >= -32 && shift < 0 && !conv.tflite) { // a channel that is always zero, however it is shifted
            conv.shifts[at] = 0;
            continue;
        }
        if (conv.tflite && (multiplier < 0 || shift < 0 || shift > 31))
            return beyondChip(context, "channel " + std::to_string(c) + " is scaled by " + std::to_string(multiplier) + " / 2^" +
                                           std::to_string(31 + shift));
        const bool fits = multiplier >= std::numeric_limits<int32_t>::min() &&
                          multiplier <= std::numeric_limits<int32_t>::max() && shift >= -31 && shift <= 63 &&
                          (shift >= 0 || std::abs(multiplier) <= (int64_t{1} << 62) / std::max<int64_t>(sum, 1) >> -shift);
        if (!fits)
            return beyondChip(context, "channel " + std::to_string(c) + " is scaled by " + std::to_string(multiplier) +
                                           " / 2^" + std::to_string(shift));
    }
    return {};
}

/// The array takes a zero point off the filter; the unit for depthwise convolutions does not, so it gets weights without,
/// as far as they fit 8 bits. Few do not: the weights of a filter span no more than 8 bits. They are added by themselves, or,
/// where they are many or see a border that counts, as a second filter.
Status takeKernelZero(const EmitContext& context, CodeConv& conv, int64_t zero) {
    if (zero < (conv.filterSigned ? -128 : 0) || zero > (conv.filterSigned ? 127 : 255))
        return notEmitted(context, "its filter's zero point is " + std::to_string(zero));
    if (!conv.isDepthwise()) {
        conv.kernelZero = static_cast<int32_t>(zero);
        return {};
    }
    const int64_t width = conv.window.w.kernel, taps = conv.window.h.kernel * width;
    std::vector<int8_t> above;
    for (int64_t i = 0; i < conv.filter.elementCount(); ++i) {
        const auto byte = conv.filter.data<uint8_t>()[i];
        const int64_t value = (conv.filterSigned ? int64_t{static_cast<int8_t>(byte)} : int64_t{byte}) - zero;
        const int64_t held = std::clamp<int64_t>(value, -128, 127);
        above.push_back(static_cast<int8_t>(held));
        const int64_t tap = conv.rotate ? taps - 1 - i % taps : i % taps;
        if (held != value) conv.outliers.push_back({i / taps, tap / width, tap % width, static_cast<int32_t>(value - held)});
    }
    // Each is a pass over a plane, a second filter one for each tap and two for its sums, for 64 channels at a time.
    const auto passes = static_cast<size_t>(ceilDiv(conv.outChannels, kLanes) * (taps + 2));
    if (conv.outliers.size() > passes || (conv.border != 0 && !conv.outliers.empty())) {
        std::vector<int8_t> rest(above.size());
        for (size_t i = 0; i < rest.size(); ++i) { // at most as much again, since codes and zero point have 8 bits
            const auto byte = conv.filter.data<uint8_t>()[i];
            rest[i] = static_cast<int8_t>((conv.filterSigned ? int64_t{static_cast<int8_t>(byte)} : int64_t{byte}) - zero - above[i]);
        }
        conv.rest = ir::Tensor::of<int8_t>(ir::ElementType::Si8, conv.filter.shape(), rest);
        conv.outliers.clear();
    }
    conv.filter = ir::Tensor::of<int8_t>(ir::ElementType::Si8, conv.filter.shape(), above);
    conv.filterSigned = true;
    return {};
}

/// Where the border counts, every window has to reach into the picture, and nothing else may be put between pixels.
Status checkBorder(const EmitContext& context, const CodeConv& conv) {
    for (const SlidingAxis* axis : {&conv.window.h, &conv.window.w}) {
        if (axis->insert != 1) return notEmitted(context, "it puts zeros between codes with a zero point");
        for (int64_t i = 0; i < axis->out; ++i)
            if (axis->reach({i, i + 1}).outside) return notEmitted(context, "a window lies in its padding alone");
    }
    return {};
}

} // namespace

double passesBehindSums(const ir::Node& node, int64_t channels) {
    constexpr double kOfSums = 4, kOfWide = 2; // bytes
    if (!hasSumForm(node)) return (node.operands.size() > 2 && node.operands[2] != ir::kNoValue ? 2 : 1) * kOfSums;
    const auto& a = node.attributes;
    const auto lines = static_cast<double>(a.reals(kSumLines).size()) / 3;
    if (lines > 0) return kOfSums + lines * (kOfWide + 1); // each one is a requant and the larger of two codes
    if (a.has(kSumUnit)) return 2 * kOfSums;
    return a.reals(kSumScales).size() > static_cast<size_t>(channels) ? 2 * kOfSums + 1 : kOfSums;
}

Result<std::unique_ptr<LocalEmitter>> prepareCodeConv(const EmitContext& context) {
    const auto& node = *context.node;
    const auto& a = node.attributes;
    const auto& in = context.graph->value(node.operands[0]).type;
    const auto& out = context.graph->value(node.results[0]).type;
    const bool transposed = node.op == "tpu.Deconv";
    CodeConv conv;
    WB_ASSIGN(conv.window, slidingWindow(context, transposed));
    conv.rotate = transposed;
    conv.groups = a.integer("group", 1);
    conv.inChannels = chipShape(in.shape)[1];
    conv.outChannels = chipShape(out.shape)[1];
    if (chipPrecision(in.element) != Precision::Int8 ||
        (chipPrecision(out.element) != Precision::Int32 && (transposed || chipPrecision(out.element) != Precision::Int8) &&
         !hasSumForm(node)))
        return notEmitted(context, "its operand and result are " + std::string(ir::spelling(in.element)) + " and " +
                                       std::string(ir::spelling(out.element)));
    if (conv.groups < 1 || conv.inChannels % conv.groups != 0 || conv.outChannels % conv.groups != 0)
        return notEmitted(context, "its channels do not divide into groups");
    if (!isConstant(context, 1)) return notEmitted(context, "its filter is not constant");
    conv.filter = *context.graph->weight(node.operands[1]);
    conv.filterSigned = chipSigned(context.graph->value(node.operands[1]).type.element);
    conv.inSigned = chipSigned(in.element);
    const int64_t taps = conv.window.h.kernel * conv.window.w.kernel;
    if (ir::sizeInBytes(conv.filter.type()) != 1 ||
        conv.filter.elementCount() != conv.outChannels * (conv.inChannels / conv.groups) * taps)
        return notEmitted(context, "its filter has " + std::to_string(conv.filter.elementCount()) + " codes");
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        const auto* bias = context.graph->weight(node.operands[2]);
        if (bias == nullptr || ir::sizeInBytes(bias->type()) != 4 || bias->elementCount() != conv.outChannels)
            return notEmitted(context, "its bias is not one constant a channel");
        conv.bias.assign(bias->data<int32_t>(), bias->data<int32_t>() + conv.outChannels);
    }
    conv.relu = a.boolean("do_relu");
    conv.border = zeroCodeOf(in);
    if (const int64_t zero = a.integer("kernel_zp", 0); zero != 0) WB_TRY(takeKernelZero(context, conv, zero));
    if (hasSumForm(node)) {
        conv.form = sumFormOf(*context.graph, node, conv.outChannels);
        if (!conv.form || !conv.bias.empty() || conv.kernelZero != 0 || transposed) return notEmitted(context, "its sums have no form");
    } else if (chipPrecision(out.element) == Precision::Int8) {
        conv.tflite = a.enumerator("quant_mode").starts_with("TFLite");
        conv.multipliers = a.integers("multiplier");
        conv.shifts = a.integers("rshift");
        const auto channels = static_cast<size_t>(conv.outChannels);
        if (conv.multipliers.size() != channels || conv.shifts.size() != channels)
            return notEmitted(context, "it has not one multiplier and shift a channel");
        for (size_t c = 0; c < channels; ++c)
            if (conv.multipliers[c] == 0) conv.shifts[c] = 0; // a tensor of zeros: scaled by 0 / 2^-32
    }
    conv.zero = zeroCodeOf(out);
    if (conv.zero < (chipSigned(out.element) ? -128 : 0) || conv.zero > 255)
        return beyondChip(context, "its zero point is " + std::to_string(conv.zero));
    if (conv.border != 0) WB_TRY(checkBorder(context, conv));
    WB_TRY(checkRange(context, conv));
    return std::unique_ptr<LocalEmitter>(new CodeConvEmitter(std::move(conv)));
}

} // namespace wb::ops
