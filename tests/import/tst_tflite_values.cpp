// SPDX-License-Identifier: GPL-3.0-or-later
// Operators of TensorFlow Lite that are written as several of ours, held against their definition.
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace wb;
namespace wire = test::wire;
using Floats = std::vector<float>;

class TestTfliteValues : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    Result<Floats> run(test::TfliteBuilder& b, const ir::Shape& shape, const Floats& x) const {
        WB_ASSIGN(auto model, test::importTflite(b.bytes(), m_dir.path().toStdString()));
        const auto graph = std::make_shared<const ir::Graph>(std::move(model.origin));
        WB_ASSIGN(const auto executor, execute::Executor::create(graph, {}, {}));
        WB_ASSIGN(const auto results, executor->run({{graph->value(graph->inputs()[0]).name, ir::Tensor::of<float>(ir::ElementType::F32, shape, x)}}, {}));
        const auto values = results.at(graph->value(graph->outputs[0]).name).span<float>();
        return Floats(values.begin(), values.end());
    }

private slots:
    void angles() {
        const Floats y{1, 1, -1, -1, 0, 0, 2, -2, 0}, x{2, -2, -3, 3, 4, -4, 0, 0, 0};
        test::TfliteBuilder b;
        const int in = b.tensor({9}), out = b.tensor({9});
        b.op(wire::Kind_ATAN2, {in, b.floats({9}, x)}, {out});
        b.ends({in}, {out});
        const auto got = run(b, {9}, y);
        QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
        for (size_t i = 0; i < y.size(); ++i)
            QVERIFY2(std::abs((*got)[i] - std::atan2(y[i], x[i])) < 1e-6F, qPrintable(QString("%1: %2").arg(i).arg((*got)[i])));
    }

    void diagonals() {
        test::TfliteBuilder b;
        const int in = b.tensor({2, 2}), out = b.tensor({2, 2, 2});
        b.op(wire::Kind_MATRIX_DIAG, {in}, {out});
        b.ends({in}, {out});
        const auto got = run(b, {2, 2}, {1, 2, 3, 4});
        QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
        QCOMPARE(*got, (Floats{1, 0, 0, 2, 3, 0, 0, 4}));
    }

    void segments() {
        for (const bool sorted : {true, false}) {
            test::TfliteBuilder b;
            const int in = b.tensor({4, 2}), out = b.tensor({3, 2});
            const int ids = b.constant({4}, wire::Element_Int32, sorted ? std::vector<int32_t>{0, 0, 1, 2} : std::vector<int32_t>{2, -1, 0, 2});
            std::vector<int> inputs{in, ids};
            if (!sorted) inputs.push_back(b.constant({}, wire::Element_Int32, std::vector<int32_t>{3}));
            b.op(sorted ? wire::Kind_SEGMENT_SUM : wire::Kind_UNSORTED_SEGMENT_SUM, inputs, {out});
            b.ends({in}, {out});
            const auto got = run(b, {4, 2}, {1, 2, 4, 8, 16, 32, 64, 128});
            QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
            QCOMPARE(*got, sorted ? (Floats{5, 10, 16, 32, 64, 128}) : (Floats{16, 32, 0, 0, 65, 130}));
        }
        test::TfliteBuilder b; // segments that are computed have no number of results
        const int in = b.tensor({4, 2}), ids = b.tensor({4}, wire::Element_Int32), out = b.tensor({3, 2});
        b.op(wire::Kind_SEGMENT_SUM, {in, ids}, {out});
        b.ends({in, ids}, {out});
        const auto refused = test::importTflite(b.bytes(), m_dir.path().toStdString());
        QVERIFY(!refused && refused.error().code == Code::UnsupportedAttribute && !refused.error().remedies.empty());
    }
};

QTEST_GUILESS_MAIN(TestTfliteValues)
#include "tst_tflite_values.moc"
