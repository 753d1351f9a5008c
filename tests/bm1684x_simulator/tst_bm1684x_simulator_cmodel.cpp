// SPDX-License-Identifier: GPL-3.0-or-later
// Random single commands of every kind, here and on the vendor's C model. WB_SIMULATOR_CASES sets how many a kind
// (default 6); WB_SIMULATOR_ONLY names kinds by a part of their name.
#include "tests/bm1684x_simulator/differ.h"

#include <QTest>

using namespace wb;
using namespace wb::test;

class TestSimulatorCmodel : public QObject {
    Q_OBJECT

private slots:
    void integers() { all(integerGroups()); }
    void moves() { all(moveGroups()); }
    void floats() { all(floatGroups()); }

private:
    void all(const std::vector<Group>& groups) {
        if (const auto reason = m_differ.start(); !reason.empty()) QSKIP(reason.c_str());
        const QString only = qEnvironmentVariable("WB_SIMULATOR_ONLY");
        const int cases = std::max(1, qEnvironmentVariableIntValue("WB_SIMULATOR_CASES") > 0 ? qEnvironmentVariableIntValue("WB_SIMULATOR_CASES") : 6);
        int wrong = 0;
        for (const Group& group : groups) {
            if (!QString::fromStdString(group.name).contains(only)) continue;
            const Score s = m_differ.run(group, cases, 1000 + static_cast<uint32_t>(cases));
            qInfo("%-34s %4d cases: %4d equal, %3d close (%.1e), %d refused by both, %d unknown", group.name.c_str(), s.cases,
                  s.equal, s.close, s.worst, s.refused, s.unknown);
            if (s.equal + s.close + s.refused == s.cases && s.equal + s.close > 0) continue;
            qWarning("%s", s.firstDifference.c_str());
            ++wrong;
        }
        QCOMPARE(wrong, 0);
    }

    Differ m_differ;
};

QTEST_GUILESS_MAIN(TestSimulatorCmodel)
#include "tst_bm1684x_simulator_cmodel.moc"
