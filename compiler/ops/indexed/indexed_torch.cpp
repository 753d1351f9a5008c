// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's elements by position: diagonals, windows and repeats at places known beforehand, ranks, one-hot rows, and
// tensors of which parts were replaced.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

std::optional<size_t> axisAt(const SourceNode& node, const char* key, size_t rank, int64_t otherwise) {
    const auto axis = normaliseAxis(node.integer(key, otherwise), rank);
    return axis ? std::optional(static_cast<size_t>(*axis)) : std::nullopt;
}

/// Elements of one axis at positions known now.
Id pick(Composer& c, Id x, size_t axis, const std::vector<int64_t>& positions) {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(static_cast<int64_t>(axis)));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    const Id at = c.tensor({static_cast<int64_t>(positions.size())}, std::vector<float>(positions.begin(), positions.end()));
    return c.op("top.Gather", {x, at}, std::move(a));
}

/// Axes `first` and `second` last; what lies on their diagonal is a stride through both as one.
Status torchDiagonal(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const bool trace = node.kind == "aten::trace";
    const auto first = axisAt(node, "dim1", in.size(), 0), second = axisAt(node, "dim2", in.size(), 1);
    if (c.failed() || !first || !second || *first == *second) return attributeError(node, "axes of " + ir::toText(in));
    std::vector<int64_t> order;
    ir::Shape rest;
    for (size_t d = 0; d < in.size(); ++d)
        if (d != *first && d != *second) {
            order.push_back(static_cast<int64_t>(d));
            rest.push_back(in[d]);
        }
    order.push_back(static_cast<int64_t>(*first));
    order.push_back(static_cast<int64_t>(*second));
    const int64_t rows = in[*first], columns = in[*second], offset = node.integer("offset", 0);
    const int64_t down = std::max<int64_t>(0, -offset), right = std::max<int64_t>(0, offset), count = std::min(rows - down, columns - right);
    if (count < 1) return attributeError(node, "no element on diagonal " + std::to_string(offset) + " of " + ir::toText(in));
    ir::Shape flat = rest;
    flat.push_back(rows * columns);
    const Id line = c.reshape(c.permute(x, order), flat);
    const int64_t begin = down * columns + right;
    const Id y = (trace ? c : c.last()).slice(line, rest.size(), begin, begin + (count - 1) * (columns + 1) + 1, columns + 1);
    if (!trace) return c.done(y);
    return c.done(c.last().reduce("ReduceSum", y, {0}, false));
}

/// Windows along an axis become one behind all others.
Status torchWindows(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kMost = 1 << 22;
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = axisAt(node, "dimension", in.size(), 0);
    const int64_t size = node.integer("size", 0), step = node.integer("step", 1);
    if (c.failed() || !axis || size < 1 || step < 1 || size > in[*axis]) return attributeError(node, "windows of " + std::to_string(size) + " along " + ir::toText(in));
    const int64_t count = (in[*axis] - size) / step + 1;
    if (count > kMost / size) return attributeError(node, std::to_string(count) + " windows");
    std::vector<int64_t> positions;
    for (int64_t i = 0; i < count; ++i)
        for (int64_t k = 0; k < size; ++k) positions.push_back(i * step + k);
    ir::Shape split = in;
    split[*axis] = count;
    split.insert(split.begin() + static_cast<std::ptrdiff_t>(*axis) + 1, size);
    std::vector<int64_t> order;
    for (size_t d = 0; d < split.size(); ++d)
        if (d != *axis + 1) order.push_back(static_cast<int64_t>(d));
    order.push_back(static_cast<int64_t>(*axis) + 1);
    const Id windows = c.reshape(pick(c, x, *axis, positions), split);
    return c.done(c.last().permute(windows, order));
}

/// Each element as often as said, one number for all or (known now) one each; without an axis all of them in a row.
Status torchRepeats(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kMost = 1 << 24;
    Composer c(node, builder);
    Id x = c.input(0);
    ir::Shape in = c.shape(x);
    if (c.failed()) return c.done(x);
    if (!node.has("dim")) {
        in = {ir::checkedElementCount(in).value_or(0)};
        x = c.reshape(x, in);
    }
    const auto axis = axisAt(node, "dim", in.size(), 0);
    if (!axis) return attributeError(node, "axis of " + ir::toText(in));
    std::vector<int64_t> repeats = c.has(1) ? constantInts(node, builder, 1).value_or(std::vector<int64_t>{}) : std::vector<int64_t>{node.integer("repeats", 0)};
    if (repeats.size() == 1) repeats.assign(static_cast<size_t>(in[*axis]), repeats.front());
    if (static_cast<int64_t>(repeats.size()) != in[*axis]) return attributeError(node, "repeats that are known only at run time");
    std::vector<int64_t> positions;
    for (size_t i = 0; i < repeats.size(); ++i) {
        if (repeats[i] < 0 || repeats[i] > kMost - static_cast<int64_t>(positions.size())) return attributeError(node, std::to_string(repeats[i]) + " repeats");
        positions.insert(positions.end(), static_cast<size_t>(repeats[i]), static_cast<int64_t>(i));
    }
    if (positions.empty()) return attributeError(node, "nothing is repeated");
    return c.done(pick(c, x, *axis, positions));
}

