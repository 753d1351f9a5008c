// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/binary/binary_bm1684x_int8.h"

#include "compiler/ops/binary/binary_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

Range partOfAxis(int64_t size, Range result) { return size == 1 ? Range{0, 1} : result; }

/// A constant's box in local memory: the channels of a part of the result, or its one channel in every lane, however many
/// channels the part has; all of the other axes.
Part constantPart(const CodeSide& side, const Part& result) {
    return {{0, side.shape[0]}, side.shape[1] == 1 ? Range{0, kLanes} : result.c, {0, side.shape[2]}, {0, side.shape[3]}};
}

} // namespace

Part CodeSide::partFor(const Part& result) const {
    return {partOfAxis(shape[0], result.n), partOfAxis(shape[1], result.c), partOfAxis(shape[2], result.h),
            partOfAxis(shape[3], result.w)};
}

CodeCombine::CodeCombine(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu)
    : m_sides(std::move(sides)), m_shape(chipShape(result.shape)), m_outSigned(chipSigned(result.element)), m_relu(relu),
      m_zero(zeroCodeOf(result)) {}

Part CodeCombine::operandPart(size_t index, const Part& result) const {
    return m_sides[index].constant ? Part{} : m_sides[index].partFor(result);
}

int64_t CodeCombine::constantOffset(size_t index, const Part& result) const {
    int64_t offset = 0;
    for (size_t i = 0; i < index; ++i)
        if (m_sides[i].constant) offset += alignedBytes(m_sides[i].precision, constantPart(m_sides[i], result));
    return offset;
}

Result<LaneImage> CodeCombine::constants(const Part& result) const {
    LanePacker packer;
    packer.reserve(constantOffset(m_sides.size(), result), kVectorBytes);
    packer.allocate();
    for (size_t i = 0; i < m_sides.size(); ++i) {
        const CodeSide& side = m_sides[i];
        if (!side.constant) continue;
        const Part part = constantPart(side, result);
        const LocalTensor box = alignedTensor(u32(constantOffset(i, result)), side.precision, side.isSigned, part);
        const auto& s = side.shape;
        const int64_t size = bytesOf(side.precision);
        for (int64_t n = 0; n < box.n(); ++n)
            for (int64_t c = 0; c < box.c(); ++c)
                for (int64_t h = 0; h < box.h(); ++h) {
                    const int64_t channel = s[1] == 1 ? 0 : part.c.begin + c;
                    const int64_t from = ((n * s[1] + channel) * s[2] + h) * s[3];
                    packer.put(c % kLanes, box.offset() + (n * box.nStride + c / kLanes * box.cStride + h * box.hStride) * size,
                               side.codes.bytes() + from * size, box.w() * size);
                }
    }
    return std::move(packer).finish();
}

std::vector<int64_t> CodeCombine::scratchBytes(const Part& result) const {
    std::vector<int64_t> bytes;
    for (size_t i = 0; i < m_sides.size(); ++i)
        bytes.push_back(isSpread(i) ? alignedBytes(m_sides[i].precision, m_sides[i].partFor(result)) : 0);
    for (const auto precision : work()) bytes.push_back(alignedBytes(precision, result));
    return bytes;
}

int CodeCombine::inPlaceOperand() const {
    for (size_t i = 0; i < m_sides.size(); ++i)
        if (m_sides[i].isWhole(m_shape)) return static_cast<int>(i);
    return -1;
}

CodeCombine::Box CodeCombine::side(size_t index, const LocalCall& call, IntegerUnit& unit) const {
    const CodeSide& s = m_sides[index];
    if (s.constant) {
        Part wanted = s.partFor(call.result);
        const Part whole = constantPart(s, call.result);
        wanted.c = whole.c;
        Box box = alignedTensor(call.constants + u32(constantOffset(index, call.result)), s.precision, s.isSigned, whole).sub(wanted);
        if (s.shape[1] == 1) {
            box.cStride = 0;
            box.part.c = call.result.c;
        }
        return repeated(box, call.result);
    }
    Box box = call.operands[index].sub(s.partFor(call.result));
    if (isSpread(index)) {
        // Into all lanes once; rows of 64 channels share the copy.
        Part part = box.part;
        part.c = {0, std::min(call.result.c.size(), kLanes)};
        Box all = alignedTensor(call.scratch[index], s.precision, s.isSigned, part);
        unit.spread(all, box);
        all.cStride = 0;
        all.part.c = call.result.c;
        box = all;
    }
    return repeated(box, call.result);
}

CodeCombine::Box CodeCombine::scratch(size_t index, const LocalCall& call, bool isSigned) const {
    return scratchBox(call.output, call.scratch[m_sides.size() + index], work()[index], isSigned);
}

void CodeCombine::clamp(const LocalCall& call, IntegerUnit& unit) const {
    if (m_relu && m_zero > (m_outSigned ? -128 : 0))
        unit.apply(ArOp::Max, call.output, call.output, IntegerUnit::Number{m_zero, Precision::Int8, m_outSigned});
}

Result<std::vector<CodeSide>> codeSides(const EmitContext& context, Precision precision) {
    const auto& node = *context.node;
    const auto& result = context.graph->value(node.results[0]).type;
    const auto resultShape = chipShape(result.shape);
    const std::string width = std::to_string(8 * bytesOf(precision)) + " bits wide";
    if (chipPrecision(result.element) != precision) return notEmitted(context, "its result is not " + width);
    std::vector<CodeSide> sides;
    for (size_t i = 0; i < node.operands.size(); ++i) {
        const std::string name = "operand " + std::to_string(i);
        if (node.operands[i] == ir::kNoValue) return notEmitted(context, name + " is absent");
        const auto& type = context.graph->value(node.operands[i]).type;
        if (chipPrecision(type.element) != precision) return notEmitted(context, name + " is not " + width);
        if (type.shape.size() > result.shape.size()) return notEmitted(context, name + " has more axes than the result");
        // As the result's axes see it: axes it lacks come first.
        ir::Shape padded(result.shape.size() - type.shape.size(), 1);
        padded.insert(padded.end(), type.shape.begin(), type.shape.end());
        const ir::Tensor* weight = context.graph->weight(node.operands[i]);
        const ir::Shape own = padded;
        const ir::Shape joinable = joinableShape(own, result.shape);
        if (weight != nullptr) padded = joinable;
        else if (joinable != padded) return notEmitted(context, name + " is repeated along one of five or more axes");
        CodeSide side;
        side.shape = chipShape(padded);
        side.isSigned = chipSigned(type.element);
        side.precision = precision;
        side.zero = zeroCodeOf(type);
        for (size_t axis = 0; axis < 4; ++axis)
            if (side.shape[axis] != 1 && side.shape[axis] != resultShape[axis])
                return notEmitted(context, name + " does not repeat into the result");
        if (weight != nullptr) {
            side.constant = true;
            side.codes = repeatedConstant(*weight, own, padded);
            if (static_cast<int64_t>(ir::sizeInBytes(weight->type())) != bytesOf(precision)) return notEmitted(context, name + " is not codes");
        } else if (chipShape(type.shape) != side.shape) {
            return notEmitted(context, name + " has fewer axes than the result, so that its elements lie otherwise");
        }
        sides.push_back(std::move(side));
    }
    if (std::all_of(sides.begin(), sides.end(), [](const CodeSide& s) { return s.constant; }))
        return notEmitted(context, "all its operands are constant");
    return sides;
}

} // namespace wb::ops
