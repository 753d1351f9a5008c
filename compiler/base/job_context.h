// SPDX-License-Identifier: GPL-3.0-or-later
// What every long computation is given: a way to be stopped, to tell progress, to report problems
// and live results, and how many threads it may use. Callable from any thread unless said otherwise.
#pragma once

#include "compiler/base/result.h"

#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace wb {

/// Problems found on the way, kept in order. Thread-safe.
class Diagnostics {
public:
    using Sink = std::function<void(const Error&)>;

    void add(Error problem);
    void warn(Code code, std::string what, std::string node = {});
    std::vector<Error> all() const;
    bool empty() const;
    void setSink(Sink sink); ///< also called at once for each problem added later

private:
    mutable std::mutex m_mutex;
    std::vector<Error> m_problems;
    Sink m_sink;
};

/// Progress of real work: `done` of `total` units (layers × images, bytes) in the named stage.
struct Progress {
    std::string stage;
    double done = 0;
    double total = 0;
    std::string text = {};
};

class JobContext {
public:
    using ProgressSink = std::function<void(const Progress&)>;
    using EventSink = std::function<void(const char* kind, const nlohmann::json& payload)>;
    using LineSink = std::function<void(const std::string&)>;

    JobContext() = default;
    explicit JobContext(std::stop_token stop) : m_stop(std::move(stop)) {}

    std::stop_token stopToken() const { return m_stop; }
    bool stopRequested() const { return m_stop.stop_requested(); }
    /// Error with Code::Cancelled if a stop was requested. Long loops test it at least every 50 ms.
    Status checkStop() const;

    int threads() const; ///< the thread budget; default: all hardware threads
    void setThreads(int count) { m_threads = count; }

    void progress(Progress p) const { if (m_progress) m_progress(p); }
    /// A live result for the window and for `--json`; kinds are listed in compiler/jobs/events.h.
    void event(const char* kind, const nlohmann::json& payload) const { if (m_event) m_event(kind, payload); }
    /// One line of the log in stable English, as the vendor's tools print it.
    void line(const std::string& text) const { if (m_line) m_line(text); }

    void setProgressSink(ProgressSink sink) { m_progress = std::move(sink); }
    void setEventSink(EventSink sink) { m_event = std::move(sink); }
    void setLineSink(LineSink sink) { m_line = std::move(sink); }
    Diagnostics& diagnostics() const { return m_diagnostics; }

private:
    std::stop_token m_stop;
    int m_threads = 0;
    ProgressSink m_progress;
    EventSink m_event;
    LineSink m_line;
    mutable Diagnostics m_diagnostics;
};

} // namespace wb