Status torchOneHot(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kMost = 1 << 20;
    Composer c(node, builder);
    const Id x = c.input(0);
    ir::Shape in = c.shape(x);
    const int64_t classes = node.integer("num_classes", -1);
    if (c.failed() || classes < 1 || classes > kMost) return attributeError(node, "num_classes is not given");
    std::vector<float> numbers(static_cast<size_t>(classes));
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    in.push_back(1);
    const Id column = c.reshape(x, in), all = c.tensor({classes}, numbers);
    return c.done(c.last().compare("Equal", column, all));
}

/// The k-th smallest along an axis, k counted from 1; the median is the lower of two.
Status torchRank(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    ir::Shape in = c.shape(x);
    const bool median = node.kind == "aten::median", whole = median && !node.has("dim");
    if (whole) {
        in = {ir::checkedElementCount(in).value_or(0)};
        x = c.reshape(x, in);
    }
    const auto axis = axisAt(node, "dim", in.size(), -1);
    if (c.failed() || !axis || in[*axis] < 1) return attributeError(node, "axis of " + ir::toText(in));
    const int64_t k = median ? (in[*axis] + 1) / 2 : node.integer("k", 1);
    if (k < 1 || k > in[*axis]) return attributeError(node, "rank " + std::to_string(k) + " of " + std::to_string(in[*axis]));
    ir::AttributeMap a;
    a.set("K", k);
    a.set("axis", static_cast<int64_t>(*axis));
    a.set("largest", false);
    a.set("sorted", true);
    SourceNode top = node;
    top.outputs = {node.outputs.front() + "_values", node.outputs.front() + "_indices"};
    WB_ASSIGN(const auto both, builder.emitMany(top, "top.TopK", {x}, std::move(a)));
    ir::Shape out = in;
    out[*axis] = 1;
    if (node.integer("keepdim", 0) == 0) out.erase(out.begin() + static_cast<std::ptrdiff_t>(*axis));
    for (size_t i = 0; i < 2 && i < node.outputs.size(); ++i)
        if (!node.outputs[i].empty()) WB_TRY(c.done(c.reshape(c.slice(both[i], *axis, k - 1, k), out.empty() ? ir::Shape{1} : out), i));
    return {};
}

Status torchOrder(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape in, shapeOf(node, builder, 0));
    const auto axis = axisAt(node, "dim", in.size(), -1);
    if (!axis) return attributeError(node, "axis of " + ir::toText(in));
    SourceNode sorted = node;
    sorted.outputs = {node.outputs.front() + "_values", node.outputs.front()};
    return torchAsOnnx(sorted, builder, "TopK", {node.inputs[0]},
                       {{"k", in[*axis]}, {"axis", static_cast<int64_t>(*axis)}, {"largest", node.integer("descending", 0)}});
}

Status torchTakeAlong(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (!node.has("dim")) return attributeError(node, "positions in all axes at once");
    return torchAsOnnx(node, builder, "GatherElements", {node.inputs[0], node.inputs[1]}, {{"axis", node.integer("dim", 0)}});
}

