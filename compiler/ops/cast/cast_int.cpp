// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Cast: between float32, binary16, bfloat16 and 8-bit codes (dossier section 5.1).
// Multiplication by the reciprocal and by the scale is done in float32, rounding to codes half away
// from zero; with F16 on one side every step is rounded to F16.
#include "compiler/numeric/half.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {
namespace {

using ir::ElementType;

float narrow(float value, ElementType type) {
    if (type == ElementType::F16) return numeric::roundToHalf(value);
    if (type == ElementType::BF16) return numeric::roundToBfloat16(value);
    return value;
}

float load(const std::byte* data, ElementType type, int64_t i) {
    switch (type) {
    case ElementType::F16:
        return numeric::fromHalf(reinterpret_cast<const uint16_t*>(data)[i]);
    case ElementType::BF16:
        return numeric::fromBfloat16(reinterpret_cast<const uint16_t*>(data)[i]);
    default:
        return reinterpret_cast<const float*>(data)[i];
    }
}

void store(std::byte* data, ElementType type, int64_t i, float value) {
    switch (type) {
    case ElementType::F16:
        reinterpret_cast<uint16_t*>(data)[i] = numeric::toHalf(value);
        return;
    case ElementType::BF16:
        reinterpret_cast<uint16_t*>(data)[i] = numeric::toBfloat16(value);
        return;
    default:
        reinterpret_cast<float*>(data)[i] = value;
        return;
    }
}

/// Round half away from zero, add the zero point, saturate, without a call, so that loops become
/// vectors.
template <class Out> Out nearestCode(float value, int32_t zero) {
    value = value == value ? std::min(std::max(value, -1024.0F), 1024.0F) : 0.0F;
    auto whole = static_cast<int32_t>(value);
    const float part = value - static_cast<float>(whole); // exact
    whole += static_cast<int32_t>(part >= 0.5F) - static_cast<int32_t>(part <= -0.5F) + zero;
    return static_cast<Out>(std::clamp<int32_t>(whole, std::numeric_limits<Out>::min(),
                                                std::numeric_limits<Out>::max()));
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

Prepared toCodes(const PrepareContext& c, ElementType from) {
    const auto* q = resultType(c).uniform();
    const double inverse = q == nullptr ? 1.0 : 1.0 / q->scale();
    const float factor = narrow(static_cast<float>(inverse), from);
    const double zero = q == nullptr ? 0 : static_cast<double>(q->zeroPoint());
    const bool outSigned = isSignedCode(resultType(c));
    const auto whole = static_cast<int32_t>(zero);
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
            withCode(outSigned, [&](auto code) {
                using Out = decltype(code);
                if (from == ElementType::F32) {
                    const auto* numbers = in[0].as<float>();
                    auto* codes = out[0].as<Out>();
                    for (int64_t i = begin; i < end; ++i)
                        codes[i] = nearestCode<Out>(numbers[i] * factor, whole);
                    return;
                }
                for (int64_t i = begin; i < end; ++i) {
                    const float scaled = narrow(load(in[0].data, from, i) * factor, from);
                    out[0].as<Out>()[i] =
                        numeric::toCode<Out>(std::round(static_cast<double>(scaled)) + zero);
                }
            });
        });
    });
}

/// 256 codes, so a table of floats.
Prepared fromCodes(const PrepareContext& c, ElementType to) {
    const Quant quant = quantOf(operandType(c, 0));
    const bool inSigned = isSignedCode(operandType(c, 0));
    std::vector<float> table(256);
    for (int code = 0; code < 256; ++code) {
        const auto q = static_cast<float>(inSigned ? static_cast<int8_t>(code) : code);
        table[static_cast<size_t>(code)] =
            narrow(narrow(quant.scale, to) * narrow(q - quant.zeroPoint, to), to);
    }
    if (to == ElementType::F32)
        return makeKernel([quant, inSigned](Inputs in, Outputs out, const kernels::Work& work) {
            work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
                withCode(inSigned, [&](auto code) {
                    const auto* codes = in[0].as<decltype(code)>();
                    auto* numbers = out[0].as<float>();
                    const Quant q = quant;
                    for (int64_t i = begin; i < end; ++i)
                        numbers[i] = (static_cast<float>(codes[i]) - q.zeroPoint) * q.scale;
                });
            });
        });
    return makeKernel(
        [table = std::move(table), to](Inputs in, Outputs out, const kernels::Work& work) {
            work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i)
                    store(out[0].data, to, i, table[in[0].as<uint8_t>()[i]]);
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
    if (!ir::isFloat(from.element) || !ir::isFloat(to.element))
        return cannotRun(c, std::string("from ") + ir::spelling(from.element) + " to " +
                                ir::spelling(to.element));
    return makeKernel(
        [a = from.element, b = to.element](Inputs in, Outputs out, const kernels::Work& work) {
            work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i)
                    store(out[0].data, b, i, load(in[0].data, a, i));
            });
        });
}

} // namespace

void integer_cast(KernelTable& table) {
    table.add({.op = "tpu.Cast", .prepare = prepareCast, .layouts = codeLayouts});
}

} // namespace wb::ops
