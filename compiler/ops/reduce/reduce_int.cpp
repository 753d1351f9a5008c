// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {

void integer_reduce(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Reduce"});
    addTpuKernel(table, {.op = "tpu.Arg"});
}

} // namespace wb::ops
