// SPDX-License-Identifier: GPL-3.0-or-later
// Whole networks, compiled by our code generator, in the vendor's runtime: the outputs of our bmodels are those of our
// model of the lowered graph, byte for byte where all between the ways in and out is integers.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/container.h"
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "compiler/target/bmodel/combine.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/codegen/networks.h"
#include "tests/interop/vendor_runtime.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace wb;
using ops::Precision;
using Graph = std::shared_ptr<const ir::Graph>;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

constexpr std::chrono::seconds kPatience{1800}; ///< the C model takes minutes for a detector of 640 pixels

/// The embedded sample: ranges of one run on noise, which exercises every layer. `raw`: preprocessing inside.
Result<Graph> sample(Precision precision, bool raw) {
    importer::ImportOptions options;
    options.modelName = "signs";
    options.preprocess.pixelFormat = "rgb";
    const double scale = 1.0 / 255;
    options.preprocess.scale = {scale, scale, scale};
    JobContext context;
    WB_ASSIGN(auto imported, importer::importModel(std::filesystem::path(WB_SOURCE_DIR) / "resources/sample/signs.onnx", options, context));
    WB_TRY(passes::optimiseTop(imported.origin, context));
    const ir::Value& input = imported.origin.value(imported.origin.inputs().front());
    ir::Tensor noise = test::randomTensor(input.type, 3);
    for (int64_t i = 0; i < noise.elementCount(); ++i)
        noise.mutableData<float>()[i] = std::fabs(noise.data<float>()[i]);
    const auto top = std::make_shared<const ir::Graph>(imported.origin);
    WB_ASSIGN(auto values, test::runModel(top, {{input.name, noise}}));
    values.insert_or_assign(input.name, std::move(noise));
    quantise::RangeTable ranges;
    for (const auto& [name, value] : values) {
        const auto [low, high] = std::minmax_element(value.data<float>(), value.data<float>() + value.elementCount());
        const double threshold = std::max({std::fabs(static_cast<double>(*low)), std::fabs(static_cast<double>(*high)), 1e-5});
        ranges[name] = {threshold, static_cast<double>(*low), static_cast<double>(*high)};
    }
    quantise::LowerOptions lower;
    lower.target.module = precision;
    if (raw) lower.fusePreprocess = "";
    WB_ASSIGN(auto lowered, quantise::lower(imported.origin, precision == Precision::Int8 ? ranges : quantise::RangeTable{}, {}, lower, context));
    return lowered.graph;
}

Result<Graph> network(const std::string& name, Precision precision) {
    return name.starts_with("signs") ? sample(precision, name == "signs raw") : test::lowerReference(name, precision);
}

struct Built {
    Graph graph;
    bmodel::File file;
};
Result<Built> build(const std::string& name, Precision precision, uint32_t mostCommands = codegen::CompileOptions{}.mostCommands) {
    Built built;
    WB_ASSIGN(built.graph, network(name, precision));
    JobContext context;
    WB_ASSIGN(const auto compiled, codegen::compile(*built.graph, {.mostCommands = mostCommands}, context));
    WB_ASSIGN(built.file, codegen::toBmodel(compiled));
    return built;
}

/// Random pixels, or the golden input of a reference network.
ir::Tensor inputOf(const std::string& name, const ir::TensorType& type) {
    const auto golden = test::sharedFolder() / "golden" / name / "in_f32.npz";
    if (std::filesystem::exists(golden))
        if (auto tensors = ir::readNpz(golden); tensors && tensors->begin()->second.byteSize() == ir::Tensor(type.element, type.shape).byteSize())
            return tensors->begin()->second;
    ir::Tensor input = test::randomTensor(type, 17);
    for (int64_t i = 0; type.element == ir::ElementType::F32 && i < input.elementCount(); ++i)
        input.mutableData<float>()[i] = std::fabs(input.data<float>()[i]);
    return input;
}

} // namespace

class TestVendorNetworks : public QObject {
    Q_OBJECT

private slots:
    void init() {
        if (const std::string reason = interop::vendorRuntimeMissing(); !reason.empty()) QSKIP(reason.c_str());
    }
    void outputsEqual_data();
    void outputsEqual();
    void commandGroups();
    void twoNetworksInOneFile();

private:
    void compare(const std::string& name, const Built& built, const std::filesystem::path& path, double tolerance);
};

