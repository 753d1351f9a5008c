// SPDX-License-Identifier: GPL-3.0-or-later
// Where things are: centre, docks, toolbar, status bar (rule W-1, visual design sections 3 and 9).
#include "app/workbench/dock_title.h"
#include "app/workbench/empty_state.h"
#include "app/workbench/main_window.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/views.h"
#include "widgets/panels/jobs/jobs_panel.h"
#include "widgets/panels/log/log_panel.h"
#include "widgets/panels/pipeline/pipeline_panel.h"
#include "widgets/panels/pipeline/project_files_panel.h"
#include "widgets/panels/problems/problems_panel.h"
#include "widgets/panels/start_page/start_page.h"

#include <QtWidgets>

namespace wb::workbench {

using document::Document;

namespace {

/// A strip of tabs that fills its row, so that no bare window shows beside it.
QTabWidget* makeTabs(const QString& name) {
    auto* tabs = new QTabWidget;
    tabs->setObjectName(name);
    tabs->setDocumentMode(true);
    tabs->setTabsClosable(false);
    tabs->tabBar()->setExpanding(false);
    tabs->tabBar()->setObjectName(name + QStringLiteral("Bar"));
    return tabs;
}

} // namespace

void MainWindow::makeCentral() {
    m_start = new panels::StartPage(m_recent, m_languageMenu);
    m_left = makeTabs(QStringLiteral("leftTabs"));
    m_right = makeTabs(QStringLiteral("rightTabs"));
    auto* zoo = new EmptyState(QStringLiteral("zoo-20"), [] {
        return std::pair(tr("Building many models in one batch is not in this version."), QString());
    });
    zoo->setObjectName(QStringLiteral("zooPage"));
    m_left->addTab(m_views->graphPage(), QString());
    m_left->addTab(m_views->compare(), QString());
    m_left->addTab(zoo, QString());
    m_right->addTab(m_views->table(), QString());
    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setObjectName(QStringLiteral("centralSplitter"));
    m_splitter->setChildrenCollapsible(false);
    // Hidden pages must not decide the widths: the graph may be narrower than the widest form.
    m_left->setMinimumWidth(380);
    m_right->setMinimumWidth(220);
    m_splitter->addWidget(m_left);
    m_splitter->addWidget(m_right);
    m_splitter->setSizes({420, 484});
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 1);
    // Pictures and forms take the whole width; the table is back with the graph.
    connect(m_left, &QTabWidget::currentChanged, this,
            [this] { m_right->setVisible(m_right->count() > 0 && m_left->currentWidget() == m_views->graphPage()); });
    m_messages = new MessageBar;
    auto* work = new QWidget;
    auto* layout = new QVBoxLayout(work);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_splitter, 1);
    m_pages = new QStackedWidget;
    m_pages->setObjectName(QStringLiteral("pages"));
    m_pages->addWidget(m_start);
    m_pages->addWidget(work);
    setCentralWidget(m_pages);
    connect(m_start, &panels::StartPage::sampleRequested, this, &MainWindow::openSample);
    connect(m_start, &panels::StartPage::modelRequested, this, &MainWindow::chooseFile);
    connect(m_start, &panels::StartPage::newProjectRequested, this, &MainWindow::newProject);
    connect(m_start, &panels::StartPage::projectRequested, this, &MainWindow::openFile);
    connect(m_start, &panels::StartPage::locateRequested, this, [this](const QString& file) {
        const QString found = QFileDialog::getOpenFileName(this, tr("Locate %1").arg(QFileInfo(file).fileName()), {},
                                                           tr("Projects (*.tpuwb)"));
        if (!found.isEmpty()) m_recent->relocate(file, found);
    });
}

void MainWindow::setSplit(bool split) {
    const int inLeft = m_left->indexOf(m_views->table());
    if (split && inLeft >= 0) m_right->addTab(m_views->table(), m_left->tabText(inLeft));
    else if (!split && inLeft < 0) {
        const int inRight = m_right->indexOf(m_views->table());
        const QString text = m_right->tabText(inRight);
        m_left->insertTab(1, m_views->table(), text);
    }
    m_right->setVisible(m_right->count() > 0 && m_left->currentWidget() == m_views->graphPage());
}

// Docks --------------------------------------------------------------------------------------------

QDockWidget* MainWindow::makeDock(const QString& name, const char* title, QWidget* content, Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(this);
    dock->setObjectName(name + QStringLiteral("Dock"));
    dock->setWindowTitle(tr(title));
    dock->setWidget(content);
    auto* titleBar = new DockTitle(dock);
    dock->setTitleBarWidget(titleBar);
    addDockWidget(area, dock);
    m_docks << dock;
    m_titles.insert(dock, titleBar);
    m_dockByName.insert(name, dock);
    m_dockTexts.insert(dock, title);
    // Which docks share a strip of tabs has no signal of its own; these come with every change.
    for (auto signal : {&QDockWidget::visibilityChanged, &QDockWidget::topLevelChanged})
        connect(dock, signal, this, &MainWindow::updateDockTitles, Qt::QueuedConnection);
    connect(dock, &QDockWidget::dockLocationChanged, this, &MainWindow::updateDockTitles, Qt::QueuedConnection);
    return dock;
}

