// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/bmodel_write.h"

#include "compiler/base/file.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/container.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/bmodel_profile.h"
#include "compiler/jobs/bmodel_run.h"
#include "compiler/jobs/host_model.h"
#include "compiler/jobs/time_stamp.h"
#include "compiler/target/bmodel/writer.h"

#include <cstring>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

/// The vendor's defaults (dossier 8): looser when layers of several precisions follow each other.
std::pair<double, double> correctnessOf(const DeployRequest& request) {
    if (request.correctness) return *request.correctness;
    return request.quantizeTable.empty() ? std::pair{0.99, 0.90} : std::pair{0.98, 0.80};
}

bool sameBytes(const ir::Tensor& a, const ir::Tensor& b) {
    return a.byteSize() == b.byteSize() && std::memcmp(a.bytes(), b.bytes(), a.byteSize()) == 0;
}

} // namespace

Result<BmodelResult> writeBmodel(const ir::Graph& lowered, const DeployRequest& request, JobContext& context) {
    WB_ASSIGN(codegen::CompiledModel compiled, codegen::compile(lowered, {}, context));
    BmodelResult result;
    result.coefficientBytes = compiled.coefficients.size();
    result.neuronBytes = compiled.contextBytes;
    result.tiuCommands = codegen::tiuCommands(compiled);
    result.gdmaCommands = codegen::gdmaCommands(compiled);
    WB_ASSIGN(const bm1684x::Timing timing, bm1684x::timeOf(compiled.groups));
    WB_ASSIGN(bmodel::File file, codegen::toBmodel(std::move(compiled))); // names and text stay
    file.time = timeStamp();
    const std::string rows = profileRows(timing, compiled.layers);
    const auto* text = reinterpret_cast<const std::byte*>(rows.data());
    file.networks.front().stages.front().netStat = bmodel::Blob(std::vector<std::byte>(text, text + rows.size()));
    WB_TRY(bmodel::write(file, request.model));
    if (request.debug) {
        fs::path decisions = request.model;
        WB_TRY(writeTextAtomically(decisions.replace_extension(".final"), compiled.text));
    }
    result.file = request.model;
    std::error_code ignored;
    result.fileBytes = fs::file_size(request.model, ignored);
    const Profile profile = profileOf(timing, compiled.layers);
    result.cycles = profile.cycles;
    result.layers = profile.layers;
    return result;
}

Status writeHostPart(const quantise::HostSplit& split, const DeployRequest& request, BmodelResult& result, JobContext& context) {
    const fs::path file = hostModelFile(request.model);
    if (split.host == nullptr) {
        std::error_code ignored;
        fs::remove(file, ignored);
        return {};
    }
    WB_TRY(ir::writeMlir(*split.host, file));
    result.hostPart = file;
    result.hostLayers = split.layers;
    std::string outputs, layers;
    for (const ir::ValueId id : split.chip->outputs)
        outputs += (outputs.empty() ? "" : ", ") + split.chip->value(id).name;
    for (size_t i = 0; i < split.layers.size() && i < 8; ++i)
        layers += (i == 0 ? "" : ", ") + split.layers[i];
    if (split.layers.size() > 8) layers += " and " + std::to_string(split.layers.size() - 8) + " more";
    context.line("the host runs what the chip does not: " + layers);
    context.line("the bmodel ends before it, its outputs are " + outputs + "; the rest is in " + file.filename().string());
    return {};
}

Status verifyBmodel(std::shared_ptr<const ir::Graph> lowered, const execute::TensorMap& inputs, const std::string& prefix,
                    const DeployRequest& request, BmodelResult& result, JobContext& context) {
    WB_ASSIGN(const OpenedModel model, openModel(request.model, {}, context));
    WB_ASSIGN(const execute::TensorMap onChip, runBmodel(model, inputs, context));
    WB_ASSIGN(const auto executor, execute::Executor::create(lowered, {}, context));
    WB_ASSIGN(const execute::TensorMap expected, executor->run(inputs, context));
    std::vector<ir::NamedTensor> target, reference;
    for (const ir::ValueId id : lowered->outputs) {
        const ir::Value& value = lowered->value(id);
        const auto a = onChip.find(value.name), b = expected.find(value.name);
        if (a == onChip.end() || b == expected.end())
            return Error{Code::Internal, "the bmodel does not have the output '" + value.name + "'"};
        ++result.outputs;
        result.equalOutputs += sameBytes(a->second, b->second) ? 1 : 0;
        target.emplace_back(value.name, execute::toFloat(a->second, value.type));
        reference.emplace_back(value.name, execute::toFloat(b->second, value.type));
    }
    result.simulated = true;
    const fs::path folder = request.model.parent_path();
    const fs::path outputs = folder / (prefix + "_model_outputs.npz");
    const fs::path wanted = folder / (prefix + "_model_reference.npz");
    WB_TRY(ir::writeNpz(outputs, target));
    WB_TRY(ir::writeNpz(wanted, reference));
    const auto [cosine, euclid] = correctnessOf(request);
    evaluate::CompareNpzOptions compare;
    compare.tolerance = {cosine, euclid};
    auto summary = compareFiles(outputs, wanted, compare, 0, context);
    std::error_code ignored;
    fs::remove(wanted, ignored);
    if (!summary) return std::move(summary).error();
    result.comparison = std::move(*summary);
    result.passed = true;
    return {};
}

} // namespace wb::jobs
