// SPDX-License-Identifier: GPL-3.0-or-later
// Files: opening, saving, dropping, recovering; going to a view.
#include "app/workbench/main_window.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/views.h"
#include "widgets/document/autosave.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/import_dialog/import_dialog.h"
#include "widgets/panels/pipeline/pipeline_panel.h"
#include "widgets/panels/precision/table_import.h"
#include "widgets/panels/timeline/timeline_panel.h"

#include <QtWidgets>

namespace wb::workbench {

using document::Document;
using jobs::Stage;

void MainWindow::chooseFile() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open"), {}, tr("Models and projects (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.tpuwb *.mlir *.bmodel);;All files (*)"));
    if (!file.isEmpty()) openFile(file);
}

void MainWindow::newProject() {
    const QString file = QFileDialog::getOpenFileName(this, tr("New project: choose a model"), {}, tr("Models (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.mlir);;All files (*)"));
    if (!file.isEmpty()) openFile(file);
}

void MainWindow::openFile(const QString& file) {
    const Drop drop = classify({file});
    if (drop.kind == DropKind::Unknown) {
        const bool there = QFileInfo::exists(file);
        return report(Error{there ? Code::FileUnknownKind : Code::FileNotFound,
                            there ? "the kind of this file is not known" : "there is no such file"}
                          .inFile(file.toStdString()),
                      QStringLiteral("open"));
    }
    take(drop);
}

void MainWindow::openSample() {
    if (!mayClose()) return;
    if (const Status status = m_document->openSample(); !status) return report(status.error(), QStringLiteral("open"));
    m_recent->touch({m_document->file(), QDateTime::currentDateTimeUtc(), false, {}, {}, {},
                     QString::fromStdString(m_document->project().target.chip), false, {}});
    showSampleNote();
    showTips(false);
}

void MainWindow::showSampleNote() {
    m_messages->show({Message::Kind::Note, QStringLiteral("sample"),
                      tr("This sample detector loses boxes in INT8; a short precision table wins them back."),
                      {{tr("Run all"), [this] { m_document->runTo(Stage::Deploy); }, false}}});
}

/// Caffe's layers and weights are two files; the second is beside the first under the same stem, or asked for.
bool MainWindow::findCaffeFiles(QString& layers, QString& weights) {
    const QFileInfo first(layers);
    const bool gotWeights = first.suffix().toLower() == u"caffemodel";
    if (!gotWeights && (first.suffix().toLower() != u"prototxt" || !weights.isEmpty())) return true;
    const QString sibling = first.absolutePath() + u'/' + first.completeBaseName() + (gotWeights ? QStringLiteral(".prototxt") : QStringLiteral(".caffemodel"));
    QString other = QFileInfo::exists(sibling) ? sibling : QString();
    if (other.isEmpty())
        other = gotWeights ? QFileDialog::getOpenFileName(this, tr("Choose the layers of this Caffe model"), sibling, tr("Caffe layers (*.prototxt);;All files (*)"))
                           : QFileDialog::getOpenFileName(this, tr("Choose the weights of this Caffe model"), sibling, tr("Caffe weights (*.caffemodel);;All files (*)"));
    if (other.isEmpty()) return false;
    if (gotWeights) {
        weights = layers;
        layers = other;
    } else if (other != sibling) {
        weights = other;
    }
    const QFileInfo found(layers);
    if (weights == found.absolutePath() + u'/' + found.completeBaseName() + QStringLiteral(".caffemodel")) weights.clear(); // found by its name
    return true;
}

void MainWindow::adoptModel(const QString& chosen, const QString& chosenWeights) {
    if (!mayClose()) return;
    QString file = chosen, weights = chosenWeights;
    if (!findCaffeFiles(file, weights)) return;
    m_document->newProject(file);
    if (!weights.isEmpty())
        m_document->edit(tr("Weights from %1").arg(QFileInfo(weights).fileName()), [&](jobs::Project& project) { project.model.dataPath = weights.toStdString(); });
    // The first sight of the graph needs no settings; what must be asked is asked when it is known.
    m_document->runTo(Stage::Import);
}

void MainWindow::importFinished() {
    // Free sizes and unknown operators need the user (guide, 3.1): the dialog knows both.
    for (const Error& problem : m_document->problems()) {
        if (problem.code != Code::FreeDimensions && problem.code != Code::UnsupportedOperators) continue;
        auto* dialog = new panels::ImportDialog(m_document, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QDialog::accepted, this, [this] { m_document->runTo(Stage::Import); });
        dialog->open();
        dialog->inspect();
        return;
    }
}

