// SPDX-License-Identifier: GPL-3.0-or-later
// Deploy & verify: the files of the stages before go to deploy(), its result becomes the stage's, and the
// bmodel is put where the user wants it (rules D-1…D-3).
#include "compiler/jobs/stage_run.h"

#include "compiler/base/file.h"
#include "compiler/jobs/deploy.h"
#include "compiler/jobs/host_model.h"
#include "compiler/jobs/number_text.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace wb::jobs {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr char kStored[] = "network.bmodel";
constexpr char kReport[] = "deploy.json";

/// Not a limit: a result below the tolerance is a result too (rule D-2), the stage judges it itself.
constexpr double kAnySimilarity = -std::numeric_limits<double>::max();

bool sameContent(const fs::path& a, const fs::path& b) {
    std::error_code ec, missing;
    if (fs::file_size(a, ec) != fs::file_size(b, missing) || ec || missing) return false;
    const auto first = sha256OfFile(a), second = sha256OfFile(b);
    return first && second && *first == *second;
}

/// "x.bmodel", "x (2).bmodel", …: the first that is free, or that holds these bytes already.
fs::path freeName(const fs::path& wanted, const fs::path& content) {
    fs::path name = wanted;
    std::error_code ec;
    for (int i = 2; fs::exists(name, ec) && !sameContent(name, content); ++i)
        name = wanted.parent_path() / (wanted.stem().string() + " (" + std::to_string(i) + ")" + wanted.extension().string());
    return name;
}

} // namespace

Status StageRun::runDeploy(StageResult& result, const fs::path& folder) {
    WB_TRY(needModel());
    const DeploySettings& settings = m_project.deploy;
    const auto keys = stageKeys(m_project, m_file);
    const auto of = [&](Stage stage) { return stageFolder(m_file, stage, keys[static_cast<size_t>(stage)]); };
    const bool mixed = settings.precision == "mixed";
    DeployRequest request;
    request.mlir = of(Stage::Preprocess) / (modelName() + ".mlir");
    request.chip = m_project.target.chip;
    request.quantize = mixed ? "INT8" : settings.precision;
    request.asymmetric = m_project.target.asymmetric;
    // A network that brings its scales has none.
    if (request.quantize == "INT8" && fs::exists(of(Stage::Calibrate) / kCalibrationTable))
        request.calibrationTable = of(Stage::Calibrate) / kCalibrationTable;
    WB_ASSIGN(const auto table, precisionTable());
    if (mixed && !table.empty()) request.quantizeTable = of(Stage::Precision) / kPrecisionTable;
    if (!request.calibrationTable.empty()) {
        WB_ASSIGN(const Quantised source, quantised(mixed ? table : quantise::PrecisionTable{}));
        if (!source.mlir.empty()) request.mlir = source.mlir;
        if (!source.table.empty()) request.calibrationTable = source.table;
    }
    if (!m_project.testImages.empty()) {
        // Raw inputs want the picture itself.
        request.testInput = {settings.fusePreprocess ? resolve(m_project.testImages.front())
                                                     : of(Stage::Preprocess) / (modelName() + "_in_f32.npz")};
        request.testReference = of(Stage::Reference) / (modelName() + "_top_outputs.npz");
    }
    request.tolerance = {kAnySimilarity, kAnySimilarity};
    request.quantInput = settings.quantInput;
    request.quantOutput = settings.quantOutput;
    request.fusePreprocess = settings.fusePreprocess;
    if (settings.fusePreprocess) request.customizationFormat = settings.customizationFormat;
    request.model = folder / kStored;
    WB_ASSIGN(const DeployResult deployed, deploy(request, m_context));

    json report = deployed;
    result.summary = {{"chip", m_project.target.chip}, {"precision", settings.precision}};
    bool passed = true;
    if (deployed.compared) {
        passed = deployed.comparison.minCosine >= m_project.target.toleranceCosine &&
                 deployed.comparison.minEuclid >= m_project.target.toleranceEuclid;
        result.summary["min_cosine"] = cosineText(deployed.comparison.minCosine);
        result.summary["min_euclid"] = cosineText(deployed.comparison.minEuclid);
    }
    if (deployed.bmodel) {
        const BmodelResult& bmodel = *deployed.bmodel;
        if (bmodel.simulated) passed = passed && bmodel.passed;
        result.files["bmodel"] = bmodel.file.filename().string();
        result.summary["bytes"] = std::to_string(bmodel.fileBytes);
        if (bmodel.cycles) result.summary["cycles"] = std::to_string(*bmodel.cycles);
        if (bmodel.simulated) {
            result.summary["outputs"] = std::to_string(bmodel.outputs);
            result.summary["equal_outputs"] = std::to_string(bmodel.equalOutputs);
        }
    } else {
        result.state = "skipped";
        result.summary["waits_for"] = "code generation for the chip is not in this version";
    }
    if (deployed.compared || deployed.bmodel) result.summary["passed"] = passed ? "yes" : "no";
    report["passed"] = passed;
    WB_TRY(writeTextAtomically(folder / kReport, report.dump()));
    result.files["deploy"] = kReport;
    return deliver(result, folder);
}

Status StageRun::deliver(const StageResult& result, const fs::path& folder) const {
    const auto stored = result.files.find("bmodel");
    if (stored == result.files.end()) return {};
    const fs::path source = folder / stored->second;
    fs::path target = bmodelFile(m_project, m_file);
    const auto passed = result.summary.find("passed");
    if (passed != result.summary.end() && passed->second == "no") target.replace_extension(".failed.bmodel");
    if (m_project.deploy.keepBoth) target = freeName(target, source);
    std::error_code ec;
    fs::create_directories(target.parent_path(), ec);
    if (const fs::path host = hostModelFile(source); fs::exists(host, ec)) { // what the host runs behind it goes with it
        const std::string weights = modelName() + "_host_weights.npz";
        std::error_code failed;
        fs::copy_file(host, hostModelFile(target), fs::copy_options::overwrite_existing, failed);
        if (!failed && fs::exists(folder / weights, ec))
            fs::copy_file(folder / weights, target.parent_path() / weights, fs::copy_options::overwrite_existing, failed);
        if (failed)
            return Error{Code::FileNotWritable, "the part for the host cannot be written: " + failed.message()}
                .inFile(hostModelFile(target).string());
    }
    if (sameContent(source, target)) return {};
    // A copy beside it first, so that the old file stays until the new one is whole.
    const fs::path part = target.string() + ".part";
    fs::copy_file(source, part, fs::copy_options::overwrite_existing, ec);
    if (!ec) fs::rename(part, target, ec);
    if (ec) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return Error{Code::FileNotWritable, "the bmodel cannot be written: " + ec.message()}
            .inFile(target.string())
            .remedy("choose another place for it");
    }
    m_context.line("written " + target.string());
    return {};
}

} // namespace wb::jobs
