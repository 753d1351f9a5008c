// SPDX-License-Identifier: GPL-3.0-or-later
// The container: verified as a flatbuffer, then every index and size checked against what is there. Memory is taken for
// constants only, and for no more bytes than twice the file has.
#include "compiler/import/tflite/tflite_reader.h"

#include "compiler/import/tflite/tflite_options.h"
#include "compiler/import/tflite/tflite_rewrite.h"
#include "compiler/import/tflite/tflite_scales.h"
#include "compiler/import/tflite/tflite_sparse.h"
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace wb::importer {
namespace {

namespace wire = tflite::wire;
using ir::ElementType;

constexpr size_t kMostBytes = size_t{1} << 31; ///< what a flatbuffer's offsets reach
/// Sparse constants written out, over the file's size: one element in a hundred is as few as pruning leaves.
constexpr size_t kMostOfFile = 256;
constexpr int64_t kMostState = int64_t{1} << 24; ///< elements that layers keep from run to run
constexpr size_t kMostTables = 4'000'000;
constexpr size_t kMostAxes = 8; ///< of any tensor in the format's own interpreter

Error brokenTflite(std::string what) { return Error{Code::ModelDamaged, std::move(what)}; }

std::optional<ElementType> elementOfWire(wire::Element element) {
    switch (element) {
    case wire::Element_Float32: return ElementType::F32;
    case wire::Element_Float16: return ElementType::F16;
    case wire::Element_Float64: return ElementType::F64;
    case wire::Element_Int8: return ElementType::I8;
    case wire::Element_Uint8: return ElementType::Ui8;
    case wire::Element_Int16: return ElementType::I16;
    case wire::Element_Uint16: return ElementType::Ui16;
    case wire::Element_Int32: return ElementType::I32;
    case wire::Element_Uint32: return ElementType::Ui32;
    case wire::Element_Int64: return ElementType::I64;
    case wire::Element_Uint64: return ElementType::Ui64;
    case wire::Element_Bool: return ElementType::I1;
    default: return {};
    }
}

template <class T> size_t countOf(const flatbuffers::Vector<T>* list) { return list == nullptr ? 0 : list->size(); }

class TfliteReader {
public:
    TfliteReader(std::span<const std::byte> bytes, bool channelsFirst) : m_bytes(bytes), m_channelsFirst(channelsFirst) {}

    Result<SourceModel> read(const JobContext& context) {
        WB_TRY(verify());
        const wire::Model& model = *wire::GetModel(m_bytes.data());
        if (model.version() != 3)
            return Error{Code::OpsetUnsupported, "the file is of schema " + std::to_string(model.version()) +
                                                     ", this version reads schema 3"}
                .remedy("convert the network again with a converter of 2018 or later");
        m_wire = &model;
        m_model.format = "TFLITE";
        m_model.framework = ops::Framework::TFLite;
        m_model.opset = 3;
        if (model.description() != nullptr) m_model.producer = model.description()->str();
        if (countOf(model.graphs()) == 0 || model.graphs()->Get(0) == nullptr)
            return Error{Code::ModelEmpty, "the file holds no network"};
        const wire::SubGraph& graph = *model.graphs()->Get(0);
        if (countOf(graph.operators()) == 0) return Error{Code::ModelEmpty, "the network has no operators"};
        WB_ASSIGN(m_model.nodes, readNodes(graph, context));
        WB_TRY(readEnds(graph));
        // Branches and loop bodies, as they are met: what nothing refers to (other signatures) is not looked at.
        for (size_t b = 0; b < m_bodies.size(); ++b) {
            const wire::SubGraph& inner = *model.graphs()->Get(static_cast<uint32_t>(m_bodies[b]));
            SourceBody body;
            WB_ASSIGN(body.nodes, readNodes(inner, context));
            WB_ASSIGN(body.inputs, endNames(inner.inputs(), "input"));
            WB_ASSIGN(body.outputs, endNames(inner.outputs(), "output"));
            m_model.bodies.push_back(std::move(body));
        }
        rewriteTflite(m_model, m_fileShapes);
        return std::move(m_model);
    }

private:
    Result<std::vector<ops::SourceNode>> readNodes(const wire::SubGraph& graph, const JobContext& context) {
        m_graph = &graph;
        nameTensors(graph);
        for (size_t i = 0; i < m_names.size(); ++i) {
            if (i % 256 == 0) WB_TRY(context.checkStop());
            if (auto status = readTensor(*graph.tensors()->Get(static_cast<uint32_t>(i)), i); !status)
                return Error(status.error()).atNode(m_names[i]);
        }
        std::vector<ops::SourceNode> nodes;
        for (uint32_t i = 0; i < countOf(graph.operators()); ++i) {
            WB_ASSIGN(ops::SourceNode node, readOperator(*graph.operators()->Get(i), i));
            for (const char* key : {"then_branch", "else_branch", "cond", "body"})
                if (const auto it = node.attributes.find(key); it != node.attributes.end()) WB_TRY(referToBody(node, it->second));
            // What sets up variables gives nothing; what reads them is refused by its name.
            if (!node.outputs.empty()) nodes.push_back(std::move(node));
        }
        WB_TRY(readEmpty(graph, nodes));
        return nodes;
    }

    /// A list of no numbers has no bytes either, like a tensor that is computed: the shape of a number.
    Status readEmpty(const wire::SubGraph& graph, const std::vector<ops::SourceNode>& nodes) {
        std::set<std::string_view> made;
        for (const ops::SourceNode& node : nodes) made.insert(node.outputs.begin(), node.outputs.end());
        for (uint32_t i = 0; i < countOf(graph.inputs()); ++i)
            if (const int32_t tensor = graph.inputs()->Get(i); tensor >= 0 && static_cast<size_t>(tensor) < m_names.size())
                made.insert(m_names[static_cast<size_t>(tensor)]);
        for (size_t i = 0; i < m_names.size(); ++i) {
            const auto element = elementOfWire(graph.tensors()->Get(static_cast<uint32_t>(i))->element());
            if (m_shapes[i] != ir::Shape{0} || m_constant[i] || !element || made.contains(m_names[i])) continue;
            WB_ASSIGN(ir::Tensor none, ir::Tensor::allocate(*element, {0}));
            m_model.constants.insert_or_assign(m_names[i], std::move(none));
        }
        return {};
    }

    /// A network's number becomes the number of a body.
    Status referToBody(const ops::SourceNode& node, ops::SourceNode::Value& value) {
        const int64_t graph = std::get<int64_t>(value);
        // The first network is the one that asks.
        if (graph < 1 || graph >= static_cast<int64_t>(countOf(m_wire->graphs())) || m_wire->graphs()->Get(static_cast<uint32_t>(graph)) == nullptr)
            return brokenTflite("a branch or body is network " + std::to_string(graph) + " of " + std::to_string(countOf(m_wire->graphs())))
                .atNode(node.name);
        auto it = std::find(m_bodies.begin(), m_bodies.end(), graph);
        if (it == m_bodies.end()) it = m_bodies.insert(m_bodies.end(), graph);
        value = static_cast<int64_t>(it - m_bodies.begin());
        return {};
    }

    Result<std::vector<std::string>> endNames(const flatbuffers::Vector<int32_t>* list, const char* what) const {
        std::vector<std::string> names;
        for (uint32_t i = 0; i < countOf(list); ++i) {
            const int32_t tensor = list->Get(i);
            if (tensor < 0 || static_cast<size_t>(tensor) >= m_names.size())
                return brokenTflite(std::string(what) + " " + std::to_string(i) + " is tensor " + std::to_string(tensor));
            names.push_back(m_names[static_cast<size_t>(tensor)]);
        }
        return names;
    }

    Status verify() {
        if (m_bytes.size() >= kMostBytes)
            return brokenTflite("the file has " + std::to_string(m_bytes.size()) + " bytes, the format holds 2 GB");
        flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(m_bytes.data()), m_bytes.size(), 64, kMostTables);
        if (m_bytes.size() >= 8 && wire::VerifyModelBuffer(verifier)) return {};
        // Offsets that leave the file are the mark of a file cut short; others are damage.
        return Error{Code::ModelDamaged, "the file is no readable TensorFlow Lite network, or only its beginning"}
            .remedy("copy or download the file again")
            .remedy("convert the network again");
    }

    /// Every tensor of all networks is known by a name of its own; the file's may be missing or stand twice.
    void nameTensors(const wire::SubGraph& graph) {
        std::set<std::string>& taken = m_taken;
        m_names.clear();
        m_shapes.clear();
        m_constant.clear();
        const size_t count = countOf(graph.tensors());
        for (size_t i = 0; i < count; ++i) {
            const auto* given = graph.tensors()->Get(static_cast<uint32_t>(i))->name();
            // The first word of a list that an optimiser joined says where the tensor is from; the whole is the name.
            std::string name = given == nullptr || given->size() == 0 ? "tensor" : given->str();
            for (char& c : name)
                if (static_cast<unsigned char>(c) < 0x20) c = '_'; // kept free for the names of other orders
            if (!taken.insert(name).second || given == nullptr || given->size() == 0) {
                name += "_" + std::to_string(i);
                while (!taken.insert(name).second)
                    name += "_";
            }
            m_names.push_back(std::move(name));
        }
    }

    Result<ir::Shape> shapeOf(const flatbuffers::Vector<int32_t>* list) const {
        ir::Shape shape;
        if (countOf(list) > kMostAxes) return brokenTflite("the tensor has " + std::to_string(list->size()) + " axes");
        for (size_t d = 0; d < countOf(list); ++d)
            shape.push_back(list->Get(static_cast<uint32_t>(d)));
        return shape;
    }

    Status readTensor(const wire::Tensor& tensor, size_t index) {
        const std::string& name = m_names[index];
        WB_ASSIGN(const ir::Shape shape, shapeOf(tensor.shape()));
        m_shapes.push_back(shape);
        m_fileShapes.insert_or_assign(name, shape);
        const auto element = elementOfWire(tensor.element());
        WB_ASSIGN(const std::span<const std::byte> data, dataOf(tensor));
        // Activations of 16 bits are no chip's: their layers work in numbers, like any float network.
        if (!data.empty() || element != ElementType::I16) {
            WB_ASSIGN(auto type, scalesOf(tensor, element, shape, data));
            if (type) m_model.declared.insert_or_assign(name, std::move(*type));
        }
        // A state that layers keep from run to run: a run here is the first.
        const auto held = tensor.is_variable() && data.empty() && element == ElementType::F32 ? ir::checkedElementCount(shape) : std::nullopt;
        if (held && *held >= 1 && *held <= kMostState - m_state) {
            m_state += *held;
            WB_ASSIGN(ir::Tensor zeros, ir::Tensor::allocate(ElementType::F32, shape));
            std::memset(zeros.mutableBytes(), 0, static_cast<size_t>(*held) * sizeof(float));
            m_model.constants.insert_or_assign(name, std::move(zeros));
            m_constant.push_back(true);
            return {};
        }
        m_constant.push_back(!data.empty());
        if (data.empty()) return {};
        if (!element)
            return Error{Code::UnsupportedAttribute,
                         std::string("a constant of the element type ") + wire::EnumNameElement(tensor.element())};
        if (countOf(tensor.sparsity() == nullptr ? nullptr : tensor.sparsity()->traversal_order()) > 0) {
            WB_ASSIGN(ir::Tensor dense, denseTensor(*tensor.sparsity(), *element, shape, data, mostDense() - m_dense));
            m_dense += static_cast<size_t>(dense.elementCount()) * ir::sizeInBytes(*element);
            m_model.constants.insert_or_assign(name, std::move(dense));
            return {};
        }
        const auto count = ir::checkedElementCount(shape);
        if (!count || *count * static_cast<int64_t>(ir::sizeInBytes(*element)) != static_cast<int64_t>(data.size()))
            return brokenTflite("the constant of shape " + ir::toText(shape) + " has " + std::to_string(data.size()) +
                           " bytes");
        WB_ASSIGN(const std::shared_ptr<std::byte> owner, copyOf(data));
        m_model.constants.insert_or_assign(name, ir::Tensor(*element, shape, owner));
        return {};
    }

    size_t mostDense() const { return std::min(kMostBytes, kMostOfFile * m_bytes.size()); }

    /// Nothing where the tensor is computed.
    Result<std::span<const std::byte>> dataOf(const wire::Tensor& tensor) const {
        using Bytes = std::span<const std::byte>;
        if (tensor.buffer() == 0) return Bytes{};
        if (tensor.buffer() >= countOf(m_wire->buffers()))
            return brokenTflite("the tensor's data are buffer " + std::to_string(tensor.buffer()) + " of " +
                           std::to_string(countOf(m_wire->buffers())));
        const wire::Buffer& buffer = *m_wire->buffers()->Get(tensor.buffer());
        if (countOf(buffer.data()) > 0)
            return Bytes{reinterpret_cast<const std::byte*>(buffer.data()->data()), buffer.data()->size()};
        if (buffer.offset() <= 1 || buffer.size() == 0) return Bytes{};
        if (buffer.offset() > m_bytes.size() || buffer.size() > m_bytes.size() - buffer.offset())
            return brokenTflite("the tensor's data lie behind the end of the file");
        return m_bytes.subspan(buffer.offset(), buffer.size());
    }

    /// Constants that share their bytes in the file share them in memory.
    Result<std::shared_ptr<std::byte>> copyOf(std::span<const std::byte> data) {
        const auto key = std::pair(data.data(), data.size());
        if (const auto it = m_copies.find(key); it != m_copies.end()) return it->second;
        m_copied += data.size();
        if (m_copied > 2 * m_bytes.size()) return brokenTflite("the constants together are larger than the file");
        WB_ASSIGN(ir::Tensor copy,
                  ir::Tensor::allocate(ElementType::Ui8, {static_cast<int64_t>(data.size())}));
        std::memcpy(copy.mutableBytes(), data.data(), data.size());
        auto holder = std::make_shared<ir::Tensor>(std::move(copy));
        std::shared_ptr<std::byte> owner(holder, holder->mutableBytes());
        m_copies.emplace(key, owner);
        return owner;
    }

    std::string kindOf(uint32_t code, std::string& custom) const {
        const wire::OperatorCode& entry = *m_wire->operators()->Get(code);
        // Files written before the wide field existed have 0 there.
        const int32_t number = std::max<int32_t>(entry.short_code(), entry.code());
        if (number == wire::Kind_CUSTOM) {
            custom = entry.custom() == nullptr ? "" : entry.custom()->str();
            return "CUSTOM";
        }
        const char* name = number < 0 ? "" : wire::EnumNameKind(static_cast<wire::Kind>(number));
        return name[0] != '\0' ? name : "builtin " + std::to_string(number);
    }

    Result<ops::SourceNode> readOperator(const wire::Operator& source, uint32_t index) {
        ops::SourceNode node;
        node.framework = ops::Framework::TFLite;
        const auto at = [&](Error error) {
            return std::move(error).atNode(node.name.empty() ? "operator " + std::to_string(index) : node.name);
        };
        if (source.code() >= countOf(m_wire->operators()))
            return at(brokenTflite("operator " + std::to_string(index) + " is of kind " + std::to_string(source.code()) +
                              " of " + std::to_string(countOf(m_wire->operators()))));
        std::string custom;
        node.kind = kindOf(source.code(), custom);
        node.version = m_wire->operators()->Get(source.code())->version();
        if (node.kind == "CUSTOM") {
            node.kind = custom.empty() ? "without a name" : custom;
            // Listed as "CUSTOM.<its name>" with what else is not supported. The format's own names are in capitals.
            const bool capitals = std::none_of(custom.begin(), custom.end(), [](char c) { return c >= 'a' && c <= 'z'; });
            if (capitals || ops::importTable().find(ops::Framework::TFLite, node.kind) == nullptr) node.domain = "CUSTOM";
        }
        for (uint32_t i = 0; i < countOf(source.outputs()); ++i) {
            const int32_t tensor = source.outputs()->Get(i);
            if (tensor < 0 || static_cast<size_t>(tensor) >= m_names.size())
                return at(brokenTflite("a result of operator " + std::to_string(index) + " is tensor " + std::to_string(tensor)));
            node.outputs.push_back(m_names[static_cast<size_t>(tensor)]);
        }
        const bool setsUp = node.kind == "CALL_ONCE" || node.kind == "ASSIGN_VARIABLE" || node.kind == "HASHTABLE_IMPORT";
        if (node.outputs.empty() && !setsUp) return at(brokenTflite("operator " + std::to_string(index) + " has no result"));
        node.name = node.outputs.empty() ? node.kind : node.outputs.front();
        for (uint32_t i = 0; i < countOf(source.inputs()); ++i) {
            const int32_t tensor = source.inputs()->Get(i);
            if (tensor < -1 || (tensor >= 0 && static_cast<size_t>(tensor) >= m_names.size()))
                return at(brokenTflite("operand " + std::to_string(i) + " is tensor " + std::to_string(tensor)));
            node.inputs.push_back(tensor < 0 ? std::string() : m_names[static_cast<size_t>(tensor)]);
        }
        readTfliteOptions(source, node);
        // The interpreter goes by the tensor, and converters of today write no more than that.
        if (node.kind == "CAST") {
            const char* to = wire::EnumNameElement(m_graph->tensors()->Get(static_cast<uint32_t>(source.outputs()->Get(0)))->element());
            node.attributes.insert_or_assign("to", std::string(to));
        }
        return node;
    }

    Status readEnds(const wire::SubGraph& graph) {
        std::set<std::string> seen;
        for (uint32_t i = 0; i < countOf(graph.inputs()); ++i) {
            const int32_t tensor = graph.inputs()->Get(i);
            if (tensor < 0 || static_cast<size_t>(tensor) >= m_names.size())
                return brokenTflite("input " + std::to_string(i) + " is tensor " + std::to_string(tensor));
            const auto at = static_cast<size_t>(tensor);
            if (m_constant[at] || !seen.insert(m_names[at]).second) continue;
            SourceInput input;
            input.name = m_names[at];
            // What is free in shape_signature stands in the shape as the interpreter takes it by default.
            input.shape = m_shapes[at];
            if (m_channelsFirst) input.shape = ops::channelsFirst(input.shape);
            for (int64_t& d : input.shape)
                if (d <= 0) d = -1;
            input.symbols.resize(input.shape.size());
            m_model.inputs.push_back(std::move(input));
        }
        WB_ASSIGN(m_model.outputs, endNames(graph.outputs(), "output"));
        return {};
    }

    std::span<const std::byte> m_bytes;
    const bool m_channelsFirst;
    const wire::Model* m_wire = nullptr;
    const wire::SubGraph* m_graph = nullptr; ///< that is read
    FileShapes m_fileShapes;
    SourceModel m_model;
    std::set<std::string> m_taken;     ///< names of tensors of all networks
    std::vector<int64_t> m_bodies;     ///< the networks that are branches and bodies, in the order of their numbers there
    std::vector<std::string> m_names;  ///< and what follows: of the network that is read
    std::vector<ir::Shape> m_shapes;
    std::vector<bool> m_constant;
    std::map<std::pair<const std::byte*, size_t>, std::shared_ptr<std::byte>> m_copies;
    size_t m_copied = 0;
    int64_t m_state = 0;
    size_t m_dense = 0; ///< bytes of sparse constants, written out
};

} // namespace

Result<SourceModel> readTflite(std::span<const std::byte> bytes, bool channelsFirst, const JobContext& context) {
    return TfliteReader(bytes, channelsFirst).read(context);
}

} // namespace wb::importer
