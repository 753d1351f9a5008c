// SPDX-License-Identifier: GPL-3.0-or-later
// Writes small TensorFlow Lite files for tests, with the schema that the reader is made from.
#pragma once

#include <tflite_generated.h>

#include <flatbuffers/flexbuffers.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace wb::test {

namespace wire = wb::tflite::wire;

/// Scale and zero point, one or one an index of `axis`.
struct Quant {
    std::vector<float> scales;
    std::vector<int64_t> zeros;
    int axis = 0;
};

class TfliteBuilder {
public:
    using Ints = std::vector<int32_t>;

    /// One level of a sparse constant: dense with `size` places, or the places of each segment.
    struct Level {
        int size = 0;
        Ints segments = {}, places = {};
    };

    TfliteBuilder() { m_buffers.push_back(wire::CreateBuffer(m_fb)); }

    flatbuffers::FlatBufferBuilder& fb() { return m_fb; }

    /// A computed tensor, or an input when named in ends().
    int tensor(const Ints& shape, wire::Element element = wire::Element_Float32, const Quant& quant = {},
               const std::string& name = {}) {
        return add(shape, element, quant, 0, name);
    }
    /// What a layer keeps from run to run.
    int state(const Ints& shape) {
        m_variable = true;
        const int id = tensor(shape);
        m_variable = false;
        return id;
    }
    template <class T>
    int constant(const Ints& shape, wire::Element element, const std::vector<T>& data, const Quant& quant = {}) {
        const auto bytes = m_fb.CreateVector(reinterpret_cast<const uint8_t*>(data.data()), data.size() * sizeof(T));
        m_buffers.push_back(wire::CreateBuffer(m_fb, bytes));
        return add(shape, element, quant, static_cast<uint32_t>(m_buffers.size() - 1), {});
    }
    int floats(const Ints& shape, const std::vector<float>& data) { return constant(shape, wire::Element_Float32, data); }
    /// `data` holds what the levels list, in their order; `blocks` names the axis that each block axis cuts.
    int sparse(const Ints& shape, const std::vector<float>& data, const Ints& order, const Ints& blocks, const std::vector<Level>& levels) {
        std::vector<flatbuffers::Offset<wire::Level>> list;
        for (const Level& level : levels) {
            if (level.segments.empty()) {
                list.push_back(wire::CreateLevel(m_fb, wire::LevelForm_DENSE, level.size));
                continue;
            }
            const auto segments = wire::CreateNumbers16(m_fb, m_fb.CreateVector(std::vector<uint16_t>(level.segments.begin(), level.segments.end())));
            const auto places = wire::CreateNumbers8(m_fb, m_fb.CreateVector(std::vector<uint8_t>(level.places.begin(), level.places.end())));
            list.push_back(wire::CreateLevel(m_fb, wire::LevelForm_COMPRESSED, 0, wire::Places_Numbers16, segments.Union(),
                                             wire::Places_Numbers8, places.Union()));
        }
        const auto walk = m_fb.CreateVector(order), cut = m_fb.CreateVector(blocks);
        m_sparsity = wire::CreateSparsity(m_fb, walk, cut, m_fb.CreateVector(list));
        const int id = floats(shape, data);
        m_sparsity = 0;
        return id;
    }
    int ints(const Ints& data) { return constant({static_cast<int>(data.size())}, wire::Element_Int32, data); }
    int scalar(int32_t value) { return constant<int32_t>({}, wire::Element_Int32, {value}); }

    void op(int kind, const Ints& inputs, const Ints& outputs, wire::Options type = wire::Options_NONE,
            flatbuffers::Offset<void> options = 0, const char* custom = nullptr) {
        const auto name = custom == nullptr ? flatbuffers::Offset<flatbuffers::String>() : m_fb.CreateString(custom);
        const auto code = static_cast<uint32_t>(m_codes.size());
        m_codes.push_back(wire::CreateOperatorCode(m_fb, static_cast<int8_t>(kind < 127 ? kind : 127), name, 1, kind));
        const auto in = m_fb.CreateVector(inputs), out = m_fb.CreateVector(outputs);
        m_operators.push_back(wire::CreateOperator(m_fb, code, in, out, type, options));
    }
    /// An operator that is not the format's own, with the options as its maker wrote them.
    void custom(const char* kind, const Ints& inputs, const Ints& outputs, const std::vector<uint8_t>& options) {
        const auto name = m_fb.CreateString(kind);
        const auto code = static_cast<uint32_t>(m_codes.size());
        m_codes.push_back(wire::CreateOperatorCode(m_fb, static_cast<int8_t>(wire::Kind_CUSTOM), name, 1, wire::Kind_CUSTOM));
        const auto in = m_fb.CreateVector(inputs), out = m_fb.CreateVector(outputs);
        const auto bytes = m_fb.CreateVector(options);
        m_operators.push_back(wire::CreateOperator(m_fb, code, in, out, wire::Options_NONE, 0, bytes));
    }
    template <class Table>
    void op(int kind, const Ints& inputs, const Ints& outputs, wire::Options type, flatbuffers::Offset<Table> options) {
        op(kind, inputs, outputs, type, options.Union());
    }

    void ends(const Ints& inputs, const Ints& outputs) { m_inputs = inputs, m_outputs = outputs; }

