// SPDX-License-Identifier: GPL-3.0-or-later
// Tells kinds apart by content first, by name where content says nothing (text tables).
#include "compiler/jobs/inspect_job.h"

#include "compiler/base/file.h"
#include "compiler/base/npz.h"
#include "compiler/calibrate/table.h"
#include "compiler/import/import.h"
#include "compiler/jobs/bmodel_profile.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/network_snapshot.h"
#include "compiler/jobs/number_text.h"
#include "compiler/jobs/project.h"
#include "compiler/quantise/precision_table.h"
#include "compiler/target/bmodel/info.h"
#include "compiler/target/bmodel/reader.h"

#include <map>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

InspectResult describeNetwork(const OpenedModel& model, const std::string& kind) {
    const NetworkSnapshot network = makeSnapshot(*model.graph, model.format, model.opset);
    InspectResult result;
    result.kind = kind;
    result.content = network;
    int64_t macs = 0;
    int64_t parameters = 0;
    std::map<std::string, int> types;
    for (const LayerInfo& layer : network.layers) {
        macs += layer.macs;
        parameters += layer.parameters;
        ++types[layer.type];
    }
    result.content["state"] = model.graph->attributes.string("module.state");
    result.content["macs"] = macs;
    result.content["parameters"] = parameters;
    std::string& text = result.text;
    text = network.name + ": " + network.format + (network.opset > 0 ? " opset " + std::to_string(network.opset) : "") +
           ", " + std::to_string(network.layers.size()) + " layers, " + fixedText(macs / 1e9, 3) + " GMAC, " +
           fixedText(parameters / 1e6, 3) + " M parameters\n";
    for (const auto& [type, count] : types)
        text += "  " + type + " × " + std::to_string(count) + '\n';
    for (const LayerInfo& layer : network.layers)
        if (layer.isInput || layer.isOutput)
            text += std::string(layer.isInput ? "input  " : "output ") + layer.name + ' ' + ir::toText(layer.shape) + '\n';
    text.pop_back();
    return result;
}

Result<InspectResult> describeNpz(const fs::path& file) {
    WB_ASSIGN(const NpzReader reader, NpzReader::open(file));
    InspectResult result;
    result.kind = "npz";
    result.content = json::array();
    result.text = std::to_string(reader.members().size()) + " arrays";
    for (size_t i = 0; i < reader.members().size(); ++i) {
        WB_ASSIGN(const NpyHeader header, reader.describe(i));
        result.content.push_back({{"name", reader.members()[i].name}, {"dtype", header.descr}, {"shape", header.shape}});
        result.text += "\n  " + reader.members()[i].name + ' ' + header.descr + ' ' + ir::toText(header.shape);
    }
    return result;
}

Result<InspectResult> describeProject(const fs::path& file) {
    WB_ASSIGN(const Project project, loadProject(file));
    InspectResult result;
    result.kind = "project";
    result.content = json::parse(toJsonText(project));
    result.text = "project of " + project.model.path + ", target " + project.target.chip + ", " +
                  std::to_string(project.testImages.size()) + " test images, " +
                  std::to_string(project.layers.size()) + " layers set by hand";
    return result;
}

Result<InspectResult> describeBmodel(const fs::path& path) {
    WB_ASSIGN(const bmodel::File file, bmodel::read(path));
    InspectResult result;
    result.kind = "bmodel";
    result.content = bmodel::infoJson(file);
    result.text = bmodel::infoText(file);
    while (result.text.ends_with('\n'))
        result.text.pop_back();
    return result;
}

Result<InspectResult> describeTable(const fs::path& file) {
    InspectResult result;
    if (const auto table = calibrate::readTable(file); table && !table->rows.empty()) {
        result.kind = "calibration-table";
        result.content = json::array();
        for (const auto& row : table->rows)
            result.content.push_back({{"name", row.name}, {"threshold", row.threshold}, {"min", row.min}, {"max", row.max}});
        result.text = "calibration table, " + std::to_string(table->rows.size()) + " thresholds";
        return result;
    }
    WB_ASSIGN(const auto rows, quantise::readPrecisionTable(file));
    result.kind = "precision-table";
    result.content = json::array();
    result.text = "precision table, " + std::to_string(rows.size()) + " layers";
    for (const auto& row : rows) {
        result.content.push_back({{"name", row.name}, {"precision", ops::spelling(row.precision)}});
        result.text += "\n  " + row.name + ' ' + ops::spelling(row.precision);
    }
    return result;
}

} // namespace

Result<InspectResult> inspectProfile(const fs::path& path) {
    WB_ASSIGN(const bmodel::File file, bmodel::read(path));
    const auto profile = profileOf(file);
    if (!profile) return Error(profile.error()).inFile(path.string());
    InspectResult result;
    result.kind = "profile";
    result.content = {{"total_cycles", profile->cycles}, {"tiu_cycles", profile->tiu},   {"gdma_cycles", profile->gdma},
                      {"not_observed", profile->notObserved}, {"layers", profile->layers}};
    WB_ASSIGN(result.content["timeline"], timelineOf(file));
    result.text = describe(*profile);
    return result;
}

Result<InspectResult> inspect(const fs::path& file, JobContext& context) {
    const std::string extension = file.extension().string();
    if (extension == ".tpuwb") return describeProject(file);
    if (extension == ".npz") return describeNpz(file);
    if (extension == ".bmodel") return describeBmodel(file);
    if (extension == ".mlir") {
        WB_ASSIGN(const OpenedModel model, openModel(file, {}, context));
        return describeNetwork(model, "mlir");
    }
    WB_ASSIGN(const auto kind, importer::fileKind(file));
    if (kind != importer::FileKind::Unknown) {
        WB_ASSIGN(const OpenedModel model, openModel(file, {}, context));
        return describeNetwork(model, "model");
    }
    auto table = describeTable(file);
    if (table) return table;
    return Error{Code::FileUnknownKind, "this is no model, table, npz or project that the program knows"}
        .inFile(file.string());
}

} // namespace wb::jobs
