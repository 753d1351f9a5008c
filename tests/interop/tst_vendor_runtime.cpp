// SPDX-License-Identifier: GPL-3.0-or-later
// A bmodel of ours in the vendor's runtime and tools: load, one vector operation, store.
#include "compiler/target/bm1684x/isa/command.h"
#include "compiler/target/bmodel/combine.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/interop/vendor_runtime.h"
#include "tests/support/shared_data.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::bm1684x;

namespace {

constexpr uint64_t kBytes = 64 * 4 * 8; ///< of the tensors 1x64x4x8
constexpr uint64_t kWeights = kGlobalBase, kCtx = kWeights + kPageBytes;

void append(std::vector<std::byte>& stream, const Command& command) {
    std::vector<std::byte> words(encodedBytes(command));
    if (const Status status = encode(command, words); !status) qFatal("%s", toText(status.error()).c_str());
    stream.insert(stream.end(), words.begin(), words.end());
}

void end(std::vector<std::byte>& stream, const Command& command) {
    append(stream, command);
    stream.resize(static_cast<size_t>(roundUp(static_cast<int64_t>(stream.size()), 128)));
}

/// 1x64x4x8 bytes; local memory has a channel's 32 bytes in a row of 64.
DmaTensor copy(uint32_t id, uint32_t dependency, uint64_t source, uint64_t target) {
    DmaTensor c;
    c.cmd_id = id;
    c.cmd_id_dep = dependency;
    c.stride_enable = c.nchw_copy = 1;
    c.src_nsize = 1;
    c.src_csize = 64;
    c.src_hsize = 4;
    c.src_wsize = 8;
    c.src_hstride = c.dst_hstride = 8;
    c.src_wstride = c.dst_wstride = 1;
    c.src_cstride = source < kGlobalBase ? 64 : 32;
    c.dst_cstride = target < kGlobalBase ? 64 : 32;
    c.setSource(source);
    c.setDestination(target);
    return c;
}

/// x + constant, in int8.
bmodel::File addConstant(const std::string& name, int constant, int dependency = 1) {
    std::vector<std::byte> tiu, gdma;
    append(gdma, copy(1, 0, kCtx, kLocalBase));
    SAr add;
    add.cmd_id = 1;
    add.cmd_id_dep = static_cast<uint32_t>(dependency);
    add.tsk_eu_typ = static_cast<uint32_t>(ArOp::Add);
    add.tsk_opd_num = 2;
    add.opd0_sign = add.opd1_sign = 1;
    add.opd1_const = 1;
    add.opd1_addr = static_cast<uint32_t>(constant);
    add.res0_n = 1;
    add.res0_c = 64;
    add.res0_h = 4;
    add.res0_w = 8;
    add.res0_addr = kBankBytes;
    append(tiu, add);
    append(gdma, copy(2, 1, kLocalBase + kBankBytes, kCtx + kPageBytes));
    end(tiu, tiuEnd(2));
    end(gdma, gdmaEnd(3));

    bmodel::CommandGroup commands{2, 3, bmodel::Blob(tiu), bmodel::Blob(gdma), {}};
    bmodel::Tensor in;
    in.name = "x";
    in.dataType = bmodel::DataType::Int8;
    in.shapes = {{1, 64, 4, 8}};
    in.size = kBytes;
    in.address = kCtx;
    bmodel::Tensor out = in;
    out.name = "y";
    out.address = kCtx + kPageBytes;
    bmodel::Coefficients weights;
    weights.address = kWeights;
    weights.bytes = bmodel::Blob(std::vector<std::byte>(kPageBytes));
    bmodel::File file;
    file.time = "2026-01-02";
    file.networks = {{name, 0, {bmodel::simpleStage({in}, {out}, {commands}, weights, kCtx, 2 * kPageBytes)}, {}}};
    file.neuronSize = 2 * kPageBytes;
    file.deviceCount = 1;
    return file;
}

QByteArray output(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(120'000) || process.exitCode() != 0)
        return "failed: " + process.errorString().toUtf8() + process.readAll();
    return process.readAll();
}

} // namespace

class TestVendorRuntime : public QObject {
    Q_OBJECT

private slots:
    void init() {
        if (const std::string reason = interop::vendorRuntimeMissing(); !reason.empty()) QSKIP(reason.c_str());
    }

