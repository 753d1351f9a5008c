// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's picking and putting by position: index_select, embedding, take, x[…, positions] along one axis or several,
// and the numbers that are put there. A mask known now stands for the places where it is true; one computed, for a choice.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

constexpr int64_t kMostPlaces = int64_t{1} << 24;

Status torchSelectRows(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const int64_t axis = node.kind == "aten::embedding" ? 0 : node.integer("dim", 0);
    return torchAsOnnx(node, builder, "Gather", {node.inputs[0], node.inputs[1]}, {{"axis", axis}});
}

/// Positions counted through all axes.
Status torchTake(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const Id in, valueOf(node, builder, 0));
    const int64_t count = builder.graph().value(in).type.elementCount();
    WB_ASSIGN(const Id line, torchStep(node, builder, "top.Reshape", {in}, torchReshape({count}), "line"));
    builder.bind(node.outputs.front() + "_line", line);
    return torchAsOnnx(node, builder, "Gather", {node.outputs.front() + "_line", node.inputs[1]}, {{"axis", int64_t{0}}});
}

/// Elements of one axis at positions known now.
Id pickPlaces(Composer& c, Id x, size_t axis, const std::vector<int64_t>& positions, const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(static_cast<int64_t>(axis)));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    return c.op("top.Gather", {x, c.tensor(shape, std::vector<float>(positions.begin(), positions.end()))}, std::move(a));
}

/// Positions along some of a tensor's axes, which are known now and repeated to one shape; as one number each, counted
/// through those axes.
struct TorchPlaces {
    std::vector<size_t> axes;
    ir::Shape shape;
    std::vector<int64_t> through;
    bool together = true; ///< the axes lie side by side: the result has `shape` in their place, else in front
};

Result<TorchPlaces> torchPlaces(const SourceNode& node, ImportBuilder& builder, size_t first, size_t last, const ir::Shape& in) {
    TorchPlaces p;
    std::vector<ir::Shape> shapes;
    std::vector<std::vector<int64_t>> along;
    size_t axis = 0;
    for (size_t i = first; i < last; ++i) {
        if (node.inputs[i].empty()) {
            ++axis;
            continue;
        }
        const ir::Tensor* given = builder.constant(node.inputs[i]);
        const auto numbers = given == nullptr ? std::nullopt : toInts(*given);
        if (!numbers) return attributeError(node, "positions that are known only at run time along several axes");
        const bool mask = given->type() == ir::ElementType::I1;
        const size_t covered = mask ? given->shape().size() : 1;
        if (axis + covered > in.size()) return attributeError(node, "more positions than axes of " + ir::toText(in));
        if (!mask) {
            shapes.push_back(given->shape());
            along.push_back(*numbers);
            p.axes.push_back(axis++);
            for (int64_t& at : along.back()) {
                const int64_t size = in[p.axes.back()];
                if (at < -size || at >= size) return attributeError(node, "position " + std::to_string(at) + " of " + std::to_string(size));
                at += at < 0 ? size : 0;
            }
            continue;
        }
        if (!std::equal(given->shape().begin(), given->shape().end(), in.begin() + static_cast<std::ptrdiff_t>(axis)))
            return attributeError(node, "a mask of " + ir::toText(given->shape()) + " for " + ir::toText(in));
        const size_t from = along.size();
        along.resize(from + covered);
        for (size_t k = 0; k < numbers->size(); ++k) {
            auto rest = static_cast<int64_t>(k);
            for (size_t d = covered; (*numbers)[k] != 0 && d-- > 0;) {
                along[from + d].push_back(rest % given->shape()[d]);
                rest /= given->shape()[d];
            }
        }
        for (size_t d = 0; d < covered; ++d) {
            shapes.push_back({static_cast<int64_t>(along[from + d].size())});
            p.axes.push_back(axis++);
        }
    }
    for (const ir::Shape& shape : shapes) {
        if (shape.size() > p.shape.size()) p.shape.insert(p.shape.begin(), shape.size() - p.shape.size(), 1);
        for (size_t d = 0; d < shape.size(); ++d) {
            int64_t& size = p.shape[p.shape.size() - shape.size() + d];
            if (size != shape[d] && size != 1 && shape[d] != 1) return attributeError(node, "positions of " + ir::toText(p.shape) + " and " + ir::toText(shape));
            if (size == 1) size = shape[d];
        }
    }
    const int64_t count = ir::checkedElementCount(p.shape).value_or(kMostPlaces + 1);
    if (p.axes.empty() || count < 1 || count > kMostPlaces) return attributeError(node, std::to_string(count) + " positions");
    p.through.assign(static_cast<size_t>(count), 0);
    for (size_t a = 0; a < p.axes.size(); ++a) {
        p.together = p.together && p.axes[a] == p.axes[0] + a;
        for (int64_t k = 0; k < count; ++k) {
            int64_t rest = k, from = 0, stride = 1;
            for (size_t d = p.shape.size(); d-- > p.shape.size() - shapes[a].size();) {
                const size_t own = d - (p.shape.size() - shapes[a].size());
                from += shapes[a][own] == 1 ? 0 : rest % p.shape[d] * stride;
                stride *= shapes[a][own];
                rest /= p.shape[d];
            }
            int64_t& place = p.through[static_cast<size_t>(k)];
            place = place * in[p.axes[a]] + along[a][static_cast<size_t>(from)];
        }
    }
    return p;
}

