// SPDX-License-Identifier: GPL-3.0-or-later
// The chips without code generation against the vendor's tools: every layer of a quantised network, bit for bit. References
// are made on the spot from the reference network `ultraface`; WB_CHIP_REFERENCES names a folder NETWORK/CHIP_MODE/ with
// more (the lowered network and *_tpu_outputs.npz of model_runner --dump_all_tensors).
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/numeric/half.h"
#include "tests/quantise/golden_network.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <map>

using namespace wb;
using namespace wb::test;

class TestVendorChips : public QObject {
    Q_OBJECT
    QTemporaryDir m_made;
    QString m_references;

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
        return process.exitCode() == 0 ? QByteArray() : process.readAll().right(1000);
    }

    /// The lowered network and its layers, in the folder that is returned; empty when the vendor's tools fail.
    QString reference(const QString& net, const QString& chip, const QString& mode) {
        const QString folder = m_references + '/' + net + '/' + chip + '_' + mode;
        if (!QDir(folder).entryList({"*_tpu_outputs.npz"}).isEmpty()) return folder;
        if (net != "ultraface" || qEnvironmentVariableIsSet("WB_CHIP_REFERENCES")) return {};
        QDir().mkpath(folder);
        const QString shared = QString::fromStdString(sharedFolder().string());
        QByteArray failed = vendor(folder, {"model_transform", "--model_name", net, "--model_def",
                                            shared + "/models/ultraface_rfb320.onnx", "--mean", "127,127,127", "--scale",
                                            "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb", "--mlir", "top.mlir"});
        QStringList deploy{"model_deploy", "--mlir", "top.mlir", "--quantize", mode, "--chip", chip, "--model", "x.bmodel",
                           "--not_gen_bmodel", "--debug", "--test_input", shared + "/golden/ultraface/in_f32.npz"};
        if (mode == "INT8") deploy << "--calibration_table" << shared + "/golden/ultraface/cali_table";
        if (failed.isEmpty()) failed = vendor(folder, deploy);
        const QStringList lowered = QDir(folder).entryList({"*_tpu.mlir"});
        if (failed.isEmpty() && !lowered.isEmpty())
            failed = vendor(folder, {"model_runner", "--input", shared + "/golden/ultraface/in_f32.npz", "--model", lowered[0],
                                     "--dump_all_tensors", "--output", "made_tpu_outputs.npz"});
        if (!failed.isEmpty()) qWarning("%s", failed.constData());
        return failed.isEmpty() ? folder : QString();
    }

    struct Made {
        std::string net, title;
        std::shared_ptr<const ir::Graph> graph; ///< ours
        std::map<std::string, ir::Tensor> layers; ///< the vendor's
    };

    struct Counts {
        size_t equal = 0, compared = 0;
        double numbers = 0, equalNumbers = 0, leastCosine = 1;
        std::map<std::string, std::array<double, 4>> byOp; ///< layers equal, layers, numbers equal, numbers

        void add(const Made& made, const ir::Node& node, const ir::Tensor& result) {
            const auto& value = made.graph->value(node.results[0]);
            const auto theirs = made.layers.find(value.name);
            if (theirs == made.layers.end()) return;
            ++compared;
            const auto ours = execute::toFloat(result, value.type);
            auto& row = byOp[node.op];
            row[1] += 1;
            const auto count = static_cast<double>(ours.elementCount());
            numbers += count;
            row[3] += count;
            if (ours.elementCount() != theirs->second.elementCount()) return;
            double same = 0;
            for (int64_t i = 0; i < ours.elementCount(); ++i)
                same += ours.data<float>()[i] == theirs->second.data<float>()[i] ? 1 : 0;
            equalNumbers += same;
            row[2] += same;
            row[0] += same == count ? 1 : 0;
            equal += same == count ? 1 : 0;
            leastCosine = std::min(leastCosine, cosine(ours, theirs->second));
            if (same < count && compared - equal < 3) qInfo("layer %s: %.0f of %.0f numbers equal", value.name.c_str(), same, count);
        }
        std::string text(const Made& made, const char* what) const {
            QString ops;
            for (const auto& [op, row] : byOp)
                ops += QString(" %1 %2/%3 (%4 % of numbers)").arg(op.c_str()).arg(row[0]).arg(row[1]).arg(100 * row[2] / std::max(row[3], 1.0), 0, 'f', 4);
            return made.title + ": " + std::to_string(equal) + " of " + std::to_string(compared) + " " + what + " equal, least cosine " +
                   QString::number(leastCosine, 'f', 9).toStdString() + ";" + ops.toStdString();
        }
    };

    /// Numbers as the type stores them; they are ones that it has.
    static ir::Tensor stored(const ir::Tensor& numbers, const ir::TensorType& type) {
        ir::Tensor tensor(type.element, numbers.shape());
        const float* from = numbers.data<float>();
        for (int64_t i = 0; i < numbers.elementCount(); ++i) {
            if (const auto* quant = type.uniform())
                tensor.mutableData<uint8_t>()[i] = static_cast<uint8_t>(std::lround(from[i] / quant->scale()));
            else if (type.element == ir::ElementType::BF16)
                tensor.mutableData<uint16_t>()[i] = numeric::toBfloat16(from[i]);
            else
                tensor.mutableData<float>()[i] = from[i];
        }
        return tensor;
    }

    /// The row's reference and our graph of it; false when the row is over.
    bool make(Made* made) {
        const auto read = [&] {
            QFETCH(QString, net);
            QFETCH(QString, chip);
            QFETCH(QString, mode);
            const QString folder = reference(net, chip, mode);
            if (folder.isEmpty()) QSKIP("no reference of this network");
            made->net = net.toStdString();
            made->title = (net + ' ' + chip + ' ' + mode).toStdString();
            auto layers = ir::readNpz((folder + '/' + QDir(folder).entryList({"*_tpu_outputs.npz"})[0]).toStdString());
            QVERIFY(layers.hasValue());
            made->layers = {layers->begin(), layers->end()};
            const Network model = network(net);
            auto top = topOf(model);
            auto ranges = rangesOf(model);
            QVERIFY(top.hasValue() && ranges.hasValue());
            quantise::LowerOptions options;
            options.target.chip = *ops::chipFromSpelling(chip.toStdString());
            options.target.module = *ops::precisionFromSpelling(mode.toStdString());
            JobContext context;
            auto lowered = quantise::lower(*top, mode == "INT8" ? *ranges : quantise::RangeTable{}, {}, options, context);
            QVERIFY2(lowered.hasValue(), lowered.hasValue() ? "" : qPrintable(QString::fromStdString(toText(lowered.error()))));
            made->graph = lowered->graph;
        };
        read();
        return made->graph != nullptr;
    }

