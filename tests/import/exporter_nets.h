// SPDX-License-Identifier: GPL-3.0-or-later
// Small networks as other programs write them, run as they are imported.
#pragma once

#include "compiler/execute/executor.h"
#include "tests/import/onnx_builder.h"

#include <cmath>

namespace wb::test {

using Floats = std::vector<float>;

inline Floats numbers(size_t count, float step = 0.37F, float from = -1.1F) {
    Floats values(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = std::sin(from + step * static_cast<float>(i));
    return values;
}

inline onnx::NodeProto& lastNode(OnnxBuilder& b) { return *b.graph().mutable_node(b.graph().node_size() - 1); }

/// A node of onnxruntime's.
inline std::string own(OnnxBuilder& b, const std::string& kind, std::vector<std::string> inputs, const std::string& out,
                const OnnxBuilder::Attributes& attributes = {}) {
    b.node(kind, std::move(inputs), out, attributes);
    lastNode(b).set_domain("com.microsoft");
    if (b.model().opset_import_size() < 2) {
        b.model().add_opset_import()->set_domain("com.microsoft");
        b.model().mutable_opset_import(1)->set_version(1);
    }
    return out;
}

inline std::string bytesOf(OnnxBuilder& b, const std::string& name, int type, const OnnxBuilder::Ints& shape, const std::string& raw) {
    auto* t = b.graph().add_initializer();
    t->set_name(name);
    t->set_data_type(type);
    for (int64_t d : shape)
        t->add_dims(d);
    t->set_raw_data(raw);
    return name;
}

/// The output on `x` and whatever other inputs; empty, with a message, when something fails.
inline Floats run(OnnxBuilder& b, const std::string& output, const std::map<std::string, ir::Tensor>& inputs) {
    b.output(output);
    const auto model = b.import();
    if (!model) {
        qWarning("%s", toText(model.error()).c_str());
        return {};
    }
    const auto graph = std::make_shared<const ir::Graph>(model->origin);
    auto executor = execute::Executor::create(graph, {}, {});
    if (!executor) return {};
    execute::TensorMap fitting;
    for (const std::string& name : model->inputNames)
        fitting.emplace(name, inputs.at(name));
    const auto results = (*executor)->run(fitting, {});
    if (!results) {
        qWarning("%s", toText(results.error()).c_str());
        return {};
    }
    const auto values = results->at(graph->value(graph->outputs.back()).name).span<float>();
    return {values.begin(), values.end()};
}

inline ir::Tensor tensor(const ir::Shape& shape, const Floats& values) { return ir::Tensor::of<float>(ir::ElementType::F32, shape, values); }

inline Floats run(OnnxBuilder& b, const std::string& output, const ir::Shape& shape, const Floats& x) {
    return run(b, output, {{"x", tensor(shape, x)}});
}

} // namespace wb::test
