// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Cast: between float32, binary16, bfloat16 and 8-bit codes (dossier section 5.1).
// Multiplication by the reciprocal and by the scale is done in float32, rounding to codes half away
// from zero; with F16 on one side every step is rounded to F16.
#include "compiler/kernels/code_rows.h"
#include "compiler/kernels/half_rows.h"
#include "compiler/numeric/half.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

using ir::ElementType;

float narrow(float value, ElementType type) {
    if (type == ElementType::F16) return numeric::roundToHalf(value);
    if (type == ElementType::BF16) return numeric::roundToBfloat16(value);
    return value;
}

/// Elements that fit the first-level cache between two steps of a cast.
constexpr int64_t kStrip = 1024;

/// Widens `count` elements from `first` on, at most kStrip; float32 is used where it lies.
const float* load(const std::byte* data, ElementType type, int64_t first, int64_t count, float* strip) {
    const auto* bits = reinterpret_cast<const uint16_t*>(data) + first;
    switch (type) {
    case ElementType::F16: kernels::halfToFloat(bits, strip, count); return strip;
    case ElementType::BF16: kernels::bfloat16ToFloat(bits, strip, count); return strip;
    default: return reinterpret_cast<const float*>(data) + first;
    }
}

void store(std::byte* data, ElementType type, int64_t first, int64_t count, const float* strip) {
    auto* bits = reinterpret_cast<uint16_t*>(data) + first;
    switch (type) {
    case ElementType::F16: kernels::floatToHalf(strip, bits, count); return;
    case ElementType::BF16: kernels::floatToBfloat16(strip, bits, count); return;
    default: std::copy_n(strip, count, reinterpret_cast<float*>(data) + first); return;
    }
}

void narrowRow(float* row, ElementType type, int64_t count) {
    if (type == ElementType::F16) kernels::roundToHalf(row, row, count);
    if (type == ElementType::BF16) kernels::roundToBfloat16(row, row, count);
}

/// Calls body(first, count) for strips of all elements that are stored, whatever the layout.
template <class Body> void inStrips(const Buffer& result, const kernels::Work& work, const Body& body) {
    work.forEach(storedElements(*result.type, result.layout), 16 * kStrip, [&](int64_t begin, int64_t end) {
        for (; begin < end; begin += kStrip)
            body(begin, std::min(kStrip, end - begin));
    });
}

struct Quant {
    float scale = 1;
    float zeroPoint = 0;
};

Quant quantOf(const ir::TensorType& type) {
    const auto* q = type.uniform();
    if (q == nullptr) return {};
    return {static_cast<float>(q->scale()), static_cast<float>(q->zeroPoint())};
}

/// CV18xx multiplies in bfloat16 whatever it casts between, and rounds its codes half to even.
bool onCv18xx(const PrepareContext& c) { return c.graph->attributes.string("module.chip").starts_with("cv"); }

Prepared toCodesHalfEven(const PrepareContext& c) {
    const auto* q = resultType(c).uniform();
    const float factor = narrow(static_cast<float>(q == nullptr ? 1.0 : 1.0 / q->scale()), ElementType::BF16);
    return makeKernel([factor](Inputs in, Outputs out, const kernels::Work& work) {
        inStrips(out[0], work, [&](int64_t first, int64_t count) {
            std::array<float, kStrip> strip;
            const float* numbers = load(in[0].data, ElementType::BF16, first, count, strip.data());
            for (int64_t i = 0; i < count; ++i) {
                const double code = static_cast<double>(numeric::roundToBfloat16(numbers[i] * factor));
                out[0].as<int8_t>()[first + i] = numeric::toCode<int8_t>(numeric::round(code, numeric::Round::HalfToEven));
            }
        });
    });
}

Prepared toCodes(const PrepareContext& c, ElementType from) {
    if (from == ElementType::BF16 && onCv18xx(c)) return toCodesHalfEven(c);
    const auto* q = resultType(c).uniform();
    const double inverse = q == nullptr ? 1.0 : 1.0 / q->scale();
    const float factor = narrow(static_cast<float>(inverse), from);
    const auto zero = q == nullptr ? 0 : static_cast<int32_t>(q->zeroPoint());
    const bool outSigned = isSignedCode(resultType(c));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        inStrips(out[0], work, [&](int64_t first, int64_t count) {
            std::array<float, kStrip> strip;
            const float* numbers = load(in[0].data, from, first, count, strip.data());
            auto* codes = out[0].as<uint8_t>() + first;
            if (from == ElementType::F32) {
                kernels::floatToCodes(numbers, factor, zero, outSigned, codes, count);
                return;
            }
            for (int64_t i = 0; i < count; ++i)
                strip[static_cast<size_t>(i)] = numbers[i] * factor;
            narrowRow(strip.data(), from, count);
            kernels::floatToCodes(strip.data(), 1, zero, outSigned, codes, count);
        });
    });
}

