// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's functions of one or two numbers that are several of ours, products of lists, meshes, and distances of rows.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <cmath>
#include <numbers>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

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
    // logaddexp: the greater and log(1 + e^-|x - y|)
    const Id most = c.op("top.Max", {x, y}), gap = c.number("top.MulConst", c.op("top.Abs", {c.sub(x, y)}), -1.0);
    const Id rest = c.op("top.Log", {c.number("top.AddConst", c.op("top.Exp", {gap}), 1.0)});
    return c.done(c.last().add(most, rest));
}

/// Distances of each row of one matrix from each of another, p 1, 2 or ∞.
Status torchDistances(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kMostDifferences = int64_t{1} << 24;
    Composer c(node, builder);
    const Id a = c.input(0), b = c.input(1);
    const ir::Shape left = c.shape(a), right = c.shape(b);
    const double p = torchNumber(node, "p").value_or(2.0);
    if (c.failed() || left.size() < 2 || right.size() < 2 || left.back() != right.back()) return attributeError(node, "rows of " + ir::toText(left) + " and " + ir::toText(right));
    if (p != 1.0 && p != 2.0 && !std::isinf(p)) return attributeError(node, "p " + std::to_string(p));
    ir::Shape tall = left, wide = right;
    tall.insert(tall.end() - 1, 1);
    wide.insert(wide.end() - 2, 1);
    const auto most = ir::checkedElementCount(left);
    if (!most || *most * right[right.size() - 2] > kMostDifferences) return attributeError(node, "distances of " + ir::toText(left) + " and " + ir::toText(right));
    const Id gap = c.sub(c.reshape(a, tall), c.reshape(b, wide));
    const Id sizes = std::isinf(p) ? c.op("top.Abs", {gap}) : gap;
    return c.done(c.last().reduce(p == 1.0 ? "ReduceL1" : p == 2.0 ? "ReduceL2" : "ReduceMax", sizes, {-1}, false));
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
    if (p != 1.0 && p != 2.0) return attributeError(node, "p " + std::to_string(p));
    const Id gap = c.number("top.AddConst", c.sub(c.input(0), c.input(1)), torchNumber(node, "eps").value_or(1e-6));
    return c.done(c.last().reduce(p == 1.0 ? "ReduceL1" : "ReduceL2", gap, {-1}, node.integer("keepdim", 0) != 0));
}

} // namespace

void torch_elementary(ImportTable& table);
void torch_elementary(ImportTable& table) {
    table.add(Framework::Torch, "aten::atan2", torchAngle);
    table.add(Framework::Torch, "aten::arctan2", torchAngle);
    for (const char* kind : {"aten::lerp", "aten::hypot", "aten::xlogy", "aten::heaviside", "aten::logaddexp"})
        table.add(Framework::Torch, kind, torchOfTwo);
    for (const char* kind : {"aten::isnan", "aten::threshold", "aten::exp2", "aten::logit"})
        table.add(Framework::Torch, kind, torchOfOne);
    table.add(Framework::Torch, "aten::dot", torchOfLists);
    table.add(Framework::Torch, "aten::mv", torchOfLists);
    table.add(Framework::Torch, "aten::meshgrid", torchMesh);
    table.add(Framework::Torch, "aten::diff", torchSteps);
    table.add(Framework::Torch, "aten::cdist", torchDistances);
    table.add(Framework::Torch, "aten::pairwise_distance", torchPairDistance);
}

} // namespace wb::ops
