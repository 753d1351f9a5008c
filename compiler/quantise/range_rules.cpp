// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/range_rules.h"
#include "compiler/ops/support/chip_rules.h"

#include "compiler/ops/activation/own_codes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string_view>

namespace wb::quantise {
namespace {

using ir::CalibratedRange;
using ir::NodeId;
using ir::ValueId;
using Users = std::vector<std::vector<NodeId>>;

bool isOneOf(std::string_view op, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
}

/// A graph with its users looked up once; edits of types do not change them.
struct Harmoniser {
    ir::Graph& graph;
    Users users;
    std::vector<bool> output;

    const bool cv18xx, bm1684;

    Harmoniser(ir::Graph& g, ops::Chip chip)
        : graph(g)
        , users(g.users())
        , output(g.values().size(), false)
        , cv18xx(ops::isCv18xx(chip))
        , bm1684(chip == ops::Chip::BM1684) {
        for (const ValueId id : g.outputs)
            output[static_cast<size_t>(id)] = true;
    }

    const CalibratedRange* range(ValueId id) const {
        return id == ir::kNoValue ? nullptr : graph.value(id).type.calibrated();
    }
    bool isSigned(ValueId id) const { return range(id)->min < 0; }
    /// Returns whether that changed anything.
    bool set(ValueId id, CalibratedRange wanted) {
        const auto* now = range(id);
        if (now == nullptr || *now == wanted) return false;
        graph.value(id).type.quant = wanted;
        return true;
    }
    size_t useCount(ValueId id) const {
        return users[static_cast<size_t>(id)].size() + (output[static_cast<size_t>(id)] ? 1 : 0);
    }
    const ir::Node& user(ValueId id, size_t index) const {
        return graph.node(users[static_cast<size_t>(id)][index]);
    }

    /// Runs `rule` over all nodes until nothing changes. Ranges only move along edges, so that
    /// ends; the bound is for rules that would swing between two ranges.
    void toFixedPoint(const std::function<bool(ir::Node&)>& rule) {
        for (size_t round = 0; round < graph.nodes().size() + 2; ++round) {
            bool changed = false;
            for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes().size()); ++id) {
                auto& node = graph.node(id);
                if (!node.results.empty() && range(node.results[0]) != nullptr)
                    changed = rule(node) || changed;
            }
            if (!changed) return;
        }
    }

    bool takeFromInput(const ir::Node& node) {
        const auto* in = node.operands.empty() ? nullptr : range(node.operands[0]);
        return in != nullptr && set(node.results[0], *in);
    }

    /// A tenth below zero marks a result as signed without moving its threshold; rounded to single
    /// precision like the vendor's.
    static double signMark(double max) {
        return static_cast<double>(static_cast<float>(-max * 0.1));
    }

    bool keepSign(ir::Node& node) {
        const ValueId out = node.results[0];
        const auto* in = node.operands.empty() ? nullptr : range(node.operands[0]);
        if (in == nullptr) return false;
        const double max = range(out)->max;
        if (isOneOf(node.op, {"top.AvgPool", "top.MaxPool", "top.Abs"})) {
            const bool inSigned = in->min < 0;
            if (inSigned == isSigned(out)) return false;
            return set(out, {inSigned ? signMark(max) : 0.0, max});
        }
        if (node.op == "top.SubConst") {
            if (in->min < 0 || isSigned(out)) return false;
            return set(out, {signMark(max), max});
        }
        if (node.op == "top.Sub") return isSigned(out) ? false : set(out, {signMark(max), max});
        if (node.op == "top.Mul" && node.operands.size() == 2) return keepMulSign(node);
        return false;
    }

    bool keepMulSign(ir::Node& node) {
        const ValueId out = node.results[0];
        const auto* second = range(node.operands[1]);
        const bool firstSigned = isSigned(node.operands[0]);
        if (firstSigned == isSigned(out)) return false;
        if (second != nullptr && (second->min < 0) == isSigned(out)) {
            std::swap(node.operands[0], node.operands[1]);
            return true;
        }
        const double max = range(out)->max;
        return set(out, {firstSigned ? signMark(max) : 0.0, max});
    }

    /// Operands of Concat, Min and Max used nowhere else take the result's range.
    bool shareConcatRange(ir::Node& node) {
        if (!isOneOf(node.op, {"top.Concat", "top.Min", "top.Max"})) return false;
        const ValueId out = node.results[0];
        bool identical = true;
        for (const ValueId in : node.operands) {
            if (range(in) == nullptr) return false;
            identical = identical && *range(in) == *range(node.operands[0]);
            if (node.op == "top.Concat" && isSigned(in) != isSigned(node.operands[0])) return false;
        }
        if (identical) return set(out, *range(node.operands[0]));
        for (const ValueId in : node.operands)
            if (!usedOnlyBy(in, node)) return false;
        bool changed = false;
        const CalibratedRange wanted = *range(out);
        for (const ValueId in : node.operands)
            changed = set(in, wanted) || changed;
        return changed;
    }

    bool usedOnlyBy(ValueId value, const ir::Node& node) const {
        if (output[static_cast<size_t>(value)]) return false;
        const auto& list = users[static_cast<size_t>(value)];
        return std::all_of(list.begin(), list.end(), [&](NodeId id) {
            return &graph.node(id) == &node || graph.node(id).op == "top.MaxPool";
        });
    }

