// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration, precision and loss tables: the vendor's text in all its ages, errors by line.
#include "compiler/calibrate/table.h"
#include "compiler/quantise/precision_table.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <sstream>

using namespace wb;
using calibrate::parseTable;
using quantise::parseLossTable;
using quantise::parsePrecisionTable;

class TestTables : public QObject {
    Q_OBJECT

private slots:
    /// Exporters give tensors names such as "in put:0"; the last three fields of a line are numbers.
    void namesWithBlanks() {
        const auto table = parseTable("in put 1:0 1.5 -1 2\n");
        QVERIFY2(table, table ? "" : toText(table.error()).c_str());
        QCOMPARE(table->rows.front().name, std::string("in put 1:0"));
        QCOMPARE(table->rows.front().min, -1.0);
    }

    void calibrationForms() {
        const auto table = parseTable("\xEF\xBB\xBF# genetated time: 2023-06-09 11:36:18\r\n"
                                      "# histogram number: 2048\r\n# sample number: 100\r\n# tune number: 5\r\n###\r\n"
                                      "# op_name    threshold    min    max\r\n"
                                      "/model.0/conv:0 1.0000080 -0.0000000 2.5e0\r\n\r\n"
                                      "b\t2 -1   3  \n"
                                      "# a comment between\n"
                                      "b 4 -2 3\n"
                                      "#int4_th\nb 1 -1.1428571 1\n"
                                      "#weight_scale\nc_weight 2 0.5 0.25\n"
                                      "#asym_op\nc\nd\n#int4_op\ne");
        QVERIFY2(table, table ? "" : toText(table.error()).c_str());
        QCOMPARE(table->header.size(), size_t{6});
        QCOMPARE(table->rows.size(), size_t{3});
        QCOMPARE(table->rows[0].name, std::string("/model.0/conv:0"));
        QVERIFY(!(table->rows[0].min < 0) && std::signbit(table->rows[0].min)); // zero, not signed
        QCOMPARE(table->rows[0].max, 2.5);
        QCOMPARE(table->find("b")->threshold, 4.0); // the last counts
        QVERIFY(table->find("nothing") == nullptr);
        QCOMPARE(table->int4.size(), size_t{1});
        QVERIFY(table->weightScales[0].second == std::vector<double>({0.5, 0.25}));
        QVERIFY(table->asymmetricOps == std::vector<std::string>({"c", "d"}));
        QVERIFY(table->int4Ops == std::vector<std::string>({"e"}));
        const auto header = calibrate::headerOf(*table);
        QCOMPARE(header.generated, std::string("2023-06-09 11:36:18"));
        QVERIFY(header.histogramNumber == 2048 && header.sampleNumber == 100 && header.tuneNumber == 5);
        const auto again = parseTable(calibrate::formatTable(*table));
        QVERIFY(again && *again == *table);
        QVERIFY(parseTable("#tpu-mlir-fp8 caliration table\na 1 -1 1\n")->fp8);
    }

    void headerIsTheVendors() {
        calibrate::Table table;
        table.header = calibrate::headerLines({"v1.30.2-20260831", "t.mlir", "2026-11-22 15:27:12.002183", "['kl']",
                                               2048, 8, 5, false});
        table.rows = {{"x", 1.000008, 0, 1.000008}, {"r1_Relu", 1.8451388, -0.0, 2.0572743}};
        QCOMPARE(QString::fromStdString(calibrate::formatTable(table)),
                 QString("# mlir version: v1.30.2-20260831 cali version 1.0\n# mlir: t.mlir\n"
                         "# genetated time: 2026-11-22 15:27:12.002183\n"
                         "# quantization threshold calculation method: ['kl']\n# histogram number: 2048\n"
                         "# sample number: 8\n###\n# tune number: 5\n###\n# op_name    threshold    min    max\n"
                         "x 1.0000080 0.0000000 1.0000080\nr1_Relu 1.8451388 -0.0000000 2.0572743\n"));
    }