/// The second operand in the place of a part of the first along an axis.
Status torchReplace(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id x = c.input(0);
    Id part = c.input(1);
    const ir::Shape in = c.shape(x);
    const auto axis = axisAt(node, "dim", in.size(), 0);
    if (c.failed() || !axis) return attributeError(node, "axis of " + ir::toText(in));
    const int64_t size = in[*axis];
    int64_t begin = 0, step = 1, count = 1;
    ir::Shape wanted = in;
    if (node.kind == "aten::select_scatter") {
        begin = node.integer("index", 0);
        if (begin < 0) begin += size;
    } else {
        const auto bounded = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + size : v, 0, size); };
        begin = bounded(node.integer("start", 0));
        step = node.integer("step", 1);
        const int64_t end = bounded(node.integer("end", size));
        count = step < 1 ? 0 : (std::max<int64_t>(0, end - begin) + step - 1) / step;
    }
    if (begin < 0 || begin >= size || count < 1) return attributeError(node, "a part of " + ir::toText(in));
    wanted[*axis] = count;
    if (ir::checkedElementCount(c.shape(part)) != ir::checkedElementCount(wanted)) return attributeError(node, "a part of " + ir::toText(c.shape(part)) + " for " + ir::toText(wanted));
    if (c.shape(part) != wanted) part = c.reshape(part, wanted);
    if (step == 1 || count == 1) {
        std::vector<Id> parts;
        if (begin > 0) parts.push_back(c.slice(x, *axis, 0, begin));
        parts.push_back(part);
        if (begin + count < size) parts.push_back(c.slice(x, *axis, begin + count, size));
        return c.done(parts.size() == 1 ? part : c.last().concat(std::move(parts), static_cast<int64_t>(*axis)));
    }
    std::vector<int64_t> from(static_cast<size_t>(size));
    std::iota(from.begin(), from.end(), int64_t{0});
    for (int64_t i = 0; i < count; ++i)
        from[static_cast<size_t>(begin + i * step)] = size + i;
    return c.done(pick(c, c.concat({x, part}, static_cast<int64_t>(*axis)), *axis, from));
}

/// A part that takes on what is copied or filled into it: repeated to its shape.
Status torchCopied(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const auto shape = torchResultShape(node);
    if (!shape) return attributeError(node, "the shape is known only at run time");
    const ir::Shape out = shape->empty() ? ir::Shape{1} : *shape;
    if (node.kind == "aten::fill" || node.kind == "aten::zero") {
        const auto value = node.kind == "aten::zero" ? std::optional(0.0) : c.has(1) ? constantScalar(inputName(node, 1), builder) : torchNumber(node, "value");
        if (!value || ir::checkedElementCount(out).value_or(INT64_MAX) > 1 << 26) return attributeError(node, "a number that is known only at run time");
        return c.done(c.tensor(out, std::vector<float>(static_cast<size_t>(*ir::checkedElementCount(out)), static_cast<float>(*value))));
    }
    const Id from = c.input(1);
    if (c.failed() || c.shape(from) == out) return c.done(from);
    ir::AttributeMap a;
    a.set("shape", ir::Attribute::ints(out));
    return c.done(c.last().op("top.Expand", {from}, std::move(a)));
}

/// Numbers at places of the whole, counted through all axes, which are known now.
Status torchPut(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const Id x = c.input(0), part = c.input(2);
    const ir::Shape in = c.shape(x);
    const auto places = constantInts(node, builder, 1);
    const int64_t size = ir::checkedElementCount(in).value_or(0), count = ir::checkedElementCount(c.shape(part)).value_or(0);
    if (c.failed() || !places || static_cast<int64_t>(places->size()) != count || node.integer("accumulate", 0) != 0)
        return attributeError(node, "places that are known only at run time");
    std::vector<int64_t> from(static_cast<size_t>(size));
    std::iota(from.begin(), from.end(), int64_t{0});
    for (size_t i = 0; i < places->size(); ++i) {
        if ((*places)[i] < 0 || (*places)[i] >= size) return attributeError(node, "place " + std::to_string((*places)[i]));
        from[static_cast<size_t>((*places)[i])] = size + static_cast<int64_t>(i);
    }
    const Id all = pick(c, c.concat({c.reshape(x, {size}), c.reshape(part, {count})}, 0), 0, from);
    return c.done(c.last().reshape(all, in));
}

} // namespace

void torch_indexed(ImportTable& table);
void torch_indexed(ImportTable& table) {
    const auto add = [&](ImportRule rule, std::initializer_list<const char*> kinds) {
        for (const char* kind : kinds)
            table.add(Framework::Torch, std::string("aten::") + kind, rule);
    };
    add(torchDiagonal, {"diagonal", "trace"});
    add(torchWindows, {"unfold"});
    add(torchRepeats, {"repeat_interleave"});
    add(torchOneHot, {"one_hot"});
    add(torchRank, {"median", "kthvalue"});
    add(torchOrder, {"argsort"});
    add(torchTakeAlong, {"take_along_dim"});
    add(torchReplace, {"slice_scatter", "select_scatter"});
    add(torchCopied, {"copy", "fill", "zero"});
    add(torchPut, {"put"});
}

} // namespace wb::ops
