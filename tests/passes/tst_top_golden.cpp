// SPDX-License-Identifier: GPL-3.0-or-later
// Import and passes on real networks give the vendor's optimised graph: same ops, order, names,
// attributes, types and operands, module attributes included.
#include "compiler/import/import.h"
#include "compiler/ir/text/text.h"
#include "compiler/ir/verify.h"
#include "compiler/passes/check_types.h"
#include "compiler/passes/pipeline.h"
#include "tests/support/shared_data.h"

#include <QTest>

using namespace wb;

class TstTopGolden : public QObject {
    Q_OBJECT
private slots:
    void equals_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("keepAspect");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("scale");
        QTest::addColumn<QStringList>("outputs");
        constexpr double kScale = 0.0039216000586748123; // single precision of 0.0039216
        QTest::newRow("ultraface")
            << "ultraface"
            << "ultraface_rfb320.onnx" << false << 127.0 << 0.0078125 << QStringList();
        QTest::newRow("yolo_fastest_xl")
            << "yolo_fastest_xl"
            << "yolo_fastest_xl.onnx" << true << 0.0 << kScale << QStringList();
        QTest::newRow("yolov5n") << "yolov5n"
                                 << "yolov5n.onnx" << true << 0.0 << kScale
                                 << QStringList{"/model.24/m.0/Conv_output_0",
                                                "/model.24/m.1/Conv_output_0",
                                                "/model.24/m.2/Conv_output_0"};
    }
    void equals() {
        QFETCH(QString, name);
        QFETCH(QString, file);
        QFETCH(bool, keepAspect);
        QFETCH(double, mean);
        QFETCH(double, scale);
        QFETCH(QStringList, outputs);
        WB_SHARED_OR_SKIP(model, "models/" + file.toStdString());
        WB_SHARED_OR_SKIP(golden, "golden/" + name.toStdString() + "/top.mlir");
        importer::ImportOptions options;
        options.modelName = name.toStdString();
        options.preprocess.pixelFormat = "rgb";
        options.preprocess.keepAspectRatio = keepAspect;
        options.preprocess.mean.assign(3, mean);
        options.preprocess.scale.assign(3, scale);
        for (const QString& output : outputs)
            options.outputNames.push_back(output.toStdString());
        auto imported = importer::importModel(model, options, JobContext());
        QVERIFY2(imported, toText(imported ? Error{} : imported.error()).c_str());
        ir::Graph ours = imported->origin;
        QVERIFY(ir::verify(ours));
        QVERIFY(passes::checkTypes(ours));
        passes::PipelineOptions verified;
        verified.verify = true;
        const auto optimised = passes::optimiseTop(ours, JobContext(), verified);
        QVERIFY2(optimised, toText(optimised ? Error{} : optimised.error()).c_str());

        const auto theirs = ir::parse(test::readAll(golden), "top.mlir");
        QVERIFY2(theirs, toText(theirs ? Error{} : theirs.error()).c_str());
        size_t equal = 0;
        const size_t total = theirs->nodes().size();
        for (size_t n = 0; n < total && n < ours.nodes().size(); ++n) {
            const std::string a = ir::printNode(ours, static_cast<ir::NodeId>(n));
            const std::string b = ir::printNode(*theirs, static_cast<ir::NodeId>(n));
            if (a == b)
                ++equal;
            else if (equal == n)
                qInfo("first difference\nours   %s\ntheirs %s", a.c_str(), b.c_str());
        }
        qInfo("%s: %zu of %zu nodes equal", qPrintable(name), equal, total);
        QCOMPARE(ours.nodes().size(), total);
        QCOMPARE(equal, total);
        for (const auto& [key, value] : theirs->attributes.entries()) {
            const ir::Attribute* own = ours.attributes.find(key);
            QVERIFY2(own != nullptr && *own == value, key.c_str());
        }
        QCOMPARE(QString::fromStdString(ir::print(ours)),
                 QString::fromStdString(ir::print(*theirs)));
    }
};

QTEST_GUILESS_MAIN(TstTopGolden)
#include "tst_top_golden.moc"
