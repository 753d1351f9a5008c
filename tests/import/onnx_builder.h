// SPDX-License-Identifier: GPL-3.0-or-later
// Makes small ONNX networks in a test: a line a node. Deterministic; weights come from a seeded
// generator.
#pragma once

#include "compiler/import/import.h"
#include "tests/support/shared_data.h"

#include <onnx/onnx_pb.h>
#include <QTemporaryDir>

#include <string>
#include <variant>
#include <vector>

namespace wb::test {

class OnnxBuilder {
public:
    using Ints = std::vector<int64_t>;
    using Value = std::variant<int64_t, double, std::string, Ints>;
    using Attributes = std::vector<std::pair<std::string, Value>>;

    explicit OnnxBuilder(int opset = 14, Ints inputShape = {1, 4, 8, 8}) {
        m_model.set_ir_version(7);
        m_model.add_opset_import()->set_version(opset);
        m_model.mutable_graph()->set_name("test");
        addInput("x", inputShape);
    }

    onnx::ModelProto& model() { return m_model; }
    onnx::GraphProto& graph() { return *m_model.mutable_graph(); }

    /// A dimension of -1 is free and called "d<axis>".
    void addInput(const std::string& name, const Ints& shape) {
        auto* input = graph().add_input();
        input->set_name(name);
        auto* type = input->mutable_type()->mutable_tensor_type();
        type->set_elem_type(onnx::TensorProto::FLOAT);
        for (size_t i = 0; i < shape.size(); ++i) {
            auto* dim = type->mutable_shape()->add_dim();
            if (shape[i] >= 0)
                dim->set_dim_value(shape[i]);
            else
                dim->set_dim_param("d" + std::to_string(i));
        }
    }
    /// One output "out"; gives it back, so that calls nest.
    std::string node(const std::string& kind, std::vector<std::string> inputs,
                     const std::string& out, const Attributes& attributes = {}) {
        nodeMany(kind, std::move(inputs), {out}, attributes);
        return out;
    }
    void nodeMany(const std::string& kind, std::vector<std::string> inputs,
                  std::vector<std::string> outputs, const Attributes& attributes = {}) {
        auto* n = graph().add_node();
        n->set_op_type(kind);
        n->set_name(outputs.front() + "_node");
        for (auto& i : inputs)
            n->add_input(i);
        for (auto& o : outputs)
            n->add_output(o);
        for (const auto& [key, value] : attributes) {
            auto* a = n->add_attribute();
            a->set_name(key);
            if (const auto* i = std::get_if<int64_t>(&value)) {
                a->set_type(onnx::AttributeProto::INT);
                a->set_i(*i);
            } else if (const auto* f = std::get_if<double>(&value)) {
                a->set_type(onnx::AttributeProto::FLOAT);
                a->set_f(static_cast<float>(*f));
            } else if (const auto* s = std::get_if<std::string>(&value)) {
                a->set_type(onnx::AttributeProto::STRING);
                a->set_s(*s);
            } else {
                a->set_type(onnx::AttributeProto::INTS);
                for (int64_t v : std::get<Ints>(value))
                    a->add_ints(v);
            }
        }
    }
    /// A float weight with random numbers in [0.5, 1.5), or the numbers given.
    std::string weight(const Ints& shape, std::vector<float> values = {}, std::string name = {}) {
        if (name.empty()) name = "w" + std::to_string(graph().initializer_size());
        auto* t = graph().add_initializer();
        t->set_name(name);
        t->set_data_type(onnx::TensorProto::FLOAT);
        int64_t count = 1;
        for (int64_t d : shape) {
            t->add_dims(d);
            count *= d;
        }
        for (int64_t i = 0; values.empty() ? i < count : i < static_cast<int64_t>(values.size());
             ++i)
            t->add_float_data(values.empty() ? m_random.real(0.5F, 1.5F)
                                             : values[static_cast<size_t>(i)]);
        return name;
    }
    std::string ints(const Ints& values) {
        const std::string name = "i" + std::to_string(graph().initializer_size());
        auto* t = graph().add_initializer();
        t->set_name(name);
        t->set_data_type(onnx::TensorProto::INT64);
        t->add_dims(static_cast<int64_t>(values.size()));
        for (int64_t v : values)
            t->add_int64_data(v);
        return name;
    }
    std::string scalar(float value) { return weight({}, {value}); }
    std::string conv(const std::string& in, const std::string& out, int64_t ins, int64_t outs,
                     int64_t kernel, const Attributes& attributes = {}, bool bias = true) {
        std::vector<std::string> inputs{in, weight({outs, ins, kernel, kernel})};
        if (bias) inputs.push_back(weight({outs}));
        return node("Conv", inputs, out, attributes);
    }
    std::string batchNorm(const std::string& in, const std::string& out, int64_t c) {
        return node("BatchNormalization", {in, weight({c}), weight({c}), weight({c}), weight({c})},
                    out);
    }
    void output(const std::string& name) { graph().add_output()->set_name(name); }

    std::string bytes() const { return m_model.SerializeAsString(); }
    Result<importer::ImportedModel> import(const importer::ImportOptions& options = {}) const {
        return importBytes(bytes(), options);
    }
    static Result<importer::ImportedModel>
    importBytes(const std::string& bytes, const importer::ImportOptions& options = {}) {
        static const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("net.onnx").toStdString();
        writeAll(file, bytes);
        return importer::importModel(file, options, JobContext());
    }

private:
    onnx::ModelProto m_model;
    Random m_random{7};
};

/// "Conv c0_Conv 1x4x8x8" of every node but inputs and weights.
inline std::vector<std::string> summary(const ir::Graph& graph) {
    std::vector<std::string> lines;
    for (const ir::Node& node : graph.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.Input") continue;
        const ir::Value& value = graph.value(node.results[0]);
        std::string line =
            node.op.substr(4) + " " + value.name + " " + ir::toText(value.type.shape);
        if (node.attributes.boolean("do_relu")) line += " relu";
        lines.push_back(line);
    }
    return lines;
}

inline QString joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return QString::fromStdString(text);
}

} // namespace wb::test
