// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/project.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    (void)wb::jobs::projectFromJson(std::string(wb::fuzz::text(data, size)));
    return 0;
}