    void calibrationErrors_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("line");
        QTest::newRow("three fields") << "# c\na 1 2\n" << 2;
        QTest::newRow("word") << "a one -1 1\n" << 1;
        QTest::newRow("not a number") << "a nan -1 1\n" << 1;
        QTest::newRow("infinite") << "a 1 -1 inf\n" << 1;
        QTest::newRow("too large") << "a 1e999 -1 1\n" << 1;
        QTest::newRow("minimum above maximum") << "a 1 2 1\n" << 1;
        QTest::newRow("tail") << "a 1x -1 1\n" << 1;
        QTest::newRow("scales") << "#weight_scale\na 3 1 1\n" << 2;
        QTest::newRow("huge count") << "#weight_scale\na 1e18 1\n" << 2;
        QTest::newRow("operator") << "#asym_op\na b\n" << 2;
    }
    void calibrationErrors() {
        QFETCH(QString, text);
        QFETCH(int, line);
        const auto table = parseTable(text.toStdString(), "cali_table");
        QVERIFY(!table);
        QCOMPARE(table.error().code, Code::TableSyntax);
        QCOMPARE(table.error().fields.at("line"), std::to_string(line));
        QCOMPARE(table.error().file, std::string("cali_table"));
    }

    void missingFiles() {
        QCOMPARE(calibrate::readTable("/nothing/cali_table").error().code, Code::TableNotFound);
        QCOMPARE(quantise::readPrecisionTable("/nothing/q").error().code, Code::FileNotFound);
    }

    void goldenByteForByte_data() {
        QTest::addColumn<QString>("model");
        for (const char* model : {"yolov5n", "yolo_fastest_xl", "ultraface"})
            QTest::newRow(model) << model;
    }
    void goldenByteForByte() {
        QFETCH(QString, model);
        WB_SHARED_OR_SKIP(path, ("golden/" + model + "/cali_table").toStdString());
        const std::string text = wb::test::readAll(path);
        const auto table = calibrate::readTable(path);
        QVERIFY2(table, table ? "" : toText(table.error()).c_str());
        QVERIFY(calibrate::formatTable(*table) == text);
        // Also when the comment lines are made anew from their values.
        calibrate::Table fresh = *table;
        fresh.header = calibrate::headerLines(calibrate::headerOf(*table));
        QVERIFY(calibrate::formatTable(fresh) == text);
    }

    /// The same rows under the comment lines of 2023, and with the line ends of another system.
    void goldenInOldForm_data() { goldenByteForByte_data(); }
    void goldenInOldForm() {
        QFETCH(QString, model);
        WB_SHARED_OR_SKIP(path, ("golden/" + model + "/cali_table").toStdString());
        const auto table = calibrate::readTable(path);
        QVERIFY(table);
        std::string old = "# genetated time: 2023-06-09 11:36:18.000000\n# histogram number: 2048\n# sample number: 100\n###\n"
                          "# op_name    threshold    min    max\n";
        std::istringstream lines(wb::test::readAll(path));
        for (std::string line; std::getline(lines, line);)
            if (!line.starts_with("#")) old += line + (table->rows.size() % 2 == 0 ? "\n" : "\r\n");
        const auto read = parseTable(old);
        QVERIFY2(read, read ? "" : toText(read.error()).c_str());
        QCOMPARE(read->rows.size(), table->rows.size());
        for (size_t i = 0; i < table->rows.size(); ++i) {
            const auto &a = read->rows[i], &b = table->rows[i];
            QVERIFY2(a.name == b.name && a.threshold == b.threshold && a.min == b.min && a.max == b.max, b.name.c_str());
        }
        QCOMPARE(calibrate::headerOf(*read).sampleNumber, 100);
    }

    void precisionForms() {
        using ops::Precision;
        const auto table = parsePrecisionTable("# genetated time: 2023-06-09 11:36:18\n# chip: bm1684x  mix_mode: F16\n###\n"
                                               "# op_name   quantize_mode\r\n"
                                               "convolution_output11_Conv F16\r\n"
                                               "  model_1/leaky_re_lu_2/LeakyRelu:0_LeakyRelu\tbf16  \n"
                                               "only_a_name\n\n"
                                               "convolution_output11_Conv f32\n"
                                               "x INT8");
        QVERIFY2(table, table ? "" : toText(table.error()).c_str());
        QCOMPARE(table->chip, std::string("bm1684x"));
        QCOMPARE(table->rows.size(), size_t{3});
        QCOMPARE(table->rows[0].precision, Precision::F32); // the last counts, at the first one's place
        QCOMPARE(table->rows[0].line, 9);
        QCOMPARE(table->rows[1].precision, Precision::BF16);
        QVERIFY(table->ignored == std::vector<std::string>({"only_a_name"}));
        for (const ops::Chip chip : {ops::Chip::CV183X, ops::Chip::CV180X}) {
            const auto cv = parsePrecisionTable("a F32\nb F16\nc INT8\n", {}, chip);
            QVERIFY(cv->rows[0].precision == Precision::BF16 && cv->rows[1].precision == Precision::BF16);
            QCOMPARE(cv->rows[2].precision, Precision::Int8);
        }
    }

    void precisionErrors() {
        const auto unknown = parsePrecisionTable("# c\na F17\n", "q");
        QCOMPARE(unknown.error().code, Code::PrecisionUnknown);
        QCOMPARE(unknown.error().fields.at("line"), std::string("2"));
        QCOMPARE(unknown.error().node, std::string("a"));
        QCOMPARE(parsePrecisionTable("a W4F16\n").error().code, Code::PrecisionUnavailable);
        QCOMPARE(parsePrecisionTable("a F8E4M3DYN\n").error().code, Code::PrecisionUnavailable);
        QCOMPARE(parsePrecisionTable("a F16 b\n").error().code, Code::PrecisionSyntax);
    }

    void precisionWritten() {
        const std::vector<quantise::PrecisionRow> rows{{"a", ops::Precision::F16}, {"b", ops::Precision::F16}};
        quantise::PrecisionTableHeader header{"2023-06-09 11:36:18.000000", 10, "bm1684x", "F16",
                                              quantise::PrecisionTableForm::Guide};
        QCOMPARE(QString::fromStdString(quantise::formatPrecisionTable(rows, header)),
                 QString("# genetated time: 2023-06-09 11:36:18.000000\n# sample number: 10\n"
                         "# chip: bm1684x  mix_mode: F16\n# number of F16 layer: 2\n###\n"
                         "# op_name   quantize_mode\na F16\nb F16\n"));
        header.form = quantise::PrecisionTableForm::Current;
        const std::string now = quantise::formatPrecisionTable(rows, header);
        QVERIFY(now.find("# total layers: 2 (unique list blow)\n") != std::string::npos);
        QVERIFY(now.ends_with("# custom layers\na F16\nb F16\n"));
        QTemporaryDir dir;
        const auto path = std::filesystem::path(dir.filePath("t/q").toStdString());
        QVERIFY(quantise::writePrecisionTable(path, rows, header));
        const auto back = quantise::readPrecisionTable(path);
        QCOMPARE(back->size(), size_t{2});
        QCOMPARE((*back)[1].name, std::string("b"));
    }

    void lossTable() {
        quantise::LossTable table;
        table.rows = {{"silu2_Mul", 0.9999114}, {"c3_Conv", 0.9998806}, {"名", 1}};
        table.generated = "2026-11-22 15:31:41.487544";
        table.chip = "bm1684x";
        table.mixMode = "F16";
        table.sampleNumber = 8;
        const std::string text = quantise::formatLossTable(table);
        QCOMPARE(QString::fromStdString(text),
                 "# genetated time: 2026-11-22 15:31:41.487544\n# sample number: 8\n# chip: bm1684x  mix_mode: F16\n###\n"
                 "No.0   : Layer: c3_Conv" + QString(43, ' ') + "\t\t\tCos: 0.999881\n"
                 "No.1   : Layer: silu2_Mul" + QString(41, ' ') + "\t\t\tCos: 0.999911\n"
                 "No.2   : Layer: 名" + QString(49, ' ') + "\t\t\tCos: 1.000000\n");
        const auto back = parseLossTable(text);
        QVERIFY2(back, back ? "" : toText(back.error()).c_str());
        QCOMPARE(back->rows.size(), size_t{3});
        QCOMPARE(back->rows[0].similarity, 0.999881);
        QCOMPARE(quantise::formatLossTable(*back), text);
        const auto old = parseLossTable("No.0 : Layer: a b_Conv\t\tLoss: -1.5e-3\n");
        QVERIFY(old && old->rows[0].name == "a b_Conv" && old->rows[0].similarity == -1.5e-3);
        for (const char* bad : {"No.0 : a\n", "No.0   : Layer: a\t\t\tCos: x\n", "Cos: 1: Layer: \n"})
            QCOMPARE(parseLossTable(bad).error().code, Code::PrecisionSyntax);
    }

    void mutationsNeverCrash() {
        wb::test::Random random(77);
        const std::string a = "# op_name\nx 1.0000080 -1.0 1\n#weight_scale\nw 2 1 2\n#int4_th\nx 1 -1 1\n#asym_op\nx\n";
        const std::string b = "# c\nx F16\ny INT8\n", c = "No.0   : Layer: c3_Conv   \t\t\tCos: 0.999881\n";
        int good = 0;
        for (int i = 0; i < 20000; ++i) {
            good += parseTable(wb::test::mutate(a, random)).hasValue();
            good += parsePrecisionTable(wb::test::mutate(b, random)).hasValue();
            good += parseLossTable(wb::test::mutate(c, random)).hasValue();
        }
        QVERIFY(good > 1000 && good < 59000);
    }
};

QTEST_GUILESS_MAIN(TestTables)
#include "tst_tables.moc"
