// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that the vendor's compiler made, run from their streams alone. WB_VENDOR_BMODELS names a folder with
// NAME/NAME_int8.bmodel (and _f16, _f32); the expected values are those of the golden folder, WB_GOLDEN.
//
// WB_SIMULATOR_REPLAY=NAME_int8 runs that network command by command beside the vendor's C model instead and reports
// the first command that leaves other bytes.
#include "compiler/base/npz.h"
#include "compiler/target/bm1684x/simulator/runner.h"
#include "compiler/target/bmodel/reader.h"
#include "tests/interop/vendor_cmodel.h"

#include <QElapsedTimer>
#include <QTest>

#include <cmath>
#include <cstring>
#include <filesystem>

using namespace wb;
using namespace wb::bm1684x;

namespace {

std::filesystem::path goldenFolder() {
    const QByteArray given = qgetenv("WB_GOLDEN");
    return given.isEmpty() ? std::filesystem::path(WB_SOURCE_DIR) / ".." / "shared" / "golden"
                           : std::filesystem::path(given.toStdString());
}

struct Loaded {
    bmodel::File file;
    SimulatedNetwork network;
    TensorBytes inputs;
};

Result<Loaded> load(const std::filesystem::path& path, const std::string& name) {
    Loaded out;
    WB_ASSIGN(out.file, bmodel::read(path));
    const bmodel::Stage& stage = out.file.networks.at(0).stages.at(0);
    if (stage.coefficients) {
        out.network.coefficientAddress = stage.coefficients->address;
        out.network.coefficients = stage.coefficients->bytes.bytes();
    }
    out.network.contextAddress = stage.ctxAddress;
    out.network.contextBytes = stage.ctxBytes();
    for (const auto& t : stage.inputs) out.network.inputs.push_back({t.name, t.address, t.size});
    for (const auto& t : stage.outputs) out.network.outputs.push_back({t.name, t.address, t.size});
    for (const auto& g : stage.groups) out.network.groups.push_back({g.tiu.bytes(), g.gdma.bytes()});
    WB_ASSIGN(const auto reader, NpzReader::open(goldenFolder() / name / "in_f32.npz"));
    WB_ASSIGN(auto input, reader.read(0));
    out.inputs[stage.inputs.at(0).name] = std::move(input.bytes);
    return out;
}

std::vector<float> floatsOf(const std::vector<std::byte>& bytes) {
    std::vector<float> out(bytes.size() / 4);
    std::memcpy(out.data(), bytes.data(), out.size() * 4);
    return out;
}

/// Runs the streams here and on the C model at once.
std::string replay(const Loaded& loaded) {
    using interop::VendorCModel;
    const SimulatedNetwork& net = loaded.network;
    const uint64_t end = net.contextAddress + net.contextBytes;
    VendorCModel model(end - kGlobalBase);
    if (auto reason = model.start(); !reason.empty()) return reason;
    Machine machine;
    std::vector<std::byte> local(kLocalBytes), global(end - kGlobalBase);
    if (!machine.memory().map(kGlobalBase, global.size())) return "no memory";
    std::byte* ddr = machine.memory().find(kGlobalBase, global.size());
    std::memcpy(ddr + (net.coefficientAddress - kGlobalBase), net.coefficients.data(), net.coefficients.size());
    std::memcpy(ddr + (net.inputs.at(0).address - kGlobalBase), loaded.inputs.begin()->second.data(), net.inputs[0].bytes);
    (void)model.write(VendorCModel::Global, 0, {ddr, global.size()});
    (void)model.write(VendorCModel::Local, 0, machine.memory().local());
    (void)model.write(VendorCModel::Static, 0, machine.memory().staticMemory());
    int different = 0;
    std::string report;
    for (const auto& group : net.groups) {
        const auto tiu = decodeStream(Engine::Tiu, group.tiu), gdma = decodeStream(Engine::Gdma, group.gdma);
        if (!tiu || !gdma) return toText(tiu ? gdma.error() : tiu.error());
        size_t at[2] = {0, 0};
        uint64_t done[2] = {0, 0};
        const std::vector<Command>* streams[2] = {&*tiu, &*gdma};
        while (at[0] < tiu->size() || at[1] < gdma->size()) {
            const auto ready = [&](int e) {
                return at[e] < streams[e]->size() && field((*streams[e])[at[e]], "cmd_id_dep").value_or(0) <= done[1 - e];
            };
            const int e = ready(0) ? 0 : 1;
            if (!ready(e)) return "the streams wait for each other";
            const Command& command = (*streams[e])[at[e]++];
            done[e] = field(command, "cmd_id").value_or(0);
            if (isEnd(command)) continue;
            const std::string title = std::string(formatOf(command).name) + " " + operationName(command) + " " + std::to_string(done[e]);
            if (const auto ours = machine.execute(command); !ours) return toText(ours.error());
            std::vector<std::byte> words(encodedBytes(command));
            (void)encode(command, words);
            if (auto fault = model.execute(engineOf(command), words); !fault.empty()) return title + ": C model: " + fault;
            std::vector<std::byte>& theirs = e == 0 ? local : (machine.memory().find(std::visit([](const auto& c) -> uint64_t {
                                                                   if constexpr (requires { c.destination(); }) return c.destination();
                                                                   else return 0;
                                                               }, command), 1) >= ddr ? global : local);
            std::byte* ours = &theirs == &local ? machine.memory().local().data() : ddr;
            (void)model.read(&theirs == &local ? VendorCModel::Local : VendorCModel::Global, 0, theirs);
            if (std::memcmp(ours, theirs.data(), theirs.size()) != 0) {
                size_t count = 0, first = theirs.size();
                for (size_t i = 0; i < theirs.size(); ++i)
                    if (ours[i] != theirs[i]) {
                        first = std::min(first, i);
                        ++count;
                    }
                if (++different <= 12)
                    report += title + ": " + std::to_string(count) + " bytes, first at " + std::to_string(first) + "\n";
                std::memcpy(ours, theirs.data(), theirs.size());
            }
        }
    }
    return report.empty() ? "all commands equal" : std::to_string(different) + " commands differ:\n" + report;
}

} // namespace

