// SPDX-License-Identifier: GPL-3.0-or-later
// `inspect`: what is in a file.
#include "app/cli/command.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/inspect_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {

Command inspectCommand() {
    return {"inspect", {}, "Show what a model, table, npz or project holds", [](CLI::App& app) {
        auto file = std::make_shared<std::string>();
        auto profile = std::make_shared<bool>(false);
        app.add_option("file", *file, "The file")->required();
        app.add_flag("--profile", *profile, "Cycles of a bmodel, in all and by layer");
        return [file, profile](Invocation& in) {
            const auto result = *profile ? jobs::inspectProfile(*file) : jobs::inspect(*file, in.context);
            if (!result) return in.console.fail(result.error());
            in.console.print(result->text);
            if (*profile) {
                in.console.result(result->content);
                return static_cast<int>(kSuccess);
            }
            in.console.result({{"kind", result->kind}, {"content", result->content}});
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
