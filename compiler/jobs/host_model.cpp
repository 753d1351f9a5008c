// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/host_model.h"

#include "compiler/ir/text/text.h"

#include <set>

namespace wb::jobs {

namespace fs = std::filesystem;

fs::path hostModelFile(const fs::path& bmodel) {
    fs::path file = bmodel;
    return file.replace_filename(bmodel.stem().string() + "_host.mlir");
}

Result<std::shared_ptr<const ir::Graph>> openHostModel(const fs::path& bmodel, const ir::Graph& compiled) {
    const fs::path file = hostModelFile(bmodel);
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::shared_ptr<const ir::Graph>();
    WB_ASSIGN(ir::Graph host, ir::readMlir(file));
    for (const ir::ValueId id : host.inputs()) {
        const ir::Value& input = host.value(id);
        const ir::ValueId from = compiled.find(input.name);
        if (from == ir::kNoValue || !compiled.isOutput(from) ||
            compiled.value(from).type.elementCount() != input.type.elementCount())
            return Error{Code::BmodelInputMismatch, "the part for the host takes '" + input.name + "' of shape " +
                                                        ir::toText(input.type.shape) + ", which the bmodel does not give"}
                .inFile(file.string())
                .because("it was made for another bmodel")
                .remedy("deploy again, which writes both files")
                .remedy("remove " + file.filename().string() + " to run the bmodel alone");
    }
    return std::make_shared<const ir::Graph>(std::move(host));
}

Result<execute::TensorMap> runHostModel(std::shared_ptr<const ir::Graph> host, const ir::Graph& compiled,
                                        const execute::TensorMap& outputs, const JobContext& context) {
    execute::TensorMap inputs;
    for (const ir::ValueId id : host->inputs()) {
        const ir::Value& input = host->value(id);
        const auto it = outputs.find(input.name);
        if (it == outputs.end()) return Error{Code::Internal, "the bmodel did not give '" + input.name + "'"};
        const ir::Tensor values = execute::toFloat(it->second, compiled.value(compiled.find(input.name)).type);
        inputs[input.name] = values.reshaped(input.type.shape);
    }
    WB_ASSIGN(const auto executor, execute::Executor::create(std::move(host), {}, context));
    return executor->run(inputs, context);
}

std::string hostOperators(const ir::Graph& host) {
    std::set<std::string> seen;
    std::string text;
    for (const ir::Node& node : host.nodes()) {
        if (node.op == "top.Input" || node.op == "top.Weight" || !seen.insert(node.op).second) continue;
        text += (text.empty() ? "" : ", ") + node.op.substr(4);
    }
    return text;
}

} // namespace wb::jobs
