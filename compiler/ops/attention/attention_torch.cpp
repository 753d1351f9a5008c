// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's layers in one operator: attention, softmax(q · kᵀ · scale + mask) · v, with its projections, and the encoder
// layer around them; single steps of recurrent layers; RMSNorm.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/torch_help.h"

#include <array>
#include <cmath>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

constexpr double kNever = -3.0e38; ///< where a mask forbids: e to it is zero

ir::AttributeMap softmaxOfRows(size_t rank) {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(static_cast<int64_t>(rank) - 1));
    a.set("beta", 1.0);
    a.set("log", false);
    a.set("round_mode", "HalfAwayFromZero");
    return a;
}

/// Heads that several queries share, once for each.
Id sharedHeads(Composer& c, Id x, int64_t times) {
    const ir::Shape s = c.shape(x);
    if (times <= 1 || s.size() < 3) return x;
    ir::Shape split(s.begin(), s.end() - 2), whole = s;
    split.push_back(1);
    split.insert(split.end(), s.end() - 2, s.end());
    std::vector<int64_t> repeats(split.size(), 1);
    repeats[split.size() - 3] = times;
    whole[s.size() - 3] *= times;
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(repeats));
    return c.reshape(c.op("top.Tile", {c.reshape(x, split)}, std::move(a)), whole);
}

Status torchAttention(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const Id q = c.input(0);
    Id k = c.input(1), v = c.input(2);
    const ir::Shape rows = c.shape(q);
    if (c.failed() || rows.size() < 2 || c.shape(k).size() != rows.size() || c.shape(v).size() != rows.size())
        return attributeError(node, "queries " + ir::toText(rows) + " with keys " + ir::toText(c.shape(k)));
    const size_t rank = rows.size();
    if (node.integer("enable_gqa", 0) != 0 && rank >= 3 && c.shape(k)[rank - 3] > 0) {
        const int64_t times = rows[rank - 3] / c.shape(k)[rank - 3];
        k = sharedHeads(c, k, times);
        v = sharedHeads(c, v, times);
    }
    const ir::Shape keys = c.shape(k);
    std::vector<int64_t> turned(rank);
    for (size_t d = 0; d < rank; ++d)
        turned[d] = static_cast<int64_t>(d);
    std::swap(turned[rank - 2], turned[rank - 1]);
    const double scale = torchNumber(node, "scale").value_or(1.0 / std::sqrt(static_cast<double>(rows.back())));
    Id scores = c.number("top.MulConst", c.matmul(q, c.permute(k, turned)), scale);
    if (node.integer("is_causal", 0) != 0) {
        const int64_t height = rows[rank - 2], width = keys[rank - 2];
        if (height < 1 || width < 1 || height > 1 << 14 || width > 1 << 14) return attributeError(node, "a causal mask of " + std::to_string(height) + " rows");
        std::vector<float> mask(static_cast<size_t>(height * width), 0.0F);
        for (int64_t y = 0; y < height; ++y)
            for (int64_t x = y + 1; x < width; ++x)
                mask[static_cast<size_t>(y * width + x)] = static_cast<float>(kNever);
        scores = c.add(scores, c.tensor({height, width}, mask));
    }
    if (c.has(3)) {
        const Id mask = c.input(3);
        const bool chooses = torchIsChoice(node, builder, 3);
        scores = chooses ? c.whereNumber(mask, scores, kNever) : c.add(scores, mask);
    }
    const Id weights = c.op("top.Softmax", {scores}, softmaxOfRows(rank));
    return c.done(c.last().matmul(weights, v));
}

/// x · wᵀ + bias; both known now.
Id linear(const SourceNode& node, ImportBuilder& builder, Composer& c, Id x, size_t weight, size_t bias, int64_t firstRow = 0, int64_t rows = -1) {
    const ir::Tensor* w = builder.constant(inputName(node, weight));
    if (w == nullptr || w->shape().size() != 2) {
        c.fail(attributeError(node, "weights known only at run time"));
        return ir::kNoValue;
    }
    auto real = toFloat32(*w);
    if (!real) {
        c.fail(std::move(real).error());
        return ir::kNoValue;
    }
    const int64_t columns = w->shape()[1], last = rows < 0 ? w->shape()[0] : firstRow + rows;
    if (last > w->shape()[0] || firstRow >= last) {
        c.fail(attributeError(node, "weights of " + ir::toText(w->shape())));
        return ir::kNoValue;
    }
    const int64_t height = last - firstRow;
    std::vector<float> turned(static_cast<size_t>(columns * height));
    for (int64_t r = 0; r < height; ++r)
        for (int64_t k = 0; k < columns; ++k)
            turned[static_cast<size_t>(k * height + r)] = real->data<float>()[(firstRow + r) * columns + k];
    const Id product = c.matmul(x, c.tensor({columns, height}, turned));
    if (inputName(node, bias).empty()) return product;
    const auto numbers = constantReals(node, builder, bias);
    if (!numbers || static_cast<int64_t>(numbers->size()) < last) {
        c.fail(attributeError(node, "a bias known only at run time"));
        return ir::kNoValue;
    }
    return c.add(product, c.tensor({height}, std::vector<float>(numbers->begin() + firstRow, numbers->begin() + last)));
}

