// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration, precision and loss tables: lines of words and numbers, often edited by hand.
#include "compiler/calibrate/table.h"
#include "compiler/quantise/precision_table.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto text = wb::fuzz::text(data, size);
    (void)wb::calibrate::parseTable(text);
    (void)wb::quantise::parseLossTable(text);
    const auto precision = wb::quantise::parsePrecisionTable(text);
    if (!precision) return 0;
    const std::string written = wb::quantise::formatPrecisionTable(precision->rows, {});
    const auto again = wb::quantise::parsePrecisionTable(written);
    wb::fuzz::require(again && again->rows.size() == precision->rows.size(), "a written precision table is read");
    return 0;
}
