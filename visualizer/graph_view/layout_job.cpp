// SPDX-License-Identifier: GPL-3.0-or-later
// Process, pool thread and cache of the graph layout; see layout_job.h.
#include "visualizer/graph_view/layout_job.h"

#include "visualizer/graph_view/dot_text.h"

#include <QCache>
#include <QFutureWatcher>
#include <QProcess>
#include <QStandardPaths>
#include <QtConcurrent>

namespace wb::graph_view {
namespace {

QCache<QByteArray, GraphLayout>& cache() {
    static QCache<QByteArray, GraphLayout> layouts(64000); // cost: nodes
    return layouts;
}

} // namespace

LayoutJob::LayoutJob(QObject* parent) : QObject(parent) {
    m_dotProgram = QStandardPaths::findExecutable(QStringLiteral("dot"));
}

LayoutJob::~LayoutJob() {
    if (m_stop)
        m_stop->store(true);
    stopProcess();
}

void LayoutJob::clearCache() { cache().clear(); }

void LayoutJob::stopProcess() {
    if (!m_process)
        return;
    m_process->disconnect(this);
    m_process->kill();
    // A killed process is gone within a moment; it deletes itself when it is.
    QProcess* process = m_process;
    process->setParent(nullptr);
    connect(process, &QProcess::finished, process, &QObject::deleteLater);
    if (process->state() == QProcess::NotRunning)
        process->deleteLater();
    else
        process->waitForFinished(200);
    m_process = nullptr;
}

void LayoutJob::start(const LayoutInput& input) {
    ++m_generation;
    if (m_stop)
        m_stop->store(true);
    stopProcess();
    m_input = input;
    m_key = structureHash(input);
    m_stop = std::make_shared<std::atomic<bool>>(false);
    if (const GraphLayout* known = cache().object(m_key)) {
        m_running = false;
        emit finished(*known);
        return;
    }
    m_running = true;
    if (input.nodes.size() <= kDotNodeLimit && !m_dotProgram.isEmpty())
        startDot();
    else
        startSimple();
}

void LayoutJob::cancelToSimple() {
    if (!m_running)
        return;
    ++m_generation;
    stopProcess();
    startSimple();
}

void LayoutJob::startDot() {
    auto* process = new QProcess(this);
    m_process = process;
    const int generation = m_generation;
    connect(process, &QProcess::errorOccurred, this, [this, generation](QProcess::ProcessError error) {
        if (generation == m_generation && error == QProcess::FailedToStart)
            startSimple();
    });
    connect(process, &QProcess::finished, this,
            [this, generation, process](int exitCode, QProcess::ExitStatus status) {
                process->deleteLater();
                if (generation != m_generation)
                    return;
                if (status == QProcess::NormalExit && exitCode == 0)
                    assembleAsync(process->readAllStandardOutput());
                else
                    startSimple();
            });
    process->start(m_dotProgram, {QStringLiteral("-Tplain")});
    process->write(toDot(m_input));
    process->closeWriteChannel();
}

void LayoutJob::assembleAsync(const QByteArray& plain) {
    auto* watcher = new QFutureWatcher<GraphLayout>(this);
    const int generation = m_generation;
    connect(watcher, &QFutureWatcher<GraphLayout>::finished, this,
            [this, watcher, generation, key = m_key] {
                watcher->deleteLater();
                if (generation == m_generation)
                    deliver(watcher->result(), key, true);
            });
    watcher->setFuture(QtConcurrent::run([input = m_input, plain, stop = m_stop] {
        if (auto placement = parseDotPlain(plain, input))
            return assemble(input, *placement);
        GraphLayout layout = assemble(input, placeSimply(input, stop.get()));
        layout.simple = true;
        return layout;
    }));
}

void LayoutJob::startSimple() {
    auto* watcher = new QFutureWatcher<GraphLayout>(this);
    const int generation = m_generation;
    // A layout that the user cut short is not kept: next time dot may have the time it needs.
    const bool keep = m_input.nodes.size() > kDotNodeLimit || m_dotProgram.isEmpty();
    connect(watcher, &QFutureWatcher<GraphLayout>::finished, this,
            [this, watcher, generation, keep, key = m_key] {
                watcher->deleteLater();
                if (generation == m_generation)
                    deliver(watcher->result(), key, keep);
            });
    watcher->setFuture(QtConcurrent::run([input = m_input, stop = m_stop] {
        GraphLayout layout = assemble(input, placeSimply(input, stop.get()));
        layout.simple = true;
        return layout;
    }));
}

void LayoutJob::deliver(const GraphLayout& layout, const QByteArray& key, bool keep) {
    m_running = false;
    if (keep)
        cache().insert(key, new GraphLayout(layout), std::max<qsizetype>(1, layout.nodes.size()));
    emit finished(layout);
}

} // namespace wb::graph_view
