// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/binary/binary_bm1684x.h"

namespace wb::ops {

void emit_where(EmitterTable& table);
void emit_where(EmitterTable& table) { table.add({.op = "tpu.Where", .local = prepareChoice}); }

} // namespace wb::ops
