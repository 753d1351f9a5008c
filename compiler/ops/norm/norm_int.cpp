// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {

void integer_norm(KernelTable& table) {
    for (const char* op :
         {"tpu.LRN", "tpu.BatchNorm", "tpu.InstanceNorm", "tpu.LayerNorm", "tpu.GroupNorm"})
        addTpuKernel(table, {.op = op});
}

} // namespace wb::ops
