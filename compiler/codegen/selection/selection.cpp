// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/selection/selection.h"

#include <algorithm>

namespace wb::codegen {
namespace {

Result<ValueInfo> infoOf(const ir::Graph& graph, ir::ValueId id) {
    const ir::Value& value = graph.value(id);
    ValueInfo info;
    info.constant = graph.weight(id) != nullptr;
    if (info.constant) return info;
    const auto refuse = [&](const std::string& why) {
        return Error{.code = Code::CodegenUnsupported, .what = why, .node = value.name};
    };
    if (!value.type.ranked) return refuse("its shape is not known");
    for (const int64_t size : value.type.shape)
        if (size < 1) return refuse("it is empty: " + ir::toText(value.type.shape));
    const auto count = ir::checkedElementCount(value.type.shape);
    if (!count) return refuse("it is too large: " + ir::toText(value.type.shape));
    info.precision = ops::chipPrecision(value.type.element);
    info.isSigned = ops::chipSigned(value.type.element);
    const auto size = static_cast<int64_t>(ir::sizeInBytes(value.type.element));
    if (size != bm1684x::bytesOf(info.precision) || info.precision == bm1684x::Precision::Int4)
        return refuse(std::string("elements of type ") + spelling(value.type.element) + " do not exist on this chip");
    info.shape = ops::chipShape(value.type.shape);
    info.bytes = *count * size;
    return info;
}

/// The reason of an error in one line.
std::string reasonOf(const Error& error) { return error.why.empty() ? error.what : error.what + ": " + error.why; }

Result<Selected> prepare(const ir::Graph& graph, const ir::Node& node, const ops::EmitterTable& table) {
    Selected out;
    const auto refuse = [&](const std::string& why) {
        return Error{.code = Code::CodegenUnsupported, .what = why, .node = node.op};
    };
    if (node.results.size() != 1) return refuse("it has " + std::to_string(node.results.size()) + " results");
    if (node.op == kFoldRows) {
        out.how = Runs::View;
        out.fold = rowFoldOf(graph, node);
        return out;
    }
    const ops::EmitterDef* def = table.find(node.op);
    if (def == nullptr) return refuse("there is no emitter for this operator");
    const ops::EmitContext context{&graph, &node};
    if (def->alias) {
        if (node.operands.empty() || node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr)
            return refuse("it has no operand to share");
        out.how = Runs::View;
        return out;
    }
    std::string why;
    if (def->global != nullptr) {
        auto made = def->global(context);
        if (made) {
            out.global = std::move(*made);
            if (const auto offset = out.global->viewOffset()) {
                out.how = Runs::View;
                out.viewOffset = *offset;
                return out;
            }
            out.how = Runs::Global;
        } else {
            why = reasonOf(made.error());
        }
    }
    if (def->local != nullptr) {
        auto made = def->local(context);
        if (made) {
            out.local = std::move(*made);
            out.how = Runs::Local;
        } else {
            why = reasonOf(made.error()) + (why.empty() ? "" : "; " + why); // the better way's reason first
        }
    }
    if (out.local && out.global && !out.global->joinsOperands()) out.global = nullptr; // never chosen
    if (out.how == Runs::Nowhere) return refuse(why.empty() ? "there is no emitter for this operator" : why);
    return out;
}

} // namespace

Result<Selected> PreparedNodes::of(const ir::Graph& graph, const ir::Node& node, const ops::EmitterTable& table) {
    if (node.op == "top.Weight" || node.op == "top.Input" || node.op == "top.None") return Selected{};
    const auto typeOf = [&](ir::ValueId id) { return id == ir::kNoValue ? ir::TensorType{} : graph.value(id).type; };
    const auto weightOf = [&](ir::ValueId id) {
        const ir::Tensor* tensor = id == ir::kNoValue ? nullptr : graph.weight(id);
        return tensor == nullptr ? ir::Tensor{} : *tensor; // shares its bytes
    };
    const auto same = [](const auto& list, const auto& ids, const auto& of, const auto& equal) {
        return list.size() == ids.size() && std::equal(list.begin(), list.end(), ids.begin(), [&](const auto& known, ir::ValueId id) {
                   return equal(known, of(id));
               });
    };
    const auto equalTypes = [](const ir::TensorType& a, const ir::TensorType& b) { return a == b; };
    const auto sameBytes = [](const ir::Tensor& a, const ir::Tensor& b) {
        return a.bytes() == b.bytes() && a.type() == b.type() && a.shape() == b.shape();
    };
    const std::string name = node.results.empty() ? std::string() : graph.value(node.results[0]).name;
    const std::lock_guard lock(m_mutex);
    const auto [begin, end] = m_entries.equal_range(name);
    for (auto it = begin; it != end; ++it) {
        const Entry& e = it->second;
        if (e.op == node.op && e.attributes == node.attributes && same(e.operands, node.operands, typeOf, equalTypes) &&
            same(e.results, node.results, typeOf, equalTypes) && same(e.weights, node.operands, weightOf, sameBytes))
            return e.selected;
    }
    Entry entry{node.op, node.attributes, {}, {}, {}, prepare(graph, node, table)};
    for (const ir::ValueId id : node.operands) {
        entry.operands.push_back(typeOf(id));
        entry.weights.push_back(weightOf(id));
    }
    for (const ir::ValueId id : node.results)
        entry.results.push_back(typeOf(id));
    return m_entries.emplace(name, std::move(entry))->second.selected;
}

Result<Selection> select(const ir::Graph& graph, const ops::EmitterTable& table, PreparedNodes& prepared) {
    Selection out;
    std::string list;
    int refused = 0;
    const auto note = [&](const ir::Node& node, const std::string& why) {
        const std::string name = node.results.empty() ? std::string() : graph.value(node.results[0]).name;
        list += (list.empty() ? "" : "\n") + name + " (" + node.op + "): " + why;
        ++refused;
    };
    out.values.resize(graph.values().size());
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto id = static_cast<ir::NodeId>(i);
        const ir::Node& node = graph.node(id);
        bool typed = true;
        if (node.op != "top.Weight" && node.op != "top.None")
            for (const ir::ValueId result : node.results) {
                auto info = infoOf(graph, result);
                if (!info) {
                    if (typed) note(node, info.error().what);
                    typed = false;
                    continue;
                }
                out.values[static_cast<size_t>(result)] = *info;
            }
        else
            for (const ir::ValueId result : node.results)
                out.values[static_cast<size_t>(result)].constant = true;
        auto selected = prepared.of(graph, node, table);
        if (!selected) {
            if (typed) note(node, selected.error().what);
            out.nodes.emplace_back();
            continue;
        }
        out.nodes.push_back(std::move(*selected));
    }
    if (refused > 0)
        return Error{.code = Code::CodegenUnsupported,
                     .what = std::to_string(refused) + (refused == 1 ? " layer cannot be" : " layers cannot be") +
                             " compiled for this chip",
                     .why = list,
                     .remedies = {"choose another precision for these layers", "end the network before them (--output_names)"}};
    return out;
}

