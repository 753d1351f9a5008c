// SPDX-License-Identifier: GPL-3.0-or-later
// One undoable step: the project before and after. Copies are shared between neighbouring steps, so a
// step costs one project.
#pragma once

#include "compiler/jobs/project.h"

#include <QUndoCommand>

#include <functional>
#include <memory>

namespace wb::document {

using ProjectPointer = std::shared_ptr<const jobs::Project>;

class EditCommand : public QUndoCommand {
public:
    EditCommand(const QString& name, ProjectPointer before, ProjectPointer after, QString mergeKey,
                std::function<void(ProjectPointer)> show)
        : QUndoCommand(name), m_before(std::move(before)), m_after(std::move(after)),
          m_mergeKey(std::move(mergeKey)), m_show(std::move(show)) {}

    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const EditCommand*>(other);
        if (next->m_mergeKey != m_mergeKey) return false;
        m_after = next->m_after;
        setText(next->text());
        if (*m_after == *m_before) setObsolete(true); // dragged there and back
        return true;
    }
    void undo() override { m_show(m_before); }
    void redo() override { m_show(m_after); }

private:
    ProjectPointer m_before, m_after;
    QString m_mergeKey;
    std::function<void(ProjectPointer)> m_show;
};

} // namespace wb::document
