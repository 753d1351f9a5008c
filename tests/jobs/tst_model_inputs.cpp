// SPDX-License-Identifier: GPL-3.0-or-later
// What a file of arrays means for an input: numbers become codes, codes stay as they are.
#include "compiler/ir/npz_tensor.h"
#include "compiler/jobs/model_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace wb;

namespace {

/// A network whose input is stored in codes of scale 1/128 around `zero`.
ir::Graph coded(ir::ElementType element, int64_t zero) {
    ir::Graph graph;
    ir::TensorType type{element, {1, 4}, true, {}};
    ir::UniformQuant quant;
    quant.scales = {1.0 / 128};
    quant.zeroPoints = {zero};
    type.quant = quant;
    graph.outputs = {graph.add("top.Input", {}, "x", type)};
    return graph;
}

template <class T> ir::Tensor tensorOf(ir::ElementType element, std::initializer_list<T> values) {
    ir::Tensor tensor(element, {1, static_cast<int64_t>(values.size())});
    std::copy(values.begin(), values.end(), tensor.mutableData<T>());
    return tensor;
}

/// What an input gets from a file that holds `tensor`.
auto readBack(const ir::Graph& graph, const ir::Tensor& tensor) {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("x.npz").toStdString();
    if (!ir::writeNpz(file, {{"x", tensor}})) qFatal("the file cannot be written");
    return jobs::loadInputs(graph, {file});
}

} // namespace

class TestModelInputs : public QObject {
    Q_OBJECT

private slots:
    void arraysOfCodesAndOfNumbers_data() {
        QTest::addColumn<bool>("isSigned");
        QTest::addColumn<bool>("codes");
        for (const bool isSigned : {false, true})
            for (const bool codes : {false, true})
                QTest::addRow("%s, %s", isSigned ? "int8" : "uint8", codes ? "codes" : "numbers") << isSigned << codes;
    }
    void arraysOfCodesAndOfNumbers() {
        QFETCH(bool, isSigned);
        QFETCH(bool, codes);
        const ir::Graph graph = isSigned ? coded(ir::ElementType::Si8, -3) : coded(ir::ElementType::Ui8, 128);
        const auto expected = isSigned ? tensorOf<int8_t>(ir::ElementType::Si8, {-128, -3, 0, 127})
                                       : tensorOf<uint8_t>(ir::ElementType::Ui8, {0, 128, 129, 255});
        const auto numbers = isSigned ? tensorOf<float>(ir::ElementType::F32, {-125.0F / 128, 0, 3.0F / 128, 130.0F / 128})
                                      : tensorOf<float>(ir::ElementType::F32, {-1, 0, 1.0F / 128, 127.0F / 128});
        const auto read = readBack(graph, codes ? expected : numbers);
        QVERIFY2(read, read ? "" : toText(read.error()).c_str());
        const ir::Tensor& x = read->at("x");
        QCOMPARE(x.type(), expected.type());
        QCOMPARE(std::memcmp(x.bytes(), expected.bytes(), expected.byteSize()), 0);
    }
    void integersOfAnotherWidthAreNumbers() {
        const ir::Graph graph = coded(ir::ElementType::Ui8, 128);
        const auto read = readBack(graph, tensorOf<int32_t>(ir::ElementType::Si32, {-1, 0, 0, 7}));
        QVERIFY(read);
        const auto* x = read->at("x").data<uint8_t>();
        QCOMPARE(std::vector<int>(x, x + 4), (std::vector<int>{0, 128, 128, 255}));
    }
};

QTEST_GUILESS_MAIN(TestModelInputs)
#include "tst_model_inputs.moc"
