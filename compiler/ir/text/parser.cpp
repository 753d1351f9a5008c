// SPDX-License-Identifier: GPL-3.0-or-later
// Module, function and operations. Locations may be defined after their use, so operations are first
// collected and put into the graph when the whole text is read.
#include "compiler/ir/text/location.h"
#include "compiler/ir/text/text.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace wb::ir {
namespace {

using text::Location;
using text::Scanner;

constexpr int64_t kMostResults = 1 << 20; ///< of one operation

struct Operation {
    std::string op;
    size_t at = 0;
    std::vector<std::pair<std::string, int64_t>> ids; ///< names of its results without '%', and of how many each
    std::vector<std::string> operands;  ///< "5", "5#1"
    std::vector<size_t> operandPlaces;
    AttributeMap attributes;
    std::vector<TensorType> operandTypes, resultTypes;
    Location location;
};

class Parser {
public:
    Parser(std::string_view text, const std::string& file) : m_scan(text, file) {
        m_scan.setAliases(&m_aliases);
    }

    Result<Graph> run() {
        WB_TRY(definitions());
        WB_TRY(module());
        WB_TRY(definitions());
        if (!m_scan.atEnd()) return m_scan.fail("a location or the end");
        WB_TRY(build());
        return std::move(m_graph);
    }

private:
    /// `#name = …`: types and attributes stand before the module, locations before or after it.
    Status definitions() {
        while (m_scan.peek() == '#' || m_scan.peek() == '!')
            WB_TRY(definition());
        return {};
    }

    Status definition() {
        std::string name(1, m_scan.next()); // '#' or '!'
        m_scan.setPosition(m_scan.position() + 1);
        name += m_scan.suffixId();
        WB_TRY(m_scan.expect('=', "after the name of a definition"));
        m_scan.peek();
        const size_t start = m_scan.position();
        if (name.starts_with("#loc") && m_scan.takeWord("loc")) {
            m_scan.setPosition(start);
            WB_ASSIGN(Location where, text::readLocation(m_scan));
            m_locations.insert_or_assign(name, std::move(where));
            return {};
        }
        // The value reaches to the end of its line at least; bracketed parts may span lines.
        while (m_scan.next() != '\n' && m_scan.next() != '\0') {
            const char c = m_scan.next();
            if (c == '"') {
                WB_TRY(m_scan.string());
            } else if (c == '<' || c == '(' || c == '[' || c == '{') {
                WB_TRY(m_scan.skipBracket());
            } else {
                m_scan.setPosition(m_scan.position() + (c == '-' ? 2 : 1)); // "->" is no bracket
            }
        }
        m_aliases.insert_or_assign(name, std::string(m_scan.slice(start, m_scan.position())));
        return {};
    }

    Status module() {
        if (m_scan.peek() == '"')
            return m_scan.fail("'module' (files in fully generic form are not supported)");
        if (!m_scan.takeWord("module") && !m_scan.takeWord("builtin.module")) return m_scan.fail("'module'");
        if (m_scan.peek() == '@') {
            WB_ASSIGN(m_graph.name, m_scan.symbol());
        }
        if (m_scan.takeWord("attributes")) {
            WB_TRY(m_scan.expect('{', "before the module's attributes"));
            WB_TRY(m_scan.dictionary(m_graph.attributes));
        }
        if (m_graph.name.empty()) m_graph.name = m_graph.attributes.string("module.name");
        WB_TRY(m_scan.expect('{', "before the module's body"));
        WB_TRY(function());
        if (m_scan.peek() != '}')
            return m_scan.fail("the module's '}' (several functions or modules, as after subnet division, "
                               "are not supported)");
        m_scan.take('}');
        return trailingLocation();
    }

    Status trailingLocation() {
        if (!m_scan.takeWord("loc")) return {};
        m_scan.setPosition(m_scan.position() - 3);
        WB_TRY(text::readLocation(m_scan));
        return {};
    }

    Status function() {
        if (!m_scan.takeWord("func.func")) return m_scan.fail("'func.func'");
        m_scan.takeWord("private");
        WB_TRY(m_scan.symbol());
        WB_TRY(m_scan.expect('(', "before the function's arguments"));
        if (!m_scan.take(')')) {
            do {
                if (!m_scan.take('%')) return m_scan.fail("an argument, '%name'");
                m_arguments.insert(std::string(m_scan.suffixId()));
                WB_TRY(m_scan.expect(':', "after the argument"));
                WB_TRY(m_scan.type());
                if (m_scan.peek() == '{') WB_TRY(m_scan.skipBracket());
                WB_TRY(trailingLocation());
            } while (m_scan.take(','));
            WB_TRY(m_scan.expect(')', "after the function's arguments"));
        }
        if (m_scan.take("->")) {
            WB_ASSIGN(const std::vector<TensorType> ignored, typeList()); // said again by return
        }
        if (m_scan.takeWord("attributes")) WB_TRY(m_scan.skipBracket());
        WB_TRY(m_scan.expect('{', "before the function's body"));
        while (true) {
            m_scan.peek();
            const size_t at = m_scan.position();
            if (m_scan.takeWord("return") || m_scan.takeWord("func.return")) {
                WB_TRY(returned(at));
                break;
            }
            WB_TRY(operation());
        }
        WB_TRY(m_scan.expect('}', "after return"));
        return trailingLocation();
    }

