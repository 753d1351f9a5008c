// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/search/damage.h"

#include "compiler/base/parallel.h"
#include "compiler/execute/team.h"
#include "compiler/search/similarity.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace wb::search {
namespace {

constexpr size_t kMostSamples = 2;                ///< damages differ less between pictures than between tensors
constexpr size_t kLayerBudget = size_t{1} << 30;       ///< for the float layers of these samples
constexpr size_t kFirstRun = 8;                   ///< classes probed together at first

constexpr std::string_view kCodes = "!codes", kBack = "!back"; ///< behind the root's name

/// Operators whose codes are some of their operand's codes.
bool isMover(const std::string& op) {
    constexpr std::array kMovers{"top.Reshape",  "top.Permute", "top.Upsample", "top.MaxPool",   "top.Slice",
                                 "top.Tile",     "top.Flatten", "top.Squeeze",  "top.Unsqueeze", "top.Depth2Space"};
    return std::any_of(kMovers.begin(), kMovers.end(), [&](const char* mover) { return op == mover; });
}

/// The 8-bit type in which a value of the top graph is read or written, if it is.
std::optional<ir::TensorType> codeType(const ir::Graph& int8, ir::ValueId id,
                                       const std::vector<std::vector<ir::NodeId>>& users) {
    if (id == ir::kNoValue) return {};
    const auto isCodes = [](const ir::TensorType& type) {
        return type.uniform() != nullptr && ir::sizeInBytes(type.element) == 1;
    };
    if (isCodes(int8.value(id).type)) return int8.value(id).type;
    for (const ir::NodeId user : users[static_cast<size_t>(id)]) {
        const ir::Node& node = int8.node(user);
        if (node.op == "tpu.Cast" && isCodes(int8.value(node.results[0]).type)) return int8.value(node.results[0]).type;
    }
    return {};
}

/// The network behind the roots of some classes, which pass through their codes.
std::shared_ptr<const ir::Graph> behind(const ir::Graph& top, std::span<const TensorClass> tensors) {
    std::vector<bool> given(top.values().size(), true), isRoot(top.values().size(), false);
    for (const TensorClass& tensor : tensors)
        isRoot[static_cast<size_t>(tensor.root)] = true;
    const auto depends = [&](ir::ValueId id) {
        return id != ir::kNoValue && (isRoot[static_cast<size_t>(id)] || !given[static_cast<size_t>(id)]);
    };
    for (const ir::Node& node : top.nodes())
        if (std::any_of(node.operands.begin(), node.operands.end(), depends))
            for (const ir::ValueId id : node.results)
                given[static_cast<size_t>(id)] = false;
    const auto part = partOf(top, given);
    for (const TensorClass& tensor : tensors) {
        const ir::Value& root = top.value(tensor.root);
        const ir::TensorType plain{ir::ElementType::F32, root.type.shape, true, {}};
        ir::ValueId value = part->find(root.name);
        if (value == ir::kNoValue) value = part->add("top.Input", {}, root.name, plain); // nothing reads it
        ir::TensorType codes = tensor.codes;
        codes.shape = root.type.shape;
        const ir::NodeId at = part->value(value).producer + 1;
        const auto cast = part->insertNode(at, "tpu.Cast", {value}, {root.name + std::string(kCodes)}, {codes});
        const auto back = part->insertNode(at + 1, "tpu.Cast", {part->node(cast).results[0]},
                                           {root.name + std::string(kBack)}, {plain});
        const ir::ValueId result = part->node(back).results[0];
        part->replaceUses(value, result);
        part->node(cast).operands = {value};
        if (given[static_cast<size_t>(tensor.root)] && top.isOutput(tensor.root)) part->outputs.push_back(result);
    }
    return part;
}

/// The float network's values for some samples, and what putting tensors through codes makes of its outputs.
class Probe {
public:
    Probe(std::shared_ptr<const ir::Graph> top, const Evaluator& evaluator) : m_top(std::move(top)), m_evaluator(evaluator) {}