private slots:
    void initTestCase() {
        if (sharedFolder().empty()) QSKIP("the folder ../shared is not there");
        m_references = qEnvironmentVariable("WB_CHIP_REFERENCES", m_made.path());
        if (!qEnvironmentVariableIsSet("TPU_MLIR_ROOT") && !qEnvironmentVariableIsSet("WB_CHIP_REFERENCES"))
            QSKIP("TPU_MLIR_ROOT is not set");
    }

    void everyLayer_data() {
        QTest::addColumn<QString>("net");
        QTest::addColumn<QString>("chip");
        QTest::addColumn<QString>("mode");
        for (const char* net : {"ultraface", "yolo_fastest_xl", "yolov5n"})
            for (const char* chip : {"bm1684", "cv183x", "cv182x", "cv181x", "cv180x"})
                for (const char* mode : {"INT8", "BF16", "F32"})
                    if ((QString(mode) == "BF16") == QString(chip).startsWith("cv") || QString(mode) == "INT8")
                        QTest::addRow("%s %s %s", net, chip, mode) << QString(net) << QString(chip) << QString(mode);
    }

    void everyLayer() {
        Made made;
        if (!make(&made)) return;
        QFETCH(QString, mode);
        auto inputs = ir::readNpz(sharedFolder() / "golden" / made.net / "in_f32.npz");
        QVERIFY(inputs.hasValue());
        JobContext context;
        context.setThreads(2);
        auto executor = execute::Executor::create(made.graph, {.scalar = false, .observable = true}, context);
        QVERIFY2(executor.hasValue(), executor.hasValue() ? "" : qPrintable(QString::fromStdString(toText(executor.error()))));
        Counts counts;
        auto run = (*executor)->run({inputs->begin(), inputs->end()}, context,
                                    [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                                        counts.add(made, made.graph->node(id), results[0]);
                                        return {};
                                    });
        QVERIFY2(run.hasValue(), run.hasValue() ? "" : qPrintable(QString::fromStdString(toText(run.error()))));
        qInfo("%s", counts.text(made, "layers").c_str());
        QVERIFY(counts.compared + 4 >= made.layers.size());
        if (mode == "INT8")
            QCOMPARE(counts.equal, counts.compared);
        else // sums in another order, from layer to layer: roundings of one unit in the last place, 2^-8 in BF16
            QVERIFY(counts.leastCosine > (mode == "F32" ? 0.99999999 : 0.999));
    }

    /// Each layer by itself on the vendor's operands: what is left of a difference is the layer's own.
    void everyLayerAlone_data() { everyLayer_data(); }
    void everyLayerAlone() {
        Made made;
        if (!make(&made)) return;
        QFETCH(QString, mode);
        JobContext context;
        context.setThreads(2);
        Counts counts;
        for (const ir::Node& node : made.graph->nodes()) {
            if (node.op.starts_with("top.") || node.results.size() != 1 ||
                !made.layers.contains(made.graph->value(node.results[0]).name))
                continue;
            ir::Graph alone;
            alone.name = "alone";
            alone.attributes = made.graph->attributes;
            std::vector<ir::ValueId> operands;
            std::map<std::string, ir::Tensor> inputs;
            bool known = true;
            for (const ir::ValueId id : node.operands) {
                if (id == ir::kNoValue) {
                    operands.push_back(id);
                    continue;
                }
                const auto& value = made.graph->value(id);
                if (const ir::Tensor* weight = made.graph->weight(id)) {
                    const auto present = alone.find(value.name);
                    operands.push_back(present != ir::kNoValue ? present : alone.addWeight(value.name, *weight, value.type));
                    continue;
                }
                const auto theirs = made.layers.find(value.name);
                known = known && theirs != made.layers.end();
                if (!known) break;
                const auto present = alone.find(value.name);
                operands.push_back(present != ir::kNoValue ? present : alone.add("top.Input", {}, value.name, value.type));
                inputs.insert_or_assign(value.name, stored(theirs->second, value.type));
            }
            if (!known) continue;
            const auto result = alone.add(node.op, operands, made.graph->value(node.results[0]).name,
                                          made.graph->value(node.results[0]).type, node.attributes);
            alone.outputs = {result};
            const auto shared = std::make_shared<const ir::Graph>(alone);
            auto executor = execute::Executor::create(shared, {.scalar = false, .observable = true}, context);
            QVERIFY2(executor.hasValue(), executor.hasValue() ? "" : qPrintable(QString::fromStdString(toText(executor.error()))));
            auto run = (*executor)->run({inputs.begin(), inputs.end()}, context,
                                        [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                                            if (shared->node(id).op == node.op) counts.add(made, node, results[0]);
                                            return {};
                                        });
            QVERIFY2(run.hasValue(), run.hasValue() ? "" : qPrintable(QString::fromStdString(toText(run.error()))));
        }
        qInfo("%s", counts.text(made, "layers alone").c_str());
        QVERIFY(counts.compared > 0);
        if (mode == "INT8") QCOMPARE(counts.equal, counts.compared);
        // Of the numbers of a float layer, all but those whose sum, in another order, falls on the other side of a rounding.
        if (mode == "BF16") QVERIFY(counts.equalNumbers >= 0.999 * counts.numbers);
    }
};

QTEST_GUILESS_MAIN(TestVendorChips)
#include "tst_vendor_chips.moc"
