// SPDX-License-Identifier: GPL-3.0-or-later
// Writes small TensorFlow Lite files for tests, with the schema that the reader is made from.
#pragma once

#include <tflite_generated.h>

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

    TfliteBuilder() { m_buffers.push_back(wire::CreateBuffer(m_fb)); }

    flatbuffers::FlatBufferBuilder& fb() { return m_fb; }

    /// A computed tensor, or an input when named in ends().
    int tensor(const Ints& shape, wire::Element element = wire::Element_Float32, const Quant& quant = {},
               const std::string& name = {}) {
        return add(shape, element, quant, 0, name);
    }
    template <class T>
    int constant(const Ints& shape, wire::Element element, const std::vector<T>& data, const Quant& quant = {}) {
        const auto bytes = m_fb.CreateVector(reinterpret_cast<const uint8_t*>(data.data()), data.size() * sizeof(T));
        m_buffers.push_back(wire::CreateBuffer(m_fb, bytes));
        return add(shape, element, quant, static_cast<uint32_t>(m_buffers.size() - 1), {});
    }
    int floats(const Ints& shape, const std::vector<float>& data) { return constant(shape, wire::Element_Float32, data); }
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
    template <class Table>
    void op(int kind, const Ints& inputs, const Ints& outputs, wire::Options type, flatbuffers::Offset<Table> options) {
        op(kind, inputs, outputs, type, options.Union());
    }

    void ends(const Ints& inputs, const Ints& outputs) { m_inputs = inputs, m_outputs = outputs; }

    std::string bytes(uint32_t version = 3) {
        const auto graph = wire::CreateSubGraph(m_fb, m_fb.CreateVector(m_tensors), m_fb.CreateVector(m_inputs),
                                                m_fb.CreateVector(m_outputs), m_fb.CreateVector(m_operators),
                                                m_fb.CreateString("main"));
        const auto graphs = m_fb.CreateVector(&graph, 1);
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
        m_tensors.push_back(wire::CreateTensor(m_fb, dims, element, buffer, text, q));
        return static_cast<int>(m_tensors.size()) - 1;
    }

    flatbuffers::FlatBufferBuilder m_fb;
    std::vector<flatbuffers::Offset<wire::Buffer>> m_buffers;
    std::vector<flatbuffers::Offset<wire::Tensor>> m_tensors;
    std::vector<flatbuffers::Offset<wire::OperatorCode>> m_codes;
    std::vector<flatbuffers::Offset<wire::Operator>> m_operators;
    Ints m_inputs, m_outputs;
};

} // namespace wb::test
