// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's functions of one or two numbers that are several of ours, products of lists, meshes, and distances of rows.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

constexpr double kLargest = std::numeric_limits<float>::max();

/// Input `index`, or the number under `key`.
Id operandOr(const SourceNode& node, Composer& c, size_t index, const char* key) {
    if (c.has(index)) return c.input(index);
    return c.tensor({1}, {static_cast<float>(torchNumber(node, key).value_or(0))});
}

/// The angle of (x, y): of the smaller by the larger, then mirrored to its eighth of the circle. 0 at the origin.
Status torchAngle(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id y = c.input(0), x = c.input(1), across = c.op("top.Abs", {x}), up = c.op("top.Abs", {y});
    const Id most = c.number("top.MaxConst", c.op("top.Max", {across, up}), 1e-37);
    const auto from = [&](double angle, Id part) {
        return c.number("top.AddConst", c.number("top.MulConst", part, -1.0), angle);
    };
    Id angle = c.op("top.Arctan", {c.div(c.op("top.Min", {across, up}), most)});
    angle = c.where(c.compare("Greater", up, across), from(std::numbers::pi / 2, angle), angle);
    angle = c.where(c.compareNumber("Less", x, 0), from(std::numbers::pi, angle), angle);
    const Id below = c.compareNumber("Less", y, 0), negative = c.number("top.MulConst", angle, -1.0);
    return c.done(c.last().where(below, negative, angle));
}

Status torchOfTwo(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const std::string kind = node.kind.substr(6);
    if (kind == "lerp") { // start + weight · (end - start)
        const Id start = c.input(0), way = c.sub(c.input(1), start);
        const Id part = c.has(2) ? c.mul(way, c.input(2)) : c.number("top.MulConst", way, torchNumber(node, "weight").value_or(0));
        return c.done(c.last().add(start, part));
    }
    const Id x = operandOr(node, c, 0, "self"), y = operandOr(node, c, 1, kind == "heaviside" ? "values" : "other");
    if (kind == "hypot") {
        const Id sum = c.add(c.mul(x, x), c.mul(y, y));
        return c.done(c.last().op("top.Sqrt", {sum}));
    }
    if (kind == "xlogy") { // 0 where x is 0
        const Id product = c.mul(x, c.op("top.Log", {y})), zero = c.compareNumber("NotEqual", x, 0);
        return c.done(c.last().whereNumber(zero, product, 0));
    }
    if (kind == "heaviside") {
        const Id positive = c.compareNumber("Greater", x, 0), zero = c.compareNumber("Equal", x, 0);
        return c.done(c.last().where(zero, y, positive));
    }
    if (kind == "copysign") {
        const Id size = c.op("top.Abs", {x}), negative = c.number("top.MulConst", size, -1.0), below = c.compareNumber("Less", y, 0);
        return c.done(c.last().where(below, negative, size));
    }
    // logaddexp: the greater and log(1 + e^-|x - y|), or both to the base of 2
    const double base = kind == "logaddexp2" ? std::numbers::ln2 : 1.0;
    const Id most = c.op("top.Max", {x, y}), gap = c.number("top.MulConst", c.op("top.Abs", {c.sub(x, y)}), -base);
    Id rest = c.op("top.Log", {c.number("top.AddConst", c.op("top.Exp", {gap}), 1.0)});
    if (base != 1.0) rest = c.number("top.MulConst", rest, 1.0 / base);
    return c.done(c.last().add(most, rest));
}

/// ‖x‖ of rows, p above 0.
Id lengths(Composer& c, Id x, double p, bool keep) {
    if (p == 1.0 || p == 2.0) return c.last().reduce(p == 1.0 ? "ReduceL1" : "ReduceL2", x, {-1}, keep);
    const Id size = c.op("top.Abs", {x});
    if (std::isinf(p)) return c.last().reduce("ReduceMax", size, {-1}, keep);
    const auto power = [](double exponent) {
        ir::AttributeMap a;
        a.set("exponent", exponent);
        return a;
    };
    const Id sum = c.reduce("ReduceSum", c.op("top.Pow", {size}, power(p)), {-1}, keep);
    return c.last().op("top.Pow", {sum}, power(1.0 / p));
}

