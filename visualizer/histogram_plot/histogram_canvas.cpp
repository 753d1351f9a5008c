// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing of histogram and statistics (visual-design section 7); see histogram_canvas.h.
#include "visualizer/histogram_plot/histogram_canvas.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace wb::histogram_plot {
using theme::Token;
using visualizer::numberText;

namespace {

constexpr double kAxisHeight = 18, kTop = 14;

bool hasBins(const std::optional<jobs::TensorStatistics>& s) {
    return s && !s->bins.empty() && std::isfinite(s->low) && std::isfinite(s->high) && s->high > s->low;
}

QColor hueOf(const QString& precision) {
    if (precision == QLatin1String("INT8"))
        return theme::color(Token::Int8);
    return visualizer::precisionColor(precision);
}

} // namespace

HistogramCanvas::HistogramCanvas(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("histogramCanvas"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(110);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QRectF HistogramCanvas::plotArea() const { return QRectF(rect()).adjusted(0, kTop, 0, -kAxisHeight); }

void HistogramCanvas::setRange() {
    m_low = 0;
    m_high = 1;
    bool any = false;
    for (const auto* s : {&values.reference, &values.quantised})
        if (hasBins(*s)) {
            m_low = any ? std::min(m_low, (*s)->low) : (*s)->low;
            m_high = any ? std::max(m_high, (*s)->high) : (*s)->high;
            any = true;
        }
    if (any && values.threshold > 0) {
        // The handle must be in the picture; of the negative side only if there is something.
        m_high = std::max(m_high, values.threshold * 1.1);
        if (m_low < 0 && -values.threshold > m_low * 3)
            m_low = std::min(m_low, -values.threshold * 1.02);
    }
    const double margin = (m_high - m_low) * 0.03;
    m_low -= margin;
    m_high += margin;
}

void HistogramCanvas::dataChanged() {
    if (!m_dragging)
        setRange();
    update();
}

double HistogramCanvas::xOf(double value) const {
    return plotArea().left() + (value - m_low) / (m_high - m_low) * plotArea().width();
}

double HistogramCanvas::valueAt(double x) const {
    return m_low + (x - plotArea().left()) / std::max(1.0, plotArea().width()) * (m_high - m_low);
}

int HistogramCanvas::columns() const {
    const double width = plotArea().width();
    if (values.step > 0) {
        // One column a quantisation step, unless that is finer than two pixels.
        double step = values.step;
        while (step / (m_high - m_low) * width < 2)
            step *= 2;
        return std::clamp(static_cast<int>(std::ceil((m_high - m_low) / step)), 1, 4096);
    }
    return std::clamp(static_cast<int>(width / 2), 1, 4096);
}

QVector<double> HistogramCanvas::columnCounts(const jobs::TensorStatistics& s, int count) const {
    QVector<double> sums(count, 0);
    const double binWidth = (s.high - s.low) / static_cast<double>(s.bins.size());
    const double columnWidth = (m_high - m_low) / count;
    for (size_t b = 0; b < s.bins.size(); ++b) {
        if (s.bins[b] <= 0)
            continue;
        // A bin's values go to the columns that it covers, by overlap.
        const double low = s.low + b * binWidth, high = low + binWidth;
        const int first = std::clamp(static_cast<int>((low - m_low) / columnWidth), 0, count - 1);
        const int last = std::clamp(static_cast<int>((high - m_low) / columnWidth), 0, count - 1);
        for (int c = first; c <= last; ++c) {
            const double left = std::max(low, m_low + c * columnWidth);
            const double right = std::min(high, m_low + (c + 1) * columnWidth);
            if (right > left)
                sums[c] += static_cast<double>(s.bins[b]) * (right - left) / binWidth;
        }
    }
    return sums;
}

void HistogramCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Canvas));
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plotArea();
    const QFont caption = theme::font(theme::TextRole::Caption);
    if (!hasBins(values.reference) && !hasBins(values.quantised)) {
        painter.setFont(caption);
        painter.setPen(theme::color(Token::Text3));
        painter.drawText(rect(), Qt::AlignCenter, tr("No values yet."));
        return;
    }
    const int count = columns();
    double most = 1;
    QVector<double> sides[2];
    if (hasBins(values.reference))
        sides[0] = columnCounts(*values.reference, count);
    if (hasBins(values.quantised))
        sides[1] = columnCounts(*values.quantised, count);
    for (const auto& side : sides)
        for (double n : side)
            most = std::max(most, n);
    const auto barHeight = [&](double n) {
        if (n <= 0)
            return 0.0;
        const double share = values.logCount ? std::log10(1 + n) / std::log10(1 + most) : n / most;
        return share * (area.height() - 2);
    };
    const auto outline = [&](const QVector<double>& side, bool closed) {
        QPainterPath path;
        path.moveTo(area.left(), area.bottom());
        for (int c = 0; c < side.size(); ++c) {
            const double y = area.bottom() - barHeight(side[c]);
            path.lineTo(area.left() + c * area.width() / count, y);
            path.lineTo(area.left() + (c + 1) * area.width() / count, y);
        }
        path.lineTo(area.right(), area.bottom());
        if (closed)
            path.closeSubpath();
        return path;
    };
    if (!sides[0].isEmpty()) {
        const QPainterPath path = outline(sides[0], true);
        painter.fillPath(path, visualizer::withAlpha(theme::color(Token::Text3), 0.38));
        if (values.threshold > 0) {
            painter.save();
            painter.setClipPath(path);
            const QColor ink = theme::color(Token::InkLow);
            const double right = xOf(values.threshold), left = xOf(-values.threshold);
            if (right < area.right())
                visualizer::drawHatch(painter, QRectF(right, area.top(), area.right() - right, area.height()), ink);
            if (left > area.left())
                visualizer::drawHatch(painter, QRectF(area.left(), area.top(), left - area.left(), area.height()), ink);
            painter.restore();
        }
    }
    if (!sides[1].isEmpty()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(hueOf(values.quantisedName), 1.3));
        painter.drawPath(outline(sides[1], false));
    }
    // Axis: a line and a few round numbers.
    painter.setPen(QPen(theme::color(Token::Outline), 1));
    const double base = visualizer::snapped(area.bottom(), devicePixelRatioF());
    painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base));
    painter.setFont(caption);
    painter.setPen(theme::color(Token::Text3));
    const QFontMetricsF metrics(caption);
    const double rough = (m_high - m_low) / 5;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double step = rough / power <= 1 ? power : rough / power <= 2 ? 2 * power : rough / power <= 5 ? 5 * power : 10 * power;
    for (double v = std::ceil(m_low / step) * step; v <= m_high; v += step) {
        const QString text = QString::number(std::abs(v) < step / 1e3 ? 0 : v, 'g', 4).replace(QLatin1Char('-'), QChar(0x2212));
        const double w = metrics.horizontalAdvance(text);
        const double x = std::clamp(xOf(v) - w / 2, 0.0, std::max(0.0, width() - w));
        painter.drawText(QPointF(x, height() - 4.0), text);
    }
    if (values.threshold <= 0)
        return;
    const QColor accent = theme::color(Token::Accent);
    painter.setPen(QPen(accent, 1.5));
    for (double side : {1.0, -1.0}) {
        const double x = xOf(side * values.threshold);
        if (x < area.left() || x > area.right())
            continue;
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    const double x = xOf(values.threshold);
    painter.setPen(hasFocus() ? QPen(theme::color(Token::Text), 1.5) : QPen(Qt::NoPen));
    painter.setBrush(accent);
    painter.drawRoundedRect(QRectF(x - 4, area.top() - 8, 8, 10), 2, 2);
    const QString text = tr("threshold %1").arg(numberText(values.threshold, 4));
    const double w = metrics.horizontalAdvance(text);
    painter.setPen(theme::color(Token::Text));
    painter.drawText(QPointF(x - 10 - w > 0 ? x - 10 - w : x + 10, area.top() + 1), text);
}

