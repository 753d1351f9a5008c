// SPDX-License-Identifier: GPL-3.0-or-later
// Attention in one operator: ONNX Attention-23…24, RotaryEmbedding-23; onnxruntime's Attention, QAttention,
// MultiHeadAttention, RotaryEmbedding. All become softmax(q · kᵀ · scale + mask) · v on [batch, heads, rows, numbers].
#include "compiler/import/onnx/body_writer.h"
#include "compiler/ops/import_help.h"

#include <cmath>
#include <limits>

namespace wb::importer {
namespace {

using Name = BodyWriter::Name;
using ops::attributeError;

/// Where a mask forbids: e to it is zero. Calibration leaves infinities out, and sees the scores that matter.
constexpr double kNever = -std::numeric_limits<double>::infinity();
constexpr int64_t kLongest = 1 << 13;

struct Attention {
    Name q, k, v;                             ///< [batch, heads, rows, numbers]
    int64_t heads = 0, keyHeads = 0;
    int64_t rows = 0, keys = 0, past = 0;     ///< of queries; of keys with the past ones; of the past ones
    int64_t size = 0, valueSize = 0;          ///< numbers a head
    int64_t batch = 0;
    double scale = 0, cap = 0;
    bool causal = false;
    double never = kNever;
    std::vector<Name> sums; ///< what is added to the scores
    Name chosen;            ///< true where a key may be seen
};

/// Heads of the keys that several heads of queries share, once for each.
Name shared(BodyWriter& w, Name x, const Attention& a, int64_t numbers) {
    if (a.keyHeads == a.heads) return x;
    const int64_t times = a.heads / a.keyHeads;
    const Name wide = w.node("Expand", {w.widen(std::move(x), {2}), w.ints({a.batch, a.keyHeads, times, a.keys, numbers})});
    return w.reshape(wide, {a.batch, a.heads, a.keys, numbers});
}

Name attend(BodyWriter& w, const Attention& a) {
    const Name k = shared(w, a.k, a, a.size), v = shared(w, a.v, a, a.valueSize);
    Name scores = w.mul(w.node("MatMul", {a.q, w.permute(k, {0, 1, 3, 2})}), w.real(a.scale));
    if (a.cap > 0) scores = w.mul(w.node("Tanh", {w.mul(scores, w.real(1.0 / a.cap))}), w.real(a.cap));
    for (const Name& sum : a.sums)
        scores = w.add(scores, sum);
    if (a.causal) {
        std::vector<float> mask(static_cast<size_t>(a.rows * a.keys), 0.0F);
        for (int64_t y = 0; y < a.rows; ++y)
            for (int64_t x = y + a.past + 1; x < a.keys; ++x)
                mask[static_cast<size_t>(y * a.keys + x)] = static_cast<float>(a.never);
        scores = w.add(scores, w.reals({a.rows, a.keys}, mask));
    }
    if (!a.chosen.empty()) scores = w.node("Where", {a.chosen, scores, w.real(a.never)});
    return w.node("MatMul", {w.node("Softmax", {scores}, {{"axis", int64_t{-1}}}), v});
}

Status checkSizes(const BodyWriter& w, const Attention& a) {
    if (a.batch < 1 || a.heads < 1 || a.keyHeads < 1 || a.heads % a.keyHeads != 0 || a.size < 1 || a.valueSize < 1)
        return ops::nodeError(w.caller(), Code::ShapeMismatch, "its heads do not divide its inputs");
    if (a.rows < 1 || a.keys < 1 || a.rows > kLongest || a.keys > kLongest)
        return attributeError(w.caller(), std::to_string(a.rows) + " rows and " + std::to_string(a.keys) + " keys");
    return {};
}

Name splitHeads(BodyWriter& w, Name x, int64_t batch, int64_t rows, int64_t heads, int64_t size) {
    return w.permute(w.reshape(std::move(x), {batch, rows, heads, size}), {0, 2, 1, 3});
}
Name joinHeads(BodyWriter& w, Name x, const Attention& a) {
    return w.reshape(w.permute(std::move(x), {0, 2, 1, 3}), {a.batch, a.rows, a.heads * a.valueSize});
}

Status writeAttention(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    for (const char* key : {"left_window_size", "right_window_size"})
        if (node.integer(key, -1) >= 0) return attributeError(node, std::string(key) + " " + std::to_string(node.integer(key, -1)));
    if (w.has(6)) return attributeError(node, "nonpad_kv_seqlen").remedy("export it with a mask of the padding instead");
    const ir::Shape q = w.shape(0), k = w.shape(1), v = w.shape(2);
    const size_t rank = q.size();
    if ((rank != 3 && rank != 4) || k.size() != rank || v.size() != rank)
        return ops::nodeError(node, Code::ShapeMismatch, "queries " + ir::toText(q) + ", keys " + ir::toText(k) + ", values " + ir::toText(v));
    Attention a;
    a.batch = q[0];
    a.heads = rank == 4 ? q[1] : node.integer("q_num_heads", 0);
    a.keyHeads = rank == 4 ? k[1] : node.integer("kv_num_heads", 0);
    if (a.heads < 1 || a.keyHeads < 1) return attributeError(node, "no number of heads");
    a.rows = q[rank - 2];
    a.keys = k[rank - 2];
    a.size = rank == 4 ? q[3] : q[2] / a.heads;
    a.valueSize = rank == 4 ? v[3] : v[2] / a.keyHeads;
    const auto headed = [&](size_t i, int64_t rows, int64_t heads, int64_t size) {
        return rank == 4 ? w.in(i) : splitHeads(w, w.in(i), a.batch, rows, heads, size);
    };
    a.q = headed(0, a.rows, a.heads, a.size);
    a.k = headed(1, a.keys, a.keyHeads, a.size);
    a.v = headed(2, a.keys, a.keyHeads, a.valueSize);
    if (w.has(4) && w.has(5)) {
        if (w.shape(4).size() != 4) return ops::nodeError(node, Code::ShapeMismatch, "past keys " + ir::toText(w.shape(4)));
        a.past = w.shape(4)[2];
        a.keys += a.past;
        if (a.past > 0) {
            a.k = w.concat({w.in(4), a.k}, 2);
            a.v = w.concat({w.in(5), a.v}, 2);
        }
    }
    WB_TRY(checkSizes(w, a));
    a.scale = node.real("scale", 0);
    if (!node.has("scale")) a.scale = 1.0 / std::sqrt(static_cast<double>(a.size));
    a.cap = node.real("softcap", 0);
    a.causal = node.integer("is_causal", 0) != 0;
    if (w.has(3)) {
        if (const ir::Shape mask = w.shape(3); mask.empty() || (mask.back() != a.keys && mask.back() != 1))
            return attributeError(node, "a mask of " + ir::toText(mask) + " for " + std::to_string(a.keys) + " keys");
        if (w.type(3) == ir::ElementType::I1) a.chosen = w.in(3);
        else a.sums.push_back(w.in(3));
    }
    const Name y = attend(w, a);
    w.give(0, rank == 4 ? y : joinHeads(w, y, a));
    w.give(1, a.k);
    w.give(2, a.v);
    return {};
}

/// onnxruntime's masks: [batch, keys] and [batch, rows, keys] of 0 and 1, or the number of keys of each batch element.
Status ownMask(BodyWriter& w, size_t index, Attention& a) {
    if (!w.has(index)) return {};
    const ir::Shape s = w.shape(index);
    const double filter = w.caller().real("mask_filter_value", -10000.0);
    if (s.size() == 1 && s[0] == a.batch) {
        std::vector<int64_t> places(static_cast<size_t>(a.keys));
        for (size_t i = 0; i < places.size(); ++i)
            places[i] = static_cast<int64_t>(i);
        const Name lengths = w.node("Cast", {w.reshape(w.in(index), {a.batch, 1, 1, 1})}, {{"to", int64_t{7}}});
        a.never = filter;
        a.chosen = w.node("Less", {w.ints(places), lengths});
        return {};
    }
    std::vector<int64_t> wide;
    if (s.size() == 2 && s[1] == a.keys) wide = {s[0], 1, 1, s[1]};
    else if (s.size() == 3 && s[1] == a.rows && s[2] == a.keys) wide = {s[0], 1, s[1], s[2]};
    else if (s.size() == 4 && s[2] == a.rows && s[3] == a.keys) wide = s;
    else return attributeError(w.caller(), "a mask of " + ir::toText(s)).remedy("export it with a mask of 0 and 1 for each key");
    const Name mask = w.reshape(w.node("Cast", {w.in(index)}, {{"to", int64_t{1}}}), wide);
    a.sums.push_back(w.mul(w.node("Sub", {w.real(1.0), mask}), w.real(filter)));
    return {};
}

/// The first result of onnxruntime's operators, with the mask at input `mask` and what input 5 adds.
Status ownResult(BodyWriter& w, size_t mask, Attention& a) {
    const ops::SourceNode& node = w.caller();
    a.scale = node.real("scale", 0);
    if (a.scale == 0) a.scale = 1.0 / std::sqrt(static_cast<double>(a.size));
    a.causal = node.integer("unidirectional", 0) != 0;
    WB_TRY(ownMask(w, mask, a));
    if (w.has(5)) a.sums.push_back(w.in(5));
    w.give(0, joinHeads(w, attend(w, a), a));
    return {};
}

Status ownAttention(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 2));
    if (node.integer("do_rotary", 0) != 0 || node.integer("past_present_share_buffer", 0) != 0 || w.has(6))
        return attributeError(node, "positions by rotation, or a buffer of past keys");
    const ir::Shape x = w.shape(0), weights = w.shape(1);
    Attention a;
    a.heads = a.keyHeads = node.integer("num_heads", 0);
    if (x.size() != 3 || weights.size() != 2 || a.heads < 1)
        return ops::nodeError(node, Code::ShapeMismatch, "input " + ir::toText(x) + ", weights " + ir::toText(weights));
    std::vector<int64_t> sizes = node.integers("qkv_hidden_sizes").value_or(std::vector<int64_t>(3, weights[1] / 3));
    if (sizes.size() != 3 || sizes[0] != sizes[1] || sizes[0] + sizes[1] + sizes[2] != weights[1])
        return attributeError(node, "qkv_hidden_sizes " + ir::toText(sizes));
    a.batch = x[0];
    a.rows = a.keys = x[1];
    a.size = sizes[0] / a.heads;
    a.valueSize = sizes[2] / a.heads;
    Name all = w.node("MatMul", {w.in(0), w.in(1)});
    if (w.has(2)) all = w.add(all, w.in(2));
    const auto parts = w.many("Split", {all, w.ints(sizes)}, 3, {{"axis", int64_t{2}}});
    a.q = splitHeads(w, parts[0], a.batch, a.rows, a.heads, a.size);
    a.k = splitHeads(w, parts[1], a.batch, a.rows, a.heads, a.size);
    a.v = splitHeads(w, parts[2], a.batch, a.rows, a.heads, a.valueSize);
    if (w.has(4)) {
        if (w.shape(4).size() != 5) return ops::nodeError(node, Code::ShapeMismatch, "past keys and values " + ir::toText(w.shape(4)));
        a.past = w.shape(4)[3];
        a.keys += a.past;
        a.k = w.concat({w.node("Gather", {w.in(4), w.integer(0)}), a.k}, 2);
        a.v = w.concat({w.node("Gather", {w.in(4), w.integer(1)}), a.v}, 2);
    }
    WB_TRY(checkSizes(w, a));
    WB_TRY(ownResult(w, 3, a));
    if (w.wants(1)) w.give(1, w.concat({w.widen(a.k, {0}), w.widen(a.v, {0})}, 0));
    return {};
}

