// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/search_ranges.h"

#include "compiler/execute/team.h"
#include "compiler/improve/probe.h"
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

/// The network behind a class, whose members pass through their codes.
std::shared_ptr<const ir::Graph> behind(const ir::Graph& top, const RangeClass& tensors, double threshold) {
    std::vector<ir::ValueId> members;
    for (const ClassMember& member : tensors.members)
        members.push_back(member.value);
    const std::vector<bool> given = staysWhen(top, members);
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

Result<double> damage(const Probe& probe, const RangeClass& tensors, double threshold, const JobContext& context) {
    return probe.damage(behind(probe.top(), tensors, threshold), {}, kBack, context);
}

Result<std::vector<SearchedClass>> damagesBy(const Probe& probe, const quantise::RangeTable& ranges,
                                             const std::vector<RangeClass>& classes, const JobContext& context) {
    WB_ASSIGN(const auto damages, sideBySide(classes.size(), context, [&](size_t i) {
                  return damage(probe, classes[i], ranges.at(classes[i].owner).threshold, context);
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
    WB_ASSIGN(const Probe probe, Probe::create(std::move(top), pictures, most, context));
    return damagesBy(probe, ranges, classes, context);
}

Result<quantise::RangeTable> searchRanges(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                                          const std::vector<RangeClass>& classes, const Inputs& pictures,
                                          const SearchRangeOptions& options, const JobContext& context,
                                          std::vector<SearchedClass>* found) {
    WB_ASSIGN(const Probe probe, Probe::create(std::move(top), pictures, options.pictures, context));
    WB_ASSIGN(std::vector<SearchedClass> list, damagesBy(probe, ranges, classes, context));
    list.resize(std::min(list.size(), options.worst));
    quantise::RangeTable result = ranges;
    for (int round = 0; round < options.rounds; ++round) {
        const std::span<const double> factors = round == 0 ? std::span<const double>(kCoarse) : std::span<const double>(kFine);
        context.progress({"worst ranges", static_cast<double>(round), static_cast<double>(options.rounds)});
        const auto classOf = [&](const SearchedClass& one) -> const RangeClass& {
            return *std::find_if(classes.begin(), classes.end(), [&](const RangeClass& c) { return c.owner == one.owner; });
        };
        WB_ASSIGN(const auto damages, sideBySide(list.size() * factors.size(), context, [&](size_t i) {
                      const SearchedClass& one = list[i / factors.size()];
                      return damage(probe, classOf(one), one.after * factors[i % factors.size()], context);
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
