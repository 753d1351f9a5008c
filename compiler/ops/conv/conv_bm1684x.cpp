// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/conv_bm1684x.h"

#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

/// sat((x · multiplier >> shift) + zero) with a row a channel: multiplier, minus the shift, zero. TensorFlow Lite rounds
/// twice: the upper half of the product by halves up, its shift by halves away from zero.
class RequantAxisEmitter final : public LocalEmitter {
public:
    RequantAxisEmitter(ir::Tensor table, bool twice) : m_table(std::move(table)), m_twice(twice) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {m_twice ? alignedBytes(Precision::Int32, result) : 0};
    }
    Result<LaneImage> constants(const Part& result) const override {
        LanePacker packer;
        const int64_t slots = packer.reserve(kVectorBytes * rowsOf(result), kVectorBytes);
        const int64_t multipliers = m_twice ? packer.reserve(4 * rowsOf(result), 4) : 0;
        packer.allocate();
        for (int64_t k = 0; k < result.c.size(); ++k) {
            const int32_t* row = m_table.data<int32_t>() + 3 * (result.c.begin + k);
            const int32_t slot[3] = {m_twice ? 1 : row[0], row[1], row[2]};
            packer.put(k % kLanes, slots + k / kLanes * kVectorBytes, slot, sizeof slot);
            if (m_twice) packer.put(k % kLanes, multipliers + k / kLanes * 4, row, 4);
        }
        return std::move(packer).finish();
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor sums = call.operands[0].sub(call.result);
        if (!m_twice) {
            unit.requant(call.output, sums, call.constants);
            return {};
        }
        const LocalTensor upper = scratchBox(call.output, call.scratch[0], Precision::Int32);
        unit.upperHalf(upper, sums, numbersOfChannels(sums, call.constants + u32(kVectorBytes * rowsOf(call.result)), Precision::Int32, true));
        unit.requant(call.output, upper, call.constants, Rounding::HalfAwayFromZero);
        return {};
    }

private:
    static int64_t rowsOf(const Part& part) { return ceilDiv(part.c.size(), kLanes); }
    ir::Tensor m_table;
    bool m_twice;
};

Result<std::unique_ptr<LocalEmitter>> prepareConv(const EmitContext& context) {
    return worksOnCodes(context) ? prepareCodeConv(context) : prepareFloatConv(context);
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareRequantAxis(const EmitContext& context) {
    const auto& result = context.graph->value(context.node->results[0]).type;
    if (!isConstant(context, 1)) return notEmitted(context, "its table is not constant");
    const auto& table = *context.graph->weight(context.node->operands[1]);
    if (ir::sizeInBytes(table.type()) != 4 || table.elementCount() != 3 * chipShape(result.shape)[1])
        return notEmitted(context, "its table has not three numbers a channel");
    for (int64_t c = 0; c < chipShape(result.shape)[1]; ++c) {
        const int32_t* row = table.data<int32_t>() + 3 * c;
        if (row[1] > 0 || row[1] < -63) return beyondChip(context, "a shift is " + std::to_string(row[1]));
        if (!chipSigned(result.element) && row[2] < 0)
            return beyondChip(context, "unsigned codes have a negative zero point");
    }
    return std::unique_ptr<LocalEmitter>(new RequantAxisEmitter(table, context.node->attributes.enumerator("quant_mode").starts_with("TFLite")));
}

void emit_conv(EmitterTable& table) {
    table.add({.op = "tpu.Conv2D", .local = prepareConv});
    table.add({.op = "tpu.Deconv", .local = prepareConv});
    table.add({.op = "tpu.Scale", .local = prepareFloatConv});
    table.add({.op = "tpu.RequantIntAxis", .local = prepareRequantAxis});
}

} // namespace wb::ops