    Status runFloat(size_t samples, const JobContext& context) {
        execute::Options execution;
        execution.observable = true;
        WB_ASSIGN(const auto executor, execute::Executor::create(m_top, execution, context));
        m_layers.assign(samples, {});
        return execute::Team(*executor).forEach(
            samples, context, [&](size_t sample, execute::Executor& own, const JobContext& job) -> Status {
                execute::TensorMap& layers = m_layers[sample];
                WB_ASSIGN(layers, m_evaluator.inputsOf(sample));
                const execute::TensorMap inputs = layers;
                const auto keep = [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
                    const auto& ids = m_top->node(node).results;
                    for (size_t i = 0; i < results.size() && i < ids.size(); ++i)
                        layers.insert_or_assign(m_top->value(ids[i]).name, execute::detached(results[i]));
                    return {};
                };
                auto outputs = own.run(inputs, job, keep);
                return outputs ? Status{} : Status(std::move(outputs).error());
            });
    }

    /// Mean over samples and outputs of the error's share when these tensors, and no others, are codes.
    Result<double> damage(std::span<const TensorClass> tensors, const JobContext& context) const {
        const auto part = behind(*m_top, tensors);
        WB_ASSIGN(const auto executor, execute::Executor::create(part, {}, context));
        double sum = 0;
        for (const execute::TensorMap& values : m_layers) {
            execute::TensorMap feed;
            for (const ir::ValueId id : part->inputs())
                if (const auto it = values.find(part->value(id).name); it != values.end()) feed.insert(*it);
            WB_ASSIGN(const execute::TensorMap outputs, executor->run(feed, context));
            for (const auto& [name, tensor] : outputs) {
                const std::string_view plain =
                    std::string_view(name).substr(0, name.size() - (name.ends_with(kBack) ? kBack.size() : 0));
                if (const auto it = values.find(plain); it != values.end()) sum += errorShare(tensor, it->second);
            }
        }
        return sum / static_cast<double>(m_layers.size() * std::max<size_t>(1, m_top->outputs.size()));
    }

private:
    std::shared_ptr<const ir::Graph> m_top;
    const Evaluator& m_evaluator;
    std::vector<execute::TensorMap> m_layers;
};

} // namespace

std::vector<TensorClass> tensorClasses(const ir::Graph& top, const ir::Graph& int8) {
    std::unordered_map<std::string_view, ir::ValueId> twins;
    for (size_t i = 0; i < int8.values().size(); ++i)
        twins.emplace(int8.values()[i].name, static_cast<ir::ValueId>(i));
    const auto int8Users = int8.users();
    const auto users = top.users();
    std::vector<TensorClass> classes;
    std::vector<int> classOf(top.values().size(), -1);
    for (const ir::Node& node : top.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.None") continue;
        for (const ir::ValueId id : node.results) {
            const auto twin = twins.find(top.value(id).name);
            const auto type = codeType(int8, twin == twins.end() ? ir::kNoValue : twin->second, int8Users);
            if (!type || top.value(id).type.element != ir::ElementType::F32) continue;
            const ir::ValueId source = node.operands.empty() ? ir::kNoValue : node.operands[0];
            const int from = source == ir::kNoValue ? -1 : classOf[static_cast<size_t>(source)];
            int& own = classOf[static_cast<size_t>(id)];
            if (isMover(node.op) && from >= 0 && classes[static_cast<size_t>(from)].codes.quant == type->quant) {
                own = from;
            } else {
                own = static_cast<int>(classes.size());
                classes.push_back({id, {}, *type, {}, 0});
            }
            TensorClass& tensor = classes[static_cast<size_t>(own)];
            tensor.members.push_back(id);
            if (node.op != "top.Input") tensor.layers.push_back(top.value(id).producer);
            const auto& readers = users[static_cast<size_t>(id)];
            tensor.layers.insert(tensor.layers.end(), readers.begin(), readers.end());
        }
    }
    for (TensorClass& tensor : classes) {
        std::sort(tensor.layers.begin(), tensor.layers.end());
        tensor.layers.erase(std::unique(tensor.layers.begin(), tensor.layers.end()), tensor.layers.end());
    }
    return classes;
}

