// SPDX-License-Identifier: GPL-3.0-or-later
// `worker`: the process that computes for the window. Standard output belongs to the protocol alone.
#include "app/cli/command.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/worker.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <csignal>
#include <ext/stdio_filebuf.h>
#include <iostream>
#include <unistd.h>

namespace wb::cli {

Command workerCommand() {
    return {"worker", {}, "Serve the window over standard streams", [](CLI::App&) {
        return [](Invocation&) {
            // The window decides when the worker ends; a Ctrl+C in its terminal is not for the worker.
            std::signal(SIGINT, SIG_IGN);
            // Libraries that print must not break the protocol: file descriptor 1 becomes standard error.
            const int protocol = dup(STDOUT_FILENO);
            dup2(STDERR_FILENO, STDOUT_FILENO);
            __gnu_cxx::stdio_filebuf<char> buffer(protocol, std::ios::out);
            std::ostream out(&buffer);
            jobs::serve(std::cin, out, jobs::workerJobs());
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
