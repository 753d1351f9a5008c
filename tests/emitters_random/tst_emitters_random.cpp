// SPDX-License-Identifier: GPL-3.0-or-later
// Random nodes of every operator with an emitter, in every precision in which it is lowered: the commands give what the
// kernel gives, on the functional simulator in a random order of the dependencies, and (built so) on the vendor's C model.
// WB_TRIALS sets how many nodes a precision has, WB_FIRST_SEED where they begin, WB_OPERATOR which one is tried alone.
#include "compiler/ir/text/text.h"
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

constexpr uint64_t kOfARow = 150; ///< trials; Qt Test gives a row five minutes

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
    text += " -> " + ir::toText(node.resultType().shape) + std::string(ir::spelling(node.resultType().element));
    for (const auto& [name, value] : node.node().attributes.entries()) // not those of every channel
        if (const std::string written = ir::print(value); written.size() < 60) text += " " + name + "=" + written;
    return text;
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
    void cleanupTestCase();

private:
    struct Count {
        uint64_t passed = 0, refused = 0, total = 0;
        std::string why; ///< of a refusal
    };
    /// What is wrong with a trial; says why if it is refused.
    std::string attempt(const Trial& trial, std::string& refusal);
    std::map<std::pair<std::string, std::string>, Count> m_counts; ///< by precision and operator

    std::vector<std::pair<const char*, std::unique_ptr<Chip>>> m_chips;
};

void TestEmittersRandom::initTestCase() {
#ifdef WB_WITH_VENDOR
    auto vendor = std::make_unique<VendorChip>();
    if (const auto reason = vendor->start(); !reason.empty()) QSKIP(reason.c_str());
    m_chips.emplace_back("C model", std::move(vendor)); // first: what it says decides
#endif
    m_chips.emplace_back("simulator", std::make_unique<SimulatorChip>());
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
    QTest::addColumn<qulonglong>("first");
    QTest::addColumn<qulonglong>("count");
    const uint64_t first = numberOf("WB_FIRST_SEED", 1), trials = numberOf("WB_TRIALS", kTrials);
    for (const ElementType element : {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::I8})
        for (uint64_t done = 0; done < trials; done += kOfARow)
            // Three seeds a trial: those that the chip refuses are no trials.
            QTest::addRow("%s %llu", nameOf(element), static_cast<unsigned long long>(first + 3 * done))
                << static_cast<int>(element) << qulonglong{first + 3 * done} << qulonglong{std::min(kOfARow, trials - done)};
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
        std::string first;
        int64_t wrong = 0;
        for (int64_t i = 0; i < expected.elementCount(); ++i) {
            const double a = elementAt(outcome.result, i), b = elementAt(expected, i);
            if (equal ? a == b : std::abs(a - b) <= trial.absolute + trial.relative * std::abs(b)) continue;
            if (++wrong <= 3) first += (wrong > 1 ? ", " : "") + std::to_string(i) + " is " + std::to_string(a) + " instead of " + std::to_string(b);
        }
        if (wrong > 0)
            return std::string(name) + ": " + std::to_string(wrong) + " elements differ: " + first +
                   (equal ? "" : ", up to " + std::to_string(far) + " times as far as they may be");
        return std::string(name) + ": an element is no number";
    }
    return {};
}

void TestEmittersRandom::nodes() {
    QFETCH(int, element);
    QFETCH(qulonglong, first);
    QFETCH(qulonglong, count);
    const auto precision = static_cast<ElementType>(element);
    std::vector<const char*> turns; // operators by share
    const std::string only = qEnvironmentVariable("WB_OPERATOR").toStdString();
    for (const auto& [op, generator] : generators())
        for (int i = 0; i < (generator.has(precision) && (only.empty() || op == only) ? generator.share : 0); ++i)
            turns.push_back(op.c_str());
    if (turns.empty()) QSKIP("the operator is not lowered to this precision");
    uint64_t done = 0, failures = 0;
    for (uint64_t seed = first; done < count && seed < first + 3 * count; ++seed) {
        const char* op = turns[seed % turns.size()];
        Draw draw(seed * 7919 + static_cast<uint64_t>(element));
        const Trial trial = generators().at(op).make(draw, precision);
        Count& counted = m_counts[{nameOf(precision), op}];
        std::string refusal;
        const std::string wrong = attempt(trial, refusal);
        if (!refusal.empty()) {
            ++counted.refused;
            counted.why = refusal;
            continue;
        }
        ++done;
        ++counted.total;
        counted.passed += wrong.empty();
        if (wrong.empty()) continue;
        ++failures;
        qWarning("%s %s seed %llu: %s%s: %s", nameOf(precision), op, static_cast<unsigned long long>(seed), describe(trial.node).c_str(),
                 describe(trial.placement).c_str(), wrong.c_str());
    }
    QCOMPARE(failures, uint64_t{0});
    QVERIFY(done >= count);
}

void TestEmittersRandom::cleanupTestCase() {
    std::map<std::string, Count> sums;
    std::string refused;
    for (const auto& [key, count] : m_counts) {
        qInfo("%s %s: %llu/%llu, %llu refused%s%s", key.first.c_str(), key.second.c_str(), static_cast<unsigned long long>(count.passed),
              static_cast<unsigned long long>(count.total), static_cast<unsigned long long>(count.refused), count.refused > 0 ? ", as: " : "",
              count.why.c_str());
        sums[key.first].passed += count.passed;
        sums[key.first].total += count.total;
        if (count.refused > 3 + 2 * count.total) refused += " " + key.second + " (" + count.why + ")";
    }
    for (const auto& [precision, count] : sums)
        qInfo("%s: %llu/%llu", precision.c_str(), static_cast<unsigned long long>(count.passed), static_cast<unsigned long long>(count.total));
    QVERIFY2(refused.empty(), ("refused more often than not:" + refused).c_str());
}

QTEST_GUILESS_MAIN(TestEmittersRandom)
#include "tst_emitters_random.moc"
