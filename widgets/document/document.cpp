// SPDX-License-Identifier: GPL-3.0-or-later
// The project: opening, saving, editing.
#include "widgets/document/document.h"

#include "compiler/base/file.h"
#include "compiler/jobs/sample.h"
#include "compiler/jobs/stage_keys.h"
#include "widgets/document/document_private.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QUuid>

namespace wb::document {

namespace fs = std::filesystem;

void LayerSelection::set(QVector<int> layers, QObject* origin) {
    if (layers == m_layers) return;
    m_layers = std::move(layers);
    m_set = QSet<int>(m_layers.begin(), m_layers.end());
    emit changed(origin);
}

Document::Private::Private(Document* owner)
    : q(owner), autosave([this] {
          Autosave::Content content;
          if (!open || undo.isClean()) return content;
          content.projectFile = file;
          content.base = QString::fromStdString(base().string());
          const int from = qMax(0, undo.cleanIndex());
          for (int i = from; i < undo.index(); ++i) content.steps << undo.text(i);
          content.project = project;
          return content;
      }) {
    undo.setUndoLimit(1000);
    batch.setSingleShot(true);
    batch.setInterval(33);
    QObject::connect(&batch, &QTimer::timeout, owner, [this] { flush(); });
    QObject::connect(&finder, &QFutureWatcher<FoundStages>::finished, owner, [this] {
        if (findGeneration == generation) applyFound(finder.result());
        if (std::exchange(findAgain, false)) refresh();
    });
    for (WorkerProcess* worker : {&heavy, &light}) {
        QObject::connect(worker, &WorkerProcess::event, owner,
                         [this](int id, const QString& kind, const nlohmann::json& payload) {
                             takeEvent(id, kind, payload);
                         });
        QObject::connect(worker, &WorkerProcess::finished, owner,
                         [this](int id, const nlohmann::json& result) { jobEnded(id, result); });
        QObject::connect(worker, &WorkerProcess::failed, owner,
                         [this](int id, const Error& error) { jobEnded(id, error); });
    }
}

Document::Document(QObject* parent) : QObject(parent), d(std::make_unique<Private>(this)) {}

Document::~Document() {
    // Nothing may come back from the workers or the finder while the parts go.
    d->heavy.disconnect(this);
    d->light.disconnect(this);
    d->finder.disconnect(this);
    d->finder.waitForFinished();
}

fs::path Document::Private::base() const {
    return fs::path((file.isEmpty() ? temporaryBase : file).toStdString());
}

// Opening and saving -------------------------------------------------------------------------------

void Document::Private::reset(jobs::Project next, const QString& projectFile) {
    heavy.stop();
    light.stop();
    ++generation;
    autosave.saved();
    if (!temporaryBase.isEmpty())
        QDir(QFileInfo(temporaryBase).absolutePath()).removeRecursively();
    temporaryBase.clear();
    file = projectFile;
    project = std::make_shared<const jobs::Project>(std::move(next));
    open = true;
    undo.clear();
    selection.clear();
    network = {};
    layerByName.clear();
    for (auto& pair : samples)
        for (auto& list : pair) list.clear();
    previousMixed.clear();
    for (auto& list : precisions) list.clear();
    detections.clear();
    deploy.reset();
    layerCycles.clear();
    found = {};
    dataKeys = {};
    live = {};
    ended = {};
    problemList.clear();
    problems.clear();
}

Status Document::openProject(const QString& path) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    auto loaded = jobs::loadProject(absolute.toStdString());
    if (!loaded) return loaded.error();
    d->reset(std::move(*loaded), absolute);
    emit opened();
    emit problemsChanged();
    d->refresh();
    return {};
}

void Document::newProject(const QString& modelFile) {
    jobs::Project project;
    const QFileInfo model(modelFile);
    project.model.path = model.absoluteFilePath().toStdString();
    d->reset(std::move(project), {});
    const QString folder =
        stateFolder() + QStringLiteral("/unsaved/") + QUuid::createUuid().toString(QUuid::WithoutBraces);
    QDir().mkpath(folder);
    d->temporaryBase = folder + u'/' + model.completeBaseName() + QStringLiteral(".tpuwb");
    emit opened();
    emit problemsChanged();
    d->refresh();
}

Status Document::openSample() {
    const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    WB_ASSIGN(const fs::path file, jobs::writeSample((data + QStringLiteral("/tpu-workbench/sample")).toStdString()));
    return openProject(QString::fromStdString(file.string()));
}

Status Document::save() {
    if (d->file.isEmpty())
        return Error{Code::UsageError, "the project has no file yet"}.remedy("save it under a name");
    return saveAs(d->file);
}

namespace {

/// Paths below the folder of the project are written relative to it, so that the folder can be moved.
void movePaths(jobs::Project& project, const fs::path& from, const fs::path& to) {
    const auto move = [&](std::string& path) {
        if (path.empty()) return;
        const fs::path absolute = jobs::resolvePath(from, path).lexically_normal();
        const fs::path relative = absolute.lexically_relative(to.parent_path());
        const bool below = !relative.empty() && *relative.begin() != "..";
        path = below ? relative.generic_string() : absolute.generic_string();
    };
    move(project.model.path);
    move(project.model.dataPath);
    move(project.calibration.dataset);
    move(project.calibration.dataList);
    move(project.calibration.importedTable);
    for (std::string& image : project.testImages) move(image);
}

} // namespace

