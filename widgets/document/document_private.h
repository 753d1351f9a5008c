// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of Document, split over document.cpp (project and edits), document_results.cpp (what stages
// left and what events bring) and document_work.cpp (jobs).
#pragma once

#include "widgets/document/autosave.h"
#include "widgets/document/document.h"
#include "widgets/document/edit_command.h"
#include "widgets/document/stage_loader.h"
#include "widgets/document/worker_process.h"

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QHash>
#include <QPointer>
#include <QTimer>
#include <QUndoStack>

#include <array>

namespace wb::document {

struct Document::Private {
    explicit Private(Document* owner);

    struct Problem {
        Error error;
        int stage = -1; ///< index of the stage that found it, −1: none
    };
    struct Live { ///< what the running job said about a stage
        bool queued = false, running = false;
        double fraction = 0;
        QString step;
    };
    struct Ended {
        std::string key;                  ///< empty: it did not end badly
        StageState state = StageState::Failed;
        QString text;
    };
    struct Job {
        enum class Kind { Stages, Request } kind = Kind::Request;
        QString title;
        QString name;                     ///< of a request
        jobs::Stage last = jobs::Stage::Deploy;
        bool listed = false;              ///< told by jobStarted
        QPointer<QObject> receiver;
        std::function<void(Result<nlohmann::json>)> done;
        QString supersede;
        QElapsedTimer clock, stageClock;
        int stage = -1;                   ///< running now
        double fraction = 0;
    };

    // document.cpp
    void show(ProjectPointer next);       ///< after an edit, undo or redo
    void reset(jobs::Project next, const QString& projectFile);
    void startAutosave();
    std::filesystem::path base() const;

    // document_results.cpp
    void refresh();                       ///< looks for stored results, in a thread
    void applyFound(const FoundStages& found);
    void applyData(size_t stage, StageData data);
    void setNetwork(jobs::NetworkSnapshot snapshot);
    void takeSample(const jobs::LayerSample& sample);
    void setDeploy(std::optional<DeployReport> report);
    void clearVariant(jobs::Variant variant);
    void flush();                         ///< sends what was batched
    void takeEvent(int id, const QString& kind, const nlohmann::json& payload);
    void addProblem(Error error, int stage);
    void dropProblems(int stage);
    QString failureText(size_t stage) const;

    // document_work.cpp
    void jobEnded(int id, Result<nlohmann::json> outcome);
    void progress(int id, Job& job, const nlohmann::json& payload);
    void stageStarted(Job& job, const nlohmann::json& payload);
    void stageFinished(int id, Job& job, const nlohmann::json& payload);
    void updateBusy();
    WorkerProcess& workerOf(int id) { return heavy.isRunning(id) ? heavy : light; }

    Document* q;
    ProjectPointer project = std::make_shared<const jobs::Project>();
    QString file;                         ///< of the project; empty when never saved
    QString temporaryBase;                ///< stands for it until then
    bool open = false;
    QUndoStack undo;
    LayerSelection selection;
    Autosave autosave;

    jobs::NetworkSnapshot network;
    QHash<QString, int> layerByName;
    std::array<std::array<QVector<jobs::LayerSample>, 2>, 4> samples; ///< [variant][isolated]
    QVector<jobs::LayerSample> previousMixed;
    std::array<QVector<jobs::LayerPrecision>, 4> precisions;
    QVector<jobs::DetectionCandidates> detections;
    std::optional<DeployReport> deploy;
    QVector<qint64> layerCycles;
    std::array<std::array<bool, 2>, 4> dirtySamples{};
    std::array<bool, 4> dirtyPrecisions{};
    bool dirtyDetections = false;
    QTimer batch;

    FoundStages found;
    KnownKeys dataKeys;                   ///< of which the data is held
    std::array<Live, 8> live;
    std::array<Ended, 8> ended;           ///< how the last run of this session ended, unless well
    std::vector<Problem> problemList;
    QVector<Error> problems;

    QFutureWatcher<FoundStages> finder;
    bool findAgain = false;
    unsigned generation = 0, findGeneration = 0;

    WorkerProcess heavy, light;           ///< stages and search; previews and statistics
    QHash<int, Job> running;
    bool wasBusy = false;
};

size_t indexOf(jobs::Stage stage);
std::optional<jobs::Variant> variantFromSpelling(const std::string& text);

} // namespace wb::document