Status measureDamages(std::shared_ptr<const ir::Graph> top, const Evaluator& evaluator, size_t samples,
                      double negligible, std::vector<TensorClass>& classes, const JobContext& context) {
    size_t bytes = 0;
    for (const ir::Value& value : top->values())
        bytes += static_cast<size_t>(value.type.elementCount()) * sizeof(float);
    Probe probe(std::move(top), evaluator);
    WB_TRY(probe.runFloat(std::clamp<size_t>(kLayerBudget / std::max<size_t>(1, bytes), 1, std::min(samples, kMostSamples)),
                          context));
    // Runs of neighbouring classes together; what costs next to nothing together needs no closer look.
    std::vector<std::pair<size_t, size_t>> runs;
    for (size_t at = 0; at < classes.size(); at += kFirstRun)
        runs.emplace_back(at, std::min(at + kFirstRun, classes.size()));
    size_t done = 0;
    while (!runs.empty()) {
        std::vector<double> damages(runs.size());
        std::vector<std::optional<Error>> errors(runs.size());
        WB_TRY(parallelFor(static_cast<int64_t>(runs.size()), 1, context, [&](int64_t begin, int64_t end) {
            for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
                const auto [first, last] = runs[i];
                auto damage = probe.damage({classes.data() + first, last - first}, context);
                if (damage)
                    damages[i] = *damage;
                else
                    errors[i] = std::move(damage).error();
            }
        }));
        std::vector<std::pair<size_t, size_t>> next;
        for (size_t i = 0; i < runs.size(); ++i) {
            if (errors[i]) return std::move(*errors[i]);
            const auto [first, last] = runs[i];
            if (last - first > 1 && damages[i] > negligible) {
                const size_t middle = first + (last - first) / 2;
                next.emplace_back(first, middle);
                next.emplace_back(middle, last);
                continue;
            }
            for (size_t at = first; at < last; ++at)
                classes[at].damage = damages[i] / static_cast<double>(last - first);
            done += last - first;
        }
        context.progress({"damage", static_cast<double>(done), static_cast<double>(classes.size())});
        runs = std::move(next);
    }
    return {};
}

std::vector<Move> orderMoves(const std::vector<TensorClass>& classes, const std::vector<bool>& free,
                             const std::vector<bool>& isFloat, size_t limit, const std::vector<double>& costs) {
    std::vector<bool> chosen = isFloat;
    const auto missing = [&](const TensorClass& tensor) {
        std::vector<ir::NodeId> layers;
        for (const ir::NodeId layer : tensor.layers)
            if (!chosen[static_cast<size_t>(layer)]) layers.push_back(layer);
        return layers;
    };
    const auto possible = [&](const std::vector<ir::NodeId>& layers) {
        return std::all_of(layers.begin(), layers.end(), [&](ir::NodeId id) { return free[static_cast<size_t>(id)]; });
    };
    const auto costOf = [&](const std::vector<ir::NodeId>& layers) {
        double sum = 0;
        for (const ir::NodeId layer : layers)
            sum += costs.empty() ? 1 : costs[static_cast<size_t>(layer)];
        return sum;
    };
    /// What all classes would cost that are not yet free of codes once `more` are float.
    const auto left = [&](const std::vector<ir::NodeId>& more) {
        double sum = 0;
        for (const TensorClass& tensor : classes)
            if (!std::all_of(tensor.layers.begin(), tensor.layers.end(), [&](ir::NodeId id) {
                    return chosen[static_cast<size_t>(id)] || std::binary_search(more.begin(), more.end(), id);
                }))
                sum += tensor.damage;
        return sum;
    };
    std::vector<Move> moves;
    size_t count = 0;
    for (double now = left({}); count < limit;) {
        Move best;
        double bestWorth = 0;
        const auto consider = [&](const std::vector<ir::NodeId>& layers) {
            if (layers.empty() || count + layers.size() > limit || !possible(layers)) return;
            const double after = left(layers);
            const double cost = costOf(layers), worth = (now - after) / cost;
            if (worth > bestWorth) {
                bestWorth = worth;
                best = {layers, after, cost};
            }
        };
        for (size_t a = 0; a < classes.size(); ++a) {
            const auto layers = missing(classes[a]);
            if (layers.empty()) continue;
            consider(layers);
            for (size_t b = a + 1; b < classes.size(); ++b) { // two that share a layer cost less together
                const auto others = missing(classes[b]);
                std::vector<ir::NodeId> both;
                std::set_union(layers.begin(), layers.end(), others.begin(), others.end(), std::back_inserter(both));
                if (!others.empty() && both.size() < layers.size() + others.size()) consider(both);
            }
        }
        if (best.layers.empty()) break;
        for (const ir::NodeId layer : best.layers)
            chosen[static_cast<size_t>(layer)] = true;
        count += best.layers.size();
        now = best.left;
        moves.push_back(std::move(best));
    }
    return moves;
}

} // namespace wb::search