    Result<std::vector<TensorType>> typeList() {
        std::vector<TensorType> types;
        if (!m_scan.take('(')) {
            WB_ASSIGN(TensorType type, m_scan.type());
            types.push_back(std::move(type));
            return types;
        }
        if (m_scan.take(')')) return types;
        do {
            WB_ASSIGN(TensorType type, m_scan.type());
            types.push_back(std::move(type));
            if (m_scan.peek() == '{') WB_TRY(m_scan.skipBracket()); // attributes of a function's result
        } while (m_scan.take(','));
        WB_TRY(m_scan.expect(')', "after the types"));
        return types;
    }

    Status useOf(Operation& operation) {
        m_scan.peek();
        operation.operandPlaces.push_back(m_scan.position());
        if (!m_scan.take('%')) return m_scan.fail("a value, '%name'");
        std::string id(m_scan.suffixId());
        if (id.empty()) return m_scan.fail("a value's name");
        if (m_scan.next() == '#') {
            m_scan.setPosition(m_scan.position() + 1);
            const std::string_view index = m_scan.suffixId();
            if (index != "0") id += "#" + std::string(index);
        }
        operation.operands.push_back(std::move(id));
        return {};
    }

    Status returned(size_t at) {
        m_return.at = at;
        if (m_scan.peek() != '%') {
            m_scan.take("loc");
            return m_scan.failAt(at, "the function returns nothing");
        }
        do {
            WB_TRY(useOf(m_return));
        } while (m_scan.take(','));
        WB_TRY(m_scan.expect(':', "after the returned values"));
        do {
            WB_ASSIGN(TensorType type, m_scan.type());
            m_return.operandTypes.push_back(std::move(type));
        } while (m_scan.take(','));
        return trailingLocation();
    }

    /// `%5 =`, `%5:3 =`, `%y, %y_h =` or nothing: how many results are named.
    Result<int64_t> resultIds(Operation& operation) {
        int64_t count = 0;
        if (m_scan.peek() != '%') return count;
        do {
            if (!m_scan.take('%')) return m_scan.fail("a result, '%name'");
            std::string id(m_scan.suffixId());
            int64_t of = 1;
            if (m_scan.take(':')) {
                WB_ASSIGN(of, m_scan.integer());
            }
            if (of < 1 || of > kMostResults - count)
                return m_scan.failAt(operation.at, "'%" + id + "' names " + std::to_string(of) + " results");
            count += of;
            operation.ids.emplace_back(std::move(id), of);
        } while (m_scan.take(','));
        WB_TRY(m_scan.expect('=', "after the result"));
        return count;
    }

    Status operation() {
        Operation operation;
        m_scan.peek();
        operation.at = m_scan.position();
        WB_ASSIGN(const int64_t count, resultIds(operation));
        if (m_scan.peek() != '"') return m_scan.fail("an operation in generic form, \"dialect.name\"(…)");
        WB_ASSIGN(operation.op, m_scan.string());
        WB_TRY(m_scan.expect('(', "before the operands"));
        if (!m_scan.take(')')) {
            do {
                WB_TRY(useOf(operation));
            } while (m_scan.take(','));
            WB_TRY(m_scan.expect(')', "after the operands"));
        }
        if (m_scan.take("<{")) { // properties, as newer MLIR prints them
            WB_TRY(m_scan.dictionary(operation.attributes));
            WB_TRY(m_scan.expect('>', "after the properties"));
        }
        if (m_scan.peek() == '(')
            return m_scan.fail("no region ('" + operation.op + "' has one: layer groups are not supported)");
        if (m_scan.take('{')) WB_TRY(m_scan.dictionary(operation.attributes));
        WB_TRY(m_scan.expect(':', "before the operation's types"));
        if (m_scan.peek() != '(') return m_scan.fail("'(' before the operand types");
        WB_ASSIGN(operation.operandTypes, typeList());
        if (!m_scan.take("->")) return m_scan.fail("'->' before the result types");
        WB_ASSIGN(operation.resultTypes, typeList());
        if (m_scan.takeWord("loc")) {
            m_scan.setPosition(m_scan.position() - 3);
            WB_ASSIGN(operation.location, text::readLocation(m_scan));
        }
        if (static_cast<int64_t>(operation.resultTypes.size()) != count)
            return m_scan.failAt(operation.at, "'" + operation.op + "' names " + std::to_string(count) +
                                                   " results and has types for " +
                                                   std::to_string(operation.resultTypes.size()));
        m_operations.push_back(std::move(operation));
        return {};
    }

