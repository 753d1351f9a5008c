// SPDX-License-Identifier: GPL-3.0-or-later
// Every case on the simulator, commands in a random order within their dependencies; what has to be refused.
#include "tests/emitters_float/check.h"
#include "tests/emitters_float/simulator_chip.h"

using namespace wb;
using namespace wb::test;

class TestEmittersFloat : public QObject {
    Q_OBJECT

private slots:
    void elementwise_data() { addRows(m_elementwise); }
    void elementwise() { verify(m_elementwise); }
    void convolutions_data() { addRows(m_convolutions); }
    void convolutions() { verify(m_convolutions); }
    void pools_data() { addRows(m_pools); }
    void pools() { verify(m_pools); }
    void axes_data() { addRows(m_axes); }
    void axes() { verify(m_axes); }
    void refusals();

private:
    void verify(const std::vector<Case>& cases) {
        QFETCH(int, index);
        const std::string wrong = check(cases[static_cast<size_t>(index)], m_simulator);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
    const std::vector<Case> m_elementwise = elementwiseCases(), m_convolutions = convCases(), m_pools = poolCases(),
                            m_axes = axisCases();
    SimulatorChip m_simulator;
};

/// What the chip cannot do is said when the emitter is prepared.
void TestEmittersFloat::refusals() {
    using E = ir::ElementType;
    const auto refused = [](const OneNode& node) {
        const auto* def = ops::emitterTable().find(node.node().op);
        if (def == nullptr) return Code::Internal;
        if (def->local != nullptr) {
            auto made = def->local(node.context());
            if (made) return Code::Internal;
            if (def->global == nullptr) return made.error().code;
        }
        auto made = def->global(node.context());
        return made ? Code::Internal : made.error().code;
    };
    const auto conv = [](int64_t stride, bool constant) {
        OneNode node("tpu.Conv2D");
        node.input({1, 3, 64, 64}, E::F32);
        constant ? node.weight({8, 3, 3, 3}, E::F32) : node.input({8, 3, 3, 3}, E::F32);
        node.absent().ints("kernel_shape", {3, 3}).ints("strides", {stride, stride}).ints("pads", {0, 0, 0, 0});
        return node.set("group", int64_t{1}).result({1, 8, 61 / stride + 1, 61 / stride + 1}, E::F32);
    };
    QVERIFY(refused(conv(2, true)) == Code::Internal); // this one is emitted
    QVERIFY(refused(conv(16, true)) == Code::CodegenLimit);
    QVERIFY(refused(conv(2, false)) == Code::CodegenUnsupported);
    QVERIFY(refused(OneNode("tpu.Add").input({2, 3, 4}, E::F32).input({3, 4}, E::F32).result({2, 3, 4}, E::F32)) ==
            Code::CodegenUnsupported); // the chip's axes of the operands differ
    QVERIFY(refused(OneNode("tpu.Reduce").input({2, 3, 4}, E::F32).absent().absent().ints("axes", {0, 2}).set("keepdims", true)
                        .set("mode", std::string("ReduceSum")).result({1, 3, 1}, E::F32)) == Code::CodegenUnsupported);
    OneNode softmax("tpu.Softmax");
    softmax.input({1, 60000}, E::F32);
    for (int i = 0; i < 5; ++i) softmax.absent();
    QVERIFY(refused(softmax.set("axis", int64_t{1}).result({1, 60000}, E::F32)) == Code::CodegenLimit);
}

QTEST_GUILESS_MAIN(TestEmittersFloat)
#include "tst_emitters_float.moc"
