// SPDX-License-Identifier: GPL-3.0-or-later
// The graph as text, byte for byte as the vendor's tools print it.
#include "compiler/ir/text/float_format.h"
#include "compiler/ir/text/location.h"
#include "compiler/ir/text/text.h"

#include <unordered_map>

namespace wb::ir {
namespace {

using text::formatFloat;

bool isWord(std::string_view text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '$' || c == '.'))
            return false;
    return text[0] != '.' && text[0] != '$';
}

std::string inQuotes(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out = "\"";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\')
            out += "\\\\";
        else if (byte >= 0x20 && byte < 0x7f && c != '"')
            out += c;
        else
            (out += '\\') += {kHex[byte >> 4], kHex[byte & 15]};
    }
    return out += '"';
}

std::string elementText(const TensorType& type) {
    if (const CalibratedRange* range = type.calibrated())
        return std::string("!quant.calibrated<") + spelling(type.element) + "<" + formatFloat(range->min) +
               ":" + formatFloat(range->max) + ">>";
    const UniformQuant* quant = type.uniform();
    if (quant == nullptr) return spelling(type.element);
    std::string storage = spelling(type.element);
    if (storage.starts_with("ui") || storage.starts_with("si"))
        storage.erase(storage[0] == 'u' ? 1 : 0, 1); // ui8 → u8, si8 → i8
    std::string out = "!quant.uniform<" + storage;
    if (quant->storageRange)
        out += "<" + std::to_string(quant->storageRange->first) + ":" +
               std::to_string(quant->storageRange->second) + ">";
    out += std::string(":") + spelling(quant->expressed);
    if (quant->axis) out += ":" + std::to_string(*quant->axis);
    out += quant->axis ? ", {" : ", ";
    for (size_t i = 0; i < quant->scales.size(); ++i) {
        out += (i == 0 ? "" : ",") + formatFloat(quant->scales[i]);
        if (i < quant->zeroPoints.size() && quant->zeroPoints[i] != 0)
            out += ":" + std::to_string(quant->zeroPoints[i]);
    }
    return out + (quant->axis ? "}>" : ">");
}

std::string attributeText(const Attribute& attribute, bool inList) {
    struct Visitor {
        bool inList;
        std::string operator()(const UnitAttr&) const { return "unit"; }
        std::string operator()(bool value) const { return value ? "true" : "false"; }
        std::string operator()(const IntAttr& a) const {
            const bool wide = a.type == ElementType::Ui64;
            const std::string number =
                wide ? std::to_string(static_cast<uint64_t>(a.value)) : std::to_string(a.value);
            return inList && a.type == ElementType::I64 ? number : number + " : " + spelling(a.type);
        }
        std::string operator()(const FloatAttr& a) const {
            const std::string number = formatFloat(a.value, a.type);
            return inList && a.type == ElementType::F64 ? number : number + " : " + spelling(a.type);
        }
        std::string operator()(const std::string& value) const { return inQuotes(value); }
        std::string operator()(const EnumAttr& e) const {
            return "#" + e.dialect + "<" + e.kind + " " + e.value + ">";
        }
        std::string operator()(const AttributeList& list) const {
            std::string out = "[";
            for (size_t i = 0; i < list.size(); ++i)
                out += (i == 0 ? "" : ", ") + attributeText(list[i], true);
            return out + "]";
        }
        std::string operator()(const RawAttr& raw) const { return raw.text; }
    };
    return std::visit(Visitor{inList}, attribute.storage());
}

std::string dictionaryText(const AttributeMap& attributes) {
    std::string out = "{";
    for (const auto& [name, value] : attributes.entries()) {
        if (out.size() > 1) out += ", ";
        out += isWord(name) ? name : inQuotes(name);
        if (value.as<UnitAttr>() == nullptr) out += " = " + attributeText(value, false);
    }
    return out + "}";
}

template <class Items, class Each> std::string joined(const Items& items, Each each) {
    std::string out;
    for (const auto& item : items)
        out += (out.empty() ? "" : ", ") + each(item);
    return out;
}

std::string typeList(const std::vector<std::string>& types) {
    const std::string all = joined(types, [](const std::string& t) { return t; });
    return types.size() == 1 ? all : "(" + all + ")";
}

class Printer {
public:
    explicit Printer(const Graph& graph) : m_graph(graph), m_ids(graph.values().size()) {}

