// SPDX-License-Identifier: GPL-3.0-or-later
// The chips without code generation, operator by operator: small ONNX networks go through the vendor's tools and through ours
// with one calibration table; every layer of the quantised networks is compared, number by number. In BF16, layers that sum
// in another order may differ in roundings; each case names them.
#include "compiler/calibrate/table.h"
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "tests/interop/chip_cases.h"
#include "tests/support/shared_data.h"

#include <QDir>
#include <QProcess>
#include <QTest>

#include <cmath>
#include <map>

using namespace wb;
using namespace wb::test;

class TestVendorChipOps : public QObject {
    Q_OBJECT
    QTemporaryDir m_made;

    /// Runs one of the vendor's tools in `folder`; its last words on failure.
    static QByteArray vendor(const QString& folder, const QStringList& arguments) {
        QProcess process;
        process.setWorkingDirectory(folder);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QString::fromStdString((sharedFolder() / "oracle" / "run.sh").string()), arguments);
        if (!process.waitForFinished(300000)) {
            process.kill();
            process.waitForFinished();
            return "it did not end";
        }
        return process.exitCode() == 0 ? QByteArray() : process.readAll().right(1500) + ' ';
    }

    using Tensors = std::map<std::string, ir::Tensor>;

    static Tensors layersOf(const std::shared_ptr<const ir::Graph>& graph, const Tensors& inputs) {
        JobContext context;
        context.setThreads(2);
        Tensors layers;
        auto executor = execute::Executor::create(graph, {.scalar = false, .observable = true}, context);
        if (!executor) qWarning("%s", toText(executor.error()).c_str());
        if (!executor) return layers;
        auto run = (*executor)->run({inputs.begin(), inputs.end()}, context,
                                    [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                                        for (size_t i = 0; i < results.size(); ++i) {
                                            const auto& value = graph->value(graph->node(id).results[i]);
                                            const auto numbers = execute::toFloat(results[i], value.type); // may be the executor's memory
                                            layers.insert_or_assign(value.name, ir::Tensor::of<float>(ir::ElementType::F32, numbers.shape(), numbers.span<float>()));
                                        }
                                        return {};
                                    });
        if (!run) qWarning("%s", toText(run.error()).c_str());
        return layers;
    }

    struct Prepared {
        QString folder;
        std::shared_ptr<const ir::Graph> top;
        Tensors inputs;
        quantise::RangeTable ranges;
    };
    std::map<std::string, Prepared> m_prepared;

    /// Model, inputs and table in a folder of their own, the vendor's top network beside them; once a case.
    Status prepare(const ChipCaseRow& row, Prepared* out) {
        if (const auto present = m_prepared.find(row.name); present != m_prepared.end()) {
            *out = present->second;
            return {};
        }
        Prepared made;
        made.folder = m_made.filePath(row.name);
        QDir().mkpath(made.folder);
        const std::filesystem::path folder = made.folder.toStdString();
        ChipCase c;
        row.make(c);
        writeAll(folder / "net.onnx", c.net.bytes());
        std::vector<ir::NamedTensor> inputs;
        for (const auto& name : c.inputs) {
            ir::Tensor tensor(ir::ElementType::F32, kChipCasePicture);
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                tensor.mutableData<float>()[i] = c.random.real(-2, 3);
            inputs.emplace_back(name, tensor);
        }
        WB_TRY(ir::writeNpz(folder / "in.npz", inputs));
        made.inputs = {inputs.begin(), inputs.end()};
        JobContext context;
        importer::ImportOptions options;
        options.modelName = "net";
        WB_ASSIGN(auto imported, importer::importModel(folder / "net.onnx", options, context));
        WB_TRY(passes::optimiseTop(imported.origin, context));
        made.top = std::make_shared<const ir::Graph>(std::move(imported.origin));
        std::string text = "# genetated time: 2026-01-01 00:00:00\n# histogram number: 2048\n# sample number: 1\n###\n"
                           "# op_name    threshold    min    max\n";
        auto layers = layersOf(made.top, made.inputs);
        layers.insert(made.inputs.begin(), made.inputs.end());
        for (const auto& [name, tensor] : layers) {
            const auto numbers = tensor.span<float>();
            if (numbers.empty() || made.top->weights.contains(name)) continue;
            const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
            const float threshold = std::max(0.9F * std::max(std::fabs(*least), std::fabs(*most)), *least); // codes saturate, too
            text += name + QString(" %1 %2 %3\n").arg(threshold, 0, 'f', 7).arg(*least, 0, 'f', 7).arg(*most, 0, 'f', 7).toStdString();
        }
        writeAll(folder / "table", text);
        WB_ASSIGN(const auto table, calibrate::readTable(folder / "table"));
        for (const auto& line : table.rows)
            made.ranges[line.name] = {line.threshold, line.min, line.max, {}};
        const QByteArray failed = vendor(made.folder, {"model_transform", "--model_name", "net", "--model_def", "net.onnx", "--mlir", "net.mlir"});
        if (!failed.isEmpty()) return Error{Code::Internal, failed.toStdString()};
        *out = m_prepared.emplace(row.name, std::move(made)).first->second;
        return {};
    }

    /// In BF16 the arithmetic is the same on all of CV18xx; one of them stands for the others.
    static bool compared(const QString& chip, const QString& mode) { return mode == "INT8" || chip == "cv183x"; }

