// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {
namespace {

Error about(const EmitContext& c, Code code, std::string why) {
    Error error{code, c.node->op + " cannot be compiled for BM1684X", std::move(why)};
    if (!c.node->results.empty()) error.node = c.graph->value(c.node->results[0]).name;
    return error;
}

} // namespace

Error notEmitted(const EmitContext& context, std::string why) {
    return about(context, Code::CodegenUnsupported, std::move(why));
}

Error beyondChip(const EmitContext& context, std::string why) {
    return about(context, Code::CodegenLimit, std::move(why));
}

} // namespace wb::ops
