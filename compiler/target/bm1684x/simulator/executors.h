// SPDX-License-Identifier: GPL-3.0-or-later
// One function a command format. Inside of simulator/ only.
#pragma once

#include "compiler/target/bm1684x/simulator/context.h"

namespace wb::bm1684x::sim {

Status execute(const Context& context, const SConv& command);
Status execute(const Context& context, const SPorD& command);
Status execute(const Context& context, const SMm& command);
Status execute(const Context& context, const SMm2& command);
Status execute(const Context& context, const SAr& command);
Status execute(const Context& context, const SRqDq& command);
Status execute(const Context& context, const STransBc& command);
Status execute(const Context& context, const SSg& command);
Status execute(const Context& context, const SSfu& command);
Status execute(const Context& context, const SLin& command);
Status execute(const Context& context, const SCmp& command);
Status execute(const Context& context, const SVc& command);
Status execute(const Context& context, const SysId& command);
Status execute(const Context& context, const DmaTensor& command);
Status execute(const Context& context, const DmaMatrix& command);
Status execute(const Context& context, const DmaGeneral& command);
Status execute(const Context& context, const DmaCwTranspose& command);
Status execute(const Context& context, const DmaGather& command);
Status execute(const Context& context, const DmaScatter& command);
Status execute(const Context& context, const DmaSys& command);

/// Parts of SAr.
struct ArOperands {
    View result, a, b;
    bool hasB = false;
    bool hasC = false; ///< third operand: one element (or pair) a channel, or a constant
    View c;
};
Status arithmeticInteger(const Context& context, const SAr& command, const ArOperands& operands);
Status arithmeticFloat(const Context& context, const SAr& command, const ArOperands& operands);
Status arithmeticCast(const Context& context, const SAr& command, const ArOperands& operands);

/// 1 / √value by an estimate and Newton steps, as the chip has it.
float reciprocalRoot(float value, int steps);
/// a · (1 / √|b|)², with b's sign: the chip's only division. Numbers below the normal ones count as zero.
float divide(float a, float b, int steps);

} // namespace wb::bm1684x::sim
