// SPDX-License-Identifier: GPL-3.0-or-later
// Lowered graph → what a bmodel holds: two instruction streams, the constants' bytes and the map of DDR.
// The stages, each a folder: rewrites/ (other forms of the same), selection/ (which emitter runs a node), views/ (which
// values share bytes), groups/ and tiling/ (what runs together, in which slices), memory/ (local addresses),
// addresses/ (DDR), emission/ (commands).
//
// `container.h` makes bmodel structures of the result, `simulate.h` runs it on the simulator.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"
#include "compiler/target/bm1684x/assembler/assembler.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wb::ops {
class EmitterTable;
}

namespace wb::codegen {

struct CompileOptions {
    /// Keep tensors between layers in local memory where that saves time; otherwise every layer goes through DDR.
    bool fuse = true;
    /// Every layer's result is stored and keeps a place of its own, so that all can be read after a run (slower).
    bool observable = false;
    /// Bytes of local memory a lane that may be used; less than the chip has only in tests.
    int64_t laneBytes = bm1684x::kLaneBytes;
    /// Commands of an engine in one command group, END not counted; less than ids can name only in tests.
    uint32_t mostCommands = static_cast<uint32_t>(bm1684x::kMaxId) - 1;
    const ops::EmitterTable* emitters = nullptr; ///< others than the operator folders' (tests)
};

/// A value with a place in DDR.
struct PlacedTensor {
    std::string name;
    ir::TensorType type;       ///< true shape, element, scale and zero point
    uint64_t address = 0;
    uint64_t bytes = 0;
};

/// scale and zero point as a runtime wants them: 1 and 0 for a float.
float scaleOf(const PlacedTensor& tensor);
int32_t zeroPointOf(const PlacedTensor& tensor);

/// A network for one BM1684X, laid out as if DDR began at kGlobalBase: coefficients, then context.
struct CompiledModel {
    std::string name;
    /// Command groups, which run one after the other, each to the end of both streams; local memory stays as it is in
    /// between. One, unless there are more commands than ids can number. Placed::layer indexes `layers`.
    std::vector<bm1684x::Program> groups;
    std::vector<std::string> layers;     ///< names of the nodes' first results
    std::vector<std::byte> coefficients;
    uint64_t coefficientAddress = 0;
    uint64_t contextAddress = 0;         ///< activations, inputs and outputs
    uint64_t contextBytes = 0;
    std::vector<PlacedTensor> inputs, outputs;
    /// Other values that have a place: all with CompileOptions::observable, else those that cross groups (their
    /// memory is shared, so they are only valid in between).
    std::vector<PlacedTensor> stored;
    int64_t cycles = 0;                  ///< estimate at 1 GHz (cycles/timing.h)
    std::string text;                    ///< what was decided, for people: the `.final` stage file
};

uint32_t tiuCommands(const CompiledModel& model);  ///< of all groups, END included
uint32_t gdmaCommands(const CompiledModel& model);

/// CodegenUnsupported: one error that lists every layer without emitter, with its operator and the reason.
/// LocalMemoryFull, CodegenLimit as the codes say; Cancelled.
Result<CompiledModel> compile(const ir::Graph& lowered, const CompileOptions& options, const JobContext& context);

} // namespace wb::codegen
