// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {

void integer_where(KernelTable& table);
void integer_where(KernelTable& table) { addTpuKernel(table, {.op = "tpu.Where"}); }

} // namespace wb::ops
