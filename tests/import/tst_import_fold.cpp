// SPDX-License-Identifier: GPL-3.0-or-later
// Constant folding against ONNX's own node tests (Debian: libonnx-testdata): the inputs as constants, the
// result bit for bit (floats within a thousandth). And with senseless parameters: an error or nothing, no crash.
#include "compiler/import/fold.h"
#include "compiler/import/fold_indexed.h"
#include "compiler/import/onnx/onnx_node.h"
#include "compiler/import/onnx/onnx_tensor.h"
#include "compiler/ops/import_help.h"
#include "tests/import/onnx_builder.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

using namespace wb;
using ir::ElementType;
using ir::Tensor;
using Ints = std::vector<int64_t>;

namespace {

struct FoldCase {
    ops::SourceNode node;
    std::vector<std::optional<Tensor>> inputs;
    std::vector<Tensor> expected;

    std::optional<Result<std::vector<Tensor>>> fold() const {
        std::vector<const Tensor*> pointers;
        for (const auto& input : inputs)
            pointers.push_back(input ? &*input : nullptr);
        importer::Folder folder;
        return importer::Folder::knows(node) ? folder.fold(node, pointers) : std::nullopt;
    }
};

std::optional<Tensor> dataOf(const std::filesystem::path& file, int declared) {
    onnx::TensorProto proto;
    if (!proto.ParseFromString(test::readAll(file))) return {};
    if (declared != proto.data_type()) return {}; // bfloat16, which the package keeps as other numbers
    auto tensor = importer::readTensor(proto, file.parent_path());
    return tensor ? std::optional(std::move(*tensor)) : std::nullopt;
}

/// Nothing for models of several nodes and for types without an array form.
std::optional<FoldCase> readCase(const std::filesystem::path& folder) {
    onnx::ModelProto model;
    if (!model.ParseFromString(test::readAll(folder / "model.onnx")) || model.graph().node_size() != 1) return {};
    importer::SourceModel source;
    importer::NodeReader reader{folder, importer::readOpsets(model.opset_import()), &source, 0};
    const onnx::NodeProto& node = model.graph().node(0);
    auto read = importer::readNode(node, reader);
    if (!read) return {};
    FoldCase result{std::move(*read), {}, {}};
    std::map<std::string, Tensor> named;
    const auto data = folder / "test_data_set_0";
    for (int i = 0; i < model.graph().input_size(); ++i) {
        const auto& input = model.graph().input(i);
        auto tensor = dataOf(data / ("input_" + std::to_string(i) + ".pb"), input.type().tensor_type().elem_type());
        if (!tensor) return {};
        named.emplace(input.name(), std::move(*tensor));
    }
    for (const std::string& name : result.node.inputs)
        result.inputs.push_back(named.contains(name) ? std::optional(named.at(name)) : std::nullopt);
    for (int i = 0; i < model.graph().output_size(); ++i) {
        const auto& output = model.graph().output(i);
        auto tensor = dataOf(data / ("output_" + std::to_string(i) + ".pb"), output.type().tensor_type().elem_type());
        if (!tensor) return {};
        result.expected.push_back(std::move(*tensor));
    }
    return result;
}

QString difference(const Tensor& got, const Tensor& expected) {
    if (got.type() != expected.type()) return "another type";
    if (got.shape() != expected.shape()) return QString::fromStdString("shape " + ir::toText(got.shape()));
    if (got.byteSize() == 0 || std::memcmp(got.bytes(), expected.bytes(), got.byteSize()) == 0) return {};
    const auto g = ops::toReals(got), e = ops::toReals(expected);
    if (!ir::isFloat(got.type()) || !g || !e) return "other numbers";
    for (size_t i = 0; i < g->size(); ++i)
        if ((*g)[i] != (*e)[i] && !(std::isnan((*g)[i]) && std::isnan((*e)[i])) &&
            !(std::fabs((*g)[i] - (*e)[i]) <= 1e-7 + 1e-3 * std::fabs((*e)[i])))
            return QString("%1 instead of %2 at %3").arg((*g)[i]).arg((*e)[i]).arg(i);
    return {};
}

std::vector<std::filesystem::path> caseFolders() {
    std::vector<std::filesystem::path> folders;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/share/libonnx-testdata/data/node", code))
        folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

} // namespace

using wb::test::OnnxBuilder;

class TstImportFold : public QObject {
    Q_OBJECT
private slots:
    void nodeTests() {
        const auto folders = caseFolders();
        if (folders.empty()) QSKIP("ONNX's node tests are not installed (package libonnx-testdata)");
        std::map<std::string, int> folded;
        int indexed = 0, all = 0;
        QStringList wrong;
        for (const auto& folder : folders) {
            const auto test = readCase(folder);
            // A network that trains drops at random.
            const auto result = test && test->node.kind != "Dropout" ? test->fold() : std::nullopt;
            if (!result) continue;
            const QString name = QString::fromStdString(folder.filename().string());
            if (!*result) {
                wrong << name + ": " + QString::fromStdString(toText(result->error()));
                continue;
            }
            ++all;
            ++folded[test->node.kind];
            indexed += importer::isIndexed(test->node.kind) ? 1 : 0;
            for (size_t i = 0; i < test->expected.size(); ++i)
                if (const QString why = i < (**result).size() ? difference((**result)[i], test->expected[i]) : "missing";
                    !why.isEmpty())
                    wrong << name + ": " + why;
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join("\n")));
        qInfo("%d tests folded, %d of them by index", all, indexed);
        QVERIFY2(all >= 250, qPrintable(QString::number(all)));
        for (const char* kind : {"ScatterND", "GatherND", "ScatterElements", "GatherElements", "Tile", "Pad", "Split",
                                 "Trilu", "CumSum", "OneHot", "NonZero"})
            QVERIFY2(folded[kind] > 0, kind);
    }