void MainWindow::makeDocks() {
    m_pipeline = new panels::PipelinePanel(m_document);
    m_files = new panels::ProjectFilesPanel(m_document);
    m_jobs = new panels::JobsPanel(m_document);
    m_log = new panels::LogPanel(m_document);
    m_problems = new panels::ProblemsPanel(m_document);
    m_pipeline->setMinimumWidth(200);
    m_files->setMinimumWidth(200);
    m_views->inspector()->setMinimumWidth(280);
    makeDock(QStringLiteral("pipeline"), QT_TR_NOOP("Pipeline"), m_pipeline, Qt::LeftDockWidgetArea);
    makeDock(QStringLiteral("files"), QT_TR_NOOP("Project files"), m_files, Qt::LeftDockWidgetArea);
    makeDock(QStringLiteral("inspector"), QT_TR_NOOP("Inspector"), m_views->inspector(), Qt::RightDockWidgetArea);
    makeDock(QStringLiteral("plot"), QT_TR_NOOP("Cosine plot"), m_views->plotPage(), Qt::BottomDockWidgetArea);
    makeDock(QStringLiteral("jobs"), QT_TR_NOOP("Jobs"), m_jobs, Qt::BottomDockWidgetArea);
    makeDock(QStringLiteral("log"), QT_TR_NOOP("Log"), m_log, Qt::BottomDockWidgetArea);
    makeDock(QStringLiteral("problems"), QT_TR_NOOP("Problems"), m_problems, Qt::BottomDockWidgetArea);
    makeDock(QStringLiteral("search"), QT_TR_NOOP("Search progress"), m_views->search(), Qt::BottomDockWidgetArea);
    makeDock(QStringLiteral("timeline"), QT_TR_NOOP("Timeline"), m_views->timelinePage(), Qt::BottomDockWidgetArea);
    connect(m_problems, &panels::ProblemsPanel::layerRequested, this, [this](const QString& name) {
        const int layer = m_document->layerIndex(name);
        if (layer < 0) return;
        m_document->selection()->set({layer}, nullptr);
        showView(QStringLiteral("graph"));
    });
    const auto again = [this] { m_document->runTo(m_pipeline->selectedStage()); };
    connect(m_problems, &panels::ProblemsPanel::retryRequested, this, again);
    connect(m_jobs, &panels::JobsPanel::retryRequested, this, again);
}

void MainWindow::updateDockTitles() {
    for (QDockWidget* dock : m_docks) {
        bool shared = false;
        for (QDockWidget* other : tabifiedDockWidgets(dock)) shared = shared || !other->isFloating();
        m_titles[dock]->setCollapsed(shared && !dock->isFloating());
    }
    for (QTabBar* bar : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        bar->setExpanding(false);
        bar->setDocumentMode(true);
    }
}

void MainWindow::setWorkShown(bool shown) {
    if (m_workShown == shown && shown) return;
    if (!shown && m_workShown) m_workState = saveState();
    m_workShown = shown;
    m_toolBar->setVisible(shown);
    if (!shown) {
        for (QDockWidget* dock : m_docks) dock->hide();
        return;
    }
    for (QDockWidget* dock : m_docks) dock->show();
    if (m_workState.isEmpty() || !restoreState(m_workState)) arrangeDocks(Layout::Quantise);
    m_toolBar->show();
    fitInspector();
    updateDockTitles();
}

// Toolbar ------------------------------------------------------------------------------------------

