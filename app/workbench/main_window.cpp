// SPDX-License-Identifier: GPL-3.0-or-later
// The window: construction, what it shows of the document, language, closing.
#include "app/workbench/main_window.h"

#include "app/workbench/language.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/views.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/pipeline/pipeline_panel.h"
#include "widgets/panels/problems/problems_panel.h"
#include "widgets/panels/start_page/start_page.h"

#include <QtWidgets>

namespace wb::workbench {

using document::Document;
using document::StageState;
using jobs::Stage;
using jobs::Variant;

MainWindow::MainWindow(WindowOptions options, QWidget* parent)
    : QMainWindow(parent), m_options(options), m_document(new Document(this)),
      m_recent(new document::RecentProjects(this)), m_views(new Views(m_document, this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    setDockOptions(AllowNestedDocks | AllowTabbedDocks | GroupedDragging | AnimatedDocks);
    if (!isAnimated()) setAnimated(false);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    setMinimumSize(1024, 640);
    makeActions();
    makeCentral();
    makeDocks();
    makeToolBar();
    makeStatusBar();
    m_drop = new DropOverlay(this);
    makeHelp();
    connectDocument();
    arrangeDocks(Layout::Quantise);

    const QSize screen = QGuiApplication::primaryScreen() ? QGuiApplication::primaryScreen()->availableSize() : QSize(1440, 900);
    resize(qMin(1440, screen.width() * 85 / 100 < 1024 ? screen.width() : qMax(1024, screen.width() * 85 / 100)),
           qMin(900, qMax(640, screen.height() * 85 / 100)));
    if (!m_options.safeMode) {
        const QSettings settings;
        restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
        m_workState = settings.value(QStringLiteral("window/state")).toByteArray();
        m_storedArrangement = settings.value(QStringLiteral("window/arrangement")).toMap();
    }
    setWorkShown(false);
    retranslateUi();
}

MainWindow::~MainWindow() {
    // Views read the document until their end, so they go first.
    m_document->disconnect();
    m_document->undoStack()->disconnect();
    qDeleteAll(m_docks);
    delete takeCentralWidget();
}

void MainWindow::connectDocument() {
    connect(m_document, &Document::opened, this, [this] {
        m_messages->clear();
        m_pages->setCurrentIndex(1);
        setWorkShown(true);
        if (const QVariantMap stored = std::exchange(m_storedArrangement, {}); !stored.isEmpty()) arrange(stored);
        showView(QStringLiteral("graph"));
        if (const QString first = std::exchange(m_firstLayout, {}); !first.isEmpty()) showLayout(first);
        updateTitle();
        updateStatus();
        updateActions();
    });
    for (auto signal : {&Document::projectChanged, &Document::networkChanged}) connect(m_document, signal, this, [this] {
        updateTitle();
        updateStatus();
        updateActions();
    });
    connect(m_document->undoStack(), &QUndoStack::cleanChanged, this, &MainWindow::updateTitle);
    connect(m_document, &Document::samplesChanged, this, &MainWindow::updateStatus);
    connect(m_document, &Document::stageChanged, this, [this] {
        updateStaleness();
        updateActions();
    });
    connect(m_document, &Document::busyChanged, this, &MainWindow::updateActions);
    connect(m_document, &Document::jobStarted, this, [this](int, const QString& title) {
        m_statusBar->setRange(0, 1000);
        m_statusBar->setValue(0);
        m_statusBar->show();
        m_messages->remove(QStringLiteral("sample")); // its advice is taken
        m_jobText = title;
        m_statusJob->setText(title);
    });
    connect(m_document, &Document::jobProgress, this, [this](int, double fraction, const QString& text, double remaining) {
        m_statusBar->setValue(qRound(fraction * 1000));
        QString line = QStringLiteral("%1 %2 %").arg(text).arg(qRound(fraction * 100));
        if (remaining >= 0) {
            const int whole = qRound(remaining);
            line += QStringLiteral(" · ") + tr("%1 left").arg(QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0')));
        }
        m_statusJob->setText(line);
    });
    connect(m_document, &Document::jobFinished, this, [this](int, const QString& outcome) {
        m_statusBar->hide();
        const QString how = outcome == u"done"        ? tr("finished")
                            : outcome == u"cancelled" ? tr("cancelled")
                            : outcome == u"died"      ? tr("stopped unexpectedly")
                                                      : tr("failed");
        m_statusJob->setText(QStringLiteral("%1 · %2").arg(m_jobText, how));
        if (outcome == u"died" || outcome == u"failed") {
            const auto& problems = m_document->problems();
            if (!problems.isEmpty()) report(problems.back(), QStringLiteral("job"));
        } else {
            m_messages->remove(QStringLiteral("job"));
        }
        if (outcome == u"done") noteRecent();
        importFinished();
    });
    connect(m_problems, &panels::ProblemsPanel::countChanged, this, &MainWindow::updateStatus);
    connect(m_views, &Views::openRequested, this, &MainWindow::chooseFile);
    connect(m_views, &Views::runRequested, m_document, &Document::runTo);
    connect(m_views, &Views::showRequested, this, &MainWindow::showView);
    connect(m_views, &Views::notHonouredChanged, this, [this](int count) {
        for (QTabWidget* tabs : {m_left, m_right})
            if (const int i = tabs->indexOf(m_views->table()); i >= 0)
                tabs->setTabText(i, count > 0 ? tr("Layer table") + QStringLiteral("  %1").arg(count) : tr("Layer table"));
    });
    connect(m_pipeline, &panels::PipelinePanel::stageSelected, this, &MainWindow::updateActions);
    connect(m_pipeline, &panels::PipelinePanel::runRequested, m_document, &Document::runTo);
    connect(m_pipeline, &panels::PipelinePanel::settingsRequested, this, &MainWindow::showStageForm);
}

// What the window shows ----------------------------------------------------------------------------

void MainWindow::updateTitle() {
    if (!m_document->isOpen() || m_pages->currentIndex() == 0) {
        setWindowModified(false);
        setWindowTitle(QStringLiteral("Workbench"));
        return;
    }
    setWindowTitle(QStringLiteral("%1[*] — %2 — Workbench")
                       .arg(m_document->displayName(), QString::fromStdString(m_document->project().target.chip).toUpper()));
    setWindowModified(m_document->isModified());
}

void MainWindow::updateStatus() {
    const bool open = m_document->isOpen();
    const auto& network = m_document->network();
    const QString model = QFileInfo(QString::fromStdString(m_document->project().model.path)).fileName();
    m_statusFile->setText(open ? model : tr("No project open"));
    m_statusLayers->setText(open && !network.layers.empty() ? tr("%n layers", nullptr, static_cast<int>(network.layers.size())) : QString());
    const Variant variant = m_views->shownVariant();
    const int worst = m_views->worstLayer(variant);
    if (worst >= 0) {
        const jobs::LayerSample& sample = m_document->samples(variant, false)[worst];
        const QString name = QString::fromStdString(sample.name);
        m_statusWorst->setText(QStringLiteral("%1 <b>%2</b> @ <a href=\"%3\" style=\"text-decoration:none\">%3</a>")
                                   .arg(variant == Variant::Mixed ? tr("Mixed min cos") : tr("INT8 min cos"),
                                        QString::number(sample.cosine, 'f', 6), name.toHtmlEscaped()));
    } else {
        m_statusWorst->clear();
    }
    for (QLabel* label : {m_statusLayers, m_statusWorst}) label->setVisible(!label->text().isEmpty());
    const int problems = m_problems->openCount();
    m_statusProblems->setVisible(open);
    m_statusProblems->setText(problems == 0 ? tr("No problems") : tr("%n problems", nullptr, problems));
    m_statusProblems->setIcon(theme::icon(problems == 0 ? QStringLiteral("check") : QStringLiteral("problems")));
    if (QDockWidget* dock = m_dockByName.value(QStringLiteral("problems")))
        dock->setWindowTitle(problems == 0 ? tr("Problems") : tr("Problems") + QStringLiteral("  %1").arg(problems));
}

void MainWindow::updateActions() {
    const bool open = m_document->isOpen() && m_pages->currentIndex() == 1;
    const bool busy = m_document->isBusy();
    const auto enable = [this](const char* name, bool on) {
        if (QAction* action = m_actions.value(QLatin1String(name))) action->setEnabled(on);
    };
    for (const char* name : {"save", "saveAs", "run", "runAll", "useImages", "importSettings", "preprocess", "calibrate", "target",
                             "deploy", "apply", "importTable", "exportTable", "search", "find", "closeProject", "split", "resetLayout", "layout_explore",
                             "layout_quantise", "layout_judge", "layout_zoo", "saveLayout", "goToLayer", "tips", "exportView", "exportGraph", "exportPlot"})
        enable(name, open);
    enable("cancel", busy);
    const Stage goal = m_pipeline->selectedStage();
    m_run->setText(tr("Run to…") + u'\t' + document::stageName(goal));
    m_run->updateGeometry();
    m_target->setEnabled(open);
    const int chip = m_target->findData(QString::fromStdString(m_document->project().target.chip));
    if (chip >= 0) m_target->setCurrentIndex(chip);
}

void MainWindow::updateStaleness() {
    // One message: the earliest stage that is out of date, with what runs it again (rule F-1).
    if (m_document->isBusy()) return m_messages->remove(QStringLiteral("stale"));
    for (Stage stage : jobs::kStages) {
        const document::StageStatus status = m_document->stage(stage);
        if (status.state != StageState::Stale || stage == Stage::Deploy || stage == Stage::Precision) continue;
        QString sentence = tr("%1 is out of date: %2 after it ran.").arg(document::stageName(stage), status.reason);
        QString again = tr("Run again");
        if (status.result && status.result->seconds >= 0.05)
            again = tr("Run again (about %1)").arg(document::secondsText(status.result->seconds));
        if (m_keptStale == QStringLiteral("%1/%2").arg(int(stage)).arg(status.reason)) return;
        const QString kept = QStringLiteral("%1/%2").arg(int(stage)).arg(status.reason);
        if (const Message* shown = m_messages->current(); shown && shown->key == u"stale" && shown->text == sentence) return;
        m_messages->show({Message::Kind::Warning, QStringLiteral("stale"), sentence,
                          {{again, [this] { m_document->runTo(Stage::Mixed); }},
                           {tr("Keep anyway"), [this, kept] { m_keptStale = kept; }}}});
        return;
    }
    m_keptStale.clear();
    m_messages->remove(QStringLiteral("stale"));
}

void MainWindow::report(const Error& error, const QString& key) {
    Message message{error.severity == Severity::Error ? Message::Kind::Error : Message::Kind::Warning, key,
                    document::errorText(error), {}};
    if (m_document->isOpen() && error.code == Code::WorkerDied)
        message.actions.push_back({tr("Retry"), [this] { m_document->runTo(m_pipeline->selectedStage()); }});
    if (m_document->isOpen()) message.actions.push_back({tr("Show"), [this] { showView(QStringLiteral("problems")); }});
    if (m_pages->currentIndex() == 0) {
        QMessageBox::warning(this, tr("Workbench"), message.text + QStringLiteral("\n\n") + document::errorCode(error) +
                                                        (error.file.empty() ? QString() : QStringLiteral(" · ") + QString::fromStdString(error.file)));
        return;
    }
    m_messages->show(std::move(message));
}

void MainWindow::noteRecent() {
    if (m_document->file().isEmpty()) return;
    document::RecentProject entry;
    entry.file = m_document->file();
    entry.opened = QDateTime::currentDateTimeUtc();
    entry.target = QString::fromStdString(m_document->project().target.chip);
    for (Stage stage : {Stage::Import, Stage::Reference, Stage::Calibrate, Stage::Quantise, Stage::Mixed}) {
        const document::StageStatus status = m_document->stage(stage);
        if (!status.result || !status.result->done) continue;
        entry.stage = QString::fromLatin1(jobs::spelling(stage));
        const auto& facts = status.result->summary;
        if (const auto it = facts.find("output_cosine"); it != facts.end()) {
            entry.result = QStringLiteral("output ") + QString::fromStdString(it->second);
            const auto goal = m_document->project().goals.find("output");
            entry.belowGoal = goal != m_document->project().goals.end() &&
                              QString::fromStdString(it->second).toDouble() < goal->second;
        }
        entry.detail = document::stageSummary(*status.result);
    }
    entry.thumbnail = m_views->thumbnail(QSize(56, 88));
    m_recent->touch(entry);
}

// Language, size, closing --------------------------------------------------------------------------

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QMainWindow::changeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (m_drop && m_drop->isVisible()) m_drop->setGeometry(rect());
    // Moving docks inside the resize would lay the window out twice.
    QMetaObject::invokeMethod(this, &MainWindow::fitInspector, Qt::QueuedConnection);
}

bool MainWindow::mayClose() {
    if (m_document->isBusy()) {
        QMessageBox box(QMessageBox::Question, tr("Workbench"), tr("A job is still running. What is finished is kept."), QMessageBox::NoButton, this);
        QPushButton* stop = box.addButton(tr("Stop and keep partial"), QMessageBox::AcceptRole);
        box.addButton(tr("Back"), QMessageBox::RejectRole);
        box.exec();
        if (box.clickedButton() != stop) return false;
        m_document->cancel();
    }
    const bool ask = m_document->isOpen() && !m_document->undoStack()->isClean();
    if (!ask) return true;
    QMessageBox box(QMessageBox::Question, tr("Workbench"), tr("Save the changes to %1?").arg(m_document->displayName()), QMessageBox::NoButton, this);
    QPushButton* keep = box.addButton(tr("Save"), QMessageBox::AcceptRole);
    QPushButton* drop = box.addButton(tr("Discard"), QMessageBox::DestructiveRole);
    box.addButton(tr("Back"), QMessageBox::RejectRole);
    box.setDefaultButton(keep);
    box.exec();
    if (box.clickedButton() == keep) return save();
    return box.clickedButton() == drop;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) {
        event->ignore();
        return;
    }
    if (!m_options.safeMode) {
        QSettings settings;
        settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
        const QVariantMap now = arrangement();
        settings.setValue(QStringLiteral("window/state"), now.value(QStringLiteral("docks")));
        settings.setValue(QStringLiteral("window/arrangement"), m_storedArrangement.isEmpty() ? now : m_storedArrangement);
    }
    event->accept();
}

} // namespace wb::workbench
