// SPDX-License-Identifier: GPL-3.0-or-later
// The activation functions as functions of one real: the rows that look-up tables and the tpu
// dialect share. Double arithmetic, as the vendor builds its tables.
#pragma once

#include "compiler/ir/graph.h"

#include <span>
#include <string_view>

namespace wb::ops {

struct ActivationRow {
    const char* topOp; ///< "top.SiLU"
    const char* mode;  ///< tpu active_mode, "SILU"; null: the float form is "tpu.<op>"
    bool staysF32;     ///< F16 and BF16 nets compute it in F32 (dossier section 5.9)
    double (*function)(double x, const ir::AttributeMap& attributes);
};

/// Null when the op is no such function.
const ActivationRow* activationRow(std::string_view topOp);
const ActivationRow* activationRowOfMode(std::string_view mode);
std::span<const ActivationRow> activationRows();

} // namespace wb::ops
