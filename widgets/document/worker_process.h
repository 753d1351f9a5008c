// SPDX-License-Identifier: GPL-3.0-or-later
// One `tpuwb worker` process and the line protocol of compiler/jobs/events.h. Starts it when the first job
// comes and again after it died; a job that ran in a process that died ends with Code::WorkerDied.
#pragma once

#include "compiler/base/result.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <nlohmann/json.hpp>

namespace wb::document {

/// The worker's program: environment TPUWB, else `tpuwb` beside this program, else the one in PATH.
QString workerProgram();

class WorkerProcess : public QObject {
    Q_OBJECT
public:
    explicit WorkerProcess(QObject* parent = nullptr);
    ~WorkerProcess() override;

    /// Queues a job in the worker; its id is unique in this program.
    int submit(const QString& job, const nlohmann::json& request);
    /// Asks for the end; after `killAfterMs` (10 s) without an answer the process is killed.
    void cancel(int id);
    bool isBusy() const { return !m_jobs.isEmpty(); }
    bool isRunning(int id) const { return m_jobs.contains(id); }
    qint64 processId() const { return m_process.processId(); }
    void setKillDelay(int milliseconds) { m_killAfterMs = milliseconds; }
    /// Ends the process at once; jobs in it end as cancelled.
    void stop();

signals:
    /// Everything but the end of the job.
    void event(int id, const QString& kind, const nlohmann::json& payload);
    void finished(int id, const nlohmann::json& result);
    void failed(int id, const wb::Error& error);

private:
    void ensureStarted();
    void readLines();
    void readErrors();
    void processEnded();
    void takeLine(const QByteArray& line);
    void failAll(const Error& error);

    struct Job {
        bool cancelled = false;
    };
    QProcess m_process;
    QHash<int, Job> m_jobs;
    QByteArray m_buffer;
    QByteArray m_lastErrors;   ///< tail of what the process wrote on standard error
    QTimer m_killTimer;
    int m_killAfterMs = 10'000;
    bool m_stopping = false;
};

} // namespace wb::document