namespace {

/// Small planes leave most of each lane's row empty, and are slow to load and store.
bool fillsLanes(const ValueInfo& info) {
    constexpr int64_t kMostRoom = 4, kSmall = 1 << 16;
    const int64_t room = bm1684x::alignedBytes(info.precision, info.whole()) * bm1684x::kLanes;
    return room <= kMostRoom * info.bytes || room <= kSmall;
}

} // namespace

void chooseJoins(const ir::Graph& graph, Selection& selection, bool local) {
    const auto users = graph.users();
    const auto runsLocally = [&](ir::NodeId id) {
        return id != ir::kNoNode && selection.nodes[static_cast<size_t>(id)].local != nullptr;
    };
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        Selected& selected = selection.nodes[i];
        if (!selected.local || !selected.global || !selected.global->joinsOperands()) continue;
        const ir::Node& node = graph.node(static_cast<ir::NodeId>(i));
        const auto& readers = users[static_cast<size_t>(node.results[0])];
        const bool inside =
            fillsLanes(selection.values[static_cast<size_t>(node.results[0])]) && !graph.isOutput(node.results[0]) &&
            std::all_of(readers.begin(), readers.end(), runsLocally) &&
            std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
                return id != ir::kNoValue && runsLocally(graph.value(id).producer);
            });
        selected.how = local && inside ? Runs::Local : Runs::Global;
    }
}

} // namespace wb::codegen
