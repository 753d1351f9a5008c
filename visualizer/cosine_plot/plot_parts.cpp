// SPDX-License-Identifier: GPL-3.0-or-later
// Legend row, hover card and goal tags; see plot_parts.h.
#include "visualizer/cosine_plot/plot_parts.h"

#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {
using theme::Token;

namespace {

constexpr SeriesKind kLegendOrder[] = {SeriesKind::Source, SeriesKind::Fp32, SeriesKind::Int8,
                                       SeriesKind::Mixed, SeriesKind::Ghost};
constexpr double kSwatch = 21, kGap = 7, kBetween = 20;
constexpr int kTagWidth = 119;

double entryWidth(SeriesKind kind) {
    return kSwatch + kGap + std::ceil(QFontMetricsF(theme::font(theme::TextRole::Caption)).horizontalAdvance(titleOf(kind)));
}

} // namespace

QString titleOf(SeriesKind kind) {
    switch (kind) {
    case SeriesKind::Source: return QCoreApplication::translate("CosinePlot", "Source");
    case SeriesKind::Fp32: return QStringLiteral("FP32");
    case SeriesKind::Int8: return QStringLiteral("INT8");
    case SeriesKind::Mixed: return QCoreApplication::translate("CosinePlot", "Mixed");
    case SeriesKind::Ghost: return QCoreApplication::translate("CosinePlot", "Mixed, previous");
    }
    return {};
}

LegendRow::LegendRow(const PlotState* state, QWidget* parent) : QWidget(parent), m_state(state) {
    setObjectName(QStringLiteral("cosineLegend"));
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize LegendRow::sizeHint() const { return {360, 26}; }

void LegendRow::paintEntries(QPainter& painter, const QRectF& area, const PlotState& state, int hover) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme::font(theme::TextRole::Caption));
    double x = area.left();
    const double y = area.center().y();
    for (SeriesKind kind : kLegendOrder) {
        const Series& s = state.series(kind);
        if (!s.hasData)
            continue;
        painter.setOpacity(s.visible ? 1 : 0.4);
        const QPen pen = theme::variantPen(keyOf(kind));
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawLine(QPointF(x, y), QPointF(x + kSwatch, y));
        const QPointF c(x + kSwatch / 2, y);
        if (kind == SeriesKind::Int8) {
            painter.setPen(QPen(pen.color(), 1.2));
            painter.setBrush(theme::color(Token::Canvas));
            painter.drawEllipse(c, 2.5, 2.5);
        } else if (kind == SeriesKind::Mixed) {
            painter.setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(theme::color(Token::Ink099), 0.9));
            painter.setBrush(theme::color(Token::Band099));
            const QPointF diamond[4] = {c + QPointF(0, -3.2), c + QPointF(3.2, 0), c + QPointF(0, 3.2),
                                        c + QPointF(-3.2, 0)};
            painter.drawPolygon(diamond, 4);
        }
        painter.setPen(theme::color(static_cast<int>(kind) == hover ? Token::Text : Token::Text2));
        const double width = entryWidth(kind);
        const QRectF text(x + kSwatch + kGap, area.top(), width, area.height());
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, titleOf(kind));
        if (!s.visible)
            painter.drawLine(QPointF(text.left(), y), QPointF(x + width, y));
        x += width + kBetween;
        painter.setOpacity(1);
    }
}

void LegendRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintEntries(painter, rect(), *m_state, m_hover);
}

int LegendRow::entryAt(const QPointF& pos) const {
    double x = 0;
    for (SeriesKind kind : kLegendOrder) {
        if (!m_state->series(kind).hasData)
            continue;
        const double width = entryWidth(kind);
        if (pos.x() >= x - 4 && pos.x() <= x + width + 4)
            return static_cast<int>(kind);
        x += width + kBetween;
    }
    return -1;
}

void LegendRow::mousePressEvent(QMouseEvent* event) {
    const int entry = entryAt(event->position());
    if (entry >= 0 && event->button() == Qt::LeftButton)
        emit toggled(static_cast<SeriesKind>(entry), event->modifiers() & Qt::AltModifier);
}

void LegendRow::mouseMoveEvent(QMouseEvent* event) {
    const int entry = entryAt(event->position());
    setCursor(entry >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (entry != m_hover) {
        m_hover = entry;
        update();
    }
}

void LegendRow::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

// Goal tag --------------------------------------------------------------------------------------

GoalTag::GoalTag(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::SizeVerCursor);
    hide();
}

void GoalTag::setText(const QString& text) {
    m_text = text;
    setAccessibleName(text);
    resize(sizeHint());
    update();
}

QSize GoalTag::sizeHint() const { return {kTagWidth, 20}; }

void GoalTag::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF r = QRectF(rect()).adjusted(1, 2, -1, -2);
    const double tip = 7, middle = r.center().y();
    QPolygonF shape;
    shape << QPointF(r.left(), middle) << QPointF(r.left() + tip, r.top()) << r.topRight() << r.bottomRight()
          << QPointF(r.left() + tip, r.bottom());
    painter.setBrush(theme::color(Token::Raised));
    painter.setPen(hasFocus() ? QPen(theme::color(Token::Accent), 2) : QPen(theme::color(Token::Outline), 1));
    painter.drawPolygon(shape);
    painter.setFont(theme::font(theme::TextRole::Caption));
    painter.setPen(theme::color(Token::Text));
    const QRectF text = r.adjusted(tip + 1, 0, -3, 0);
    painter.drawText(text, Qt::AlignCenter,
                     QFontMetricsF(painter.font()).elidedText(m_text, Qt::ElideRight, text.width()));
}

void GoalTag::mousePressEvent(QMouseEvent* event) { m_dragging = event->button() == Qt::LeftButton; }

void GoalTag::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragging)
        emit dragged(mapToParent(event->position().toPoint()).y());
}

void GoalTag::mouseReleaseEvent(QMouseEvent*) {
    if (m_dragging)
        emit released();
    m_dragging = false;
}

void GoalTag::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        emit stepped(event->key() == Qt::Key_Up ? 1 : -1);
    else
        QWidget::keyPressEvent(event);
}

void GoalTag::focusInEvent(QFocusEvent*) { update(); }
void GoalTag::focusOutEvent(QFocusEvent*) { update(); }

} // namespace wb::cosine_plot
