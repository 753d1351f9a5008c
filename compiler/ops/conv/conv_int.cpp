// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Conv2D, tpu.Deconv and tpu.RequantIntAxis in integers.
#include "compiler/kernels/conv_sums.h"
#include "compiler/kernels/s8_conv_fast.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/conv/sum_forms.h"
#include "compiler/ops/conv/sum_requant.h"
#include "compiler/ops/conv/volume_int.h"
#include "compiler/ops/support/code_table.h"

namespace wb::ops {
namespace {

/// Sizes from types and attributes; an error when they do not fit together.
Result<kernels::S8ConvShape> convShape(const PrepareContext& c) {
    const auto& in = operandShape(c, 0);
    const auto& out = resultShape(c);
    const auto& a = c.node->attributes;
    const auto kernel = a.integers("kernel_shape");
    const auto strides = a.integers("strides");
    const auto pads = a.integers("pads");
    auto dilations = a.integers("dilations");
    if (dilations.empty()) dilations.assign(kernel.size(), 1);
    const size_t axes = kernel.size();
    if (axes < 1 || axes > 2 || in.size() != axes + 2 || out.size() != axes + 2 ||
        strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes)
        return cannotRun(c, "its attributes do not describe one or two spatial axes");
    kernels::S8ConvShape s;
    s.batch = in[0];
    s.inChannels = in[1];
    s.outChannels = out[1];
    s.groups = a.integer("group", 1);
    for (size_t i = 0; i < axes; ++i) {
        const size_t at = i + 2 - axes;
        s.in[at] = in[i + 2];
        s.out[at] = out[i + 2];
        s.kernel[at] = kernel[i];
        s.stride[at] = strides[i];
        s.pad[at] = pads[i];
        s.dilation[at] = dilations[i];
    }
    if (s.groups < 1 || s.inChannels % s.groups != 0 || s.outChannels % s.groups != 0)
        return cannotRun(c, "channels do not divide into groups");
    return s;
}

struct Filter {
    ir::Tensor codes;
    bool isSigned = true;
    std::vector<int32_t> bias;
};

Result<Filter> filterOf(const PrepareContext& c, const kernels::S8ConvShape& s) {
    Filter filter;
    const auto* codes =
        c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (codes == nullptr || ir::sizeInBytes(codes->type()) != 1)
        return cannotRun(c, "its filter is not constant codes");
    if (codes->elementCount() !=
        s.outChannels * (s.inChannels / s.groups) * s.kernel[0] * s.kernel[1])
        return cannotRun(c, "its filter has " + std::to_string(codes->elementCount()) + " codes");
    filter.codes = *codes;
    filter.isSigned = isSignedCode(operandType(c, 1));
    auto bias = sumBiasOf(*c.graph, *c.node, s.outChannels);
    if (!bias) return cannotRun(c, "its bias is not constant");
    filter.bias = std::move(*bias);
    return filter;
}

/// Σ x · (w - kernel_zp) + bias as 32-bit numbers; borders are filled with the operand's zero point.
Prepared prepareConvSums(const PrepareContext& c, const kernels::S8ConvShape& shape, Filter filter) {
    const auto& a = c.node->attributes;
    const auto* quant = operandType(c, 0).uniform();
    const bool signs[2] = {isSignedCode(operandType(c, 0)), filter.isSigned};
    const kernels::CodeZeros zeros{quant == nullptr ? 0 : static_cast<int32_t>(quant->zeroPoint()),
                                   static_cast<int32_t>(a.integer("kernel_zp", 0))};
    return makeKernel([=, relu = a.boolean("do_relu"), filter = std::move(filter)](Inputs in, Outputs out,
                                                                                    const kernels::Work& work) {
        kernels::convSums(shape, in[0].data, signs[0], filter.codes.data<int8_t>(), signs[1], zeros, filter.bias, relu,
                          out[0].as<int32_t>(), work);
    });
}

bool isTflite(const ir::Node& node) { return node.attributes.enumerator("quant_mode").starts_with("TFLite"); }

/// The sums and their requant as one node (codegen/rewrites/fuse_requants).
Prepared prepareFused(const PrepareContext& c, const kernels::S8ConvShape& shape, Filter filter) {
    const auto& a = c.node->attributes;
    const auto *x = operandType(c, 0).uniform(), *y = resultType(c).uniform();
    const bool inSigned = isSignedCode(operandType(c, 0)), outSigned = isSignedCode(resultType(c));
    const kernels::CodeZeros zeros{x == nullptr ? 0 : static_cast<int32_t>(x->zeroPoint()),
                                   static_cast<int32_t>(a.integer("kernel_zp", 0))};
    const int64_t zero = y == nullptr ? 0 : y->zeroPoint(), plane = shape.out[0] * shape.out[1];
    auto multipliers = a.integers("multiplier"), shifts = a.integers("rshift");
    const auto channels = static_cast<size_t>(shape.outChannels);
    if (multipliers.size() != channels || shifts.size() != channels)
        return cannotRun(c, "it has not one multiplier and shift a channel");
    return makeKernel([=, relu = a.boolean("do_relu"), filter = std::move(filter)](Inputs in, Outputs out, const kernels::Work& work) {
        std::vector<int32_t> sums(static_cast<size_t>(out[0].elementCount()));
        kernels::convSums(shape, in[0].data, inSigned, filter.codes.data<int8_t>(), filter.isSigned, zeros, filter.bias, relu,
                          sums.data(), work);
        withCode(outSigned, [&](auto code) {
            for (size_t i = 0; i < sums.size(); ++i) {
                const size_t channel = i / static_cast<size_t>(plane) % channels;
                out[0].as<decltype(code)>()[i] = numeric::saturate<decltype(code)>(
                    numeric::multiplyQuantised(sums[i], {static_cast<int32_t>(multipliers[channel]), static_cast<int32_t>(shifts[channel])}) + zero);
            }
        });
    });
}

/// Sums first, codes afterwards: for what the fast kernels do not round like.
Prepared prepareRequantised(const PrepareContext& c, const kernels::S8ConvShape& shape, Filter filter, SumRequant requant) {
    const bool signs[2] = {isSignedCode(operandType(c, 0)), filter.isSigned};
    return makeKernel([=, requant = std::move(requant), filter = std::move(filter)](Inputs in, Outputs out,
                                                                                    const kernels::Work& work) {
        std::vector<int32_t> sums(static_cast<size_t>(out[0].elementCount()));
        kernels::convSums(shape, in[0].data, signs[0], filter.codes.data<int8_t>(), signs[1], {}, filter.bias, false,
                          sums.data(), work);
        requantSums(requant, sums.data(), out[0], shape.outChannels, work);
    });
}

/// Sums to float32 by way of 16 bits: outputs of the network.
Prepared prepareReals(const PrepareContext& c, const kernels::S8ConvShape& shape, Filter filter, kernels::SumForm form) {
    const bool signs[2] = {isSignedCode(operandType(c, 0)), filter.isSigned};
    const auto* x = operandType(c, 0).uniform();
    const int32_t border = x == nullptr ? 0 : static_cast<int32_t>(x->zeroPoint());
    return makeKernel([=, form = std::move(form), filter = std::move(filter)](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t planes = shape.batch * shape.outChannels, plane = shape.out[0] * shape.out[1];
        std::vector<int32_t> sums(static_cast<size_t>(planes * plane));
        kernels::convSums(shape, in[0].data, signs[0], filter.codes.data<int8_t>(), signs[1], {border, 0}, {}, false, sums.data(), work);
        work.forEach(planes, 1, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin * plane; i < end * plane; ++i)
                out[0].as<float>()[i] =
                    kernels::wideOf(form, sums[static_cast<size_t>(i)], static_cast<size_t>(i / plane % shape.outChannels)) * form.unit;
        });
    });
}

