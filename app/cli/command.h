// SPDX-License-Identifier: GPL-3.0-or-later
// One subcommand: its names, its options and what it runs. main.cpp lists them.
#pragma once

#include "app/cli/console.h"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wb::cli {

/// What a command gets to run with. The stop token is set by Ctrl+C.
struct Invocation {
    Console& console;
    JobContext& context;
    std::string commandLine; ///< as typed, for logs
    std::string calledAs;    ///< "transform", or the vendor's name it was called by
};

struct Command {
    std::string name;                     ///< "transform"
    std::vector<std::string> vendorNames; ///< "model_transform" (with and without .py)
    std::string summary;
    /// Declares options on the app and returns what runs after parsing; gives the exit status.
    std::function<std::function<int(Invocation&)>(CLI::App&)> declare;
};

Command transformCommand();
Command calibrateCommand();
Command searchCommand();
Command deployCommand();
Command runCommand();
Command compareCommand();
Command detectCommand();
Command inspectCommand();
Command modelToolCommand();
Command bmodelDisCommand();
Command projectCommand();
Command workerCommand();

} // namespace wb::cli