void MainWindow::openBmodel(const QString& file) {
    auto* panel = new panels::TimelinePanel(m_document);
    panel->setParent(this, Qt::Window);
    panel->setAttribute(Qt::WA_DeleteOnClose);
    panel->setObjectName(QStringLiteral("bmodelWindow"));
    panel->setWindowTitle(QFileInfo(file).fileName() + QStringLiteral(" — Workbench"));
    panel->resize(1180, 460);
    panel->setFile(file);
    connect(panel, &panels::TimelinePanel::layerRequested, this, [this] {
        showView(QStringLiteral("graph"));
        activateWindow();
    });
    panel->show();
}

bool MainWindow::save() {
    if (m_document->file().isEmpty()) return saveAs();
    const Status status = m_document->save();
    if (!status) report(status.error(), QStringLiteral("save"));
    else noteRecent();
    return static_cast<bool>(status);
}

bool MainWindow::saveAs() {
    QString name = m_document->file();
    if (name.isEmpty()) {
        const QFileInfo model(QString::fromStdString(m_document->project().model.path));
        name = model.absolutePath() + u'/' + model.completeBaseName() + QStringLiteral(".tpuwb");
    }
    name = QFileDialog::getSaveFileName(this, tr("Save project"), name, tr("Projects (*.tpuwb)"));
    if (name.isEmpty()) return false;
    const Status status = m_document->saveAs(name);
    if (!status) report(status.error(), QStringLiteral("save"));
    else noteRecent();
    updateTitle();
    return static_cast<bool>(status);
}

void MainWindow::take(const Drop& drop) {
    if (drop.files.isEmpty()) return;
    const QString first = QFileInfo(drop.files[0]).absoluteFilePath();
    switch (drop.kind) {
    case DropKind::Project:
        if (!mayClose()) return;
        if (const Status status = m_document->openProject(first); !status) return report(status.error(), QStringLiteral("open"));
        noteRecent();
        return;
    case DropKind::Model: return adoptModel(first, drop.files.size() > 1 ? QFileInfo(drop.files[1]).absoluteFilePath() : QString());
    case DropKind::Bmodel: return openBmodel(first);
    case DropKind::CalibrationImages:
        if (!m_document->isOpen()) break;
        m_document->edit(tr("Use %n calibration images", nullptr, drop.images), [&](jobs::Project& project) {
            const QFileInfo info(first);
            project.calibration.dataset = (info.isDir() ? first : info.absolutePath()).toStdString();
            project.calibration.dataList.clear();
            project.calibration.importedTable.clear();
        });
        m_pipeline->selectStage(Stage::Calibrate);
        return;
    case DropKind::CalibrationTable:
        if (!m_document->isOpen()) break;
        if (const auto taken = panels::importCalibrationTable(m_document, first, this); !taken) {
            if (!isCancelled(taken.error())) report(taken.error(), QStringLiteral("open"));
            return;
        }
        m_pipeline->selectStage(Stage::Calibrate);
        return;
    case DropKind::PrecisionTable:
        if (!m_document->isOpen()) break;
        showView(QStringLiteral("table"));
        m_views->importPrecisionTable(first);
        return;
    case DropKind::Unknown: return;
    }
    QMessageBox::information(this, tr("Workbench"), tr("Open a model first, then drop this here."));
}

void MainWindow::exportPlot() {
    const QString name = QFileDialog::getSaveFileName(this, tr("Export plot"), QStringLiteral("cosine.png"), tr("Picture (*.png);;Document (*.pdf);;Numbers (*.csv)"));
    if (name.isEmpty()) return;
    const QString problem = m_views->plot()->exportTo(name);
    if (!problem.isEmpty()) m_messages->show({Message::Kind::Error, QStringLiteral("export"), problem, {}});
}

void MainWindow::exportCurrent() {
    QWidget* focus = QApplication::focusWidget();
    if (m_views->plotPage()->isAncestorOf(focus)) return exportPlot();
    if (m_views->timelinePage()->isAncestorOf(focus)) return m_views->timeline()->exportAs();
    exportGraph(graph_view::GraphPart::Visible);
}

void MainWindow::exportGraph(graph_view::GraphPart part) {
    const QString name = QFileDialog::getSaveFileName(this, tr("Export graph"), QStringLiteral("graph.svg"), tr("Drawing (*.svg);;Document (*.pdf);;Picture (*.png)"));
    if (name.isEmpty()) return;
    const QString problem = graph_view::exportGraph(*m_views->graph()->canvas(), name, part);
    if (!problem.isEmpty()) m_messages->show({Message::Kind::Error, QStringLiteral("export"), problem, {}});
}

