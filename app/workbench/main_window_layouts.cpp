// SPDX-License-Identifier: GPL-3.0-or-later
// Arrangements of the window (rule W-2): four from the factory, the user's own, and what survives a restart;
// below 1280 pixels the inspector is a tab at the bottom (rule W-3).
#include "app/workbench/main_window.h"
#include "app/workbench/views.h"

#include <QtWidgets>

namespace wb::workbench {

namespace {

constexpr int kNarrow = 1280;

const QString kStored = QStringLiteral("layouts");

QString keyOf(const QString& name) {
    // A name with a slash would be two levels of the settings.
    return kStored + u'/' + QString::fromLatin1(name.toUtf8().toPercentEncoding());
}

} // namespace

QStringList MainWindow::userLayouts() {
    QSettings settings;
    settings.beginGroup(kStored);
    QStringList names;
    for (const QString& key : settings.childGroups()) names << QString::fromUtf8(QByteArray::fromPercentEncoding(key.toLatin1()));
    names.sort(Qt::CaseInsensitive);
    return names;
}

QVariantMap MainWindow::arrangement() const {
    return {{QStringLiteral("docks"), m_workShown ? saveState() : m_workState},
            {QStringLiteral("splitter"), m_splitter->saveState()},
            {QStringLiteral("split"), m_right->indexOf(m_views->table()) >= 0},
            {QStringLiteral("columns"), m_views->tableColumns()},
            {QStringLiteral("page"), m_left->currentIndex()}};
}

void MainWindow::arrange(const QVariantMap& stored) {
    if (!restoreState(stored.value(QStringLiteral("docks")).toByteArray())) return arrangeDocks(Layout::Quantise);
    const bool split = stored.value(QStringLiteral("split"), true).toBool();
    m_actions[QStringLiteral("split")]->setChecked(split);
    setSplit(split);
    m_splitter->restoreState(stored.value(QStringLiteral("splitter")).toByteArray());
    if (const QByteArray columns = stored.value(QStringLiteral("columns")).toByteArray(); !columns.isEmpty())
        m_views->setTableColumns(columns);
    const int page = stored.value(QStringLiteral("page")).toInt();
    if (page >= 0 && page < m_left->count()) m_left->setCurrentIndex(page);
    m_toolBar->show();
    m_inspectorMoved = tabifiedDockWidgets(m_dockByName.value(QStringLiteral("inspector"))).contains(m_dockByName.value(QStringLiteral("plot")));
    updateDockTitles();
}

void MainWindow::showLayout(const QString& name) {
    if (!m_workShown) return;
    const QStringList factory{QStringLiteral("explore"), QStringLiteral("quantise"), QStringLiteral("judge"), QStringLiteral("zoo")};
    if (const qsizetype which = factory.indexOf(name.toLower()); which >= 0) return arrangeDocks(static_cast<Layout>(which));
    QSettings settings;
    settings.beginGroup(keyOf(name));
    QVariantMap stored;
    for (const QString& key : settings.childKeys()) stored.insert(key, settings.value(key));
    if (!stored.isEmpty()) arrange(stored);
}

void MainWindow::setFirstLayout(const QString& name) {
    if (m_workShown) showLayout(name);
    else m_firstLayout = name;
}

void MainWindow::saveLayout(const QString& name) {
    const QVariantMap now = arrangement();
    QSettings settings;
    settings.beginGroup(keyOf(name));
    for (auto it = now.cbegin(); it != now.cend(); ++it) settings.setValue(it.key(), it.value());
}

void MainWindow::askLayoutName(const QString& old) {
    const QString title = old.isEmpty() ? tr("Save layout") : tr("Rename layout");
    const QString name = QInputDialog::getText(this, title, tr("Name of the layout"), QLineEdit::Normal, old).trimmed();
    if (name.isEmpty() || name == old) return;
    if (old.isEmpty()) return saveLayout(name);
    QSettings settings;
    for (const char* part : {"docks", "splitter", "split", "columns", "page"}) {
        const QString leaf = u'/' + QLatin1String(part);
        settings.setValue(keyOf(name) + leaf, settings.value(keyOf(old) + leaf));
    }
    settings.remove(keyOf(old));
}

void MainWindow::makeLayoutMenu(QMenu* window) {
    QMenu* menu = window->addMenu(QString());
    menu->setObjectName(QStringLiteral("layoutMenu"));
    m_menuTexts.insert(menu, QT_TR_NOOP("Layout"));
    constexpr std::pair<const char*, const char*> kFactory[] = {{"explore", QT_TR_NOOP("Explore: graph and inspector")},
                                                                {"quantise", QT_TR_NOOP("Quantise: graph, table and plot")},
                                                                {"judge", QT_TR_NOOP("Judge: images and plot")},
                                                                {"zoo", QT_TR_NOOP("Zoo")}};
    int number = 1;
    for (const auto& [name, text] : kFactory)
        menu->addAction(addAction(QStringLiteral("layout_") + QLatin1String(name), text, {}, QStringLiteral("Alt+%1").arg(number++),
                                  [this, name] { showLayout(QLatin1String(name)); }));
    menu->addSeparator();
    menu->addAction(addAction(QStringLiteral("saveLayout"), QT_TR_NOOP("Save layout as…"), QStringLiteral("save"), {},
                              [this] { askLayoutName({}); }));
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        for (QAction* action : menu->actions())
            if (action->property("own").toBool()) {
                menu->removeAction(action);
                action->deleteLater();
            }
        const QStringList names = userLayouts();
        const auto own = [](QAction* action) { action->setProperty("own", true); };
        if (!names.isEmpty()) own(menu->addSeparator());
        for (const QString& name : names) own(menu->addAction(name, this, [this, name] { showLayout(name); }));
        if (names.isEmpty()) return;
        own(menu->addSeparator());
        QMenu* rename = menu->addMenu(tr("Rename"));
        QMenu* remove = menu->addMenu(tr("Delete"));
        for (const QString& name : names) {
            rename->addAction(name, this, [this, name] { askLayoutName(name); });
            remove->addAction(name, this, [name] { QSettings().remove(keyOf(name)); });
        }
        own(rename->menuAction());
        own(remove->menuAction());
    });
}

