// SPDX-License-Identifier: GPL-3.0-or-later
// Upsample and nearest Interp copy elements; linear interpolation says that it has no rule.
#include "compiler/ops/gradient.h"

namespace wb::ops {
namespace {

Status interp(const GradientCall& call) {
    if (call.node.attributes.string("mode", "nearest") == "nearest") return gradientOfCopies(call);
    return Error{Code::UnsupportedAttribute, "linear interpolation has no gradient here"};
}

} // namespace

void gradient_resize(GradientTable& table);
void gradient_resize(GradientTable& table) {
    table.add("top.Upsample", gradientOfCopies);
    table.add("top.Interp", interp);
}

} // namespace wb::ops
