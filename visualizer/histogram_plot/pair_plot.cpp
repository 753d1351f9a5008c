// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/histogram_plot/pair_plot.h"

#include "visualizer/common/layer_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::histogram_plot {

using theme::Token;
using visualizer::numberText;

namespace {

constexpr double kLeft = 8, kBottom = 34, kAbove = 4, kRight = 8;

/// canvas → sky → text over 0…1 (visual design, section 7: sequential).
QColor heat(double share) {
    const QColor sky = theme::bandFill(theme::Band::B099);
    return share < 0.5 ? theme::mixed(theme::color(Token::Canvas), sky, 0.15 + 0.85 * share * 2)
                       : theme::mixed(sky, theme::color(Token::Text), (share - 0.5) * 2);
}

} // namespace

PairPlot::PairPlot(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("pairPlot"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
}

void PairPlot::setCounts(const PairCounts& counts) {
    m_counts = counts;
    describe();
    update();
}

void PairPlot::setShows(Shows shows) {
    m_shows = shows;
    describe();
    update();
}

void PairPlot::setNames(const QString& reference, const QString& variant) {
    m_reference = reference;
    m_variant = variant;
    describe();
    update();
}

double PairPlot::diagonalShare() const {
    if (m_counts.isEmpty()) return std::numeric_limits<double>::quiet_NaN();
    double all = 0, diagonal = 0;
    for (int row = 0; row < m_counts.size; ++row)
        for (int column = 0; column < m_counts.size; ++column) {
            const auto count = static_cast<double>(m_counts.counts[row * m_counts.size + column]);
            all += count;
            if (row == column) diagonal += count;
        }
    return all > 0 ? diagonal / all : std::numeric_limits<double>::quiet_NaN();
}

void PairPlot::describe() {
    setAccessibleName(m_shows == Shows::Pairs ? tr("Pairs of values, %1 and %2").arg(m_reference, m_variant)
                                              : tr("Differences, largest %1").arg(numberText(m_counts.most, 4)));
}

void PairPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Canvas));
    painter.setFont(theme::font(theme::TextRole::Caption));
    if (m_counts.isEmpty()) {
        painter.setPen(theme::color(Token::Text3));
        painter.drawText(rect(), Qt::AlignCenter, tr("The two tensors cannot be paired."));
        return;
    }
    const QRectF area = QRectF(rect()).adjusted(kLeft, kAbove, -kRight, -kBottom);
    if (m_shows == Shows::Pairs) paintPairs(painter, area);
    else paintDifferences(painter, area);
}

void PairPlot::paintPairs(QPainter& painter, const QRectF& area) const {
    const int n = m_counts.size;
    const double side = std::min(area.width(), area.height()), cell = side / n;
    const QRectF field(area.left() + (area.width() - side) / 2, area.top(), side, side);
    const auto most = static_cast<double>(*std::max_element(m_counts.counts.begin(), m_counts.counts.end()));
    for (int row = 0; row < n; ++row)
        for (int column = 0; column < n; ++column) {
            const auto count = static_cast<double>(m_counts.counts[row * n + column]);
            if (count <= 0) continue;
            // Logarithmic: one lost value must be seen beside a million good ones.
            const double share = most > 1 ? std::log1p(count) / std::log1p(most) : 1;
            painter.fillRect(QRectF(field.left() + row * cell, field.bottom() - (column + 1) * cell, cell + 0.5, cell + 0.5), heat(share));
        }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::color(Token::Text3), 1, Qt::DashLine));
    painter.drawLine(field.bottomLeft(), field.topRight());
    painter.setPen(theme::color(Token::Line));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(field);
    painter.setPen(theme::color(Token::Text3));
    const QRectF numbers(field.left(), field.bottom() + 2, field.width(), 14);
    painter.drawText(numbers, Qt::AlignLeft, numberText(m_counts.low, 3));
    painter.drawText(numbers, Qt::AlignRight, numberText(m_counts.high, 3));
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(QRectF(area.left(), field.bottom() + 17, area.width(), 15), Qt::AlignCenter,
                     tr("→ %1   ↑ %2").arg(m_reference, m_variant));
}

void PairPlot::paintDifferences(QPainter& painter, const QRectF& area) const {
    const auto& bins = m_counts.differences;
    if (bins.isEmpty()) return;
    const double most = std::log1p(static_cast<double>(*std::max_element(bins.begin(), bins.end())));
    const double width = area.width() / static_cast<double>(bins.size());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::variantPen(QStringLiteral("int8")).color());
    for (qsizetype i = 0; i < bins.size(); ++i) {
        if (bins[i] <= 0 || most <= 0) continue;
        const double height = std::max(1.0, std::log1p(static_cast<double>(bins[i])) / most * area.height());
        painter.drawRect(QRectF(area.left() + static_cast<double>(i) * width, area.bottom() - height, std::max(1.0, width - 0.5), height));
    }
    theme::hairline(&painter, area.bottomLeft(), area.bottomRight(), theme::color(Token::Line));
    theme::hairline(&painter, QPointF(area.center().x(), area.top()), QPointF(area.center().x(), area.bottom()), theme::color(Token::Outline));
    painter.setPen(theme::color(Token::Text3));
    const QRectF numbers(area.left(), area.bottom() + 2, area.width(), 14);
    painter.drawText(numbers, Qt::AlignLeft, numberText(-m_counts.most, 4));
    painter.drawText(numbers, Qt::AlignHCenter, QStringLiteral("0"));
    painter.drawText(numbers, Qt::AlignRight, numberText(m_counts.most, 4));
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(QRectF(area.left(), area.bottom() + 17, area.width(), 15), Qt::AlignCenter,
                     tr("%1 minus %2, log count").arg(m_variant, m_reference));
}

void PairPlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        describe();
        update();
    }
    QWidget::changeEvent(event);
}

} // namespace wb::histogram_plot