/// x with the axes of positions as one, where they lie or in front; `at` is that axis.
Id joined(Composer& c, Id x, const TorchPlaces& p, size_t& at) {
    const ir::Shape in = c.shape(x);
    std::vector<int64_t> order;
    ir::Shape shape;
    at = p.together ? p.axes[0] : 0;
    int64_t size = 1;
    for (const size_t axis : p.axes) size *= in[axis];
    for (size_t d = 0; d <= in.size(); ++d) {
        if (shape.size() == at && static_cast<size_t>(std::count(order.begin(), order.end(), static_cast<int64_t>(p.axes[0]))) == 0) {
            for (const size_t axis : p.axes) order.push_back(static_cast<int64_t>(axis));
            shape.push_back(size);
        }
        if (d == in.size() || std::find(p.axes.begin(), p.axes.end(), d) != p.axes.end()) continue;
        order.push_back(static_cast<int64_t>(d));
        shape.push_back(in[d]);
    }
    if (!p.together) x = c.permute(x, order);
    return p.axes.size() == 1 && p.together ? x : c.reshape(x, shape);
}

/// x[:, positions]: None for the axes that stay whole.
Status torchIndex(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    std::vector<size_t> given;
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (!node.inputs[i].empty()) given.push_back(i);
    if (given.empty()) return attributeError(node, "no positions");
    const ir::Tensor* positions = builder.constant(node.inputs[given.front()]);
    if (given.size() == 1 && (positions == nullptr || positions->type() != ir::ElementType::I1))
        return torchAsOnnx(node, builder, "Gather", {node.inputs[0], node.inputs[given.front()]}, {{"axis", static_cast<int64_t>(given.front() - 1)}});
    Composer c(node, builder);
    const Id x = c.input(0);
    WB_ASSIGN(const TorchPlaces p, torchPlaces(node, builder, 1, node.inputs.size(), c.shape(x)));
    size_t at = 0;
    const Id line = joined(c, x, p, at);
    return c.done(pickPlaces(c.last(), line, at, p.through, p.shape));
}

/// x.index_put(positions, values): the last operand in place of what lies there.
Status torchIndexPut(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const Id x = c.input(0);
    Id values = c.input(node.inputs.size() - 1);
    const ir::Shape in = c.shape(x);
    const size_t last = node.inputs.size() - 1;
    if (c.failed()) return c.done(x);
    if (node.integer("accumulate", 0) != 0) return attributeError(node, "values that are added");
    if (builder.constant(node.inputs[1]) == nullptr && last == 2) { // a mask
        ir::Shape mask = c.shape(c.input(1));
        const auto one = ir::checkedElementCount(c.shape(values));
        if (mask.size() > in.size() || !std::equal(mask.begin(), mask.end(), in.begin()) || one != 1 || !torchIsChoice(node, builder, 1))
            return attributeError(node, "positions that are known only at run time");
        mask.resize(in.size(), 1);
        const Id choice = c.reshape(c.input(1), mask), number = c.reshape(values, ir::Shape(in.size(), 1));
        return c.done(c.last().where(choice, number, x));
    }
    WB_ASSIGN(const TorchPlaces p, torchPlaces(node, builder, 1, last, in));
    size_t at = 0;
    const Id line = joined(c, x, p, at);
    const ir::Shape joint = c.shape(line);
    ir::Shape put = joint, wanted(joint.begin(), joint.begin() + static_cast<std::ptrdiff_t>(at));
    put[at] = static_cast<int64_t>(p.through.size());
    wanted.insert(wanted.end(), p.shape.begin(), p.shape.end());
    wanted.insert(wanted.end(), joint.begin() + static_cast<std::ptrdiff_t>(at) + 1, joint.end());
    if (c.shape(values) != wanted) {
        ir::AttributeMap a;
        a.set("shape", ir::Attribute::ints(wanted));
        values = c.op("top.Expand", {values}, std::move(a));
    }
    if (put != wanted) values = c.reshape(values, put);
    std::vector<int64_t> from(static_cast<size_t>(joint[at]));
    std::iota(from.begin(), from.end(), int64_t{0});
    for (size_t k = 0; k < p.through.size(); ++k)
        from[static_cast<size_t>(p.through[k])] = joint[at] + static_cast<int64_t>(k);
    Id y = pickPlaces(c, c.concat({line, values}, static_cast<int64_t>(at)), at, from, {joint[at]});
    if (joint == in && p.together) return c.done(y);
    if (p.together) return c.done(c.last().reshape(y, in));
    std::vector<int64_t> order; // of the axes in y, and back
    ir::Shape split;
    for (const size_t axis : p.axes) order.push_back(static_cast<int64_t>(axis));
    for (size_t d = 0; d < in.size(); ++d)
        if (std::find(p.axes.begin(), p.axes.end(), d) == p.axes.end()) order.push_back(static_cast<int64_t>(d));
    std::vector<int64_t> back(order.size());
    for (size_t d = 0; d < order.size(); ++d) {
        split.push_back(in[static_cast<size_t>(order[d])]);
        back[static_cast<size_t>(order[d])] = static_cast<int64_t>(d);
    }
    y = c.reshape(y, split);
    return c.done(c.last().permute(y, back));
}

