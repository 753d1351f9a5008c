// SPDX-License-Identifier: GPL-3.0-or-later
// Prints an error on one line, for terminals and logs.
#include "compiler/base/error.h"

namespace wb {

std::string toText(const Error& error) {
    const char* letter = error.severity == Severity::Error     ? "E"
                         : error.severity == Severity::Warning ? "W"
                                                               : "N";
    std::string text = letter + std::to_string(static_cast<unsigned>(error.code)) + ' ';
    if (!error.file.empty()) text += error.file + (error.node.empty() ? ": " : ", ");
    if (!error.node.empty()) text += error.node + ": ";
    text += error.what;
    if (!error.why.empty()) text += ". " + error.why;
    for (size_t i = 0; i < error.remedies.size(); ++i)
        text += (i == 0 ? ". To do: " : "; or ") + error.remedies[i];
    return text;
}

} // namespace wb
