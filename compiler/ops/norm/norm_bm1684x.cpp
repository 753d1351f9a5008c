// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisations have no integer form: lowering leaves them in float.
#include "compiler/ops/norm/norm_bm1684x.h"

namespace wb::ops {

void emit_norm(EmitterTable& table) {
    for (const char* op : {"tpu.LRN", "tpu.BatchNorm"}) table.add({.op = op, .local = prepareFloatNorm});
    for (const char* op : {"tpu.InstanceNorm", "tpu.GroupNorm"}) table.add({.op = op, .local = preparePictureNorm, .global = prepareRowNorm});
    table.add({.op = "tpu.LayerNorm", .local = prepareLaneNorm, .global = prepareRowNorm});
}

} // namespace wb::ops
