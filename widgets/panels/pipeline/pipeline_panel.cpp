// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/pipeline/pipeline_panel.h"

#include "widgets/document/stage_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::panels {

using document::StageState;
using theme::Token;

namespace {

constexpr int kRowHeight = 46;
constexpr int kMarkLeft = 14;
constexpr int kTextLeft = 38;
constexpr int kRunWidth = 24;

theme::Mark markOf(StageState state) {
    switch (state) {
    case StageState::NotRun: return theme::Mark::NotRun;
    case StageState::Queued: return theme::Mark::Queued;
    case StageState::Running: return theme::Mark::Running;
    case StageState::Done: return theme::Mark::Done;
    case StageState::Stale: return theme::Mark::Stale;
    case StageState::Failed: return theme::Mark::Failed;
    case StageState::Cancelled: return theme::Mark::Cancelled;
    case StageState::Skipped: return theme::Mark::Skipped;
    }
    return theme::Mark::NotRun;
}

QRect runButton(const QRect& row) { return {row.right() - kRunWidth - 6, row.top() + 2, kRunWidth, 24}; }

class StageDelegate : public QStyledItemDelegate {
public:
    StageDelegate(const StageModel* model, PipelinePanel* panel)
        : QStyledItemDelegate(panel), m_model(model), m_panel(panel) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {160, kRowHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem item = option;
        initStyleOption(&item, index);
        item.viewItemPosition = QStyleOptionViewItem::OnlyOne;
        const QWidget* view = option.widget;
        view->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, view);
        const QRect r = option.rect;
        const document::StageStatus status = m_model->status(index.row());
        const bool selected = option.state & QStyle::State_Selected;
        const bool hovered = option.state & QStyle::State_MouseOver;
        const bool stale = status.state == StageState::Stale;
        const QColor surface = selected ? theme::color(view->hasFocus() ? Token::Selection : Token::SelectionInactive)
                                        : theme::color(Token::Base);

        // The rail joins the marks.
        const int centre = kMarkLeft + 8, middle = r.top() + 16;
        const QColor rail = theme::color(Token::Line);
        if (index.row() > 0) theme::hairline(painter, QPointF(centre, r.top()), QPointF(centre, middle - 10), rail);
        if (index.row() < 7) theme::hairline(painter, QPointF(centre, middle + 10), QPointF(centre, r.bottom() + 1), rail);
        theme::paintMark(painter, QRectF(kMarkLeft, middle - 8, 16, 16), markOf(status.state), status.fraction, surface);

        int right = r.right() - 12;
        if (selected || hovered || stale) {
            const QRect button = runButton(r);
            theme::drawIcon(painter, QStringLiteral("run"), button, 12,
                            theme::color(selected || hovered ? Token::Text : Token::Text2));
            right = button.left() - 4;
        }
        QString time;
        if (status.state == StageState::Running) time = QStringLiteral("%1 %").arg(qRound(status.fraction * 100));
        else if (status.result && status.result->done && status.state != StageState::Skipped)
            time = document::secondsText(status.result->seconds);
        const QFont mono = theme::font(theme::TextRole::Mono);
        const QFont name = theme::font(selected ? theme::TextRole::BodyStrong : theme::TextRole::Body);
        int timeWidth = time.isEmpty() ? 0 : QFontMetrics(mono).horizontalAdvance(time);
        // In a narrow dock the name is worth more than the time, which the tool tip has too.
        if (QFontMetrics(name).horizontalAdvance(index.data().toString()) > right - timeWidth - 8 - kTextLeft) timeWidth = 0;
        painter->setFont(mono);
        painter->setPen(theme::color(selected ? Token::Text2 : Token::Text3));
        if (timeWidth > 0)
            painter->drawText(QRect(right - timeWidth, r.top() + 5, timeWidth, 20), Qt::AlignRight | Qt::AlignVCenter, time);