Status Document::saveAs(const QString& path) {
    QString target = QFileInfo(path).absoluteFilePath();
    if (!target.endsWith(u".tpuwb")) target += QStringLiteral(".tpuwb");
    const fs::path from = d->base(), to = target.toStdString();
    if (from == to) {
        WB_TRY(jobs::saveProject(*d->project, to));
    } else {
        jobs::Project moved = *d->project;
        movePaths(moved, from, to);
        WB_TRY(jobs::saveProject(moved, to));
        // Results follow the project: those of an unsaved one are moved, those of a saved one copied.
        std::error_code ec;
        const fs::path oldResults = jobs::resultsFolder(from), newResults = jobs::resultsFolder(to);
        if (fs::exists(oldResults, ec)) {
            if (d->file.isEmpty()) fs::rename(oldResults, newResults, ec);
            if (!d->file.isEmpty() || ec)
                fs::copy(oldResults, newResults, fs::copy_options::recursive | fs::copy_options::skip_existing, ec);
        }
        if (!d->temporaryBase.isEmpty())
            QDir(QFileInfo(d->temporaryBase).absolutePath()).removeRecursively();
        d->temporaryBase.clear();
        d->file = target;
        d->project = std::make_shared<const jobs::Project>(std::move(moved));
        // Steps hold paths as they were written for the old place.
        d->undo.clear();
    }
    d->undo.setClean();
    d->autosave.saved();
    emit projectChanged();
    d->refresh();
    return {};
}

Status Document::restore(const Recovery& recovery) {
    if (!recovery.projectFile.isEmpty() && QFileInfo::exists(recovery.projectFile)) {
        WB_TRY(openProject(recovery.projectFile));
    } else {
        newProject(QString::fromStdString(recovery.project.model.path));
    }
    edit(tr("Restore unsaved changes"), [&](jobs::Project& project) { project = recovery.project; });
    // The new copy is on disk before the old one goes: a second crash in between loses nothing.
    WB_TRY(d->autosave.writeNow());
    Autosave::discard(recovery);
    return {};
}

Status Document::autosaveNow() { return d->autosave.writeNow(); }

QString Document::file() const { return d->file; }
QString Document::resultsBase() const { return QString::fromStdString(d->base().string()); }
bool Document::isOpen() const { return d->open; }
bool Document::isModified() const { return d->open && (!d->undo.isClean() || d->file.isEmpty()); }

QString Document::displayName() const {
    if (!d->open) return {};
    return QFileInfo(resultsBase()).fileName();
}

// Editing ------------------------------------------------------------------------------------------

const jobs::Project& Document::project() const { return *d->project; }
QUndoStack* Document::undoStack() const { return &d->undo; }
LayerSelection* Document::selection() const { return &d->selection; }

void Document::Private::show(ProjectPointer next) {
    if (next == project) return;
    project = std::move(next);
    autosave.edited();
    emit q->projectChanged();
    refresh();
}

void Document::edit(const QString& name, const std::function<void(jobs::Project&)>& change,
                    const QString& mergeKey) {
    if (!d->open) return;
    auto after = std::make_shared<jobs::Project>(*d->project);
    change(*after);
    if (*after == *d->project) return; // nothing to undo
    d->undo.push(new EditCommand(name, d->project, std::move(after), mergeKey,
                                 [this](ProjectPointer next) { d->show(std::move(next)); }));
    if (d->undo.isClean()) d->autosave.saved();
}

void Document::setPrecision(const QStringList& layers, const QString& precision) {
    const QString shown = precision.isEmpty() ? tr("automatic") : precision;
    const QString name = layers.size() == 1
                             ? tr("Set %1 to %2").arg(layers[0], shown)
                             : tr("Set %n layers to %1", nullptr, static_cast<int>(layers.size())).arg(shown);
    edit(name, [&](jobs::Project& project) {
        for (const QString& layer : layers) {
            const std::string key = layer.toStdString();
            jobs::LayerChoice choice = project.layers.contains(key) ? project.layers[key] : jobs::LayerChoice{};
            choice.precision = precision.toStdString();
            if (choice == jobs::LayerChoice{}) project.layers.erase(key);
            else project.layers[key] = choice;
        }
    });
}

void Document::setLocked(const QStringList& layers, bool locked) {
    const int count = static_cast<int>(layers.size());
    edit(locked ? tr("Lock %n layers", nullptr, count) : tr("Unlock %n layers", nullptr, count),
         [&](jobs::Project& project) {
             for (const QString& layer : layers) {
                 const std::string key = layer.toStdString();
                 jobs::LayerChoice choice =
                     project.layers.contains(key) ? project.layers[key] : jobs::LayerChoice{};
                 choice.locked = locked;
                 if (choice == jobs::LayerChoice{}) project.layers.erase(key);
                 else project.layers[key] = choice;
             }
         });
}

} // namespace wb::document
