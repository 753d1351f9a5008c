// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/search_ranges.h"

#include "compiler/base/parallel.h"
#include "compiler/execute/team.h"
#include "compiler/improve/backward.h"
#include "compiler/search/difference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace wb::improve {
namespace {

constexpr std::array kCoarse{0.5, 0.65, 0.8, 1.0, 1.25, 1.6, 2.0}; ///< factors of the threshold
constexpr std::array kFine{0.88, 0.94, 1.0, 1.06, 1.12};
constexpr const char* kCodes = "!codes";
constexpr const char* kBack = "!back";

ir::TensorType codeType(const ir::Shape& shape, double threshold, bool isSigned) {
    ir::UniformQuant quant;
    quant.scales = {threshold / (isSigned ? 127.0 : 255.0)};
    quant.zeroPoints = {0};
    return {isSigned ? ir::ElementType::I8 : ir::ElementType::Ui8, shape, true, quant};
}

/// Values that the members of a class change.
std::vector<bool> unchanged(const ir::Graph& top, const RangeClass& tensors) {
    std::vector<bool> given(top.values().size(), true), isMember(top.values().size(), false);
    for (const ClassMember& member : tensors.members)
        isMember[static_cast<size_t>(member.value)] = true;
    for (const ir::Node& node : top.nodes())
        if (std::any_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
                return id != ir::kNoValue && (isMember[static_cast<size_t>(id)] || !given[static_cast<size_t>(id)]);
            }))
            for (const ir::ValueId id : node.results)
                given[static_cast<size_t>(id)] = false;
    return given;
}

/// The network behind a class, whose members pass through their codes.
std::shared_ptr<const ir::Graph> behind(const ir::Graph& top, const RangeClass& tensors, double threshold) {
    const std::vector<bool> given = unchanged(top, tensors);
    const auto part = search::partOf(top, given);
    for (const ClassMember& member : tensors.members) {
        if (member.rounding == Rounding::Negative) continue; // its operand's codes are what counts
        const ir::Value& root = top.value(member.value);
        const ir::TensorType plain{ir::ElementType::F32, root.type.shape, true, {}};
        ir::ValueId value = part->find(root.name);
        if (value == ir::kNoValue) value = part->add("top.Input", {}, root.name, plain);
        const ir::NodeId at = part->value(value).producer + 1;
        const auto cast = part->insertNode(at, "tpu.Cast", {value}, {root.name + kCodes},
                                           {codeType(root.type.shape, threshold, member.isSigned)});
        const auto back =
            part->insertNode(at + 1, "tpu.Cast", {part->node(cast).results[0]}, {root.name + kBack}, {plain});
        const ir::ValueId result = part->node(back).results[0];
        part->replaceUses(value, result);
        part->node(cast).operands = {value};
        if (given[static_cast<size_t>(member.value)] && top.isOutput(member.value)) part->outputs.push_back(result);
    }
    return part;
}

double share(const ir::Tensor& now, const ir::Tensor& before) {
    double error = 0, all = 0;
    const auto a = now.span<float>(), b = before.span<float>();
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        error += d * d;
        all += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return all > 0 ? error / all : 0;
}

class Prober {
public:
    static Result<Prober> create(std::shared_ptr<const ir::Graph> top, const Inputs& pictures, size_t most,
                                 const JobContext& context) {
        Prober prober;
        prober.m_top = top;
        execute::Options execution;
        execution.observable = true;
        WB_ASSIGN(const auto executor, execute::Executor::create(std::move(top), execution, context));
        for (size_t i = 0; i < std::min(most, pictures.size()); ++i) {
            WB_ASSIGN(Values values, forward(*executor, pictures[i], context));
            prober.m_values.push_back(std::move(values));
        }
        return prober;
    }

    /// Mean over pictures and outputs of the error's share.
    Result<double> damage(const RangeClass& tensors, double threshold, const JobContext& context) const {
        const auto part = behind(*m_top, tensors, threshold);
        if (part->outputs.empty()) return 0.0;
        WB_ASSIGN(const auto executor, execute::Executor::create(part, {}, context));
        double sum = 0;
        for (const Values& values : m_values) {
            execute::TensorMap feed;
            for (const ir::ValueId id : part->inputs()) {
                const std::string& name = part->value(id).name;
                feed.insert_or_assign(name, values[static_cast<size_t>(m_top->find(name))]);
            }
            WB_ASSIGN(const execute::TensorMap outputs, executor->run(feed, context));
            for (const auto& [name, tensor] : outputs) {
                std::string_view plain = name;
                if (plain.ends_with(kBack)) plain.remove_suffix(std::string_view(kBack).size());
                sum += share(tensor, values[static_cast<size_t>(m_top->find(plain))]);
            }
        }
        return sum / static_cast<double>(std::max<size_t>(1, m_values.size() * m_top->outputs.size()));
    }

private:
    std::shared_ptr<const ir::Graph> m_top;
    std::vector<Values> m_values;
};

