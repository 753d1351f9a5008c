// SPDX-License-Identifier: GPL-3.0-or-later
// Menus, keys and files of the layer table.
#include "widgets/panels/layer_table/layer_table_private.h"
#include "widgets/panels/layer_table/table_edits.h"
#include "widgets/panels/precision/table_import.h"

#include "compiler/base/file.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QInputDialog>
#include <QKeyEvent>
#include <QSettings>

namespace wb::panels {

using models::LayerTableModel;
using Column = LayerTableModel::Column;
using Panel = LayerTablePanel;

namespace {

constexpr char kFilters[] = "filters"; ///< in Project::view: [{"name", "text"}]

std::vector<std::pair<QString, QString>> userFilters(const jobs::Project& project) {
    std::vector<std::pair<QString, QString>> list;
    const auto it = project.view.find(kFilters);
    if (it == project.view.end() || !it->is_array()) return list;
    for (const auto& entry : *it) {
        if (!entry.is_object()) continue;
        const auto name = entry.find("name"), text = entry.find("text");
        if (name != entry.end() && text != entry.end() && name->is_string() && text->is_string())
            list.emplace_back(QString::fromStdString(name->get<std::string>()),
                              QString::fromStdString(text->get<std::string>()));
    }
    return list;
}

} // namespace

void Panel::Private::fillSavedFilters(QMenu* menu) {
    menu->clear();
    const auto add = [&](const QString& title, const QString& text, const char* id) {
        QAction* action = menu->addAction(title);
        action->setObjectName(QLatin1String(id));
        action->setToolTip(text);
        QObject::connect(action, &QAction::triggered, q, [this, text, worst = text.startsWith(u"worst:")] {
            filter->setText(text);
            if (!worst) return;
            const bool mixed = model->facts().compared(jobs::Variant::Mixed) > 0;
            view->sortByColumn(mixed ? Column::CosMixed : Column::CosInt8, Qt::AscendingOrder);
        });
    };
    menu->setToolTipsVisible(true);
    add(Panel::tr("All layers"), {}, "filterAll");
    add(Panel::tr("Worst 10"), QStringLiteral("worst:10"), "filterWorst");
    add(Panel::tr("Below goal"), QStringLiteral("cos<goal"), "filterBelowGoal");
    add(Panel::tr("Edited by hand"), QStringLiteral("edited"), "filterEdited");
    add(Panel::tr("Not honoured"), QStringLiteral("actual!=requested"), "filterNotHonoured");
    add(Panel::tr("Head"), QStringLiteral("block:head"), "filterHead");
    const auto own = userFilters(document->project());
    if (!own.empty()) menu->addSeparator();
    for (const auto& [name, text] : own) add(name, text, "filterUser");
    menu->addSeparator();
    QAction* save = menu->addAction(Panel::tr("Save this filter…"));
    save->setObjectName(QStringLiteral("filterSave"));
    save->setEnabled(!filter->text().isEmpty() && !filterProblem->isVisible());
    QObject::connect(save, &QAction::triggered, q, [this] { saveFilter(); });
    if (own.empty()) return;
    QMenu* remove = menu->addMenu(Panel::tr("Remove"));
    for (const auto& [name, text] : own)
        QObject::connect(remove->addAction(name), &QAction::triggered, q, [this, gone = name] {
            document->edit(Panel::tr("Remove filter %1").arg(gone), [&](jobs::Project& project) {
                auto& list = project.view[kFilters];
                nlohmann::json kept = nlohmann::json::array();
                for (const auto& entry : list)
                    if (entry.value("name", std::string()) != gone.toStdString()) kept.push_back(entry);
                list = kept;
            });
        });
}

void Panel::Private::saveFilter() {
    bool ok = false;
    const QString text = filter->text();
    const QString name = QInputDialog::getText(q, Panel::tr("Save filter"), Panel::tr("Name of the filter %1").arg(text),
                                               QLineEdit::Normal, text, &ok);
    if (!ok || name.trimmed().isEmpty()) return;
    document->edit(Panel::tr("Save filter %1").arg(name), [&](jobs::Project& project) {
        nlohmann::json kept = nlohmann::json::array();
        for (const auto& [oldName, oldText] : userFilters(project))
            if (oldName != name) kept.push_back({{"name", oldName.toStdString()}, {"text", oldText.toStdString()}});
        kept.push_back({{"name", name.trimmed().toStdString()}, {"text", text.toStdString()}});
        project.view[kFilters] = kept;
    });
}

void Panel::Private::fillColumns(QMenu* menu) {
    QHeaderView* header = view->horizontalHeader();
    for (int column = 0; column < LayerTableModel::ColumnCount; ++column) {
        QAction* action = menu->addAction(LayerTableModel::columnTitle(column));
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        action->setEnabled(column != Column::Name); // a row without its name is no row
        QObject::connect(action, &QAction::toggled, q, [this, header, column](bool shown) {
            header->setSectionHidden(column, !shown);
            fitName();
        });
    }
    menu->addSeparator();
    QObject::connect(menu->addAction(Panel::tr("Standard columns")), &QAction::triggered, q, [this, header] {
        for (int column = 0; column < LayerTableModel::ColumnCount; ++column) {
            header->setSectionHidden(column, column > Column::CosMixed);
            header->moveSection(header->visualIndex(column), column);
        }
        nameSized = false;
        fitName();
    });
}

void Panel::Private::fillMore(QMenu* menu) {
    menu->clear();
    const bool any = model->facts().count() > 0;
    const auto add = [&](const QString& text, const char* id, auto slot) {
        QAction* action = menu->addAction(text);
        action->setObjectName(QLatin1String(id));
        action->setEnabled(any);
        QObject::connect(action, &QAction::triggered, q, slot);
        return action;
    };
    add(Panel::tr("Import precision table…"), "importPrecision", [this] { q->importPrecisionTable(); });
    add(Panel::tr("Export precision table…"), "exportPrecision", [this] { q->exportPrecisionTable(); });
    add(Panel::tr("Export rows as CSV…"), "exportCsv", [this] { exportCsv(); });
    menu->addSeparator();
    fillColumns(menu->addMenu(Panel::tr("Columns")));
    menu->addSeparator();
    QAction* automatic = menu->addAction(Panel::tr("Apply edits by themselves"));
    automatic->setObjectName(QStringLiteral("autoApply"));
    automatic->setCheckable(true);
    automatic->setChecked(QSettings().value(QStringLiteral("layerTable/autoApply"), false).toBool());
    QObject::connect(automatic, &QAction::toggled, q,
                     [](bool on) { QSettings().setValue(QStringLiteral("layerTable/autoApply"), on); });
}

void Panel::Private::select(const QVector<int>& layers) {
    document->selection()->set(layers, nullptr);
}

void Panel::Private::showRowMenu(const QPoint& at) {
    const QVector<int> layers = selected();
    if (layers.isEmpty()) return;
    const models::LayerFacts& facts = model->facts();
    const QStringList names = layerNames(facts, layers);
    QMenu menu(q);
    addPrecisionActions(menu.addMenu(Panel::tr("Precision")), document, names);
    const bool locked = facts.isLocked(layers.front());
    QObject::connect(menu.addAction((locked ? Panel::tr("Unlock") : Panel::tr("Lock")) + QStringLiteral("\tL")),
                     &QAction::triggered, q, [=, this] { document->setLocked(names, !locked); });
    QAction* fill = menu.addAction(Panel::tr("Fill down") + QStringLiteral("\tCtrl+D"));
    fill->setEnabled(layers.size() > 1);
    QObject::connect(fill, &QAction::triggered, q, [=, this] { fillDown(document, layers); });
    QMenu* reach = menu.addMenu(Panel::tr("Select"));
    const auto choose = [&](const QString& text, const QVector<int>& list) {
        QAction* action = reach->addAction(text);
        action->setEnabled(!list.isEmpty());
        QObject::connect(action, &QAction::triggered, q, [this, list] { select(list); });
    };
    const auto& network = document->network();
    choose(Panel::tr("Same type"), sameType(facts, layers));
    choose(Panel::tr("Same block"), sameBlock(facts, layers));
    choose(Panel::tr("Path between the two"),
           layers.size() == 2 ? models::pathBetween(network, layers[0], layers[1]) : QVector<int>());
    choose(Panel::tr("Everything upstream"), models::upstream(network, layers.back()));
    choose(Panel::tr("Everything downstream"), models::downstream(network, layers.back()));
    menu.addSeparator();
    QObject::connect(menu.addAction(Panel::tr("Copy") + QStringLiteral("\tCtrl+C")), &QAction::triggered, q, [this] { copy(); });
    QObject::connect(menu.addAction(Panel::tr("Copy name")), &QAction::triggered, q,
                     [names] { QApplication::clipboard()->setText(names.join(u'\n')); });
    menu.addSeparator();
    QObject::connect(menu.addAction(Panel::tr("Show in the graph")), &QAction::triggered, q,
                     [=, this] { emit q->graphRequested(layers.back()); });
    QObject::connect(menu.addAction(Panel::tr("Show values")), &QAction::triggered, q,
                     [=, this] { emit q->tensorRequested(layers.back()); });
    menu.exec(view->viewport()->mapToGlobal(at));
}

bool Panel::Private::handleKey(QKeyEvent* event) {
    const QVector<int> layers = selected();
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    if (event->matches(QKeySequence::Paste)) {
        paste();
        return true;
    }
    if (event->key() == Qt::Key_D && event->modifiers() == Qt::ControlModifier) {
        fillDown(document, layers);
        return true;
    }
    if (event->modifiers() & ~Qt::KeypadModifier || layers.isEmpty()) return false;
    static const QHash<int, QString> precisions{{Qt::Key_0, QString()},
                                                {Qt::Key_1, QStringLiteral("INT8")},
                                                {Qt::Key_2, QStringLiteral("F16")},
                                                {Qt::Key_3, QStringLiteral("BF16")},
                                                {Qt::Key_4, QStringLiteral("F32")}};
    const QStringList names = layerNames(model->facts(), layers);
    if (const auto it = precisions.find(event->key()); it != precisions.end()) {
        const QString reason =
            models::unavailableReason(QString::fromStdString(document->project().target.chip), *it);
        if (!reason.isEmpty()) message->say(MessageBar::Kind::Warning, reason);
        else document->setPrecision(names, *it);
        return true;
    }
    if (event->key() == Qt::Key_L) {
        document->setLocked(names, !model->facts().isLocked(layers.front()));
        return true;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        emit q->graphRequested(layers.back());
        return true;
    }
    return false;
}

void Panel::Private::copy() {
    QList<int> rows;
    for (const QModelIndex& index : view->selectionModel()->selectedRows()) rows << index.row();
    std::sort(rows.begin(), rows.end());
    if (!rows.isEmpty())
        QApplication::clipboard()->setText(tsv(*filtered, *view->horizontalHeader(), rows, rows.size() > 1));
}

void Panel::Private::paste() {
    if (pastePrecisions(document, QApplication::clipboard()->text(), selected()) < 0)
        message->say(MessageBar::Kind::Warning,
                     Panel::tr("The clipboard holds no precisions. Expected: INT8, F16, BF16, F32 or auto, one a line, or "
                               "name and precision."));
}

void Panel::Private::exportCsv() {
    const QString file = QFileDialog::getSaveFileName(q, Panel::tr("Export rows as CSV"), QStringLiteral("layers.csv"),
                                                      Panel::tr("CSV (*.csv)"));
    if (file.isEmpty()) return;
    QList<int> rows;
    for (int i = 0; i < filtered->rowCount(); ++i) rows << i;
    const Status done = writeTextAtomically(file.toStdString(),
                                            tsv(*filtered, *view->horizontalHeader(), rows, true, u',').toStdString());
    if (!done) message->say(done.error());
    else message->say(MessageBar::Kind::Success, Panel::tr("%n rows written to %1", nullptr, static_cast<int>(rows.size()))
                                                     .arg(QFileInfo(file).fileName()));
}

void Panel::importPrecisionTable(const QString& given) {
    const QString file = !given.isEmpty() ? given : QFileDialog::getOpenFileName(this, tr("Import precision table"), {}, tr("Precision tables (*qtable* *.txt);;All files (*)"));
    if (file.isEmpty()) return;
    const auto taken = panels::importPrecisionTable(d->document, file, this);
    if (taken) d->message->say(MessageBar::Kind::Success, tr("%n layers set by %1", nullptr, *taken).arg(QFileInfo(file).fileName()));
    else if (!isCancelled(taken.error())) d->message->say(taken.error());
}

void Panel::exportPrecisionTable() {
    const QString file = QFileDialog::getSaveFileName(this, tr("Export precision table"),
                                                      QFileInfo(d->document->resultsBase()).completeBaseName() + QStringLiteral("_qtable"),
                                                      tr("Precision tables (*qtable*);;All files (*)"));
    if (file.isEmpty()) return;
    const Status done = panels::exportPrecisionTable(d->document, file);
    if (!done) d->message->say(done.error());
    else d->message->say(MessageBar::Kind::Success, tr("Precision table written to %1").arg(QFileInfo(file).fileName()));
}

} // namespace wb::panels