    bool backward(ir::Node& node) {
        const bool whole = isOneOf(node.op, {"top.Relu", "top.MaxPool", "top.MaxPoolWithMask",
                                             "top.Depth2Space", "top.Abs"});
        const bool maximum = node.op == "top.LeakyRelu" || (node.op == "top.PRelu" && !cv18xx);
        if ((!whole && !maximum) || node.operands.empty() || node.attributes.boolean(ops::kOwnCodes)) return false;
        ValueId in = node.operands[0];
        if (range(in) == nullptr || useCount(in) != 1) return false;
        CalibratedRange wanted = *range(node.results[0]);
        if (maximum && !cv18xx) wanted.min = range(in)->min;
        const bool changed = set(in, wanted);
        const auto* before = graph.producer(in);
        if (changed && before != nullptr &&
            isOneOf(before->op, {"top.Reshape", "top.Permute", "top.Depth2Space"})) {
            in = before->operands[0];
            if (range(in) != nullptr && useCount(in) == 1) set(in, wanted);
        }
        return changed;
    }

    bool addOfMuls(ir::Node& node) {
        if (node.op != "top.Add" || cv18xx || bm1684) return false;
        for (const ValueId in : node.operands) {
            const auto* before = in == ir::kNoValue ? nullptr : graph.producer(in);
            if (before == nullptr || before->op != "top.Mul" || range(in) == nullptr ||
                useCount(in) != 1)
                return false;
        }
        bool changed = false;
        const CalibratedRange wanted = *range(node.results[0]);
        for (const ValueId in : node.operands)
            changed = set(in, wanted) || changed;
        return changed;
    }

    bool compare(ir::Node& node) {
        if (node.op != "top.Compare" || node.operands.size() != 2) return false;
        const auto* a = range(node.operands[0]);
        const auto* b = range(node.operands[1]);
        if (a == nullptr || b == nullptr) return false;
        const CalibratedRange both{std::min(a->min, b->min), std::max(a->max, b->max)};
        const bool first = set(node.operands[0], both);
        return set(node.operands[1], both) || first;
    }

    static bool keepsExtreme(const ir::Node& node) {
        return node.op == "top.Reduce" && isOneOf(node.attributes.string("mode"), {"ReduceMax", "ReduceMin"});
    }

    bool forward(ir::Node& node) {
        if (node.op == "top.MulConst" && range(node.operands[0]) != nullptr) {
            const double factor = node.attributes.real("const_val");
            CalibratedRange wanted{range(node.operands[0])->min * factor,
                                   range(node.operands[0])->max * factor};
            if (factor < 0) std::swap(wanted.min, wanted.max);
            if (node.attributes.boolean("do_relu") && !bm1684) wanted.min = 0; // BM1684 keeps the sign and clears bits
            if (wanted.max <= 0 && wanted.min >= 0) return false;
            return set(node.results[0], wanted);
        }
        // Depth2Space is ours: the vendor leaves its range alone when its operand has other users,
        // and so copies codes under another scale.
        if (!isOneOf(node.op, {"top.Relu",     "top.MaxPool",         "top.MinConst",
                               "top.MaxConst", "top.MaxPoolWithMask", "top.MaxUnpool",
                               "top.Reshape",  "top.Flatten",         "top.Unsqueeze",
                               "top.Squeeze",  "top.Slice",           "top.Tile",
                               "top.Pad",      "top.Permute",         "top.Reverse",
                               "top.Upsample", "top.LeakyRelu",       "top.PRelu",
                               "top.Abs",      "top.Depth2Space"}) &&
            !(bm1684 && node.op == "top.AvgPool") && !(cv18xx && keepsExtreme(node)))
            return false;
        if (node.attributes.boolean(ops::kOwnCodes))
            return false;
        // CV18xx scales by a deconvolution and a slope a channel by their own factors.
        if (cv18xx && isOneOf(node.op, {"top.Upsample", "top.PRelu"})) return false;
        return takeFromInput(node);
    }
};

} // namespace

void harmoniseRanges(ir::Graph& graph, const PrecisionTable&, ops::Chip chip) {
    Harmoniser h(graph, chip);
    h.toFixedPoint([&](ir::Node& node) {
        return isOneOf(node.op, {"top.Reshape", "top.Flatten", "top.Squeeze", "top.Unsqueeze",
                                 "top.Permute"}) &&
               h.takeFromInput(node);
    });
    h.toFixedPoint([&](ir::Node& node) { return h.keepSign(node); });
    h.toFixedPoint([&](ir::Node& node) { return h.shareConcatRange(node); });
    h.toFixedPoint([&](ir::Node& node) { return h.backward(node); });
    h.toFixedPoint([&](ir::Node& node) { return h.addOfMuls(node); });
    h.toFixedPoint([&](ir::Node& node) { return h.compare(node); });
    h.toFixedPoint([&](ir::Node& node) { return h.forward(node); });
    // Not of products: a ReLU whose range was brought to its operand's signed one still has no negative codes.
    h.toFixedPoint([&](ir::Node& node) { return node.op != "top.Mul" && h.keepSign(node); });
    // The last rule may have marked a pool's result as signed after movers took its range: bring
    // them up (the vendor does not, and halves such values).
    h.toFixedPoint([&](ir::Node& node) { return h.forward(node); });
}

} // namespace wb::quantise
