// SPDX-License-Identifier: GPL-3.0-or-later
// The open project in the window: the settings that the user edits (undoable), the results that came so
// far, the selection, and the jobs in the worker process. Lives on the GUI thread; computes nothing.
#pragma once

#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"
#include "compiler/jobs/stages.h"
#include "widgets/document/deploy_report.h"

#include <QObject>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QVector>
#include <functional>
#include <memory>
#include <optional>

class QUndoStack;

namespace wb::document {

struct Recovery;

enum class StageState { NotRun, Queued, Running, Done, Stale, Failed, Cancelled, Skipped };

struct StageStatus {
    StageState state = StageState::NotRun;
    double fraction = 0;               ///< of the running stage, 0…1
    QString reason;                    ///< translated: why it is stale, what failed
    QString step;                      ///< of the running stage: its own word for what it does now
    std::optional<jobs::StageResult> result; ///< the last one, also when stale
};

/// The set of selected layers, shared by every view (rule W-5). Indices into network().layers.
class LayerSelection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    const QVector<int>& layers() const { return m_layers; } ///< in the order chosen, current last
    int current() const { return m_layers.isEmpty() ? -1 : m_layers.back(); }
    bool contains(int layer) const { return m_set.contains(layer); }
    void set(QVector<int> layers, QObject* origin = nullptr);
    void clear(QObject* origin = nullptr) { set({}, origin); }
signals:
    /// `origin` is the view that made the change; it need not scroll itself.
    void changed(QObject* origin);

private:
    QVector<int> m_layers;
    QSet<int> m_set;
};

class Document : public QObject {
    Q_OBJECT
public:
    explicit Document(QObject* parent = nullptr);
    ~Document() override;

    // File ---------------------------------------------------------------------------------------
    Status openProject(const QString& file);
    /// A new, unsaved project for a model file; results go to a temporary folder until it is saved.
    void newProject(const QString& modelFile);
    Status openSample();               ///< copies the embedded sample to the user's data folder, opens it
    Status save();
    Status saveAs(const QString& file);
    /// Opens the project of an autosaved copy and puts the unsaved edits back as one undoable step.
    Status restore(const Recovery& recovery);
    Status autosaveNow();              ///< the unsaved edits into the state folder, without waiting
    QString file() const;              ///< of the project; empty when never saved
    QString resultsBase() const;       ///< path that stands for the project file when looking for results
    bool isOpen() const;
    bool isModified() const;
    QString displayName() const;

    // Settings -------------------------------------------------------------------------------------
    const jobs::Project& project() const;
    QUndoStack* undoStack() const;
    /// The one way to edit: `change` alters a copy; one undo step with this (translated) name. Edits with
    /// the same non-empty `mergeKey` in a row become one step.
    void edit(const QString& name, const std::function<void(jobs::Project&)>& change,
              const QString& mergeKey = {});
    void setPrecision(const QStringList& layers, const QString& precision); ///< "Set 12 layers to F16"
    void setLocked(const QStringList& layers, bool locked);

    // Results --------------------------------------------------------------------------------------
    const jobs::NetworkSnapshot& network() const;          ///< empty before Import
    int layerIndex(const QString& name) const;             ///< -1 if unknown
    /// One entry a layer; `compared == false` and no reason: not there yet.
    const QVector<jobs::LayerSample>& samples(jobs::Variant variant, bool isolated) const;
    const QVector<jobs::LayerSample>& previousMixed() const; ///< ghost of the run before
    const QVector<jobs::LayerPrecision>& precisions(jobs::Variant variant) const;
    const QVector<jobs::DetectionCandidates>& detections() const;
    const std::optional<DeployReport>& deployReport() const; ///< also when it is out of date
    /// Cycles of work of both engines for each layer, −1 where none is known; empty before Deploy. Layers of a
    /// group run slice by slice, so their spans overlap: only work can be added up.
    const QVector<qint64>& layerCycles() const;
    StageStatus stage(jobs::Stage stage) const;
    LayerSelection* selection() const;
    const QVector<Error>& problems() const;

    // Work -----------------------------------------------------------------------------------------
    void runTo(jobs::Stage last);
    void cancel();
    bool isBusy() const;
    /// Process id of the worker that runs the stages, 0 when none lives (for tests and bug reports).
    qint64 workerProcessId() const;
    void setKillDelay(int milliseconds); ///< how long a cancel may go unanswered (10 s)
    /// A small job in the worker ("preprocess-preview", "tensor-statistics", "search", …; events.h).
    /// `done` is called on the GUI thread with the payload or an error, unless `receiver` has died.
    /// A newer request with the same non-empty `supersede` key drops the older one's answer.
    int request(const QString& job, const nlohmann::json& payload, QObject* receiver,
                std::function<void(Result<nlohmann::json>)> done, const QString& supersede = {});

signals:
    void opened();                     ///< another project: everything is new
    void projectChanged();             ///< settings edited, undone or redone
    void networkChanged();
    void samplesChanged(wb::jobs::Variant variant, bool isolated); ///< batched, at most 30 Hz
    void precisionsChanged(wb::jobs::Variant variant);
    void detectionsChanged();
    void deployChanged();
    void stageChanged(wb::jobs::Stage stage);
    void problemsChanged();
    void jobStarted(int id, const QString& title);
    void jobProgress(int id, double fraction, const QString& text, double remainingSeconds); ///< −1: unknown
    void jobFinished(int id, const QString& outcome); ///< "done", "cancelled", "failed", "died"
    void jobEvent(int id, const QString& kind, const nlohmann::json& payload); ///< search events, pictures, …
    void logLine(const QString& level, const QString& stage, const QString& text);
    void busyChanged(bool busy);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::document
