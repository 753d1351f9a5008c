// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/ranges.h"

#include "compiler/execute/team.h"
#include "compiler/improve/backward.h"
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

namespace wb::improve {
namespace {

/// Operators whose codes are some of their operand's.
bool copiesCodes(const std::string& op) {
    constexpr std::array kMovers{"top.Reshape", "top.Permute", "top.Upsample", "top.MaxPool",   "top.Slice",
                                 "top.Tile",    "top.Flatten", "top.Squeeze",  "top.Unsqueeze", "top.Depth2Space",
                                 "top.Concat",  "top.Relu",    "top.Pad",      "top.Reverse",   "top.Gather"};
    return std::any_of(kMovers.begin(), kMovers.end(), [&](const char* mover) { return op == mover; });
}

bool isLeaky(const std::string& op) { return op == "top.LeakyRelu" || op == "top.PRelu"; }

/// The only reader of a value, if it is a function of one element.
const ir::Node* onlyActivation(const ir::Graph& graph, ir::ValueId id, const std::vector<std::vector<ir::NodeId>>& users) {
    const auto& readers = users[static_cast<size_t>(id)];
    if (readers.size() != 1 || graph.isOutput(id)) return nullptr;
    const ir::Node& node = graph.node(readers[0]);
    return ops::unaryOpOf(node) && node.operands.size() == 1 ? &node : nullptr;
}

quantise::LowerOptions int8Options() {
    quantise::LowerOptions options;
    options.target.module = ops::Precision::Int8;
    return options;
}

} // namespace

Result<std::vector<RangeClass>> rangeClasses(const ir::Graph& top, const quantise::RangeTable& ranges,
                                             const JobContext& context) {
    // Rules that carry ranges from one tensor to another do not look at thresholds' sizes: with all different, the
    // one found on a tensor names the row that it came from.
    quantise::RangeTable marked = ranges;
    std::map<double, std::string> rowOf;
    double mark = 1;
    for (auto& [name, range] : marked) {
        range.threshold = mark;
        range.min = range.min < 0 ? -mark : 0;
        range.max = mark;
        rowOf.emplace(mark, name);
        mark += 1.0 / 1024;
    }
    JobContext quiet(context.stopToken());
    WB_ASSIGN(const ir::Graph graph, quantise::importRanges(top, marked, int8Options(), {}, quiet));
    const auto users = graph.users();
    std::map<std::string, RangeClass> classes;
    std::vector<std::string> ownerOf(graph.values().size());
    for (const ir::Node& node : graph.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.None") continue;
        for (const ir::ValueId id : node.results) {
            const ir::Value& value = graph.value(id);
            const auto* range = value.type.calibrated();
            if (range == nullptr) continue;
            const auto row = rowOf.find(std::max(std::fabs(range->min), std::fabs(range->max)));
            if (row == rowOf.end()) continue; // fixed by the operator, as a sigmoid's
            ownerOf[static_cast<size_t>(id)] = row->second;
            RangeClass& own = classes[row->second];
            own.owner = row->second;
            if (ranges.contains(value.name)) own.rows.push_back(value.name);
            const bool sameClass =
                !node.operands.empty() && node.operands[0] != ir::kNoValue &&
                std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId operand) {
                    return operand == ir::kNoValue || graph.weight(operand) != nullptr ||
                           ownerOf[static_cast<size_t>(operand)] == row->second;
                });
            if (sameClass && copiesCodes(node.op)) continue;
            ClassMember member;
            member.value = id;
            member.isSigned = range->min < 0;
            if (sameClass && isLeaky(node.op)) {
                member.rounding = Rounding::Negative;
            } else if (const ir::Node* reader = onlyActivation(graph, id, users)) {
                member.rounding = Rounding::Through;
                member.through = *ops::unaryOpOf(*reader);
            }
            own.members.push_back(member);
        }
    }
    std::vector<RangeClass> list;
    for (auto& [name, tensors] : classes)
        list.push_back(std::move(tensors));
    return list;
}

