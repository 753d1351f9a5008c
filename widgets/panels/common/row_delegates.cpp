// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/common/row_delegates.h"

#include "visualizer/common/layer_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace wb::panels {

using theme::Token;

double cosineShare(double cosine) {
    if (std::isnan(cosine)) return 0;
    const double rest = 1 - cosine;
    return rest <= 1e-6 ? 1.0 : std::clamp(-std::log10(rest) / 6, 0.0, 1.0);
}

void drawBandBar(QPainter& painter, const QRectF& track, double share, theme::Band band, bool drawTrack) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double radius = track.height() / 2;
    if (drawTrack) {
        painter.setBrush(theme::color(Token::Raised));
        painter.drawRoundedRect(track, radius, radius);
    }
    QRectF bar = track;
    bar.setWidth(std::max(track.height(), track.width() * share));
    painter.setBrush(theme::bandFill(band));
    // Three fills are too pale for the light surfaces without an outline.
    if (!theme::isDark()) {
        painter.setPen(QPen(theme::bandInk(band), 0.8));
        bar.adjust(0.4, 0.4, -0.4, -0.4);
    }
    painter.drawRoundedRect(bar, radius, radius);
    painter.restore();
}

void drawLayerName(QPainter& painter, const QRect& rect, const QString& name, bool strong, bool selected) {
    const QFont font = theme::font(strong ? theme::TextRole::MonoStrong : theme::TextRole::Mono);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    const QString shown = theme::elidedLeft(font, name, rect.width());
    // The last two parts tell layers apart; a root of one or two parts is all tail.
    qsizetype cut = shown.lastIndexOf(u'/');
    if (cut > 0) cut = shown.lastIndexOf(u'/', cut - 1);
    const QString prefix = cut > 0 ? shown.left(cut + 1) : QString();
    const QString tail = cut > 0 ? shown.mid(cut + 1) : shown;
    QRect at = rect;
    if (!prefix.isEmpty()) {
        painter.setPen(theme::color(selected ? Token::Text2 : Token::Text3));
        painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, prefix);
        at.setLeft(at.left() + metrics.horizontalAdvance(prefix));
    }
    painter.setPen(theme::color(Token::Text));
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, tail);
}

// Rows ---------------------------------------------------------------------------------------------

QSize RowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(26);
    size.rwidth() += 2 * kCellPadding;
    return size;
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    QStyle* style = item.widget ? item.widget->style() : nullptr;
    if (!style) return;
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, item.widget);
    painter->save();
    paintValue(*painter, item.rect.adjusted(kCellPadding, 0, -kCellPadding, 0), index, item);
    painter->restore();
    const bool keyboard = item.state & QStyle::State_HasFocus && item.state & QStyle::State_KeyboardFocusChange;
    if (keyboard) theme::fillRounded(painter, item.rect, 0, {}, theme::color(Token::Accent), 1);
}

void RowDelegate::paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                             const QStyleOptionViewItem& item) const {
    const QVariant colour = index.data(Qt::ForegroundRole);
    painter.setFont(item.font);
    QColor ink = colour.isValid() ? qvariant_cast<QBrush>(colour).color() : theme::color(Token::Text);
    if (item.state & QStyle::State_Selected && ink == theme::color(Token::Text3)) ink = theme::color(Token::Text2);
    painter.setPen(ink);
    const bool right = item.displayAlignment & Qt::AlignRight;
    painter.drawText(rect, static_cast<int>(item.displayAlignment),
                     item.fontMetrics.elidedText(item.text, right ? Qt::ElideLeft : Qt::ElideRight, rect.width()));
}

void NameDelegate::paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                              const QStyleOptionViewItem& item) const {
    // What an exporter appended tells nothing that the type does not; the whole name is in the tool tip.
    drawLayerName(painter, rect, visualizer::plainName(index.data().toString()), false, item.state & QStyle::State_Selected);
}

