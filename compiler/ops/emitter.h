// SPDX-License-Identifier: GPL-3.0-or-later
// Code generation of one node for the BM1684X: `compiler/ops/<family>/<family>_bm1684x.cpp` exports
//
//   void emit_<family>(EmitterTable&)
//
// An emitter knows its instruction sequence, its constants and what it needs of its operands. It does not know where
// tensors lie, how the network is cut, or when things are loaded: `compiler/codegen/` decides that and calls it once
// for each slice. Results equal the operator's integer model (`<family>_int.cpp`) bit for bit.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"
#include "compiler/target/bm1684x/assembler/assembler.h"
#include "compiler/target/bm1684x/tensors.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wb::ops {

/// A shape as the chip's four axes: 4-D as it is; (a) → 1,a,1,1; (a,b) → a,b,1,1; (a,b,c) → a,b,c,1; more than four axes:
/// the third to the last but one become h. A scalar is 1,1,1,1.
std::array<int64_t, 4> chipShape(const ir::Shape& shape);
bm1684x::Part wholePart(const ir::Shape& shape);
bm1684x::Precision chipPrecision(ir::ElementType element); ///< I8, Ui8, Si8 → Int8 and so on
bool chipSigned(ir::ElementType element);

/// Constants of a node as they lie in local memory: `width` bytes (a multiple of 64) for each of the 64 lanes, lane
/// after lane. One transfer brings it there, at a 64-byte aligned offset that is the same in every lane.
struct LaneImage {
    int64_t width = 0;
    std::vector<std::byte> bytes; ///< 64 · width
};

/// One slice of a node with everything in local memory.
struct LocalCall {
    bm1684x::Part result;                            ///< what to compute
    std::span<const bm1684x::LocalTensor> operands;  ///< as the node's operands; each holds at least operandPart();
                                                     ///< constants (top.Weight) and absent ones have c() == 0
    bm1684x::LocalTensor output;                     ///< exactly `result`
    uint32_t constants = 0;                          ///< offset in each lane of the node's LaneImage
    std::span<const uint32_t> scratch;               ///< offsets in each lane, as asked for by scratchBytes()
};

/// Along which axes a result may be cut. Channels are cut at multiples of 64.
struct Cuts {
    bool n = true, c = false, h = true, w = false;
};

class LocalEmitter {
public:
    virtual ~LocalEmitter() = default;
    virtual Cuts cuts() const = 0;
    /// What of operand `index` the `result` part needs, clipped to the operand's shape.
    virtual bm1684x::Part operandPart(size_t index, const bm1684x::Part& result) const = 0;
    /// Whether constants are the same for all channels, or there are none: pieces of channels share them.
    virtual bool sameForChannels() const { return false; }
    /// Constants for the channels of `result`.c; width 0 if there are none.
    virtual Result<LaneImage> constants(const bm1684x::Part& result) const { (void)result; return LaneImage{}; }
    /// Bytes a lane of constants(result). Many tilings are tried; an emitter of large constants says it without packing.
    virtual Result<int64_t> constantWidth(const bm1684x::Part& result) const {
        WB_ASSIGN(const LaneImage image, constants(result));
        return image.width;
    }
    /// Lanes that read them, from the first one on: results of few channels do not need the others'.
    virtual int64_t constantLanes(const bm1684x::Part& result) const { (void)result; return bm1684x::kLanes; }
    /// Bytes a lane of each scratch buffer. Buffers are 64-byte aligned, never overlap operands, output or each
    /// other, and are placed in banks of their own where there is room.
    virtual std::vector<int64_t> scratchBytes(const bm1684x::Part& result) const { (void)result; return {}; }
    /// Operand whose memory the output may share (same part, same width of elements), or -1.
    virtual int inPlaceOperand() const { return -1; }
    virtual Status emit(const LocalCall& call, bm1684x::Assembler& out) const = 0;
};

/// One node with operands and result in DDR, moved by GDMA (or through local memory, all of which it may use).
struct GlobalCall {
    std::span<const bm1684x::GlobalTensor> operands; ///< absent ones and constants without address: address 0
    bm1684x::GlobalTensor output;
    std::span<const ir::Shape> operandShapes;        ///< true shapes, any rank
    ir::Shape outputShape;
    uint64_t constants = 0;                          ///< DDR address of the emitter's constants()
};

class GlobalEmitter {
public:
    virtual ~GlobalEmitter() = default;
    virtual Result<std::vector<std::byte>> constants() const { return std::vector<std::byte>{}; }
    /// Bytes into operand 0 at which the result lies in one piece, if it does: nothing is moved then.
    virtual std::optional<int64_t> viewOffset() const { return {}; }
    /// The result is the operands' bytes one after another: operands may be produced in their places. `emit` leaves
    /// out those whose address is already that.
    virtual bool joinsOperands() const { return false; }
    virtual Status emit(const GlobalCall& call, bm1684x::Assembler& out) const = 0;
};

struct EmitContext {
    const ir::Graph* graph = nullptr;  ///< lowered (tpu dialect), types and weights in place
    const ir::Node* node = nullptr;
};

/// A node that cannot be emitted is refused by prepare with CodegenUnsupported and the reason; both null: alias.
struct EmitterDef {
    std::string op;                    ///< "tpu.Conv2D"
    Result<std::unique_ptr<LocalEmitter>> (*local)(const EmitContext&) = nullptr;   ///< preferred where it succeeds
    Result<std::unique_ptr<GlobalEmitter>> (*global)(const EmitContext&) = nullptr; ///< tried after local
    bool alias = false;                ///< result is operand 0's bytes under another shape (tpu.Reshape)
};

class EmitterTable {
public:
    void add(EmitterDef def) { m_rows.insert_or_assign(def.op, std::move(def)); }
    const EmitterDef* find(std::string_view op) const {
        const auto it = m_rows.find(op);
        return it == m_rows.end() ? nullptr : &it->second;
    }
    const std::map<std::string, EmitterDef, std::less<>>& rows() const { return m_rows; }

private:
    std::map<std::string, EmitterDef, std::less<>> m_rows;
};

const EmitterTable& emitterTable(); ///< of the BM1684X; collected at first use

} // namespace wb::ops