/// Heads of [batch, steps, width] as [batch, heads, steps, width / heads].
Id headsOf(Composer& c, Id x, int64_t heads) {
    const ir::Shape s = c.shape(x);
    if (c.failed()) return x;
    return c.permute(c.reshape(x, {s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3});
}

/// Scores without those that a mask forbids (wherever it is not 0): of each query and key, of each key of a sequence
/// (`mask_type` 1), or of each head.
Id masked(const SourceNode& node, ImportBuilder& builder, Composer& c, Id scores, size_t index) {
    const std::string name = inputName(node, index);
    if (name.empty()) return scores;
    const Id mask = c.input(index);
    ir::Shape of = c.shape(mask);
    if (of.size() == 2) of.insert(node.integer("mask_type", 0) == 1 ? of.begin() + 1 : of.begin(), 2, 1);
    if (of.size() == 3) of.insert(of.begin() + 1, 1);
    if (const auto numbers = constantReals(node, builder, index)) {
        std::vector<float> added;
        for (const double value : *numbers) added.push_back(value != 0.0 ? static_cast<float>(kNever) : 0.0F);
        return c.add(scores, c.tensor(of, added));
    }
    return c.whereNumber(c.compareNumber("Equal", c.reshape(mask, of), 0), scores, kNever);
}

/// nn.MultiheadAttention on batches of one width; the inputs from `weights` on are its weights. `shares`: takes what each
/// head makes of each step.
Id manyHeads(const SourceNode& node, ImportBuilder& builder, Composer& c, const std::array<Id, 3>& qkv, size_t weights, size_t mask, int64_t width, int64_t heads, Id* shares = nullptr) {
    if (width < 1 || heads < 1 || width % heads != 0 || c.shape(qkv[0]).size() != 3) {
        c.fail(attributeError(node, std::to_string(heads) + " heads of " + ir::toText(c.shape(qkv[0]))));
        return ir::kNoValue;
    }
    std::array<Id, 3> parts{};
    for (size_t i = 0; i < 3; ++i)
        parts[i] = headsOf(c, linear(node, builder, c, qkv[i], weights, weights + 1, static_cast<int64_t>(i) * width, width), heads);
    const double scale = 1.0 / std::sqrt(static_cast<double>(width / heads));
    const Id scores = c.number("top.MulConst", c.matmul(parts[0], c.permute(parts[1], {0, 1, 3, 2})), scale);
    const Id share = c.op("top.Softmax", {masked(node, builder, c, scores, mask)}, softmaxOfRows(4)), mixed = c.matmul(share, parts[2]);
    if (shares != nullptr) *shares = share;
    const ir::Shape s = c.shape(qkv[0]);
    return linear(node, builder, c, c.reshape(c.permute(mixed, {0, 2, 1, 3}), {s[0], s[1], width}), weights + 2, weights + 3);
}

Status torchManyHeads(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 7));
    Composer c(node, builder);
    Id shares = ir::kNoValue;
    const std::array<Id, 3> qkv{c.input(0), c.input(1), c.input(2)};
    WB_TRY(c.done(manyHeads(node, builder, c, qkv, 3, 7, node.integer("embed_dim", 0), node.integer("num_head", 0), &shares)));
    if (node.outputs.size() < 2 || node.outputs[1].empty()) return {};
    return c.done(node.integer("average_attn_weights", 1) != 0 ? c.reduce("ReduceMean", shares, {1}, false) : shares, 1);
}

Id layerNorm(Composer& c, Id x, Id gamma, Id beta, double eps) {
    const ir::Shape s = c.shape(x);
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(static_cast<int64_t>(s.size()) - 1));
    a.set("eps", eps);
    a.set("normalized_shape", ir::Attribute::ints(s.empty() ? std::vector<int64_t>{} : std::vector<int64_t>{s.back()}));
    return c.op("top.LayerNorm", {x, gamma, beta}, std::move(a));
}