    /// Closes the network that was written; what follows is the next one, a branch or body, with tensors of its own.
    void nextGraph() {
        m_graphs.push_back(wire::CreateSubGraph(m_fb, m_fb.CreateVector(m_tensors), m_fb.CreateVector(m_inputs),
                                                m_fb.CreateVector(m_outputs), m_fb.CreateVector(m_operators),
                                                m_fb.CreateString(m_graphs.empty() ? "main" : "inner")));
        m_tensors.clear();
        m_operators.clear();
    }

    bool inner() const { return !m_graphs.empty(); }

    std::string bytes(uint32_t version = 3) {
        nextGraph();
        const auto graphs = m_fb.CreateVector(m_graphs);
        const auto model = wire::CreateModel(m_fb, version, m_fb.CreateVector(m_codes), graphs,
                                             m_fb.CreateString("made by a test"), m_fb.CreateVector(m_buffers));
        wire::FinishModelBuffer(m_fb, model);
        return {reinterpret_cast<const char*>(m_fb.GetBufferPointer()), m_fb.GetSize()};
    }

private:
    int add(const Ints& shape, wire::Element element, const Quant& quant, uint32_t buffer, std::string name) {
        if (name.empty()) name = "t" + std::to_string(m_tensors.size());
        flatbuffers::Offset<wire::Quantisation> q = 0;
        if (!quant.scales.empty()) {
            const auto scales = m_fb.CreateVector(quant.scales);
            const auto zeros = m_fb.CreateVector(quant.zeros);
            q = wire::CreateQuantisation(m_fb, scales, zeros, 0, quant.axis);
        }
        const auto dims = m_fb.CreateVector(shape);
        const auto text = m_fb.CreateString(name);
        m_tensors.push_back(wire::CreateTensor(m_fb, dims, element, buffer, text, q, m_variable, m_sparsity));
        return static_cast<int>(m_tensors.size()) - 1;
    }

    flatbuffers::FlatBufferBuilder m_fb;
    std::vector<flatbuffers::Offset<wire::Buffer>> m_buffers;
    std::vector<flatbuffers::Offset<wire::SubGraph>> m_graphs;
    std::vector<flatbuffers::Offset<wire::Tensor>> m_tensors;
    std::vector<flatbuffers::Offset<wire::OperatorCode>> m_codes;
    std::vector<flatbuffers::Offset<wire::Operator>> m_operators;
    Ints m_inputs, m_outputs;
    bool m_variable = false;
    flatbuffers::Offset<wire::Sparsity> m_sparsity = 0; ///< of the constant that is being added
};

/// Options of TFLite_Detection_PostProcess.
inline std::vector<uint8_t> detectionOptions(int most, int labels, int classes, bool byClass, float score = 0.2F) {
    flexbuffers::Builder f;
    f.Map([&] {
        f.Int("max_detections", most);
        f.Int("max_classes_per_detection", labels);
        f.Int("detections_per_class", 2);
        f.Bool("use_regular_nms", byClass);
        f.Float("nms_score_threshold", score);
        f.Float("nms_iou_threshold", 0.5F);
        f.Int("num_classes", classes);
        for (const char* name : {"y_scale", "x_scale"}) f.Float(name, 10);
        for (const char* name : {"h_scale", "w_scale"}) f.Float(name, 5);
    });
    f.Finish();
    return f.GetBuffer();
}

/// conv → sum → reshape to a computed shape, of numbers or of codes: something of all tables.
inline std::string everyTable(bool codes = false) {
    TfliteBuilder b;
    const auto element = codes ? wire::Element_Int8 : wire::Element_Float32;
    const Quant q = codes ? Quant{{0.05F}, {3}, 0} : Quant{};
    const int x = b.tensor({1, 6, 6, 2}, element, q, "x");
    int filter = 0, bias = 0;
    if (codes) {
        filter = b.constant<int8_t>({4, 3, 3, 2}, element, std::vector<int8_t>(72, 5), {{0.1F, 0.2F, 0.3F, 0.4F}, {0, 0, 0, 0}, 0});
        bias = b.constant<int32_t>({4}, wire::Element_Int32, {1, 2, 3, 4}, {{0.005F, 0.01F, 0.015F, 0.02F}, {0, 0, 0, 0}, 0});
    } else {
        TfliteBuilder::Level rows{0, {0}, {}}; // one element of two in each
        for (int i = 0; i < 36; ++i)
            rows.segments.push_back(i + 1), rows.places.push_back(i % 2);
        filter = b.tensor({4, 3, 3, 2});
        b.op(wire::Kind_DENSIFY, {b.sparse({4, 3, 3, 2}, std::vector<float>(36, 0.5F), {0, 1, 2, 3}, {}, {{4}, {3}, {3}, rows})}, {filter});
        bias = b.floats({4}, {1, 2, 3, 4});
    }
    const int c = b.tensor({1, 3, 3, 4}, element, q), s = b.tensor({1, 3, 3, 4}, element, q), shape = b.tensor({2}, wire::Element_Int32),
              y = b.tensor({9, 4}, element, q, "y");
    b.op(wire::Kind_CONV_2D, {x, filter, bias}, {c}, wire::Options_ConvOptions,
         wire::CreateConvOptions(b.fb(), wire::Border_SAME, 2, 2, wire::Activation_RELU6));
    b.op(wire::Kind_ADD, {c, c}, {s}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
    b.op(wire::Kind_PACK, {b.scalar(9), b.scalar(-1)}, {shape}, wire::Options_PackOptions, wire::CreatePackOptions(b.fb(), 2, 0));
    b.op(wire::Kind_RESHAPE, {s, shape}, {y});
    b.ends({x}, {y});
    return b.bytes();
}

} // namespace wb::test
