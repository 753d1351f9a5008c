// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/ranges.h"

#include "compiler/execute/team.h"
#include "compiler/improve/backward.h"
#include "compiler/ops/float_kernel.h"
#include "compiler/quantise/sum_activations.h"

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

/// Whether a value never becomes codes: an activation or an output that is taken from the sums.
bool staysSums(const ir::Graph& graph, ir::ValueId id, const quantise::Users& users) {
    if (!graph.attributes.boolean(quantise::kOwnSumsModule)) return false;
    const auto& readers = users[static_cast<size_t>(id)];
    if (readers.empty()) return graph.producer(id) != nullptr && quantise::givesOutput(graph, *graph.producer(id), users);
    return readers.size() == 1 && quantise::takenFromSums(graph, graph.node(readers[0]), users);
}

constexpr double kFreeShare = -0.5;     ///< marks minima that are the table's own

} // namespace

quantise::LowerOptions int8Options(bool asymmetric) {
    quantise::LowerOptions options;
    options.target.module = ops::Precision::Int8;
    options.target.asymmetric = asymmetric;
    return options;
}

Result<std::vector<RangeClass>> rangeClasses(const ir::Graph& top, const quantise::RangeTable& ranges,
                                             const quantise::LowerOptions& form, const JobContext& context) {
    // Rules that carry ranges from one tensor to another do not look at thresholds' sizes: with all different, the
    // one found on a tensor names the row that it came from.
    quantise::RangeTable marked = ranges;
    std::map<double, std::string> rowOf;
    double mark = 1;
    for (auto& [name, range] : marked) {
        range.threshold = mark;
        range.min = range.min < 0 ? kFreeShare * mark : 0;
        range.max = mark;
        rowOf.emplace(mark, name);
        mark += 1.0 / 1024;
    }
    JobContext quiet(context.stopToken());
    WB_ASSIGN(const ir::Graph graph, quantise::importRanges(top, marked, form, {}, quiet));
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
            if (staysSums(graph, id, users)) continue;
            ClassMember member;
            member.value = id;
            member.isSigned = range->min < 0;
            if (range->min != kFreeShare * range->max) member.fixedShare = range->min / range->max;
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

namespace {

/// With zero points.
CodeGrid spanOf(const ClassMember& member, double low, double high) {
    if (!member.fixedShare) return CodeGrid::spanning(low, high);
    if (*member.fixedShare == -1) return CodeGrid::symmetric(std::max(-low, high), true);
    return CodeGrid::spanning(*member.fixedShare * high, high);
}

/// What ranges cost a class.
class ClassCost {
public:
    ClassCost(const RangeClass& tensors, const Spreads& spreads, const RangeOptions& options) : m_options(options) {
        for (const ClassMember& member : tensors.members) {
            const auto it = spreads.byValue.find(member.value);
            if (it == spreads.byValue.end() || it->second.empty()) continue;
            m_parts.push_back({&member, Distortion(it->second, member.through)});
            m_most = std::max(m_most, static_cast<double>(it->second.most()));
            m_total += it->second.total();
        }
    }

    double most() const { return m_most; }
    bool known() const { return m_most > 0 && m_total > 0; }

    double ofThreshold(double threshold) const {
        return sum([&](const ClassMember& member) { return CodeGrid::symmetric(threshold, member.isSigned); });
    }
    double ofSpan(double low, double high) const {
        return sum([&](const ClassMember& member) { return spanOf(member, low, high); });
    }
    /// Whether a minimum of its own would change anything.
    bool hasFreeMinimum() const {
        return std::any_of(m_parts.begin(), m_parts.end(), [](const Part& part) { return !part.member->fixedShare; });
    }

private:
    struct Part {
        const ClassMember* member;
        Distortion distortion;
    };

    template <class Codes> double sum(const Codes& codes) const {
        double all = 0;
        for (const auto& [member, distortion] : m_parts) {
            const CodeGrid grid = codes(*member);
            const bool negative = member->rounding == Rounding::Negative;
            double part = distortion.of(grid, negative);
            if (m_options.negativeWeight != 1.0 && member->through.kind == kernels::Unary::LeakyRelu)
                part -= (1 - m_options.negativeWeight) * distortion.of(grid, true);
            else if (m_options.negativeWeight != 1.0 && negative)
                part *= m_options.negativeWeight;
            all += part;
        }
        return all;
    }

    const RangeOptions& m_options;
    std::vector<Part> m_parts;
    double m_most = 0, m_total = 0;
};

/// The least and the largest value of a class.
std::pair<double, double> extentOf(const quantise::RangeTable& ranges, const RangeClass& tensors) {
    const quantise::Range& owner = ranges.at(tensors.owner);
    std::pair<double, double> extent{owner.min, owner.max};
    for (const std::string& name : tensors.rows) {
        extent.first = std::min(extent.first, ranges.at(name).min);
        extent.second = std::max(extent.second, ranges.at(name).max);
    }
    if (owner.min >= 0) extent.first = 0; // its codes have no sign
    return extent;
}

} // namespace

double distortionOf(const RangeClass& tensors, const Spreads& spreads, double threshold, const RangeOptions& options) {
    return ClassCost(tensors, spreads, options).ofThreshold(threshold);
}

double distortionOf(const RangeClass& tensors, const Spreads& spreads, const quantise::Range& range, bool asymmetric) {
    const RangeOptions options;
    const ClassCost cost(tensors, spreads, options);
    return asymmetric ? cost.ofSpan(range.min, range.max) : cost.ofThreshold(range.threshold);
}

CodeGrid gridOf(const ClassMember& member, const quantise::Range& range, bool asymmetric) {
    return asymmetric ? spanOf(member, range.min, range.max) : CodeGrid::symmetric(range.threshold, member.isSigned);
}

void setThreshold(quantise::RangeTable& ranges, const RangeClass& tensors, double threshold) {
    for (const std::string& name : tensors.rows)
        ranges.at(name).threshold = threshold;
}

quantise::RangeTable pickRanges(const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                                const Spreads& spreads, const RangeOptions& options, std::vector<PickedRange>* picked) {
    quantise::RangeTable result = ranges;
    for (const RangeClass& tensors : classes) {
        const ClassCost cost(tensors, spreads, options);
        if (!cost.known()) continue;
        const double before = ranges.at(tensors.owner).threshold;
        PickedRange best{tensors.owner, before, before, cost.ofThreshold(before), 0};
        best.costAfter = best.costBefore;
        for (int i = 0; i < options.steps; ++i) {
            const double part = options.least + (1 - options.least) * i / std::max(1, options.steps - 1);
            const double threshold = cost.most() * part, now = cost.ofThreshold(threshold);
            if (now < best.costAfter) best.after = threshold, best.costAfter = now;
        }
        if (best.after != before) setThreshold(result, tensors, best.after);
        if (picked != nullptr) picked->push_back(best);
    }
    return result;
}

quantise::RangeTable pickSpans(const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                               const Spreads& spreads, const RangeOptions& options, std::vector<PickedRange>* picked) {
    constexpr int kCoarse = 14, kFine = 7; // to a side, the fine ones within a step of the coarse
    quantise::RangeTable result = pickRanges(ranges, classes, spreads, options); // thresholds, where they stay in use
    for (const RangeClass& tensors : classes) {
        const ClassCost cost(tensors, spreads, options);
        const auto extent = extentOf(ranges, tensors);
        const double least = extent.first, most = extent.second; // names of their own: lambdas take no bindings
        if (!cost.known() || !(most > least) || !cost.hasFreeMinimum()) continue;
        double low = least, high = most, best = cost.ofSpan(low, high);
        PickedRange chosen{tensors.owner, std::max(-low, high), 0, best, 0};
        const auto search = [&](double fromLow, double toLow, double fromHigh, double toHigh, int steps) {
            for (int i = 0; i < (least < 0 ? steps : 1); ++i)
                for (int k = 0; k < (most > 0 ? steps : 1); ++k) {
                    const double a = least * (fromLow + (toLow - fromLow) * i / (steps - 1));
                    const double b = most * (fromHigh + (toHigh - fromHigh) * k / (steps - 1));
                    const double now = cost.ofSpan(a, b);
                    if (now < best) best = now, low = a, high = b;
                }
        };
        const double step = (1 - options.least) / (kCoarse - 1);
        search(options.least, 1, options.least, 1, kCoarse);
        const double aroundLow = least < 0 ? low / least : 1, aroundHigh = most > 0 ? high / most : 1;
        search(std::max(0.0, aroundLow - step), std::min(1.0, aroundLow + step), std::max(0.0, aroundHigh - step),
               std::min(1.0, aroundHigh + step), kFine);
        chosen.after = std::max(-low, high);
        chosen.costAfter = best;
        for (const std::string& name : tensors.rows) {
            quantise::Range& range = result.at(name);
            if (range.min < 0 && low < 0) range.min = std::min(low, -kLeastWritten); // whether codes have a sign stays
            range.max = high;
            range.threshold = chosen.after;
        }
        if (picked != nullptr) picked->push_back(chosen);
    }
    return result;
}

} // namespace wb::improve