/// Distances of each row of one matrix from each of another, p 1, 2 or ∞.
Status torchDistances(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kMostDifferences = int64_t{1} << 24;
    Composer c(node, builder);
    const Id a = c.input(0), b = c.input(1);
    const ir::Shape left = c.shape(a), right = c.shape(b);
    const double p = torchNumber(node, "p").value_or(2.0);
    if (c.failed() || left.size() < 2 || right.size() < 2 || left.back() != right.back()) return attributeError(node, "rows of " + ir::toText(left) + " and " + ir::toText(right));
    if (!(p > 0.0)) return attributeError(node, "p " + std::to_string(p));
    ir::Shape tall = left, wide = right;
    tall.insert(tall.end() - 1, 1);
    wide.insert(wide.end() - 2, 1);
    const auto most = ir::checkedElementCount(left);
    if (!most || *most * right[right.size() - 2] > kMostDifferences) return attributeError(node, "distances of " + ir::toText(left) + " and " + ir::toText(right));
    const Id gap = c.sub(c.reshape(a, tall), c.reshape(b, wide));
    return c.done(lengths(c, gap, p, false));
}

Status torchOfOne(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const std::string kind = node.kind.substr(6);
    if (kind == "isnan") return c.done(c.last().op("top.IsNaN", {x}));
    if (kind == "threshold") {
        const Id above = c.compareNumber("Greater", x, torchNumber(node, "threshold").value_or(0));
        return c.done(c.last().whereNumber(above, x, torchNumber(node, "value").value_or(0)));
    }
    if (kind == "exp2") {
        const Id power = c.number("top.MulConst", x, std::numbers::ln2);
        return c.done(c.last().op("top.Exp", {power}));
    }
    if (kind == "deg2rad" || kind == "rad2deg")
        return c.done(c.last().number("top.MulConst", x, kind == "deg2rad" ? std::numbers::pi / 180 : 180 / std::numbers::pi));
    if (kind == "signbit") return c.done(c.last().compareNumber("Less", x, 0));
    if (kind == "isposinf" || kind == "isneginf") return c.done(c.last().compareNumber(kind == "isposinf" ? "Greater" : "Less", x, kind == "isposinf" ? kLargest : -kLargest));
    if (kind == "erfc" || kind == "special_erfc") {
        const Id negative = c.number("top.MulConst", c.op("top.Erf", {x}), -1.0);
        return c.done(c.last().number("top.AddConst", negative, 1.0));
    }
    if (kind == "sinc") { // sin(πx) / πx, 1 where x is 0
        const Id zero = c.compareNumber("Equal", x, 0), angle = c.add(c.number("top.MulConst", x, std::numbers::pi), zero);
        const Id quotient = c.div(c.op("top.Sin", {angle}), angle), some = c.compareNumber("NotEqual", x, 0);
        return c.done(c.last().whereNumber(some, quotient, 1));
    }
    if (kind == "special_entr") { // -x log x, 0 where x is 0
        const Id product = c.number("top.MulConst", c.mul(x, c.op("top.Log", {x})), -1.0), some = c.compareNumber("NotEqual", x, 0);
        return c.done(c.last().whereNumber(some, product, 0));
    }
    if (kind == "nan_to_num") {
        const Id real = c.whereNumber(c.compareNumber("Equal", c.op("top.IsNaN", {x}), 0), x, torchNumber(node, "nan").value_or(0));
        const double high = torchNumber(node, "posinf").value_or(kLargest), low = torchNumber(node, "neginf").value_or(-kLargest);
        const Id below = c.whereNumber(c.compareNumber("LessOrEqual", real, kLargest), real, high), above = c.compareNumber("GreaterOrEqual", below, -kLargest);
        return c.done(c.last().whereNumber(above, below, low));
    }
    // logit: log(x / (1 - x)), x kept away from the ends
    const double eps = torchNumber(node, "eps").value_or(0);
    const Id inside = eps > 0 ? c.clip(x, eps, 1 - eps) : x;
    const Id odds = c.div(inside, c.number("top.AddConst", c.number("top.MulConst", inside, -1.0), 1.0));
    return c.done(c.last().op("top.Log", {odds}));
}

