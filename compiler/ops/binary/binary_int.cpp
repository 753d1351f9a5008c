// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise tpu operators in integers. Operands are brought to the result's scale one by one and
// shifted before they are added; a product is shifted once (dossier section 5.7).
#include "compiler/kernels/code_rows.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

/// Operand strides for a result shape; zero where an operand has one element along an axis.
Result<std::vector<int64_t>> broadcastStrides(const PrepareContext& c, const ir::Shape& operand) {
    const auto& result = resultShape(c);
    if (operand.size() > result.size())
        return cannotRun(c, "an operand has more dimensions than the result");
    const auto own = stridesOf(operand);
    std::vector<int64_t> strides(result.size(), 0);
    const size_t lead = result.size() - operand.size();
    for (size_t i = 0; i < operand.size(); ++i) {
        if (operand[i] == 1) continue;
        if (operand[i] != result[lead + i]) return cannotRun(c, "operands cannot be broadcast");
        strides[lead + i] = own[i];
    }
    return strides;
}

struct Side {
    bool isSigned = true;
    bool whole = true; ///< same shape as the result
    std::vector<int64_t> strides;
    int64_t multiplier = 1;
    int shift = 0;
    int64_t zero = 0; ///< zero point
};

int64_t codeZero(const ir::TensorType& type) { return type.uniform() == nullptr ? 0 : type.uniform()->zeroPoint(); }

int64_t codeAt(const Buffer& buffer, bool isSigned, int64_t index) {
    return isSigned ? int64_t{buffer.as<int8_t>()[index]} : int64_t{buffer.as<uint8_t>()[index]};
}

int64_t offsetOf(const ir::Shape& shape, const std::vector<int64_t>& strides, int64_t index) {
    int64_t offset = 0;
    for (size_t axis = shape.size(); axis-- > 0;) {
        offset += index % shape[axis] * strides[axis];
        index /= shape[axis];
    }
    return offset;
}

Result<std::vector<Side>> sidesOf(const PrepareContext& c) {
    std::vector<Side> sides;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (c.node->operands[i] == ir::kNoValue || !isCode(operandType(c, i)))
            return cannotRun(c, "operand " + std::to_string(i) + " is not codes");
        Side side;
        side.isSigned = isSignedCode(operandType(c, i));
        side.whole = operandShape(c, i) == resultShape(c);
        side.zero = codeZero(operandType(c, i));
        WB_ASSIGN(side.strides, broadcastStrides(c, operandShape(c, i)));
        sides.push_back(std::move(side));
    }
    return sides;
}

/// result[i] = combine(codes of the operands at i) for all i, not below the zero point with a ReLU.
template <class Combine>
Prepared combineCodes(const PrepareContext& c, std::vector<Side> sides, Combine combine) {
    const bool outSigned = isSignedCode(resultType(c));
    const int64_t least = c.node->attributes.boolean("do_relu") ? codeZero(resultType(c)) : -128;
    return makeKernel([=, sides = std::move(sides),
                       shape = resultShape(c)](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
            std::vector<int64_t> codes(sides.size());
            withCode(outSigned, [&](auto code) {
                using Out = decltype(code);
                for (int64_t i = begin; i < end; ++i) {
                    for (size_t s = 0; s < sides.size(); ++s)
                        codes[s] =
                            codeAt(in[s], sides[s].isSigned,
                                   sides[s].whole ? i : offsetOf(shape, sides[s].strides, i));
                    out[0].as<Out>()[i] = numeric::saturate<Out>(std::max(combine(sides, codes), least));
                }
            });
        });
    });
}

/// Two operands of the result's shape: the order of elements does not matter.
Prepared sumOfTwo(const PrepareContext& c, const std::array<kernels::CodeScale, 2>& scales) {
    const bool outSigned = isSignedCode(resultType(c));
    const auto zero = static_cast<int32_t>(codeZero(resultType(c)));
    const int32_t low = c.node->attributes.boolean("do_relu") ? zero : outSigned ? -128 : 0;
    const int32_t high = outSigned ? 127 : 255;
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
            kernels::addCodes(in[0].as<uint8_t>() + begin, scales[0], in[1].as<uint8_t>() + begin, scales[1], low,
                              high, out[0].as<uint8_t>() + begin, end - begin);
        });
    });
}