    Result<std::vector<ValueId>> operandsOf(const Operation& operation) {
        if (operation.operands.size() != operation.operandTypes.size())
            return m_scan.failAt(operation.at, "there are " + std::to_string(operation.operands.size()) +
                                                   " values and " + std::to_string(operation.operandTypes.size()) +
                                                   " types for them");
        std::vector<ValueId> ids;
        for (size_t i = 0; i < operation.operands.size(); ++i) {
            const auto it = m_values.find(operation.operands[i]);
            if (it == m_values.end())
                return m_scan.failAt(operation.operandPlaces[i],
                                     m_arguments.contains(operation.operands[i])
                                         ? "arguments may only be used by top.Input"
                                         : "the value '%" + operation.operands[i] + "' is not defined before its use");
            const TensorType& given = operation.operandTypes[i];
            const bool absent = it->second == kNoValue;
            if (absent ? given.element != ElementType::None : !(m_graph.value(it->second).type == given))
                return m_scan.failAt(operation.operandPlaces[i],
                                     "'%" + operation.operands[i] + "' is used as " + print(given) + ", it is " +
                                         (absent ? "none" : print(m_graph.value(it->second).type)));
            ids.push_back(it->second);
        }
        return ids;
    }

    /// The type none marks a result that nobody asked for. Last ones that our operator does not have are left out.
    Status absentResults(Operation& operation) const {
        auto& types = operation.resultTypes;
        for (size_t extra = text::resultsLeftOut(operation.op); extra > 0 && types.size() > 1; --extra)
            if (types.back().element == ElementType::None) types.pop_back();
        if (!types.empty() && std::all_of(types.begin(), types.end(), [](const TensorType& t) { return t.element == ElementType::None; }))
            return m_scan.failAt(operation.at, "only top.None may have nothing but results of the type none");
        return {};
    }

    /// What the location calls the results; those of the type none need not be named there.
    Result<std::vector<std::string>> namesOf(const Operation& operation, const std::vector<std::string>& own, std::set<std::string>& used) const {
        const size_t count = operation.resultTypes.size();
        std::vector<std::string> names;
        int steps = 1000 + static_cast<int>(std::min<size_t>(count, 1000000)) * 4;
        text::addNames(operation.location, m_locations, 0, steps, names);
        if (names.empty())
            for (size_t i = 0; i < count; ++i)
                names.push_back("%" + own[i]);
        const size_t named = names.size();
        names.resize(count);
        for (size_t i = 0; i < count; ++i) {
            const bool absent = operation.resultTypes[i].element == ElementType::None;
            if (i >= named && !absent)
                return m_scan.failAt(operation.at, "'" + operation.op + "' has " + std::to_string(count) +
                                                       " results, its location names " + std::to_string(named));
            if (i >= named) names[i] = names[0] + "_unused" + std::to_string(i);
            if (!used.insert(names[i]).second && operation.op != "top.Weight")
                return m_scan.failAt(operation.at, "the name '" + names[i] + "' is used twice");
        }
        return names;
    }

    Status build() {
        std::set<std::string> used;
        for (Operation& operation : m_operations) {
            std::vector<std::string> own; // the name of each result
            for (const auto& [id, of] : operation.ids)
                for (int64_t i = 0; i < of; ++i)
                    own.push_back(i == 0 ? id : id + "#" + std::to_string(i));
            const auto define = [&](size_t index, ValueId id) { return m_values.emplace(own[index], id).second; };
            if (operation.op == "top.None") {
                if (own.size() != 1 || !define(0, kNoValue)) return m_scan.failAt(operation.at, "top.None has one result of its own");
                continue;
            }
            WB_TRY(absentResults(operation));
            std::vector<ValueId> operands;
            if (operation.op == "top.Input") { // its operand is the function's argument
                if (operation.operands.size() != 1 || !m_arguments.contains(operation.operands[0]) || own.size() != 1)
                    return m_scan.failAt(operation.at, "top.Input needs one argument and one result");
            } else {
                WB_ASSIGN(operands, operandsOf(operation));
            }
            WB_ASSIGN(std::vector<std::string> resultNames, namesOf(operation, own, used));
            const NodeId node = m_graph.addNode(std::move(operation.op), std::move(operands), std::move(resultNames),
                                                std::move(operation.resultTypes), std::move(operation.attributes));
            for (size_t i = 0; i < m_graph.node(node).results.size(); ++i)
                if (!define(i, m_graph.node(node).results[i]))
                    return m_scan.failAt(operation.at, "'%" + own.front() + "' is defined twice");
        }
        WB_ASSIGN(m_graph.outputs, operandsOf(m_return));
        for (ValueId id : m_graph.outputs)
            if (id == kNoValue) return m_scan.failAt(m_return.at, "an absent value is returned");
        return {};
    }

    Scanner m_scan;
    Scanner::Aliases m_aliases;
    text::Locations m_locations;
    std::set<std::string> m_arguments;
    std::vector<Operation> m_operations;
    Operation m_return;
    std::unordered_map<std::string, ValueId> m_values;
    Graph m_graph;
};

} // namespace

Result<Graph> parse(std::string_view text, const std::string& fileName) {
    return Parser(text, fileName).run();
}

Result<TensorType> parseType(std::string_view text) {
    const std::string noFile;
    Scanner scanner(text, noFile);
    WB_ASSIGN(TensorType type, scanner.type());
    if (!scanner.atEnd()) return scanner.fail("the end of the type");
    return type;
}

} // namespace wb::ir
