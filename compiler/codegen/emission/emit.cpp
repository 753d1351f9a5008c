// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/emission/emit.h"

#include "compiler/ops/support/vector_bm1684x.h"
#include "compiler/target/bm1684x/transfer.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace wb::codegen {
namespace {

using bm1684x::alignedTensor;
using bm1684x::kLanes;
using bm1684x::LocalTensor;
using bm1684x::Part;
using bm1684x::Place;

/// Pieces of channels that have constants of their own.
size_t constantPieces(const Step& step) { return static_cast<size_t>(step.tiling.constantPieces); }
size_t constantPiece(const Step& step, size_t slice) {
    return slice / (step.tiling.slices.size() / constantPieces(step));
}

/// The picture behind a fold of rows: for each of its channels the rows of all kernel rows at once, where all of them
/// lie in the picture; rows beyond its edges are zeros.
void loadRows(bm1684x::Assembler& out, const bm1684x::GlobalTensor& folded, const RowFold& fold, const LocalTensor& to) {
    const int64_t size = bm1684x::bytesOf(to.precision), width = folded.shape[3], plane = fold.rows * width;
    const auto& h = to.part.h;
    const Place local = bm1684x::placeOf(to);
    // Lane of a channel's kernel row k, place of a row.
    const auto rowsAt = [&](int64_t channel, int64_t k, int64_t row) {
        Place place = local;
        place.address += static_cast<uint64_t>((channel * fold.kernel + k) * bm1684x::kLaneBytes +
                                               (row - h.begin) * to.hStride * size);
        return place;
    };
    // Rows [first, first + rows) of kernel rows k to k + kernel.
    const auto copy = [&](int64_t channel, int64_t k, int64_t kernel, int64_t first, int64_t rows) {
        if (rows <= 0) return;
        const int64_t row = first * fold.stride + k * fold.dilation - fold.pad;
        Place picture{folded.address, {fold.channels * plane, fold.dilation * width, fold.stride * width, 1}};
        picture.address += static_cast<uint64_t>(
            ((to.part.n.begin * fold.channels + channel) * plane + row * width + to.part.w.begin) * size);
        bm1684x::copyBox(out, to.precision, {to.n(), kernel, rows, to.w()}, picture, rowsAt(channel, k, first));
    };
    // Result rows whose picture row exists.
    const auto valid = [&](int64_t k) {
        const int64_t shift = k * fold.dilation - fold.pad; // picture row = stride · row + shift
        const int64_t begin = std::clamp(shift < 0 ? bm1684x::ceilDiv(-shift, fold.stride) : 0, h.begin, h.end);
        const int64_t last = fold.rows - 1 - shift;
        return bm1684x::Range{begin, std::clamp(last < 0 ? 0 : last / fold.stride + 1, begin, h.end)};
    };
    bm1684x::Range all = h; // of every kernel row
    for (int64_t k = 0; k < fold.kernel; ++k)
        all = {std::max(all.begin, valid(k).begin), std::min(all.end, valid(k).end)};
    if (all.end <= all.begin) all = {h.end, h.end};
    const auto edge = [&](bm1684x::Range rows) {
        if (rows.size() <= 0) return;
        bm1684x::fillBox(out, to.precision, {to.n(), fold.channels * fold.kernel, rows.size(), to.w()}, fold.fill, rowsAt(0, 0, rows.begin));
        for (int64_t channel = 0; channel < fold.channels; ++channel)
            for (int64_t k = 0; k < fold.kernel; ++k) {
                const auto own = valid(k);
                const int64_t begin = std::max(rows.begin, own.begin);
                copy(channel, k, 1, begin, std::min(rows.end, own.end) - begin);
            }
    };
    edge({h.begin, all.begin});
    edge({all.end, h.end});
    for (int64_t channel = 0; channel < fold.channels; ++channel)
        copy(channel, 0, fold.kernel, all.begin, all.size());
}

/// One group at work.
class GroupEmission {
public:
    GroupEmission(const EmissionContext& context, const Step& step, bm1684x::Assembler& out)
        : m_context(context), m_step(step), m_out(out) {
        for (size_t i = 0; i < step.group.inputs.size(); ++i)
            m_inputOf[step.group.inputs[i]] = i;
        m_firstUse.resize(step.group.inputs.size());
        for (size_t i = step.group.nodes.size(); i-- > 0;) {
            m_nodeOf[context.graph.node(step.group.nodes[i]).results[0]] = i;
            for (const ir::ValueId id : context.graph.node(step.group.nodes[i]).operands)
                if (const auto in = m_inputOf.find(id); in != m_inputOf.end()) m_firstUse[in->second] = i;
        }
    }

    Status run() {
        const size_t count = m_step.tiling.slices.size();
        loadSlice(0);
        for (size_t k = 0; k < count; ++k) {
            if (k + 1 < count) loadSlice(k + 1);
            WB_TRY(compute(k));
        }
        return {};
    }

private:
    const ValueInfo& info(ir::ValueId id) const { return m_context.selection.values[static_cast<size_t>(id)]; }
    void setLayer(ir::NodeId id) { m_out.setLayer(m_context.layers[static_cast<size_t>(id)]); }

