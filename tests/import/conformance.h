// SPDX-License-Identifier: GPL-3.0-or-later
// What a test program says at its end about a format: how many networks pass, and how many of the format's operators are
// imported, with those that are not.
#pragma once

#include "compiler/ops/import_rule.h"

#include <QTest>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace wb::test {

inline size_t rulesOf(ops::Framework framework) {
    const auto& rows = ops::importTable().rows();
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first.first == framework; }));
}

class Conformance {
public:
    /// To be called from cleanup(): counts the row that ended if it was one of `functions`.
    void count(std::initializer_list<const char*> functions) {
        for (const char* function : functions)
            if (qstrcmp(QTest::currentTestFunction(), function) == 0) {
                ++m_total;
                m_passed += QTest::currentTestFailed() ? 0 : 1;
            }
    }
    /// `kinds`: all that the format has; empty where that is not a closed list, then `supported` alone is told.
    void tell(const char* format, const std::vector<std::string>& kinds, const std::function<bool(const std::string&)>& isSupported,
              size_t supported = 0) const {
        if (m_total < 2) return; // not built, or one row asked for
        std::string missing;
        for (const std::string& kind : kinds)
            isSupported(kind) ? void(++supported) : void(missing += " " + kind);
        const std::string of = kinds.empty() ? "" : " of " + std::to_string(kinds.size());
        qInfo("%s: %d of %d networks pass, %zu%s operators are imported%s%s", format, m_passed, m_total, supported, of.c_str(),
              missing.empty() ? "" : "; not:", missing.c_str());
    }

private:
    int m_passed = 0, m_total = 0;
};

} // namespace wb::test