Result<Spreads> collectSpreads(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                               const std::vector<RangeClass>& classes, const Inputs& pictures,
                               const JobContext& context) {
    const ir::Graph& graph = *top;
    std::vector<const ClassMember*> memberOf(graph.values().size(), nullptr);
    Spreads all;
    for (const RangeClass& tensors : classes)
        for (const ClassMember& member : tensors.members) {
            const auto row = ranges.find(graph.value(member.value).name);
            if (row == ranges.end()) continue;
            memberOf[static_cast<size_t>(member.value)] = &member;
            all.byValue.emplace(member.value, Spread(static_cast<float>(std::max(std::fabs(row->second.min),
                                                                                  std::fabs(row->second.max)))));
        }
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(const auto executor, execute::Executor::create(std::move(top), execution, context));
    std::mutex mutex;
    std::map<size_t, std::map<ir::ValueId, Spread>> waiting; // pictures done before their turn
    size_t turn = 0;
    std::map<ir::ValueId, bool> reached;
    const auto onePicture = [&](size_t picture, execute::Executor& own, const JobContext& job) -> Status {
            WB_ASSIGN(const Values values, forward(own, pictures[picture], job));
            std::map<ir::ValueId, Spread> found;
            std::map<ir::ValueId, bool> touched;
            const auto add = [&](ir::ValueId id, const ir::Tensor& value, const ir::Tensor& gradient) {
                if (value.type() != ir::ElementType::F32) return;
                Spread& spread = found[id];
                if (spread.empty()) spread = Spread(all.byValue.at(id).most());
                spread.add(value.span<float>(), gradient.empty() ? std::span<const float>() : gradient.span<float>());
                touched[id] = !gradient.empty();
            };
            const Visit visit = [&](const ops::GradientCall& call) {
                for (size_t i = 0; i < call.node.results.size(); ++i) {
                    const ir::ValueId id = call.node.results[i];
                    const ClassMember* member = memberOf[static_cast<size_t>(id)];
                    if (member != nullptr && member->rounding != Rounding::Through)
                        add(id, call.results[i], call.given[i]);
                }
                if (call.node.operands.empty() || call.node.operands[0] == ir::kNoValue) return;
                const ir::ValueId id = call.node.operands[0];
                const ClassMember* member = memberOf[static_cast<size_t>(id)];
                if (member != nullptr && member->rounding == Rounding::Through)
                    add(id, call.operands[0], call.given[0]);
            };
            std::map<std::string, std::string> stopped;
            WB_TRY(backward(own.graph(), values, projection(own.graph(), values, picture + 1), visit, stopped, job));
            const std::lock_guard lock(mutex); // sums in the order of pictures, whoever was first
            all.stopped.insert(stopped.begin(), stopped.end());
            for (const auto& [id, is] : touched)
                reached[id] = reached[id] || is;
            waiting.emplace(picture, std::move(found));
            for (auto it = waiting.find(turn); it != waiting.end(); it = waiting.find(++turn)) {
                for (auto& [id, spread] : it->second)
                    all.byValue.at(id).add(spread);
                waiting.erase(it);
            }
            context.progress({"gradients", static_cast<double>(turn), static_cast<double>(pictures.size())});
            return {};
    };
    WB_TRY(execute::Team(*executor).forEach(pictures.size(), context, onePicture));
    for (const auto& [id, is] : reached)
        all.withoutGradient += is ? 0 : 1;
    all.pictures = pictures.size();
    return all;
}

double distortionOf(const RangeClass& tensors, const Spreads& spreads, double threshold, const RangeOptions& options) {
    double sum = 0;
    for (const ClassMember& member : tensors.members) {
        const auto it = spreads.byValue.find(member.value);
        if (it == spreads.byValue.end()) continue;
        const Spread& spread = it->second;
        const bool negative = member.rounding == Rounding::Negative;
        double part = spread.distortion(threshold, member.isSigned, member.through, negative);
        const bool leaky = member.through.kind == kernels::Unary::LeakyRelu;
        if (options.negativeWeight != 1.0 && leaky)
            part -= (1 - options.negativeWeight) * spread.distortion(threshold, member.isSigned, member.through, true);
        else if (options.negativeWeight != 1.0 && negative)
            part *= options.negativeWeight;
        sum += part;
    }
    return sum;
}

void setThreshold(quantise::RangeTable& ranges, const RangeClass& tensors, double threshold) {
    for (const std::string& name : tensors.rows)
        ranges.at(name).threshold = threshold;
}

quantise::RangeTable pickRanges(const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                                const Spreads& spreads, const RangeOptions& options, std::vector<PickedRange>* picked) {
    quantise::RangeTable result = ranges;
    for (const RangeClass& tensors : classes) {
        double most = 0, total = 0;
        for (const ClassMember& member : tensors.members)
            if (const auto it = spreads.byValue.find(member.value); it != spreads.byValue.end()) {
                most = std::max(most, static_cast<double>(it->second.most()));
                total += it->second.total();
            }
        const double before = ranges.at(tensors.owner).threshold;
        if (!(most > 0) || !(total > 0)) continue;
        const auto cost = [&](double threshold) { return distortionOf(tensors, spreads, threshold, options); };
        PickedRange best{tensors.owner, before, before, cost(before), 0};
        best.costAfter = best.costBefore;
        for (int i = 0; i < options.steps; ++i) {
            const double part = options.least + (1 - options.least) * i / std::max(1, options.steps - 1);
            const double threshold = most * part, now = cost(threshold);
            if (now < best.costAfter) best.after = threshold, best.costAfter = now;
        }
        if (best.after != before) setThreshold(result, tensors, best.after);
        if (picked != nullptr) picked->push_back(best);
    }
    return result;
}

} // namespace wb::improve
