// SPDX-License-Identifier: GPL-3.0-or-later
// Lays out a graph without blocking the window: dot in a process of its own for graphs up to
// kDotNodeLimit nodes, else (or without dot) the layout of our own on a pool thread. Results are kept by
// structure hash, so the same graph appears at once the next time. Lives on the GUI thread.
#pragma once

#include "visualizer/graph_view/layout.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <memory>

class QProcess;

namespace wb::graph_view {

inline constexpr int kDotNodeLimit = 3000;

class LayoutJob : public QObject {
    Q_OBJECT
public:
    explicit LayoutJob(QObject* parent = nullptr);
    ~LayoutJob() override;

    /// Ends a running layout and starts this one. finished() comes at once for a graph laid out before.
    void start(const LayoutInput& input);
    /// Kills dot and falls back to the layout of our own: the picture asked for still appears.
    void cancelToSimple();
    bool isRunning() const { return m_running; }

    /// Program to run instead of the `dot` of the search path; a missing one means: own layout. For tests.
    void setDotProgram(const QString& program) { m_dotProgram = program; }
    static void clearCache();

signals:
    void finished(const wb::graph_view::GraphLayout& layout);

private:
    void startDot();
    void startSimple();
    void assembleAsync(const QByteArray& plain);
    void deliver(const GraphLayout& layout, const QByteArray& key, bool keep);
    void stopProcess();

    LayoutInput m_input;
    QByteArray m_key;
    QString m_dotProgram;
    QPointer<QProcess> m_process;
    std::shared_ptr<std::atomic<bool>> m_stop;
    int m_generation = 0;              // answers of older starts are dropped
    bool m_running = false;
};

} // namespace wb::graph_view
