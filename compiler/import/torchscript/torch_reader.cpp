// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the plug-in's answer. It comes from a process that read a stranger's file: every length is held against
// the bytes that are there.
#include "compiler/import/torchscript/torch_reader.h"

#include "compiler/import/torchscript/archive.h"
#include "compiler/import/torchscript/plugin_interface.h"
#include "compiler/import/torchscript/plugin_process.h"
#include "compiler/ops/import_help.h"

#include <cstring>
#include <set>

namespace wb::importer {
namespace {

using namespace torchscript;
using ir::ElementType;

Error broken() { return Error{Code::ModelDamaged, "the importer's answer is cut short"}; }

/// torch's numbers of element types (c10/core/ScalarType.h).
std::optional<ElementType> elementOf(uint8_t number) {
    switch (number) {
    case 0: return ElementType::Ui8;
    case 1: return ElementType::Si8;
    case 2: return ElementType::Si16;
    case 3: return ElementType::Si32;
    case 4: return ElementType::Si64;
    case 5: return ElementType::F16;
    case 6: return ElementType::F32;
    case 7: return ElementType::F64;
    case 11: return ElementType::I1;
    case 15: return ElementType::BF16;
    default: return {};
    }
}

class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    bool ok() const { return m_ok; }
    template <class T> T number() {
        T value{};
        if (const auto taken = take(sizeof(T)); m_ok) std::memcpy(&value, taken.data(), sizeof(T));
        return value;
    }
    std::span<const std::byte> take(uint64_t size) {
        if (!m_ok || size > m_bytes.size()) {
            m_ok = false;
            return {};
        }
        const auto taken = m_bytes.first(size);
        m_bytes = m_bytes.subspan(size);
        return taken;
    }
    std::string text() {
        const auto taken = take(number<uint64_t>());
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    template <class T> std::vector<T> numbers(uint64_t count) {
        std::vector<T> values;
        if (count > m_bytes.size() / sizeof(T)) m_ok = false;
        if (const auto taken = take(m_ok ? count * sizeof(T) : 0); m_ok && count > 0) {
            values.resize(count);
            std::memcpy(values.data(), taken.data(), taken.size());
        }
        return values;
    }
    template <class T> std::vector<T> numbers() { return numbers<T>(number<uint64_t>()); }
    std::vector<std::string> texts() {
        std::vector<std::string> values;
        for (uint64_t count = number<uint64_t>(); m_ok && count > 0; --count)
            values.push_back(text());
        return values;
    }

private:
    std::span<const std::byte> m_bytes;
    bool m_ok = true;
};

Error readError(Cursor& from) {
    Error error;
    error.code = static_cast<Code>(from.number<uint32_t>());
    error.what = from.text();
    error.why = from.text();
    error.node = from.text();
    error.remedies = from.texts();
    return from.ok() ? error : broken();
}

void readInput(Cursor& from, SourceModel& model) {
    SourceInput input;
    input.name = from.text();
    const uint32_t rank = from.number<uint32_t>();
    input.shapeKnown = rank != kUnknownRank;
    if (input.shapeKnown) input.shape = from.numbers<int64_t>(rank);
    input.symbols.resize(input.shape.size());
    model.inputs.push_back(std::move(input));
}

Status readConstant(Cursor& from, SourceModel& model) {
    const std::string name = from.text();
    const auto type = elementOf(from.number<uint8_t>());
    const ir::Shape shape = from.numbers<int64_t>();
    const auto bytes = from.take(from.number<uint64_t>());
    if (!from.ok()) return broken();
    if (!type)
        return Error{Code::UnsupportedAttribute, "the constant '" + name + "' holds complex or packed numbers"}.atNode(name);
    const auto count = ir::checkedElementCount(shape);
    if (!count || static_cast<uint64_t>(*count) * ir::sizeInBytes(*type) != bytes.size())
        return Error{Code::ModelDamaged, "the constant '" + name + "' of shape " + ir::toText(shape) + " has " +
                                             std::to_string(bytes.size()) + " bytes"};
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(*type, shape));
    if (!bytes.empty()) std::memcpy(tensor.mutableBytes(), bytes.data(), bytes.size());
    model.constants.insert_or_assign(name, std::move(tensor));
    return {};
}

Status readNode(Cursor& from, SourceModel& model) {
    ops::SourceNode node;
    node.framework = ops::Framework::Torch;
    node.kind = from.text();
    node.inputs = from.texts();
    node.outputs = from.texts();
    if (!node.outputs.empty()) node.name = node.outputs.front();
    for (uint64_t count = from.number<uint64_t>(); from.ok() && count > 0; --count) {
        std::string key = from.text();
        ops::SourceNode::Value value;
        switch (static_cast<AttributeKind>(from.number<uint8_t>())) {
        case AttributeKind::Integer: value = from.number<int64_t>(); break;
        case AttributeKind::Real: value = from.number<double>(); break;
        case AttributeKind::Text: value = from.text(); break;
        case AttributeKind::Integers: value = from.numbers<int64_t>(); break;
        case AttributeKind::Reals: value = from.numbers<double>(); break;
        default: return broken();
        }
        node.attributes.insert_or_assign(std::move(key), std::move(value));
    }
    if (!from.ok()) return broken();
    model.nodes.push_back(std::move(node));
    return {};
}

/// Results beyond a node's first that nobody takes are not asked of its rule.
void dropUnused(SourceModel& model) {
    std::set<std::string_view> taken(model.outputs.begin(), model.outputs.end());
    for (const ops::SourceNode& node : model.nodes)
        taken.insert(node.inputs.begin(), node.inputs.end());
    for (ops::SourceNode& node : model.nodes)
        for (size_t i = 1; i < node.outputs.size(); ++i)
            if (!taken.contains(node.outputs[i])) node.outputs[i].clear();
}

Result<SourceModel> parse(std::span<const std::byte> answer, const JobContext& context) {
    SourceModel model;
    model.format = "TORCH";
    model.producer = "TorchScript";
    model.framework = ops::Framework::Torch;
    Cursor from(answer);
    for (;;) {
        WB_TRY(context.checkStop());
        const auto tag = static_cast<Record>(from.number<uint8_t>());
        if (!from.ok()) return broken();
        switch (tag) {
        case Record::Input: readInput(from, model); break;
        case Record::Constant: WB_TRY(readConstant(from, model)); break;
        case Record::Node: WB_TRY(readNode(from, model)); break;
        case Record::Output: model.outputs.push_back(from.text()); break;
        case Record::Error: return readError(from);
        case Record::End: dropUnused(model); return model;
        default: return broken();
        }
        if (!from.ok()) return broken();
    }
}

} // namespace