Prepared prepareConv(const PrepareContext& c) {
    if (operandShape(c, 0).size() > 4) return prepareVolumeConv(c);
    WB_ASSIGN(auto shape, convShape(c));
    WB_ASSIGN(auto filter, filterOf(c, shape));
    if (resultType(c).element == ir::ElementType::I32) return prepareConvSums(c, shape, std::move(filter));
    if (isTflite(*c.node)) return prepareFused(c, shape, std::move(filter));
    const auto& a = c.node->attributes;
    std::shared_ptr<const kernels::SumForm> form;
    if (hasSumForm(*c.node)) {
        auto read = sumFormOf(*c.graph, *c.node, shape.outChannels);
        if (!read || !filter.bias.empty()) return cannotRun(c, "its sums have no form");
        if (read->unit != 0) return prepareReals(c, shape, std::move(filter), std::move(*read));
        form = std::make_shared<const kernels::SumForm>(std::move(*read));
    }
    const auto sums = form ? SumRequant{} : sumRequantOf(*c.graph, *c.node, shape.outChannels);
    if (!sums) return cannotRun(c, "it has not one multiplier and shift a channel");
    if (sums->twice && c.absorbed.empty()) return prepareRequantised(c, shape, std::move(filter), *sums);
    if (sums->twice) return cannotRun(c, "its followers have to stand alone");
    kernels::S8Requant requant;
    requant.form = form;
    requant.multipliers = sums->multipliers;
    requant.shifts = sums->shifts;
    if (a.integer("kernel_zp", 0) != 0) return cannotRun(c, "its filter has a zero point");
    requant.bias = std::move(filter.bias);
    requant.outSigned = isSignedCode(resultType(c));
    requant.relu = a.boolean("do_relu");
    const auto zeroOf = [](const ir::TensorType& type) {
        return type.uniform() == nullptr ? 0 : static_cast<int32_t>(type.uniform()->zeroPoint());
    };
    shape.border = zeroOf(operandType(c, 0));
    requant.zero = zeroOf(resultType(c));
    const bool inSigned = isSignedCode(operandType(c, 0));
    std::optional<CodeTable> table;
    for (const auto* follower : c.absorbed) {
        const auto next = codeTableOf(*c.graph, *follower);
        if (!next) return cannotRun(c, "a follower is no table");
        CodeTable both = *next;
        for (size_t i = 0; table && i < both.size(); ++i)
            both[i] = (*next)[(*table)[i]];
        table = both;
    }
    if (!c.scalar) {
        std::shared_ptr<const kernels::S8Conv> fast = kernels::S8Conv::create(
            shape, inSigned, filter.codes.data<int8_t>(), filter.isSigned, requant, table);
        if (fast != nullptr)
            return makeKernel([fast](Inputs in, Outputs out, const kernels::Work& work) {
                fast->run({in[0].data, in[0].layout == Layout::Plain, out[0].data,
                           out[0].layout == Layout::Plain},
                          work);
            });
    }
    if (!c.inputLayouts.empty() &&
        (c.inputLayouts[0] != Layout::Plain || c.outputLayouts[0] != Layout::Plain))
        return cannotRun(c, "its numbers do not fit the fast form");
    return makeKernel([=, codes = filter.codes, isSigned = filter.isSigned](
                          Inputs in, Outputs out, const kernels::Work& work) {
        s8ConvScalar(shape, in[0].data, inSigned, codes.data<int8_t>(), isSigned, requant,
                     out[0].data, work);
        if (table)
            for (int64_t i = 0; i < out[0].elementCount(); ++i)
                out[0].as<uint8_t>()[i] = (*table)[out[0].as<uint8_t>()[i]];
    });
}

