// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/preprocess/picture.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    (void)wb::preprocess::decodePicture({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
