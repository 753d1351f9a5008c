// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: sending them to the worker, following them, ending them.
#include "widgets/document/document.h"

#include "compiler/jobs/error_json.h"
#include "widgets/document/document_private.h"
#include "widgets/document/stage_text.h"

namespace wb::document {

using nlohmann::json;

namespace {

// Under this a remaining time is a guess (rule J-1).
constexpr qint64 kEstimateAfterMs = 3000;

json projectJson(const jobs::Project& project) {
    return json::parse(jobs::toJsonText(project), nullptr, false);
}

double numberIn(const json& payload, const char* key) {
    const auto it = payload.find(key);
    return it != payload.end() && it->is_number() ? it->get<double>() : 0.0;
}

bool isHeavy(const QString& job) { return job == u"search" || job == u"echo"; }

} // namespace

void Document::runTo(jobs::Stage last) {
    if (!d->open) return;
    // A newer wish replaces the running one: what it finished is stored and not computed again.
    for (auto it = d->running.constBegin(); it != d->running.constEnd(); ++it)
        if (it->kind == Private::Job::Kind::Stages) d->heavy.cancel(it.key());

    Private::Job job;
    job.kind = Private::Job::Kind::Stages;
    job.last = last;
    job.title = tr("Run to %1").arg(stageName(last));
    job.listed = true;
    job.clock.start();
    job.stageClock.start();
    const json request{{"project", projectJson(*d->project)},
                       {"file", d->base().string()},
                       {"last", jobs::spelling(last)}};
    const int id = d->heavy.submit(QStringLiteral("stages"), request);
    d->running.insert(id, job);
    for (size_t i = 0; i <= indexOf(last); ++i) {
        d->ended[i] = {};
        const FoundStage& found = d->found[i];
        const bool complete = found.current && found.result && found.result->done;
        d->live[i].queued = !complete;
        emit stageChanged(jobs::kStages[i]);
    }
    emit jobStarted(id, job.title);
    emit logLine(QStringLiteral("info"), QString::fromUtf8(jobs::spelling(last)),
                 QStringLiteral("run to %1").arg(QString::fromUtf8(jobs::spelling(last))));
    d->updateBusy();
}

void Document::cancel() {
    const QList<int> ids = d->running.keys();
    for (int id : ids) d->workerOf(id).cancel(id);
}

bool Document::isBusy() const {
    for (const Private::Job& job : d->running)
        if (job.listed) return true;
    return false;
}

qint64 Document::workerProcessId() const { return d->heavy.processId(); }

void Document::setKillDelay(int milliseconds) {
    d->heavy.setKillDelay(milliseconds);
    d->light.setKillDelay(milliseconds);
}

int Document::request(const QString& name, const json& payload, QObject* receiver,
                      std::function<void(Result<json>)> done, const QString& supersede) {
    if (!supersede.isEmpty()) {
        for (auto it = d->running.begin(); it != d->running.end(); ++it)
            if (it->supersede == supersede && it->done) {
                it->done = nullptr;
                d->workerOf(it.key()).cancel(it.key());
            }
    }
    Private::Job job;
    job.kind = Private::Job::Kind::Request;
    job.name = name;
    job.title = requestTitle(name);
    job.receiver = receiver;
    job.done = std::move(done);
    job.supersede = supersede;
    job.listed = isHeavy(name);
    job.clock.start();
    job.stageClock.start();
    const int id = (isHeavy(name) ? d->heavy : d->light).submit(name, payload);
    d->running.insert(id, job);
    if (job.listed) emit jobStarted(id, job.title);
    d->updateBusy();
    return id;
}

void Document::Private::progress(int id, Job& job, const json& payload) {
    if (!payload.is_object()) return;
    const double done = numberIn(payload, "done"), total = numberIn(payload, "total");
    job.fraction = total > 0 ? qBound(0.0, done / total, 1.0) : 0.0;
    QString text = job.title;
    if (job.kind == Job::Kind::Stages && job.stage >= 0) {
        const auto stage = static_cast<size_t>(job.stage);
        live[stage].fraction = job.fraction;
        if (const auto step = payload.find("text"); step != payload.end() && step->is_string())
            live[stage].step = QString::fromStdString(step->get<std::string>());
        text = stageName(jobs::kStages[stage]);
        emit q->stageChanged(jobs::kStages[stage]);
    }
    double remaining = -1;
    if (job.stageClock.elapsed() > kEstimateAfterMs && job.fraction > 0.01)
        remaining = job.stageClock.elapsed() / 1000.0 * (1 - job.fraction) / job.fraction;
    if (job.listed) emit q->jobProgress(id, job.fraction, text, remaining);
}

void Document::Private::jobEnded(int id, Result<json> outcome) {
    const auto known = running.find(id);
    if (known == running.end()) return;
    Job job = *known;
    running.erase(known);
    QString word = QStringLiteral("done");
    if (!outcome) {
        const Code code = outcome.error().code;
        word = code == Code::Cancelled   ? QStringLiteral("cancelled")
               : code == Code::WorkerDied ? QStringLiteral("died")
                                          : QStringLiteral("failed");
    }
    if (job.kind == Job::Kind::Stages) {
        flush();
        // A newer run may wait for its turn: its queued marks stay.
        const bool another = std::any_of(running.cbegin(), running.cend(), [](const Job& other) {
            return other.kind == Job::Kind::Stages;
        });
        // When a run ends without naming the stage, the first one not done is where it ended.
        int stage = job.stage;
        for (size_t i = 0; stage < 0 && !outcome && i <= indexOf(job.last); ++i) {
            const bool complete = found[i].current && found[i].result && found[i].result->done;
            if (!complete) stage = static_cast<int>(i);
        }
        for (Live& entry : live) {
            entry.running = false;
            entry.fraction = 0;
            if (!another) entry.queued = false;
        }
        if (!outcome && word != u"cancelled") {
            Error error = outcome.error();
            const auto at = static_cast<size_t>(qMax(0, stage));
            if (word == u"died") {
                error.fields["stage"] = stageName(jobs::kStages[at]).toStdString();
                if (error.remedies.empty()) error.remedies = {"Retry"};
            }
            ended[at] = {found[at].key.empty() ? "?" : found[at].key, StageState::Failed, errorText(error)};
            emit q->logLine(QStringLiteral("error"), QString::fromUtf8(jobs::spelling(jobs::kStages[at])),
                            QString::fromStdString(toText(error)));
            addProblem(std::move(error), static_cast<int>(at));
        }
        if (word == u"cancelled" && stage >= 0 && !another) {
            Ended& end = ended[static_cast<size_t>(stage)];
            if (end.key.empty()) end = {found[static_cast<size_t>(stage)].key, StageState::Cancelled, {}};
        }
        // What this run computed lies on disk under its key; the views hold it already.
        for (jobs::Stage changed : jobs::kStages) emit q->stageChanged(changed);
        refresh();
    } else if (job.listed && word == u"died") {
        addProblem(outcome.error(), -1);
    }
    if (job.listed) emit q->jobFinished(id, word);
    if (job.done && job.receiver) job.done(std::move(outcome));
    updateBusy();
}

void Document::Private::updateBusy() {
    const bool busy = q->isBusy();
    if (busy == wasBusy) return;
    wasBusy = busy;
    emit q->busyChanged(busy);
}

} // namespace wb::document
