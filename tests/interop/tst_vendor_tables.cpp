// SPDX-License-Identifier: GPL-3.0-or-later
// Tables both ways: calibration tables that the vendor's tools make are read by us, in the form of today and in that of
// 2023, and give what they give there; our precision tables are taken by the vendor's tool with equal results.
#include "compiler/calibrate/table.h"
#include "compiler/ir/npz_tensor.h"
#include "tests/cli/program.h"
#include "tests/interop/chip_cases.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <cmath>

using namespace wb;
using wb::test::Ran;

namespace {

const QString kHeader2023 = "# genetated time: 2023-06-09 11:36:18.000000\n# histogram number: 2048\n# sample number: 3\n###\n";

} // namespace

class TestVendorTables : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_tool;

    Ran run(const QStringList& arguments) const { return wb::test::runTpuwb(arguments, m_folder.path()); }
    std::filesystem::path at(const QString& file) const { return m_folder.filePath(file).toStdString(); }
    QString text(const QString& file) const {
        QFile f(m_folder.filePath(file));
        return f.open(QIODevice::ReadOnly) ? QString::fromUtf8(f.readAll()) : QString();
    }
    void write(const QString& file, const QString& words) const { wb::test::writeAll(at(file), words.toStdString()); }
    /// One of the vendor's tools in `folder`; its words where `result` is not there afterwards.
    QByteArray vendor(const QStringList& arguments, const QString& result, const QString& folder = {}) const {
        QProcess process;
        process.setWorkingDirectory(m_folder.filePath(folder));
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(m_tool, arguments);
        if (!process.waitForFinished(300000)) {
            process.kill();
            process.waitForFinished();
        }
        return QDir(m_folder.filePath(folder)).entryList({result}).isEmpty() ? process.readAll().right(4000) + ' ' : QByteArray();
    }
    QByteArray calibrated(const QStringList& more, const QString& result) const {
        return vendor(QStringList{"run_calibration", "net.mlir", "--dataset", "samples", "--input_num", "3"} + more, result);
    }

    /// All layers of the quantised network with these tables: theirs and ours are equal.
    void deployBoth(const QString& name, const QString& table, const QString& precisions = {}) {
        QVERIFY(QDir(m_folder.path()).mkpath(name));
        for (const char* file : {"net.mlir", "net_in_f32.npz", "net_top_f32_all_weight.npz"})
            QVERIFY(QFile::copy(m_folder.filePath(file), m_folder.filePath(name + '/' + file)));
        QStringList deploy{"model_deploy", "--mlir", "net.mlir", "--quantize", "INT8", "--chip", "bm1684x", "--model", "x.bmodel",
                           "--not_gen_bmodel", "--debug", "--skip_validation", "--test_input", "net_in_f32.npz",
                           "--calibration_table", "../" + table};
        if (!precisions.isEmpty()) deploy << "--quantize_table" << "../" + precisions;
        QByteArray failed = vendor(deploy, "*_tpu.mlir", name);
        QVERIFY2(failed.isEmpty(), failed.constData());
        const QString lowered = QDir(m_folder.filePath(name)).entryList({"*_tpu.mlir"})[0];
        failed = vendor({"model_runner", "--input", "net_in_f32.npz", "--model", lowered, "--dump_all_tensors", "--output", "theirs.npz"},
                        "theirs.npz", name);
        QVERIFY2(failed.isEmpty(), failed.constData());
        QStringList ours{"deploy", "--mlir", "net.mlir", "--quantize", "INT8", "--chip", "bm1684x", "--test_input", "net_in_f32.npz",
                         "--test_reference", "net_top.npz", "--tolerance", "0.0,-100", "--compare_all", "--calibration_table", table,
                         "--model", name + "/ours.mlir"};
        if (!precisions.isEmpty()) ours << "--quantize_table" << precisions;
        Ran ran = run(ours);
        QVERIFY2(ran.status == 0, ran.said());
        const QString made = QDir(m_folder.filePath(name)).entryList({"net_bm1684x_int8_sym_tpu_outputs.npz"}).value(0);
        QVERIFY2(!made.isEmpty(), ran.said());
        ran = run({"compare", name + "/theirs.npz", name + '/' + made, "--tolerance", "1.0,1.0", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(ran.json()["compared"].toInt() > 10);
    }

    struct Number {
        QString name;
        double threshold, min, max;
    };
    std::vector<Number> rowsOf(const QString& file) const {
        std::vector<Number> rows;
        const auto table = calibrate::readTable(at(file));
        if (!table) return rows;
        for (const auto& row : table->rows)
            rows.push_back({QString::fromStdString(row.name), row.threshold, row.min, row.max});
        return rows;
    }

private slots:
    void initTestCase() {
        WB_SHARED_OR_SKIP(tool, "oracle/run.sh");
        if (qEnvironmentVariableIsEmpty("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT names no tool-chain of the vendor's");
        m_tool = QString::fromStdString(tool.string());
        test::ChipCase net;
        test::chipCaseRows().front().make(net);
        test::writeAll(at("net.onnx"), net.net.bytes());
        QVERIFY(QDir(m_folder.path()).mkpath("samples"));
        for (int sample = 0; sample < 3; ++sample) {
            ir::Tensor tensor(ir::ElementType::F32, test::kChipCasePicture);
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                tensor.mutableData<float>()[i] = net.random.real(-2, 3);
            for (const QString& file : {QString("samples/s%1.npz").arg(sample), QString("net_in.npz")})
                QVERIFY(ir::writeNpz(at(file), {{"x", tensor}}));
        }
        const Ran ran = run({"transform", "--model_name", "net", "--model_def", "net.onnx", "--test_input", "net_in.npz",
                             "--test_result", "net_top.npz", "--mlir", "net.mlir"});
        QVERIFY2(ran.status == 0 && QFile::exists(m_folder.filePath("net_in_f32.npz")), ran.said());
    }

    void theirCalibration_data() {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("kl") << QStringList{"--tune_num", "0"};
        QTest::newRow("tuned") << QStringList{"--tune_num", "2"};
        QTest::newRow("max") << QStringList{"--cali_method", "max"};
        QTest::newRow("mse") << QStringList{"--cali_method", "mse"};
    }
    void theirCalibration() {
        QFETCH(QStringList, options);
        const QString name = QString("cali_") + QTest::currentDataTag();
        const QByteArray failed = calibrated(options + QStringList{"-o", name}, name);
        QVERIFY2(failed.isEmpty(), failed.constData());
        const Ran ran = run(QStringList{"calibrate", "net.mlir", "--dataset", "samples", "--input_num", "3"} + options + QStringList{"-o", name + "_ours"});
        QVERIFY2(ran.status == 0, ran.said());
        const auto theirs = rowsOf(name), ours = rowsOf(name + "_ours");
        QVERIFY(theirs.size() > 10);
        QCOMPARE(ours.size(), theirs.size());
        for (size_t i = 0; i < theirs.size(); ++i) { // sums in single precision, in another order
            QCOMPARE(ours[i].name, theirs[i].name);
            for (const auto& [a, b] : {std::pair{ours[i].threshold, theirs[i].threshold}, {ours[i].min, theirs[i].min}, {ours[i].max, theirs[i].max}})
                QVERIFY2(std::fabs(a - b) <= 1e-5 * std::max(1.0, std::fabs(b)), qPrintable(theirs[i].name + QString(": %1 %2").arg(a).arg(b)));
        }
        deployBoth(name + "_deployed", name);
    }

    void theirCalibrationAsIn2023() {
        QString words = text("cali_kl");
        if (words.isEmpty()) QSKIP("the vendor's tool made no table");
        words = kHeader2023 + words.mid(words.indexOf("# op_name"));
        write("cali_2023", words);
        const auto now = rowsOf("cali_kl"), then = rowsOf("cali_2023");
        QCOMPARE(then.size(), now.size());
        deployBoth("cali_2023_deployed", "cali_2023");
        const Ran ran = run({"compare", "cali_2023_deployed/theirs.npz", "cali_kl_deployed/theirs.npz", "--tolerance", "1.0,1.0"});
        QVERIFY2(ran.status == 0, ran.said());
    }

    void ourPrecisionsInTheirDeploy() {
        if (!QFile::exists(m_folder.filePath("cali_kl"))) QSKIP("the vendor's tool made no table");
        const Ran ran = run({"search", "net.mlir", "--dataset", "samples", "--input_num", "3", "--calibration_table", "cali_kl", "--chip",
                             "bm1684x", "--fp_type", "F16", "--expected_cos", "0.99997", "--min_layer_cos", "0.999999", "-o", "searched"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY2(text("searched").contains(" F16"), qPrintable(text("searched")));
        deployBoth("searched_deployed", "cali_kl", "searched");
    }
};

QTEST_GUILESS_MAIN(TestVendorTables)
#include "tst_vendor_tables.moc"
