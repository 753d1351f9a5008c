// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/cost.h"

#include <algorithm>
#include <cmath>

namespace wb::codegen {
namespace {

using bm1684x::bytesOf;
using bm1684x::ceilDiv;
using bm1684x::kLanes;
using bm1684x::kVectorBytes;
using bm1684x::Part;
using bm1684x::Precision;

// Fitted to the vendor's listings at 1 GHz: bytes a cycle of long transfers, cost of a transfer's start, and the
// bytes that a short row is charged for.
constexpr double kLoadBytes = 54.0, kStoreBytes = 41.0, kStartCycles = 20, kRowBytes = 256;
constexpr double kIssueCycles = 4;

double transferCycles(const ValueInfo& value, const Part& part, double bandwidth) {
    const int64_t size = bytesOf(value.precision);
    // Runs of bytes in DDR: whole planes are one run, and so on outwards.
    int64_t run = part.w.size() * size, runs = part.n.size() * part.c.size() * part.h.size();
    if (part.w.size() == value.shape[3]) {
        run *= part.h.size();
        runs /= std::max<int64_t>(part.h.size(), 1);
    }
    const double bytes = static_cast<double>(runs) * std::max<double>(static_cast<double>(run), kRowBytes);
    const double whole = static_cast<double>(runs * run);
    // Planes that follow each other without a gap are long rows again.
    const bool gapless = part.w.size() == value.shape[3] && part.h.size() == value.shape[2];
    return kStartCycles + (gapless ? whole : bytes) / bandwidth;
}

/// Passes of the vector unit over a part in elements of `size` bytes.
double passes(const Part& part, int64_t size) {
    const double rows = static_cast<double>(part.n.size() * ceilDiv(part.c.size(), kLanes));
    return rows * static_cast<double>(ceilDiv(part.h.size() * part.w.size() * size, kVectorBytes)) + kIssueCycles;
}

double convolutionCycles(const ir::Graph& graph, const ir::Node& node, const ValueInfo& in, const Part& result) {
    const ir::Tensor* weight = node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
    const auto kernel = node.attributes.integers("kernel_shape");
    int64_t taps = 1;
    for (const int64_t k : kernel)
        taps *= k;
    const int64_t group = node.attributes.integer("group", 1);
    const bool integer = in.precision == Precision::Int8;
    const double requant = integer ? 3 * passes(result, 4) : 0;
    if (group > 1 && weight != nullptr && weight->shape().size() > 1 && weight->shape()[1] == 1)
        return passes(result, integer ? 4 : bytesOf(in.precision)) * static_cast<double>(taps) + requant;
    const int64_t pixels = in.precision == Precision::F32 ? 16 : 4;
    const int64_t width = integer ? 64 : in.precision == Precision::F32 ? 1 : 32;
    const int64_t channels = in.shape[1] / std::max<int64_t>(group, 1);
    const double rows = static_cast<double>(result.n.size() * ceilDiv(result.c.size(), kLanes));
    return rows * static_cast<double>(ceilDiv(result.h.size() * result.w.size(), pixels) * ceilDiv(channels, width) * taps) +
           requant + kIssueCycles;
}

} // namespace

double computeCycles(const ir::Graph& graph, const Selection& selection, ir::NodeId id, const Part& result) {
    const ir::Node& node = graph.node(id);
    const ValueInfo& out = selection.values[static_cast<size_t>(node.results[0])];
    ValueInfo in = out;
    for (const ir::ValueId operand : node.operands)
        if (operand != ir::kNoValue && !selection.values[static_cast<size_t>(operand)].constant) {
            in = selection.values[static_cast<size_t>(operand)];
            break;
        }
    const int64_t size = std::max(bytesOf(in.precision), bytesOf(out.precision));
    if (node.op == "tpu.Conv2D") return convolutionCycles(graph, node, in, result);
    if (node.op == "tpu.Lut") return passes(result, kVectorBytes); // one element a cycle
    if (node.op == "tpu.Pool2D") {
        int64_t taps = 1;
        for (const int64_t k : node.attributes.integers("kernel_shape"))
            taps *= k;
        return passes(result, size) * static_cast<double>(taps);
    }
    if (node.op == "tpu.MatMul") {
        const int64_t depth = in.shape[1] == out.shape[1] ? in.shape[3] : in.shape[1];
        return passes(result, size) * static_cast<double>(std::max<int64_t>(depth, 1)) / 4;
    }
    if (node.op == "tpu.Cast" || node.op == "tpu.Concat" || node.op == "tpu.Upsample") return 2 * passes(result, size);
    return 4 * passes(result, size);
}

double loadCycles(const ValueInfo& value, const Part& part) { return transferCycles(value, part, kLoadBytes); }
double storeCycles(const ValueInfo& value, const Part& part) { return transferCycles(value, part, kStoreBytes); }

double groupCycles(const ir::Graph& graph, const Selection& selection, const Group& group, const Tiling& tiling,
                   const std::vector<bool>& inputStays, int64_t constantWidth) {
    const size_t count = tiling.slices.size();
    const double constants =
        constantWidth == 0 ? 0 : kStartCycles + static_cast<double>(constantWidth * kLanes) / kLoadBytes;
    double gdma = 0, tiu = 0; // when the queues are free
    const auto loaded = [&](size_t k) {
        if (k == 0 || tiling.slices[k].results[0].c != tiling.slices[k - 1].results[0].c) gdma += constants;
        for (size_t i = 0; i < group.inputs.size(); ++i)
            if (k == 0 || !inputStays[i])
                gdma += loadCycles(selection.values[static_cast<size_t>(group.inputs[i])], tiling.slices[k].inputs[i]);
        return gdma;
    };
    double ready = loaded(0);
    for (size_t k = 0; k < count; ++k) {
        const double next = k + 1 < count ? loaded(k + 1) : 0;
        double work = 0;
        for (size_t i = 0; i < group.nodes.size(); ++i)
            work += computeCycles(graph, selection, group.nodes[i], tiling.slices[k].results[i]);
        tiu = std::max(tiu, ready) + work;
        gdma = std::max(gdma, tiu);
        for (size_t i = 0; i < group.outputs.size(); ++i)
            gdma += storeCycles(selection.values[static_cast<size_t>(group.outputs[i])], tiling.slices[k].stored[i]);
        ready = next;
    }
    return std::max(gdma, tiu);
}

} // namespace wb::codegen