void MainWindow::offerRecovery() {
    for (const document::Recovery& recovery : document::Autosave::pending()) {
        QMessageBox box(QMessageBox::Question, tr("Workbench"),
                        tr("Unsaved changes to %1 from %2 were kept.")
                            .arg(QFileInfo(recovery.base.isEmpty() ? recovery.projectFile : recovery.base).fileName(),
                                 QLocale().toString(recovery.time.toLocalTime(), QLocale::ShortFormat)),
                        QMessageBox::NoButton, this);
        box.setObjectName(QStringLiteral("recoveryBox"));
        box.setInformativeText(recovery.steps.mid(0, 12).join(u'\n'));
        QPushButton* restore = box.addButton(tr("Restore"), QMessageBox::AcceptRole);
        QPushButton* discard = box.addButton(tr("Discard"), QMessageBox::DestructiveRole);
        box.addButton(tr("Later"), QMessageBox::RejectRole);
        box.exec();
        if (box.clickedButton() == discard) document::Autosave::discard(recovery);
        if (box.clickedButton() != restore) continue;
        if (const Status status = m_document->restore(recovery); !status) report(status.error(), QStringLiteral("open"));
        return;
    }
}

// Dropped files ------------------------------------------------------------------------------------

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    if (files.isEmpty()) return;
    m_dragged = classify(files);
    m_drop->showFor(m_dragged);
    if (m_dragged.kind != DropKind::Unknown) event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { m_drop->hide(); }

void MainWindow::dropEvent(QDropEvent* event) {
    m_drop->hide();
    event->acceptProposedAction();
    // After the drag has ended: a dialog inside it would block the other program.
    QMetaObject::invokeMethod(this, [this, drop = m_dragged] { take(drop); }, Qt::QueuedConnection);
}

// Views --------------------------------------------------------------------------------------------

void MainWindow::showView(const QString& view) {
    const auto central = [this](QWidget* page) {
        for (QTabWidget* tabs : {m_left, m_right})
            if (const int i = tabs->indexOf(page); i >= 0) {
                tabs->setCurrentIndex(i);
                page->setFocus();
            }
    };
    if (view == u"start") {
        m_pages->setCurrentIndex(0);
        setWorkShown(false);
        updateTitle();
        updateActions();
        return;
    }
    if (m_document->isOpen() && m_pages->currentIndex() == 0) {
        m_pages->setCurrentIndex(1);
        setWorkShown(true);
        updateTitle();
        updateActions();
    }
    if (view == u"graph") return central(m_views->graphPage());
    if (view == u"table") {
        // Beside the graph the table is seen only with it.
        if (m_right->indexOf(m_views->table()) >= 0) m_left->setCurrentWidget(m_views->graphPage());
        return central(m_views->table());
    }
    if (view == u"compare") return central(m_views->compare());
    if (QDockWidget* dock = m_dockByName.value(view == u"tensor" ? QStringLiteral("inspector") : view)) {
        dock->show();
        dock->raise();
        if (dock->widget()) dock->widget()->setFocus();
    }
}

void MainWindow::showStageForm(Stage stage) {
    if (stage == Stage::Precision || stage == Stage::Mixed) return showView(QStringLiteral("table"));
    if (stage == Stage::Import || stage == Stage::Reference) return showView(QStringLiteral("graph"));
    QWidget* form = m_views->stageForm(stage);
    if (!form) return;
    int at = m_left->indexOf(form);
    if (at < 0) {
        at = m_left->addTab(form, document::stageName(stage).replace(u'&', QStringLiteral("&&"))); // no mnemonic
        auto* close = new QToolButton;
        close->setObjectName(QStringLiteral("closeStageForm"));
        close->setAutoRaise(true);
        close->setFixedSize(24, 24);
        close->setIcon(theme::icon(QStringLiteral("close")));
        close->setAccessibleName(tr("Close"));
        m_left->tabBar()->setTabButton(at, QTabBar::RightSide, close);
        connect(close, &QToolButton::clicked, this, [this, form] {
            m_left->removeTab(m_left->indexOf(form));
            m_left->setCurrentIndex(0);
        });
    }
    m_left->setCurrentIndex(at);
    form->setFocus();
}

} // namespace wb::workbench
