// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/worker_process.h"

#include "compiler/jobs/error_json.h"
#include "compiler/jobs/events.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace wb::document {
namespace {

// A line longer than this is no event of ours; reading on would only fill the memory.
constexpr qsizetype kLineLimit = qsizetype{256} << 20;
constexpr qsizetype kKeptErrors = 4096;

int nextId() {
    static int last = 0;
    return ++last;
}

QByteArray toLine(const nlohmann::json& j) {
    const std::string text = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return QByteArray::fromStdString(text) + '\n';
}

} // namespace

QString workerProgram() {
    const QString named = qEnvironmentVariable("TPUWB");
    if (!named.isEmpty()) return named;
    const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/tpuwb");
    if (QFileInfo(beside).isExecutable()) return beside;
    return QStandardPaths::findExecutable(QStringLiteral("tpuwb"));
}

WorkerProcess::WorkerProcess(QObject* parent) : QObject(parent) {
    m_killTimer.setSingleShot(true);
    connect(&m_killTimer, &QTimer::timeout, this, [this] { m_process.kill(); });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &WorkerProcess::readLines);
    connect(&m_process, &QProcess::readyReadStandardError, this, &WorkerProcess::readErrors);
    connect(&m_process, &QProcess::finished, this, &WorkerProcess::processEnded);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) processEnded();
    });
}

WorkerProcess::~WorkerProcess() {
    m_process.disconnect(this);
    if (m_process.state() == QProcess::NotRunning) return;
    // The end of its input ends the worker; one that does not answer is killed.
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(m_jobs.isEmpty() ? 1000 : 200)) {
        m_process.kill();
        m_process.waitForFinished(1000);
    }
}

void WorkerProcess::ensureStarted() {
    if (m_process.state() != QProcess::NotRunning) return;
    m_buffer.clear();
    m_lastErrors.clear();
    m_stopping = false;
    m_process.setProgram(workerProgram());
    m_process.setArguments({QStringLiteral("worker")});
    m_process.start(QIODevice::ReadWrite | QIODevice::Unbuffered);
}

int WorkerProcess::submit(const QString& job, const nlohmann::json& request) {
    const int id = nextId();
    m_jobs.insert(id, {});
    ensureStarted();
    if (m_process.state() == QProcess::NotRunning) return id; // failed() follows by the event loop
    m_process.write(toLine({{"id", id}, {"job", job.toStdString()}, {"request", request}}));
    return id;
}

void WorkerProcess::cancel(int id) {
    const auto job = m_jobs.find(id);
    if (job == m_jobs.end() || job->cancelled) return;
    job->cancelled = true;
    m_process.write(toLine({{"cancel", id}}));
    if (!m_killTimer.isActive()) m_killTimer.start(m_killAfterMs);
}

void WorkerProcess::stop() {
    if (m_process.state() == QProcess::NotRunning) return;
    m_stopping = true;
    m_process.kill();
}

void WorkerProcess::readErrors() {
    m_lastErrors += m_process.readAllStandardError();
    if (m_lastErrors.size() > kKeptErrors) m_lastErrors = m_lastErrors.right(kKeptErrors);
}

void WorkerProcess::readLines() {
    m_buffer += m_process.readAllStandardOutput();
    qsizetype start = 0;
    for (qsizetype end; (end = m_buffer.indexOf('\n', start)) >= 0; start = end + 1)
        if (end > start) takeLine(m_buffer.mid(start, end - start));
    m_buffer.remove(0, start);
    if (m_buffer.size() > kLineLimit) m_process.kill();
}

void WorkerProcess::takeLine(const QByteArray& line) {
    const auto j = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    if (!j.is_object()) return; // a library that prints to standard output must not end the job
    const auto idField = j.find("id"), kindField = j.find("event");
    if (idField == j.end() || !idField->is_number_integer() || kindField == j.end() ||
        !kindField->is_string())
        return;
    const int id = idField->get<int>();
    const auto job = m_jobs.constFind(id);
    if (job == m_jobs.constEnd()) return;
    const std::string& kind = kindField->get_ref<const std::string&>();
    const auto payloadField = j.find("payload");
    const nlohmann::json payload = payloadField == j.end() ? nlohmann::json() : *payloadField;
    const bool ends = kind == jobs::event::kResult || kind == jobs::event::kError;
    if (!ends) {
        emit event(id, QString::fromStdString(kind), payload);
        return;
    }
    m_jobs.remove(id);
    const bool waiting = std::any_of(m_jobs.cbegin(), m_jobs.cend(), [](const Job& x) { return x.cancelled; });
    if (!waiting) m_killTimer.stop();
    if (kind == jobs::event::kResult) emit finished(id, payload);
    else emit failed(id, jobs::errorFromJson(payload));
}

void WorkerProcess::processEnded() {
    m_killTimer.stop();
    readLines();
    readErrors();
    if (m_jobs.isEmpty()) return;
    if (m_process.error() == QProcess::FailedToStart) {
        failAll(Error{Code::WorkerDied, "the compiler program could not be started"}
                    .inFile(workerProgram().toStdString())
                    .because("the program tpuwb was not found or may not be run"));
        return;
    }
    Error died{Code::WorkerDied, "the compiler stopped unexpectedly"};
    if (m_process.exitStatus() == QProcess::CrashExit)
        died.why = "the process was ended by a signal";
    else
        died.why = "the process ended with exit code " + std::to_string(m_process.exitCode());
    died.fields["stderr"] = m_lastErrors.toStdString();
    failAll(died);
}

void WorkerProcess::failAll(const Error& error) {
    const QHash<int, Job> lost = std::exchange(m_jobs, {});
    QList<int> ids = lost.keys();
    std::sort(ids.begin(), ids.end());
    for (int id : ids) {
        const bool wanted = lost.value(id).cancelled || m_stopping;
        emit failed(id, wanted ? Error{Code::Cancelled, "cancelled"} : error);
    }
}

} // namespace wb::document
