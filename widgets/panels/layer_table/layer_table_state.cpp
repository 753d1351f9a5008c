// SPDX-License-Identifier: GPL-3.0-or-later
// Texts, footer, filter and selection of the layer table.
#include "widgets/panels/layer_table/layer_table_private.h"

#include "widgets/theme/theme.h"

#include <QScopedValueRollback>

namespace wb::panels {

using models::LayerTableModel;
using theme::Token;
using Column = LayerTableModel::Column;

namespace {

void ink(QWidget* widget, Token token) {
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, theme::color(token));
    widget->setPalette(palette);
    widget->setForegroundRole(QPalette::WindowText); // on Base it would be Text
}

} // namespace

void LayerTablePanel::Private::retranslate() {
    filter->setPlaceholderText(LayerTablePanel::tr("Filter: conv  type:Conv|Gemm  cos<0.99"));
    filter->setAccessibleName(LayerTablePanel::tr("Filter of the layer table"));
    filter->setToolTip(LayerTablePanel::tr(
        "Terms separated by blanks must all hold; | means or, - means not.\n"
        "type:Conv|Gemm   name:/model\\.22/   block:head   cos<0.99   mixed<goal   iso<0.999\n"
        "prec:int8   requested:f16   actual!=requested   up:NAME   down:NAME   worst:10   locked   edited   note:\"…\""));
    saved->setText(LayerTablePanel::tr("Filters"));
    saved->setToolTip(LayerTablePanel::tr("Saved filters"));
    more->setToolTip(LayerTablePanel::tr("Columns, import and export"));
    more->setAccessibleName(more->toolTip());
    view->setAccessibleName(LayerTablePanel::tr("Layer table"));
    apply->setText(LayerTablePanel::tr("Apply"));
    apply->setToolTip(LayerTablePanel::tr("Compute the mixed network with these precisions (Ctrl+Enter)"));
    filterProblem->setFont(theme::font(theme::TextRole::Caption));
    ink(filterProblem, Token::Failed);
    key->setFont(theme::font(theme::TextRole::Mono));
    ink(key, Token::Text2);
    model->retranslate();
    updateEmpty();
    updateFooter();
}

void LayerTablePanel::Private::updateEmpty() {
    const bool none = model->facts().count() == 0;
    empty->setText(document->isOpen() ? LayerTablePanel::tr("The layers appear here after Import. Press F5 to run the stages.")
                                      : LayerTablePanel::tr("Open a model or a project to see its layers."));
    stack->setCurrentIndex(none ? 1 : 0);
    updateCount();
}

void LayerTablePanel::Private::updateCount() {
    const int all = model->facts().count(), shown = filtered->rowCount();
    filter->setCount(all == 0         ? QString()
                     : shown == all ? LayerTablePanel::tr("%n layers", nullptr, all)
                                    : LayerTablePanel::tr("%1 of %2").arg(shown).arg(all));
}

void LayerTablePanel::Private::updateFooter() {
    const models::LayerFacts& facts = model->facts();
    const bool any = facts.count() > 0;
    const models::Estimate e = any ? models::estimate(facts) : models::Estimate{};
    const QStringList parts = models::estimateText(e).split(QStringLiteral(" · "));
    estimate->setText(any ? QStringLiteral("<b>%1</b> · %2").arg(parts.front().toHtmlEscaped(),
                                                                  QStringList(parts.mid(1)).join(QStringLiteral(" · ")).toHtmlEscaped())
                          : QString());
    estimate->setToolTip(any && e.changed > 0
                             ? LayerTablePanel::tr("%n layers edited since the last run", nullptr, e.changed)
                             : QString());
    estimate->setFont(theme::font(theme::TextRole::Body));
    fitFooter();
    const auto mixed = document->stage(jobs::Stage::Mixed).state;
    const bool wanted = any && (e.changed > 0 || mixed == document::StageState::Stale);
    apply->setEnabled(any && wanted && mixed != document::StageState::Running);
    // The only primary button of the view, and only while something waits for it.
    if (apply->property("wbPrimary").toBool() != apply->isEnabled()) {
        apply->setProperty("wbPrimary", apply->isEnabled());
        apply->update();
    }
    int bad = 0;
    for (int i = 0; i < facts.count(); ++i) bad += facts.isNotHonoured(i) ? 1 : 0;
    if (bad != notHonoured) {
        notHonoured = bad;
        emit q->notHonouredChanged(bad);
    }
}

void LayerTablePanel::Private::fitFooter() {
    const int room = q->width() - apply->sizeHint().width() - 3 * 12;
    key->setVisible(estimate->sizeHint().width() + 8 + key->sizeHint().width() <= room);
}

void LayerTablePanel::Private::applyFilter() {
    const auto problem = filtered->setExpression(filter->text());
    filter->setError(problem);
    filterProblem->setText(problem ? problem->message : QString());
    filterProblem->setVisible(problem.has_value());
    updateCount();
    takeSelection();
}

QVector<int> LayerTablePanel::Private::selected() const {
    QList<int> rows;
    for (const QModelIndex& index : view->selectionModel()->selectedRows()) rows << index.row();
    std::sort(rows.begin(), rows.end());
    QVector<int> layers;
    for (int row : rows) layers << filtered->layerAt(filtered->index(row, 0));
    return layers;
}

void LayerTablePanel::Private::giveSelection() {
    if (settingSelection) return;
    QVector<int> layers = selected();
    // The current row is the last of the list.
    const QModelIndex current = view->currentIndex();
    if (current.isValid()) {
        const int layer = filtered->layerAt(current);
        if (layers.removeOne(layer)) layers << layer;
    }
    document->selection()->set(layers, q);
}

void LayerTablePanel::Private::takeSelection() {
    const QScopedValueRollback<bool> guard(settingSelection, true);
    QItemSelection selection;
    QModelIndex first, current;
    for (int layer : document->selection()->layers()) {
        const QModelIndex index = filtered->indexOf(layer);
        if (!index.isValid()) continue;
        if (!first.isValid()) first = index;
        current = index;
        selection.select(index, index);
    }
    view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (!current.isValid()) return;
    view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    const QRect at = view->visualRect(first);
    if (at.top() < 0 || at.bottom() > view->viewport()->height())
        view->scrollTo(first.sibling(first.row(), Column::Number), QAbstractItemView::PositionAtCenter);
}

} // namespace wb::panels
