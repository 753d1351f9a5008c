// SPDX-License-Identifier: GPL-3.0-or-later
// Reshape and its relatives: the operand's bytes under another shape, nothing to do.
#include "compiler/ops/emitter.h"

namespace wb::ops {

void emit_reshape(EmitterTable& table);
void emit_reshape(EmitterTable& table) {
    for (const char* op : {"tpu.Reshape", "tpu.Squeeze", "tpu.Unsqueeze", "tpu.Flatten"})
        table.add({.op = op, .alias = true});
}

} // namespace wb::ops