/// index_copy, index_fill, index_add along one axis, positions known now.
Status torchIndexInto(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("dim", 0), in.size());
    const auto positions = constantInts(node, builder, 1);
    if (c.failed() || !axis || !positions) return attributeError(node, "positions that are known only at run time");
    const auto d = static_cast<size_t>(*axis);
    std::vector<int64_t> from(static_cast<size_t>(in[d]));
    std::iota(from.begin(), from.end(), int64_t{0});
    std::vector<float> picks(positions->size() * from.size(), 0.0F);
    const bool added = node.kind == "aten::index_add", fills = node.kind == "aten::index_fill";
    for (size_t k = 0; k < positions->size(); ++k) {
        const int64_t at = (*positions)[k] < 0 ? (*positions)[k] + in[d] : (*positions)[k];
        if (at < 0 || at >= in[d]) return attributeError(node, "position " + std::to_string(at) + " of " + std::to_string(in[d]));
        from[static_cast<size_t>(at)] = in[d] + static_cast<int64_t>(fills ? 0 : k);
        picks[k * static_cast<size_t>(in[d]) + static_cast<size_t>(at)] = 1.0F;
    }
    if (!added) {
        Id part = c.has(2) ? c.input(2) : c.tensor({1}, {static_cast<float>(torchNumber(node, "value").value_or(0))});
        if (fills) {
            ir::Shape one = in;
            one[d] = 1;
            ir::AttributeMap a;
            a.set("shape", ir::Attribute::ints(one));
            part = c.op("top.Expand", {part}, std::move(a));
        }
        return c.done(pickPlaces(c, c.concat({x, part}, *axis), d, from, {in[d]}));
    }
    // Sums: the part's axis times a matrix that says where each goes.
    std::vector<int64_t> order;
    for (size_t k = 0; k < in.size(); ++k) order.push_back(static_cast<int64_t>(k));
    std::swap(order[d], order.back());
    const Id part = c.permute(c.input(2), order), matrix = c.tensor({static_cast<int64_t>(positions->size()), in[d]}, picks);
    Id sum = c.permute(c.matmul(part, matrix), order);
    if (const double alpha = torchNumber(node, "alpha").value_or(1.0); alpha != 1.0) sum = c.number("top.MulConst", sum, alpha);
    return c.done(c.last().add(x, sum));
}

} // namespace

void torch_gather(ImportTable& table);
void torch_gather(ImportTable& table) {
    table.add(Framework::Torch, "aten::embedding", torchSelectRows);
    table.add(Framework::Torch, "aten::index_select", torchSelectRows);
    table.add(Framework::Torch, "aten::take", torchTake);
    table.add(Framework::Torch, "aten::index", torchIndex);
    table.add(Framework::Torch, "aten::index_put", torchIndexPut);
    for (const char* kind : {"aten::index_copy", "aten::index_fill", "aten::index_add"})
        table.add(Framework::Torch, kind, torchIndexInto);
}

} // namespace wb::ops
