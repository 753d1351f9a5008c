// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing of the plot's own layers (visual-design section 7); see plot_layers.h.
#include "visualizer/cosine_plot/plot_layers.h"

#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {
using theme::Token;

namespace {

QPen dashed(const QColor& color, double width, double on, double off) {
    QPen pen(color, width, Qt::SolidLine, Qt::FlatCap);
    pen.setDashPattern({on / width, off / width});
    return pen;
}

/// First and last layer in view.
std::pair<int, int> visibleLayers(const PlotSurface* plot, int count) {
    const QCPRange range = plot->xAxis->range();
    return {std::clamp(static_cast<int>(std::floor(range.lower)), 0, std::max(0, count - 1)),
            std::clamp(static_cast<int>(std::ceil(range.upper)), 0, std::max(0, count - 1))};
}

} // namespace

void BackLayer::draw(QCPPainter* painter) {
    const QRectF rect = area();
    painter->save();
    painter->setBrush(Qt::NoBrush);
    const double top = yOf(m_state->range.top);
    if (top >= rect.top() - 1 && top <= rect.bottom()) {
        painter->setPen(dashed(theme::color(Token::Text2), 1.2, 1.2, 2.4));
        painter->drawLine(QLineF(rect.left(), top, rect.right(), top));
    }
    if (m_state->scale != Scale::Sqnr)
        for (const auto& goal : {m_state->outputGoal, m_state->layerGoal}) {
            if (!goal)
                continue;
            const double y = yOf(heightOf(m_state->scale, *goal, 0, m_state->range.top));
            if (y < rect.top() || y > rect.bottom())
                continue;
            painter->setPen(dashed(theme::color(Token::Text2), 1, 6, 4));
            const double line = visualizer::snapped(y, m_plot->bufferDevicePixelRatio());
            painter->drawLine(QLineF(rect.left(), line, rect.right(), line));
        }
    if (m_state->scale != Scale::Sqnr)
        drawBandStrip(painter);
    for (SeriesKind kind : {SeriesKind::Int8, SeriesKind::Mixed})
        drawSpread(painter, m_state->series(kind));
    if (m_state->showTogether && !m_state->showIsolated)
        drawIsolatedBars(painter);
    painter->restore();
}

void BackLayer::drawBandStrip(QCPPainter* painter) const {
    const QRectF rect = area();
    // Band borders from above: 1, 0.999, 0.99, 0.95, 0.90, the rest.
    static constexpr double kBorders[] = {0.999, 0.99, 0.95, 0.90, -1.0};
    double upper = rect.top();
    painter->setPen(Qt::NoPen);
    for (int b = 0; b < 5; ++b) {
        const double height = heightOf(m_state->scale, kBorders[b], 0, m_state->range.top);
        const double lower = b == 4 ? rect.bottom() : std::clamp(yOf(height), rect.top(), rect.bottom());
        if (lower - upper < 0.5)
            continue;
        const auto band = static_cast<theme::Band>(b);
        const QRectF strip(rect.left() - 10, upper, 5, lower - upper);
        painter->setBrush(theme::bandFill(band));
        painter->setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(theme::bandInk(band), 0.8));
        painter->drawRect(theme::isDark() ? strip : strip.adjusted(0.4, 0.4, -0.4, -0.4));
        upper = lower;
    }
}

void BackLayer::drawIsolatedBars(QCPPainter* painter) const {
    const QRectF rect = area();
    const auto kind = m_state->active() ? m_state->active()->kind : SeriesKind::Int8;
    const Series& bars = m_state->isolated[static_cast<int>(kind)];
    const auto [first, last] = visibleLayers(m_plot, m_state->count());
    const double width = std::clamp(m_plot->pixelsPerLayer() * 0.5, 1.0, 6.0);
    painter->setPen(Qt::NoPen);
    painter->setClipRect(rect);
    for (int i = first; i <= last && bars.hasData; ++i) {
        const double height = m_state->height(bars, i);
        if (!std::isfinite(height))
            continue;
        const double y = yOf(height);
        painter->setBrush(visualizer::withAlpha(theme::color(Token::Text3), 0.3));
        painter->drawRect(QRectF(xOf(i) - width / 2, y, width, rect.bottom() - y));
    }
    painter->setClipping(false);
}