/// Channels last where the fast form can hold the sums: |codes| ≤ 255 · 128 for each weight.
std::vector<Layout> convLayouts(const ir::Graph& graph, const ir::Node& node) {
    const auto& type = graph.value(node.results[0]).type;
    if (type.shape.size() != 4 || !isCode(type) || isTflite(node)) return {Layout::Plain};
    const auto requant = hasSumForm(node) ? SumRequant{} : sumRequantOf(graph, node, type.shape[1]);
    if (!requant || requant->twice) return {Layout::Plain};
    const auto& shifts = requant->shifts;
    for (size_t i = 0; i < shifts.size(); ++i)
        if (shifts[i] < 1 || shifts[i] > 32 || requant->multipliers[i] < 0 ||
            requant->multipliers[i] >> std::min(shifts[i], 31) > 0)
            return {Layout::Plain};
    const auto* filter = node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
    if (filter == nullptr || filter->elementCount() / std::max<int64_t>(type.shape[1], 1) > 32768)
        return {Layout::Plain};
    const auto bias = sumBiasOf(graph, node, type.shape[1]);
    if (!bias) return {Layout::Plain};
    for (const int32_t b : *bias)
        if (b < -(1 << 30) || b > 1 << 30) return {Layout::Plain};
    return {Layout::Nhwc};
}

