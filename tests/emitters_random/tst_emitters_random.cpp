// SPDX-License-Identifier: GPL-3.0-or-later
// Random nodes of every operator with an emitter, in every precision in which it is lowered: the commands give what the
// kernel gives, on the functional simulator in a random order of the dependencies, and (built so) on the vendor's C model.
// WB_TRIALS sets how many nodes a precision has, WB_FIRST_SEED where they begin, WB_OPERATOR which one is tried alone.
#include "tests/emitters_float/simulator_chip.h"
#include "tests/emitters_random/trial.h"
#ifdef WB_WITH_VENDOR
#include "tests/emitters_float/vendor_chip.h"
#endif

#include <QTest>

#include <algorithm>

using namespace wb;
using namespace wb::test;
using ir::ElementType;

namespace {

#ifdef WB_WITH_VENDOR
constexpr uint64_t kTrials = 2100;
#else
constexpr uint64_t kTrials = 150;
#endif

uint64_t numberOf(const char* name, uint64_t otherwise) {
    bool ok = false;
    const auto value = qEnvironmentVariable(name).toULongLong(&ok);
    return ok ? uint64_t{value} : otherwise;
}

const char* nameOf(ElementType element) {
    return element == ElementType::F32 ? "F32" : element == ElementType::F16 ? "F16" : element == ElementType::BF16 ? "BF16" : "INT8";
}

std::string describe(const OneNode& node) {
    std::string text;
    for (const ir::ValueId id : node.node().operands) {
        text += text.empty() ? "" : ", ";
        if (id == ir::kNoValue) {
            text += "none";
            continue;
        }
        const auto& type = node.graph().value(id).type;
        text += std::string(node.graph().weight(id) != nullptr ? "constant " : "") + ir::toText(type.shape) + std::string(ir::spelling(type.element));
    }
    return text + " -> " + ir::toText(node.resultType().shape) + std::string(ir::spelling(node.resultType().element));
}

std::string describe(const Placement& p) {
    return " n" + std::to_string(p.sliceN) + " c" + std::to_string(p.sliceC) + " h" + std::to_string(p.sliceH) + (p.grown ? " grown" : "") +
           (p.inPlace ? " in place" : "") + (p.loose ? " loose" : "") + (p.global ? " global" : "");
}

} // namespace

class TestEmittersRandom : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyEmitterHasAGenerator();
    void nodes_data();
    void nodes();

private:
    struct Count {
        uint64_t passed = 0, refused = 0, total = 0;
        std::string why; ///< of a refusal
    };
    /// What is wrong with a trial; sets `refused`.
    std::string attempt(const Trial& trial, std::string& refusal);

    std::vector<std::pair<const char*, std::unique_ptr<Chip>>> m_chips;
};

void TestEmittersRandom::initTestCase() {
    m_chips.emplace_back("simulator", std::make_unique<SimulatorChip>());
#ifdef WB_WITH_VENDOR
    auto vendor = std::make_unique<VendorChip>();
    if (const auto reason = vendor->start(); !reason.empty()) QSKIP(reason.c_str());
    m_chips.emplace_back("C model", std::move(vendor));
#endif
}

void TestEmittersRandom::everyEmitterHasAGenerator() {
    std::string missing;
    for (const auto& [op, def] : ops::emitterTable().rows())
        if (generators().count(op) == 0) missing += " " + op;
    QVERIFY2(missing.empty(), ("operators with an emitter and without random nodes:" + missing).c_str());
    for (const auto& [op, generator] : generators())
        QVERIFY2(ops::emitterTable().find(op) != nullptr, (op + " has no emitter").c_str());
}

void TestEmittersRandom::nodes_data() {
    QTest::addColumn<int>("element");
    for (const ElementType element : {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::I8})
        QTest::newRow(nameOf(element)) << static_cast<int>(element);
}

std::string TestEmittersRandom::attempt(const Trial& trial, std::string& refusal) {
    const ir::Tensor expected = trial.node.expected(false);
    if (expected.empty()) return "there is no kernel";
    for (const auto& [name, chip] : m_chips) {
        const Outcome outcome = runEmitted(trial.node, trial.placement, *chip);
        if (outcome.refused) {
            refusal = outcome.error;
            return {};
        }
        if (!outcome.error.empty()) return std::string(name) + ": " + outcome.error;
        const bool equal = trial.absolute == 0 && trial.relative == 0;
        const double far = distance(outcome.result, expected, equal ? 1e-30 : trial.absolute, trial.relative);
        if (equal ? far == 0 : far <= 1) continue;
        for (int64_t i = 0; i < expected.elementCount(); ++i) {
            const double a = elementAt(outcome.result, i), b = elementAt(expected, i);
            if (equal ? a != b : std::abs(a - b) > trial.absolute + trial.relative * std::abs(b))
                return std::string(name) + ": element " + std::to_string(i) + " is " + std::to_string(a) + " instead of " + std::to_string(b) +
                       (equal ? "" : ", " + std::to_string(far) + " times as far as it may be");
        }
        return std::string(name) + ": an element is no number";
    }
    return {};
}

void TestEmittersRandom::nodes() {
    QFETCH(int, element);
    const auto precision = static_cast<ElementType>(element);
    std::map<std::string, Count> counts;
    std::vector<const char*> turns; // operators by share
    const std::string only = qEnvironmentVariable("WB_OPERATOR").toStdString();
    for (const auto& [op, generator] : generators())
        for (int i = 0; i < (generator.has(precision) && (only.empty() || op == only) ? generator.share : 0); ++i)
            turns.push_back(op.c_str());
    if (turns.empty()) QSKIP("the operator is not lowered to this precision");
    const uint64_t first = numberOf("WB_FIRST_SEED", 1), wanted = numberOf("WB_TRIALS", kTrials);
    uint64_t done = 0, failures = 0;
    for (uint64_t seed = first; done < wanted && seed < first + 3 * wanted + 100; ++seed) {
        const char* op = turns[seed % turns.size()];
        Draw draw(seed * 7919 + static_cast<uint64_t>(element));
        const Trial trial = generators().at(op).make(draw, precision);
        Count& count = counts[op];
        std::string refusal;
        const std::string wrong = attempt(trial, refusal);
        if (!refusal.empty()) {
            ++count.refused;
            count.why = refusal;
            continue;
        }
        ++done;
        ++count.total;
        count.passed += wrong.empty();
        if (!wrong.empty() && ++failures <= 40)
            qWarning("%s %s seed %llu: %s%s: %s", nameOf(precision), op, static_cast<unsigned long long>(seed), describe(trial.node).c_str(),
                     describe(trial.placement).c_str(), wrong.c_str());
    }
    for (const auto& [op, count] : counts) {
        qInfo("%s %s: %llu/%llu, %llu refused%s%s", nameOf(precision), op.c_str(), static_cast<unsigned long long>(count.passed),
              static_cast<unsigned long long>(count.total), static_cast<unsigned long long>(count.refused), count.refused > 0 ? ", as: " : "",
              count.why.c_str());
        QVERIFY2(count.refused <= 3 + 2 * count.total, (op + " is refused more often than not: " + count.why).c_str());
    }
    qInfo("%s: %llu/%llu", nameOf(precision), static_cast<unsigned long long>(done - failures), static_cast<unsigned long long>(done));
    QCOMPARE(failures, uint64_t{0});
    QVERIFY(done >= wanted);
}

QTEST_GUILESS_MAIN(TestEmittersRandom)
#include "tst_emitters_random.moc"
