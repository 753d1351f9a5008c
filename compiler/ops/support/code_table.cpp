// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/code_table.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// The table of f(code), saturated to the result's codes.
template <class F> CodeTable tableOf(bool inSigned, bool outSigned, bool relu, F&& f) {
    CodeTable table{};
    for (int code = 0; code < 256; ++code) {
        const int64_t y = f(inSigned ? int64_t{static_cast<int8_t>(code)} : int64_t{code});
        table[static_cast<size_t>(code)] = outSigned
                                               ? static_cast<uint8_t>(saturateRelu<int8_t>(y, relu))
                                               : saturateRelu<uint8_t>(y, relu);
    }
    return table;
}

} // namespace

std::optional<CodeTable> codeTableOf(const ir::Graph& graph, const ir::Node& node) {
    if (node.operands.empty() || node.operands[0] == ir::kNoValue || node.results.size() != 1)
        return {};
    const auto& from = graph.value(node.operands[0]).type;
    const auto& to = graph.value(node.results[0]).type;
    if (!isCode(from) || !isCode(to)) return {};
    const auto& a = node.attributes;
    const bool inSigned = isSignedCode(from), outSigned = isSignedCode(to);
    const int64_t multiplier = a.integer("multiplier", 1);
    const auto shift = static_cast<int>(a.integer("rshift", 0));
    const bool relu = a.boolean("do_relu");
    if (node.op == "tpu.Lut") {
        const auto* weight = node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
        if (weight == nullptr || weight->elementCount() != 256) return {};
        CodeTable table{};
        if (ir::sizeInBytes(weight->type()) == 4) { // BM1684's entries have 32 bits
            std::transform(weight->data<int32_t>(), weight->data<int32_t>() + 256, table.begin(),
                           [](int32_t code) { return static_cast<uint8_t>(code); });
            return table;
        }
        if (weight->byteSize() != 256) return {};
        std::copy_n(weight->data<uint8_t>(), table.size(), table.begin());
        return table;
    }
    const auto zeroOf = [](const ir::TensorType& type) { return type.uniform() == nullptr ? 0 : type.uniform()->zeroPoint(); };
    const int64_t zeroIn = zeroOf(from), zeroOut = zeroOf(to);
    if (node.op == "tpu.RequantInt") {
        const bool tflite = a.enumerator("quant_mode").starts_with("TFLite");
        return tableOf(inSigned, outSigned, false, [=](int64_t x) {
            x -= zeroIn;
            return zeroOut + (tflite ? int64_t{numeric::multiplyQuantised(x, {static_cast<int32_t>(multiplier), shift})}
                                     : numeric::shiftRight(x * multiplier, shift, numeric::Round::HalfAwayFromZero));
        });
    }
    const bool zeros = zeroIn != 0 || zeroOut != 0;
    if (zeros && (node.op == "tpu.LeakyRelu" || node.op == "tpu.Relu" || node.op == "tpu.AddConst")) return {};
    if (node.op == "tpu.LeakyRelu" && a.has("multiplier_neg")) { // CV18xx: each side has its own factor
        const int64_t below = a.integer("multiplier_neg");
        const auto shiftBelow = static_cast<int>(a.integer("rshift_neg"));
        return tableOf(inSigned, outSigned, false, [=](int64_t x) {
            return x >= 0 ? numeric::shiftRightHalfUp(x * multiplier, shift)
                          : numeric::shiftRightHalfUp(x * below, shiftBelow);
        });
    }
    if (node.op == "tpu.LeakyRelu")
        return tableOf(inSigned, outSigned, false, [=](int64_t x) {
            return x >= 0 ? x : numeric::shiftRightHalfUp(x * multiplier, shift);
        });
    if (node.op == "tpu.Relu")
        return tableOf(inSigned, outSigned, true, [](int64_t x) { return x; });
    if (node.op == "tpu.Active" && a.enumerator("mode") == "ABSVAL")
        return tableOf(inSigned, outSigned, false, [=](int64_t x) { return std::abs(x - zeroIn) + zeroOut; });
    const bool add = node.op == "tpu.AddConst", largest = node.op == "tpu.MaxConst",
               smallest = node.op == "tpu.MinConst";
    if (!add && !largest && !smallest && node.op != "tpu.MulShift") return {};
    // Added before the shift, at the multiplied scale; compared after it, on BM1684 before.
    const int64_t number = std::llround(std::clamp(a.real("const_val", 0), -0x1p62, 0x1p62));
    const bool early = (largest || smallest) && graph.attributes.string("module.chip") == "bm1684";
    return tableOf(inSigned, outSigned, relu && !zeros, [=](int64_t x) {
        if (early)
            return numeric::shiftRightHalfUp(largest ? std::max(x * multiplier, number) : std::min(x * multiplier, number), shift);
        int64_t y = numeric::shiftRightHalfUp((x - zeroIn) * multiplier + (add ? number : 0), shift) + zeroOut;
        if (relu) y = std::max(y, zeroOut);
        return largest ? std::max(y, number) : smallest ? std::min(y, number) : y;
    });
}

} // namespace wb::ops