void BackLayer::drawSpread(QCPPainter* painter, const Series& series) const {
    if (!series.hasData || !series.visible || m_state->scale == Scale::Sqnr) return;
    const auto [first, last] = visibleLayers(m_plot, m_state->count());
    const auto height = [this](double cosine) { return yOf(heightOf(m_state->scale, cosine, 0, m_state->range.top)); };
    QPolygonF upper, lower;
    bool any = false;
    const auto close = [&] {
        if (any && upper.size() > 1) {
            std::reverse(lower.begin(), lower.end());
            painter->drawPolygon(upper + lower);
        }
        upper.clear();
        lower.clear();
        any = false;
    };
    painter->save();
    painter->setClipRect(area());
    painter->setPen(Qt::NoPen);
    painter->setBrush(visualizer::withAlpha(theme::variantPen(keyOf(series.kind)).color(), 0.16));
    for (int i = first; i <= last; ++i) {
        const jobs::LayerSample* s = i < series.samples.size() ? &series.samples[i] : nullptr;
        if (!s || !s->compared || !std::isfinite(s->cosine)) { // nothing is joined across a gap
            close();
            continue;
        }
        upper << QPointF(xOf(i), height(std::max(s->cosineMax, s->cosine)));
        lower << QPointF(xOf(i), height(std::min(s->cosineMin, s->cosine)));
        any = any || s->cosineMin < s->cosine;
    }
    close();
    painter->restore();
}

void MarkLayer::draw(QCPPainter* painter) {
    const QRectF rect = area();
    painter->save();
    painter->setClipRect(rect.adjusted(-4, -6, 4, 4));
    const Series* active = m_state->active();
    const bool all = m_plot->pixelsPerLayer() >= 5;
    for (int k = 0; k < kSeriesCount; ++k) {
        const Series& s = m_state->series(static_cast<SeriesKind>(k));
        if (!s.hasData || !s.visible || s.kind == SeriesKind::Ghost || s.kind == SeriesKind::Fp32)
            continue;
        painter->setOpacity(&s == active ? 1 : 0.75);
        drawMarkers(painter, s, all);
    }
    painter->setOpacity(1);

    const QColor accent = theme::color(Token::Accent);
    painter->setBrush(Qt::NoBrush);
    if (m_state->selection.size() > 1) {
        const auto [low, high] = std::minmax_element(m_state->selection.begin(), m_state->selection.end());
        // A run of neighbours is a range; loose layers get their lines only.
        if (*high - *low + 1 == m_state->selection.size())
            painter->fillRect(QRectF(QPointF(xOf(*low - 0.5), rect.top()), QPointF(xOf(*high + 0.5), rect.bottom())),
                              visualizer::withAlpha(accent, 0.12));
    }
    const bool many = m_state->selection.size() > 40;
    for (int layer : m_state->selection) {
        const bool current = layer == m_state->selection.back();
        if (!current && many)
            continue;
        const double x = xOf(layer);
        painter->setPen(QPen(current ? accent : visualizer::withAlpha(accent, 0.45), current ? 1.5 : 1));
        painter->drawLine(QLineF(x, rect.top(), x, rect.bottom()));
        for (SeriesKind kind : {SeriesKind::Int8, SeriesKind::Mixed}) {
            const Series& s = m_state->series(kind);
            const QPointF p = m_plot->pointOf(s, layer);
            if (s.visible && current && std::isfinite(p.y()) && (kind == SeriesKind::Int8 || &s == active)) {
                painter->setPen(QPen(accent, 2));
                painter->drawEllipse(p, 5.5, 5.5);
                drawMarker(painter, s, layer);
            }
        }
    }
    if (m_state->hovered >= 0 && active) {
        const QPointF p = m_plot->pointOf(*active, m_state->hovered);
        const double x = xOf(m_state->hovered);
        painter->setPen(QPen(visualizer::withAlpha(theme::color(Token::Text2), 0.5), 1));
        painter->drawLine(QLineF(x, rect.top(), x, rect.bottom()));
        if (std::isfinite(p.y()))
            drawMarker(painter, *active, m_state->hovered);
    }
    if (m_state->running >= 0 && m_state->count() > 0) {
        const double x = xOf(m_state->running * (m_state->count() - 1));
        painter->setPen(dashed(accent, 1, 1, 3));
        painter->drawLine(QLineF(x, rect.top(), x, rect.bottom()));
        painter->setFont(theme::font(theme::TextRole::Caption));
        painter->setPen(accent);
        const QString text = QStringLiteral("%1 %").arg(qRound(m_state->running * 100));
        const double width = QFontMetricsF(painter->font()).horizontalAdvance(text);
        const bool left = x + 6 + width > rect.right();
        painter->drawText(QPointF(left ? x - 6 - width : x + 6, rect.top() + 20), text);
    }
    painter->restore();
}

void MarkLayer::drawMarkers(QCPPainter* painter, const Series& series, bool all) const {
    const auto [first, last] = visibleLayers(m_plot, m_state->count());
    for (int i = first; i <= last; ++i) {
        if (!std::isfinite(m_state->height(series, i)))
            continue;
        // Where the line breaks off its ends stay visible even in a dense plot.
        const bool alone = !std::isfinite(m_state->height(series, i - 1)) &&
                           !std::isfinite(m_state->height(series, i + 1));
        if (all || alone || i == series.worst || m_state->selected.contains(i))
            drawMarker(painter, series, i);
    }
}

