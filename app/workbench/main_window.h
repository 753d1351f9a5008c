// SPDX-License-Identifier: GPL-3.0-or-later
// The main window: start page or work area, docks, toolbar, menus, status bar, dropped files, messages.
#pragma once

#include "app/workbench/drop.h"
#include "visualizer/graph_view/graph_export.h"
#include "widgets/document/document.h"
#include "widgets/document/recent_projects.h"
#include "widgets/theme/theme.h"

#include <QHash>
#include <QMainWindow>
#include <QPointer>

class QActionGroup;
class QComboBox;
class QDockWidget;
class QLabel;
class QLineEdit;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolBar;
class QToolButton;

namespace wb::panels {
class JobsPanel;
class LogPanel;
class PipelinePanel;
class ProblemsPanel;
class ProjectFilesPanel;
class StartPage;
} // namespace wb::panels

namespace wb::workbench {

class CommandPalette;
class DockTitle;
class MessageBar;
class Tips;
class Views;

enum class Layout { Explore, Quantise, Judge, Zoo };

struct WindowOptions {
    bool safeMode = false; ///< ignores stored layout and settings, stores none
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(WindowOptions options = {}, QWidget* parent = nullptr);
    ~MainWindow() override;

    document::Document* document() const { return m_document; }
    Views* views() const { return m_views; }
    MessageBar* messages() const { return m_messages; }

    void openFile(const QString& file);   ///< project or model, told from its content
    void openSample();
    void openBmodel(const QString& file); ///< its timeline, in a window of its own
    void take(const Drop& drop);
    void showView(const QString& view);   ///< "graph", "table", "compare", "plot", "inspector", "jobs", "log", "problems", "search", "start"
    void showStageForm(jobs::Stage stage);
    void offerRecovery();
    /// "explore", "quantise", "judge", "zoo" or the name of one of the user's (rule W-2).
    void showLayout(const QString& name);
    void saveLayout(const QString& name); ///< the present arrangement
    /// Shown instead of the last session's once a project is open, or now if one is.
    void setFirstLayout(const QString& name);
    static QStringList userLayouts();
    void openPalette(const QString& text = {}); ///< "@" for layers, ">" for stages, "#" for settings
    void showTips(bool asked);

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // main_window.cpp
    void connectDocument();
    void updateTitle();
    void updateStatus();
    void updateActions();
    void updateStaleness();
    void retranslateUi();
    void noteRecent();
    bool mayClose();
    void report(const Error& error, const QString& key);
    // main_window_docks.cpp
    void makeCentral();
    void makeDocks();
    QDockWidget* makeDock(const QString& name, const char* title, QWidget* content, Qt::DockWidgetArea area);
    void updateDockTitles();
    void setWorkShown(bool shown);
    void setSplit(bool split);
    void makeStatusBar();
    void makeToolBar();
    // main_window_layouts.cpp
    void arrangeDocks(Layout layout);
    QVariantMap arrangement() const;
    void arrange(const QVariantMap& stored);
    void askLayoutName(const QString& old); ///< empty: of the present arrangement
    void makeLayoutMenu(QMenu* window);
    void fitInspector();                  ///< beside the centre, or below it where there is no room
    // main_window_help.cpp
    void makeHelp();
    void showKeys();
    // main_window_menus.cpp
    void makeActions();
    QAction* addAction(const QString& name, const char* text, const QString& icon, const QString& keys,
                       const std::function<void()>& run);
    // main_window_files.cpp
    void chooseFile();
    void newProject();
    bool save();
    bool saveAs();
    void adoptModel(const QString& file, const QString& weights = {});
    bool findCaffeFiles(QString& layers, QString& weights);
    void importFinished();
    void exportPlot();
    void exportCurrent();
    void exportGraph(graph_view::GraphPart part);
    void showSampleNote();

    WindowOptions m_options;
    document::Document* m_document;
    document::RecentProjects* m_recent;
    Views* m_views;

    QStackedWidget* m_pages;
    panels::StartPage* m_start;
    MessageBar* m_messages;
    QSplitter* m_splitter;
    QTabWidget *m_left, *m_right;
    QVector<QDockWidget*> m_docks;
    QHash<QDockWidget*, DockTitle*> m_titles;
    QHash<QString, QDockWidget*> m_dockByName;
    panels::PipelinePanel* m_pipeline;
    panels::JobsPanel* m_jobs;
    panels::LogPanel* m_log;
    panels::ProblemsPanel* m_problems;
    panels::ProjectFilesPanel* m_files;
    DropOverlay* m_drop;
    CommandPalette* m_palette;
    Tips* m_tips;
    Drop m_dragged;

    QToolBar* m_toolBar;
    QComboBox *m_target, *m_colour;
    QToolButton* m_run;
    QLineEdit* m_search;
    QLabel *m_targetLabel, *m_colourLabel;
    QLabel *m_statusFile, *m_statusLayers, *m_statusWorst, *m_statusJob;
    QProgressBar* m_statusBar;
    QToolButton* m_statusProblems;

    QHash<QString, QAction*> m_actions;
    QHash<QAction*, const char*> m_actionTexts;
    QHash<class QMenu*, const char*> m_menuTexts;
    QHash<QDockWidget*, const char*> m_dockTexts;
    QActionGroup *m_languageGroup, *m_themeGroup;
    QMenu* m_languageMenu = nullptr;
    QByteArray m_workState;               ///< of the docks while the start page is shown
    bool m_workShown = false, m_inspectorMoved = false;
    QVariantMap m_storedArrangement;      ///< of the last session, until a project is open
    QString m_jobText, m_keptStale, m_firstLayout;
};

} // namespace wb::workbench
