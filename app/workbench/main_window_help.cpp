// SPDX-License-Identifier: GPL-3.0-or-later
// What helps to find one's way: the command palette (rule H-2), the tips on the sample (S-3), the table of keys.
#include "app/workbench/command_palette.h"
#include "app/workbench/main_window.h"
#include "app/workbench/tips.h"
#include "app/workbench/views.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/pipeline/pipeline_panel.h"

#include <QtWidgets>

namespace wb::workbench {

using jobs::Stage;

namespace {

const QString kRecent = QStringLiteral("palette/recent"), kNoTips = QStringLiteral("tips/hidden");

QString plain(QString text) {
    // A mnemonic of Chinese menus stands behind the word: "文件(&F)".
    static const QRegularExpression mnemonic(QStringLiteral("\\(&\\w\\)"));
    return text.remove(mnemonic).remove(u'&');
}

bool isSetting(const QString& name) {
    static const QStringList names{QStringLiteral("preprocess"), QStringLiteral("calibrate"), QStringLiteral("target"),
                                   QStringLiteral("deploy"), QStringLiteral("importSettings"), QStringLiteral("useImages"),
                                   QStringLiteral("split"), QStringLiteral("minimap")};
    return names.contains(name) || name.startsWith(u"theme") || name.startsWith(u"layout_");
}

} // namespace

void MainWindow::makeHelp() {
    m_palette = new CommandPalette(this);
    m_tips = new Tips(this);
    if (!m_options.safeMode) {
        m_palette->setRecent(QSettings().value(kRecent).toStringList());
        connect(m_palette, &CommandPalette::recentChanged, this, [](const QStringList& ids) { QSettings().setValue(kRecent, ids); });
        connect(m_tips, &Tips::neverAgain, this, [] { QSettings().setValue(kNoTips, true); });
    }
    const auto rectOf = [this](const QWidget* widget, const QRect& part) {
        return widget && widget->isVisible() ? QRect(widget->mapTo(this, part.topLeft()), part.size()) : QRect();
    };
    m_tips->setAnchor(Tips::Stages, [=, this] { return rectOf(m_pipeline, m_pipeline->rect()); });
    m_tips->setAnchor(Tips::Worst, [=, this] {
        const int worst = m_views->worstLayer(jobs::Variant::Int8);
        const QPoint at = worst < 0 ? QPoint() : m_views->plot()->positionOf(worst, jobs::Variant::Int8);
        return at.isNull() ? QRect() : rectOf(m_views->plot(), QRect(at - QPoint(6, 6), QSize(12, 12)));
    });
    m_tips->setAnchor(Tips::Precision, [=, this] { return rectOf(m_views->table(), m_views->table()->rect().adjusted(0, 0, 0, -m_views->table()->height() / 2)); });
    m_tips->setAnchor(Tips::Compare, [=, this] {
        const int tab = m_left->indexOf(m_views->compare());
        return rectOf(m_left->tabBar(), m_left->tabBar()->tabRect(tab));
    });
    connect(m_document, &document::Document::opened, m_tips, &Tips::stop);
    connect(m_document, &document::Document::jobFinished, this, [this] {
        // The plot has the last values after its own redraw.
        QTimer::singleShot(300, m_tips, &Tips::advance);
    });
}

void MainWindow::showTips(bool asked) {
    if (asked && !m_options.safeMode) QSettings().remove(kNoTips);
    if (!asked && !m_options.safeMode && QSettings().value(kNoTips).toBool()) return;
    if (m_workShown) QTimer::singleShot(0, m_tips, &Tips::start);
}

void MainWindow::openPalette(const QString& text) {
    using Kind = PaletteEntry::Kind;
    std::vector<PaletteEntry> entries;
    for (auto it = m_actions.cbegin(); it != m_actions.cend(); ++it) {
        QAction* action = *it;
        if (!action->isEnabled() || it.key() == u"palette" || it.key() == u"goToLayer") continue;
        const QString english = plain(QString::fromUtf8(m_actionTexts.value(action)));
        entries.push_back({isSetting(it.key()) ? Kind::Setting : Kind::Action, it.key(), plain(action->text()), english,
                           action->shortcut().toString(QKeySequence::NativeText), action->icon(), [action] { action->trigger(); }});
    }
    std::sort(entries.begin(), entries.end(),
              [](const PaletteEntry& a, const PaletteEntry& b) { return QString::localeAwareCompare(a.title, b.title) < 0; });
    for (QAction* action : m_languageGroup->actions())
        entries.push_back({Kind::Setting, action->objectName(), tr("Language: %1").arg(action->text()),
                           QStringLiteral("Language: ") + action->text(), {}, theme::icon(QStringLiteral("globe")), [action] { action->trigger(); }});
    for (QDockWidget* dock : m_docks) {
        if (!m_workShown) break;
        const QString name = m_dockByName.key(dock);
        entries.push_back({Kind::Action, QStringLiteral("show_") + name, tr("Show %1").arg(dock->windowTitle()),
                           QStringLiteral("Show %1").arg(QString::fromUtf8(m_dockTexts.value(dock))), {}, {}, [this, name] { showView(name); }});
    }
    if (m_document->isOpen() && m_workShown) {
        for (Stage stage : jobs::kStages) {
            const QString spelling = QString::fromLatin1(jobs::spelling(stage));
            const auto status = m_document->stage(stage);
            entries.push_back({Kind::Stage, u'>' + spelling, tr("Run to %1").arg(document::stageName(stage)),
                               QStringLiteral("Run to ") + spelling, document::stateName(status.state), theme::icon(QStringLiteral("run")),
                               [this, stage] {
                                   m_pipeline->selectStage(stage);
                                   m_document->runTo(stage);
                               }});
        }
        for (const jobs::LayerInfo& layer : m_document->network().layers)
            entries.push_back({Kind::Layer, u'@' + QString::fromStdString(layer.name), QString::fromStdString(layer.name), {},
                               QString::fromStdString(layer.type), theme::icon(QStringLiteral("layers")), [this, index = layer.index] {
                                   m_document->selection()->set({index}, nullptr);
                                   showView(QStringLiteral("graph"));
                               }});
    }
    m_palette->open(std::move(entries), text);
}

void MainWindow::showKeys() {
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("keyDialog"));
    dialog->setWindowTitle(tr("Keyboard table"));
    QVector<std::pair<QString, QString>> rows;
    for (QAction* action : actions())
        if (!action->shortcut().isEmpty()) {
            QStringList keys;
            for (const QKeySequence& key : action->shortcuts()) keys << key.toString(QKeySequence::NativeText);
            rows << std::pair{keys.join(QStringLiteral(", ")), plain(action->text())};
        }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return QString::localeAwareCompare(a.second, b.second) < 0; });
    // Keys of the views themselves: they act while the view has the focus (rule H-1).
    const std::pair<const char*, QString> viewKeys[] = {
        {"1 2 3 4 0", tr("INT8, F16, BF16, F32, automatic for the selected layers")}, {"L", tr("Lock the selected layers")},
        {"N, Shift+N", tr("Next, previous layer below the goal")}, {"W", tr("Worst layer")}, {"D", tr("Largest drop")},
        {"Y", tr("Scale of the plot")}, {"I", tr("Isolated error")}, {"F", tr("Frame the selection")}, {"M", tr("Minimap")},
        {"Enter, Backspace", tr("Open, close a block")}, {"Alt+←, Alt+→", tr("Visited layers")},
        {"S", tr("Link the panes")}, {"B", tr("Blink two variants")}, {"Space", tr("Picture without boxes")}};
    for (const auto& [key, text] : viewKeys) rows << std::pair{QString::fromUtf8(key), text};
    auto* table = new QTableWidget(static_cast<int>(rows.size()), 2);
    table->setObjectName(QStringLiteral("keyTable"));
    table->setHorizontalHeaderLabels({tr("Key"), tr("Action")});
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(26);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    for (int i = 0; i < rows.size(); ++i) {
        auto* key = new QTableWidgetItem(rows[i].first);
        key->setFont(theme::font(theme::TextRole::Mono));
        table->setItem(i, 0, key);
        table->setItem(i, 1, new QTableWidgetItem(rows[i].second));
    }
    table->resizeColumnToContents(0);
    table->horizontalHeader()->setStretchLastSection(true);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(table);
    dialog->resize(560, 640);
    dialog->show();
}

} // namespace wb::workbench