private slots:
    void initTestCase() {
        if (qEnvironmentVariableIsSet("WB_KEEP")) m_made.setAutoRemove(false), qInfo("%s", qPrintable(m_made.path()));
        if (sharedFolder().empty()) QSKIP("the folder ../shared is not there");
        if (!qEnvironmentVariableIsSet("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT is not set");
    }

    void everyLayer_data() {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("chip");
        QTest::addColumn<QString>("mode");
        for (const char* chip : {"bm1684", "cv183x", "cv182x", "cv181x", "cv180x"})
            for (const char* mode : {"INT8", "BF16"})
                for (size_t i = 0; i < chipCaseRows().size(); ++i)
                    if (compared(chip, mode))
                        QTest::addRow("%s %s %s", chipCaseRows()[i].name, chip, mode) << static_cast<int>(i) << QString(chip) << QString(mode);
    }

    void everyLayer() {
        QFETCH(int, row);
        QFETCH(QString, chip);
        QFETCH(QString, mode);
        const ChipCaseRow& chosen = chipCaseRows()[static_cast<size_t>(row)];
        Prepared made;
        const Status ready = prepare(chosen, &made);
        QVERIFY2(ready, ready ? "" : toText(ready.error()).c_str());
        const QString name = chip + '_' + mode;
        QDir(made.folder).mkpath(name);
        const QString folder = made.folder + '/' + name;
        for (const char* file : {"net.mlir", "in.npz", "net_top_f32_all_weight.npz"})
            QVERIFY(QFile::copy(made.folder + '/' + file, folder + '/' + file) || !QFile::exists(made.folder + '/' + file));
        QStringList deploy{"model_deploy", "--mlir", "net.mlir", "--quantize", mode, "--chip", chip, "--model", "x.bmodel",
                           "--not_gen_bmodel", "--debug", "--skip_validation", "--test_input", "in.npz"};
        if (mode == "INT8") deploy << "--calibration_table" << "../table";
        QByteArray failed = vendor(folder, deploy);
        QVERIFY2(failed.isEmpty(), failed.constData());
        const QStringList lowered = QDir(folder).entryList({"*_tpu.mlir"});
        QVERIFY(!lowered.isEmpty());
        failed = vendor(folder, {"model_runner", "--input", "in.npz", "--model", lowered[0], "--dump_all_tensors", "--output", "theirs.npz"});
        QVERIFY2(failed.isEmpty(), failed.constData());
        const auto theirs = ir::readNpz((folder + "/theirs.npz").toStdString());
        QVERIFY(theirs.hasValue());

        quantise::LowerOptions options;
        options.target.chip = *ops::chipFromSpelling(chip.toStdString());
        options.target.module = *ops::precisionFromSpelling(mode.toStdString());
        JobContext context;
        const auto ours = quantise::lower(*made.top, mode == "INT8" ? made.ranges : quantise::RangeTable{}, {}, options, context);
        QVERIFY2(ours, ours ? "" : toText(ours.error()).c_str());
        const auto layers = layersOf(ours->graph, made.inputs);
        if (qEnvironmentVariableIsSet("WB_KEEP")) {
            (void)ir::writeNpz((folder + "/ours.npz").toStdString(), {layers.begin(), layers.end()});
            (void)ir::writeMlir(*ours->graph, (folder + "/ours_tpu.mlir").toStdString());
        }
        int equal = 0, compared = 0;
        QStringList different;
        for (const auto& [layer, tensor] : *theirs) {
            const auto found = layers.find(layer);
            if (found == layers.end() || found->second.elementCount() != tensor.elementCount()) continue;
            std::string base = layer;
            if (base.ends_with("_f32")) base.resize(base.size() - 4);
            const bool bm1684 = chip == "bm1684";
            if (chosen.ours.contains(base) || (bm1684 && chosen.oursOnBm1684.contains(base))) continue;
            ++compared;
            float most = 0;
            for (int64_t i = 0; i < tensor.elementCount(); ++i) most = std::max(most, std::fabs(tensor.data<float>()[i]));
            const float bound = chosen.rounded.contains(base) || (bm1684 && chosen.inFloat.contains(base)) ? 1e-6F * most : 0.0F;
            int64_t same = 0;
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                same += std::fabs(tensor.data<float>()[i] - found->second.data<float>()[i]) <= bound ? 1 : 0;
            equal += same == tensor.elementCount() ? 1 : 0;
            if (same < tensor.elementCount())
                different << QString("%1: %2 of %3 numbers").arg(layer.c_str()).arg(same).arg(tensor.elementCount());
        }
        qInfo("%s %s: %d of %d layers equal (of the vendor's %d) %s", chosen.name, qPrintable(name), equal, compared,
              static_cast<int>(theirs->size()), qPrintable(different.join("; ")));
        QVERIFY(2 * compared > static_cast<int>(theirs->size()));
        QVERIFY2(different.isEmpty(), qPrintable(different.join("; ")));
    }
};

QTEST_GUILESS_MAIN(TestVendorChipOps)
#include "tst_vendor_chip_ops.moc"
