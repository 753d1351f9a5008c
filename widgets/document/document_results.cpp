// SPDX-License-Identifier: GPL-3.0-or-later
// Results: those that stages left on disk, and those that come from the running job.
#include "widgets/document/document.h"

#include "compiler/jobs/error_json.h"
#include "compiler/jobs/events.h"
#include "widgets/document/document_private.h"
#include "widgets/document/stage_text.h"
#include "widgets/document/staleness.h"

#include <QtConcurrent>

namespace wb::document {

using nlohmann::json;
namespace event = jobs::event;

size_t indexOf(jobs::Stage stage) { return static_cast<size_t>(stage); }

std::optional<jobs::Variant> variantFromSpelling(const std::string& text) {
    for (jobs::Variant variant : {jobs::Variant::Source, jobs::Variant::Fp32, jobs::Variant::Int8,
                                  jobs::Variant::Mixed})
        if (text == jobs::spelling(variant)) return variant;
    return {};
}

namespace {

std::optional<size_t> stageIn(const json& payload) {
    const auto it = payload.is_object() ? payload.find("stage") : payload.end();
    if (!payload.is_object() || it == payload.end() || !it->is_string()) return {};
    const auto stage = jobs::stageFromSpelling(it->get<std::string>());
    if (!stage) return {};
    return indexOf(*stage);
}

/// Values that do not fit their type are dropped: a view shows nothing rather than a guess.
template <class T> std::optional<T> as(const json& j) {
    try {
        return j.get<T>();
    } catch (const json::exception&) {
        return {};
    }
}

size_t variantIndex(jobs::Variant variant) { return static_cast<size_t>(variant); }

/// Whose numbers a stage makes.
std::optional<jobs::Variant> variantOf(size_t stage) {
    switch (jobs::kStages[stage]) {
    case jobs::Stage::Reference: return jobs::Variant::Fp32;
    case jobs::Stage::Quantise: return jobs::Variant::Int8;
    case jobs::Stage::Mixed: return jobs::Variant::Mixed;
    default: return {};
    }
}

} // namespace

// Stored results -----------------------------------------------------------------------------------

void Document::Private::refresh() {
    if (!open) return;
    if (finder.isRunning()) {
        findAgain = true;
        return;
    }
    findGeneration = generation;
    finder.setFuture(QtConcurrent::run(
        [copy = project, file = base(), known = dataKeys] { return findStages(*copy, file, known); }));
}

void Document::Private::applyFound(const FoundStages& next) {
    for (size_t i = 0; i < next.size(); ++i) {
        FoundStage& held = found[i];
        const FoundStage& now = next[i];
        held.key = now.key;
        held.settings = now.settings;
        held.result = now.result;
        held.current = now.current;
        // While the stage runs its events are the newer truth.
        if (now.data && !live[i].running && !live[i].queued) {
            dataKeys[i] = now.result->key;
            applyData(i, *now.data);
        }
    }
    flush();
    for (jobs::Stage stage : jobs::kStages) emit q->stageChanged(stage);
}

void Document::Private::applyData(size_t stage, StageData data) {
    if (data.network) setNetwork(std::move(*data.network));
    if (const auto variant = variantOf(stage)) {
        if (*variant == jobs::Variant::Mixed) previousMixed = samples[variantIndex(*variant)][0];
        clearVariant(*variant);
        if (*variant == jobs::Variant::Fp32) clearVariant(jobs::Variant::Source);
        detections.removeIf([&](const jobs::DetectionCandidates& x) {
            return x.variant == *variant ||
                   (*variant == jobs::Variant::Fp32 && x.variant == jobs::Variant::Source);
        });
        precisions[variantIndex(*variant)] = QVector<jobs::LayerPrecision>(data.precisions.begin(), data.precisions.end());
        dirtyPrecisions[variantIndex(*variant)] = true;
        dirtyDetections = true;
    }
    for (const jobs::LayerSample& sample : data.samples) takeSample(sample);
    for (jobs::DetectionCandidates& candidates : data.detections) detections << std::move(candidates);
    if (!data.detections.empty()) dirtyDetections = true;
    if (data.deploy) setDeploy(std::move(data.deploy));
}

void Document::Private::setDeploy(std::optional<DeployReport> report) {
    deploy = std::move(report);
    layerCycles.clear();
    if (deploy && !deploy->layers.isEmpty()) {
        layerCycles.fill(-1, static_cast<qsizetype>(network.layers.size()));
        for (const DeployLayer& layer : deploy->layers) {
            const int index = layerByName.value(layer.name, -1);
            if (index < 0) continue; // a cast or a copy that lowering put in
            qint64& cycles = layerCycles[index];
            cycles = qMax<qint64>(cycles, 0) + layer.tiu + layer.gdma;
        }
    }
    emit q->deployChanged();
}

void Document::Private::setNetwork(jobs::NetworkSnapshot snapshot) {
    network = std::move(snapshot);
    layerByName.clear();
    for (const jobs::LayerInfo& layer : network.layers)
        layerByName.insert(QString::fromStdString(layer.name), layer.index);
    const int count = static_cast<int>(network.layers.size());
    for (size_t v = 0; v < samples.size(); ++v)
        for (size_t i = 0; i < 2; ++i)
            if (!samples[v][i].isEmpty() && samples[v][i].size() != count) {
                samples[v][i].clear();
                dirtySamples[v][i] = true;
            }
    if (previousMixed.size() != count) previousMixed.clear();
    for (auto& list : precisions)
        if (list.size() != count) list.clear();
    QVector<int> kept;
    for (int layer : selection.layers())
        if (layer < count) kept << layer;
    emit q->networkChanged();
    selection.set(kept);
}

void Document::Private::takeSample(const jobs::LayerSample& sample) {
    const size_t v = variantIndex(sample.variant), i = sample.isolated ? 1 : 0;
    if (v >= samples.size()) return;
    // Names are the key; indices run over the top graph.
    const int index = layerByName.value(QString::fromStdString(sample.name), sample.index);
    const int count = static_cast<int>(network.layers.size());
    if (index < 0 || index >= count) return;
    QVector<jobs::LayerSample>& list = samples[v][i];
    if (list.size() != count) {
        list.resize(count);
        for (int k = 0; k < count; ++k) {
            list[k].index = k;
            list[k].name = network.layers[static_cast<size_t>(k)].name;
            list[k].variant = sample.variant;
            list[k].isolated = sample.isolated;
        }
    }
    list[index] = sample;
    list[index].index = index;
    dirtySamples[v][i] = true;
    if (!batch.isActive()) batch.start();
}

void Document::Private::clearVariant(jobs::Variant variant) {
    const size_t v = variantIndex(variant);
    for (size_t i = 0; i < 2; ++i) {
        samples[v][i].clear();
        dirtySamples[v][i] = true;
    }
    if (!batch.isActive()) batch.start();
}

void Document::Private::flush() {
    batch.stop();
    for (size_t v = 0; v < samples.size(); ++v) {
        for (size_t i = 0; i < 2; ++i)
            if (std::exchange(dirtySamples[v][i], false))
                emit q->samplesChanged(static_cast<jobs::Variant>(v), i == 1);
        if (std::exchange(dirtyPrecisions[v], false))
            emit q->precisionsChanged(static_cast<jobs::Variant>(v));
    }
    if (std::exchange(dirtyDetections, false)) emit q->detectionsChanged();
}

// Events -------------------------------------------------------------------------------------------

void Document::Private::takeEvent(int id, const QString& kindText, const json& payload) {
    const auto known = running.find(id);
    if (known == running.end()) return;
    Job& job = *known;
    const std::string kind = kindText.toStdString();
    if (kind == event::kProgress) return progress(id, job, payload);
    if (kind == event::kStageStarted) return stageStarted(job, payload);
    if (kind == event::kStageFinished) return stageFinished(id, job, payload);
    if (kind == event::kLog) {
        const QString stage = job.stage >= 0
                                  ? QString::fromUtf8(jobs::spelling(jobs::kStages[static_cast<size_t>(job.stage)]))
                                  : job.name;
        const std::string text = payload.is_string() ? payload.get<std::string>() : payload.dump();
        emit q->logLine(QStringLiteral("info"), stage, QString::fromStdString(text));
        return;
    }
    if (kind == event::kProblem) {
        addProblem(jobs::errorFromJson(payload), job.stage);
        return;
    }
    // What follows describes the project only when the project's own stages run.
    if (job.kind == Job::Kind::Stages) {
        if (kind == event::kNetwork) {
            if (auto snapshot = as<jobs::NetworkSnapshot>(payload)) setNetwork(std::move(*snapshot));
        } else if (kind == event::kLayerSample) {
            if (const auto sample = as<jobs::LayerSample>(payload)) takeSample(*sample);
        } else if (kind == event::kLayerPrecision && payload.is_object()) {
            const auto variant = variantFromSpelling(payload.value("variant", std::string()));
            for (const auto& item : payload.items())
                if (variant && item.value().is_array())
                    if (auto list = as<std::vector<jobs::LayerPrecision>>(item.value())) {
                        precisions[variantIndex(*variant)] =
                            QVector<jobs::LayerPrecision>(list->begin(), list->end());
                        dirtyPrecisions[variantIndex(*variant)] = true;
                    }
        } else if (kind == event::kDetections) {
            if (const auto candidates = as<jobs::DetectionCandidates>(payload)) {
                detections.removeIf([&](const jobs::DetectionCandidates& x) {
                    return x.variant == candidates->variant && x.picture == candidates->picture;
                });
                detections << *candidates;
                dirtyDetections = true;
            }
        }
        if (!batch.isActive()) batch.start();
    }
    emit q->jobEvent(id, kindText, payload);
}

void Document::Private::stageStarted(Job& job, const json& payload) {
    const auto stage = stageIn(payload);
    if (!stage || job.kind != Job::Kind::Stages) return;
    job.stage = static_cast<int>(*stage);
    job.stageClock.start();
    live[*stage] = {false, true, 0, {}};
    ended[*stage] = {};
    dropProblems(job.stage);
    if (const auto variant = variantOf(*stage)) {
        if (*variant == jobs::Variant::Mixed) previousMixed = samples[variantIndex(*variant)][0];
        clearVariant(*variant);
    }
    emit q->stageChanged(jobs::kStages[*stage]);
}

void Document::Private::stageFinished(int, Job& job, const json& payload) {
    const auto stage = stageIn(payload);
    const auto result = as<jobs::StageResult>(payload);
    if (!stage || !result || job.kind != Job::Kind::Stages) return;
    flush();
    live[*stage] = {};
    FoundStage& held = found[*stage];
    held.result = *result;
    held.current = held.key.empty() || held.key == result->key;
    const bool ranHere = job.stage == static_cast<int>(*stage);
    if (result->done) {
        // Its events brought the data already, unless it was only found again.
        if (ranHere && result->stage != jobs::Stage::Deploy) dataKeys[*stage] = result->key;
    } else {
        const bool cancelled = result->state == "cancelled";
        ended[*stage] = {result->key, cancelled ? StageState::Cancelled : StageState::Failed, {}};
        if (!cancelled && !result->error.is_null())
            ended[*stage].text = errorText(jobs::errorFromJson(result->error));
    }
    if (result->done) job.stage = -1;
    emit q->stageChanged(jobs::kStages[*stage]);
}

void Document::Private::addProblem(Error error, int stage) {
    problemList.push_back({std::move(error), stage});
    problems.clear();
    for (const Problem& problem : problemList) problems << problem.error;
    emit q->problemsChanged();
}

void Document::Private::dropProblems(int stage) {
    const size_t before = problemList.size();
    std::erase_if(problemList, [stage](const Problem& problem) { return problem.stage == stage; });
    if (problemList.size() == before) return;
    problems.clear();
    for (const Problem& problem : problemList) problems << problem.error;
    emit q->problemsChanged();
}

// What views read ----------------------------------------------------------------------------------

const jobs::NetworkSnapshot& Document::network() const { return d->network; }
int Document::layerIndex(const QString& name) const { return d->layerByName.value(name, -1); }

const QVector<jobs::LayerSample>& Document::samples(jobs::Variant variant, bool isolated) const {
    return d->samples[variantIndex(variant)][isolated ? 1 : 0];
}
const QVector<jobs::LayerSample>& Document::previousMixed() const { return d->previousMixed; }
const QVector<jobs::LayerPrecision>& Document::precisions(jobs::Variant variant) const {
    return d->precisions[variantIndex(variant)];
}
const QVector<jobs::DetectionCandidates>& Document::detections() const { return d->detections; }
const std::optional<DeployReport>& Document::deployReport() const { return d->deploy; }
const QVector<qint64>& Document::layerCycles() const { return d->layerCycles; }
const QVector<Error>& Document::problems() const { return d->problems; }

StageStatus Document::stage(jobs::Stage which) const {
    const size_t i = indexOf(which);
    const FoundStage& found = d->found[i];
    StageStatus status;
    status.result = found.result;
    if (d->live[i].running) {
        status.state = StageState::Running;
        status.fraction = d->live[i].fraction;
        status.step = d->live[i].step;
        return status;
    }
    if (d->live[i].queued) {
        status.state = StageState::Queued;
        return status;
    }
    const Private::Ended& ended = d->ended[i];
    const bool complete = found.current && found.result && found.result->done;
    if (!complete && !ended.key.empty() && (found.key.empty() || ended.key == found.key)) {
        status.state = ended.state;
        status.reason = ended.text;
        return status;
    }
    if (!found.result) return status;
    if (found.current) {
        const std::string& state = found.result->state;
        status.state = found.result->done        ? StageState::Done
                       : state == "skipped"      ? StageState::Skipped
                       : state == "cancelled"    ? StageState::Cancelled
                                                 : StageState::Failed;
        if (state == "skipped") status.state = StageState::Skipped;
        if (status.state == StageState::Failed && !found.result->error.is_null())
            status.reason = errorText(jobs::errorFromJson(found.result->error));
        return status;
    }
    status.state = StageState::Stale;
    status.reason = stalenessReason(found.result->settings, found.settings);
    return status;
}

} // namespace wb::document
