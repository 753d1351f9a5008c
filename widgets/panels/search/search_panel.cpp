// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/search/search_panel.h"

#include "visualizer/common/layer_text.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/search/search_private.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QTableWidget>
#include <csignal>
#include <nlohmann/json.hpp>

namespace wb::panels {

using document::Document;
using Panel = SearchPanel;

Panel::SearchPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("searchPanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
    d->update();
}

Panel::~SearchPanel() {
    releaseParts(this);
    d->setPaused(false);
}

void Panel::Private::fill() {
    const QScopedValueRollback<bool> guard(filling, true);
    const jobs::SearchSettings& s = document->project().search;
    goal->setValue(s.expectedCosine);
    layerGoal->setValue(s.minLayerCosine);
    pictures->setValue(s.inputNum);
    limit->setValue(s.maxFloatLayers);
    showDifference();
}

void Panel::Private::retranslate() {
    goalLabel->setText(Panel::tr("Output similarity"));
    goal->setPrefix(QStringLiteral("≥ "));
    goal->setToolTip(Panel::tr("(1 + cosine) / 2 of the outputs, as the vendor's search counts"));
    layerLabel->setText(Panel::tr("Layer similarity"));
    layerGoal->setPrefix(QStringLiteral("≥ "));
    picturesLabel->setText(Panel::tr("Pictures"));
    limitLabel->setText(Panel::tr("Float layers"));
    limit->setPrefix(QStringLiteral("≤ "));
    limit->setSpecialValueText(Panel::tr("a quarter"));
    methodLabel->setText(Panel::tr("Method"));
    method->setItemText(0, Panel::tr("Vendor's walk"));
    method->setItemText(1, Panel::tr("Ranked by gain"));
    method->setItemText(2, Panel::tr("Knapsack by cycles"));
    method->setItemData(0, Panel::tr("Layers in order, as the vendor's run_qtable does"), Qt::ToolTipRole);
    method->setItemData(1, Panel::tr("As few float layers as suffice, by what each tensor's codes cost the outputs"), Qt::ToolTipRole);
    method->setItemData(2, Panel::tr("As few extra cycles as suffice, weighed by compiled networks"), Qt::ToolTipRole);
    start->setText(Panel::tr("Search"));
    discard->setText(Panel::tr("Discard"));
    stop->setText(Panel::tr("Stop and keep best"));
    use->setText(Panel::tr("Use this table"));
    ranked->setHorizontalHeaderLabels({Panel::tr("Layer"), Panel::tr("Similarity"), Panel::tr("Gain"), Panel::tr("Decision")});
    for (int i = 0; i < 4; ++i)
        ranked->horizontalHeaderItem(i)->setTextAlignment((i == 1 || i == 2 ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    ranked->setAccessibleName(Panel::tr("Layers tried by the search"));
    front->retranslate();
    fill();
    update();
}

void Panel::Private::update() {
    const bool running = job >= 0;
    for (QWidget* widget : {static_cast<QWidget*>(goal), static_cast<QWidget*>(layerGoal), static_cast<QWidget*>(pictures),
                            static_cast<QWidget*>(limit), static_cast<QWidget*>(method)})
        widget->setEnabled(!running && document->isOpen());
    start->setEnabled(!running && document->isOpen());
    pause->setEnabled(running);
    pause->setText(paused ? Panel::tr("Continue") : Panel::tr("Pause"));
    stop->setEnabled(running && !candidates.isEmpty());
    discard->setEnabled(running);
    front->setCandidates(candidates, document->project().search.expectedCosine);
    const int best = bestOf(candidates);
    QStringList parts;
    if (running) parts << (paused ? Panel::tr("Paused") : Panel::tr("Searching"));
    if (!candidates.isEmpty()) {
        parts << Panel::tr("%n candidates", nullptr, static_cast<int>(candidates.size()));
        parts << Panel::tr("best %1 with %n float layers", nullptr, candidates[best].floatLayers).arg(visualizer::numberText(candidates[best].cosine, 6));
        if (running && remaining >= 0 && candidates.size() >= 5) parts << Panel::tr("about %1 left").arg(document::secondsText(remaining));
    } else if (!running) {
        parts << Panel::tr("Finds the layers that should stay float. Every candidate appears here as a dot.");
    }
    status->setText(parts.join(QStringLiteral(" · ")));
    showDifference();
}

void Panel::Private::addStep(const SearchStep& step) {
    // Best gain first: the list is a ranking, not a log.
    int row = 0;
    while (row < ranked->rowCount() && ranked->item(row, 2)->data(Qt::UserRole).toDouble() >= step.gain) ++row;
    ranked->insertRow(row);
    auto* name = new QTableWidgetItem(step.name);
    name->setToolTip(step.name);
    ranked->setItem(row, 0, name);
    const auto number = [&](int column, double value, const QString& text) {
        auto* item = new QTableWidgetItem(text);
        item->setData(Qt::UserRole, value);
        item->setFont(theme::font(theme::TextRole::Mono));
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        ranked->setItem(row, column, item);
    };
    number(1, step.cosine, visualizer::numberText(step.cosine, 6));
    number(2, step.gain, (step.gain > 0 ? QStringLiteral("+") : QString()) + visualizer::numberText(step.gain, 6));
    auto* text = new QTableWidgetItem(step.text.isEmpty() ? (step.kept ? Panel::tr("kept") : Panel::tr("not kept")) : step.text);
    text->setToolTip(step.text);
    ranked->setItem(row, 3, text);
}

void Panel::Private::showDifference() {
    const int chosen = front->selected() >= 0 ? front->selected() : -1;
    use->setEnabled(chosen >= 0 && chosen < candidates.size());
    if (!use->isEnabled()) {
        difference->setText(candidates.isEmpty() ? QString() : Panel::tr("Click a dot to compare its table with the present one."));
        return;
    }
    const SearchCandidate& c = candidates[chosen];
    const TableDifference change = differenceTo(document->project(), c);
    const QString price = c.extraCycles ? Panel::tr("%1 % more cycles").arg(*c.extraCycles * 100, 0, 'f', 1)
                                        : Panel::tr("%1 % float").arg(c.floatShare * 100, 0, 'f', 1);
    difference->setText(Panel::tr("%1 · %2 · %3 more, %4 fewer float layers than now")
                            .arg(visualizer::numberText(c.cosine, 6), price)
                            .arg(change.added.size())
                            .arg(change.removed.size()));
    difference->setToolTip((QStringList() << change.added.mid(0, 30)).join(u'\n'));
}

void Panel::Private::takeTable(const SearchCandidate& candidate) {
    document->edit(Panel::tr("Use the searched table (%n float layers)", nullptr, candidate.floatLayers),
                   [&](jobs::Project& project) { applyCandidate(project, candidate); });
    message->say(MessageBar::Kind::Success, Panel::tr("The table is in the project: %n float layers. Compute it with Apply.", nullptr,
                                                      static_cast<int>(candidate.layers.size())));
    message->addAction(Panel::tr("Apply"), [this] { document->runTo(jobs::Stage::Mixed); });
}

void Panel::Private::setPaused(bool on) {
    if (on == paused || (on && job < 0)) return;
    // The worker is a process of its own: stopping it pauses exactly, wherever it is.
    const auto pid = static_cast<pid_t>(document->workerProcessId());
    if (pid <= 0) return;
    ::kill(pid, on ? SIGSTOP : SIGCONT);
    paused = on;
    if (on) remaining = -1;
    update();
}

bool Panel::isSearching() const { return d->job >= 0; }

void Panel::start() {
    if (isSearching() || !d->document->isOpen()) return;
    d->candidates.clear();
    d->front->setPredicted({});
    d->ranked->setRowCount(0);
    d->front->setSelected(-1);
    d->message->hide();
    d->keep = true;
    d->remaining = -1;
    const nlohmann::json request{{"project", nlohmann::json::parse(jobs::toJsonText(d->document->project()), nullptr, false)},
                                 {"file", d->document->resultsBase().toStdString()},
                                 {"method", d->method->currentData().toString().toStdString()}};
    d->job = d->document->request(QStringLiteral("search"), request, this,
                                  [this](Result<nlohmann::json> result) { d->finished(std::move(result)); });
    d->update();
}

void Panel::stopAndKeepBest() {
    if (!isSearching()) return;
    d->keep = true;
    d->setPaused(false);
    d->document->cancel();
}

void Panel::discard() {
    if (!isSearching()) return;
    d->keep = false;
    d->setPaused(false);
    d->document->cancel();
}

void Panel::Private::finished(Result<nlohmann::json> result) {
    job = -1;
    paused = false;
    update();
    const int best = bestOf(candidates);
    // A stopped search may end with what it has (and say so) or with the error "cancelled".
    const bool stopped = result ? result->is_object() && result->contains("cancelled") && (*result)["cancelled"] == true
                                : isCancelled(result.error());
    if (stopped) {
        if (!keep) {
            message->say(MessageBar::Kind::Note, Panel::tr("The search was discarded. The table is as it was."));
        } else if (best >= 0) {
            front->setSelected(best);
            takeTable(candidates[best]);
        }
        return;
    }
    if (!result) return message->say(result.error());
    const auto number = [&](const char* key) {
        const auto it = result->find(key);
        return it != result->end() && it->is_number() ? it->get<double>() : 0.0;
    };
    const auto flag = [&](const char* key) {
        const auto it = result->find(key);
        return it != result->end() && it->is_boolean() && it->get<bool>();
    };
    const QString wanted = QString::number(document->project().search.expectedCosine, 'g', 6);
    if (flag("int8_is_enough")) {
        message->say(MessageBar::Kind::Success, Panel::tr("INT8 reaches %1, the goal is %2. Nothing to change.")
                                                    .arg(visualizer::numberText(number("int8_cosine"), 6), wanted));
        message->addAction(Panel::tr("Set a stricter goal"), [this] {
            goal->setFocus();
            goal->selectAll();
        });
        return;
    }
    SearchCandidate found = best >= 0 ? candidates[best] : SearchCandidate{};
    if (const auto it = result->find("float_layers"); it != result->end() && it->is_array()) {
        found.layers.clear();
        for (const auto& name : *it)
            if (name.is_string()) found.layers << QString::fromStdString(name.get<std::string>());
        found.floatLayers = static_cast<int>(found.layers.size());
    }
    if (best >= 0) front->setSelected(best);
    showDifference();
    const bool reached = flag("goal_reached");
    message->say(reached ? MessageBar::Kind::Success : MessageBar::Kind::Warning,
                 reached ? Panel::tr("The mixed network reaches %1 with %n float layers; INT8 alone %2.", nullptr, found.floatLayers)
                               .arg(visualizer::numberText(number("mixed_cosine"), 6), visualizer::numberText(number("int8_cosine"), 6))
                         : Panel::tr("The goal %1 was not reached. The best table gives %2 with %n float layers.", nullptr, found.floatLayers)
                               .arg(wanted, visualizer::numberText(number("mixed_cosine"), 6)));
    message->addAction(Panel::tr("Use this table"), [this, found] { takeTable(found); });
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