void ChipDelegate::paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                              const QStyleOptionViewItem& item) const {
    const int layer = index.data(m_layerRole).toInt();
    if (layer < 0 || layer >= m_facts->count()) return;
    if (m_shows == Shows::Locked) {
        if (m_facts->isLocked(layer))
            theme::drawIcon(&painter, QStringLiteral("lock"), rect, 14, theme::color(Token::Text2));
        else if (item.state & QStyle::State_MouseOver)
            theme::drawIcon(&painter, QStringLiteral("unlock"), rect, 14, theme::color(Token::TextDisabled));
        return;
    }
    visualizer::Chip chip;
    if (m_shows == Shows::Requested) {
        chip = visualizer::chipOf(m_facts->requested(layer));
        if (m_facts->isPending(layer)) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme::color(Token::Accent));
            painter.drawEllipse(QPointF(rect.left() - 2.5, rect.center().y() + 0.5), 2, 2);
        }
    } else {
        chip = visualizer::chipFor(m_facts->precision(layer), m_facts->layer(layer).followsInput, false);
    }
    if (chip.kind == visualizer::Chip::Kind::None) {
        const bool automatic = m_shows == Shows::Requested;
        painter.setFont(theme::font(automatic ? theme::TextRole::Body : theme::TextRole::Mono));
        painter.setPen(theme::color(automatic ? Token::Text2 : Token::TextDisabled));
        painter.drawText(rect, Qt::AlignCenter, index.data().toString());
        return;
    }
    const double width = visualizer::chipWidth(chip), height = visualizer::kChipHeight;
    const QPointF centre = QRectF(rect).center();
    visualizer::drawChip(painter, QRectF(std::round(centre.x() - width / 2), std::round(centre.y() - height / 2), width, height),
                         chip);
}

void CosineDelegate::paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                                const QStyleOptionViewItem& item) const {
    const QVariant value = index.data(m_valueRole);
    if (!value.isValid()) {
        RowDelegate::paintValue(painter, rect, index, item);
        return;
    }
    const theme::Band band = theme::bandOf(value.toDouble());
    painter.setFont(theme::font(theme::TextRole::Mono));
    painter.setPen(theme::color(Token::Text));
    const QRect line(rect.left(), rect.top() + 1, rect.width(), rect.height() - 6);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, item.text);
    const QString mark = theme::bandMark(band);
    if (!mark.isEmpty()) {
        QFont caption = theme::font(theme::TextRole::Caption);
        // Two marks side by side would touch the number's first digit in a narrow column: they move together.
        const double room = line.width() - painter.fontMetrics().horizontalAdvance(item.text) - 2;
        const double excess = QFontMetricsF(caption).horizontalAdvance(mark) - room;
        if (excess > 0) caption.setLetterSpacing(QFont::AbsoluteSpacing, -std::min(excess, 4.0));
        painter.setFont(caption);
        painter.setPen(theme::bandInk(band));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, mark);
    }
    drawBandBar(painter, QRectF(rect.left(), rect.bottom() + 1 - 6, rect.width(), 3), cosineShare(value.toDouble()), band);
}

void DeltaDelegate::paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                               const QStyleOptionViewItem& item) const {
    RowDelegate::paintValue(painter, rect, index, item);
    const QVariant value = index.data(m_valueRole);
    const double text = item.fontMetrics.horizontalAdvance(item.text);
    const QRectF room(rect.left(), rect.center().y() - 4, rect.width() - text - 8, 8);
    if (!value.isValid() || room.width() < 12) return;
    const double centre = std::round(room.center().x());
    const double share = std::clamp(value.toDouble() / m_full, -1.0, 1.0);
    const QRectF bar = QRectF(QPointF(centre, room.top() + 1), QPointF(centre + share * room.width() / 2, room.bottom() - 1)).normalized();
    painter.fillRect(bar, theme::color(share < 0 ? Token::Ink090 : Token::Done));
    painter.fillRect(QRectF(centre, room.top(), 1, room.height()), theme::color(Token::Outline));
}

} // namespace wb::panels