/// Sums of products: of two lists, or of a matrix with one.
Status torchOfLists(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0), list = c.input(1);
    const ir::Shape in = c.shape(x), of = c.shape(list);
    if (c.failed() || in.empty() || of.size() != 1 || in.back() != of[0]) return attributeError(node, ir::toText(in) + " and " + ir::toText(of));
    const Id product = c.mul(x, list);
    return c.done(c.last().reduce("ReduceSum", product, {-1}, false));
}

/// Lists along axes of their own, repeated along those of the others ("ij"; "xy" exchanges the first two).
Status torchMesh(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const size_t count = node.outputs.size();
    if (node.inputs.size() < count || count < 1) return attributeError(node, "lists known only at run time");
    const bool turned = node.string("indexing", "ij") == "xy" && count > 1;
    for (size_t i = 0; i < count && !c.failed(); ++i) {
        if (node.outputs[i].empty()) continue;
        const auto out = torchResultShape(node, i);
        const Id x = c.input(i);
        if (!out || out->size() != count) return attributeError(node, "lists known only at run time");
        const size_t axis = turned && i < 2 ? 1 - i : i;
        ir::Shape own(count, 1);
        own[axis] = (*out)[axis];
        ir::AttributeMap a;
        a.set("shape", ir::Attribute::ints(*out));
        WB_TRY(c.done(c.op("top.Expand", {c.reshape(x, own)}, std::move(a)), i));
    }
    return {};
}

/// Neighbours along an axis: what each lacks to the next.
Status torchSteps(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const int64_t times = node.integer("n", 1);
    if (c.failed() || c.has(1) || times < 1 || times > 16) return attributeError(node, "n, prepend or append");
    for (int64_t i = 0; i < times && !c.failed(); ++i) {
        const ir::Shape in = c.shape(x);
        const auto axis = normaliseAxis(node.integer("dim", -1), in.size());
        if (!axis || in[static_cast<size_t>(*axis)] < 2) return attributeError(node, "axis of " + ir::toText(in));
        const auto d = static_cast<size_t>(*axis);
        const Id next = c.slice(x, d, 1, in[d]), own = c.slice(x, d, 0, in[d] - 1);
        x = (i + 1 == times ? c.last() : c).sub(next, own);
    }
    return c.done(x);
}

/// ‖x - y + eps‖ of rows.
Status torchPairDistance(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const double p = torchNumber(node, "p").value_or(2.0);
    if (!(p > 0.0)) return attributeError(node, "p " + std::to_string(p));
    const Id gap = c.number("top.AddConst", c.sub(c.input(0), c.input(1)), torchNumber(node, "eps").value_or(1e-6));
    return c.done(lengths(c, gap, p, node.integer("keepdim", 0) != 0));
}