void MainWindow::makeToolBar() {
    m_toolBar = new QToolBar(this);
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    m_toolBar->setFixedHeight(42);
    m_toolBar->toggleViewAction()->setVisible(false);
    m_toolBar->setContentsMargins(8, 0, 12, 0);
    const auto label = [](QLabel* text) {
        text->setForegroundRole(QPalette::WindowText);
        text->setContentsMargins(4, 0, 4, 0);
        return text;
    };
    m_targetLabel = label(new QLabel);
    m_colourLabel = label(new QLabel);
    m_target = new QComboBox;
    m_target->setObjectName(QStringLiteral("targetChip"));
    m_target->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    const auto add = [this](const char* shown, const char* chip, bool there) {
        m_target->addItem(theme::icon(QStringLiteral("target")), QLatin1String(shown), QLatin1String(chip));
        if (there) return;
        auto* model = static_cast<QStandardItemModel*>(m_target->model());
        model->item(m_target->count() - 1)->setEnabled(false);
    };
    add("BM1684X", "bm1684x", true);
    add("BM1684", "bm1684", true);
    add("CV183X", "cv183x", true);
    add("CV182X", "cv182x", true);
    add("CV181X", "cv181x", true);
    add("CV180X", "cv180x", true);
    add("BM1688", "bm1688", false);
    add("CV186X", "cv186x", false);
    connect(m_target, &QComboBox::activated, this, [this](int row) {
        const std::string chip = m_target->itemData(row).toString().toStdString();
        m_document->edit(tr("Change target"), [&](jobs::Project& project) { project.target.chip = chip; });
    });
    m_run = new QToolButton;
    m_run->setObjectName(QStringLiteral("runButton"));
    m_run->setProperty("wbPrimary", true);
    m_run->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_run->setPopupMode(QToolButton::MenuButtonPopup);
    m_run->setIcon(theme::icon(QStringLiteral("run")));
    auto* goals = new QMenu(m_run);
    goals->setObjectName(QStringLiteral("runGoals"));
    connect(goals, &QMenu::aboutToShow, this, [this, goals] {
        goals->clear();
        for (jobs::Stage stage : jobs::kStages)
            goals->addAction(m_pipeline->model()->index(static_cast<int>(stage), 0).data().toString(), this, [this, stage] {
                m_pipeline->selectStage(stage);
                m_document->runTo(stage);
            });
    });
    m_run->setMenu(goals);
    connect(m_run, &QToolButton::clicked, m_actions[QStringLiteral("run")], &QAction::trigger);
    auto* cancel = new QToolButton;
    cancel->setObjectName(QStringLiteral("cancelButton"));
    cancel->setDefaultAction(m_actions[QStringLiteral("cancel")]);
    cancel->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    cancel->setAutoRaise(true);
    m_colour = new QComboBox;
    m_colour->setObjectName(QStringLiteral("colourBy"));
    m_colour->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (int i = 0; i < graph_view::kColourings; ++i) m_colour->addItem({});
    connect(m_colour, &QComboBox::activated, this, [this](int row) {
        m_views->graph()->setColouring(static_cast<graph_view::Colouring>(m_colour->itemData(row).toInt()));
    });
    connect(m_views->graph(), &graph_view::GraphView::colouringChanged, this, [this](graph_view::Colouring colouring) {
        const int row = m_colour->findData(static_cast<int>(colouring));
        if (row >= 0) m_colour->setCurrentIndex(row);
    });
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("layerSearch"));
    m_search->setFixedWidth(300);
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    connect(m_search, &QLineEdit::textChanged, m_views->graph(), &graph_view::GraphView::setSearch);
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        showView(QStringLiteral("graph"));
        m_views->graph()->findNext();
    });
    auto* space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);

    for (const char* name : {"open", "save"}) m_toolBar->addAction(m_actions[QLatin1String(name)]);
    m_toolBar->addSeparator();
    for (const char* name : {"undo", "redo"}) m_toolBar->addAction(m_actions[QLatin1String(name)]);
    m_toolBar->addSeparator();
    m_toolBar->addWidget(m_targetLabel);
    m_toolBar->addWidget(m_target);
    m_toolBar->addSeparator();
    m_toolBar->addWidget(m_run);
    m_toolBar->addWidget(cancel);
    m_toolBar->addSeparator();
    m_toolBar->addWidget(m_colourLabel);
    m_toolBar->addWidget(m_colour);
    m_toolBar->addWidget(space);
    m_toolBar->addWidget(m_search);
    addToolBar(Qt::TopToolBarArea, m_toolBar);
}

// Status bar ---------------------------------------------------------------------------------------

void MainWindow::makeStatusBar() {
    auto* bar = statusBar();
    bar->setObjectName(QStringLiteral("statusBar"));
    bar->setSizeGripEnabled(false);
    bar->setFixedHeight(26);
    bar->setContentsMargins(8, 0, 8, 0);
    const auto label = [bar](const char* name, int stretch) {
        auto* text = new QLabel;
        text->setObjectName(QLatin1String(name));
        text->setForegroundRole(QPalette::WindowText);
        text->setContentsMargins(4, 0, 12, 0);
        if (stretch >= 0) bar->addWidget(text, stretch);
        return text;
    };
    m_statusFile = label("statusFile", 0);
    m_statusLayers = label("statusLayers", 0);
    m_statusWorst = label("statusWorst", 0);
    m_statusWorst->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_statusWorst, &QLabel::linkActivated, this, [this](const QString& name) {
        const int layer = m_document->layerIndex(name);
        if (layer >= 0) m_document->selection()->set({layer}, nullptr);
    });
    m_statusJob = label("statusJob", -1);
    m_statusBar = new QProgressBar;
    m_statusBar->setObjectName(QStringLiteral("statusProgress"));
    m_statusBar->setFixedSize(96, 12);
    m_statusBar->setTextVisible(false);
    m_statusBar->hide();
    m_statusProblems = new QToolButton;
    m_statusProblems->setObjectName(QStringLiteral("statusProblems"));
    m_statusProblems->setAutoRaise(true);
    m_statusProblems->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_statusProblems->setFixedHeight(24);
    connect(m_statusProblems, &QToolButton::clicked, this, [this] { showView(QStringLiteral("problems")); });
    bar->addPermanentWidget(m_statusJob);
    bar->addPermanentWidget(m_statusBar);
    bar->addPermanentWidget(m_statusProblems);
}

} // namespace wb::workbench