bool HistogramCanvas::onHandle(const QPointF& pos) const {
    return values.editable && values.threshold > 0 && std::abs(pos.x() - xOf(values.threshold)) < 7;
}

void HistogramCanvas::mousePressEvent(QMouseEvent* event) {
    m_dragging = event->button() == Qt::LeftButton && onHandle(event->position());
}

void HistogramCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_dragging) {
        setCursor(onHandle(event->position()) ? Qt::SizeHorCursor : Qt::ArrowCursor);
        return;
    }
    const double smallest = std::max(1e-9, (m_high - m_low) * 1e-4);
    values.threshold = std::clamp(valueAt(event->position().x()), smallest, m_high);
    update();
    emit thresholdDragged(values.threshold);
}

void HistogramCanvas::mouseReleaseEvent(QMouseEvent*) {
    if (!m_dragging)
        return;
    m_dragging = false;
    emit thresholdEdited(values.threshold);
}

void HistogramCanvas::keyPressEvent(QKeyEvent* event) {
    const bool left = event->key() == Qt::Key_Left;
    if (!values.editable || values.threshold <= 0 || (!left && event->key() != Qt::Key_Right)) {
        QWidget::keyPressEvent(event);
        return;
    }
    const double step = (m_high - m_low) / (event->modifiers() & Qt::ShiftModifier ? 20 : 200);
    values.threshold = std::clamp(values.threshold + (left ? -step : step), step / 100, m_high);
    update();
    emit thresholdDragged(values.threshold);
    emit thresholdEdited(values.threshold);
}

