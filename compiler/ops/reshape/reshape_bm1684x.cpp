// SPDX-License-Identifier: GPL-3.0-or-later
// The operand's bytes under another shape, nothing to do; squeezes and flattenings are lowered to it too.
#include "compiler/ops/emitter.h"

namespace wb::ops {

void emit_reshape(EmitterTable& table);
void emit_reshape(EmitterTable& table) {
    table.add({.op = "tpu.Reshape", .alias = true});
}

} // namespace wb::ops
