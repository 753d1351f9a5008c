// SPDX-License-Identifier: GPL-3.0-or-later
// What was decided, for people: the `.final` stage file.
#pragma once

#include "compiler/codegen/addresses/ddr.h"

namespace wb::codegen {

std::string finalText(const ir::Graph& graph, const Selection& selection, const Views& views,
                      const std::vector<Step>& steps, const DdrMap& ddr, const CompiledModel& model);

} // namespace wb::codegen
