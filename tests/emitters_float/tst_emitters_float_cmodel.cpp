// SPDX-License-Identifier: GPL-3.0-or-later
// The same cases on the vendor's C model.
#include "tests/emitters_float/check.h"
#include "tests/emitters_float/vendor_chip.h"

using namespace wb;
using namespace wb::test;

class TestEmittersFloatCModel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        if (const auto reason = m_chip.start(); !reason.empty()) QSKIP(reason.c_str());
    }
    void elementwise_data() { addRows(m_elementwise); }
    void elementwise() { verify(m_elementwise); }
    void convolutions_data() { addRows(m_convolutions); }
    void convolutions() { verify(m_convolutions); }
    void pools_data() { addRows(m_pools); }
    void pools() { verify(m_pools); }
    void axes_data() { addRows(m_axes); }
    void axes() { verify(m_axes); }

private:
    void verify(const std::vector<Case>& cases) {
        QFETCH(int, index);
        const std::string wrong = check(cases[static_cast<size_t>(index)], m_chip);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
    const std::vector<Case> m_elementwise = elementwiseCases(), m_convolutions = convCases(), m_pools = poolCases(),
                            m_axes = axisCases();
    VendorChip m_chip;
};

QTEST_GUILESS_MAIN(TestEmittersFloatCModel)
#include "tst_emitters_float_cmodel.moc"
