// SPDX-License-Identifier: GPL-3.0-or-later
// What a command says to its terminal: results on standard output, everything else on standard error.
#pragma once

#include "compiler/base/job_context.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

namespace wb::cli {

enum class ProgressMode { Auto, Plain, Json, None };

/// Options that every command takes (rule O-1).
struct CommonOptions {
    bool json = false;
    std::string progress = "auto";
    bool quiet = false;
    bool verbose = false;
    int threads = 0;
    std::string lang;
};

class Console {
public:
    explicit Console(const CommonOptions& options);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    /// Connects progress, log lines and problems of a job to this terminal.
    void attach(JobContext& context);
    /// A line of the human-readable result; nothing with --json or --quiet.
    void print(const std::string& text);
    /// The result object of --json; nothing otherwise.
    void result(const nlohmann::json& object);
    /// Prints the error (as JSON with --json too) and gives the exit status.
    int fail(const Error& error);
    bool json() const { return m_options.json; }

private:
    void showProgress(const Progress& progress);
    void clearProgress();

    CommonOptions m_options;
    ProgressMode m_mode = ProgressMode::None;
    std::chrono::steady_clock::time_point m_lastShown;
    std::string m_stage;
    int m_lastPercent = -1;
    bool m_lineOpen = false;
};

} // namespace wb::cli