void HistogramCanvas::focusInEvent(QFocusEvent*) { update(); }
void HistogramCanvas::focusOutEvent(QFocusEvent*) { update(); }

// Statistics --------------------------------------------------------------------------------------

StatisticsTable::StatisticsTable(const HistogramData* values, QWidget* parent) : QWidget(parent), m_values(values) {
    setObjectName(QStringLiteral("tensorStatistics"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize StatisticsTable::sizeHint() const { return {240, 26 + 24 * 6 + 4}; }

void StatisticsTable::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFont strong = theme::font(theme::TextRole::BodyStrong), body = theme::font(theme::TextRole::Body);
    const QFont mono = theme::font(theme::TextRole::Mono);
    const double column = std::clamp(width() * 0.28, 72.0, 110.0);
    const QRectF second(width() - column, 0, column, 26), first(width() - 2 * column - 12, 0, column, 26);
    const auto* any = m_values->reference ? &*m_values->reference : m_values->quantised ? &*m_values->quantised : nullptr;
    painter.setFont(strong);
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(QRectF(0, 0, first.left() - 4, 26), Qt::AlignVCenter | Qt::AlignLeft,
                     any ? tr("%1 values").arg(QLocale().toString(static_cast<qlonglong>(any->count))) : QString());
    painter.setFont(theme::font(theme::TextRole::MonoStrong));
    painter.drawText(first, Qt::AlignVCenter | Qt::AlignRight, QStringLiteral("FP32"));
    painter.drawText(second, Qt::AlignVCenter | Qt::AlignRight, m_values->quantisedName);
    painter.setPen(QPen(theme::color(Token::Line), 1));
    painter.drawLine(QPointF(0, 25.5), QPointF(width(), 25.5));
    struct Row {
        QString label;
        QString (*text)(const jobs::TensorStatistics&);
        bool bad;
    };
    using S = jobs::TensorStatistics;
    const Row rows[] = {
        {tr("min"), [](const S& s) { return numberText(s.min, 4); }, false},
        {tr("max"), [](const S& s) { return numberText(s.max, 4); }, false},
        {tr("mean"), [](const S& s) { return numberText(s.mean, 4); }, false},
        {QStringLiteral("σ"), [](const S& s) { return numberText(s.sigma, 4); }, false},
        {tr("zeros"), [](const S& s) { return numberText(s.zeroShare * 100, 1) + QStringLiteral(" %"); }, false},
        {tr("NaN, Inf"), [](const S& s) { return QString::number(s.nanCount + s.infCount); }, true},
    };
    double y = 26;
    for (const Row& row : rows) {
        painter.setFont(body);
        painter.setPen(theme::color(Token::Text2));
        painter.drawText(QRectF(0, y, first.left(), 24), Qt::AlignVCenter | Qt::AlignLeft, row.label);
        painter.setFont(mono);
        const std::optional<S>* sides[] = {&m_values->reference, &m_values->quantised};
        for (int i = 0; i < 2; ++i) {
            const auto& side = *sides[i];
            const QRectF cell((i ? second : first).left(), y, column, 24);
            const bool wrong = row.bad && side && side->nanCount + side->infCount > 0;
            painter.setPen(theme::color(wrong ? Token::Failed : side ? Token::Text : Token::TextDisabled));
            painter.drawText(cell, Qt::AlignVCenter | Qt::AlignRight, side ? row.text(*side) : QStringLiteral("–"));
        }
        y += 24;
    }
}

} // namespace wb::histogram_plot
