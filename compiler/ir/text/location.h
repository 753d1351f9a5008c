// SPDX-License-Identifier: GPL-3.0-or-later
// Locations, which name results. Inside of text/ only.
#pragma once

#include "compiler/ir/text/scanner.h"

#include <vector>

namespace wb::ir::text {

/// A location, or a reference to one ("#loc3").
struct Location {
    enum Kind { Unknown, Named, Fused, Alias } kind = Unknown;
    std::string text;             ///< the name, or the alias
    std::vector<Location> parts;  ///< of Fused
};
using Locations = std::map<std::string, Location, std::less<>>; ///< by alias with the sign

/// `loc(…)`, or what stands between the brackets when depth is not 0.
Result<Location> readLocation(Scanner& scan, int depth = 0);

/// The names of a location; `steps` bounds the work, for a damaged file may define locations by themselves.
void addNames(const Location& where, const Locations& known, int depth, int& steps, std::vector<std::string>& into);

/// Results that the vendor's operator has behind those of ours: they get the type none.
size_t resultsLeftOut(std::string_view op);

} // namespace wb::ir::text
