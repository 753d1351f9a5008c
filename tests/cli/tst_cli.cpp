// SPDX-License-Identifier: GPL-3.0-or-later
// The command line on the embedded sample: exit codes, files, JSON, vendor names, cancel.
#include "program.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

using wb::test::Ran;
using wb::test::runTpuwb;

class TestCli : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }
    bool exists(const QString& name) const { return QFile::exists(path(name)); }
    Ran run(const QStringList& arguments) const { return runTpuwb(arguments, m_folder.path()); }
    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray read(const QString& name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// Commas separate values on the command line.
    QStringList transform(const QStringList& more = {}) const {
        return QStringList{"transform", "--model_name", "signs", "--model_def", "sample/signs.onnx", "--pixel_format",
                           "rgb", "--keep_aspect_ratio", "--scale", "1/255,1/255,1/255", "--mlir", "signs.mlir"} + more;
    }

private slots:
    void initTestCase() {
        const Ran ran = run({"project", "status", "--sample", "sample"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("sample/sample.tpuwb"));
    }

    void usage() {
        QCOMPARE(run({}).status, 0);
        QCOMPARE(run({"--version"}).status, 0);
        QVERIFY(run({"--help"}).out.contains("model_transform"));
        QCOMPARE(run({"fly"}).status, 2);
        QCOMPARE(run({"run"}).status, 2);
        QCOMPARE(run({"transform", "--help"}).status, 0);
        QCOMPARE(run({"transform", "--no_such_option"}).status, 2);
    }

    void badInput_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::newRow("no model") << QStringList{"transform", "--model_name", "x", "--model_def", "no.onnx", "--mlir", "x.mlir"} << 3 << "E1001";
        QTest::newRow("not a model") << QStringList{"transform", "--model_name", "x", "--model_def", "text.onnx", "--mlir", "x.mlir"} << 3 << "";
        QTest::newRow("wrong suffix") << QStringList{"transform", "--model_name", "x", "--model_def", "sample/signs.onnx", "--mlir", "x.txt"} << 2 << "E8090";
        QTest::newRow("bad shape") << transform({"--input_shapes", "[[1,3,x]]"}) << 2 << "E8090";
        QTest::newRow("no shape") << transform({"--input_shapes", "[]"}) << 2 << "E8090";
        QTest::newRow("shape without axes") << transform({"--input_shapes", "[[1,3,256,256],[]]"}) << 3 << "2 input shapes are given";
        QTest::newRow("unknown output") << transform({"--output_names", "nothing"}) << 2 << "E2040";
        QTest::newRow("bad scale") << QStringList{"transform", "--model_name", "x", "--model_def", "sample/signs.onnx", "--scale", "1/0,1,1", "--mlir", "x.mlir"} << 2 << "E3001";
        QTest::newRow("unreadable picture") << transform({"--test_input", "text.onnx.jpg", "--test_result", "r.npz"}) << 3 << "E1020";
        QTest::newRow("no table") << QStringList{"deploy", "--mlir", "signs.mlir", "--quantize", "INT8", "--chip", "bm1684x", "--model", "x.bmodel"} << 5 << "E4002";
        QTest::newRow("no chip") << QStringList{"deploy", "--mlir", "signs.mlir", "--quantize", "F32", "--chip", "bm9", "--model", "x.bmodel"} << 7 << "E6003";
        QTest::newRow("empty data set") << QStringList{"calibrate", "signs.mlir", "--dataset", "empty", "-o", "t"} << 5 << "E4003";
        QTest::newRow("broken table") << QStringList{"deploy", "--mlir", "signs.mlir", "--quantize", "INT8", "--chip", "bm1684x", "--calibration_table", "text.onnx", "--model", "x.bmodel"} << 5 << "E4001";
        QTest::newRow("no bmodel") << QStringList{"run", "x.bmodel", "--input", "x.npz"} << 3 << "E1001";
        QTest::newRow("not a bmodel") << QStringList{"run", "text.bmodel", "--input", "x.npz"} << 3 << "E6030";
        QTest::newRow("cvimodel") << QStringList{"run", "x.cvimodel", "--input", "x.npz"} << 7 << "E6002";
        QTest::newRow("not a bmodel to list") << QStringList{"bmodel_dis", "text.bmodel"} << 3 << "E6030";
        QTest::newRow("no project") << QStringList{"project", "run", "no.tpuwb"} << 3 << "E1001";
        QTest::newRow("unwritable") << QStringList{"transform", "--model_name", "x", "--model_def", "sample/signs.onnx", "--mlir", "/proc/nowhere/x.mlir"} << 8 << "E1006";
    }
    void badInput() {
        write("text.onnx", "this is not a model\n");
        write("text.onnx.jpg", "this is not a picture\n");
        write("text.bmodel", "this is not a compiled network\n");
        QDir(m_folder.path()).mkpath("empty");
        if (!exists("signs.mlir")) QCOMPARE(run(transform()).status, 0);
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, code);
        const Ran ran = run(arguments);
        QVERIFY2(ran.status == status, ran.said());
        QVERIFY2(ran.err.contains(code), ran.said());
    }

    /// Words of scripts that were written for the vendor's tools: taken, refused with the reason, or named as unknown.
    void vendorOptions_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("said");
        const QStringList deploy{"model_deploy", "--mlir", "signs.mlir", "--quantize", "F32", "--chip", "bm1684x", "--model", "o.bmodel"};
        QTest::newRow("without effect") << deploy + QStringList{"--not_gen_bmodel", "--disable_layer_group"} << 0 << "W8090 --disable_layer_group changes nothing";
        QTest::newRow("value without effect") << deploy + QStringList{"--not_gen_bmodel", "--opt", "3"} << 0 << "W8090 --opt changes nothing";
        QTest::newRow("value that is so") << deploy + QStringList{"--not_gen_bmodel", "--num_core", "1"} << 0 << "";
        QTest::newRow("value that is not") << deploy + QStringList{"--num_core", "2"} << 2 << "E8090 --num_core 2 is not possible";
        QTest::newRow("refused flag") << deploy + QStringList{"--dynamic"} << 2 << "E8090 --dynamic is not possible";
        QTest::newRow("refused elsewhere") << transform({"--yuv_type", "I420"}) << 2 << "E8090 --yuv_type I420 is not possible";
        QTest::newRow("misspelled") << deploy + QStringList{"--calibraton_table", "t"} << 2 << "there is no option --calibraton_table. To do: write --calibration_table";
        QTest::newRow("unknown") << deploy + QStringList{"--zzz"} << 2 << "there is no option --zzz. To do: see --help";
        QTest::newRow("place that is not there") << deploy + QStringList{"--quant_output_list", "1,9"} << 2 << "there is no output 9";
        QTest::newRow("no place") << deploy + QStringList{"--quant_input_list", "0"} << 2 << "is not a list of places";
        QTest::newRow("search without a table") << QStringList{"run_calibration", "signs.mlir", "--dataset", "sample/calibration", "--search", "mix_search", "-o", "t"} << 2 << "add --quantize_table";
        QTest::newRow("weights equalised") << QStringList{"run_calibration", "signs.mlir", "--dataset", "sample/calibration", "--we", "-o", "t"} << 2 << "use --recipe weights";
    }
    void vendorOptions() {
        if (!exists("signs.mlir")) QCOMPARE(run(transform()).status, 0);
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, said);
        const Ran ran = run(arguments);
        QVERIFY2(ran.status == status, ran.said());
        QVERIFY2(ran.err.contains(said.toUtf8()), ran.said());
        QVERIFY2(!said.isEmpty() || !ran.err.contains("W8090"), ran.said());
        QVERIFY(!exists("o.bmodel"));
    }

    /// run_calibration of today goes on to the precision table that run_qtable made.
    void calibrationWithSearch() {
        if (!exists("signs.mlir")) QCOMPARE(run(transform()).status, 0);
        const Ran ran = run({"run_calibration", "signs.mlir", "--dataset", "sample/calibration", "--input_num", "4", "--tune_num", "0",
                             "--search", "mix_search", "--inference_num", "2", "--max_float_layers", "2", "--expected_cos", "0.9999",
                             "--quantize_table", "searched_qtable", "-o", "searched_table", "--json"});
        QVERIFY2(ran.status == 0 || ran.status == 9, ran.said());
        QVERIFY(read("searched_table").contains("# op_name"));
        const QJsonObject search = ran.json()["search"].toObject();
        const QJsonArray layers = search["float_layers"].toArray();
        QVERIFY(!layers.isEmpty());
        const QByteArray table = read("searched_qtable");
        for (const QJsonValue& layer : layers) QVERIFY2(table.contains(layer.toString().toUtf8()), qPrintable(layer.toString()));
    }

    /// The vendor's sequence under the vendor's names, with .py and without.
    void vendorSequence() {
        Ran ran = run(QStringList{"model_transform.py"} + transform({"--test_input", "sample/test/seaside1.jpg",
                      "--test_result", "signs_top_outputs.npz"}).mid(1));
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(ran.out.contains("npz compare PASSED"));
        for (const char* file : {"signs.mlir", "signs_in_f32.npz", "signs_top_outputs.npz"})
            QVERIFY2(exists(file), file);
        QVERIFY(!exists("signs_ref_outputs.npz"));

        ran = run({"run_calibration.py", "signs.mlir", "--dataset", "sample/calibration", "--input_num", "8",
                   "--tune_num", "0", "-o", "signs_cali_table"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(read("signs_cali_table").contains("# op_name    threshold    min    max"));

        ran = run({"model_deploy.py", "--mlir", "signs.mlir", "--quantize", "INT8", "--calibration_table",
                   "signs_cali_table", "--chip", "bm1684x", "--test_input", "signs_in_f32.npz", "--test_reference",
                   "signs_top_outputs.npz", "--tolerance", "0.5,0.0", "--compare_all", "--debug", "--json",
                   "--excepts", "none", "--model", "signs_int8.bmodel"});
        QVERIFY2(ran.status == 0 || ran.status == 6, ran.said());
        QVERIFY(exists("signs_bm1684x_int8_sym_tpu.mlir"));
        QVERIFY(exists("signs_bm1684x_int8_sym_tpu_outputs.npz"));

        ran = run({"detect_yolov5", "--input", "sample/test/seaside1.jpg", "--model", "sample/signs.onnx",
                   "--classes", "sample/classes.txt", "--output", "onnx.jpg", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("onnx.jpg"));
        ran = run({"detect_yolov5", "--input", "sample/test/seaside1.jpg", "--model",
                   "signs_bm1684x_int8_sym_tpu.mlir", "--output", "int8.png"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("int8.png"));
    }

    /// What can be done with a bmodel: described, listed, run, detected with, joined and taken apart.
    void bmodelFiles() {
        Ran ran = run({"model_deploy", "--mlir", "signs.mlir", "--quantize", "INT8", "--calibration_table",
                       "signs_cali_table", "--chip", "bm1684x", "--test_input", "signs_in_f32.npz", "--test_reference",
                       "signs_top_outputs.npz", "--tolerance", "0.5,0.0", "--json", "--model", "signs_int8.bmodel"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("signs_int8.bmodel"));
        const QJsonObject bmodel = ran.json()["bmodel"].toObject();
        QVERIFY2(bmodel["outputs"].toInt() > 0, ran.said());
        QCOMPARE(bmodel["equal_outputs"].toInt(), bmodel["outputs"].toInt());
        QVERIFY(exists("signs_bm1684x_int8_sym_model_outputs.npz"));

        ran = run({"inspect", "signs_int8.bmodel"});
        QVERIFY2(ran.status == 0 && ran.out.contains("BM1684X"), ran.said());
        ran = run({"model_tool", "--info", "signs_int8.bmodel", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"inspect", "signs_int8.bmodel", "--profile", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(ran.json()["total_cycles"].toInt() > 1000);
        QVERIFY(ran.json()["layers"].toArray().size() > 50);
        ran = run({"bmodel_dis.py", "signs_int8.bmodel"});
        QVERIFY2(ran.status == 0 && ran.out.contains("sCONV"), ran.said());
        ran = run({"model_runner.py", "--input", "signs_in_f32.npz", "--model", "signs_int8.bmodel", "--output", "chip.npz"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"model_runner.py", "--input", "signs_in_f32.npz", "--model", "signs_bm1684x_int8_sym_tpu.mlir", "--output", "tpu.npz"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"npz_tool", "compare", "chip.npz", "tpu.npz", "--tolerance", "0.999999,0.999999"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"detect_yolov5", "--input", "sample/test/seaside1.jpg", "--model", "signs_int8.bmodel", "--output", "chip.png"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("chip.png"));
        QDir(m_folder.path()).mkpath("parts");
        ran = run({"model_tool", "--extract", "signs_int8.bmodel", "-o", "parts"});
        QVERIFY2(ran.status == 0 && exists("parts/signs.bmodel"), ran.said());
    }

    void toleranceIsAResult() {
        const Ran ran = run({"deploy", "--mlir", "signs.mlir", "--quantize", "INT8", "--calibration_table",
                             "signs_cali_table", "--chip", "bm1684x", "--test_input", "signs_in_f32.npz",
                             "--test_reference", "signs_top_outputs.npz", "--tolerance", "0.99999,0.99999",
                             "--compare_all", "--model", "x.bmodel"});
        QVERIFY2(ran.status == 6, ran.said());
        QVERIFY(ran.err.contains("E7001"));
        QVERIFY(exists("signs_bm1684x_int8_sym_tpu.mlir"));
    }

    void compareNeedsSomethingInCommon() {
        QCOMPARE(run({"compare", "signs_top_outputs.npz", "signs_top_outputs.npz"}).status, 0);
        const Ran same = run({"npz_tool.py", "compare", "signs_top_outputs.npz", "signs_top_outputs.npz", "-vv"});
        QVERIFY2(same.status == 0 && same.out.contains("npz compare PASSED"), same.said());
        const Ran none = run({"compare", "signs_in_f32.npz", "signs_top_outputs.npz", "--excepts", "images"});
        QVERIFY2(none.status == 6 && none.err.contains("E7002"), none.said());
    }

    void runTimes() {
        const Ran ran = run({"run", "signs.mlir", "--input", "signs_in_f32.npz", "--output", "out.npz", "--repeat", "3",
                             "--threads", "1", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(ran.json().value("median_ms").toDouble() > 0);
        QCOMPARE(ran.json().value("outputs").toArray().size(), 3);
        QVERIFY(exists("out.npz"));
    }

    void sameBytesForAnyThreadCount() {
        QCOMPARE(run({"run", "signs.mlir", "--input", "signs_in_f32.npz", "--output", "t1.npz", "--threads", "1"}).status, 0);
        QCOMPARE(run({"run", "signs.mlir", "--input", "signs_in_f32.npz", "--output", "t2.npz", "--threads", "2"}).status, 0);
        QCOMPARE(read("t1.npz"), read("t2.npz"));
    }

    void inspects() {
        for (const char* file : {"sample/signs.onnx", "signs.mlir", "signs_in_f32.npz", "signs_cali_table",
                                 "sample/precision_table.txt", "sample/sample.tpuwb"}) {
            const Ran ran = run({"inspect", file, "--json"});
            QVERIFY2(ran.status == 0, ran.said());
            QVERIFY2(!ran.json().value("kind").toString().isEmpty(), file);
        }
        QCOMPARE(run({"inspect", "text.onnx"}).status, 3);
    }

    /// Plain INT8 loses boxes, the sample's short table wins them back: the story that the sample tells.
    void sampleTellsItsStory() {
        QFile project(path("sample/sample.tpuwb"));
        QVERIFY(project.open(QIODevice::ReadOnly));
        QJsonObject object = QJsonDocument::fromJson(project.readAll()).object();
        project.close();
        QJsonObject layers;
        int entries = 0;
        for (const QByteArray& line : read("sample/precision_table.txt").split('\n')) {
            const QList<QByteArray> words = line.simplified().split(' ');
            if (line.startsWith('#') || words.size() != 2) continue;
            layers[QString::fromUtf8(words[0])] = QJsonObject{{"precision", QString::fromUtf8(words[1])}};
            ++entries;
        }
        QVERIFY(entries > 0 && entries <= 8);
        object["layers"] = layers;
        write("sample/mixed.tpuwb", QJsonDocument(object).toJson());
        const Ran ran = run({"project", "run", "sample/mixed.tpuwb", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QMap<QString, QJsonObject> byVariant;
        for (const QJsonValue& row : ran.json().value("detections").toArray())
            byVariant[row.toObject().value("variant").toString()] = row.toObject();
        QVERIFY(byVariant["fp32"].value("boxes").toInt() > 10);
        QVERIFY2(byVariant["int8"].value("f1").toDouble() < 0.9, ran.said());
        QVERIFY2(byVariant["mixed"].value("f1").toDouble() > 0.99, ran.said());
        // A second run finds everything done.
        const Ran again = run({"project", "run", "sample/mixed.tpuwb", "--json"});
        QCOMPARE(again.out, ran.out);
    }

    void interruptLeavesNoHalfFile() {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral(WB_BIN_DIR "/tpuwb"),
                      {"calibrate", "signs.mlir", "--dataset", "sample/calibration", "-o", "interrupted", "--progress", "json"});
        QVERIFY(process.waitForStarted());
        process.waitForReadyRead(20000); // it is at work when it first says so
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        // Either it was stopped, or it had finished before the signal came.
        QVERIFY2(process.exitCode() == 130 || (process.exitCode() == 0 && exists("interrupted")),
                 qPrintable(QString::number(process.exitCode())));
        QVERIFY(process.exitCode() == 0 || !exists("interrupted"));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