Result<SourceModel> readTorchScript(std::span<const std::byte> archive, const std::vector<ir::Shape>& shapes,
                                    const JobContext& context) {
    WB_TRY(checkArchive(archive));
    // Shapes that are none are refused where all formats' are; libtorch would take them for an error of its own.
    std::vector<ir::Shape> given = shapes;
    for (const ir::Shape& shape : shapes)
        if (!ir::checkedElementCount(shape)) given.clear();
    std::string kinds;
    for (const auto& [row, rule] : ops::importTable().rows())
        if (row.first == ops::Framework::Torch) kinds += row.second + "\n";
    WB_ASSIGN(const std::vector<std::byte> answer, runTorchPlugin(archive, given, kinds, context));
    return parse(answer, context);
}

Status checkTorchShapes(const ops::SourceNode& node, ops::ImportBuilder& builder) {
    const auto shapes = node.integers(kShapesKey);
    size_t at = 0;
    for (size_t i = 0; shapes && i < node.outputs.size() && at < shapes->size(); ++i) {
        const auto rank = static_cast<size_t>((*shapes)[at]);
        if (rank > shapes->size() - at - 1) return broken();
        const auto first = shapes->begin() + static_cast<ptrdiff_t>(at + 1);
        ir::Shape expected(first, first + static_cast<ptrdiff_t>(rank));
        at += rank + 1;
        if (node.outputs[i].empty() || builder.constant(node.outputs[i]) != nullptr) continue;
        const ir::ValueId id = builder.operand(node.outputs[i]);
        if (id == ir::kNoValue) continue;
        const ir::Shape& found = builder.graph().value(id).type.shape;
        if (expected.empty()) expected = {1}; // a number is a list of one in the graph
        if (found != expected && !(found.empty() && expected == ir::Shape{1}))
            return ops::nodeError(node, Code::ShapeMismatch,
                                  "libtorch gives a result of " + ir::toText(expected) + ", this importer " + ir::toText(found));
    }
    return {};
}

} // namespace wb::importer
