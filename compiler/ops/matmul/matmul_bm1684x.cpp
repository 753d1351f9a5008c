// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/matmul/matmul_bm1684x.h"

#include "compiler/ops/conv/conv_bm1684x_float.h"
#include "compiler/ops/conv/conv_bm1684x_int8.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <limits>

namespace wb::ops {

using namespace bm1684x;

namespace {

Result<std::vector<std::pair<int64_t, int64_t>>> batchesOf(const EmitContext& c, const ir::Shape& left,
                                                           const ir::Shape& right, const MatrixProduct& p) {
    ir::Shape a(left.begin(), left.end() - 2), b(right.begin(), right.end() - 2);
    const size_t rank = std::max(a.size(), b.size());
    a.insert(a.begin(), rank - a.size(), 1);
    b.insert(b.begin(), rank - b.size(), 1);
    int64_t count = 1;
    for (size_t i = 0; i < rank; ++i) {
        if (a[i] != b[i] && a[i] != 1 && b[i] != 1) return notEmitted(c, "the batches of its operands differ");
        count *= std::max(a[i], b[i]);
        if (count > 65536) return beyondChip(c, "it has more than 65536 matrices");
    }
    std::vector<std::pair<int64_t, int64_t>> batches;
    for (int64_t i = 0; i < count; ++i) {
        int64_t rest = i, at = 0, bt = 0, aPitch = 1, bPitch = 1;
        for (size_t d = rank; d-- > 0;) {
            const int64_t size = std::max(a[d], b[d]), index = rest % size;
            rest /= size;
            if (a[d] != 1) at += index * aPitch;
            if (b[d] != 1) bt += index * bPitch;
            aPitch *= a[d];
            bPitch *= b[d];
        }
        batches.emplace_back(at * p.rows * p.inner, bt * p.inner * p.columns);
    }
    return batches;
}

/// Left matrices that follow each other and meet one right matrix are one tall product.
void join(MatrixProduct& p) {
    bool joined = !p.leftTransposed && p.batches.size() > 1;
    for (size_t i = 0; i < p.batches.size() && joined; ++i)
        joined = p.batches[i].second == 0 && p.batches[i].first == static_cast<int64_t>(i) * p.rows * p.inner;
    if (!joined) return;
    p.rows *= static_cast<int64_t>(p.batches.size());
    p.batches.resize(1);
}

Status readBias(const EmitContext& c, MatrixProduct& p) {
    if (c.node->operands.size() <= 2 || c.node->operands[2] == ir::kNoValue) return {};
    const ir::Tensor* bias = constantOperand(c, 2);
    const auto columns = static_cast<size_t>(p.columns);
    if (bias == nullptr) return notEmitted(c, "its bias is not constant");
    const bool each = bias->elementCount() == p.columns && !bias->shape().empty() && bias->shape().back() == p.columns;
    if (!each && bias->elementCount() != 1) return notEmitted(c, "its bias is not one number for each column");
    if (p.ofCodes()) {
        if (ir::sizeInBytes(bias->type()) != 4 || ir::isFloat(bias->type())) return notEmitted(c, "its bias is not of 32-bit integers");
        p.codeBias.assign(columns, bias->data<int32_t>()[0]);
        if (each) p.codeBias.assign(bias->data<int32_t>(), bias->data<int32_t>() + columns);
        return {};
    }
    if (!ir::isFloat(bias->type())) return notEmitted(c, "its bias is not float");
    p.bias = floatsOf(*bias);
    p.bias.resize(columns, p.bias[0]);
    return {};
}

/// Sums of codes stay in 32 bits, and the multiplier fits its field.
Status checkCodes(const EmitContext& c, const MatrixProduct& p) {
    int64_t bias = 0;
    for (const int32_t b : p.codeBias)
        bias = std::max(bias, std::abs(int64_t{b}));
    if (p.inner > (std::numeric_limits<int32_t>::max() - bias) / (255 * 255))
        return beyondChip(c, "sums of " + std::to_string(p.inner) + " products can leave 32 bits");
    if (p.multiplier < std::numeric_limits<int32_t>::min() || p.multiplier > std::numeric_limits<int32_t>::max() ||
        p.shift < 0 || p.shift > 63)
        return beyondChip(c, "it is scaled by " + std::to_string(p.multiplier) + " / 2^" + std::to_string(p.shift));
    return {};
}

/// A few rows by a constant matrix, as in classifiers: rows are pictures of one pixel, columns the filters' channels.
bool isClassifier(const EmitContext& c, const MatrixProduct& p) {
    constexpr int64_t kFewRows = 16;
    // Filters of 64 columns take turns beside the operand, whose channels take 64 bytes each in a lane.
    constexpr int64_t kRoom = kLaneBytes - kBankBytes;
    if (p.inner > kMaxDimension || p.inner * (2 * bytesOf(p.precision) + p.rows) > kRoom) return false;
    return c.graph->value(c.node->operands[0]).type.shape.size() == 2 && p.batches.size() == 1 && !p.leftTransposed &&
           c.graph->value(c.node->results[0]).type.shape.size() == 2 && p.rows <= kFewRows &&
           constantOperand(c, 0) == nullptr && constantOperand(c, 1) != nullptr;
}

/// The right matrix of codes as a filter [columns, inner].
std::vector<int8_t> filterOf(const MatrixProduct& p, const int8_t* right) {
    const int64_t count = p.columns * p.inner;
    if (p.rightTransposed) return std::vector<int8_t>(right, right + count);
    std::vector<int8_t> filter(static_cast<size_t>(count));
    constexpr int64_t kBlock = 32; // both sides stay in the cache
    for (int64_t n0 = 0; n0 < p.columns; n0 += kBlock)
        for (int64_t k0 = 0; k0 < p.inner; k0 += kBlock)
            for (int64_t n = n0; n < std::min(n0 + kBlock, p.columns); ++n)
                for (int64_t k = k0; k < std::min(k0 + kBlock, p.inner); ++k)
                    filter[static_cast<size_t>(n * p.inner + k)] = right[k * p.columns + n];
    return filter;
}

Result<std::unique_ptr<LocalEmitter>> prepareLocal(const EmitContext& context) {
    WB_ASSIGN(MatrixProduct p, readProduct(context));
    if (p.leftZero != 0 || p.rightZero != 0 || p.givesSums()) return notEmitted(context, "zero points of both sides, and plain sums, have a form in DDR only");
    if (context.node->attributes.boolean("hdim_is_batch")) {
        if (p.ofCodes()) WB_TRY(checkCodes(context, p));
        return makeHeadProduct(context, std::move(p));
    }
    if (constantOperand(context, 1) == nullptr || constantOperand(context, 0) != nullptr)
        return notEmitted(context, "it is no product with a constant matrix");
    WB_TRY(readBias(context, p));
    const ir::Tensor& right = *constantOperand(context, 1);
    if (!isClassifier(context, p)) {
        if (p.ofCodes()) WB_TRY(checkCodes(context, p));
        return makeRowProduct(context, std::move(p), right);
    }
    if (!p.ofCodes()) {
        FloatConv conv;
        conv.inChannels = p.inner;
        conv.outChannels = p.columns;
        conv.matrix = right;
        conv.inputsFirst = !p.rightTransposed;
        conv.bias = p.bias;
        conv.precision = p.precision;
        conv.clamp = p.clamp;
        if (p.resultPrecision != p.precision) return notEmitted(context, "its result is of another kind");
        return std::unique_ptr<LocalEmitter>(std::make_unique<FloatConvEmitter>(std::move(conv)));
    }
    WB_TRY(checkCodes(context, p));
    CodeConv conv;
    conv.inChannels = p.inner;
    conv.outChannels = p.columns;
    conv.filter = ir::Tensor::of<int8_t>(right.type(), {p.columns, p.inner, 1, 1}, filterOf(p, right.data<int8_t>()));
    conv.inSigned = p.leftSigned;
    conv.filterSigned = p.rightSigned;
    conv.bias = p.codeBias;
    conv.multipliers.assign(static_cast<size_t>(p.columns), p.multiplier);
    conv.shifts.assign(static_cast<size_t>(p.columns), p.shift);
    conv.relu = p.clamp.kind == kernels::Unary::Relu;
    conv.zero = p.zero;
    return std::unique_ptr<LocalEmitter>(std::make_unique<CodeConvEmitter>(std::move(conv)));
}

Result<std::unique_ptr<GlobalEmitter>> prepareGlobal(const EmitContext& context) {
    if (context.node->attributes.boolean("hdim_is_batch")) return notEmitted(context, "hdim_is_batch has no form in DDR");
    WB_ASSIGN(MatrixProduct product, readProduct(context));
    WB_TRY(readBias(context, product));
    if (product.ofCodes()) {
        WB_TRY(checkCodes(context, product));
    }
    return makeProduct(context, std::move(product));
}

} // namespace

Result<MatrixProduct> readProduct(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const auto& leftType = c.graph->value(c.node->operands.at(0)).type;
    const auto& rightType = c.graph->value(c.node->operands.at(1)).type;
    const auto& resultType = c.graph->value(c.node->results[0]).type;
    if (a.boolean("output_transpose")) return notEmitted(c, "output_transpose is not supported");
    const bool heads = a.boolean("hdim_is_batch");
    ir::Shape left = leftType.shape, right = rightType.shape;
    if (left.empty() || right.empty()) return notEmitted(c, "an operand is a scalar");
    if (left.size() == 1) left.insert(left.begin(), 1);
    if (right.size() == 1) right.push_back(1);
    MatrixProduct p;
    p.leftTransposed = a.boolean("left_transpose");
    p.rightTransposed = a.boolean("right_transpose");
    const size_t l = left.size(), r = right.size();
    p.rows = left[l - (p.leftTransposed ? 1 : 2)];
    p.inner = left[l - (p.leftTransposed ? 2 : 1)];
    p.columns = right[r - (p.rightTransposed ? 2 : 1)];
    if (!heads && right[r - (p.rightTransposed ? 1 : 2)] != p.inner) return notEmitted(c, "its inner dimensions differ");
    p.precision = chipPrecision(leftType.element);
    p.resultPrecision = chipPrecision(resultType.element);
    p.leftSigned = chipSigned(leftType.element);
    p.rightSigned = chipSigned(rightType.element);
    p.resultSigned = chipSigned(resultType.element);
    const bool floats = ir::isFloat(leftType.element) && leftType.element == rightType.element && ir::isFloat(resultType.element);
    const bool codes = p.ofCodes() && chipPrecision(rightType.element) == Precision::Int8 && (p.resultPrecision == Precision::Int8 || p.givesSums());
    if (!floats && !codes) return notEmitted(c, "its operands and result are not of one kind");
    if (!heads) {
        WB_ASSIGN(p.batches, batchesOf(c, left, right, p));
        if (static_cast<int64_t>(p.batches.size()) * p.rows * p.columns != resultType.elementCount())
            return notEmitted(c, "its result has another size");
        join(p);
    }
    if (codes) {
        const auto multipliers = a.integers("multipliers"), shifts = a.integers("rshifts");
        if (multipliers.size() != 1 || shifts.size() != 1) return notEmitted(c, "it has not one multiplier and shift");
        p.leftZero = static_cast<int32_t>(a.integer("input_zp", 0));
        p.rightZero = static_cast<int32_t>(a.integer("right_zp", 0));
        const auto isCode = [](int32_t zero, bool isSigned) { return isSigned ? zero == static_cast<int8_t>(zero) : zero == static_cast<uint8_t>(zero); };
        if (!isCode(p.leftZero, p.leftSigned) || !isCode(p.rightZero, p.rightSigned)) return notEmitted(c, "a zero point is no code");
        p.multiplier = multipliers[0];
        p.zero = zeroCodeOf(resultType);
        p.shift = p.multiplier == 0 ? 0 : static_cast<int>(std::clamp<int64_t>(shifts[0], -32, 64)); // a tensor of zeros
        for (; p.shift < 0 && std::abs(p.multiplier) <= std::numeric_limits<int32_t>::max() / 2; ++p.shift) p.multiplier *= 2; // sums that grow
        if (a.boolean("do_relu")) p.clamp = {kernels::Unary::Relu, -1, 0};
    } else {
        p.clamp = fusedClamp(*c.node);
    }
    return p;
}

void emit_matmul(EmitterTable& table) {
    table.add({.op = "tpu.MatMul", .local = prepareLocal, .global = prepareGlobal});
}

} // namespace wb::ops
