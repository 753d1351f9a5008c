// SPDX-License-Identifier: GPL-3.0-or-later
// From the calibration table to ranges on values (dossier section 5.3).
#include "compiler/quantise/lower.h"

#include "compiler/ops/conv/conv_codes.h"
#include "compiler/ops/support/chip_rules.h"
#include "compiler/quantise/float_ends.h"
#include "compiler/quantise/range_rules.h"

#include <algorithm>
#include <cmath>

namespace wb::quantise {
namespace {

using ir::CalibratedRange;

bool producedBy(const ir::Graph& graph, ir::ValueId id,
                std::initializer_list<std::string_view> ops) {
    const auto* node = graph.producer(id);
    return node != nullptr && std::find(ops.begin(), ops.end(), node->op) != ops.end();
}

/// The table's row as the range that the operator's result gets: with zero points the values seen, but for operators
/// that are better off with a threshold.
CalibratedRange rangeFor(const ir::Graph& graph, const ir::Node& node, const Range& row, bool asymmetric) {
    const double th = row.threshold;
    CalibratedRange range{row.min < 0 ? -th : 0.0, th};
    if (asymmetric && node.op != "top.Mul") range = {row.min, row.max};
    if (node.op == "top.Abs") range = {-th, th};
    if ((node.op == "top.Sigmoid" && !node.attributes.boolean("log")) ||
        (node.op == "top.Softmax" && !node.attributes.boolean("log")))
        range = {0, 1};
    if (node.op == "top.Mul" && node.operands.size() == 2) {
        const auto positive = [&](ir::ValueId id) {
            return producedBy(graph, id, {"top.Sigmoid", "top.Relu"});
        };
        if (node.operands[0] == node.operands[1] ||
            (positive(node.operands[0]) && positive(node.operands[1])))
            range.min = 0;
    }
    if (node.op == "top.Sub") {
        return {row.min < 0 ? -th : -1e-5, th};
    }
    if (node.attributes.boolean("do_relu")) range.min = 0;
    return range;
}

/// Scales of a convolution's weights go with its filter; such as do not fit it are left out with a warning.
void takeWeightScales(ir::Graph& graph, const ir::Node& node, const std::vector<double>& scales,
                      const JobContext& context) {
    if (scales.empty()) return;
    const std::string& name = graph.value(node.results[0]).name;
    const ir::Tensor* filter = node.op == "top.Conv" && node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
    const bool fits = filter != nullptr && !filter->shape().empty() &&
                      filter->shape()[0] == static_cast<int64_t>(scales.size()) &&
                      std::all_of(scales.begin(), scales.end(), [](double s) { return std::isfinite(s) && s > 0; });
    if (!fits) {
        context.diagnostics().warn(Code::TableNamesUnknown,
                                   "the table's " + std::to_string(scales.size()) +
                                       " weight scales do not fit the layer, they are not used", name);
        return;
    }
    graph.node(graph.value(node.operands[1]).producer).attributes.set(ops::kWeightScales, ir::Attribute::floats(scales));
}

} // namespace

Result<ir::Graph> importRanges(const ir::Graph& top, const RangeTable& ranges, const LowerOptions& options,
                               const PrecisionTable& precisions, const JobContext& context) {
    WB_TRY(context.checkStop());
    ir::Graph graph = top;
    const PrecisionTable ends = floatEnds(top, options); // never codes, and nothing that others must agree with
    size_t used = 0;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id) {
        const ir::Node& node = graph.node(id);
        if (node.op == "top.Weight") continue;
        for (const ir::ValueId result : node.results) {
            auto& value = graph.value(result);
            const auto row = ranges.find(value.name);
            if (row == ranges.end()) continue;
            ++used;
            takeWeightScales(graph, node, row->second.weightScales, context);
            if (!ir::isFloat(value.type.element) || ends.contains(value.name)) continue;
            if (row->second.min == 0 && row->second.max == 0 && row->second.threshold == 0)
                continue;
            auto range = rangeFor(graph, node, row->second, options.target.asymmetric);
            if (!ops::traitsOf(options.target.chip).unsignedCodes) range.min = -range.max;
            value.type.quant = range;
        }
    }
    if (used < ranges.size()) {
        std::string names;
        size_t listed = 0;
        for (const auto& [name, row] : ranges)
            if (graph.find(name) == ir::kNoValue && ++listed <= 5)
                names += (listed > 1 ? ", " : "") + name;
        context.diagnostics().warn(Code::TableNamesUnknown,
                                   std::to_string(ranges.size() - used) +
                                       " names of the calibration table are not in the network: " +
                                       names + (ranges.size() - used > 5 ? ", …" : ""));
    }
    harmoniseRanges(graph, precisions, options.target.chip);
    graph.attributes.set("module.state", "TOP_CALIBRATED");
    return graph;
}

} // namespace wb::quantise