void TestVendorNetworks::compare(const std::string& name, const Built& built, const std::filesystem::path& path, double tolerance) {
    const ir::Graph& graph = *built.graph;
    const bmodel::Stage& stage = built.file.networks[0].stages[0];
    execute::TensorMap inputs;
    std::vector<std::vector<std::byte>> bytes;
    for (const bmodel::Tensor& tensor : stage.inputs) {
        const ir::ValueId id = graph.find(tensor.name);
        QVERIFY2(id != ir::kNoValue, tensor.name.c_str());
        const ir::Tensor input = inputOf(name, graph.value(id).type);
        bytes.emplace_back(input.bytes(), input.bytes() + input.byteSize());
        inputs.insert_or_assign(tensor.name, input);
    }
    const interop::VendorRun run = interop::runInVendorRuntime(path, bytes, built.file.networks[0].name, 0, kPatience);
    QVERIFY2(run.problem.empty(), run.text().c_str());
    auto expected = test::runModel(built.graph, inputs);
    VERIFY_RESULT(expected);
    QCOMPARE(run.outputs.size(), graph.outputs.size());
    for (size_t i = 0; i < run.outputs.size(); ++i) {
        const std::string& output = stage.outputs[i].name;
        QVERIFY2(expected->contains(output), output.c_str());
        const ir::Tensor& wanted = expected->at(output);
        QCOMPARE(run.outputs[i].size(), wanted.byteSize());
        ir::Tensor got(wanted.type(), wanted.shape());
        std::memcpy(got.mutableBytes(), run.outputs[i].data(), got.byteSize());
        const bool equal = std::memcmp(got.bytes(), wanted.bytes(), got.byteSize()) == 0;
        const double far = equal || wanted.type() != ir::ElementType::F32 ? 0 : test::apart(got, wanted);
        qInfo("%s %s %s: %s", name.c_str(), output.c_str(), ir::toText(wanted.shape()).c_str(), equal ? "equal" : ("1 - cosine " + std::to_string(far)).c_str());
        QVERIFY2(equal || (tolerance > 0 && far <= tolerance), output.c_str());
    }
}

void TestVendorNetworks::outputsEqual_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("precision");
    QTest::addColumn<double>("tolerance");
    const auto add = [](const char* row, const char* name, Precision precision, double tolerance) {
        QTest::newRow(row) << QString(name) << static_cast<int>(precision) << tolerance;
    };
    add("sample int8", "signs", Precision::Int8, 0);
    add("sample int8, preprocessing inside", "signs raw", Precision::Int8, 0);
    // Sums in another order turn single roundings of F16 (2^-11), which spread: as the network tests on our simulator.
    add("sample f16", "signs", Precision::F16, 1e-5);
    add("ultraface int8", "ultraface", Precision::Int8, 0);
    add("ultraface f16", "ultraface", Precision::F16, 1e-5);
    add("yolo_fastest_xl int8", "yolo_fastest_xl", Precision::Int8, 0);
    add("yolov5n int8", "yolov5n", Precision::Int8, 0);
}

void TestVendorNetworks::outputsEqual() {
    QFETCH(QString, name);
    QFETCH(int, precision);
    QFETCH(double, tolerance);
    const std::string key = name.toStdString();
    if (!key.starts_with("signs") && test::sharedFolder().empty()) QSKIP("the optional folder with networks is absent");
    auto built = build(key, static_cast<Precision>(precision));
    VERIFY_RESULT(built);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("net.bmodel").toStdString();
    QVERIFY(bmodel::write(built->file, path));
    compare(key, *built, path, tolerance);
}

/// As of more commands than ids can number: the runtime takes one group after the other, local memory stays.
void TestVendorNetworks::commandGroups() {
    for (const uint32_t most : {900U, 400U, 150U}) {
        auto built = build("signs", Precision::Int8, most);
        VERIFY_RESULT(built);
        const size_t groups = built->file.networks[0].stages[0].groups.size();
        qInfo("%u commands of an engine in a group: %zu groups", most, groups);
        QVERIFY(groups > 1);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("groups.bmodel").toStdString();
        QVERIFY(bmodel::write(built->file, path));
        compare("signs", *built, path, 0);
    }
}

void TestVendorNetworks::twoNetworksInOneFile() {
    auto one = build("signs", Precision::Int8), two = build("signs raw", Precision::Int8);
    VERIFY_RESULT(one);
    VERIFY_RESULT(two);
    one->file.networks[0].name = "of_floats";
    two->file.networks[0].name = "of_pixels";
    const auto both = bmodel::combine({one->file, two->file});
    VERIFY_RESULT(both);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("two.bmodel").toStdString();
    QVERIFY(bmodel::write(*both, path));
    compare("signs", *one, path, 0);
    compare("signs raw", *two, path, 0);
}

QTEST_GUILESS_MAIN(TestVendorNetworks)
#include "tst_vendor_networks.moc"