/// Attention on codes: input, weight, bias, their scales, mask, their zero points, past.
Status ownQuantisedAttention(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 5));
    const Name x = w.real(w.in(0), w.in(3), w.in(6)), weights = w.real(w.in(1), w.in(4), w.in(7));
    w.give(0, w.own("Attention", {x, weights, w.in(2), w.in(5), w.in(8)}, w.caller().attributes));
    return {};
}

Status ownMultiHead(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 1));
    const ir::Shape q = w.shape(0), k = w.shape(1), v = w.shape(2);
    Attention a;
    a.heads = a.keyHeads = node.integer("num_heads", 0);
    const bool apart = k.size() == 4 && v.size() == 4; // keys and values come by heads
    if (a.heads < 1 || q.size() != 3 || (!apart && (k.size() != 3 || v.size() != 3)) || w.has(8) || w.has(9))
        return attributeError(node, "queries " + ir::toText(q) + ", keys " + ir::toText(k) + ", values " + ir::toText(v))
            .remedy("let onnxruntime's optimiser write them apart: use_packed_qkv = False, use_packed_kv = False");
    a.batch = q[0];
    a.rows = q[1];
    a.keys = apart ? k[2] : k[1];
    a.size = q[2] / a.heads;
    a.valueSize = apart ? v[3] : v[2] / a.heads;
    WB_TRY(checkSizes(w, a));
    const int64_t starts[4] = {0, q[2], 2 * q[2], 2 * q[2] + a.valueSize * a.heads};
    const auto biased = [&](size_t i) {
        return w.has(3) ? w.add(w.in(i), w.slice(w.in(3), 0, starts[i], starts[i + 1])) : w.in(i);
    };
    a.q = splitHeads(w, biased(0), a.batch, a.rows, a.heads, a.size);
    a.k = apart ? w.in(1) : splitHeads(w, biased(1), a.batch, a.keys, a.heads, a.size);
    a.v = apart ? w.in(2) : splitHeads(w, biased(2), a.batch, a.keys, a.heads, a.valueSize);
    if (w.has(6) && w.has(7)) {
        if (w.shape(6).size() != 4) return ops::nodeError(node, Code::ShapeMismatch, "past keys " + ir::toText(w.shape(6)));
        a.past = w.shape(6)[2];
        a.keys += a.past;
        a.k = w.concat({w.in(6), a.k}, 2);
        a.v = w.concat({w.in(7), a.v}, 2);
    }
    WB_TRY(ownResult(w, 4, a));
    w.give(1, a.k);
    w.give(2, a.v);
    return {};
}

