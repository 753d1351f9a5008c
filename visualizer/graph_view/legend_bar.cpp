// SPDX-License-Identifier: GPL-3.0-or-later
// Legend entries and zoom text; see legend_bar.h.
#include "visualizer/graph_view/legend_bar.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {
using theme::Token;

namespace {

constexpr double kChip = 15, kMargin = 10;

QFont countFont() {
    QFont font = theme::font(theme::TextRole::MonoStrong);
    font.setPointSizeF(std::max(5.0, font.pointSizeF() - 0.5));
    return font;
}

double chipWidthOf(const LegendEntry& entry) {
    const QString count = QString::number(entry.layers.size());
    return std::max(18.0, std::ceil(QFontMetricsF(countFont()).horizontalAdvance(count)) + 8);
}

} // namespace

LegendBar::LegendBar(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("graphLegend"));
    setAccessibleName(tr("Legend"));
    setFixedHeight(28);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void LegendBar::setEntries(const QVector<LegendEntry>& entries) {
    m_entries = entries;
    m_current = std::clamp(m_current, 0, std::max(0, static_cast<int>(entries.size()) - 1));
    update();
}

void LegendBar::setZoom(double zoom) {
    m_zoom = zoom;
    update();
}

QVector<QRectF> LegendBar::cells() const {
    const QFontMetricsF label(theme::font(theme::TextRole::Caption));
    // Labels give way before counts do, that of the hatch first: in a narrow dock the chips alone remain.
    const auto widthOf = [&](const LegendEntry& e, int level) {
        const bool labelled = level == 0 || (level == 1 && !e.hatched);
        return chipWidthOf(e) + (labelled ? 5 + label.horizontalAdvance(e.label) : 0);
    };
    const double room = width() - 48;
    int level = 0;
    for (; level < 2; ++level) {
        double sum = kMargin;
        for (const auto& e : m_entries)
            sum += widthOf(e, level) + (level == 0 ? 12 : 8);
        if (sum <= room)
            break;
    }
    QVector<QRectF> cells;
    double x = kMargin;
    for (const auto& e : m_entries) {
        const double w = widthOf(e, level);
        if (x + w > room)
            break;
        cells.append(QRectF(x, 0, w, height()));
        x += w + (level == 0 ? 12 : 8);
    }
    return cells;
}

int LegendBar::cellAt(const QPointF& pos) const {
    const auto list = cells();
    for (int i = 0; i < list.size(); ++i)
        if (list[i].adjusted(-4, 0, 4, 0).contains(pos))
            return i;
    return -1;
}

void LegendBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme::color(Token::Canvas));
    painter.setPen(QPen(theme::color(Token::Line), 1));
    const double bottom = visualizer::snapped(height() - 1, devicePixelRatioF());
    painter.drawLine(QPointF(0, bottom), QPointF(width(), bottom));
    const QFont label = theme::font(theme::TextRole::Caption);
    const auto list = cells();
    for (int i = 0; i < list.size(); ++i) {
        const LegendEntry& e = m_entries[i];
        const QRectF chip(list[i].left(), (height() - kChip) / 2, chipWidthOf(e), kChip);
        painter.setOpacity(e.layers.isEmpty() ? 0.55 : 1);
        if (e.hatched) {
            visualizer::drawHatch(painter, chip, visualizer::withAlpha(theme::color(Token::Text2), 0.5));
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme::color(Token::Outline), 1));
        } else {
            painter.setBrush(e.fill);
            painter.setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(e.ink, 1));
        }
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        painter.setFont(countFont());
        // The lightness of the fill decides the ink: strips of INT8 are dark, bands are light.
        const bool lightFill = e.fill.lightnessF() > 0.45F || !theme::isDark();
        painter.setPen(e.hatched ? theme::color(Token::Text)
                                 : lightFill && e.fill.lightnessF() > 0.4F ? theme::color(Token::OnBand)
                                             : theme::color(theme::isDark() ? Token::Text : Token::Canvas));
        painter.drawText(chip, Qt::AlignCenter, QString::number(e.layers.size()));
        if (list[i].width() > chip.width() + 4) {
            painter.setFont(label);
            painter.setPen(theme::color(i == m_hover ? Token::Text : Token::Text2));
            painter.drawText(QRectF(chip.right() + 5, 0, list[i].right() - chip.right(), height()),
                             Qt::AlignVCenter | Qt::AlignLeft, e.label);
        }
        painter.setOpacity(1);
        if (hasFocus() && i == m_current) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme::color(Token::Accent), 2));
            painter.drawRoundedRect(list[i].adjusted(-3, 4, 3, -4), 4, 4);
        }
    }
    painter.setFont(label);
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(rect().adjusted(0, 0, -8, 0), Qt::AlignVCenter | Qt::AlignRight,
                     QStringLiteral("%1 %").arg(qRound(m_zoom * 100)));
}

bool LegendBar::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int cell = cellAt(help->pos());
        if (cell >= 0)
            QToolTip::showText(help->globalPos(),
                               tr("%1: %n layers. Click to select them.", nullptr,
                                  static_cast<int>(m_entries[cell].layers.size()))
                                   .arg(m_entries[cell].label),
                               this);
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::LanguageChange)
        setAccessibleName(tr("Legend"));
    return QWidget::event(event);
}

void LegendBar::mousePressEvent(QMouseEvent* event) {
    const int cell = cellAt(event->position());
    if (cell >= 0 && event->button() == Qt::LeftButton) {
        m_current = cell;
        emit entryClicked(cell, event->modifiers() & Qt::ControlModifier);
    }
}

void LegendBar::mouseMoveEvent(QMouseEvent* event) {
    const int cell = cellAt(event->position());
    setCursor(cell >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (cell != m_hover) {
        m_hover = cell;
        update();
    }
}

void LegendBar::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

void LegendBar::keyPressEvent(QKeyEvent* event) {
    const int count = static_cast<int>(m_entries.size());
    if (count > 0 && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
        m_current = std::clamp(m_current + (event->key() == Qt::Key_Right ? 1 : -1), 0, count - 1);
        update();
    } else if (count > 0 && (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)) {
        emit entryClicked(m_current, event->modifiers() & Qt::ControlModifier);
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace wb::graph_view
