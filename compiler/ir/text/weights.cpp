// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a text: top.Weight values are looked up by name in the npz that the module names.
#include "compiler/base/file.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"

#include <set>

namespace wb::ir {
namespace {

Error missing(std::string what) {
    return Error{Code::WeightMissing, std::move(what)}.remedy(
        "keep the .mlir and its .npz together, as the tool that wrote them left them");
}

/// The array under the type of the value: flattened arrays get their shape back, raw bits their kind.
Result<Tensor> underType(const Tensor& data, const TensorType& type, const std::string& name) {
    const auto count = checkedElementCount(type.shape);
    if (!type.ranked || !count || *count != data.elementCount())
        return missing("the weight '" + name + "' has " + std::to_string(data.elementCount()) +
                       " elements, its type " + print(type) + " needs " + std::to_string(count.value_or(0)))
            .atNode(name);
    const size_t need = sizeInBytes(type.element);
    const bool rawHalf = data.type() == ElementType::Ui16 &&
                         (type.element == ElementType::F16 || type.element == ElementType::BF16);
    if (need != sizeInBytes(data.type()) ||
        (isFloat(data.type()) || isFloat(type.element) ? data.type() != type.element && !rawHalf : false))
        return missing("the weight '" + name + "' is stored as " + spelling(data.type()) + ", its type is " +
                       spelling(type.element))
            .atNode(name);
    const auto keep = std::make_shared<Tensor>(data);
    // A view on the same bytes under the declared type and shape.
    return Tensor(type.element, type.shape,
                  std::shared_ptr<std::byte>(keep, const_cast<std::byte*>(keep->bytes())));
}

} // namespace

Status loadWeights(Graph& graph, const std::filesystem::path& npz) {
    WB_ASSIGN(const NpzReader reader, NpzReader::open(npz));
    std::map<std::string, size_t, std::less<>> places;
    for (size_t i = 0; i < reader.members().size(); ++i)
        places.emplace(reader.members()[i].name, i);
    for (const Node& node : graph.nodes()) {
        if (node.op != "top.Weight" || node.results.empty()) continue;
        const Value& value = graph.value(node.results.front());
        if (const auto known = graph.weights.find(value.name);
            known != graph.weights.end() && known->second.shape() == value.type.shape)
            continue;
        const auto it = places.find(value.name);
        if (it == places.end())
            return missing("the weight '" + value.name + "' is not in the file").atNode(value.name).inFile(npz.string());
        WB_ASSIGN(NpzArray array, reader.read(it->second));
        auto tensor = toTensor(std::move(array));
        if (!tensor) return std::move(tensor).error().inFile(npz.string()).atNode(value.name);
        auto typed = underType(*tensor, value.type, value.name);
        if (!typed) return std::move(typed).error().inFile(npz.string());
        graph.weights.insert_or_assign(value.name, std::move(*typed));
    }
    return {};
}

Result<std::filesystem::path> weightFile(const Graph& graph, const std::filesystem::path& mlir) {
    const std::string name = graph.attributes.string("module.weight_file");
    if (name.empty()) return missing("the module names no weight file").inFile(mlir.string());
    std::error_code ec;
    for (const std::filesystem::path& path : {mlir.parent_path() / name, std::filesystem::path(name)})
        if (std::filesystem::is_regular_file(path, ec)) return path;
    return missing("the weight file '" + name + "' is neither beside the model nor in the working directory")
        .inFile(mlir.string());
}

Result<Graph> readMlir(const std::filesystem::path& path) {
    WB_ASSIGN(const std::string text, readTextFile(path));
    WB_ASSIGN(Graph graph, parse(text, path.string()));
    for (const Node& node : graph.nodes())
        if (node.op == "top.Weight") {
            WB_ASSIGN(const std::filesystem::path npz, weightFile(graph, path));
            WB_TRY(loadWeights(graph, npz));
            break;
        }
    return graph;
}

Status writeMlir(const Graph& graph, const std::filesystem::path& path) {
    Graph named = graph; // shares the weights
    std::string file = graph.attributes.string("module.weight_file");
    if (file.empty() || std::filesystem::path(file).has_parent_path()) file = path.stem().string() + "_weights.npz";
    named.attributes.set("module.weight_file", Attribute(file));
    std::vector<NamedTensor> tensors;
    std::set<std::string_view> seen;
    for (const Node& node : graph.nodes()) {
        if (node.op != "top.Weight" || node.results.empty()) continue;
        const std::string& name = graph.value(node.results.front()).name;
        const auto it = graph.weights.find(name);
        if (it == graph.weights.end())
            return missing("the weight '" + name + "' has no data").atNode(name).inFile(path.string());
        if (seen.insert(name).second) tensors.emplace_back(name, it->second);
    }
    WB_TRY(writeNpz(path.parent_path() / file, tensors, HalfForm::RawBits));
    return writeTextAtomically(path, print(named));
}

} // namespace wb::ir