/// nn.TransformerEncoderLayer as PyTorch runs it in evaluation: attention and two products, each added to what it is made of.
Status torchEncoderLayer(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 13));
    Composer c(node, builder);
    const bool first = node.integer("norm_first", 0) != 0;
    const double eps = torchNumber(node, "eps").value_or(1e-5);
    Id x = c.input(0);
    const auto norm = [&](Id value, size_t at) { return layerNorm(c, value, c.input(at), c.input(at + 1), eps); };
    const Id own = first ? norm(x, 5) : x;
    x = c.add(x, manyHeads(node, builder, c, {own, own, own}, 1, 13, node.integer("embed_dim", 0), node.integer("num_heads", 0)));
    if (!first) x = norm(x, 5);
    Id inner = linear(node, builder, c, first ? norm(x, 7) : x, 9, 10);
    ir::AttributeMap a;
    if (node.integer("use_gelu", 0) == 0) a.set("relu_limit", -1.0);
    else a.set("approx_mode", "normal");
    inner = c.op(node.integer("use_gelu", 0) != 0 ? "top.GELU" : "top.Relu", {inner}, std::move(a));
    x = c.add(x, linear(node, builder, c, inner, 11, 12));
    return c.done(first ? x : norm(x, 7));
}

Id sigmoid(Composer& c, Id x) {
    ir::AttributeMap a;
    a.set("bias", 0.0);
    a.set("log", false);
    a.set("round_mode", "HalfAwayFromZero");
    a.set("scale", 1.0);
    return c.op("top.Sigmoid", {x}, std::move(a));
}

/// One step of an LSTM (i f g o), a GRU (r z n) or a plain layer.
Status torchCell(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const bool lstm = node.kind == "aten::lstm_cell", gru = node.kind == "aten::gru_cell";
    const Id x = c.input(0), h = c.input(1);
    const size_t at = lstm ? 3 : 2;
    const ir::Shape state = c.shape(h);
    if (c.failed() || state.empty()) return attributeError(node, "a state of " + ir::toText(state));
    const int64_t hidden = state.back();
    const size_t axis = state.size() - 1;
    const Id own = linear(node, builder, c, x, at, at + 2), past = linear(node, builder, c, h, at + 1, at + 3);
    if (c.failed()) return c.done(own);
    const auto part = [&](Id sums, int64_t gate) { return c.slice(sums, axis, gate * hidden, (gate + 1) * hidden); };
    if (gru) {
        const Id reset = sigmoid(c, c.add(part(own, 0), part(past, 0))), keep = sigmoid(c, c.add(part(own, 1), part(past, 1)));
        const Id fresh = c.op("top.Tanh", {c.add(part(own, 2), c.mul(reset, part(past, 2)))});
        const Id way = c.mul(keep, c.sub(h, fresh));
        return c.done(c.last().add(fresh, way));
    }
    const Id sums = c.add(own, past);
    if (!lstm) {
        ir::AttributeMap a;
        const bool relu = node.kind == "aten::rnn_relu_cell";
        if (relu) a.set("relu_limit", -1.0);
        return c.done(c.last().op(relu ? "top.Relu" : "top.Tanh", {sums}, std::move(a)));
    }
    const Id kept = c.mul(sigmoid(c, part(sums, 1)), c.input(2)), fresh = c.mul(sigmoid(c, part(sums, 0)), c.op("top.Tanh", {part(sums, 2)}));
    const Id cell = c.add(kept, fresh), open = sigmoid(c, part(sums, 3)), size = c.op("top.Tanh", {cell});
    WB_TRY(c.done(c.last().mul(open, size)));
    return c.done(cell, 1);
}

/// x / √(mean x² + eps) · weight over the last axes.
Status torchRmsNorm(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto shape = torchInts(node, "normalized_shape", 1);
    if (c.failed() || !shape || shape->size() > in.size()) return attributeError(node, "normalized_shape for " + ir::toText(in));
    std::vector<int64_t> axes;
    for (size_t d = in.size() - shape->size(); d < in.size(); ++d)
        axes.push_back(static_cast<int64_t>(d));
    const Id mean = c.reduce("ReduceMean", c.mul(x, x), axes, true);
    const Id root = c.op("top.Sqrt", {c.number("top.AddConst", mean, torchNumber(node, "eps").value_or(1.1920929e-07))});
    if (!c.has(1)) return c.done(c.last().div(x, root));
    const Id normed = c.div(x, root), weight = c.input(1);
    return c.done(c.last().mul(normed, weight));
}

} // namespace

void torch_attention(ImportTable& table);
void torch_attention(ImportTable& table) {
    table.add(Framework::Torch, "aten::scaled_dot_product_attention", torchAttention);
    table.add(Framework::Torch, "aten::_native_multi_head_attention", torchManyHeads);
    table.add(Framework::Torch, "aten::_transformer_encoder_layer_fwd", torchEncoderLayer);
    table.add(Framework::Torch, "aten::rms_norm", torchRmsNorm);
    for (const char* kind : {"aten::lstm_cell", "aten::gru_cell", "aten::rnn_tanh_cell", "aten::rnn_relu_cell"})
        table.add(Framework::Torch, kind, torchCell);
}

} // namespace wb::ops
