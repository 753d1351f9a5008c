// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/sample.h"

#include "compiler/base/file.h"
#include "compiler/jobs/project.h"
#include "compiler/quantise/precision_table.h"

#include <algorithm>

namespace wb::jobs {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> linesOf(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        while (line.ends_with('\r') || line.ends_with(' '))
            line.remove_suffix(1);
        if (!line.empty()) lines.emplace_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// The settings that the sample's README explains: the network was trained on RGB letterboxed to its
/// input, values 0…1.
Project sampleProject() {
    Project project;
    project.preprocess.pixelFormat = "rgb";
    project.preprocess.keepAspectRatio = true;
    project.preprocess.scale = {"1/255", "1/255", "1/255"};
    project.calibration.dataset = "calibration";
    project.calibration.inputNum = 0;
    project.detect.family = "yolov5";
    project.search.expectedCosine = 0.9999;
    project.search.minLayerCosine = 0.999;
    project.goals = {{"output", 0.999}, {"layer", 0.99}};
    for (const EmbeddedFile& file : sampleFiles()) {
        if (file.name.ends_with(".onnx")) project.model.path = file.name;
        if (file.name.starts_with("test/")) project.testImages.emplace_back(file.name);
        const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
        if (file.name == "classes.txt") project.detect.classNames = linesOf(text);
        if (file.name == "precision_table.txt") {
            // The story of the sample: INT8 loses boxes, these few layers win them back.
            const auto table = quantise::parsePrecisionTable(text, std::string(file.name));
            if (table)
                for (const auto& row : table->rows)
                    project.layers[row.name].precision = ops::spelling(row.precision);
        }
    }
    return project;
}

} // namespace

Result<fs::path> writeSample(const fs::path& folder) {
    for (const EmbeddedFile& file : sampleFiles()) {
        const fs::path target = folder / file.name;
        const auto present = readFile(target);
        if (present && std::ranges::equal(*present, file.bytes)) continue;
        WB_TRY(writeFileAtomically(target, file.bytes));
    }
    const fs::path projectFile = folder / "sample.tpuwb";
    std::error_code ec;
    if (!fs::exists(projectFile, ec)) WB_TRY(saveProject(sampleProject(), projectFile));
    return projectFile;
}

} // namespace wb::jobs