Prepared fromCodes(const PrepareContext& c, ElementType to) {
    const Quant quant = quantOf(operandType(c, 0));
    const bool inSigned = isSignedCode(operandType(c, 0));
    const ElementType by = onCv18xx(c) ? ElementType::BF16 : to;
    return makeKernel([to, by, inSigned, scale = narrow(quant.scale, by), zero = quant.zeroPoint](
                          Inputs in, Outputs out, const kernels::Work& work) {
        inStrips(out[0], work, [&](int64_t first, int64_t count) {
            std::array<float, kStrip> strip;
            float* numbers = to == ElementType::F32 ? out[0].as<float>() + first : strip.data();
            withCode(inSigned, [&](auto code) {
                const auto* codes = in[0].as<decltype(code)>() + first;
                for (int64_t i = 0; i < count; ++i)
                    numbers[i] = static_cast<float>(codes[i]) - zero;
            });
            if (zero != 0) narrowRow(numbers, to, count); // a code alone is exact in every float
            for (int64_t i = 0; i < count; ++i)
                numbers[i] *= scale;
            if (by != to) narrowRow(numbers, by, count);
            if (to != ElementType::F32) store(out[0].data, to, first, count, numbers);
        });
    });
}

bool isWhole(const ir::TensorType& type) { return type.element == ElementType::I32 || type.element == ElementType::Si32; }

/// Whole numbers of 32 bits: cut off or rounded as the node says, at the ends of their range.
Prepared toWhole(const PrepareContext& c) {
    const auto mode = c.node->attributes.enumerator("round_mode") == "TowardsZero" ? numeric::Round::TowardsZero
                                                                                   : numeric::Round::HalfAwayFromZero;
    return makeKernel([mode](Inputs in, Outputs out, const kernels::Work& work) {
        inStrips(out[0], work, [&](int64_t first, int64_t count) {
            for (int64_t i = first; i < first + count; ++i) {
                const auto number = static_cast<double>(in[0].as<float>()[i]);
                out[0].as<int32_t>()[i] = number == number ? numeric::toCode<int32_t>(numeric::round(number, mode)) : 0;
            }
        });
    });
}

Prepared fromWhole() {
    return makeKernel([](Inputs in, Outputs out, const kernels::Work& work) {
        inStrips(out[0], work, [&](int64_t first, int64_t count) {
            for (int64_t i = first; i < first + count; ++i)
                out[0].as<float>()[i] = static_cast<float>(in[0].as<int32_t>()[i]);
        });
    });
}

Prepared prepareCast(const PrepareContext& c) {
    const auto& from = operandType(c, 0);
    const auto& to = resultType(c);
    const bool withScale = c.node->attributes.boolean("with_scale", true);
    if (!withScale) return cannotRun(c, "casts without scale are not lowered here");
    if (isCode(to) && ir::isFloat(from.element)) return toCodes(c, from.element);
    if (isCode(from) && ir::isFloat(to.element)) return fromCodes(c, to.element);
    if (isWhole(to) && from.element == ElementType::F32) return toWhole(c);
    if (isWhole(from) && to.element == ElementType::F32) return fromWhole();
    if (!ir::isFloat(from.element) || !ir::isFloat(to.element))
        return cannotRun(c, std::string("from ") + ir::spelling(from.element) + " to " +
                                ir::spelling(to.element));
    if (from.element == ElementType::F32 && to.element == ElementType::BF16 && onCv18xx(c))
        return makeKernel([](Inputs in, Outputs out, const kernels::Work& work) { // the host cuts the lower half off
            inStrips(out[0], work, [&](int64_t first, int64_t count) {
                for (int64_t i = first; i < first + count; ++i)
                    out[0].as<uint16_t>()[i] = static_cast<uint16_t>(in[0].as<uint32_t>()[i] >> 16);
            });
        });
    return makeKernel(
        [a = from.element, b = to.element](Inputs in, Outputs out, const kernels::Work& work) {
            inStrips(out[0], work, [&](int64_t first, int64_t count) {
                std::array<float, kStrip> strip;
                store(out[0].data, b, first, count, load(in[0].data, a, first, count, strip.data()));
            });
        });
}

/// What CV18xx leaves to the host: the codes of the network's inputs.
Prepared prepareGenericCpu(const PrepareContext& c) {
    const auto name = c.node->attributes.string("cpu_op_name");
    if (name != "quant" || !isCode(resultType(c)) || operandType(c, 0).element != ElementType::F32)
        return cannotRun(c, "\"" + name + "\" is not a function of the host that this version has");
    return toCodes(c, ElementType::F32);
}

/// Elements are cast wherever they lie. A blocked float stays so: its codes are fewer bytes to reorder, and
/// so are the codes of what the caller gets.
std::vector<Layout> castLayouts(const ir::Graph& graph, const ir::Node& node) {
    const auto& result = graph.value(node.results[0]).type;
    if (graph.isOutput(node.results[0]) && result.element == ElementType::F32) return {Layout::Plain};
    auto layouts = codeLayouts(graph, node);
    if (layouts.size() > 1) layouts.push_back(blockedLayout());
    return layouts;
}

} // namespace

void integer_cast(KernelTable& table) {
    table.add({.op = "tpu.Cast", .prepare = prepareCast, .layouts = castLayouts});
    table.add({.op = "tpu.GenericCpu", .prepare = prepareGenericCpu, .layouts = castLayouts});
}

} // namespace wb::ops
