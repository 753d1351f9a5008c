// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/text/location.h"

namespace wb::ir::text {

Result<Location> readLocation(Scanner& scan, int depth) {
    if (depth > kMaxDepth) return scan.failAt(scan.position(), "locations are nested too deep");
    Location where;
    if (scan.takeWord("loc")) {
        WB_TRY(scan.expect('(', "after loc"));
        WB_ASSIGN(where, readLocation(scan, depth + 1));
        WB_TRY(scan.expect(')', "after the location"));
        return where;
    }
    if (scan.take('#')) {
        where.kind = Location::Alias;
        where.text = "#" + std::string(scan.suffixId());
        return where;
    }
    if (scan.takeWord("unknown")) return where;
    if (scan.takeWord("fused")) {
        where.kind = Location::Fused;
        if (scan.peek() == '<') WB_TRY(scan.skipBracket());
        WB_TRY(scan.expect('[', "after fused"));
        do {
            WB_ASSIGN(Location part, readLocation(scan, depth + 1));
            where.parts.push_back(std::move(part));
        } while (scan.take(','));
        WB_TRY(scan.expect(']', "after the fused locations"));
        return where;
    }
    if (scan.peek() != '"') return scan.fail("a location");
    where.kind = Location::Named;
    WB_ASSIGN(where.text, scan.string());
    if (scan.peek() == '(') WB_TRY(scan.skipBracket()); // where the name comes from
    while (scan.take(':')) { // a place in a file
        WB_ASSIGN(const int64_t number, scan.integer());
        where.text += ":" + std::to_string(number);
    }
    return where;
}

void addNames(const Location& where, const Locations& known, int depth, int& steps, std::vector<std::string>& into) {
    if (depth > kMaxDepth || --steps < 0) return;
    if (where.kind == Location::Named) into.push_back(where.text);
    for (const Location& part : where.parts)
        addNames(part, known, depth + 1, steps, into);
    if (where.kind != Location::Alias) return;
    if (const auto it = known.find(where.text); it != known.end()) addNames(it->second, known, depth + 1, steps, into);
}

size_t resultsLeftOut(std::string_view op) { return op == "top.Arg" || op == "tpu.Arg" ? 1 : 0; }

} // namespace wb::ir::text
