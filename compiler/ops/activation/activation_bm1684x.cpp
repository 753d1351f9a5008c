// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one code on BM1684X. Each is a table of 256 codes; the piecewise linear ones have a short form in
// vector instructions (1/64 or 1/32 of a cycle an element and lane, where a look-up takes a whole one). A short form is
// evaluated for all 256 codes with the arithmetic of the instructions and taken only if it gives the table.
#include "compiler/ops/activation/activation_bm1684x.h"

#include "compiler/ops/activation/code_steps_bm1684x.h"
#include "compiler/ops/binary/binary_bm1684x.h"
#include "compiler/ops/support/code_table.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <numeric>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// The result's box is the operand's, cut at will.
class PointwiseEmitter : public LocalEmitter {
public:
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t, const Part& result) const override { return result; }
};

class LookUpEmitter final : public PointwiseEmitter {
public:
    explicit LookUpEmitter(CodeTable table) : m_table(table) {}
    Result<LaneImage> constants(const Part&) const override {
        LaneImage image{256, {}};
        for (int64_t lane = 0; lane < kLanes; ++lane)
            for (const uint8_t code : m_table) image.bytes.push_back(std::byte{code});
        return image;
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit(out).lookUp(call.output, call.operands[0].sub(call.result), call.constants);
        return {};
    }

private:
    CodeTable m_table;
};

class StepsEmitter final : public PointwiseEmitter {
public:
    explicit StepsEmitter(CodeSteps steps) : m_steps(std::move(steps)) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        std::vector<int64_t> bytes;
        for (const auto precision : m_steps.scratch) bytes.push_back(alignedBytes(precision, boxesOf(result).front()));
        return bytes;
    }
    int inPlaceOperand() const override { return m_steps.inPlace ? 0 : -1; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        for (const Part& box : boxesOf(call.result))
            emitSteps(m_steps, unit, call.output.sub(box), call.operands[0].sub(box), call.scratch);
        return {};
    }

private:
    /// Parts of a result whose scratch stays small, one after the other; the first is the largest.
    std::vector<Part> boxesOf(const Part& result) const {
        constexpr int64_t kBudget = kBankBytes / 2; // codes a lane
        if (m_steps.scratch.empty() || alignedBytes(Precision::Int8, result) <= kBudget) return {result};
        std::vector<Part> boxes;
        const int64_t plane = result.h.size() * result.w.size();
        const int64_t rows = std::max<int64_t>(1, kBudget / std::max<int64_t>(1, result.w.size()));
        // Whole planes of several rows of lanes while they are small.
        const int64_t lanes = plane > kBudget ? kLanes : kBudget / roundUp(plane, kVectorBytes) * kLanes;
        // Pieces begin at multiples of 64 bytes where the width allows it: planes that lie together are cheaper.
        const int64_t unit = kVectorBytes / std::gcd(kVectorBytes, result.w.size());
        const int64_t step = rows >= unit ? rows / unit * unit : rows;
        for (int64_t n = result.n.begin; n < result.n.end; ++n)
            for (int64_t c = result.c.begin; c < result.c.end; c += lanes)
                for (int64_t h = result.h.begin; h < result.h.end; h += plane > kBudget ? step : result.h.size())
                    boxes.push_back({{n, n + 1}, {c, std::min(c + lanes, result.c.end)},
                                     {h, plane > kBudget ? std::min(h + step, result.h.end) : result.h.end}, result.w});
        return boxes;
    }
    CodeSteps m_steps;
};