    LocalTensor inputTensor(size_t index, size_t slice) const {
        const ValueInfo& value = info(m_step.group.inputs[index]);
        return alignedTensor(m_step.memory.input(index, slice), value.precision, value.isSigned,
                             m_step.group.isHeld(index) ? value.whole() : m_step.tiling.slices[slice].inputs[index]);
    }
    LocalTensor resultTensor(size_t index, size_t slice) const {
        const ValueInfo& value = info(m_context.graph.node(m_step.group.nodes[index]).results[0]);
        return alignedTensor(m_step.memory.results[index][slice % 2], value.precision, value.isSigned,
                             m_step.tiling.slices[slice].results[index]);
    }

    /// In the order in which nodes need it: constants (once for each piece of channels) and operands.
    void loadSlice(size_t k) {
        const auto& memory = m_step.memory;
        const size_t piece = constantPiece(m_step, k);
        const bool constants = k == 0 || piece != constantPiece(m_step, k - 1);
        const uint64_t ddr = m_context.ddr.coefficientAddress + m_step.constants + piece * m_step.constantBytes;
        auto block = memory.blocks.begin();
        for (size_t node = 0; node < m_step.group.nodes.size(); ++node) {
            setLayer(m_step.group.nodes[node]);
            for (; block != memory.blocks.end() && block->node == node; ++block)
                if (constants)
                    bm1684x::loadLanes(m_out, ddr + static_cast<uint64_t>(block->offset * kLanes), block->width,
                                       memory.constants[piece % 2] + static_cast<uint32_t>(block->offset), block->lanes);
            for (size_t i = 0; i < m_step.group.inputs.size(); ++i) {
                if (m_firstUse[i] != node || m_step.group.isHeld(i) || (k > 0 && memory.inputStays[i])) continue;
                loadInput(m_step.group.inputs[i], inputTensor(i, k));
            }
        }
    }

    void loadInput(ir::ValueId id, const LocalTensor& to) {
        const auto from = m_context.ddr.tensor(m_context.selection, id);
        const auto& fold = m_context.selection.nodes[static_cast<size_t>(m_context.graph.value(id).producer)].fold;
        if (fold) loadRows(m_out, from, *fold, to);
        else bm1684x::load(m_out, from, to);
    }

    /// Every result is stored behind the node that makes it; the transfer waits, the next nodes do not.
    Status compute(size_t k) {
        std::vector<LocalTensor> operands;
        for (size_t i = 0; i < m_step.group.nodes.size(); ++i) {
            const ir::Node& node = m_context.graph.node(m_step.group.nodes[i]);
            operands.clear();
            for (const ir::ValueId id : node.operands) {
                if (const auto in = m_inputOf.find(id); in != m_inputOf.end())
                    operands.push_back(inputTensor(in->second, k));
                else if (const auto made = m_nodeOf.find(id); made != m_nodeOf.end())
                    operands.push_back(resultTensor(made->second, k));
                else operands.emplace_back(); // a constant or absent
            }
            ops::LocalCall call;
            call.result = m_step.tiling.slices[k].results[i];
            call.operands = operands;
            call.output = resultTensor(i, k);
            call.constants = m_step.memory.constants[constantPiece(m_step, k) % 2] + m_step.memory.constantOffsets[i];
            call.scratch = m_step.memory.scratch[i];
            setLayer(m_step.group.nodes[i]);
            const auto& emitter = *m_context.selection.nodes[static_cast<size_t>(m_step.group.nodes[i])].local;
            if (auto done = emitter.emit(call, m_out); !done)
                return std::move(done).error().atNode(m_context.graph.value(node.results[0]).name);
            for (size_t o = 0; o < m_step.group.outputs.size(); ++o)
                if (m_step.group.outputs[o] == node.results[0]) leave(o, k, call.output);
        }
        return {};
    }

    /// An output goes where later groups look for it.
    void leave(size_t output, size_t k, const LocalTensor& made) {
        const ir::ValueId id = m_step.group.outputs[output];
        const Part& part = m_step.tiling.slices[k].stored[output];
        if (m_step.group.isKept(output) && m_step.tiling.slices.size() > 1) {
            const ValueInfo& value = info(id);
            const auto whole = alignedTensor(m_step.memory.kept[output], value.precision, value.isSigned, value.whole());
            ops::VectorUnit(m_out).copy(whole.sub(part), made.sub(part));
        }
        if (m_step.group.isStored(output))
            bm1684x::store(m_out, made.sub(part), m_context.ddr.tensor(m_context.selection, id));
    }