/// One number for each of `count` tasks, side by side; the first error in their order.
template <class Task> Result<std::vector<double>> each(size_t count, const JobContext& context, const Task& task) {
    std::vector<double> values(count);
    std::vector<std::optional<Error>> errors(count);
    WB_TRY(parallelFor(static_cast<int64_t>(count), 1, context, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
            Result<double> value = task(i);
            if (value)
                values[i] = *value;
            else
                errors[i] = std::move(value).error();
        }
    }));
    for (auto& error : errors)
        if (error) return std::move(*error);
    return values;
}

Result<std::vector<SearchedClass>> damagesBy(const Prober& prober, const quantise::RangeTable& ranges,
                                             const std::vector<RangeClass>& classes, const JobContext& context) {
    WB_ASSIGN(const auto damages, each(classes.size(), context, [&](size_t i) {
                  return prober.damage(classes[i], ranges.at(classes[i].owner).threshold, context);
              }));
    std::vector<SearchedClass> list;
    for (size_t i = 0; i < classes.size(); ++i) {
        const double threshold = ranges.at(classes[i].owner).threshold;
        list.push_back({classes[i].owner, threshold, threshold, damages[i], damages[i]});
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const SearchedClass& a, const SearchedClass& b) { return a.damageBefore > b.damageBefore; });
    return list;
}

} // namespace

Result<std::vector<SearchedClass>> classDamages(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                                                const std::vector<RangeClass>& classes, const Inputs& pictures,
                                                size_t most, const JobContext& context) {
    WB_ASSIGN(const Prober prober, Prober::create(std::move(top), pictures, most, context));
    return damagesBy(prober, ranges, classes, context);
}

Result<quantise::RangeTable> searchRanges(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                                          const std::vector<RangeClass>& classes, const Inputs& pictures,
                                          const SearchRangeOptions& options, const JobContext& context,
                                          std::vector<SearchedClass>* found) {
    WB_ASSIGN(const Prober prober, Prober::create(std::move(top), pictures, options.pictures, context));
    WB_ASSIGN(std::vector<SearchedClass> list, damagesBy(prober, ranges, classes, context));
    list.resize(std::min(list.size(), options.worst));
    quantise::RangeTable result = ranges;
    for (int round = 0; round < options.rounds; ++round) {
        const std::span<const double> factors = round == 0 ? std::span<const double>(kCoarse) : std::span<const double>(kFine);
        context.progress({"worst ranges", static_cast<double>(round), static_cast<double>(options.rounds)});
        const auto classOf = [&](const SearchedClass& one) -> const RangeClass& {
            return *std::find_if(classes.begin(), classes.end(), [&](const RangeClass& c) { return c.owner == one.owner; });
        };
        WB_ASSIGN(const auto damages, each(list.size() * factors.size(), context, [&](size_t i) {
                      const SearchedClass& one = list[i / factors.size()];
                      return prober.damage(classOf(one), one.after * factors[i % factors.size()], context);
                  }));
        for (size_t i = 0; i < list.size(); ++i) {
            const auto first = damages.begin() + static_cast<std::ptrdiff_t>(i * factors.size());
            const auto best = std::min_element(first, first + static_cast<std::ptrdiff_t>(factors.size()));
            if (*best >= list[i].damageAfter) continue;
            list[i].damageAfter = *best;
            list[i].after *= factors[static_cast<size_t>(best - first)];
        }
    }
    for (const SearchedClass& one : list) {
        if (one.damageAfter > one.damageBefore * (1 - options.leastGain)) continue;
        for (const RangeClass& tensors : classes)
            if (tensors.owner == one.owner) setThreshold(result, tensors, one.after);
    }
    if (found != nullptr) *found = std::move(list);
    return result;
}

} // namespace wb::improve