/// x >= 0 ? x : x · slope[c] >> shift, slopes lying one a channel.
class PReluEmitter final : public PointwiseEmitter {
public:
    PReluEmitter(ir::Tensor slopes, int shift) : m_slopes(std::move(slopes)), m_shift(shift) {}
    Result<LaneImage> constants(const Part& result) const override {
        LanePacker packer;
        const int64_t slopes = packer.reserve(4 * ceilDiv(result.c.size(), kLanes), kVectorBytes);
        packer.allocate();
        for (int64_t k = 0; k < result.c.size(); ++k) {
            const int64_t from = m_slopes.elementCount() == 1 ? 0 : result.c.begin + k;
            packer.put(k % kLanes, slopes + k / kLanes * 4, m_slopes.data<int8_t>() + from, 1);
        }
        return std::move(packer).finish();
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t bytes = alignedBytes(Precision::Int8, result);
        return {bytes, bytes};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor in = call.operands[0].sub(call.result);
        const auto slopes = numbersOfChannels(call.output, call.constants, Precision::Int8, true);
        // sat(max(x, 0) + (min(x, 0) · slope >> shift)); one of the two is zero.
        const auto part = scratchBox(call.output, call.scratch[0], Precision::Int8, true);
        const auto below = scratchBox(call.output, call.scratch[1], Precision::Int8, true);
        const IntegerUnit::Number zero{0, Precision::Int8, true};
        unit.apply(ArOp::Min, part, in, zero);
        unit.apply(ArOp::MulSaturating, below, part, slopes, m_shift);
        unit.apply(ArOp::Max, part, in, zero);
        unit.apply(ArOp::AddSaturating, call.output, part, below);
        return {};
    }

private:
    ir::Tensor m_slopes;
    int m_shift;
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareCodeFunction(const EmitContext& context) {
    const auto table = codeTableOf(*context.graph, *context.node);
    if (!table) return notEmitted(context, "it is no function of one 8-bit code");
    if (auto steps = codeSteps(*context.graph, *context.node, *table))
        return std::unique_ptr<LocalEmitter>(new StepsEmitter(std::move(*steps)));
    return std::unique_ptr<LocalEmitter>(new LookUpEmitter(*table));
}

namespace {

Result<std::unique_ptr<LocalEmitter>> prepareCodePRelu(const EmitContext& context) {
    const auto& node = *context.node;
    const auto& in = context.graph->value(node.operands[0]).type;
    const auto& out = context.graph->value(node.results[0]).type;
    if (!chipSigned(in.element)) {
        if (chipSigned(out.element)) return notEmitted(context, "its operand is unsigned and its result is signed");
        return std::unique_ptr<LocalEmitter>(new StepsEmitter(copySteps())); // nothing below zero
    }
    if (!isConstant(context, 1) || !chipSigned(out.element))
        return notEmitted(context, "its slopes are not constant, or its result is unsigned");
    const auto& slopes = *context.graph->weight(node.operands[1]);
    const int64_t channels = chipShape(out.shape)[1];
    if (ir::sizeInBytes(slopes.type()) != 1 || (slopes.elementCount() != channels && slopes.elementCount() != 1))
        return notEmitted(context, "slopes are not one a channel");
    const int64_t shift = node.attributes.integer("rshift", 0);
    if (shift < 0 || shift > 31) return beyondChip(context, "its shift is " + std::to_string(shift));
    return std::unique_ptr<LocalEmitter>(new PReluEmitter(slopes, static_cast<int>(shift)));
}

using Prepare = Result<std::unique_ptr<LocalEmitter>> (*)(const EmitContext&);
template <Prepare codes, Prepare floats> Result<std::unique_ptr<LocalEmitter>> either(const EmitContext& context) {
    return worksOnCodes(context) ? codes(context) : floats(context);
}

} // namespace

void emit_activation(EmitterTable& table) {
    table.add({.op = "tpu.Lut", .local = prepareCodeFunction});
    table.add({.op = "tpu.MulShift", .local = prepareCodeFunction});
    for (const char* op : {"tpu.LeakyRelu", "tpu.Relu", "tpu.Active", "tpu.Clip"})
        table.add({.op = op, .local = either<prepareCodeFunction, prepareFloatActivation>});
    for (const char* op : {"tpu.AddConst", "tpu.MaxConst", "tpu.MinConst"})
        table.add({.op = op, .local = either<prepareCodeFunction, prepareFloatBinary>});
    table.add({.op = "tpu.PReluOp", .local = either<prepareCodePRelu, prepareFloatActivation>});
    for (const char* op : {"tpu.Reciprocal", "tpu.Pow"}) table.add({.op = op, .local = prepareFloatActivation});
}

} // namespace wb::ops
