// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_reader.h"
#include "compiler/import/import.h"
#include "tests/fuzz/fuzz.h"

#include <span>

/// The container by itself, then the whole way to a graph for what it lets through.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    if (!wb::importer::readTflite(bytes, true, {})) return 0;
    (void)wb::importer::importModel(wb::fuzz::file(data, size, ".tflite"), {}, {});
    return 0;
}
