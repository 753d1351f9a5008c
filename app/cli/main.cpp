// SPDX-License-Identifier: GPL-3.0-or-later
// The command line: `tpuwb COMMAND OPTIONS`, or a vendor name by link or as first argument, with or
// without `.py`. Ctrl+C asks the running job to stop; a second one ends the process.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/exit_code.h"
#include "app/cli/version.h"
#include "compiler/base/edit_distance.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>
#include <thread>
#include <unistd.h>

namespace {

using namespace wb;
using namespace wb::cli;

int signalPipe[2] = {-1, -1};
std::atomic<int> interrupts{0};

extern "C" void onInterrupt(int) {
    if (interrupts.fetch_add(1) > 0) _exit(kCancelled);
    const char byte = 1;
    [[maybe_unused]] const auto written = write(signalPipe[1], &byte, 1);
}

/// Turns the first Ctrl+C into a stop request: a handler may only write a byte, a thread does the rest.
class InterruptWatch {
public:
    InterruptWatch() {
        if (pipe(signalPipe) != 0) return;
        std::signal(SIGINT, onInterrupt);
        std::signal(SIGTERM, onInterrupt);
        m_thread = std::thread([this] {
            char byte = 0;
            if (read(signalPipe[0], &byte, 1) == 1 && byte == 1) m_source.request_stop();
        });
    }
    ~InterruptWatch() {
        if (!m_thread.joinable()) return;
        const char byte = 0;
        [[maybe_unused]] const auto written = write(signalPipe[1], &byte, 1);
        m_thread.join();
    }
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    std::stop_token token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::thread m_thread;
};

std::vector<Command> allCommands() {
    return {transformCommand(), calibrateCommand(), searchCommand(), deployCommand(), runCommand(),
            compareCommand(),   detectCommand(),    inspectCommand(), modelToolCommand(), bmodelDisCommand(),
            projectCommand(),   workerCommand()};
}

std::string withoutPy(std::string name) {
    if (name.ends_with(".py")) name.resize(name.size() - 3);
    return name;
}

void addCommonOptions(CLI::App& app, CommonOptions& common) {
    app.add_flag("--json", common.json, "Print one JSON object on standard output");
    app.add_option("--progress", common.progress, "auto, plain, json or none")
        ->check(CLI::IsMember({"auto", "plain", "json", "none"}));
    app.add_flag("-q,--quiet", common.quiet, "Print only errors");
    app.add_flag("--verbose", common.verbose, "Print notes too");
    app.add_option("--threads", common.threads, "Threads to use (default: all)")->check(CLI::Range(1, 1024));
    app.add_option("--lang", common.lang, "Accepted for all programs; the command line speaks English")
        ->check(CLI::IsMember({"en", "zh_CN"}));
}

/// What is wrong with the words of a command line, with the option that was perhaps meant.
Error parseError(const CLI::App& app, const CLI::ParseError& error) {
    std::string what = error.what(), nearest;
    for (const std::string& word : app.remaining()) {
        if (!word.starts_with("--")) continue;
        const std::string name = word.substr(2, word.find('=') - 2);
        what = "there is no option --" + name;
        size_t least = 2 + name.size() / 4; // one slip in a short word, some in a long one
        for (const CLI::Option* option : app.get_options())
            for (const std::string& known : option->get_lnames())
                if (const size_t distance = editDistance(name, known, least); distance < least) least = distance, nearest = known;
        break;
    }
    if (!what.empty()) what.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(what.front())));
    return usage(std::move(what), nearest.empty() ? "see --help" : "write --" + nearest);
}

int runCli(int argc, char** argv) {
    std::vector<std::string> words(argv, argv + argc);
    const std::vector<Command> commands = allCommands();
    std::string calledAs = withoutPy(std::filesystem::path(words[0]).filename().string());
    const auto isKnown = [&](const std::string& word) -> const Command* {
        for (const Command& c : commands) {
            if (c.name == word) return &c;
            for (const std::string& vendor : c.vendorNames)
                if (vendor == word) return &c;
        }
        return nullptr;
    };
    const Command* chosen = isKnown(calledAs);
    size_t first = 1;
    if (chosen == nullptr && words.size() > 1) {
        chosen = isKnown(withoutPy(words[1]));
        if (chosen != nullptr) calledAs = withoutPy(words[1]), first = 2;
    }
    if (chosen == nullptr) {
        const bool help = words.size() == 1 || words[1] == "--help" || words[1] == "-h";
        if (words.size() > 1 && (words[1] == "--version" || words[1] == "-V")) {
            std::printf("tpuwb %s\n", kVersion);
            return kSuccess;
        }
        std::FILE* out = help ? stdout : stderr;
        if (!help) std::fprintf(out, "E8090 there is no command '%s'\n", words[1].c_str());
        std::fprintf(out, "usage: tpuwb COMMAND [OPTIONS]   (tpuwb COMMAND --help explains each)\n\n");
        for (const Command& c : commands) {
            std::string vendor;
            for (const std::string& v : c.vendorNames)
                vendor += (vendor.empty() ? "" : ", ") + v;
            std::fprintf(out, "  %-10s %s%s\n", c.name.c_str(), c.summary.c_str(),
                         vendor.empty() ? "" : (" [" + vendor + "]").c_str());
        }
        return help ? kSuccess : kUsage;
    }

    CLI::App app{chosen->summary, "tpuwb " + calledAs};
    app.set_version_flag("-V,--version", std::string("tpuwb ") + kVersion);
    CommonOptions common;
    addCommonOptions(app, common);
    const auto run = chosen->declare(app);
    std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
    std::string commandLine = calledAs;
    for (const std::string& word : rest)
        commandLine += ' ' + word;
    std::reverse(rest.begin(), rest.end()); // CLI11 takes the words from the back
    try {
        app.parse(rest);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e, std::cout, std::cerr); // --help, --version
        common.json = std::find(words.begin(), words.end(), "--json") != words.end();
        return Console(common).fail(parseError(app, e));
    }
    const InterruptWatch watch;
    JobContext context(watch.token());
    Console console(common);
    console.attach(context);
    Invocation invocation{console, context, commandLine, calledAs};
    return run(invocation);
}

} // namespace

int main(int argc, char** argv) {
    try {
        return runCli(argc, argv);
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "E9002 there is not enough memory for this\n");
    } catch (const std::exception& e) {
        std::fprintf(stderr, "E9001 an internal check failed: %s\n", e.what());
    }
    return kInternal;
}
