// SPDX-License-Identifier: GPL-3.0-or-later
// Actions, menus and their words; keys of UX guide section 14.
#include "app/workbench/language.h"
#include "app/workbench/main_window.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/views.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/import_dialog/import_dialog.h"
#include "widgets/panels/pipeline/pipeline_panel.h"
#include "widgets/panels/start_page/start_page.h"

#include <QtWidgets>

namespace wb::workbench {

using jobs::Stage;

QAction* MainWindow::addAction(const QString& name, const char* text, const QString& icon, const QString& keys,
                               const std::function<void()>& run) {
    auto* action = new QAction(this);
    action->setObjectName(QStringLiteral("action_") + name);
    if (!icon.isEmpty()) action->setIcon(theme::icon(icon));
    if (!keys.isEmpty()) action->setShortcuts(QKeySequence::listFromString(keys));
    if (run) connect(action, &QAction::triggered, this, run);
    m_actions.insert(name, action);
    m_actionTexts.insert(action, text);
    QMainWindow::addAction(action);
    return action;
}

void MainWindow::makeActions() {
    const auto S = [](const char* text) { return QString::fromLatin1(text); };
    const auto menu = [this](const char* text) {
        QMenu* made = menuBar()->addMenu(QString());
        m_menuTexts.insert(made, text);
        return made;
    };
    menuBar()->setObjectName(S("menuBar"));
    const auto graph = [this](void (graph_view::GraphView::*slot)()) {
        return [this, slot] {
            showView(QStringLiteral("graph"));
            (m_views->graph()->*slot)();
        };
    };

    QMenu* file = menu(QT_TR_NOOP("&File"));
    file->addAction(addAction(S("new"), QT_TR_NOOP("&New project…"), S("file"), S("Ctrl+N"), [this] { newProject(); }));
    file->addAction(addAction(S("open"), QT_TR_NOOP("&Open…"), S("open"), S("Ctrl+O"), [this] { chooseFile(); }));
    file->addAction(addAction(S("sample"), QT_TR_NOOP("Open &sample project"), S("run"), {}, [this] { openSample(); }));
    file->addSeparator();
    file->addAction(addAction(S("save"), QT_TR_NOOP("&Save"), S("save"), S("Ctrl+S"), [this] { save(); }));
    file->addAction(addAction(S("saveAs"), QT_TR_NOOP("Save &as…"), {}, S("Ctrl+Shift+S"), [this] { saveAs(); }));
    file->addSeparator();
    file->addAction(addAction(S("closeProject"), QT_TR_NOOP("Start page"), {}, {}, [this] { showView(QStringLiteral("start")); }));
    file->addAction(addAction(S("quit"), QT_TR_NOOP("&Quit"), {}, S("Ctrl+Q"), [this] { close(); }));

    QMenu* edit = menu(QT_TR_NOOP("&Edit"));
    QAction* undo = addAction(S("undo"), QT_TR_NOOP("&Undo"), S("undo"), S("Ctrl+Z"), [this] { m_document->undoStack()->undo(); });
    QAction* redo = addAction(S("redo"), QT_TR_NOOP("&Redo"), S("redo"), S("Ctrl+Shift+Z"), [this] { m_document->undoStack()->redo(); });
    undo->setEnabled(false);
    redo->setEnabled(false);
    connect(m_document->undoStack(), &QUndoStack::canUndoChanged, undo, &QAction::setEnabled);
    connect(m_document->undoStack(), &QUndoStack::canRedoChanged, redo, &QAction::setEnabled);
    connect(m_document->undoStack(), &QUndoStack::undoTextChanged, this, [this, undo](const QString& text) {
        undo->setToolTip(text.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(text));
    });
    connect(m_document->undoStack(), &QUndoStack::redoTextChanged, this, [this, redo](const QString& text) {
        redo->setToolTip(text.isEmpty() ? tr("Redo") : tr("Redo: %1").arg(text));
    });
    edit->addAction(undo);
    edit->addAction(redo);
    edit->addAction(addAction(S("history"), QT_TR_NOOP("&History…"), S("history"), {}, [this] {
        auto* dialog = new QDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setWindowTitle(tr("History"));
        auto* list = new QUndoView(m_document->undoStack());
        list->setObjectName(QStringLiteral("historyList"));
        list->setEmptyLabel(tr("Project as opened"));
        auto* layout = new QVBoxLayout(dialog);
        layout->addWidget(list);
        dialog->resize(360, 420);
        dialog->show();
    }));
    edit->addSeparator();
    edit->addAction(addAction(S("find"), QT_TR_NOOP("&Find layer…"), S("search"), S("Ctrl+F"), [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    }));
    edit->addAction(addAction(S("goToLayer"), QT_TR_NOOP("Go to layer…"), {}, S("Ctrl+L"), [this] { openPalette(QStringLiteral("@")); }));
    edit->addAction(addAction(S("palette"), QT_TR_NOOP("Command palette…"), S("palette"), S("Ctrl+K; Ctrl+Shift+P"), [this] { openPalette(); }));
    edit->addSeparator();
    edit->addAction(addAction(S("findNext"), QT_TR_NOOP("Find next"), {}, S("F3"), graph(&graph_view::GraphView::findNext)));
    edit->addAction(addAction(S("findPrevious"), QT_TR_NOOP("Find previous"), {}, S("Shift+F3"), graph(&graph_view::GraphView::findPrevious)));

    QMenu* view = menu(QT_TR_NOOP("&View"));
    view->addAction(addAction(S("fit"), QT_TR_NOOP("Fit graph"), S("fit"), S("Ctrl+0"), graph(&graph_view::GraphView::fit)));
    view->addAction(addAction(S("zoom100"), QT_TR_NOOP("Actual size"), {}, S("Ctrl+1"), graph(&graph_view::GraphView::zoomTo100)));
    view->addAction(addAction(S("zoomIn"), QT_TR_NOOP("Zoom in"), S("zoom-in"), S("Ctrl++"), graph(&graph_view::GraphView::zoomIn)));
    view->addAction(addAction(S("zoomOut"), QT_TR_NOOP("Zoom out"), S("zoom-out"), S("Ctrl+-"), graph(&graph_view::GraphView::zoomOut)));
    view->addAction(addAction(S("frame"), QT_TR_NOOP("Frame selection"), S("crosshair"), {}, graph(&graph_view::GraphView::frameSelection)));
    view->addAction(addAction(S("minimap"), QT_TR_NOOP("Minimap"), S("minimap"), {}, graph(&graph_view::GraphView::toggleMinimap)));
    view->addAction(addAction(S("colouring"), QT_TR_NOOP("Next colouring"), {}, S("Ctrl+Shift+C"), graph(&graph_view::GraphView::cycleColouring)));
    view->addSeparator();
    view->addAction(addAction(S("exportView"), QT_TR_NOOP("Export current view…"), S("export"), S("Ctrl+E"), [this] { exportCurrent(); }));
    view->addAction(addAction(S("exportGraph"), QT_TR_NOOP("Export whole graph…"), {}, {}, [this] { exportGraph(graph_view::GraphPart::Whole); }));
    view->addSeparator();
    QMenu* theme = view->addMenu(QString());
    m_menuTexts.insert(theme, QT_TR_NOOP("Theme"));
    m_themeGroup = new QActionGroup(this);
    const char* schemes[] = {QT_TR_NOOP("Follow system"), QT_TR_NOOP("Light"), QT_TR_NOOP("Dark")};
    for (int i = 0; i < 3; ++i) {
        QAction* scheme = addAction(S("theme%1").arg(i), schemes[i], {}, {}, [this, i] {
            theme::setChoice(static_cast<theme::Choice>(i));
            if (!m_options.safeMode) QSettings().setValue(QStringLiteral("theme"), i);
        });
        scheme->setCheckable(true);
        scheme->setChecked(static_cast<int>(theme::choice()) == i);
        m_themeGroup->addAction(scheme);
        theme->addAction(scheme);
    }
    m_languageMenu = view->addMenu(QString());
    m_menuTexts.insert(m_languageMenu, QT_TR_NOOP("Language"));
    m_languageGroup = new QActionGroup(this);
    for (const auto& [code, shown] : {std::pair(S("en"), S("English")), std::pair(S("zh_CN"), QStringLiteral("中文"))}) {
        auto* action = new QAction(shown, this);
        action->setObjectName(QStringLiteral("action_language_") + code);
        action->setCheckable(true);
        action->setChecked(language() == code);
        m_languageGroup->addAction(action);
        m_languageMenu->addAction(action);
        connect(action, &QAction::triggered, this, [this, wanted = code] {
            setLanguage(wanted);
            if (!m_options.safeMode) QSettings().setValue(QStringLiteral("language"), wanted);
        });
    }
    view->addSeparator();
    QAction* full = addAction(S("fullScreen"), QT_TR_NOOP("Full screen"), {}, S("F11"), nullptr);
    full->setCheckable(true);
    connect(full, &QAction::toggled, this, [this](bool on) { on ? showFullScreen() : showNormal(); });
    view->addAction(full);

    QMenu* model = menu(QT_TR_NOOP("&Model"));
    model->addAction(addAction(S("importSettings"), QT_TR_NOOP("Shapes and outputs…"), S("graph"), {}, [this] {
        auto* dialog = new panels::ImportDialog(m_document, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
        dialog->inspect();
    }));
    model->addAction(addAction(S("preprocess"), QT_TR_NOOP("Preprocessing…"), S("images"), {}, [this] { showStageForm(Stage::Preprocess); }));
    model->addAction(addAction(S("calibrate"), QT_TR_NOOP("Calibration…"), S("calibrate"), {}, [this] { showStageForm(Stage::Calibrate); }));
    model->addAction(addAction(S("target"), QT_TR_NOOP("Target and precision…"), S("target"), {}, [this] { showStageForm(Stage::Quantise); }));
    model->addAction(addAction(S("deploy"), QT_TR_NOOP("Deploy and verify…"), S("export"), {}, [this] { showStageForm(Stage::Deploy); }));
    model->addSeparator();
    model->addAction(addAction(S("useImages"), QT_TR_NOOP("Test images…"), {}, {}, [this] {
        const QStringList files = QFileDialog::getOpenFileNames(this, tr("Choose test images"), {}, tr("Pictures (*.jpg *.jpeg *.png *.bmp);;Tensor files (*.npz)"));
        if (files.isEmpty()) return;
        m_document->edit(tr("Choose %n test images", nullptr, static_cast<int>(files.size())), [&](jobs::Project& project) {
            project.testImages.clear();
            for (const QString& name : files) project.testImages.push_back(name.toStdString());
        });
    }));

    QMenu* run = menu(QT_TR_NOOP("&Run"));
    run->addAction(addAction(S("run"), QT_TR_NOOP("Run to the selected stage"), S("run"), S("F5"), [this] { m_document->runTo(m_pipeline->selectedStage()); }));
    run->addAction(addAction(S("runAll"), QT_TR_NOOP("Run &all"), S("run-to"), S("Ctrl+F5"), [this] { m_document->runTo(Stage::Deploy); }));
    run->addAction(addAction(S("cancel"), QT_TR_NOOP("Cancel"), S("cancel"), S("Shift+F5"), [this] { m_document->cancel(); }));

    QMenu* table = menu(QT_TR_NOOP("&Table"));
    table->addAction(addAction(S("apply"), QT_TR_NOOP("Apply edits"), S("check"), S("Ctrl+Return"), [this] { m_document->runTo(Stage::Mixed); }));
    table->addAction(addAction(S("search"), QT_TR_NOOP("Search precision table"), S("search"), {}, [this] {
        showView(QStringLiteral("search"));
        m_views->startSearch();
    }));
    table->addSeparator();
    table->addAction(addAction(S("importTable"), QT_TR_NOOP("Import precision table…"), S("import"), {}, [this] { m_views->importPrecisionTable({}); }));
    table->addAction(addAction(S("exportTable"), QT_TR_NOOP("Export precision table…"), S("export"), {}, [this] { m_views->exportPrecisionTable(); }));

    QMenu* compare = menu(QT_TR_NOOP("&Compare"));
    compare->addAction(addAction(S("showCompare"), QT_TR_NOOP("Compare images"), S("images"), {}, [this] { showView(QStringLiteral("compare")); }));
    compare->addAction(addAction(S("showPlot"), QT_TR_NOOP("Cosine plot"), S("plot"), {}, [this] { showView(QStringLiteral("plot")); }));
    compare->addAction(addAction(S("showTimeline"), QT_TR_NOOP("Timeline of the chip"), S("timeline"), {}, [this] { showView(QStringLiteral("timeline")); }));
    compare->addAction(addAction(S("exportPlot"), QT_TR_NOOP("Export plot…"), S("export"), {}, [this] { exportPlot(); }));

    QMenu* window = menu(QT_TR_NOOP("&Window"));
    window->setObjectName(S("windowMenu"));
    QAction* split = addAction(S("split"), QT_TR_NOOP("Graph and table side by side"), S("table"), {}, nullptr);
    split->setCheckable(true);
    split->setChecked(true);
    connect(split, &QAction::toggled, this, &MainWindow::setSplit);
    window->addAction(split);
    window->addAction(addAction(S("resetLayout"), QT_TR_NOOP("Reset layout"), {}, {}, [this] { arrangeDocks(Layout::Quantise); }));
    makeLayoutMenu(window);
    window->addSeparator();
    connect(window, &QMenu::aboutToShow, this, [this, window] {
        for (QDockWidget* dock : m_docks)
            if (!window->actions().contains(dock->toggleViewAction())) window->addAction(dock->toggleViewAction());
        for (QDockWidget* dock : m_docks) dock->toggleViewAction()->setEnabled(m_workShown);
    });

    QMenu* help = menu(QT_TR_NOOP("&Help"));
    help->addAction(addAction(S("tips"), QT_TR_NOOP("Show tips"), S("note"), {}, [this] { showTips(true); }));
    help->addAction(addAction(S("keys"), QT_TR_NOOP("Keyboard table"), {}, S("F1"), [this] { showKeys(); }));
    help->addSeparator();
    help->addAction(addAction(S("about"), QT_TR_NOOP("About"), S("note"), {}, [this] {
        QMessageBox::about(this, tr("About"),
                           QStringLiteral("<b>TPU Workbench %1</b><br>%2<br>Qt %3")
                               .arg(QApplication::applicationVersion(), tr("Free software under the GPL, version 3 or later."), QLatin1String(qVersion())));
    }));
}

void MainWindow::retranslateUi() {
    for (auto it = m_actionTexts.cbegin(); it != m_actionTexts.cend(); ++it) {
        it.key()->setText(tr(it.value()));
        QString tip = tr(it.value()).remove(u'&').remove(QStringLiteral("…"));
        if (!it.key()->shortcut().isEmpty())
            tip += QStringLiteral(" (%1)").arg(it.key()->shortcut().toString(QKeySequence::NativeText));
        it.key()->setToolTip(tip);
    }
    for (auto it = m_menuTexts.cbegin(); it != m_menuTexts.cend(); ++it) it.key()->setTitle(tr(it.value()));
    for (auto it = m_dockTexts.cbegin(); it != m_dockTexts.cend(); ++it) it.key()->setWindowTitle(tr(it.value()));
    const auto tab = [this](QWidget* page, const QString& text) {
        for (QTabWidget* tabs : {m_left, m_right})
            if (const int i = tabs->indexOf(page); i >= 0) tabs->setTabText(i, text);
    };
    tab(m_views->graphPage(), tr("Graph"));
    tab(m_views->compare(), tr("Compare images"));
    tab(m_views->table(), tr("Layer table"));
    tab(m_left->findChild<QWidget*>(QStringLiteral("zooPage")), tr("Zoo"));
    for (Stage stage : {Stage::Preprocess, Stage::Calibrate, Stage::Quantise, Stage::Deploy})
        if (m_views->hasStageForm(stage))
            for (int i = 0; i < m_left->count(); ++i)
                if (m_left->tabBar()->tabButton(i, QTabBar::RightSide) && m_left->widget(i) == m_views->stageForm(stage))
                    m_left->setTabText(i, document::stageName(stage).replace(u'&', QStringLiteral("&&")));
    m_targetLabel->setText(tr("Target"));
    m_colourLabel->setText(tr("Colour"));
    m_target->setAccessibleName(tr("Target"));
    m_colour->setAccessibleName(tr("Colour"));
    for (int i = 1; i < m_target->count(); ++i)
        m_target->setItemData(i, tr("This version quantises for BM1684X only."), Qt::ToolTipRole);
    using graph_view::Colouring;
    const std::pair<Colouring, QString> colourings[] = {{Colouring::Cosine, tr("Cosine")},
                                                        {Colouring::Precision, tr("Precision")},
                                                        {Colouring::Type, tr("Type")},
                                                        {Colouring::Time, tr("Time on chip")},
                                                        {Colouring::None, tr("None")}};
    for (int i = 0; i < graph_view::kColourings; ++i) {
        m_colour->setItemText(i, colourings[i].second);
        m_colour->setItemData(i, static_cast<int>(colourings[i].first));
    }
    m_search->setPlaceholderText(tr("Search layers"));
    m_search->setAccessibleName(tr("Search layers"));
    m_run->setAccessibleName(tr("Run to…"));
    // Messages are made of words of the old language; what still holds is said again.
    const bool sample = m_messages->has(QStringLiteral("sample")), job = m_messages->has(QStringLiteral("job"));
    m_messages->clear();
    if (sample) showSampleNote();
    if (job && !m_document->problems().isEmpty()) report(m_document->problems().back(), QStringLiteral("job"));
    if (!m_document->isBusy()) m_statusJob->clear();
    updateTitle();
    updateStatus();
    updateActions();
    updateStaleness();
}

} // namespace wb::workbench
