// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's reductions (axes as operand 1) and ARG_MAX, ARG_MIN (axis as operand 1).
#include "compiler/ops/tflite_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// Without its reduced axes a picture's value is in the file's order only if the channels' place does not matter: no
/// spatial axis is left, or the channels are gone.
bool keepsOrder(const std::vector<int64_t>& axes, bool keep) {
    if (keep) return true;
    const auto gone = [&](int64_t axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); };
    return gone(3) || (gone(1) && gone(2));
}

Status importTfliteReduce(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(std::vector<int64_t> axes, n.axes(1, x.size()));
    const bool keep = node.integer("keep_dims", 0) != 0;
    Order order = n.order({0});
    if (order == Order::Picture && !keepsOrder(axes, keep)) order = Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    if (axes.empty()) {
        n.bind(in, order);
        return {};
    }
    if (order == Order::Picture)
        for (int64_t& axis : axes)
            axis = pictureAxis(axis);
    std::sort(axes.begin(), axes.end());
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints(axes));
    a.set("is_scalar", false);
    const std::string& k = node.kind;
    a.set("mode", k == "MEAN"         ? "ReduceMean"
                  : k == "SUM"        ? "ReduceSum"
                  : k == "REDUCE_MAX" ? "ReduceMax"
                  : k == "REDUCE_MIN" ? "ReduceMin"
                                      : "ReduceProd");
    // A number is a list of one here.
    a.set("keepdims", keep || axes.size() == x.size());
    if (!keep && axes.size() == x.size()) {
        WB_ASSIGN(const ir::ValueId all, n.step("top.Reduce", {in}, std::move(a), "_all"));
        ir::AttributeMap r;
        r.set("flatten_start_dim", -1);
        r.set("shape", ir::Attribute::ints({1}));
        return n.emit("top.Reshape", {all}, std::move(r), Order::File);
    }
    return n.emit("top.Reduce", {in}, std::move(a), keep ? order : Order::File);
}

Status importTfliteArg(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const auto given = constantInts(node, builder, 1);
    if (!given || given->size() != 1) return attributeError(node, "the axis is known only at run time");
    WB_ASSIGN(const size_t axis, n.axis(given->front(), x.size()));
    Order order = n.order({0});
    if (order == Order::Picture && axis != 3) order = Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    ir::AttributeMap a;
    a.set("axis", order == Order::Picture ? pictureAxis(static_cast<int64_t>(axis)) : static_cast<int64_t>(axis));
    a.set("keepdims", x.size() == 1);
    a.set("mode", node.kind == "ARG_MAX" ? "ArgMax" : "ArgMin");
    a.set("select_last_index", false);
    return n.emit("top.Arg", {in}, std::move(a), Order::File);
}

} // namespace

void tflite_reduce(ImportTable& table);
void tflite_reduce(ImportTable& table) {
    for (const char* kind : {"MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"})
        table.add(Framework::TFLite, kind, importTfliteReduce);
    table.add(Framework::TFLite, "ARG_MAX", importTfliteArg);
    table.add(Framework::TFLite, "ARG_MIN", importTfliteArg);
}

} // namespace wb::ops