void MainWindow::arrangeDocks(Layout layout) {
    const auto dock = [this](const char* name) { return m_dockByName.value(QLatin1String(name)); };
    const bool judge = layout == Layout::Judge, zoo = layout == Layout::Zoo, explore = layout == Layout::Explore;
    for (QDockWidget* each : m_docks) {
        each->setFloating(false);
        removeDockWidget(each);
    }
    addDockWidget(Qt::LeftDockWidgetArea, dock("pipeline"));
    splitDockWidget(dock("pipeline"), dock("files"), Qt::Vertical);
    addDockWidget(Qt::RightDockWidgetArea, dock("inspector"));
    addDockWidget(Qt::BottomDockWidgetArea, dock("plot"));
    for (const char* name : {"timeline", "jobs", "log", "problems", "search"}) {
        addDockWidget(Qt::BottomDockWidgetArea, dock(name));
        tabifyDockWidget(dock("plot"), dock(name));
    }
    m_inspectorMoved = false;
    for (QDockWidget* each : m_docks) each->show();
    dock(zoo ? "jobs" : "plot")->raise();
    if (judge || zoo) dock("inspector")->hide();
    if (explore)
        for (const char* name : {"plot", "timeline", "jobs", "log", "problems", "search"}) dock(name)->hide();
    m_actions[QStringLiteral("split")]->setChecked(layout == Layout::Quantise);
    setSplit(layout == Layout::Quantise);
    m_left->setCurrentWidget(judge ? m_views->compare() : zoo ? m_left->findChild<QWidget*>(QStringLiteral("zooPage")) : m_views->graphPage());
    fitInspector();
    updateDockTitles();
    const auto size = [this, dock, judge] {
        resizeDocks({dock("pipeline"), dock("inspector")}, {224, 309}, Qt::Horizontal);
        resizeDocks({dock("plot")}, {judge ? 210 : 256}, Qt::Vertical);
        resizeDocks({dock("pipeline"), dock("files")}, {400, 190}, Qt::Vertical);
        m_splitter->setSizes({420, 484});
    };
    size();
    // Docks that are not laid out yet take no size: again when they are.
    QTimer::singleShot(0, this, size);
}

void MainWindow::fitInspector() {
    QDockWidget* inspector = m_dockByName.value(QStringLiteral("inspector"));
    QDockWidget* plot = m_dockByName.value(QStringLiteral("plot"));
    if (!m_workShown || !inspector || inspector->isFloating() || inspector->isHidden()) return;
    const bool narrow = width() < kNarrow;
    if (narrow && !m_inspectorMoved && dockWidgetArea(inspector) == Qt::RightDockWidgetArea) {
        m_inspectorMoved = true;
        tabifyDockWidget(plot, inspector);
        plot->raise();
    } else if (!narrow && m_inspectorMoved) {
        // Only what the window moved itself goes back; the user's own place for it stays.
        m_inspectorMoved = false;
        addDockWidget(Qt::RightDockWidgetArea, inspector);
        resizeDocks({inspector}, {309}, Qt::Horizontal);
    }
}

} // namespace wb::workbench
