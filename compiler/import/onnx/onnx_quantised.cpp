// SPDX-License-Identifier: GPL-3.0-or-later
// onnxruntime's operators on codes that are spelt by DequantizeLinear, an operator on reals, and QuantizeLinear: the reals
// are what the codes stand for, so that the chip may compute them in F16, too.
#include "compiler/import/onnx/body_writer.h"
#include "compiler/ops/import_help.h"

namespace wb::importer {
namespace {

using Name = BodyWriter::Name;
using ops::attributeError;

Name codesOf(BodyWriter& w, Name x, Name scale, Name zero) {
    BodyWriter::Names inputs{std::move(x), std::move(scale)};
    if (!zero.empty()) inputs.push_back(std::move(zero));
    return w.node("QuantizeLinear", std::move(inputs));
}

/// A, B, scale of A, scale of B, zero points of both, bias.
Status integerMatMul(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 4));
    const auto columns = static_cast<int64_t>(w.shape(1).size()) - 1;
    Name y = w.node("MatMul", {w.real(w.in(0), w.in(2), w.in(4)), w.real(w.in(1), w.in(3), w.in(5), columns)});
    if (w.has(6)) y = w.add(y, w.in(6));
    w.give(0, y);
    return {};
}

/// A in floats, which takes the scale that its numbers ask for; B, its scale and zero point, bias.
Status dynamicMatMul(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 3));
    const auto columns = static_cast<int64_t>(w.shape(1).size()) - 1;
    const auto a = w.many("DynamicQuantizeLinear", {w.in(0)}, 3);
    Name y = w.node("MatMul", {w.real(a[0], a[1], a[2]), w.real(w.in(1), w.in(2), w.in(3), columns)});
    if (w.has(4)) y = w.add(y, w.in(4));
    w.give(0, y);
    return {};
}

/// The weights are codes, [directions, numbers, gates]; inputs are taken as they are, not in steps of their own.
Status dynamicLstm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 12));
    const auto weights = [&](size_t codes, size_t scale) -> Result<Name> {
        const ir::Shape s = w.shape(scale), shape = w.shape(codes);
        if (shape.size() != 3 || s.size() > 2) return attributeError(w.caller(), "weights " + ir::toText(shape) + " with scales " + ir::toText(s));
        // A scale a direction, or one a gate of each direction.
        const std::vector<int64_t> wide = s.size() == 2 ? std::vector<int64_t>{s[0], 1, s[1]} : std::vector<int64_t>{s.empty() ? 1 : s[0], 1, 1};
        const auto numbers = [&](size_t i) { return w.reshape(w.node("Cast", {w.in(i)}, {{"to", int64_t{1}}}), wide); };
        const Name centred = w.node("Sub", {w.node("Cast", {w.in(codes)}, {{"to", int64_t{1}}}), numbers(scale + 1)});
        return w.permute(w.mul(centred, numbers(scale)), {0, 2, 1});
    };
    WB_ASSIGN(const Name x, weights(1, 8));
    WB_ASSIGN(const Name h, weights(2, 10));
    const auto y = w.many("LSTM", {w.in(0), x, h, w.in(3), w.in(4), w.in(5), w.in(6), w.in(7)}, 3, w.caller().attributes);
    for (size_t i = 0; i < 3; ++i)
        w.give(i, y[i]);
    return {};
}

/// Average of codes: input, its scale and zero point, those of the result.
Status averagePool(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 4));
    BodyWriter::Attributes a = w.caller().attributes;
    const bool last = w.caller().integer("channels_last", 0) != 0;
    a.erase("channels_last");
    if (last && w.shape(0).size() != 4) return ops::nodeError(w.caller(), Code::ShapeMismatch, "input " + ir::toText(w.shape(0)));
    Name x = w.real(w.in(0), w.in(1), w.in(2));
    if (last) x = w.permute(x, {0, 3, 1, 2});
    Name y = w.node("AveragePool", {x}, std::move(a));
    if (last) y = w.permute(y, {0, 2, 3, 1});
    w.give(0, codesOf(w, y, w.in(3), w.in(4)));
    return {};
}

Status reduceMean(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 4));
    w.give(0, codesOf(w, w.node("ReduceMean", {w.real(w.in(0), w.in(1), w.in(2))}, w.caller().attributes), w.in(3), w.in(4)));
    return {};
}

Status chosenCodes(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 9));
    const Name yes = w.real(w.in(1), w.in(2), w.in(3)), no = w.real(w.in(4), w.in(5), w.in(6));
    w.give(0, codesOf(w, w.node("Where", {w.in(0), yes, no}), w.in(7), w.in(8)));
    return {};
}

