// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of the command line: "1/255", "0.0039216,0.0039216", "1e-3".
#include "compiler/preprocess/number.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    (void)wb::preprocess::parseNumber(wb::fuzz::text(data, size));
    (void)wb::preprocess::parseNumberList(wb::fuzz::text(data, size));
    return 0;
}
