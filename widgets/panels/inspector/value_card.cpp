// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/inspector/value_card.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace wb::panels {

using theme::Token;

void ValueCard::setValue(const QString& caption, std::optional<double> cosine, const QString& missing) {
    m_caption = caption;
    m_cosine = cosine;
    m_missing = missing;
    setAccessibleName(caption + QLatin1String(", ") + (cosine ? visualizer::numberText(*cosine, 6) : missing));
    setToolTip(cosine ? QString() : missing);
    update();
}

void ValueCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = rect();
    QPainterPath shape;
    shape.addRoundedRect(card, 4, 4);
    painter.fillPath(shape, theme::color(Token::Window));
    const theme::Band band = m_cosine ? theme::bandOf(*m_cosine) : theme::Band::NotCompared;
    painter.save();
    painter.setClipPath(shape);
    const QRectF edge(card.left(), card.top(), 4, card.height());
    if (m_cosine) painter.fillRect(edge, theme::bandFill(band));
    else visualizer::drawHatch(painter, edge, theme::color(Token::Text3));
    painter.restore();
    if (!theme::isDark() && m_cosine)
        theme::hairline(&painter, QPointF(4, 2), QPointF(4, height() - 2), theme::bandInk(band));

    const QRect text = rect().adjusted(12, 4, -8, -4);
    painter.setFont(theme::font(theme::TextRole::Caption));
    painter.setPen(theme::color(Token::Text3));
    painter.drawText(QRect(text.left(), text.top(), text.width(), 16), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_caption, Qt::ElideRight, text.width()));
    painter.setFont(theme::font(theme::TextRole::Value));
    const QRect line(text.left(), text.top() + 17, text.width(), 20);
    const QString number = m_cosine ? visualizer::numberText(*m_cosine, 6) : QStringLiteral("–");
    painter.setPen(theme::color(m_cosine ? Token::Text : Token::TextDisabled));
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, number);
    const QString mark = m_cosine ? theme::bandMark(band) : QString();
    if (!mark.isEmpty()) {
        const int x = line.left() + painter.fontMetrics().horizontalAdvance(number) + 8;
        painter.setFont(theme::font(theme::TextRole::Caption));
        painter.setPen(theme::bandInk(band));
        painter.drawText(QRect(x, line.top(), line.right() - x, line.height()), Qt::AlignLeft | Qt::AlignVCenter, mark);
    }
}

} // namespace wb::panels
