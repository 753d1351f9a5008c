// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/inline.h"

#include <set>

namespace wb::importer {

Instance instantiate(const SourceBody& body, const std::string& prefix, const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs, const ops::SourceNode& caller) {
    std::map<std::string, std::string, std::less<>> names{{"", ""}};
    for (size_t i = 0; i < body.inputs.size(); ++i)
        names.emplace(body.inputs[i], i < inputs.size() ? inputs[i] : std::string());
    // Where the body lies in another one, what it reads around it has a name of that one's instance.
    for (size_t i = 0; i < body.captures.size() && body.firstCapture + i < caller.inputs.size(); ++i)
        names.emplace(body.captures[i], caller.inputs[body.firstCapture + i]);
    std::set<std::string_view> made;
    for (const ops::SourceNode& node : body.nodes)
        made.insert(node.outputs.begin(), node.outputs.end());
    for (size_t i = 0; i < body.outputs.size() && i < outputs.size(); ++i)
        if (!outputs[i].empty() && made.contains(body.outputs[i])) names.emplace(body.outputs[i], outputs[i]);
    for (const auto& [name, tensor] : body.constants)
        names.emplace(name, prefix + name);
    for (const std::string_view name : made)
        names.emplace(name, prefix + std::string(name));
    const auto renamed = [&](const std::string& name) {
        const auto it = names.find(name);
        return it == names.end() ? name : it->second;
    };

    Instance instance;
    for (const auto& [name, tensor] : body.constants)
        instance.constants.emplace(renamed(name), tensor);
    for (const std::string& output : body.outputs)
        instance.outputs.push_back(renamed(output));
    instance.nodes = body.nodes;
    for (ops::SourceNode& node : instance.nodes) {
        for (std::string& name : node.inputs)
            name = renamed(name);
        for (std::string& name : node.outputs)
            name = renamed(name);
        if (!node.name.empty()) node.name = prefix + node.name;
    }
    for (const SourceBody::Reference& reference : body.references) {
        auto& attributes = instance.nodes[reference.node].attributes;
        if (const auto own = caller.attributes.find(reference.from); own != caller.attributes.end())
            attributes.insert_or_assign(reference.name, own->second);
        else if (const auto usual = body.defaults.find(reference.from); usual != body.defaults.end())
            attributes.insert_or_assign(reference.name, usual->second);
    }
    return instance;
}

} // namespace wb::importer
