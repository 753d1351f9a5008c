// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include "app/cli/exit_code.h"
#include "compiler/jobs/error_json.h"

#include <cstdio>
#include <mutex>
#include <unistd.h>

namespace wb::cli {
namespace {

std::mutex outputMutex;

ProgressMode modeOf(const CommonOptions& options) {
    if (options.quiet || options.progress == "none") return ProgressMode::None;
    if (options.progress == "json") return ProgressMode::Json;
    if (options.progress == "plain") return ProgressMode::Plain;
    return isatty(STDERR_FILENO) != 0 ? ProgressMode::Auto : ProgressMode::None;
}

} // namespace

Console::Console(const CommonOptions& options) : m_options(options), m_mode(modeOf(options)) {}
Console::~Console() { clearProgress(); }

void Console::attach(JobContext& context) {
    if (m_options.threads > 0) context.setThreads(m_options.threads);
    context.setProgressSink([this](const Progress& p) { showProgress(p); });
    context.setLineSink([this](const std::string& text) {
        std::lock_guard lock(outputMutex);
        clearProgress();
        if (!m_options.quiet) std::fprintf(m_options.json ? stderr : stdout, "%s\n", text.c_str());
    });
    context.diagnostics().setSink([this](const Error& problem) {
        if (m_options.quiet && problem.severity != Severity::Error) return;
        if (problem.severity == Severity::Note && !m_options.verbose) return;
        std::lock_guard lock(outputMutex);
        clearProgress();
        std::fprintf(stderr, "%s\n", toText(problem).c_str());
    });
}

void Console::print(const std::string& text) {
    if (m_options.json || m_options.quiet) return;
    std::lock_guard lock(outputMutex);
    clearProgress();
    std::fprintf(stdout, "%s\n", text.c_str());
}

void Console::result(const nlohmann::json& object) {
    if (!m_options.json) return;
    const std::string text = object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    std::fprintf(stdout, "%s\n", text.c_str());
}

int Console::fail(const Error& error) {
    clearProgress();
    std::fprintf(stderr, "%s\n", toText(error).c_str());
    result({{"error", jobs::errorToJson(error)}});
    return exitCodeOf(error.code);
}

void Console::showProgress(const Progress& progress) {
    if (m_mode == ProgressMode::None || progress.total <= 0) return;
    std::lock_guard lock(outputMutex);
    const auto now = std::chrono::steady_clock::now();
    const int percent = static_cast<int>(100 * progress.done / progress.total);
    const bool newStage = progress.stage != m_stage;
    using std::chrono::milliseconds;
    if (!newStage && (percent == m_lastPercent || now - m_lastShown < milliseconds(100))) return;
    if (m_mode == ProgressMode::Plain && !newStage && percent / 10 == m_lastPercent / 10) return;
    m_stage = progress.stage;
    m_lastPercent = percent;
    m_lastShown = now;
    if (m_mode == ProgressMode::Json) {
        const nlohmann::json j{{"stage", progress.stage}, {"done", progress.done},
                               {"total", progress.total}, {"text", progress.text}};
        std::fprintf(stderr, "%s\n", j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    } else if (m_mode == ProgressMode::Plain) {
        std::fprintf(stderr, "%s %d %% %s\n", progress.stage.c_str(), percent, progress.text.c_str());
    } else {
        const int filled = percent * 30 / 100;
        std::fprintf(stderr, "\r\033[K[%.*s%*s] %3d %% %s %.60s", filled,
                     "##############################", 30 - filled, "", percent,
                     progress.stage.c_str(), progress.text.c_str());
        std::fflush(stderr);
        m_lineOpen = true;
    }
}

void Console::clearProgress() {
    if (!m_lineOpen) return;
    std::fprintf(stderr, "\r\033[K");
    m_lineOpen = false;
}

} // namespace wb::cli