bool allWhole(const ir::Graph& graph, const ir::Node& node) {
    return std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
        return id != ir::kNoValue && graph.weight(id) == nullptr &&
               graph.value(id).type.shape == graph.value(node.results[0]).type.shape;
    });
}

/// Element by element in any order if nothing is broadcast and no operand is a constant (which lies
/// Plain).
std::vector<Layout> wholeLayouts(const ir::Graph& graph, const ir::Node& node) {
    return allWhole(graph, node) ? codeLayouts(graph, node) : std::vector{Layout::Plain};
}

/// 32-bit numbers of one scale (dossier section 5.10): wraps around like the chip's adder.
Prepared prepareWideSum(const PrepareContext& c) {
    std::vector<std::vector<int64_t>> strides;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (c.node->operands[i] == ir::kNoValue || operandType(c, i).element != ir::ElementType::I32)
            return cannotRun(c, "operand " + std::to_string(i) + " is no 32-bit number");
        WB_ASSIGN(auto own, broadcastStrides(c, operandShape(c, i)));
        strides.push_back(std::move(own));
    }
    const bool minus = c.node->op == "tpu.Sub", relu = c.node->attributes.boolean("do_relu");
    return makeKernel([=, shape = resultShape(c)](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
                uint32_t sum = 0;
                for (size_t s = 0; s < strides.size(); ++s) {
                    const auto part = static_cast<uint32_t>(in[s].as<int32_t>()[offsetOf(shape, strides[s], i)]);
                    sum += minus && s == 1 ? -part : part;
                }
                const auto value = static_cast<int32_t>(sum);
                out[0].as<int32_t>()[i] = relu && value < 0 ? 0 : value;
            }
        });
    });
}

Prepared prepareSum(const PrepareContext& c) {
    if (resultType(c).element == ir::ElementType::I32) return prepareWideSum(c);
    WB_ASSIGN(auto sides, sidesOf(c));
    const auto multipliers = c.node->attributes.integers("multipliers");
    const auto shifts = c.node->attributes.integers("rshifts");
    if (multipliers.size() == sides.size() && sides.size() > 1 && shifts.size() == 1) // CV18xx: one shift, after the sum
        return combineCodes(c, std::move(sides),
                            [=, shift = static_cast<int>(shifts[0])](const std::vector<Side>&, const std::vector<int64_t>& codes) {
                                int64_t sum = 0;
                                for (size_t i = 0; i < codes.size(); ++i)
                                    sum += codes[i] * multipliers[i];
                                return numeric::shiftRightHalfUp(sum, shift);
                            });
    if (multipliers.size() != sides.size() || shifts.size() != sides.size())
        return cannotRun(c, "it has not one multiplier and shift an operand");
    const bool reverse = c.node->attributes.boolean("is_reverse");
    for (size_t i = 0; i < sides.size(); ++i) {
        sides[i].multiplier = multipliers[i];
        sides[i].shift = static_cast<int>(shifts[i]);
    }
    const bool minus = c.node->op == "tpu.Sub";
    if (sides.size() == 2 && sides[0].whole && sides[1].whole) {
        std::array<kernels::CodeScale, 2> scales;
        for (size_t i = 0; i < 2; ++i)
            scales[i] = {sides[i].isSigned, static_cast<int32_t>(multipliers[i]), sides[i].shift,
                         minus && (i == 1) != reverse, static_cast<int32_t>(sides[i].zero),
                         i == 0 ? static_cast<int32_t>(codeZero(resultType(c))) : 0};
        if (scales[0].fits() && scales[1].fits() && multipliers[0] == scales[0].multiplier &&
            multipliers[1] == scales[1].multiplier)
            return sumOfTwo(c, scales);
    }
    return combineCodes(
        c, std::move(sides), [=, out = codeZero(resultType(c))](const std::vector<Side>& all, const std::vector<int64_t>& codes) {
            int64_t sum = out;
            for (size_t i = 0; i < codes.size(); ++i) {
                const int64_t part =
                    numeric::shiftRightHalfUp((codes[i] - all[i].zero) * all[i].multiplier, all[i].shift);
                sum += minus && (i == 1) != reverse ? -part : part;
            }
            return sum;
        });
}