    void ours() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("add.bmodel").toStdString();
        QVERIFY(bmodel::write(addConstant("add", 5), path));
        std::vector<std::byte> x(kBytes), expected(kBytes);
        for (size_t i = 0; i < x.size(); ++i) {
            x[i] = static_cast<std::byte>(i % 101);
            expected[i] = static_cast<std::byte>(i % 101 + 5);
        }
        const interop::VendorRun run = interop::runInVendorRuntime(path, {x});
        QVERIFY2(run.problem.empty(), run.text().c_str());
        QCOMPARE(run.outputs.size(), size_t{1});
        QVERIFY(run.outputs[0] == expected);
    }

    void combined() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("two.bmodel").toStdString();
        const auto both = bmodel::combine({addConstant("one", 1), addConstant("seven", 7)});
        QVERIFY(both);
        QVERIFY(bmodel::write(*both, path));
        for (const auto& [name, constant] : {std::pair{"one", 1}, {"seven", 7}}) {
            const interop::VendorRun run =
                interop::runInVendorRuntime(path, {std::vector<std::byte>(kBytes, std::byte{10})}, name);
            QVERIFY2(run.problem.empty(), run.text().c_str());
            QVERIFY(run.outputs[0] == std::vector<std::byte>(kBytes, static_cast<std::byte>(10 + constant)));
        }
    }

    void hangingStreamIsStopped() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("hang.bmodel").toStdString();
        QVERIFY(bmodel::write(addConstant("hang", 5, 9), path)); // waits for a transfer that never comes
        const interop::VendorRun run = interop::runInVendorRuntime(path, {std::vector<std::byte>(kBytes)}, {}, 0,
                                                                   std::chrono::seconds(3));
        QVERIFY2(run.problem.find("within 3 s") != std::string::npos, run.text().c_str());
        QVERIFY(run.outputs.empty());
    }

    void vendorsOwnFile() {
        const QByteArray named = qgetenv("WB_VENDOR_BMODELS");
        if (named.isEmpty()) QSKIP("WB_VENDOR_BMODELS does not name a folder with bmodels of the vendor's compiler");
        std::filesystem::path smallest;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(named.toStdString()))
            if (entry.path().extension() == ".bmodel" &&
                (smallest.empty() || entry.file_size() < std::filesystem::file_size(smallest)))
                smallest = entry.path();
        QVERIFY(!smallest.empty());
        // Written again by us, and without the firmware, it computes the same.
        auto file = bmodel::read(smallest);
        QVERIFY(file);
        file->kernelModule.reset();
        const QTemporaryDir folder;
        const std::filesystem::path copy = folder.filePath("copy.bmodel").toStdString();
        QVERIFY(bmodel::write(*file, copy));
        QVERIFY(std::filesystem::file_size(copy) < std::filesystem::file_size(smallest));
        wb::test::Random random(7);
        std::vector<std::vector<std::byte>> inputs;
        for (const bmodel::Tensor& t : file->networks[0].stages[0].inputs) {
            QVERIFY(t.dataType == bmodel::DataType::F32);
            std::vector<float> values(t.size / 4);
            for (float& v : values)
                v = random.real(-1, 1);
            const auto bytes = std::as_bytes(std::span(values));
            inputs.emplace_back(bytes.begin(), bytes.end());
        }
        const auto theirs = interop::runInVendorRuntime(smallest, inputs);
        const auto ours = interop::runInVendorRuntime(copy, inputs);
        QVERIFY2(theirs.problem.empty(), theirs.text().c_str());
        QVERIFY2(ours.problem.empty(), ours.text().c_str());
        QVERIFY(!ours.outputs.empty() && ours.outputs == theirs.outputs);
    }

    void vendorsTools() {
        const QTemporaryDir folder;
        const QString path = folder.filePath("add.bmodel");
        QVERIFY(bmodel::write(addConstant("add", 5), path.toStdString()));
        const QString root = qEnvironmentVariable("TPU_MLIR_ROOT");
        const QByteArray info = output(root + "/bin/model_tool", {"--info", path});
        for (const char* part : {"chip: BM1684X", "net 0: [add]  static", "input: x, [1, 64, 4, 8], int8",
                                 "output: y, [1, 64, 4, 8], int8", "bmodel is 4k aligned"})
            QVERIFY2(info.contains(part), info.constData());
        const std::filesystem::path oracle = wb::test::sharedFolder() / "oracle" / "run.sh";
        if (!std::filesystem::exists(oracle)) QSKIP("the optional folder has no oracle/run.sh: bmodel_dis is left out");
        const QByteArray listing = output(QString::fromStdString(oracle.string()), {"bmodel_dis", path});
        QVERIFY2(listing.contains("arith.add") && listing.contains("dma.tensor"), listing.constData());
    }
};

QTEST_GUILESS_MAIN(TestVendorRuntime)
#include "tst_vendor_runtime.moc"
