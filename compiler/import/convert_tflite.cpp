// SPDX-License-Identifier: GPL-3.0-or-later
// Control flow of TensorFlow Lite: the iterations of WHILE, as long as its condition is known, and the branches of IF.
// Converters write Keras' recurrent layers as loops that put one row into a list in each iteration; the list is put
// together once, behind the last.
#include "compiler/import/convert.h"

#include "compiler/ops/import_help.h"
#include "compiler/ops/tflite_help.h"

#include <algorithm>

namespace wb::importer {
namespace {

/// One of the values that a loop carries is a list: an iteration writes row `at` and does nothing else with it.
struct RowWrite {
    size_t slot = 0;
    std::string row;           ///< [1, …]
    std::string at, after;     ///< lists that begin with the row's index, and with the next one's ("": not there)
    ops::SourceNode join;      ///< that put it in
};

class BodyView {
public:
    explicit BodyView(const SourceBody& body) : m_body(body) {
        for (const ops::SourceNode& node : body.nodes) {
            for (const std::string& input : node.inputs) ++m_reads[input];
            for (const std::string& output : node.outputs) m_makers[output] = &node;
        }
        for (const std::string& output : body.outputs) ++m_reads[output];
    }
    int reads(const std::string& name) const {
        const auto it = m_reads.find(name);
        return it == m_reads.end() ? 0 : it->second;
    }
    const ops::SourceNode* maker(const std::string& name, const char* kind) const {
        const auto it = m_makers.find(name);
        return it == m_makers.end() || it->second->kind != kind || it->second->outputs.size() != 1 ? nullptr : it->second;
    }
    /// SLICE(list, 0, at), row, SLICE(list, after, -1), joined along the first axis; or the row put in at `at`.
    std::optional<RowWrite> rowWrite(size_t slot) const {
        const std::string &list = m_body.inputs[slot], &result = m_body.outputs[slot];
        if (reads(result) != 1) return {};
        if (const auto* put = maker(result, "DYNAMIC_UPDATE_SLICE"); put != nullptr && put->inputs.size() == 3 && put->inputs[0] == list && reads(list) == 1)
            return RowWrite{slot, put->inputs[1], put->inputs[2], "", *put};
        const auto* join = maker(result, "CONCATENATION");
        if (join == nullptr || join->inputs.size() != 3 || join->integer("axis", 0) != 0 || join->string("activation", "NONE") != "NONE" || reads(list) != 2)
            return {};
        const auto *front = maker(join->inputs[0], "SLICE"), *back = maker(join->inputs[2], "SLICE");
        for (const auto* part : {front, back})
            if (part == nullptr || part->inputs.size() != 3 || part->inputs[0] != list || reads(part->outputs.front()) != 1) return {};
        return RowWrite{slot, join->inputs[1], front->inputs[2], back->inputs[1], *join};
    }

private:
    const SourceBody& m_body;
    std::map<std::string_view, int> m_reads;
    std::map<std::string_view, const ops::SourceNode*> m_makers;
};

/// The body with each list's written row as the output in the list's place, and the indices as further outputs.
std::vector<RowWrite> takeRowWrites(SourceBody& body, const SourceBody& condition) {
    std::vector<RowWrite> writes;
    const BodyView view(body), asks(condition);
    for (size_t i = 0; i < body.inputs.size(); ++i)
        if (asks.reads(condition.inputs[i]) == 0)
            if (auto write = view.rowWrite(i)) writes.push_back(std::move(*write));
    for (const RowWrite& write : writes) {
        std::erase_if(body.nodes, [&](const ops::SourceNode& node) {
            return node.outputs.front() == write.join.outputs.front() ||
                   (write.join.kind == "CONCATENATION" && (node.outputs.front() == write.join.inputs[0] || node.outputs.front() == write.join.inputs[2]));
        });
        body.outputs[write.slot] = write.row;
        body.outputs.push_back(write.at);
        body.outputs.push_back(write.after);
    }
    return writes;
}

} // namespace

bool isTfliteControl(const ops::SourceNode& node) { return node.domain.empty() && (node.kind == "WHILE" || node.kind == "IF"); }

void Converter::sameTflite(const std::string& name, const std::string& other) {
    if (const ir::Tensor* data = m_builder.constant(other)) {
        if (const ir::TensorType* type = m_builder.declared(other)) m_model.declared.insert_or_assign(name, *type);
        m_builder.setConstant(name, *data);
        return;
    }
    for (const bool picture : {false, true})
        if (const ir::ValueId id = m_builder.operand(picture ? ops::pictureName(other) : other); id != ir::kNoValue)
            m_builder.bind(picture ? ops::pictureName(name) : name, id);
}

Status Converter::convertTfliteControl(const ops::SourceNode& node) {
    if (node.kind == "WHILE") return convertWhile(node);
    WB_TRY(ops::needInputs(node, 1));
    const Names given(node.inputs.begin() + 1, node.inputs.end());
    const auto branch = [&](const char* key) -> Result<Names> {
        WB_ASSIGN(const SourceBody* body, bodyOf(node, key));
        if (body->inputs.size() != given.size() || body->outputs.size() != node.outputs.size())
            return ops::nodeError(node, Code::ModelDamaged, "the branch does not fit the node");
        const SourceBody copy = *body;
        return run(copy, given, {}, node);
    };
    if (const auto condition = truth(node.inputs.front())) {
        WB_ASSIGN(const Names results, branch(*condition ? "then_branch" : "else_branch"));
        for (size_t i = 0; i < results.size(); ++i) sameTflite(node.outputs[i], results[i]);
        return {};
    }
    // Neither branch changes anything but its results: both are computed, and one is taken.
    WB_ASSIGN(const Names yes, branch("then_branch"));
    WB_ASSIGN(const Names no, branch("else_branch"));
    for (size_t i = 0; i < yes.size(); ++i) {
        ops::SourceNode select;
        select.framework = ops::Framework::TFLite;
        select.kind = "SELECT_V2";
        select.name = node.name;
        select.inputs = {node.inputs.front(), yes[i], no[i]};
        select.outputs = {node.outputs[i]};
        WB_TRY(convert(select));
    }
    return {};
}

Status Converter::convertWhile(const ops::SourceNode& node) {
    WB_ASSIGN(const SourceBody* asked, bodyOf(node, "cond"));
    WB_ASSIGN(const SourceBody* repeated, bodyOf(node, "body"));
    const size_t carried = node.inputs.size();
    if (asked->inputs.size() != carried || repeated->inputs.size() != carried || repeated->outputs.size() != carried ||
        asked->outputs.size() != 1 || node.outputs.size() > carried)
        return ops::nodeError(node, Code::ModelDamaged, "the condition or the body does not fit the node");
    const SourceBody condition = *asked;
    SourceBody body = *repeated;
    const std::vector<RowWrite> writes = takeRowWrites(body, condition);
    Names values = node.inputs;
    std::vector<Names> rows(writes.size());
    for (size_t w = 0; w < writes.size(); ++w) {
        const auto shape = shapeOfTflite(node.inputs[writes[w].slot]);
        if (!shape || shape->empty() || shape->front() < 1 || shape->front() > kMostNodes)
            return ops::nodeError(node, Code::UnsupportedOperators, "a list without rows, or of too many");
        rows[w].resize(static_cast<size_t>(shape->front()));
    }
    for (;;) {
        WB_ASSIGN(const Names question, run(condition, values, {}, node));
        const auto goOn = truth(question.front());
        if (!goOn)
            return ops::nodeError(node, Code::UnsupportedOperators, "whether the loop goes on is known only at run time")
                .because("the chip runs a fixed list of layers, so a loop is written out as often as it runs")
                .remedy("convert the network with fixed shapes (a batch size, a number of steps), or its recurrent layers with unroll=True");
        if (!*goOn) break;
        WB_ASSIGN(const Names results, run(body, values, {}, node));
        if (++m_inside > kMostNodes)
            return ops::nodeError(node, Code::UnsupportedOperators, "the loop has too many iterations to write out");
        for (size_t i = 0; i < carried; ++i)
            if (std::none_of(writes.begin(), writes.end(), [&](const RowWrite& w) { return w.slot == i; })) values[i] = results[i];
        for (size_t w = 0; w < writes.size(); ++w) {
            const auto first = [&](const std::string& name) -> std::optional<int64_t> {
                const ir::Tensor* data = name.empty() ? nullptr : m_builder.constant(name);
                const auto list = data == nullptr ? std::nullopt : ops::toInts(*data);
                return list && !list->empty() ? std::optional(list->front()) : std::nullopt;
            };
            const auto at = first(results[carried + 2 * w]), after = first(results[carried + 2 * w + 1]);
            if (!at || *at < 0 || *at >= static_cast<int64_t>(rows[w].size()) || (!results[carried + 2 * w + 1].empty() && after != *at + 1))
                return ops::nodeError(node, Code::UnsupportedOperators, "the row that an iteration writes is known only at run time");
            rows[w][static_cast<size_t>(*at)] = results[writes[w].slot];
        }
    }
    for (size_t w = 0; w < writes.size(); ++w)
        if (writes[w].slot < node.outputs.size()) WB_TRY(joinRows(node, writes[w].slot, rows[w]));
    for (size_t i = 0; i < node.outputs.size(); ++i)
        if (std::none_of(writes.begin(), writes.end(), [&](const RowWrite& w) { return w.slot == i; })) sameTflite(node.outputs[i], values[i]);
    return {};
}

std::optional<ir::Shape> Converter::shapeOfTflite(const std::string& name) {
    if (const ir::Tensor* data = m_builder.constant(name)) return data->shape();
    return ops::tfliteShape(m_builder, name);
}

Status Converter::joinRows(const ops::SourceNode& node, size_t slot, const Names& rows) {
    ops::SourceNode join;
    join.framework = ops::Framework::TFLite;
    join.kind = "CONCATENATION";
    join.name = node.outputs[slot];
    join.attributes["axis"] = int64_t{0};
    join.outputs = {node.outputs[slot]};
    const size_t rank = shapeOfTflite(node.inputs[slot])->size();
    for (size_t r = 0; r < rows.size(); ++r) {
        if (!rows[r].empty()) {
            join.inputs.push_back(rows[r]);
            continue;
        }
        // What no iteration wrote is what it was.
        ops::SourceNode keep;
        keep.framework = ops::Framework::TFLite;
        keep.kind = "SLICE";
        keep.outputs = {node.outputs[slot] + "/row" + std::to_string(r)};
        keep.name = keep.outputs.front();
        keep.inputs = {node.inputs[slot], keep.name + "_at", keep.name + "_size"};
        if (const ir::TensorType* type = m_builder.declared(node.inputs[slot])) m_model.declared.insert_or_assign(keep.name, *type);
        std::vector<int64_t> at(rank, 0), size(rank, -1);
        at[0] = static_cast<int64_t>(r), size[0] = 1;
        m_builder.setConstant(keep.inputs[1], ir::Tensor::of<int64_t>(ir::ElementType::I64, {static_cast<int64_t>(rank)}, at));
        m_builder.setConstant(keep.inputs[2], ir::Tensor::of<int64_t>(ir::ElementType::I64, {static_cast<int64_t>(rank)}, size));
        WB_TRY(convert(keep));
        join.inputs.push_back(keep.name);
    }
    if (join.inputs.size() > 1) return convert(join);
    sameTflite(node.outputs[slot], join.inputs.front());
    return {};
}

} // namespace wb::importer
