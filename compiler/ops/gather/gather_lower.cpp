// SPDX-License-Identifier: GPL-3.0-or-later
// Gather of constant indices: each run of following indices is a slice, the slices are put side by side. Indices that are
// known at run time only (the words of a text) stay: the chip's transfers pick rows by them.
#include "compiler/ops/support/chip_rules.h"
#include "compiler/ops/support/lower_support.h"

#include <cmath>

namespace wb::ops {
namespace {

using ir::Attribute;
using ir::ValueId;

constexpr size_t kMostSlices = 4096;

Error notGathered(const LoweringBuilder& builder, const ir::Node& node, const std::string& why) {
    return Error{.code = Code::OperatorNotLowered, .what = "this Gather cannot be lowered", .why = why,
                 .node = resultName(builder, node)};
}

/// The run of indices that begins at `at`: its length.
size_t runAt(const std::vector<int64_t>& indices, size_t at) {
    size_t end = at + 1;
    while (end < indices.size() && indices[end] == indices[end - 1] + 1)
        ++end;
    return end - at;
}

/// Rows are carried over in a float; the indices are float32, which holds those of 2^24 rows.
Result<Precision> lowerPick(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& options = builder.options();
    if (precision == Precision::Int8) precision = traitsOf(options.chip).wide;
    precision = precisionOn(options.chip, precision);
    WB_ASSIGN(const ValueId table, operandFor(builder, node, node.operands[0], precision));
    const ValueId indices =
        builder.operandAs(node.operands[1], node, plainFloat(builder.source().value(node.operands[1]).type, Precision::F32));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    ir::AttributeMap a = node.attributes;
    a.set("if_neg_index", true);
    emitLowered(builder, node, "tpu.Gather", {table, indices, ir::kNoValue}, std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerGather(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    if (source.weight(node.operands.at(1)) == nullptr) return lowerPick(builder, node, precision);
    const ir::Shape from = source.value(node.operands[0]).type.shape;
    auto axis = node.attributes.integer("axis", 0);
    if (axis < 0) axis += static_cast<int64_t>(from.size());
    if (axis < 0 || axis >= static_cast<int64_t>(from.size())) return notGathered(builder, node, "its axis does not exist");
    const auto at = static_cast<size_t>(axis);
    WB_ASSIGN(const auto numbers, constantValues(builder, node.operands[1]));
    std::vector<int64_t> indices;
    for (const float number : numbers)
        indices.push_back(static_cast<int64_t>(number < 0 ? number + static_cast<float>(from[at]) : number));
    for (const int64_t index : indices)
        if (index < 0 || index >= from[at]) return notGathered(builder, node, "an index lies outside its axis");
    WB_ASSIGN(const ValueId operand, operandFor(builder, node, node.operands[0], precision));
    auto& target = builder.target();
    const auto type = target.value(operand).type; // codes are carried over
    const auto result = source.value(node.results[0]).type.shape;
    const std::string name = resultName(builder, node);

    std::vector<ValueId> slices;
    for (size_t i = 0; i < indices.size(); i += runAt(indices, i)) {
        if (slices.size() == kMostSlices) return notGathered(builder, node, "its indices are too many runs");
        std::vector<int64_t> offset(from.size(), 0), steps(from.size(), 1), ends(from);
        offset[at] = indices[i];
        ends[at] = indices[i] + static_cast<int64_t>(runAt(indices, i));
        ir::AttributeMap a;
        a.set("offset", Attribute::ints(offset));
        a.set("steps", Attribute::ints(steps));
        a.set("ends", Attribute::ints(ends));
        a.set("axes", Attribute::ints({}));
        auto own = type;
        own.shape = from;
        own.shape[at] = ends[at] - offset[at];
        slices.push_back(target.add("tpu.Slice", {operand, ir::kNoValue, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                                    name + "_slice" + std::to_string(slices.size()), std::move(own), std::move(a)));
    }
    if (slices.empty()) return notGathered(builder, node, "it picks nothing");
    ValueId joined = slices[0];
    if (slices.size() > 1) {
        ir::AttributeMap a;
        a.set("axis", Attribute::si32(axis));
        a.set("do_relu", false);
        a.set("only_merge", false);
        a.set("relu_limit", -1.0);
        auto own = type;
        own.shape = from;
        own.shape[at] = static_cast<int64_t>(indices.size());
        joined = target.add("tpu.Concat", std::move(slices), name + "_joined", std::move(own), std::move(a));
    }
    auto own = type;
    own.shape = result;
    ir::AttributeMap reshape;
    reshape.set("flatten_start_dim", -1);
    reshape.set("shape", ir::AttributeList{});
    emitLowered(builder, node, "tpu.Reshape", {joined}, std::move(own), std::move(reshape));
    return precision;
}

} // namespace

void lower_gather(LoweringTable& table);
void lower_gather(LoweringTable& table) { table.add("top.Gather", lowerGather); }

} // namespace wb::ops
