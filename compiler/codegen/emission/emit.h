// SPDX-License-Identifier: GPL-3.0-or-later
// Steps → commands. A group is a software pipeline: slice k + 1 is loaded before slice k is computed, slice k is
// stored after; which waits for which follows from the memory that commands touch.
#pragma once

#include "compiler/codegen/addresses/ddr.h"

namespace wb::codegen {

/// Where each step's constants lie in the coefficients: sets Step::constants and constantBytes; returns the bytes of all.
Result<uint64_t> placeConstants(const Selection& selection, std::vector<Step>& steps);
/// The coefficients of steps that have been placed so.
Result<std::vector<std::byte>> packConstants(const Selection& selection, const std::vector<Step>& steps, uint64_t bytes);

struct EmissionContext {
    const ir::Graph& graph;
    const Selection& selection;
    const Views& views;
    const DdrMap& ddr;
    const std::vector<int32_t>& layers; ///< by NodeId: index of the layer
};

Status emitStep(const EmissionContext& context, const Step& step, bm1684x::Assembler& out);

} // namespace wb::codegen