class TestSimulatorVendor : public QObject {
    Q_OBJECT

private slots:
    void networks_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("golden");
        for (const char* name : {"ultraface", "yolo_fastest_xl", "yolov5n"})
            QTest::addRow("%s int8", name) << name << "int8" << "bm1684x_int8_sym.layers.npz";
    }

    void networks() {
        QFETCH(QString, name);
        QFETCH(QString, kind);
        QFETCH(QString, golden);
        const QByteArray folder = qgetenv("WB_VENDOR_BMODELS");
        if (folder.isEmpty()) QSKIP("WB_VENDOR_BMODELS does not name a folder with bmodels of the vendor's compiler");
        const std::string plain = name.toStdString();
        const auto path = std::filesystem::path(folder.toStdString()) / plain / (plain + "_" + kind.toStdString() + ".bmodel");
        if (!std::filesystem::exists(path)) QSKIP(path.c_str());
        if (!std::filesystem::exists(goldenFolder())) QSKIP("no golden folder (WB_GOLDEN)");
        auto loaded = load(path, plain);
        QVERIFY2(loaded, loaded ? "" : toText(loaded.error()).c_str());
        const QByteArray wanted = qgetenv("WB_SIMULATOR_REPLAY");
        if (!wanted.isEmpty()) {
            if (wanted != (name + "_" + kind).toUtf8()) QSKIP("another network is replayed");
            const auto report = replay(*loaded);
            QVERIFY2(report == "all commands equal", report.c_str());
            return;
        }
        QElapsedTimer timer;
        timer.start();
        const auto outputs = simulate(loaded->network, loaded->inputs);
        QVERIFY2(outputs, outputs ? "" : toText(outputs.error()).c_str());
        qInfo("%s %s: %lld ms", plain.c_str(), qPrintable(kind), timer.elapsed());
        const auto reader = NpzReader::open(goldenFolder() / plain / golden.toStdString());
        QVERIFY2(reader, reader ? "" : toText(reader.error()).c_str());
        for (const auto& [tensor, bytes] : *outputs) {
            const auto index = reader->find(tensor);
            QVERIFY2(index, tensor.c_str());
            const auto expected = reader->read(*index);
            QVERIFY(expected);
            const auto ours = floatsOf(bytes), theirs = floatsOf(expected->bytes);
            QCOMPARE(ours.size(), theirs.size());
            size_t different = 0;
            double worst = 0;
            for (size_t i = 0; i < ours.size(); ++i)
                if (ours[i] != theirs[i]) {
                    ++different;
                    worst = std::max(worst, static_cast<double>(std::abs(ours[i] - theirs[i])));
                }
            qInfo("%s: %zu of %zu differ, at most by %g", tensor.c_str(), different, ours.size(), worst);
            // The softmax works in f16; the expected values come from the vendor's interpreter of networks, which does
            // it in f32. One step of f16 below 1 is what that makes.
            if (tensor.find("Softmax") != std::string::npos) QVERIFY(worst <= 0x1p-11);
            else QCOMPARE(different, size_t{0});
        }
        // The same in other orders that ids and dependencies allow.
        for (uint64_t seed = 1; seed <= 1; ++seed) {
            const auto again = simulate(loaded->network, loaded->inputs, RunOrder{seed});
            QVERIFY(again);
            QVERIFY(*again == *outputs);
        }
    }
};

QTEST_GUILESS_MAIN(TestSimulatorVendor)
#include "tst_bm1684x_simulator_vendor.moc"
