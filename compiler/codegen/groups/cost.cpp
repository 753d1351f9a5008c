// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/cost.h"

#include "compiler/ops/conv/conv_bm1684x.h"
#include "compiler/ops/conv/sum_forms.h"
#include "compiler/target/bm1684x/cycles/cost.h"
#include "compiler/target/bm1684x/transfer.h"

#include <algorithm>
#include <cmath>

namespace wb::codegen {
namespace {

using bm1684x::bytesOf;
using bm1684x::ceilDiv;
using bm1684x::kIssueCycles;
using bm1684x::kLanes;
using bm1684x::kVectorBytes;
using bm1684x::Part;
using bm1684x::Precision;

// Bytes a cycle of long rows from DDR (vendor's listings at 1 GHz), and what starting one costs.
constexpr double kLoadBytes = 54.0, kStartCycles = 20;

/// Passes of the vector unit over a part in elements of `size` bytes.
double passes(const Part& part, int64_t size) {
    const double rows = static_cast<double>(part.n.size() * ceilDiv(part.c.size(), kLanes));
    return rows * static_cast<double>(ceilDiv(part.h.size() * part.w.size() * size, kVectorBytes)) + kIssueCycles;
}

int64_t tapsOf(const ir::Node& node) {
    int64_t taps = 1;
    for (const int64_t k : node.attributes.integers("kernel_shape"))
        taps *= k;
    return taps;
}

bool isDepthwise(const ir::Graph& graph, const ir::Node& node) {
    const ir::Tensor* weight = node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
    return node.attributes.integer("group", 1) > 1 && weight != nullptr && weight->shape().size() > 1 &&
           weight->shape()[1] == 1;
}

constexpr int64_t kSumBytes = 4; ///< of an integer convolution's sums

} // namespace

CostModel::CostModel(const ir::Graph& graph, const Selection& selection)
    : m_selection(selection), m_works(graph.nodes().size()), m_results(graph.nodes().size(), ir::kNoValue) {
    for (size_t i = 0; i < m_works.size(); ++i) {
        const ir::Node& node = graph.node(static_cast<ir::NodeId>(i));
        if (!node.results.empty()) m_results[i] = node.results[0];
        if (selection.nodes[i].how != Runs::Local) continue;
        const ValueInfo& out = selection.values[static_cast<size_t>(node.results[0])];
        ValueInfo in = out;
        for (const ir::ValueId operand : node.operands)
            if (operand != ir::kNoValue && !selection.values[static_cast<size_t>(operand)].constant) {
                in = selection.values[static_cast<size_t>(operand)];
                break;
            }
        Work& work = m_works[i];
        work.bytes = std::max(bytesOf(in.precision), bytesOf(out.precision));
        const bool integer = in.precision == Precision::Int8;
        if (node.op == "tpu.Conv2D") {
            if (integer) work.bytes = kSumBytes;
            // Sums of codes get a bias and a requant, and the write of the sums is a pass of its own.
            work.vectorPasses = !integer ? 0 : ops::hasSumForm(node) ? 1 + ops::passesBehindSums(node, out.shape[1]) / kSumBytes : 3;
            if (isDepthwise(graph, node)) {
                work.vectorPasses += static_cast<double>(tapsOf(node));
            } else {
                work.pixelsPerCycle = in.precision == Precision::F32 ? 16 : 4;
                const int64_t width = integer ? 64 : in.precision == Precision::F32 ? 1 : 32;
                const int64_t channels = in.shape[1] / std::max<int64_t>(node.attributes.integer("group", 1), 1);
                work.arrayPasses = static_cast<double>(ceilDiv(channels, width) * tapsOf(node));
            }
        } else if (node.op == "tpu.Lut") {
            work.bytes = kVectorBytes; // one element a cycle
            work.vectorPasses = 1;
        } else if (node.op == "tpu.Pool2D") {
            work.vectorPasses = static_cast<double>(tapsOf(node));
        } else if (node.op == "tpu.MatMul") {
            if (graph.value(node.operands[0]).type.shape.size() > 2) { // rows in lanes
                const bool heads = node.attributes.boolean("hdim_is_batch");
                const int64_t depth = heads ? in.shape[3] : in.shape[2];
                work.pixelsPerCycle = 4;
                work.arrayPasses = static_cast<double>(ceilDiv(depth, kVectorBytes / bytesOf(in.precision)));
                work.bytes = heads && !integer ? bytesOf(in.precision) : kSumBytes;
                work.vectorPasses = heads ? 1.5 : 2;
            } else {
                const int64_t depth = in.shape[1] == out.shape[1] ? in.shape[3] : in.shape[1];
                work.vectorPasses = static_cast<double>(std::max<int64_t>(depth, 4)) / 4;
            }
        } else if (node.op == "tpu.Softmax" || node.op == "tpu.LayerNorm" || node.op == "tpu.InstanceNorm" || node.op == "tpu.GroupNorm") {
            work.bytes = 4;
            work.vectorPasses = node.op == "tpu.Softmax" ? 22 : 12;
        } else if (node.op == "tpu.Concat") {
            work.vectorPasses = 1;
        } else {
            work.vectorPasses = node.op == "tpu.Cast" || node.op == "tpu.Upsample" ? 2 : 4;
        }
    }
}

double CostModel::compute(ir::NodeId node, const Part& result) const {
    const Work& work = m_works[static_cast<size_t>(node)];
    double cycles = work.vectorPasses * passes(result, work.bytes);
    if (work.pixelsPerCycle > 0)
        cycles += work.arrayPasses *
                  static_cast<double>(result.n.size() * ceilDiv(result.c.size(), kLanes) *
                                      ceilDiv(result.h.size() * result.w.size(), work.pixelsPerCycle));
    return cycles + kIssueCycles;
}

double CostModel::transfer(ir::ValueId id, const Part& part, bool store) const {
    const std::array<int64_t, 6> key{id, store, part.n.size(), part.c.size(), part.h.size(), part.w.size()};
    const auto [it, fresh] = m_transfers.try_emplace(key);
    if (fresh) {
        const ValueInfo& value = m_selection.values[static_cast<size_t>(id)];
        const bm1684x::GlobalTensor whole{bm1684x::kGlobalBase, value.precision, value.isSigned, value.shape};
        const auto local = bm1684x::placeOf(bm1684x::alignedTensor(0, value.precision, value.isSigned, part));
        const auto ddr = bm1684x::placeOf(whole, part);
        const auto command = store ? bm1684x::boxCommand(value.precision, bm1684x::shapeOf(part), local, ddr)
                                   : bm1684x::boxCommand(value.precision, bm1684x::shapeOf(part), ddr, local);
        it->second = kIssueCycles + static_cast<double>(bm1684x::costOf(command).cycles);
    }
    return it->second;
}

double CostModel::load(ir::ValueId value, const Part& part) const {
    return transfer(value, part, false);
}

double CostModel::store(ir::ValueId value, const Part& part) const {
    return transfer(value, part, true);
}

double CostModel::copy(ir::ValueId value, const Part& part) const {
    return passes(part, bytesOf(m_selection.values[static_cast<size_t>(value)].precision));
}

double CostModel::group(const Group& group, const Tiling& tiling, const std::vector<bool>& inputStays,
                        int64_t constantBytes) const {
    const size_t count = tiling.slices.size();
    const double constants =
        constantBytes == 0 ? 0 : kStartCycles + static_cast<double>(constantBytes) / kLoadBytes;
    double gdma = 0, tiu = 0; // when the queues are free
    const auto loaded = [&](size_t k) {
        if (k == 0 || (tiling.constantPieces > 1 && tiling.slices[k].results[0].c != tiling.slices[k - 1].results[0].c)) gdma += constants;
        for (size_t i = 0; i < group.inputs.size(); ++i)
            if (!group.isHeld(i) && (k == 0 || !inputStays[i])) gdma += load(group.inputs[i], tiling.slices[k].inputs[i]);
        return gdma;
    };
    std::vector<size_t> outputOf; // by nodes
    for (const ir::NodeId id : group.nodes)
        outputOf.push_back(static_cast<size_t>(
            std::find(group.outputs.begin(), group.outputs.end(), m_results[static_cast<size_t>(id)]) - group.outputs.begin()));
    double ready = loaded(0);
    for (size_t k = 0; k < count; ++k) {
        const double next = k + 1 < count ? loaded(k + 1) : 0;
        tiu = std::max(tiu, ready);
        for (size_t i = 0; i < group.nodes.size(); ++i) {
            tiu += compute(group.nodes[i], tiling.slices[k].results[i]);
            const auto output = outputOf[i];
            if (output == group.outputs.size()) continue;
            if (group.isKept(output) && count > 1) tiu += copy(group.outputs[output], tiling.slices[k].stored[output]);
            if (group.isStored(output))
                gdma = std::max(gdma, tiu) + store(group.outputs[output], tiling.slices[k].stored[output]);
        }
        ready = next;
    }
    return std::max(gdma, tiu);
}

} // namespace wb::codegen
