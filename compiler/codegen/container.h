// SPDX-License-Identifier: GPL-3.0-or-later
// A compiled model as the structures of a bmodel file.
#pragma once

#include "compiler/codegen/compile.h"
#include "compiler/target/bmodel/model.h"

namespace wb::codegen {

/// One network of one stage, ready for bmodel::write; the time of writing is left empty (the same input gives the
/// same bytes). CodegenUnsupported when an input or output has elements that a bmodel has no name for.
/// Takes commands and coefficients, leaves the rest.
Result<bmodel::File> toBmodel(CompiledModel&& model);
Result<bmodel::File> toBmodel(const CompiledModel& model); ///< copies commands and coefficients

/// As bmodels name element types.
std::optional<bmodel::DataType> dataTypeOf(ir::ElementType element);

} // namespace wb::codegen