    std::string run() {
        numberLocations();
        bool hasNone = false;
        for (const Node& node : m_graph.nodes())
            for (ValueId operand : node.operands)
                hasNone = hasNone || operand == kNoValue;
        if (hasNone) m_noneId = "%" + std::to_string(m_next++);

        std::string body;
        if (hasNone) body += "    " + m_noneId + " = \"top.None\"() : () -> none loc(#loc)\n";
        std::vector<std::string> arguments;
        for (const Node& node : m_graph.nodes()) {
            std::string operands;
            if (node.op == "top.Input" && !node.results.empty()) {
                const std::string name = "%arg" + std::to_string(arguments.size());
                TensorType plain = m_graph.value(node.results.front()).type;
                // Arguments are plain numbers or codes, but in files made of TensorFlow Lite's.
                if (plain.uniform() == nullptr || m_graph.attributes.string("module.platform") != "TFLITE") plain.quant = {};
                arguments.push_back(name + ": " + print(plain) + " loc(unknown)");
                body += "    " + line(node, name, print(plain)) + aliasOf(node) + "\n";
                continue;
            }
            body += "    " + line(node) + aliasOf(node) + "\n";
        }
        std::vector<std::string> outputTypes;
        for (ValueId id : m_graph.outputs)
            outputTypes.push_back(typeOf(id));
        if (!m_graph.outputs.empty())
            body += "    return " + joined(m_graph.outputs, [&](ValueId id) { return idOf(id); }) + " : " +
                    joined(outputTypes, [](const std::string& t) { return t; }) + " loc(#loc)\n";

        std::string out = "#loc = loc(unknown)\nmodule";
        if (!m_graph.name.empty() && m_graph.name != m_graph.attributes.string("module.name"))
            out += " @" + (isWord(m_graph.name) ? m_graph.name : inQuotes(m_graph.name));
        if (!m_graph.attributes.entries().empty()) out += " attributes " + dictionaryText(m_graph.attributes);
        out += " {\n  func.func @main(" + joined(arguments, [](const std::string& a) { return a; }) + ")";
        if (!outputTypes.empty()) out += " -> " + typeList(outputTypes);
        out += " {\n" + body + "  } loc(#loc)\n} loc(#loc)\n";
        return out + m_definitions + "\n";
    }

    std::string line(const Node& node, const std::string& argument = {}, const std::string& argumentType = {}) {
        std::string out;
        if (!node.results.empty()) {
            const std::string id = "%" + std::to_string(m_next++);
            for (size_t i = 0; i < node.results.size(); ++i)
                m_ids[static_cast<size_t>(node.results[i])] =
                    node.results.size() + text::resultsLeftOut(node.op) == 1 ? id : id + "#" + std::to_string(i);
            const size_t count = node.results.size() + text::resultsLeftOut(node.op);
            out += id + (count == 1 ? "" : ":" + std::to_string(count)) + " = ";
        }
        out += inQuotes(node.op) + "(";
        out += argument.empty() ? joined(node.operands, [&](ValueId id) { return idOf(id); }) : argument;
        out += ")";
        if (!node.attributes.entries().empty()) out += " " + dictionaryText(node.attributes);
        std::vector<std::string> types;
        for (ValueId id : node.results)
            types.push_back(typeOf(id));
        types.resize(types.size() + text::resultsLeftOut(node.op), "none");
        out += " : (" +
               (argument.empty() ? joined(node.operands, [&](ValueId id) { return typeOf(id); }) : argumentType) +
               ") -> " + typeList(types);
        return out;
    }

private:
    std::string idOf(ValueId id) const {
        if (id == kNoValue) return m_noneId.empty() ? "%none" : m_noneId;
        const std::string& known = m_ids[static_cast<size_t>(id)];
        return known.empty() ? "%<" + m_graph.value(id).name + ">" : known; // only in printNode
    }

    const std::string& typeOf(ValueId id) {
        static const std::string none = "none";
        if (id == kNoValue) return none;
        if (m_types.empty()) m_types.resize(m_graph.values().size());
        std::string& text = m_types[static_cast<size_t>(id)];
        if (text.empty()) text = print(m_graph.value(id).type);
        return text;
    }

    /// MLIR numbers plain names in the order of their first use, and after them the lists of names.
    void numberLocations() {
        const auto number = [&](const std::string& location) {
            const std::string alias = "#loc" + std::to_string(m_aliases.size() + 1);
            if (m_aliases.try_emplace(location, alias).second) m_definitions += alias + " = loc(" + location + ")\n";
        };
        for (const Node& node : m_graph.nodes())
            for (ValueId id : node.results)
                number(nameOf(id));
        for (const Node& node : m_graph.nodes())
            if (node.results.size() > 1) number(fusedName(node));
    }
    std::string nameOf(ValueId id) const { return inQuotes(m_graph.value(id).name); }
    std::string fusedName(const Node& node) const {
        return "fused[" + joined(node.results, [&](ValueId id) { return m_aliases.at(nameOf(id)); }) + "]";
    }
    std::string aliasOf(const Node& node) const {
        if (node.results.empty()) return " loc(#loc)";
        return " loc(" + m_aliases.at(node.results.size() == 1 ? nameOf(node.results[0]) : fusedName(node)) + ")";
    }

    const Graph& m_graph;
    std::vector<std::string> m_ids;
    std::vector<std::string> m_types;
    std::string m_noneId;
    std::string m_definitions;
    std::unordered_map<std::string, std::string> m_aliases;
    int m_next = 0;
};

} // namespace

std::string print(const TensorType& type) {
    if (type.element == ElementType::None) return "none";
    std::string out = "tensor<";
    if (!type.ranked) out += "*x";
    for (int64_t d : type.shape)
        out += (d < 0 ? std::string("?") : std::to_string(d)) + "x";
    return out + elementText(type) + ">";
}

std::string print(const Attribute& attribute) { return attributeText(attribute, false); }

std::string print(const Graph& graph) { return Printer(graph).run(); }

std::string printNode(const Graph& graph, NodeId id) {
    const Node& node = graph.node(id);
    std::string out = Printer(graph).line(node);
    std::vector<std::string> names;
    for (ValueId result : node.results)
        names.push_back(inQuotes(graph.value(result).name));
    const std::string all = joined(names, [](const std::string& n) { return n; });
    return out + " loc(" + (names.size() == 1 ? all : "fused[" + all + "]") + ")";
}

} // namespace wb::ir
