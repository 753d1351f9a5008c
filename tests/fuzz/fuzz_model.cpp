// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/import.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto path = wb::fuzz::file(data, size, ".onnx");
    (void)wb::importer::fileKind(path);
    (void)wb::importer::importModel(path, {}, {});
    return 0;
}
