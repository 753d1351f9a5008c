// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of TensorFlow Lite that bring their own scales, down to commands of the chip: what the simulated chip gives is
// what the quantised model gives, code for code.
#include "compiler/codegen/simulate.h"
#include "compiler/quantise/lower_quantised.h"
#include "tests/codegen/networks.h"
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>

using namespace wb;

class TestTfliteChip : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

private slots:
    void equal_data() {
        QTest::addColumn<int>("index");
        const auto cases = test::integerTfliteCases();
        for (size_t i = 0; i < cases.size(); ++i) QTest::newRow(cases[i].name.c_str()) << int(i);
    }
    void equal() {
        QFETCH(int, index);
        static const auto cases = test::integerTfliteCases();
        const auto model = test::importTflite(cases[static_cast<size_t>(index)].bytes, m_dir.path().toStdString());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto& graph = lowered->graph;
        execute::TensorMap inputs;
        for (const ir::ValueId id : graph->inputs())
            inputs[graph->value(id).name] = test::randomTensor(graph->value(id).type, static_cast<uint64_t>(index) + 7);
        const auto expected = test::runModel(graph, inputs);
        QVERIFY2(expected, toText(expected ? Error{} : expected.error()).c_str());
        codegen::Tensors given;
        for (const auto& [name, tensor] : inputs) given[name] = tensor;
        for (const bool fuse : {true, false}) {
            codegen::CompileOptions options;
            options.fuse = fuse;
            const auto compiled = codegen::compile(*graph, options, {});
            QVERIFY2(compiled, toText(compiled ? Error{} : compiled.error()).c_str());
            const auto got = codegen::simulate(*compiled, given, {}, {});
            QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
            for (const ir::ValueId id : graph->outputs) {
                const std::string& name = graph->value(id).name;
                const ir::Tensor &a = got->at(name), &b = expected->at(name);
                QCOMPARE(a.byteSize(), b.byteSize());
                if (std::memcmp(a.bytes(), b.bytes(), a.byteSize()) == 0) continue;
                size_t at = 0;
                while (a.bytes()[at] == b.bytes()[at]) ++at;
                QFAIL(qPrintable(QString("byte %1 of %2 is %3, the model has %4").arg(at).arg(a.byteSize()).arg(int(a.bytes()[at])).arg(int(b.bytes()[at]))));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTfliteChip)
#include "tst_tflite_chip.moc"
