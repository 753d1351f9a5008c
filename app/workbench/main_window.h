// SPDX-License-Identifier: GPL-3.0-or-later
// The main window: start page or work area, docks, toolbar, menus, status bar, dropped files, messages.
#pragma once

#include "app/workbench/drop.h"
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

class DockTitle;
class MessageBar;
class Views;

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
    void take(const Drop& drop);
    void showView(const QString& view);   ///< "graph", "table", "compare", "plot", "inspector", "jobs", "log", "problems", "search", "start"
    void showStageForm(jobs::Stage stage);
    void offerRecovery();

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
    void arrangeDocks();                  ///< the factory layout
    void updateDockTitles();
    void setWorkShown(bool shown);
    void setSplit(bool split);
    void makeStatusBar();
    void makeToolBar();
    // main_window_menus.cpp
    void makeActions();
    QAction* addAction(const QString& name, const char* text, const QString& icon, const QString& keys,
                       const std::function<void()>& run);
    // main_window_files.cpp
    void chooseFile();
    void newProject();
    bool save();
    bool saveAs();
    void adoptModel(const QString& file);
    void importFinished();

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
    bool m_workShown = false, m_busyBefore = false;
    QString m_jobText, m_keptStale;
};

} // namespace wb::workbench
