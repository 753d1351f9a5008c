// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.RequantInt: 32-bit sums or codes to codes of another scale. tpu.DequantInt: codes to 32-bit numbers of a finer scale,
// for sums of operands of different scales (dossier section 5.10).
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

/// What the node does to one number, without saturation to the code.
struct Requant {
    numeric::MultiplierShift factor;
    bool tflite = false; ///< else multiplied in 64 bits and shifted, half away from zero
    int64_t zeroIn = 0, zeroOut = 0;

    int64_t operator()(int64_t value) const {
        value -= zeroIn;
        return (tflite ? numeric::multiplyQuantised(value, factor)
                       : numeric::shiftRight(value * factor.multiplier, factor.shift, numeric::Round::HalfAwayFromZero)) +
               zeroOut;
    }
};

int64_t zeroPointOf(const ir::TensorType& type) { return type.uniform() == nullptr ? 0 : type.uniform()->zeroPoint(); }

template <class From> void requantAll(const Requant& requant, const From* from, const Buffer& out, bool isSigned,
                                      const kernels::Work& work) {
    withCode(isSigned, [&](auto code) {
        using Code = decltype(code);
        work.forEach(out.elementCount(), 4096, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                out.as<Code>()[i] = numeric::saturate<Code>(requant(from[i]));
        });
    });
}

Prepared prepareRequantInt(const PrepareContext& c) {
    const auto& from = operandType(c, 0);
    const auto& a = c.node->attributes;
    Requant requant;
    requant.factor = {static_cast<int32_t>(a.integer("multiplier", 1)), static_cast<int32_t>(a.integer("rshift", 0))};
    requant.tflite = a.enumerator("quant_mode").starts_with("TFLite");
    requant.zeroIn = zeroPointOf(from);
    requant.zeroOut = zeroPointOf(resultType(c));
    const bool outSigned = isSignedCode(resultType(c));
    if (!isCode(resultType(c))) return cannotRun(c, "its result is no code");
    if (from.element == ir::ElementType::I32)
        return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
            requantAll(requant, in[0].as<int32_t>(), out[0], outSigned, work);
        });
    if (!isCode(from)) return cannotRun(c, "its operand is neither a sum nor a code");
    return makeKernel([=, inSigned = isSignedCode(from)](Inputs in, Outputs out, const kernels::Work& work) {
        withCode(inSigned, [&](auto code) { requantAll(requant, in[0].as<decltype(code)>(), out[0], outSigned, work); });
    });
}

Prepared prepareDequantInt(const PrepareContext& c) {
    const auto& from = operandType(c, 0);
    const auto& a = c.node->attributes;
    if (!isCode(from) || resultType(c).element != ir::ElementType::I32) return cannotRun(c, "it does not widen codes");
    const auto lift = static_cast<int>(std::clamp<int64_t>(a.integer("lshift", 0), 0, 31));
    // Its shift is the other way round: negative to the right.
    const numeric::MultiplierShift factor{static_cast<int32_t>(a.integer("multiplier", 1)),
                                          static_cast<int32_t>(-a.integer("shift", 0))};
    const bool tflite = a.enumerator("quant_mode") == "TFLite";
    const int64_t zero = zeroPointOf(from);
    return makeKernel([=, isSigned = isSignedCode(from)](Inputs in, Outputs out, const kernels::Work& work) {
        withCode(isSigned, [&](auto code) {
            const auto* codes = in[0].as<decltype(code)>();
            work.forEach(out[0].elementCount(), 4096, [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i) {
                    const int64_t value = (int64_t{codes[i]} - zero) * (int64_t{1} << lift);
                    out[0].as<int32_t>()[i] =
                        tflite ? numeric::multiplyQuantised(value, factor)
                               : numeric::saturate<int32_t>(numeric::shiftRightHalfUp(value * factor.multiplier, factor.shift));
                }
            });
        });
    });
}

} // namespace

void integer_requant(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.RequantInt", .prepare = prepareRequantInt});
    addTpuKernel(table, {.op = "tpu.DequantInt", .prepare = prepareDequantInt});
}

} // namespace wb::ops
