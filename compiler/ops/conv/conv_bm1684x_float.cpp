// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/conv_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

Result<std::unique_ptr<LocalEmitter>> prepareFloatConv(const EmitContext& context) {
    return notEmitted(context, "there are no float commands for it yet");
}

} // namespace wb::ops