    const EmissionContext& m_context;
    const Step& m_step;
    bm1684x::Assembler& m_out;
    std::map<ir::ValueId, size_t> m_inputOf, m_nodeOf;
    std::vector<size_t> m_firstUse; ///< by Group::inputs: the node
};

/// A view whose result needs bytes of its own.
void copyView(const EmissionContext& c, const Step& step, bm1684x::Assembler& out) {
    const ir::Node& node = c.graph.node(step.node);
    const ValueInfo& info = c.selection.values[static_cast<size_t>(node.results[0])];
    bm1684x::StridedMove move;
    move.precision = info.precision;
    move.source = c.ddr.values[static_cast<size_t>(node.operands[0])] +
                  static_cast<uint64_t>(c.selection.nodes[static_cast<size_t>(step.node)].viewOffset);
    move.target = c.ddr.values[static_cast<size_t>(node.results[0])];
    move.shape = {info.bytes / bm1684x::bytesOf(info.precision)};
    move.sourceStrides = move.targetStrides = {1};
    bm1684x::moveStrided(out, move);
}

Status emitGlobal(const EmissionContext& c, const Step& step, bm1684x::Assembler& out) {
    const ir::Node& node = c.graph.node(step.node);
    ops::GlobalCall call;
    std::vector<bm1684x::GlobalTensor> operands;
    std::vector<ir::Shape> shapes;
    for (const ir::ValueId id : node.operands) {
        const bool absent = id == ir::kNoValue;
        operands.push_back(absent ? bm1684x::GlobalTensor{} : c.ddr.tensor(c.selection, id));
        shapes.push_back(absent ? ir::Shape{} : c.graph.value(id).type.shape);
    }
    call.operands = operands;
    call.operandShapes = shapes;
    call.output = c.ddr.tensor(c.selection, node.results[0]);
    call.outputShape = c.graph.value(node.results[0]).type.shape;
    call.constants = step.constantBytes == 0 ? 0 : c.ddr.coefficientAddress + step.constants;
    if (auto done = c.selection.nodes[static_cast<size_t>(step.node)].global->emit(call, out); !done)
        return std::move(done).error().atNode(c.graph.value(node.results[0]).name);
    return {};
}

/// The constants of a group's nodes for one piece of channels: block after block, each lane after lane.
Status mergeConstants(const Step& step, const Slice& slice, Constants& constants, std::byte* to) {
    for (size_t b = 0; b < step.memory.blocks.size(); ++b) {
        const ConstantBlock& block = step.memory.blocks[b];
        const size_t end = b + 1 < step.memory.blocks.size() ? step.memory.blocks[b + 1].node : step.group.nodes.size();
        for (size_t i = block.node; i < end; ++i) {
            WB_ASSIGN(const auto* image, constants.of(step.group.nodes[i], slice.results[i]));
            const int64_t inBlock = step.memory.constantOffsets[i] - block.offset;
            for (int64_t lane = 0; lane < kLanes && image->width > 0; ++lane)
                std::copy_n(image->bytes.begin() + lane * image->width, image->width,
                            to + block.offset * kLanes + lane * block.width + inBlock);
        }
    }
    return {};
}

} // namespace

Result<uint64_t> placeConstants(const Selection& selection, std::vector<Step>& steps) {
    uint64_t end = 0;
    for (Step& step : steps) {
        step.constants = end;
        step.constantBytes = 0;
        if (step.how == Runs::Local) {
            step.constantBytes = static_cast<uint64_t>(step.memory.constantWidth * kLanes);
            end += step.constantBytes * constantPieces(step);
        } else if (step.how == Runs::Global) {
            WB_ASSIGN(const auto bytes, selection.nodes[static_cast<size_t>(step.node)].global->constants());
            step.constantBytes = bytes.size();
            end += step.constantBytes;
        }
        end = static_cast<uint64_t>(bm1684x::roundUp(static_cast<int64_t>(end), bm1684x::kVectorBytes));
    }
    return end;
}

Result<std::vector<std::byte>> packConstants(const Selection& selection, const std::vector<Step>& steps, uint64_t bytes) {
    Constants constants(selection);
    std::vector<std::byte> out(bytes);
    for (const Step& step : steps) {
        if (step.constantBytes == 0) continue;
        std::byte* to = out.data() + step.constants;
        if (step.how == Runs::Local) {
            const size_t pieces = constantPieces(step), slices = step.tiling.slices.size();
            for (size_t piece = 0; piece < pieces; ++piece)
                WB_TRY(mergeConstants(step, step.tiling.slices[piece * (slices / pieces)], constants, to + piece * step.constantBytes));
        } else {
            WB_ASSIGN(const auto image, selection.nodes[static_cast<size_t>(step.node)].global->constants());
            std::copy(image.begin(), image.end(), to);
        }
    }
    return out;
}

Status emitStep(const EmissionContext& context, const Step& step, bm1684x::Assembler& out) {
    if (step.how == Runs::Local) return GroupEmission(context, step, out).run();
    out.setLayer(context.layers[static_cast<size_t>(step.node)]);
    if (step.how == Runs::Global) return emitGlobal(context, step, out);
    if (context.views.copied[static_cast<size_t>(step.node)]) copyView(context, step, out);
    return {};
}

} // namespace wb::codegen
