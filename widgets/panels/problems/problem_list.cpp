// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/problems/problem_list.h"

#include <algorithm>

namespace wb::panels {
namespace {

bool same(const Error& a, const Error& b) {
    return a.code == b.code && a.what == b.what && a.file == b.file && a.severity == b.severity;
}

MergedProblem* find(QVector<MergedProblem>& list, const Error& error) {
    for (MergedProblem& problem : list)
        if (same(problem.error, error)) return &problem;
    return nullptr;
}

} // namespace

void ProblemList::update(const QVector<Error>& present) {
    QVector<MergedProblem> next;
    for (const Error& error : present) {
        MergedProblem* known = find(next, error);
        if (known) ++known->count;
        else {
            next.push_back({error, 1, {}});
            known = &next.back();
        }
        if (!error.node.empty() && known->nodes.size() < 20) {
            const QString node = QString::fromStdString(error.node);
            if (!known->nodes.contains(node)) known->nodes << node;
        }
    }
    std::stable_sort(next.begin(), next.end(), [](const MergedProblem& a, const MergedProblem& b) {
        return a.error.severity > b.error.severity;
    });
    for (const MergedProblem& before : m_open)
        if (!find(next, before.error)) m_resolved.prepend(before);
    for (const MergedProblem& problem : next)
        m_resolved.removeIf([&](const MergedProblem& x) { return same(x.error, problem.error); });
    if (m_resolved.size() > kResolvedKept) m_resolved.resize(kResolvedKept);
    m_open = std::move(next);
}

void ProblemList::clear() {
    m_open.clear();
    m_resolved.clear();
}

int ProblemList::errors() const {
    return static_cast<int>(std::count_if(m_open.cbegin(), m_open.cend(), [](const MergedProblem& p) {
        return p.error.severity == Severity::Error;
    }));
}

} // namespace wb::panels
