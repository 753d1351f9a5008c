// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/common/hover_card.h"

#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace wb::visualizer {
using theme::Token;

HoverCard::HoverCard(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("cosineHoverCard"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void HoverCard::setLines(const QStringList& lines) {
    m_lines = lines;
    resize(sizeHint());
    update();
}

QSize HoverCard::sizeHint() const {
    if (m_lines.isEmpty())
        return {1, 1};
    const QFontMetricsF strong(theme::font(theme::TextRole::MonoStrong)), plain(theme::font(theme::TextRole::Caption));
    double width = strong.horizontalAdvance(m_lines.front().section(QLatin1Char('\t'), 0, 0)) + 24 +
                   plain.horizontalAdvance(m_lines.front().section(QLatin1Char('\t'), 1, 1));
    for (const QString& line : m_lines.mid(1)) {
        double sum = 0;
        const QStringList parts = line.split(QLatin1Char('`'));
        for (int i = 0; i < parts.size(); ++i)
            sum += (i % 2 ? strong : plain).horizontalAdvance(parts[i]);
        width = std::max(width, sum);
    }
    return {static_cast<int>(std::ceil(std::clamp(width, 190.0, 520.0))) + 20 + 12,
            static_cast<int>(16 + 18 * m_lines.size()) + 12};
}

void HoverCard::paintRich(QPainter& painter, QPointF at, const QString& line) const {
    const QStringList parts = line.split(QLatin1Char('`'));
    for (int i = 0; i < parts.size(); ++i) {
        const QFont font = theme::font(i % 2 ? theme::TextRole::MonoStrong : theme::TextRole::Caption);
        painter.setFont(font);
        painter.setPen(theme::color(i % 2 ? Token::Text : Token::Text2));
        painter.drawText(at, parts[i]);
        at.rx() += QFontMetricsF(font).horizontalAdvance(parts[i]);
    }
}

void HoverCard::paintEvent(QPaintEvent*) {
    if (m_lines.isEmpty())
        return;
    QPainter painter(this);
    const QRectF card = QRectF(rect()).adjusted(6, 4, -6, -8);
    drawCard(painter, card);
    const QRectF inside = card.adjusted(10, 8, -10, -8);
    const QString type = m_lines.front().section(QLatin1Char('\t'), 1, 1);
    const QFont caption = theme::font(theme::TextRole::Caption), strong = theme::font(theme::TextRole::MonoStrong);
    const double typeWidth = QFontMetricsF(caption).horizontalAdvance(type);
    painter.setFont(caption);
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(QPointF(inside.right() - typeWidth, inside.top() + 12), type);
    painter.setFont(strong);
    painter.setPen(theme::color(Token::Text));
    painter.drawText(QPointF(inside.left(), inside.top() + 12),
                     QFontMetricsF(strong).elidedText(m_lines.front().section(QLatin1Char('\t'), 0, 0),
                                                      Qt::ElideLeft, inside.width() - typeWidth - 12));
    for (int i = 1; i < m_lines.size(); ++i)
        paintRich(painter, QPointF(inside.left(), inside.top() + 12 + 18 * i), m_lines[i]);
}

} // namespace wb::visualizer
