// SPDX-License-Identifier: GPL-3.0-or-later
// The list of problems (rules E-1, E-2): what happened, where, why, what to do.
#pragma once

#include "widgets/document/document.h"
#include "widgets/panels/problems/problem_list.h"

#include <QScrollArea>

class QVBoxLayout;

namespace wb::panels {

class ProblemsPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit ProblemsPanel(document::Document* document, QWidget* parent = nullptr);
    int openCount() const { return static_cast<int>(m_list.open().size()); }
    const ProblemList& list() const { return m_list; }

signals:
    void countChanged(int open);
    void layerRequested(const QString& name);
    void retryRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild();
    QWidget* makeRow(const MergedProblem& problem, bool resolved);

    document::Document* m_document;
    ProblemList m_list;
    QWidget* m_body = nullptr;
    bool m_showResolved = false;
};

} // namespace wb::panels
