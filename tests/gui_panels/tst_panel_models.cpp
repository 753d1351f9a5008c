// SPDX-License-Identifier: GPL-3.0-or-later
// What panels show, without widgets: the filter's grammar, the table model, matching of names, the
// estimate, the front of a search, and the comparison of boxes.
#include "compiler/jobs/expression.h"
#include "compiler/jobs/table_files.h"
#include "tests/gui_panels/made_project.h"
#include "widgets/models/layer_table_model.h"
#include "widgets/models/name_match.h"
#include "widgets/panels/compare/compare_model.h"
#include "widgets/panels/layer_table/table_edits.h"
#include "widgets/panels/search/search_state.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>

using namespace wb;
using namespace wb::models;
using jobs::Variant;

class TestPanelModels : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<test::MadeProject> m_made;
    std::unique_ptr<document::Document> m_document;

    int count(const QString& expression) const {
        const LayerFacts facts(m_document.get());
        std::optional<FilterError> error;
        const LayerFilter filter = LayerFilter::parse(expression, facts, error);
        if (error) return -1;
        int n = 0;
        for (int i = 0; i < facts.count(); ++i) n += filter.matches(facts, i) ? 1 : 0;
        return n;
    }
    template <class Test> int counted(Test test) const {
        const LayerFacts facts(m_document.get());
        int n = 0;
        for (int i = 0; i < facts.count(); ++i) n += test(facts, i) ? 1 : 0;
        return n;
    }

