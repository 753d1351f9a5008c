// SPDX-License-Identifier: GPL-3.0-or-later
// `project run | status | export`: the window's stages without the window.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/project_report.h"
#include "compiler/jobs/sample.h"
#include "compiler/jobs/stages.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct ProjectOptions {
    std::filesystem::path file, sample;
    std::string until = "deploy", recipe;
    bool run = false, exportScript = false;
};

Result<std::filesystem::path> projectFile(const ProjectOptions& options) {
    if (!options.sample.empty()) return jobs::writeSample(options.sample);
    if (options.file.empty())
        return usage("no project was named", "give a .tpuwb file, or --sample FOLDER");
    return options.file;
}

int runProject(const ProjectOptions& options, Invocation& in) {
    const auto file = projectFile(options);
    if (!file) return in.console.fail(file.error());
    auto project = jobs::loadProject(*file);
    if (!project) return in.console.fail(project.error());
    if (!options.recipe.empty()) { // part of the project from now on, as if chosen in the window
        project->calibration.recipe = options.recipe == "none" ? std::string() : options.recipe;
        if (const Status saved = jobs::saveProject(*project, *file); !saved) return in.console.fail(saved.error());
    }
    if (options.exportScript) {
        in.console.print(jobs::exportScript(*project, *file));
        in.console.result({{"script", jobs::exportScript(*project, *file)}});
        return kSuccess;
    }
    if (options.run) {
        const auto last = jobs::stageFromSpelling(options.until);
        if (!last) return in.console.fail(usage("there is no stage '" + options.until + "'"));
        if (const Status status = jobs::runStages(*project, *file, *last, in.context); !status)
            return in.console.fail(status.error());
    }
    const jobs::ProjectReport report = jobs::makeReport(*project, *file);
    in.console.print(report.text);
    in.console.result(report.content);
    return kSuccess;
}

} // namespace

Command projectCommand() {
    return {"project", {}, "Run, show or export a project", [](CLI::App& app) {
        auto options = std::make_shared<ProjectOptions>();
        auto* run = app.add_subcommand("run", "Run what is missing or out of date");
        auto* status = app.add_subcommand("status", "Show the stages and their results");
        auto* script = app.add_subcommand("export", "Print the project as commands");
        for (auto* sub : {run, status, script}) {
            sub->fallthrough();
            sub->add_option("file", options->file, "The .tpuwb file");
            sub->add_option("--sample", options->sample, "Write the embedded sample into this folder and use it");
        }
        run->add_option("--until", options->until, "Last stage: import, preprocess, reference, calibrate, "
                                                   "quantise, precision, mixed, deploy");
        run->add_option("--recipe", options->recipe, "Better INT8 at the same cost, written into the project; none: the vendor's table")
            ->check(CLI::IsMember({"auto", "vendor", "ranges", "weights", "ranges+weights", "none"}));
        app.require_subcommand(1);
        return [options, run, script](Invocation& in) {
            options->run = run->parsed();
            options->exportScript = script->parsed();
            return runProject(*options, in);
        };
    }};
}

} // namespace wb::cli
