// SPDX-License-Identifier: GPL-3.0-or-later
// A compiled model on the simulated chip.
#pragma once

#include "compiler/codegen/compile.h"
#include "compiler/ir/tensor.h"
#include "compiler/target/bm1684x/simulator/runner.h"

#include <map>
#include <string>

namespace wb::codegen {

using Tensors = std::map<std::string, ir::Tensor, std::less<>>; ///< in the types that the model stores

struct SimulateOptions {
    bm1684x::RunOrder order;
    bool everything = false; ///< also CompiledModel::stored; they hold what was written last at their addresses
};

/// Outputs by name. InputNameUnknown, InputShapeWrong; CommandFault and CommandUnknown from the chip.
Result<Tensors> simulate(const CompiledModel& model, const Tensors& inputs, const SimulateOptions& options,
                         const JobContext& context);

} // namespace wb::codegen