    /// Senseless numbers in the parameters, missing inputs: an answer, whatever it is.
    void senseless() {
        const auto folders = caseFolders();
        if (folders.empty()) QSKIP("ONNX's node tests are not installed (package libonnx-testdata)");
        constexpr int64_t kOdd[] = {-1, 0, 1, 3, 65537, int64_t{1} << 31, int64_t{1} << 40, INT64_MAX, INT64_MIN};
        test::Random random(5);
        const auto odd = [&] { return kOdd[random.below(std::size(kOdd))]; };
        int refused = 0, computed = 0;
        for (const auto& folder : folders) {
            const auto test = readCase(folder);
            if (!test || !importer::isIndexed(test->node.kind)) continue;
            for (int round = 0; round < 60; ++round) {
                FoldCase c = *test;
                for (auto& input : c.inputs) {
                    if (!input || input->type() != ElementType::Si64 || input->elementCount() == 0) continue;
                    if (random.below(2) == 0)
                        input->mutableData<int64_t>()[random.below(static_cast<uint64_t>(input->elementCount()))] = odd();
                }
                if (random.below(4) == 0) c.inputs[random.below(c.inputs.size())] = Tensor(ElementType::Si64, {3, 0, 2});
                if (random.below(4) == 0) c.inputs[random.below(c.inputs.size())] = Tensor(ElementType::F32, {});
                if (random.below(8) == 0) c.inputs.pop_back();
                for (auto& [key, value] : c.node.attributes)
                    if (random.below(4) == 0 && std::holds_alternative<int64_t>(value)) value = odd();
                const auto result = c.fold();
                ++(result && *result ? computed : refused);
            }
        }
        QVERIFY(refused > 100 && computed > 100);
    }

    /// What exporters write for `mask[:, a:b] = v`: it ends as a weight, and a result decides a shape.
    void sliceAssignment() {
        OnnxBuilder b(13, {1, 4});
        b.node("ConstantOfShape", {b.ints({2, 4})}, "zeros");
        const std::string updates = b.weight({2, 2}, {1, 2, 3, 4});
        b.node("ConstantOfShape", {b.ints({2})}, "none");
        const std::string flat = b.ints({0, 1, 0, 2, 1, 0, 1, 3});
        b.node("Reshape", {flat, b.ints({2, 2, 2})}, "places");
        b.node("ScatterND", {"zeros", "places", updates}, "mask");
        b.node("NonZero", {"mask"}, "hits");
        b.node("Gather", {"mask", b.ints({0})}, "row", {{"axis", int64_t{0}}});
        b.output(b.node("Add", {"x", "row"}, "y"));
        const auto model = b.import();
        QVERIFY2(model, model ? "" : qPrintable(QString::fromStdString(toText(model.error()))));
        QCOMPARE(test::joined(test::summary(model->origin)).count('\n'), 1);
    }

    /// A few bytes cannot ask for gigabytes, nor many small nodes together.
    void budget() {
        OnnxBuilder b(13, {1, 4});
        b.node("Tile", {b.weight({1, 1}, {1}), b.ints({1 << 20, 1 << 20})}, "t");
        b.output(b.node("Add", {"x", "t"}, "y"));
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::OutOfMemory);
    }

    /// A border of billions around nothing is nothing, at once.
    void emptyBorder() {
        FoldCase c;
        c.node.kind = "Pad";
        c.inputs = {Tensor(ElementType::F32, {0, 1}),
                    Tensor::of<int64_t>(ElementType::Si64, {4}, std::vector<int64_t>{0, 0, 0, (int64_t{1} << 32) - 2})};
        const auto result = c.fold();
        QVERIFY(result && *result);
        QCOMPARE((**result).front().shape(), (ir::Shape{0, (int64_t{1} << 32) - 1}));
    }
};

QTEST_GUILESS_MAIN(TstImportFold)
#include "tst_import_fold.moc"