Prepared prepareMul(const PrepareContext& c) {
    WB_ASSIGN(auto sides, sidesOf(c));
    const int64_t multiplier = c.node->attributes.integer("multiplier", 1);
    const auto shift = static_cast<int>(c.node->attributes.integer("rshift", 0));
    if (c.node->attributes.enumerator("quant_mode").starts_with("TFLite") && sides.size() == 2)
        return combineCodes(c, std::move(sides),
                            [=, out = codeZero(resultType(c))](const std::vector<Side>& all, const std::vector<int64_t>& codes) {
                                return numeric::multiplyQuantised((codes[0] - all[0].zero) * (codes[1] - all[1].zero),
                                                                  {static_cast<int32_t>(multiplier), shift}) +
                                       out;
                            });
    if (c.node->attributes.enumerator("quant_mode") == "QDM")
        return combineCodes(c, std::move(sides), [=](const std::vector<Side>&, const std::vector<int64_t>& codes) {
            return int64_t{numeric::multiplyQuantised(codes[0] * (codes.size() > 1 ? codes[1] : 1),
                                                      {static_cast<int32_t>(multiplier), shift})};
        });
    return combineCodes(c, std::move(sides),
                        [=, out = codeZero(resultType(c))](const std::vector<Side>& all, const std::vector<int64_t>& codes) {
                            int64_t product = multiplier;
                            for (size_t i = 0; i < codes.size(); ++i)
                                product *= codes[i] - all[i].zero;
                            return numeric::shiftRightHalfUp(product, shift) + out;
                        });
}

Prepared prepareExtreme(const PrepareContext& c) {
    WB_ASSIGN(auto sides, sidesOf(c));
    const bool largest = c.node->op == "tpu.Max";
    const auto multipliers = c.node->attributes.integers("multipliers");
    const auto shifts = c.node->attributes.integers("rshifts");
    if (shifts.size() == 1) { // CV18xx: the operands' scales differ
        if (multipliers.size() != sides.size()) return cannotRun(c, "it has not one multiplier an operand");
        return combineCodes(c, std::move(sides),
                            [=, shift = static_cast<int>(shifts[0])](const std::vector<Side>&, const std::vector<int64_t>& codes) {
                                int64_t extreme = codes[0] * multipliers[0];
                                for (size_t i = 1; i < codes.size(); ++i)
                                    extreme = largest ? std::max(extreme, codes[i] * multipliers[i])
                                                      : std::min(extreme, codes[i] * multipliers[i]);
                                return numeric::shiftRightHalfUp(extreme, shift);
                            });
    }
    return combineCodes(c, std::move(sides),
                        [=](const std::vector<Side>&, const std::vector<int64_t>& codes) {
                            return largest ? *std::max_element(codes.begin(), codes.end())
                                           : *std::min_element(codes.begin(), codes.end());
                        });
}

} // namespace

void integer_binary(KernelTable& table) {
    for (const char* op : {"tpu.Add", "tpu.Sub"})
        addTpuKernel(table, {.op = op, .prepare = prepareSum, .layouts = wholeLayouts});
    addTpuKernel(table, {.op = "tpu.Mul", .prepare = prepareMul, .layouts = wholeLayouts});
    for (const char* op : {"tpu.Max", "tpu.Min"})
        addTpuKernel(table, {.op = op, .prepare = prepareExtreme, .layouts = wholeLayouts});
    for (const char* op : {"tpu.Div", "tpu.SubConst", "tpu.MulConst", "tpu.Reciprocal", "tpu.Pow",
                           "tpu.BinaryPow", "tpu.Mod", "tpu.Compare", "tpu.CompareConst"})
        addTpuKernel(table, {.op = op});
}

} // namespace wb::ops