void MarkLayer::drawMarker(QCPPainter* painter, const Series& series, int layer) const {
    const QPointF p = m_plot->pointOf(series, layer);
    if (!std::isfinite(p.y()))
        return;
    const QPen line = theme::variantPen(keyOf(series.kind));
    const bool dense = m_plot->pixelsPerLayer() < 6.5;
    switch (series.kind) {
    case SeriesKind::Mixed: {
        const double r = dense ? 2.8 : 3.2;
        const theme::Band band = theme::bandOf(series.cosine(layer));
        painter->setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(theme::bandInk(band), 0.9));
        painter->setBrush(theme::bandFill(band));
        const QPointF diamond[4] = {p + QPointF(0, -r), p + QPointF(r, 0), p + QPointF(0, r), p + QPointF(-r, 0)};
        painter->drawPolygon(diamond, 4);
        break;
    }
    case SeriesKind::Source:
        painter->setPen(Qt::NoPen);
        painter->setBrush(line.color());
        painter->drawEllipse(p, 1.5, 1.5);
        break;
    default:
        painter->setPen(QPen(line.color(), 1.2));
        painter->setBrush(theme::color(Token::Canvas));
        painter->drawEllipse(p, dense ? 2.0 : 2.3, dense ? 2.0 : 2.3);
        break;
    }
}

void StripLayer::draw(QCPPainter* painter) {
    if (m_state->count() == 0)
        return;
    painter->save();
    const QRectF rect = area();
    painter->setClipRect(QRectF(rect.left() - 1, rect.bottom(), rect.width() + 2, kBottomMargin));
    drawPrecisions(painter);
    drawBlocks(painter);
    painter->restore();
}

void StripLayer::drawPrecisions(QCPPainter* painter) const {
    const QRectF rect = area();
    const auto [first, last] = visibleLayers(m_plot, m_state->count());
    const double width = m_plot->pixelsPerLayer();
    const double gap = width >= 5 ? 1 : 0;
    const double y = rect.bottom() + kStripTop;
    int run = first;
    const auto kindAt = [&](int i) {
        return m_state->gapReason(i).isEmpty() ? m_state->precisions.value(i) : QStringLiteral("?");
    };
    for (int i = first; i <= last; ++i) {
        // Neighbours alike are one rectangle when the layers are too narrow to be told apart.
        if (gap == 0 && i < last && kindAt(i + 1) == kindAt(run))
            continue;
        const QRectF cell(xOf(run - 0.5) + gap / 2, y, xOf(i + 0.5) - xOf(run - 0.5) - gap, kStripHeight);
        const QString kind = kindAt(i);
        if (kind == QLatin1String("?"))
            visualizer::drawHatch(*painter, cell, theme::color(Token::Text2));
        else if (!kind.isEmpty())
            painter->fillRect(cell, visualizer::precisionColor(kind));
        run = i + 1;
    }
}

void StripLayer::drawBlocks(QCPPainter* painter) const {
    const QRectF rect = area();
    const QFont font = theme::font(theme::TextRole::Caption);
    const QFontMetricsF metrics(font);
    const QCPRange view = m_plot->xAxis->range();
    for (const BlockBand& band : m_state->bands) {
        if (band.name.isEmpty() || band.last < view.lower - 1 || band.first > view.upper + 1)
            continue;
        const double left = std::max(rect.left(), xOf(band.first - 0.5) + 0.5);
        const double right = std::min(rect.right(), xOf(band.last + 0.5) - 0.5);
        if (right - left < 1)
            continue;
        const QRectF cell(left, rect.bottom() + kBandTop, right - left, kBandHeight);
        bool selected = false;
        for (int layer : m_state->selection)
            selected = selected || (layer >= band.first && layer <= band.last);
        painter->setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(theme::color(Token::Line), 0.8));
        painter->setBrush(theme::color(selected ? Token::Selection : Token::Raised));
        painter->drawRoundedRect(cell, 2, 2);
        QString name = band.name;
        if (metrics.horizontalAdvance(name) + 6 > cell.width()) {
            const qsizetype dot = name.lastIndexOf(QLatin1Char('.'));
            name = dot > 0 ? name.mid(dot + 1) : QString();
            if (metrics.horizontalAdvance(name) + 4 > cell.width())
                name.clear();
        }
        painter->setFont(font);
        painter->setPen(theme::color(selected ? Token::Text : Token::Text2));
        painter->drawText(cell, Qt::AlignCenter, name);
    }
}

} // namespace wb::cosine_plot
