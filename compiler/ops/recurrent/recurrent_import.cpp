// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings: ONNX RNN-7…14, GRU-7…14, LSTM-7…14 (layout 1 since 14: batch first, turned around by Permute).
#include "compiler/ops/import_compose.h"
#include "compiler/ops/recurrent/recurrent.h"

namespace wb::ops {
namespace {

ir::AttributeList texts(const std::vector<std::string>& values) {
    ir::AttributeList list;
    for (const std::string& value : values)
        list.emplace_back(value);
    return list;
}

Status importRecurrent(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    const std::string op = "top." + node.kind;
    const bool batchFirst = node.integer("layout", 0) != 0;
    Composer c(node, builder);
    if (recurrentGates(op) != 4 && (c.has(6) || c.has(7)))
        return nodeError(node, Code::ModelDamaged, "more inputs than the operator has");
    const RecurrentOperands at = recurrentOperands(op);
    std::vector<ir::ValueId> operands(at.most, ir::kNoValue);
    const size_t places[]{0, 1, 2, 3, at.lengths, at.h0, at.c0, at.peepholes}; // of ONNX's inputs
    for (size_t i = 0; i < std::size(places); ++i) {
        if (!c.has(i)) continue;
        const ir::ValueId in = c.input(i);
        const bool turned = batchFirst && (i == 0 || i == 5 || i == 6);
        operands[places[i]] = turned ? c.permute(in, {1, 0, 2}) : in;
    }
    while (operands.size() > at.least && operands.back() == ir::kNoValue)
        operands.pop_back();
    ir::AttributeMap a;
    const ir::Shape r = c.shape(operands[2]);
    a.set("hidden_size", node.integer("hidden_size", r.empty() ? 0 : r.back()));
    const std::string direction = node.string("direction", "forward");
    a.set("bidirectional", direction == "bidirectional");
    a.set("batch_first", false);
    if (direction != "forward" && direction != "bidirectional") a.set("direction", direction);
    if (const double clip = node.real("clip", 0.0); clip != 0) a.set("clip", asFloat32(clip));
    if (recurrentGates(op) == 3) a.set("linear_before_reset", node.integer("linear_before_reset", 0) != 0);
    if (node.integer("input_forget", 0) != 0) a.set("input_forget", true);
    const auto given = node.attributes.find("activations");
    if (given != node.attributes.end())
        if (const auto* names = std::get_if<std::vector<std::string>>(&given->second))
            a.set("activations", texts(*names));
    for (const char* key : {"activation_alpha", "activation_beta"})
        if (const auto numbers = node.reals(key)) a.set(key, ir::Attribute::floats(*numbers));
    if (c.failed()) return c.done(ir::kNoValue);
    WB_ASSIGN(const auto results, builder.emitMany(node, op, std::move(operands), std::move(a)));
    if (!batchFirst) return {};
    for (size_t i = 0; i < results.size() && i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        const std::vector<int64_t> order = i == 0 ? std::vector<int64_t>{2, 0, 1, 3} : std::vector<int64_t>{1, 0, 2};
        WB_TRY(c.done(c.permute(results[i], order), i));
    }
    return {};
}

} // namespace

void import_recurrent(ImportTable& table);
void import_recurrent(ImportTable& table) {
    for (const char* kind : {"RNN", "GRU", "LSTM"})
        table.add(Framework::Onnx, kind, importRecurrent);
}

} // namespace wb::ops