/// ONNX's QLinearConv, and the same on pictures with channels last (the filter stays as it is).
Status convOfCodes(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 8));
    BodyWriter::Attributes a = w.caller().attributes;
    const bool last = w.caller().integer("channels_last", 0) != 0;
    a.erase("channels_last");
    if (last && w.shape(0).size() != 4) return ops::nodeError(w.caller(), Code::ShapeMismatch, "input " + ir::toText(w.shape(0)));
    const Name x = last ? w.permute(w.in(0), {0, 3, 1, 2}) : w.in(0);
    const Name y = w.node("QLinearConv", {x, w.in(1), w.in(2), w.in(3), w.in(4), w.in(5), w.in(6), w.in(7), w.in(8)}, std::move(a));
    w.give(0, last ? w.permute(y, {0, 2, 3, 1}) : y);
    return {};
}

/// A product with weights of 2, 4 or 8 bits, block_size of them with a scale and a zero point: [N, blocks, bytes].
Status narrowMatMul(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    const int64_t bits = node.integer("bits", 4), block = node.integer("block_size", 0), k = node.integer("K", 0), n = node.integer("N", 0);
    const ir::Tensor* codes = w.data(1);
    const ir::Tensor* scales = w.data(2);
    const ir::Tensor* zeros = w.data(3);
    if ((bits != 2 && bits != 4 && bits != 8) || w.has(4) || node.integer("weight_prepacked", 0) != 0)
        return attributeError(node, std::to_string(bits) + " bits, places by g_idx, or weights packed for a processor");
    if (codes == nullptr || scales == nullptr || (w.has(3) && zeros == nullptr)) return attributeError(node, "weights known only at run time");
    if (block < 8 || block > 1 << 16 || k < 1 || n < 1 || k > 1 << 24 || n > 1 << 24) return attributeError(node, "K, N or block_size");
    const int64_t blocks = (k + block - 1) / block, bytes = block * bits / 8, zeroBytes = (blocks * bits + 7) / 8;
    const bool packed = zeros != nullptr && zeros->type() == ir::ElementType::Ui8;
    if (codes->type() != ir::ElementType::Ui8 || codes->elementCount() != n * blocks * bytes || scales->elementCount() != n * blocks ||
        (zeros != nullptr && zeros->elementCount() != (packed ? n * zeroBytes : n * blocks)))
        return ops::nodeError(node, Code::ShapeMismatch, "weights " + ir::toText(codes->shape()) + ", scales " + ir::toText(scales->shape()));
    WB_ASSIGN(const ir::Tensor steps, ops::toFloat32(*scales));
    ir::Tensor offsets;
    if (zeros != nullptr && !packed) {
        WB_ASSIGN(offsets, ops::toFloat32(*zeros));
    }
    const auto code = [&](const uint8_t* from, int64_t i) { return (from[i * bits / 8] >> (i * bits % 8)) & ((1 << bits) - 1); };
    std::vector<float> real(static_cast<size_t>(k * n)); // [K, N]
    for (int64_t row = 0; row < n; ++row)
        for (int64_t i = 0; i < k; ++i) {
            const int64_t at = i / block;
            const float zero = zeros == nullptr ? static_cast<float>(1 << (bits - 1))
                               : packed         ? static_cast<float>(code(zeros->data<uint8_t>() + row * zeroBytes, at))
                                                : offsets.data<float>()[row * blocks + at];
            const auto value = static_cast<float>(code(codes->data<uint8_t>() + (row * blocks + at) * bytes, i % block));
            real[static_cast<size_t>(i * n + row)] = (value - zero) * steps.data<float>()[row * blocks + at];
        }
    Name y = w.node("MatMul", {w.in(0), w.reals({k, n}, real)});
    if (w.has(5)) y = w.add(y, w.in(5));
    w.give(0, y);
    return {};
}

constexpr OwnRow kQuantisedRows[] = {
    {"com.microsoft.MatMulIntegerToFloat", integerMatMul},
    {"com.microsoft.DynamicQuantizeMatMul", dynamicMatMul},
    {"com.microsoft.DynamicQuantizeLSTM", dynamicLstm},
    {"com.microsoft.QLinearAveragePool", averagePool},
    {"com.microsoft.QLinearReduceMean", reduceMean},
    {"com.microsoft.QLinearWhere", chosenCodes},
    {"com.microsoft.QLinearConv", convOfCodes},
    {"com.microsoft.MatMulNBits", narrowMatMul},
};

} // namespace

std::span<const OwnRow> quantisedDefinitions() { return kQuantisedRows; }

} // namespace wb::importer
