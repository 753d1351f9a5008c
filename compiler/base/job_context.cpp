// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/base/job_context.h"

#include <algorithm>
#include <thread>

namespace wb {

void Diagnostics::add(Error problem) {
    Sink sink;
    {
        std::lock_guard lock(m_mutex);
        m_problems.push_back(problem);
        sink = m_sink;
    }
    if (sink) sink(problem);
}

void Diagnostics::warn(Code code, std::string what, std::string node) {
    Error problem{code, std::move(what)};
    problem.node = std::move(node);
    problem.severity = Severity::Warning;
    add(std::move(problem));
}

std::vector<Error> Diagnostics::all() const {
    std::lock_guard lock(m_mutex);
    return m_problems;
}

bool Diagnostics::empty() const {
    std::lock_guard lock(m_mutex);
    return m_problems.empty();
}

void Diagnostics::setSink(Sink sink) {
    std::lock_guard lock(m_mutex);
    m_sink = std::move(sink);
}

Status JobContext::checkStop() const {
    if (stopRequested()) return Error{Code::Cancelled, "cancelled"};
    return {};
}

int JobContext::threads() const {
    if (m_threads > 0) return m_threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace wb
