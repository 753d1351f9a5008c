// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/text/text.h"
#include "compiler/ir/verify.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto graph = wb::ir::parse(wb::fuzz::text(data, size));
    if (!graph) return 0;
    const std::string printed = wb::ir::print(*graph);
    const auto again = wb::ir::parse(printed);
    wb::fuzz::require(static_cast<bool>(again), "what was printed is read");
    wb::fuzz::require(wb::ir::print(*again) == printed, "printing is a fixed point");
    return 0;
}
