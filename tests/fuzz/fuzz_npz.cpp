// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/base/npz.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    (void)wb::parseNpy({reinterpret_cast<const std::byte*>(data), size});
    const auto reader = wb::NpzReader::open(wb::fuzz::file(data, size, ".npz"));
    if (!reader) return 0;
    for (size_t i = 0; i < reader->members().size(); ++i) {
        (void)reader->describe(i);
        (void)reader->read(i);
    }
    return 0;
}