/// Pairs of numbers turned by angles: x is [batch, heads, rows, numbers], or [batch, rows, heads · numbers].
Status rotate(BodyWriter& w, size_t cosine, size_t sine, size_t positions) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    const ir::Shape x = w.shape(0), angles = w.shape(cosine);
    if ((x.size() != 3 && x.size() != 4) || angles.empty())
        return ops::nodeError(node, Code::ShapeMismatch, "input " + ir::toText(x) + ", cosines " + ir::toText(angles));
    int64_t turned = node.integer("rotary_embedding_dim", 0);
    int64_t heads = node.integer("num_heads", 0);
    if (x.size() == 3 && heads < 1) heads = turned > 0 ? 0 : x[2] / std::max<int64_t>(1, 2 * angles.back());
    if (x.size() == 3 && (heads < 1 || x[2] % heads != 0)) return attributeError(node, "num_heads " + std::to_string(heads));
    const int64_t numbers = x.size() == 4 ? x[3] : x[2] / heads;
    const int64_t rows = x.size() == 4 ? x[2] : x[1];
    if (turned == 0) turned = numbers;
    if (turned < 2 || turned % 2 != 0 || turned > numbers || angles.back() * 2 != turned || rows < 1 || rows > kLongest)
        return ops::nodeError(node, Code::ShapeMismatch, "cosines " + ir::toText(angles) + " for " + ir::toText(x));
    const int64_t headAxis = x.size() == 4 ? 1 : 2; // in the order that the rotation is written in
    const auto table = [&](size_t index) {
        Name t = w.in(index);
        if (w.has(positions) && w.shape(positions).size() < 2) { // where the first row stands
            std::vector<int64_t> steps(static_cast<size_t>(rows));
            for (size_t i = 0; i < steps.size(); ++i)
                steps[i] = static_cast<int64_t>(i);
            const Name places = w.add(w.reshape(w.in(positions), {1}), w.ints(steps));
            return w.widen(w.widen(w.node("Gather", {t, places}), {0}), {headAxis});
        }
        if (w.has(positions)) t = w.node("Gather", {t, w.in(positions)});
        return w.widen(t, {headAxis});
    };
    Name in = w.in(0);
    if (x.size() == 3) in = w.reshape(in, {x[0], x[1], heads, numbers});
    const bool pairs = node.integer("interleaved", 0) != 0;
    const Name a = pairs ? w.slice(in, 3, 0, turned, 2) : w.slice(in, 3, 0, turned / 2);
    const Name b = pairs ? w.slice(in, 3, 1, turned, 2) : w.slice(in, 3, turned / 2, turned);
    const Name c = table(cosine), s = table(sine);
    const Name real = w.node("Sub", {w.mul(a, c), w.mul(b, s)}), other = w.add(w.mul(a, s), w.mul(b, c));
    Name y;
    if (pairs) {
        const std::vector<int64_t> shape = x.size() == 4 ? std::vector<int64_t>{x[0], x[1], x[2], turned} : std::vector<int64_t>{x[0], x[1], heads, turned};
        y = w.reshape(w.concat({w.widen(real, {4}), w.widen(other, {4})}, 4), shape);
    } else {
        y = w.concat({real, other}, 3);
    }
    if (turned < numbers) y = w.concat({y, w.slice(in, 3, turned, numbers)}, 3);
    w.give(0, x.size() == 3 ? w.reshape(y, x) : y);
    return {};
}

Status writeRotary(BodyWriter& w) { return rotate(w, 1, 2, 3); }
Status ownRotary(BodyWriter& w) {
    if (w.caller().integer("is_packed_batching", 0) != 0) return attributeError(w.caller(), "is_packed_batching");
    return rotate(w, 2, 3, 1);
}

constexpr OwnRow kAttentionRows[] = {
    {"Attention", writeAttention},
    {"RotaryEmbedding", writeRotary},
    {"com.microsoft.Attention", ownAttention},
    {"com.microsoft.QAttention", ownQuantisedAttention},
    {"com.microsoft.MultiHeadAttention", ownMultiHead},
    {"com.microsoft.RotaryEmbedding", ownRotary},
};

} // namespace

std::span<const OwnRow> attentionDefinitions() { return kAttentionRows; }

} // namespace wb::importer