private slots:
    void initTestCase() {
        qputenv("TPUWB", WB_PANELS_WORKER);
        QCoreApplication::setOrganizationName(QStringLiteral("tpu-workbench-test"));
        QStandardPaths::setTestModeEnabled(true);
        m_made = std::make_unique<test::MadeProject>();
        m_document = std::make_unique<document::Document>();
        m_made->open(*m_document);
        QTRY_VERIFY(!m_document->samples(Variant::Mixed, false).isEmpty());
        QTRY_VERIFY(!m_document->precisions(Variant::Mixed).isEmpty());
    }

    void filterTerms() {
        const int all = static_cast<int>(m_made->network().layers.size());
        QCOMPARE(count(QString()), all);
        const int convs = counted([](const LayerFacts& f, int i) { return f.type(i) == u"Conv"; });
        const int silus = counted([](const LayerFacts& f, int i) { return f.type(i) == u"SiLU"; });
        QVERIFY(convs > 10 && silus > 10);
        QCOMPARE(count(QStringLiteral("type:Conv")), convs);
        QCOMPARE(count(QStringLiteral("TYPE:conv|silu")), convs + silus);
        QCOMPARE(count(QStringLiteral("-type:Conv")), all - convs);
        QCOMPARE(count(QStringLiteral("type:Conv -type:Conv")), 0);
        const auto below = [](double limit) {
            return [limit](const LayerFacts& f, int i) {
                const auto c = f.cosine(i, Variant::Int8);
                return c && *c < limit;
            };
        };
        QCOMPARE(count(QStringLiteral("cos<0.985")), counted(below(0.985)));
        QVERIFY(count(QStringLiteral("cos<0.985")) > 0);
        QCOMPARE(count(QStringLiteral("cos<goal")), counted(below(0.97))); // the project's
        QCOMPARE(count(QStringLiteral("cos<0.985 type:Conv|SiLU")),
                 counted([&](const LayerFacts& f, int i) { return below(0.985)(f, i) && (f.type(i) == u"Conv" || f.type(i) == u"SiLU"); }));
        // A layer that was not compared is neither below nor above.
        QVERIFY(count(QStringLiteral("cos<2")) < all);
        QCOMPARE(count(QStringLiteral("cos<2")) + count(QStringLiteral("missing")), all);
        QCOMPARE(count(QStringLiteral("name:/model\\.8\\/cv2/")),
                 counted([](const LayerFacts& f, int i) { return f.name(i).contains(QStringLiteral("model.8/cv2")); }));
        QCOMPARE(count(QStringLiteral("block:/model.2")),
                 counted([](const LayerFacts& f, int i) { return f.block(i) == u"/model.2" || f.block(i).startsWith(u"/model.2/"); }));
        QCOMPARE(count(QStringLiteral("worst:10")), 10);
        QCOMPARE(count(QStringLiteral("locked")), 1);
        QCOMPARE(count(QStringLiteral("block:head")), 3);
        QVERIFY(count(QStringLiteral("prec:f16")) > 3);
        QCOMPARE(count(QStringLiteral("actual!=requested")), counted([](const LayerFacts& f, int i) { return f.isNotHonoured(i); }));
        QCOMPARE(count(QStringLiteral("actual!=requested")), 1);
        QCOMPARE(count(QStringLiteral("macs>1k")), counted([](const LayerFacts& f, int i) { return f.layer(i).macs > 1000; }));
        const LayerFacts facts(m_document.get());
        QCOMPARE(count(QStringLiteral("up:%1").arg(facts.name(5))), static_cast<int>(upstream(m_made->network(), 5).size()));
        QCOMPARE(count(QStringLiteral("down:%1").arg(facts.name(5))), static_cast<int>(downstream(m_made->network(), 5).size()));
    }

    void filterErrors_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("start");
        QTest::addColumn<int>("length");
        QTest::newRow("unknown field") << "conv colour:red" << 5 << 10;
        QTest::newRow("no number") << "cos<" << 0 << 4;
        QTest::newRow("not a number") << "type:Conv cos<abc" << 10 << 7;
        QTest::newRow("no such quantity") << "weight<3" << 0 << 8;
        QTest::newRow("open quote") << "note:\"a b" << 0 << 9;
        QTest::newRow("empty alternative") << "type:Conv|" << 0 << 10;
        QTest::newRow("nothing negated") << "conv -" << 5 << 1;
        QTest::newRow("damaged expression") << "name:/a(/" << 0 << 9;
        QTest::newRow("unknown layer") << "up:/nowhere" << 0 << 11;
        QTest::newRow("worst of what") << "worst:many" << 0 << 10;
    }
    void filterErrors() {
        QFETCH(QString, text);
        QFETCH(int, start);
        QFETCH(int, length);
        std::optional<FilterError> error;
        LayerFilter::parse(text, LayerFacts(m_document.get()), error);
        QVERIFY(error);
        QCOMPARE(error->start, start);
        QCOMPARE(error->length, length);
        QVERIFY(error->message.size() > 10);
        // Bad syntax never empties the list.
        LayerTableModel model(m_document.get());
        LayerFilterModel filtered(&model);
        QVERIFY(!filtered.setExpression(QStringLiteral("type:Conv")));
        const int before = filtered.rowCount();
        QVERIFY(filtered.setExpression(text));
        QCOMPARE(filtered.rowCount(), before);
    }

    void tableModel() {
        LayerTableModel model(m_document.get());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        LayerFilterModel filtered(&model);
        const QAbstractItemModelTester proxyTester(&filtered, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!filtered.setExpression(QStringLiteral("cos<0.985")));
        for (auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            QVERIFY(!filtered.setExpression(QString()));
            filtered.sort(LayerTableModel::CosInt8, order);
            // Missing values last in both directions, the others in order.
            double last = order == Qt::AscendingOrder ? -2 : 2;
            bool missing = false;
            for (int row = 0; row < filtered.rowCount(); ++row) {
                const QVariant value = filtered.index(row, LayerTableModel::CosInt8).data(LayerTableModel::SortRole);
                if (!value.isValid()) missing = true;
                else {
                    QVERIFY(!missing);
                    QVERIFY(order == Qt::AscendingOrder ? value.toDouble() >= last : value.toDouble() <= last);
                    last = value.toDouble();
                }
            }
            QVERIFY(missing);
        }
        // P-1: what was not measured is a dash, never a number.
        const QModelIndex input = model.index(0, LayerTableModel::CosInt8);
        QCOMPARE(input.data().toString(), QStringLiteral("–"));
        QVERIFY(input.data(LayerTableModel::CopyRole).toString().isEmpty());
        // Full digits for the clipboard.
        bool ok = false;
        const QModelIndex measured = model.index(5, LayerTableModel::CosInt8);
        QCOMPARE(measured.data(LayerTableModel::CopyRole).toString().toDouble(&ok),
                 m_document->samples(Variant::Int8, false)[5].cosine);
        QVERIFY(ok);
    }

    void editsAreSingleSteps() {
        const LayerFacts facts(m_document.get());
        QUndoStack* undo = m_document->undoStack();
        const int before = undo->count();
        const std::string text = jobs::toJsonText(m_document->project());
        QCOMPARE(panels::pastePrecisions(m_document.get(), QStringLiteral("F16\nBF16\nINT8\n"), {30, 31, 32, 33}), 3);
        QCOMPARE(undo->count(), before + 1);
        QCOMPARE(facts.requested(30), QStringLiteral("F16"));
        QCOMPARE(facts.requested(31), QStringLiteral("BF16"));
        QCOMPARE(facts.requested(32), QStringLiteral("INT8"));
        QCOMPARE(facts.requested(33), QStringLiteral("auto"));
        QVERIFY(facts.isPending(30));
        panels::fillDown(m_document.get(), {30, 31, 32, 33});
        QCOMPARE(undo->count(), before + 2);
        for (int i : {30, 31, 32, 33}) QCOMPARE(facts.requested(i), QStringLiteral("F16"));
        QCOMPARE(panels::pastePrecisions(m_document.get(), facts.name(40) + QStringLiteral("\tF32\n"), {}), 1);
        QCOMPARE(facts.requested(40), QStringLiteral("F32"));
        QCOMPARE(panels::pastePrecisions(m_document.get(), QStringLiteral("hello world\n"), {30}), -1);
        LayerTableModel model(m_document.get());
        QVERIFY(model.setData(model.index(41, LayerTableModel::Note), QStringLiteral("look here")));
        QCOMPARE(count(QStringLiteral("note:\"look here\"")), 1);
        while (undo->index() > before) undo->undo();
        QCOMPARE(jobs::toJsonText(m_document->project()), text);
    }

    void estimates() {
        const LayerFacts facts(m_document.get());
        const Estimate before = estimate(facts);
        QCOMPARE(before.changed, 0);
        QCOMPARE(before.floatType, QStringLiteral("F16"));
        QVERIFY(before.floatMacShare > 0 && before.floatMacShare < 1);
        int conv = 60;
        while (facts.type(conv) != u"Conv" || facts.requested(conv) != u"auto") ++conv;
        m_document->setPrecision({facts.name(conv)}, QStringLiteral("F32"));
        const Estimate after = estimate(facts);
        QCOMPARE(after.changed, 1);
        QCOMPARE(after.floats, before.floats + 1);
        QVERIFY(after.floatType.isEmpty());
        QCOMPARE(after.weightBytes - before.weightBytes, 3.0 * static_cast<double>(facts.layer(conv).parameters));
        m_document->undoStack()->undo();
        QVERIFY(!unavailableReason(QStringLiteral("bm1684"), QStringLiteral("F16")).isEmpty());
        QVERIFY(unavailableReason(QStringLiteral("bm1684x"), QStringLiteral("F16")).isEmpty());
    }

    void paths() {
        const auto& network = m_made->network();
        const QVector<int> path = pathBetween(network, 3, 9);
        QVERIFY(path.contains(3) && path.contains(9));
        QCOMPARE(pathBetween(network, 9, 3), path);
        for (int layer : path) QVERIFY(upstream(network, 9).contains(layer) && downstream(network, 3).contains(layer));
    }

    void matchingNames() {
        const QStringList ours{"images", "/model.0/conv/Conv_output_0_Conv", "/model.0/act/Mul_output_0_Mul", "x", "y", "/out/Conv"};
        const auto matches = matchNames({"images", "model.0.conv.Conv", "/model.0/act/Mul_output_0_Mul", "a", "b", "/out/Conv", "zzz"}, ours);
        QCOMPARE(matches[0].kind, MatchKind::Exact);
        QCOMPARE(matches[1].kind, MatchKind::Suffix);
        QCOMPARE(matches[1].ours, ours[1]);
        QCOMPARE(matches[2].kind, MatchKind::Exact);
        QCOMPARE(matches[3].kind, MatchKind::Order);
        QCOMPARE(matches[3].ours, QStringLiteral("x"));
        QCOMPARE(matches[4].ours, QStringLiteral("y"));
        QCOMPARE(matches[6].kind, MatchKind::None);
        QSet<QString> used;
        for (const auto& m : matches)
            if (!m.ours.isEmpty()) {
                QVERIFY(!used.contains(m.ours));
                used.insert(m.ours);
            }
    }

    void vendorTables() {
        QTemporaryDir dir;
        const auto file = dir.filePath(QStringLiteral("qtable")).toStdString();
        QVERIFY(jobs::writePrecisionEntries(file, {{"a", "F16"}, {"b", "INT8"}}, "bm1684x", "F16"));
        const auto back = jobs::readPrecisionEntries(file, "bm1684x");
        QVERIFY(back);
        QCOMPARE(back->size(), size_t(2));
        QCOMPARE((*back)[0].precision, std::string("F16"));
        QVERIFY(!jobs::writePrecisionEntries(file, {{"a", "F17"}}, "bm1684x", "F16"));
        QVERIFY(!jobs::readPrecisionEntries(file, "bm9999"));
        QVERIFY(jobs::evaluateNumber("1/255"));
        QVERIFY(!jobs::evaluateNumber("1/"));
    }

    void searchFront() {
        using panels::SearchCandidate;
        const QVector<SearchCandidate> list{{1, 0.10, 0.97, {"a"}, false}, {2, 0.05, 0.96, {"b"}, false},
                                            {3, 0.20, 0.965, {"c"}, false}, {4, 0.30, 0.99, {"d", "e"}, false}};
        QCOMPARE(panels::frontOf(list), (QVector<int>{1, 0, 3}));
        QCOMPARE(panels::bestOf(list), 3);
        QCOMPARE(panels::bestOf({}), -1);
        // A knapsack knows cycles: they are the price then.
        const auto dear = panels::candidateFrom(nlohmann::json::parse(
            R"({"float_layers": 2, "float_macs_share": 0.01, "cosine": 0.97, "extra_cycles": 50, "int8_cycles": 1000})"));
        QVERIFY(dear && dear->extraCycles && std::abs(dear->price() - 0.05) < 1e-9);
        QCOMPARE(list[0].price(), 0.10);
        const auto promised = panels::predictedFrom(nlohmann::json::parse(
            R"({"int8_cycles": 1000, "points": [{"float_layers": 2, "extra_cycles": 40, "predicted_cosine": 0.99}]})"));
        QCOMPARE(promised.size(), 1);
        QCOMPARE(promised[0].extraCycles, 0.04);
        QVERIFY(panels::predictedFrom(nlohmann::json::parse(R"({"int8_cycles": 0, "points": []})")).isEmpty());
        QVERIFY(panels::predictedFrom(nlohmann::json::parse(R"({"int8_cycles": 9, "points": [{}]})")).isEmpty());
        jobs::Project project;
        project.layers["d"].precision = "F16";
        project.layers["z"].precision = "F16";
        project.layers["l"].precision = "BF16";
        project.layers["l"].locked = true;
        const auto difference = panels::differenceTo(project, list[3]);
        QCOMPARE(difference.added, QStringList{"e"});
        QCOMPARE(difference.removed, QStringList{"z"});
        panels::applyCandidate(project, list[3]);
        QCOMPARE(project.layers.at("e").precision, std::string("F16"));
        QVERIFY(!project.layers.contains("z"));
        QCOMPARE(project.layers.at("l").precision, std::string("BF16")); // locked
        QVERIFY(!panels::candidateFrom(nlohmann::json::parse("{\"cosine\": \"x\"}")));
        QVERIFY(!panels::stepFrom(nlohmann::json::array()));
    }

    void comparesBoxes() {
        using evaluate::MatchState;
        jobs::DetectionCandidates a{"p", Variant::Fp32, 100, 100, {{0, 0.9, 10, 10, 20, 20}, {0, 0.8, 11, 11, 20, 20}, {1, 0.7, 60, 60, 20, 20}, {1, 0.2, 5, 60, 10, 10}}};
        jobs::DetectionCandidates b{"p", Variant::Int8, 100, 100, {{0, 0.6, 10, 10, 20, 20}, {2, 0.6, 40, 5, 10, 10}}};
        panels::Comparison c;
        c.set({a, b}, {0.5, 0.6, 0.5});
        QCOMPARE(c.boxes("p", Variant::Fp32).size(), size_t(2)); // one suppressed, one below the score
        const auto m = c.match("p", Variant::Fp32, Variant::Int8);
        QCOMPARE(m.matched, 1);
        QCOMPARE(m.shifted, 1); // the score fell by 0.3
        QCOMPARE(m.missed, 1);
        QCOMPARE(m.extra, 1);
        const auto rows = c.rows("p", Variant::Fp32, Variant::Int8);
        QCOMPARE(rows.size(), 3);
        QVERIFY(!rows[1].score && rows[1].referenceScore);
        const auto left = c.paneBoxes("p", Variant::Fp32, Variant::Fp32, Variant::Int8, {}, 80);
        const auto right = c.paneBoxes("p", Variant::Fp32, Variant::Int8, Variant::Int8, {}, 80);
        QCOMPARE(left[0].row, right[0].row); // selected together
        QCOMPARE(right[1].state, detection_view::BoxState::Missed);
        QCOMPARE(right[1].row, left[1].row);
        QCOMPARE(left[0].className, QStringLiteral("person"));
        c.set({a, b}, {0.1, 0.6, 0.5}); // the slider acts without running again
        QCOMPARE(c.boxes("p", Variant::Fp32).size(), size_t(3));
        c.set({a, b}, {0.5, 0.95, 0.5});
        QCOMPARE(c.boxes("p", Variant::Fp32).size(), size_t(3));
    }
};

QTEST_MAIN(TestPanelModels)
#include "tst_panel_models.moc"
