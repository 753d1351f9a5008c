// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of Fourier transforms: ONNX DFT-17, STFT-17, written as products with a constant matrix of
// sines and cosines (networks have frames of hundreds of samples, where that is what a TPU does best).
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace wb::ops {
namespace {

constexpr int64_t kMostTwiddles = int64_t{1} << 22; ///< numbers in the matrix

struct Transform {
    int64_t length = 0, results = 0;
    bool inverse = false;
};

/// Real and imaginary parts lie side by side: [n·parts, results·2].
Status twiddles(const SourceNode& node, Composer& c, const Transform& t, int64_t n, int64_t parts, ir::ValueId& matrix) {
    if (t.length < 1 || t.length > kMaxWindow || n * parts > kMostTwiddles / std::max<int64_t>(1, 2 * t.results))
        return attributeError(node, "a transform of " + std::to_string(t.length) + " points");
    std::vector<float> values(static_cast<size_t>(n * parts * t.results * 2), 0.0F);
    const double scale = t.inverse ? 1.0 / static_cast<double>(t.length) : 1.0;
    for (int64_t i = 0; i < std::min(n, t.length); ++i) // a longer signal is cut, a shorter one goes on with zeros
        for (int64_t k = 0; k < t.results; ++k) {
            const double angle = (t.inverse ? 2 : -2) * std::numbers::pi * static_cast<double>(i * k % t.length) /
                                 static_cast<double>(t.length);
            float* real = &values[static_cast<size_t>((i * parts * t.results + k) * 2)];
            real[0] = static_cast<float>(scale * std::cos(angle));
            real[1] = static_cast<float>(scale * std::sin(angle));
            if (parts == 1) continue;
            float* imaginary = real + t.results * 2;
            imaginary[0] = -real[1];
            imaginary[1] = real[0];
        }
    matrix = c.tensor({n * parts, t.results * 2}, values);
    return {};
}

/// x [..., n, parts] → [..., results, 2].
Result<ir::ValueId> transformLast(const SourceNode& node, Composer& c, ir::ValueId x, const Transform& t, bool last) {
    if (c.failed()) return ir::kNoValue;
    ir::Shape shape = c.shape(x);
    const int64_t parts = shape.back(), n = shape[shape.size() - 2];
    ir::ValueId matrix = ir::kNoValue;
    WB_TRY(twiddles(node, c, t, n, parts, matrix));
    shape.pop_back();
    shape.back() = n * parts;
    const ir::ValueId product = c.matmul(c.reshape(x, shape), matrix);
    shape.back() = t.results;
    shape.push_back(2);
    if (last) c.last();
    return c.reshape(product, shape);
}

Result<Transform> readTransform(const SourceNode& node, ImportBuilder& builder, size_t input, int64_t n, bool onesided) {
    Transform t{n, n, node.integer("inverse", 0) != 0};
    if (!inputName(node, input).empty()) {
        const auto length = constantInts(node, builder, input);
        if (!length || length->size() != 1) return attributeError(node, "the length is known only at run time");
        t.length = length->front();
    }
    if (t.length < 1 || t.length > kMaxWindow)
        return attributeError(node, "a transform of " + std::to_string(t.length) + " points");
    t.results = onesided ? t.length / 2 + 1 : t.length;
    return t;
}

Status importDft(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape shape = c.shape(x);
    if (c.failed()) return c.done(x);
    const auto axis = normaliseAxis(node.integer("axis", 1), shape.size());
    if (shape.size() < 2 || !axis || *axis + 1 >= static_cast<int64_t>(shape.size()) || shape.back() > 2 || shape.back() < 1)
        return attributeError(node, "input of shape " + ir::toText(shape));
    const auto a = static_cast<size_t>(*axis);
    WB_ASSIGN(const Transform t, readTransform(node, builder, 1, shape[a], node.integer("onesided", 0) != 0));
    std::vector<int64_t> order, back(shape.size());
    for (size_t d = 0; d + 1 < shape.size(); ++d)
        if (d != a) order.push_back(static_cast<int64_t>(d));
    order.insert(order.end(), {*axis, static_cast<int64_t>(shape.size()) - 1});
    for (size_t d = 0; d < order.size(); ++d)
        back[static_cast<size_t>(order[d])] = static_cast<int64_t>(d);
    WB_ASSIGN(const ir::ValueId result, transformLast(node, c, c.permute(x, order), t, false));
    return c.done(c.last().permute(result, back));
}

Status importStft(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const ir::ValueId signal = c.input(0);
    const ir::Shape shape = c.shape(signal);
    const auto step = constantInts(node, builder, 1);
    if (c.failed()) return c.done(signal);
    if (!step || step->size() != 1 || step->front() < 1) return attributeError(node, "the step is known only at run time");
    if (shape.size() != 3 || shape[2] < 1 || shape[2] > 2) return attributeError(node, "a signal of shape " + ir::toText(shape));
    int64_t length = 0;
    ir::ValueId window = ir::kNoValue;
    if (c.has(2)) {
        window = c.input(2);
        if (!c.failed() && c.shape(window).size() == 1) length = c.shape(window)[0];
    }
    WB_ASSIGN(const Transform t, readTransform(node, builder, 3, std::max<int64_t>(length, 1), node.integer("onesided", 1) != 0));
    if ((window != ir::kNoValue && length != t.length) || t.length > shape[1])
        return attributeError(node, "frames of " + std::to_string(t.length) + " for " + ir::toText(shape));
    const int64_t frames = (shape[1] - t.length) / step->front() + 1;
    if (frames > kMostTwiddles / t.length) return attributeError(node, std::to_string(frames) + " frames");
    std::vector<float> places(static_cast<size_t>(frames * t.length));
    for (int64_t f = 0; f < frames; ++f)
        for (int64_t i = 0; i < t.length; ++i)
            places[static_cast<size_t>(f * t.length + i)] = static_cast<float>(f * step->front() + i);
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(1));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    ir::ValueId x = c.op("top.Gather", {signal, c.tensor({frames, t.length}, places)}, std::move(a));
    if (window != ir::kNoValue) x = c.mul(x, c.reshape(window, {t.length, 1}));
    if (c.failed()) return c.done(x);
    WB_ASSIGN(const ir::ValueId result, transformLast(node, c, x, t, true));
    return c.done(result);
}

} // namespace

void import_spectral(ImportTable& table);
void import_spectral(ImportTable& table) {
    table.add(Framework::Onnx, "DFT", importDft);
    table.add(Framework::Onnx, "STFT", importStft);
}

} // namespace wb::ops
