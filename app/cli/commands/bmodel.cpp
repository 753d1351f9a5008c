// SPDX-License-Identifier: GPL-3.0-or-later
// `model_tool` and `bmodel_dis`: what a bmodel holds, files joined and taken apart, commands as text.
#include "app/cli/command.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/bmodel_tool.h"
#include "compiler/jobs/inspect_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct ToolOptions {
    std::string info, extract, output;
    std::vector<std::string> combine;
};

int runTool(const ToolOptions& options, Invocation& in) {
    if (!options.info.empty()) {
        const auto result = jobs::inspect(options.info, in.context);
        if (!result) return in.console.fail(result.error());
        in.console.print(result->text);
        in.console.result({{"kind", result->kind}, {"content", result->content}});
        return kSuccess;
    }
    if (!options.combine.empty()) {
        const std::filesystem::path output = options.output.empty() ? "compilation.bmodel" : options.output;
        const std::vector<std::filesystem::path> files(options.combine.begin(), options.combine.end());
        if (const auto status = jobs::combineBmodels(files, output); !status) return in.console.fail(status.error());
        in.console.print("written: " + output.string());
        in.console.result({{"files", {output.string()}}});
        return kSuccess;
    }
    const auto files = jobs::extractBmodels(options.extract, options.output.empty() ? "." : options.output);
    if (!files) return in.console.fail(files.error());
    nlohmann::json list = nlohmann::json::array();
    for (const auto& file : *files) {
        in.console.print("written: " + file.string());
        list.push_back(file.string());
    }
    in.console.result({{"files", list}});
    return kSuccess;
}

} // namespace

Command modelToolCommand() {
    return {"model_tool", {}, "Describe, join and take apart bmodel files", [](CLI::App& app) {
        auto options = std::make_shared<ToolOptions>();
        auto* what = app.add_option_group("what", "One of these");
        what->add_option("--info", options->info, "What the file holds");
        what->add_option("--combine", options->combine, "Files to join into one");
        what->add_option("--extract", options->extract, "File to take apart");
        what->require_option(1);
        app.add_option("-o,--output", options->output, "Joined file, or folder for the parts");
        return [options](Invocation& in) { return runTool(*options, in); };
    }};
}

Command bmodelDisCommand() {
    return {"bmodel_dis", {}, "Show the commands of a bmodel as text", [](CLI::App& app) {
        auto file = std::make_shared<std::string>();
        auto format = std::make_shared<std::string>("text");
        app.add_option("file", *file, "The bmodel")->required();
        app.add_option("--format", *format, "text or json")->check(CLI::IsMember({"text", "json"}));
        return [file, format](Invocation& in) {
            const auto text = jobs::disassembleBmodel(*file, *format == "json", in.context);
            if (!text) return in.console.fail(text.error());
            in.console.print(*text);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
