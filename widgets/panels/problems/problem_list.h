// SPDX-License-Identifier: GPL-3.0-or-later
// Problems merged for showing (rule E-2): repeats become one row with a count; what disappeared is kept
// as resolved.
#pragma once

#include "compiler/base/error.h"

#include <QStringList>
#include <QVector>

namespace wb::panels {

struct MergedProblem {
    Error error;
    int count = 1;
    QStringList nodes; ///< the first few layers or nodes that had it
};

class ProblemList {
public:
    /// Takes the present problems; those of before that are no longer there move to resolved().
    void update(const QVector<Error>& present);
    void clear();
    const QVector<MergedProblem>& open() const { return m_open; }
    const QVector<MergedProblem>& resolved() const { return m_resolved; }
    int errors() const;
    static constexpr int kResolvedKept = 50;

private:
    QVector<MergedProblem> m_open, m_resolved;
};

} // namespace wb::panels