size_t convAbsorb(const ir::Graph& graph, const ir::Node& node,
                  std::span<const ir::Node* const> followers) {
    if (node.attributes.enumerator("quant_mode") == "QDM" || graph.value(node.results[0]).type.shape.size() > 4) return 0;
    size_t count = 0;
    if (isTflite(node)) return 0;
    while (count < followers.size() && codeTableOf(graph, *followers[count]))
        ++count;
    return count;
}

Prepared prepareDeconv(const PrepareContext& c) {
    WB_ASSIGN(const auto shape, convShape(c));
    WB_ASSIGN(auto filter, filterOf(c, shape));
    // The operand's zero point lies between its elements and around them: each result sees all taps, which the bias counts.
    const auto* quant = operandType(c, 0).uniform();
    const auto zero = quant == nullptr ? 0 : static_cast<int32_t>(quant->zeroPoint());
    if (zero != 0) {
        filter.bias.resize(static_cast<size_t>(shape.outChannels), 0);
        const int64_t each = filter.codes.elementCount() / shape.outChannels;
        for (int64_t i = 0; i < filter.codes.elementCount(); ++i)
            filter.bias[static_cast<size_t>(i / each)] +=
                zero * (filter.isSigned ? int32_t{filter.codes.data<int8_t>()[i]} : int32_t{filter.codes.data<uint8_t>()[i]});
    }
    if (isCode(resultType(c))) {
        const auto requant = sumRequantOf(*c.graph, *c.node, shape.outChannels);
        if (!requant) return cannotRun(c, "it has not one multiplier and shift a channel");
        return makeKernel([=, inSigned = isSignedCode(operandType(c, 0))](Inputs in, Outputs out, const kernels::Work& work) {
            std::vector<int32_t> sums(static_cast<size_t>(out[0].elementCount()));
            s8DeconvScalar(shape, in[0].data, inSigned, zero, filter.codes.data<int8_t>(), filter.isSigned, filter.bias,
                           sums.data(), work);
            requantSums(*requant, sums.data(), out[0], shape.outChannels, work);
        });
    }
    // A ReLU folded into the node acts on the requantised result; here it only clears negative
    // sums, which comes to the same.
    return makeKernel([=, relu = c.node->attributes.boolean("do_relu"),
                       inSigned = isSignedCode(operandType(c, 0))](Inputs in, Outputs out,
                                                                   const kernels::Work& work) {
        auto* sums = out[0].as<int32_t>();
        s8DeconvScalar(shape, in[0].data, inSigned, zero, filter.codes.data<int8_t>(), filter.isSigned,
                       filter.bias, sums, work);
        if (relu)
            for (int64_t i = 0; i < out[0].elementCount(); ++i)
                sums[i] = std::max(sums[i], 0);
    });
}