/// What x lacks to y, squared or not, whole, summed or averaged.
Status torchLoss(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id gap = c.op("top.Abs", {c.sub(c.input(0), c.input(1))});
    const bool huber = node.kind == "aten::huber_loss", mse = node.kind == "aten::mse_loss";
    const double knee = torchNumber(node, huber ? "delta" : "beta").value_or(1.0);
    Id loss = mse ? c.mul(gap, gap) : gap;
    if (!mse && (huber || knee > 0)) { // a parabola up to the knee, then its tangent
        const Id square = c.number("top.MulConst", c.mul(gap, gap), huber ? 0.5 : 0.5 / knee);
        const Id line = c.number("top.AddConst", huber ? c.number("top.MulConst", gap, knee) : gap, huber ? -0.5 * knee * knee : -0.5 * knee);
        loss = c.where(c.compareNumber("Less", gap, knee), square, line);
    }
    const int64_t reduction = node.integer("reduction", 1); // none, mean, sum
    if (reduction == 0 || c.failed()) return c.done(loss);
    std::vector<int64_t> axes(c.shape(loss).size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
    return c.done(c.last().reduce(reduction == 1 ? "ReduceMean" : "ReduceSum", loss, axes, false));
}

/// How many boundaries, in order, lie below each number (or at it, `right`).
Status torchBuckets(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const bool search = node.kind == "aten::searchsorted";
    const Id bounds = c.input(search ? 0 : 1);
    Id x = !search ? c.input(0) : c.has(1) ? c.input(1) : c.tensor({1}, {static_cast<float>(torchNumber(node, "self").value_or(0))});
    const ir::Shape of = c.shape(bounds);
    ir::Shape in = c.shape(x);
    if (c.failed() || of.empty() || (of.size() > 1 && of.size() != in.size()) || c.has(2)) return attributeError(node, "boundaries of " + ir::toText(of));
    ir::Shape line = of;
    if (of.size() > 1) line.insert(line.end() - 1, 1);
    in.push_back(1);
    const bool right = node.integer("right", 0) != 0 || node.string("side", "left") == "right";
    const Id passed = c.compare(right ? "GreaterOrEqual" : "Greater", c.reshape(x, in), c.reshape(bounds, line));
    return c.done(c.last().reduce("ReduceSum", passed, {-1}, false));
}

/// Products of vectors of three numbers.
Status torchCross(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id a = c.input(0), b = c.input(1);
    const ir::Shape in = c.shape(a);
    const auto first = std::find(in.begin(), in.end(), 3);
    const auto axis = node.has("dim") || node.kind != "aten::cross" ? normaliseAxis(node.integer("dim", -1), in.size())
                                                                      : std::optional<int64_t>(first - in.begin());
    if (c.failed() || !axis || *axis >= static_cast<int64_t>(in.size()) || in[static_cast<size_t>(*axis)] != 3) return attributeError(node, "vectors of " + ir::toText(in));
    const auto d = static_cast<size_t>(*axis);
    const auto turned = [&](Id x, int64_t by) { return c.concat({c.slice(x, d, by, 3), c.slice(x, d, 0, by)}, *axis); };
    const Id plus = c.mul(turned(a, 1), turned(b, 2)), minus = c.mul(turned(a, 2), turned(b, 1));
    return c.done(c.last().sub(plus, minus));
}

} // namespace

void torch_elementary(ImportTable& table);
void torch_elementary(ImportTable& table) {
    table.add(Framework::Torch, "aten::atan2", torchAngle);
    table.add(Framework::Torch, "aten::arctan2", torchAngle);
    for (const char* kind : {"aten::lerp", "aten::hypot", "aten::xlogy", "aten::heaviside", "aten::logaddexp", "aten::logaddexp2", "aten::copysign"})
        table.add(Framework::Torch, kind, torchOfTwo);
    for (const char* kind : {"aten::isnan", "aten::threshold", "aten::exp2", "aten::logit", "aten::deg2rad", "aten::rad2deg", "aten::signbit",
                             "aten::isposinf", "aten::isneginf", "aten::erfc", "aten::special_erfc", "aten::sinc", "aten::special_entr", "aten::nan_to_num"})
        table.add(Framework::Torch, kind, torchOfOne);
    table.add(Framework::Torch, "aten::dot", torchOfLists);
    table.add(Framework::Torch, "aten::mv", torchOfLists);
    table.add(Framework::Torch, "aten::meshgrid", torchMesh);
    table.add(Framework::Torch, "aten::diff", torchSteps);
    for (const char* kind : {"aten::mse_loss", "aten::smooth_l1_loss", "aten::huber_loss"})
        table.add(Framework::Torch, kind, torchLoss);
    for (const char* kind : {"aten::bucketize", "aten::searchsorted"})
        table.add(Framework::Torch, kind, torchBuckets);
    for (const char* kind : {"aten::cross", "aten::linalg_cross"})
        table.add(Framework::Torch, kind, torchCross);
    table.add(Framework::Torch, "aten::cdist", torchDistances);
    table.add(Framework::Torch, "aten::pairwise_distance", torchPairDistance);
}

} // namespace wb::ops