        painter->setFont(name);
        painter->setPen(theme::color(Token::Text));
        const QRect first(kTextLeft, r.top() + 5, right - timeWidth - 8 - kTextLeft, 20);
        painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(name).elidedText(index.data().toString(), Qt::ElideRight, first.width()));

        const QFont caption = theme::font(theme::TextRole::Caption);
        painter->setFont(caption);
        const bool inked = stale || status.state == StageState::Failed;
        painter->setPen(inked ? theme::markColor(markOf(status.state))
                              : theme::color(selected ? Token::Text2 : Token::Text3));
        const QRect second(kTextLeft, r.top() + 24, r.right() - 8 - kTextLeft, 16);
        painter->drawText(second, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(caption).elidedText(m_model->line(index.row()), Qt::ElideRight, second.width()));
        if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange)
            theme::fillRounded(painter, r, 0, {}, theme::color(Token::Accent), 1);
    }

    bool editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override {
        if (event->type() != QEvent::MouseButtonRelease) return false;
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() != Qt::LeftButton || !runButton(option.rect).contains(mouse->pos())) return false;
        emit m_panel->runRequested(jobs::kStages[static_cast<size_t>(index.row())]);
        return true;
    }

private:
    const StageModel* m_model;
    PipelinePanel* m_panel;
};

} // namespace

StageModel::StageModel(document::Document* document, QObject* parent)
    : QAbstractListModel(parent), m_document(document) {
    connect(document, &document::Document::stageChanged, this, [this](jobs::Stage stage) {
        const QModelIndex changed = index(static_cast<int>(stage));
        emit dataChanged(changed, changed);
    });
    connect(document, &document::Document::opened, this, &StageModel::retranslate);
}

document::StageStatus StageModel::status(int row) const {
    return m_document->stage(jobs::kStages[static_cast<size_t>(row)]);
}

QString StageModel::line(int row) const {
    const document::StageStatus now = status(row);
    switch (now.state) {
    case StageState::Done:
    case StageState::Skipped:
        if (now.result) return document::stageSummary(*now.result);
        break;
    case StageState::Stale: return tr("Out of date: %1").arg(now.reason);
    case StageState::Failed: return now.reason.isEmpty() ? document::stateName(now.state) : now.reason;
    default: break;
    }
    return document::stateName(now.state);
}

QVariant StageModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= 8) return {};
    const jobs::Stage stage = jobs::kStages[static_cast<size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return document::stageName(stage);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: {
        const document::StageStatus now = status(index.row());
        QStringList parts{document::stageName(stage), document::stateName(now.state)};
        if (!now.reason.isEmpty()) parts << now.reason;
        if (now.result && now.result->done) parts << document::stageSummaryLong(*now.result);
        return parts.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(", "));
    }
    default: return {};
    }
}

PipelinePanel::PipelinePanel(document::Document* document, QWidget* parent)
    : QListView(parent), m_model(new StageModel(document, this)) {
    setObjectName(QStringLiteral("pipelineStages"));
    setAccessibleName(tr("Stages"));
    setModel(m_model);
    setItemDelegate(new StageDelegate(m_model, this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setFrameShape(NoFrame);
    setCurrentIndex(m_model->index(static_cast<int>(jobs::Stage::Deploy)));
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this] { emit stageSelected(selectedStage()); });
    connect(this, &QListView::doubleClicked, this, [this] { emit settingsRequested(selectedStage()); });
    connect(theme::notifier(), &theme::Notifier::changed, viewport(), qOverload<>(&QWidget::update));
}

jobs::Stage PipelinePanel::selectedStage() const {
    const int row = currentIndex().isValid() ? currentIndex().row() : 7;
    return jobs::kStages[static_cast<size_t>(row)];
}

void PipelinePanel::selectStage(jobs::Stage stage) { setCurrentIndex(m_model->index(static_cast<int>(stage))); }

void PipelinePanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        emit runRequested(selectedStage());
        return;
    }
    QListView::keyPressEvent(event);
}

void PipelinePanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Stages"));
        m_model->retranslate();
    }
    QListView::changeEvent(event);
}

} // namespace wb::panels