/// y = (x * scale[c] + bias[c]) >> shift[c], the sum within 16 bits; half of what is shifted out is part of the bias
/// (dossier section 5.5).
Prepared prepareScale(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto weightAt = [&](size_t i) { return c.node->operands.size() > i ? c.graph->weight(c.node->operands[i]) : nullptr; };
    const ir::Tensor *scale = weightAt(1), *bias = weightAt(2), *lift = weightAt(3);
    if (shape.size() < 2 || scale == nullptr || bias == nullptr || lift == nullptr || ir::sizeInBytes(scale->type()) != 1 ||
        ir::sizeInBytes(bias->type()) != 2 || ir::sizeInBytes(lift->type()) != 1)
        return cannotRun(c, "its factors are not constant codes");
    const int64_t channels = shape[1], plane = product(shape, 2, shape.size());
    for (const ir::Tensor* weight : {scale, bias, lift})
        if (weight->elementCount() != channels) return cannotRun(c, "it has not one factor a channel");
    return makeKernel([=, inSigned = isSignedCode(operandType(c, 0)), outSigned = isSignedCode(resultType(c)),
                       relu = c.node->attributes.boolean("do_relu"), scale = *scale, bias = *bias,
                       lift = *lift](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(shape[0] * channels, 1, [&](int64_t begin, int64_t end) {
            withCode(inSigned, [&](auto i) {
                withCode(outSigned, [&](auto o) {
                    using Out = decltype(o);
                    for (int64_t p = begin; p < end; ++p) {
                        const int64_t channel = p % channels;
                        const int64_t factor = scale.data<int8_t>()[channel], offset = bias.data<int16_t>()[channel];
                        const int shift = lift.data<int8_t>()[channel];
                        const auto* from = in[0].as<decltype(i)>() + p * plane;
                        for (int64_t at = 0; at < plane; ++at) {
                            const int64_t sum = numeric::saturate<int16_t>(from[at] * factor + offset);
                            out[0].as<Out>()[p * plane + at] = saturateRelu<Out>(
                                shift < 0 ? sum >> std::min(-shift, 63) : sum * (int64_t{1} << std::min(shift, 31)), relu);
                        }
                    }
                });
            });
        });
    });
}

/// Table rows are multiplier, minus the shift, zero point.
Prepared prepareRequantAxis(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto* table =
        c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (shape.size() < 2 || table == nullptr) return cannotRun(c, "it has no table");
    const auto axis = static_cast<size_t>(c.node->attributes.integer("rq_axis", 1));
    if (axis >= shape.size() || (table != nullptr && table->elementCount() != shape[axis] * 3))
        return cannotRun(c, "its table has not three numbers a channel");
    const int64_t channels = shape[axis];
    const int64_t plane = product(shape, axis + 1, shape.size());
    const int64_t outer = product(shape, 0, axis);
    const bool outSigned = isSignedCode(resultType(c));
    const bool tflite = c.node->attributes.enumerator("quant_mode").starts_with("TFLite");
    return makeKernel([=, rows = *table](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(outer * channels, 1, [&](int64_t begin, int64_t end) {
            withCode(outSigned, [&](auto code) {
                using Code = decltype(code);
                for (int64_t at = begin; at < end; ++at) {
                    const int32_t* row = rows.data<int32_t>() + at % channels * 3;
                    const int32_t* from = in[0].as<int32_t>() + at * plane;
                    Code* to = out[0].as<Code>() + at * plane;
                    for (int64_t i = 0; i < plane; ++i)
                        to[i] = numeric::saturate<Code>(
                            (tflite ? numeric::multiplyQuantised(from[i], {row[0], -row[1]})
                                    : numeric::shiftRightHalfUp(int64_t{from[i]} * row[0], -row[1])) +
                            row[2]);
                }
            });
        });
    });
}

} // namespace

void integer_conv(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Conv2D",
                         .prepare = prepareConv,
                         .layouts = convLayouts,
                         .plainInputChannels = 16,
                         .absorb = convAbsorb});
    addTpuKernel(table, {.op = "tpu.Deconv", .prepare = prepareDeconv});
    addTpuKernel(table, {.op = "tpu.RequantIntAxis", .prepare = prepareRequantAxis});
    addTpuKernel(table, {.op = "tpu.Scale", .prepare = prepareScale});
}

} // namespace wb::ops
