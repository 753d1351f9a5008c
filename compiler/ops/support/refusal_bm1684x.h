// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of emitters that say which node they are about.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// CodegenUnsupported: there are no commands for this node.
Error notEmitted(const EmitContext& context, std::string why);
/// CodegenLimit: a number of the node does not fit the chip's fields.
Error beyondChip(const EmitContext& context, std::string why);

} // namespace wb::ops
