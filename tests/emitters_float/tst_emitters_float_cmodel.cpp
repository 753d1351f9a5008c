// SPDX-License-Identifier: GPL-3.0-or-later
// The same cases on the vendor's C model.
#include "tests/emitters_float/check.h"

#include "compiler/target/bm1684x/isa/command.h"
#include "tests/interop/vendor_cmodel.h"

using namespace wb;
using namespace wb::test;
using interop::VendorCModel;

namespace {

class VendorChip final : public Chip {
public:
    std::string start() { return m_model.start(); }
    std::string run(test::Memory& memory, const bm1684x::Program& program) override {
        for (int64_t lane = 0; lane < bm1684x::kLanes && memory.pitch > 0; ++lane)
            if (auto wrong = m_model.write(VendorCModel::Local, offsetOf(lane), laneOf(memory, lane)); !wrong.empty()) return wrong;
        if (auto wrong = m_model.write(VendorCModel::Global, 0, memory.ddr); !wrong.empty()) return wrong;
        for (const auto& placed : program.placed) {
            std::vector<std::byte> words(bm1684x::encodedBytes(placed.command));
            if (auto done = bm1684x::encode(placed.command, words); !done) return done.error().what;
            if (auto wrong = m_model.execute(placed.engine, words); !wrong.empty())
                return std::string(bm1684x::formatOf(placed.command).type) + "." + bm1684x::operationName(placed.command) + ": " + wrong;
        }
        for (int64_t lane = 0; lane < bm1684x::kLanes && memory.pitch > 0; ++lane)
            if (auto wrong = m_model.read(VendorCModel::Local, offsetOf(lane), laneOf(memory, lane)); !wrong.empty()) return wrong;
        return m_model.read(VendorCModel::Global, 0, memory.ddr);
    }

private:
    static uint64_t offsetOf(int64_t lane) { return static_cast<uint64_t>(lane * bm1684x::kLaneBytes); }
    static std::span<std::byte> laneOf(test::Memory& memory, int64_t lane) {
        return std::span(memory.local).subspan(static_cast<size_t>(lane * memory.pitch), static_cast<size_t>(memory.pitch));
    }
    VendorCModel m_model;
};

} // namespace

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
