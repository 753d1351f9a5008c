// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "tests/import/node_tests.h"

#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/import/onnx/onnx_tensor.h"
#include "compiler/ops/import_help.h"
#include "compiler/passes/pipeline.h"
#include "tests/support/shared_data.h"

#include <onnx/onnx_pb.h>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace wb::test {
namespace {

using State = NodeTest::State;

/// Inputs that say how a result is shaped or computed, not numbers that flow: a network of static shapes has
/// them as constants, so they are written into the model before it is imported.
const std::map<std::string, std::set<int>> kParameters = {
    {"Reshape", {1}},  {"Expand", {1}},    {"Tile", {1}},      {"Slice", {1, 2, 3, 4}}, {"Pad", {1, 2, 3}},
    {"Squeeze", {1}},  {"Unsqueeze", {1}}, {"ReduceSum", {1}}, {"Resize", {1, 2, 3}},   {"Upsample", {1}},
    {"TopK", {1}},     {"Split", {1}},     {"OneHot", {1}},    {"CumSum", {1}},         {"Range", {0, 1, 2}},
    {"Trilu", {1}},    {"Clip", {1, 2}},   {"Dropout", {1, 2}}, {"ConstantOfShape", {0}}, {"MaxUnpool", {2}},
    {"Loop", {0, 1}},  {"If", {0}},        {"BlackmanWindow", {0}}, {"HannWindow", {0}}, {"HammingWindow", {0}},
    {"MelWeightMatrix", {0, 1, 2, 3, 4}},  {"DFT", {1}},       {"STFT", {1, 3}}, {"ReverseSequence", {1}},
    {"NonMaxSuppression", {2, 3, 4}},
};

/// Expected values that other readings of the operator do not give either.
const std::map<std::string, std::string> kNotes = {
    {"test_resize_downsample_scales_linear_align_corners", "Resize: align_corners with size · scale not rounded, against its text"},
    {"test_resize_downsample_scales_cubic_align_corners", "Resize: align_corners with size · scale not rounded, against its text"},
    {"test_cast_FLOAT_to_BFLOAT16", "Cast to bfloat16: the data are cut off, not rounded"},
    {"test_castlike_FLOAT_to_BFLOAT16", "Cast to bfloat16: the data are cut off, not rounded"},
    {"test_castlike_FLOAT_to_BFLOAT16_expanded", "Cast to bfloat16: the data are cut off, not rounded"},
};

/// Operators whose result has as many elements as the data happen to ask for.
const std::set<std::string> kShapedByData = {"NonZero", "Unique", "Compress"};
const std::set<std::string> kRandom = {"Bernoulli", "RandomUniformLike", "RandomNormalLike", "RandomUniform",
                                       "RandomNormal", "Multinomial"};

bool readMessage(const std::filesystem::path& path, google::protobuf::MessageLite& message) {
    const std::string bytes = readAll(path);
    return message.ParseFromString(bytes);
}

/// Why a static compiler cannot be asked for this one; empty if it can.
std::string ineligible(const onnx::ModelProto& model) {
    const auto check = [](const onnx::ValueInfoProto& value) -> std::string {
        if (!value.type().has_tensor_type()) return "sequences, optionals";
        const auto& tensor = value.type().tensor_type();
        if (tensor.elem_type() == onnx::TensorProto::STRING) return "strings";
        if (!tensor.has_shape()) return "shapes not declared";
        for (const auto& dim : tensor.shape().dim())
            if (!dim.has_dim_value()) return "free dimensions";
        return {};
    };
    for (const auto& input : model.graph().input())
        if (std::string why = check(input); !why.empty()) return why;
    for (const auto& output : model.graph().output())
        if (std::string why = check(output); !why.empty()) return why;
    for (const auto& node : model.graph().node()) {
        if (kShapedByData.contains(node.op_type())) return "shape of the result depends on the data";
        if (kRandom.contains(node.op_type())) return "random numbers";
    }
    return {};
}

std::string kinds(const onnx::GraphProto& graph) {
    std::set<std::string> names;
    for (const auto& node : graph.node())
        names.insert(node.op_type());
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// Data of the declared values. The package keeps bfloat16 as the 16-bit numbers that hold its bits.
template <class Values>
Result<std::vector<ir::Tensor>> readTensors(const std::filesystem::path& folder, const char* prefix, const Values& values) {
    std::vector<ir::Tensor> tensors;
    for (int i = 0; i < values.size(); ++i) {
        onnx::TensorProto proto;
        const auto file = folder / (prefix + std::to_string(i) + ".pb");
        if (!readMessage(file, proto)) return Error{Code::FileUnreadable, file.string()};
        const auto declared = values.Get(i).type().tensor_type().elem_type();
        if (declared == onnx::TensorProto::BFLOAT16 && proto.data_type() == onnx::TensorProto::UINT16)
            proto.set_data_type(declared);
        WB_ASSIGN(ir::Tensor tensor, importer::readTensor(proto, folder));
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

std::set<std::string> parametersOf(const onnx::GraphProto& graph) {
    std::set<std::string> names;
    for (const auto& node : graph.node())
        if (const auto row = kParameters.find(node.op_type()); row != kParameters.end())
            for (int index : row->second)
                if (index < node.input_size()) names.insert(node.input(index));
    return names;
}

ir::Shape atLeastOne(const ir::Shape& shape) { return shape.empty() ? ir::Shape{1} : shape; }

/// All values run as F32: whole numbers beyond 2^24 would not stay what they are.
bool exactInFloat(const ir::Tensor& tensor) {
    if (ir::isFloat(tensor.type())) return true;
    const auto values = ops::toInts(tensor);
    return values && std::all_of(values->begin(), values->end(), [](int64_t v) {
               return static_cast<int64_t>(static_cast<float>(v)) == v;
           });
}

/// ONNX's own rule (backend test runner): whole numbers and truth values equal, others within a thousandth.
std::string compare(const ir::Tensor& got, const ir::Tensor& expected) {
    if (atLeastOne(got.shape()) != atLeastOne(expected.shape()))
        return "shape " + ir::toText(got.shape()) + " instead of " + ir::toText(expected.shape());
    const auto reals = ops::toReals(expected);
    if (!reals) return "expected values of an unknown type";
    const bool whole = !ir::isFloat(expected.type());
    for (size_t i = 0; i < reals->size(); ++i) {
        const double e = (*reals)[i], g = static_cast<double>(got.data<float>()[i]);
        if (std::isnan(e) && std::isnan(g)) continue;
        const bool close = e == g || (!whole && std::isfinite(e) && std::fabs(g - e) <= 1e-7 + 1e-3 * std::fabs(e));
        if (!close) return std::to_string(g) + " instead of " + std::to_string(e) + " at " + std::to_string(i);
    }
    return {};
}

/// Of a table of boxes those that are there: behind the last one all rows hold -1.
std::string compareBoxes(const ir::Tensor& got, const ir::Tensor& expected) {
    const int64_t rows = expected.shape()[0];
    if (got.shape().size() != 2 || got.shape()[0] < rows || got.shape()[1] != 3) return "shape " + ir::toText(got.shape());
    for (int64_t i = rows * 3; i < got.elementCount(); ++i)
        if (got.data<float>()[i] != -1.0F) return "more than " + std::to_string(rows) + " boxes";
    const auto reals = ops::toReals(expected);
    for (size_t i = 0; reals && i < reals->size(); ++i)
        if (static_cast<double>(got.data<float>()[i]) != (*reals)[i]) return "another box at " + std::to_string(i);
    return {};
}

struct Case {
    execute::TensorMap inputs;
    std::vector<ir::Tensor> outputs;
};

std::string runGraph(const ir::Graph& graph, const Case& data) {
    auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {});
    if (!executor) return toText(executor.error());
    execute::TensorMap inputs;
    for (ir::ValueId id : graph.inputs()) {
        const ir::Value& value = graph.value(id);
        const auto it = data.inputs.find(value.name);
        if (it == data.inputs.end()) continue;
        if (ir::checkedElementCount(value.type.shape) != it->second.elementCount())
            return "input " + value.name + " of shape " + ir::toText(it->second.shape()) + " where " + ir::toText(value.type.shape) + " is declared";
        inputs.emplace(value.name, it->second.reshaped(value.type.shape));
    }
    const auto results = (*executor)->run(inputs, {});
    if (!results) return toText(results.error());
    for (size_t i = 0; i < data.outputs.size(); ++i) {
        const std::string& name = graph.value(graph.outputs[i]).name;
        const auto it = results->find(name);
        if (it == results->end()) return "no output " + name;
        const ir::Node* producer = graph.producer(graph.outputs[i]);
        const bool boxes = producer != nullptr && producer->op == "top.Nms";
        if (std::string why = (boxes ? compareBoxes : compare)(it->second, data.outputs[i]); !why.empty())
            return "output " + std::to_string(i) + ": " + why;
    }
    return {};
}

constexpr int64_t kExtremes[] = {-1, 0, 1, 7, 65537, int64_t{1} << 31, int64_t{1} << 40, INT64_MAX, INT64_MIN};

int64_t extreme(Random& random) { return kExtremes[random.below(std::size(kExtremes))]; }

void makeExtreme(onnx::AttributeProto& attribute, Random& random) {
    constexpr float kFloats[] = {0, -1, 1e-38F, 1e30F, INFINITY, NAN};
    if (attribute.ints_size() > 0 && random.below(3) > 0)
        attribute.set_ints(static_cast<int>(random.below(static_cast<uint64_t>(attribute.ints_size()))), extreme(random));
    else if (attribute.type() == onnx::AttributeProto::INTS)
        attribute.add_ints(extreme(random));
    attribute.set_i(extreme(random));
    attribute.set_f(kFloats[random.below(std::size(kFloats))]);
}

} // namespace

std::string extremeModel(const std::filesystem::path& folder, Random& random) {
    onnx::ModelProto model;
    if (!readMessage(folder / "model.onnx", model)) return {};
    auto& graph = *model.mutable_graph();
    for (const std::string& name : parametersOf(graph)) {
        auto* t = graph.add_initializer();
        t->set_name(name);
        t->set_data_type(onnx::TensorProto::INT64);
        const auto count = static_cast<int64_t>(random.below(6));
        if (count > 0) t->add_dims(count);
        for (int64_t i = 0; i < std::max<int64_t>(count, 1); ++i)
            t->add_int64_data(random.below(2) == 0 ? static_cast<int64_t>(random.below(5)) : extreme(random));
    }
    for (auto& node : *graph.mutable_node()) {
        for (auto& attribute : *node.mutable_attribute())
            if (random.below(2) == 0) makeExtreme(attribute, random);
        if (node.input_size() > 0 && random.below(8) == 0) node.mutable_input()->RemoveLast();
    }
    for (auto& input : *graph.mutable_input())
        for (auto& dim : *input.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim())
            if (random.below(6) == 0) dim.set_dim_value(std::abs(extreme(random) / 2));
    return model.SerializeAsString();
}

std::filesystem::path nodeTestFolder() {
    const QByteArray named = qgetenv("WB_ONNX_NODE_TESTS");
    const std::filesystem::path folder =
        named.isEmpty() ? "/usr/share/libonnx-testdata/data/node" : named.toStdString();
    std::error_code code;
    return std::filesystem::is_directory(folder, code) ? folder : std::filesystem::path();
}

NodeTest runNodeTest(const std::filesystem::path& folder) {
    NodeTest test;
    test.name = folder.filename().string();
    onnx::ModelProto model;
    const auto failed = [&](std::string reason, std::string detail) {
        test.reason = std::move(reason);
        test.detail = std::move(detail);
        return test;
    };
    if (!readMessage(folder / "model.onnx", model)) return failed("model.onnx cannot be read", "");
    const std::string all = kinds(model.graph());
    if (test.reason = ineligible(model); !test.reason.empty()) {
        test.state = State::NotEligible;
        test.detail = all;
        return test;
    }
    const auto data = folder / "test_data_set_0";
    const auto inputs = readTensors(data, "input_", model.graph().input());
    auto outputs = readTensors(data, "output_", model.graph().output());
    if (!inputs) return failed("data that cannot be read", toText(inputs.error()));
    if (!outputs) return failed("data that cannot be read", toText(outputs.error()));

    std::set<std::string> constants = parametersOf(model.graph());
    // An operator written out by its definition has the same inputs as its twin.
    if (const size_t tail = test.name.rfind("_expanded"); tail != std::string::npos)
        if (onnx::ModelProto twin; readMessage(folder.parent_path() / test.name.substr(0, tail) / "model.onnx", twin))
            constants.merge(parametersOf(twin.graph()));
    if (std::any_of(inputs->begin(), inputs->end(), [](const ir::Tensor& t) { return t.elementCount() == 0; }))
        return failed("empty tensors", all);
    for (const auto& node : model.graph().node())
        if (node.op_type() == "Dropout" && node.input_size() > 2) {
            for (int i = 0; i < model.graph().input_size(); ++i) {
                const auto ratio = model.graph().input(i).name() == node.input(1) ? ops::toReals((*inputs)[static_cast<size_t>(i)])
                                                                                  : std::nullopt;
                if (ratio && ratio->front() != 0.0) {
                    test.state = State::NotEligible;
                    return failed("random numbers", all);
                }
            }
            if (node.input(1).empty()) {
                test.state = State::NotEligible;
                return failed("random numbers", all);
            }
        }
    Case run;
    for (int i = 0; i < model.graph().input_size(); ++i) {
        const std::string& name = model.graph().input(i).name();
        const ir::Tensor& tensor = (*inputs)[static_cast<size_t>(i)];
        if (constants.contains(name)) {
            onnx::TensorProto proto;
            if (!readMessage(data / ("input_" + std::to_string(i) + ".pb"), proto)) continue;
            proto.set_name(name);
            *model.mutable_graph()->add_initializer() = proto;
            continue;
        }
        if (!exactInFloat(tensor)) return failed("whole numbers beyond single precision", all);
        auto real = ops::toFloat32(tensor);
        if (!real) return failed("data that cannot be read", toText(real.error()));
        run.inputs.emplace(name, std::move(*real));
    }
    run.outputs = std::move(*outputs);

    static const QTemporaryDir scratch;
    const std::filesystem::path file = scratch.filePath("model.onnx").toStdString();
    writeAll(file, model.SerializeAsString());
    importer::ImportOptions options;
    options.preprocess.channelFormat = "none";
    auto imported = importer::importModel(file, options, {});
    if (!imported) {
        const Error& error = imported.error();
        std::string reason = error.what;
        if (error.code == Code::UnsupportedOperators && !error.fields.empty()) {
            reason = "operators not imported:";
            for (const auto& [kind, count] : error.fields)
                reason += " " + kind;
        }
        return failed(reason, toText(error));
    }
    ir::Graph optimised = imported->origin;
    if (std::string why = runGraph(imported->origin, run); !why.empty())
        return failed(kNotes.contains(test.name) ? kNotes.at(test.name) : "different results: " + all, why);
    if (auto status = passes::optimiseTop(optimised, {}); !status)
        return failed("not optimised: " + all, toText(status.error()));
    if (std::string why = runGraph(optimised, run); !why.empty())
        return failed("different results once optimised: " + all, why);
    test.state = State::Passed;
    return test;
}

std::string nodeTestPage(const std::vector<NodeTest>& tests) {
    std::map<std::string, std::vector<std::string>> failed, apart;
    size_t passed = 0;
    for (const NodeTest& test : tests) {
        if (test.state == State::Passed) ++passed;
        if (test.state == State::Failed) failed[test.reason].push_back(test.name.substr(5));
        if (test.state == State::NotEligible) apart[test.reason].push_back(test.name.substr(5));
    }
    size_t skipped = 0;
    for (const auto& [reason, names] : apart)
        skipped += names.size();
    const size_t eligible = tests.size() - skipped;
    std::string page = "# ONNX's node tests\n\nWritten by the test `onnx_node_tests` (with `WB_NODE_TESTS_PAGE` naming this "
                       "file) from Debian's package\n`libonnx-testdata`. A test passes when the network as imported and the network "
                       "as optimised both give the expected\noutputs in FP32 (rtol 1e-3, atol 1e-7; whole numbers and truth values "
                       "equal).\n\nOperands that only say how a result is shaped (the shape of Reshape, the axes of Squeeze, …) are "
                       "made constants\nfirst, as networks of static shapes have them.\n\n";
    page += std::to_string(passed) + " of " + std::to_string(eligible) + " eligible tests pass; " + std::to_string(skipped) +
            " of " + std::to_string(tests.size()) + " are not eligible.\n";
    const auto list = [&](const char* title, const auto& groups) {
        page += std::string("\n## ") + title + "\n\n| reason | tests |\n|---|---|\n";
        for (const auto& [reason, names] : groups) {
            page += "| " + reason + " | ";
            for (size_t i = 0; i < names.size(); ++i)
                page += (i == 0 ? "" : ", ") + names[i];
            page += " |\n";
        }
    };
    list("Eligible, not passed", failed);
    list("Not eligible", apart);
    return page;
}

} // namespace wb::test
