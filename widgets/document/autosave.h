// SPDX-License-Identifier: GPL-3.0-or-later
// The copy of an edited project in the user's state folder (rule K-3): written 5 s after the last edit and
// at least every 30 s, removed when the project is saved or closed, offered again after a crash.
#pragma once

#include "compiler/jobs/project.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QLockFile>
#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QVector>

#include <functional>
#include <memory>

namespace wb::document {

/// $XDG_STATE_HOME/tpu-workbench, by default under ~/.local/state.
QString stateFolder();

struct Recovery {
    QString copy;          ///< the autosaved file
    QString projectFile;   ///< what it is a copy of; empty: never saved
    QString base;          ///< path that stands for the project when looking for results
    QDateTime time;
    QStringList steps;     ///< names of the unsaved edits
    jobs::Project project;
};

class Autosave : public QObject {
    Q_OBJECT
public:
    struct Content {
        QString projectFile, base;
        QStringList steps;
        std::shared_ptr<const jobs::Project> project;
    };
    explicit Autosave(std::function<Content()> content, QObject* parent = nullptr);
    ~Autosave() override;

    void edited();      ///< starts the clocks
    void saved();       ///< forgets the copy
    Status writeNow();
    QString copyFile() const { return m_copy; }

    /// Copies whose program is gone, newest first. A damaged copy is left out.
    static QVector<Recovery> pending();
    static void discard(const Recovery& recovery);

    static constexpr int kAfterEditMs = 5'000;
    static constexpr int kAtLeastMs = 30'000;

private:
    std::function<Content()> m_content;
    QTimer m_quiet, m_regular;
    QString m_copy;
    std::unique_ptr<QLockFile> m_lock;
};

} // namespace wb::document
