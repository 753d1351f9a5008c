// SPDX-License-Identifier: GPL-3.0-or-later
// Histogram with legend, log toggle, facts line and statistics; see histogram_plot.h.
#include "visualizer/histogram_plot/histogram_plot.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "visualizer/histogram_plot/histogram_canvas.h"
#include "widgets/theme/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace wb::histogram_plot {
using theme::Token;

namespace {

/// "■ FP32 — INT8"
class Key : public QWidget {
public:
    Key(const HistogramData* values, QWidget* parent) : QWidget(parent), m_values(values) {
        setMinimumSize(130, 24);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QFont font = theme::font(theme::TextRole::Caption);
        const double middle = height() / 2.0;
        painter.setFont(font);
        painter.fillRect(QRectF(0, middle - 5, 10, 10), visualizer::withAlpha(theme::color(Token::Text3), 0.7));
        painter.setPen(theme::color(Token::Text2));
        painter.drawText(QRectF(16, 0, 40, height()), Qt::AlignVCenter, QStringLiteral("FP32"));
        const double x = 16 + QFontMetricsF(font).horizontalAdvance(QStringLiteral("FP32")) + 14;
        const QColor hue = m_values->quantisedName == QLatin1String("INT8")
                               ? theme::color(Token::Int8) : visualizer::precisionColor(m_values->quantisedName);
        painter.setPen(QPen(hue, 1.6));
        painter.drawLine(QPointF(x, middle), QPointF(x + 14, middle));
        painter.setPen(theme::color(Token::Text2));
        painter.drawText(QRectF(x + 20, 0, 60, height()), Qt::AlignVCenter, m_values->quantisedName);
    }

private:
    const HistogramData* m_values;
};

/// The swatch of the clipped part.
class HatchSwatch : public QWidget {
public:
    explicit HatchSwatch(QWidget* parent) : QWidget(parent) { setFixedSize(14, 14); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        visualizer::drawHatch(painter, QRectF(rect()).adjusted(1, 1, -1, -1), theme::color(Token::InkLow));
    }
};

} // namespace

std::optional<double> clippedShare(const jobs::TensorStatistics& s, double threshold) {
    if (s.bins.empty() || !(threshold > 0) || !(s.high > s.low))
        return std::nullopt;
    const double width = (s.high - s.low) / static_cast<double>(s.bins.size());
    double outside = 0, all = 0;
    for (size_t b = 0; b < s.bins.size(); ++b) {
        const double low = s.low + b * width, high = low + width;
        const double inside = std::max(0.0, std::min(high, threshold) - std::max(low, -threshold));
        all += static_cast<double>(s.bins[b]);
        outside += static_cast<double>(s.bins[b]) * std::clamp(1 - inside / width, 0.0, 1.0);
    }
    if (all <= 0)
        return std::nullopt;
    return outside / all;
}

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("histogramPlot"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    m_canvas = new HistogramCanvas(this);
    auto* top = new QHBoxLayout;
    m_log = new QCheckBox(this);
    m_log->setObjectName(QStringLiteral("histogramLog"));
    m_log->setProperty("wbSwitch", true);
    m_log->setLayoutDirection(Qt::RightToLeft); // words first, switch at the right edge
    m_log->setChecked(true);
    m_sample = new QLabel(this);
    m_sample->setObjectName(QStringLiteral("histogramSample"));
    m_sample->hide();
    top->addWidget(new Key(&m_canvas->values, this));
    top->addStretch(1);
    top->addWidget(m_sample);
    top->addWidget(m_log);
    column->addLayout(top);
    column->addWidget(m_canvas, 1);
    auto* facts = new QHBoxLayout;
    facts->setSpacing(6);
    m_clipped = new QLabel(this);
    m_clipped->setObjectName(QStringLiteral("histogramClipped"));
    m_step = new QLabel(this);
    m_step->setObjectName(QStringLiteral("histogramStep"));
    facts->addWidget(new HatchSwatch(this));
    facts->addWidget(m_clipped);
    facts->addStretch(1);
    facts->addWidget(m_step);
    column->addLayout(facts);
    m_table = new StatisticsTable(&m_canvas->values, this);
    column->addSpacing(8);
    column->addWidget(m_table);
    connect(m_log, &QCheckBox::toggled, this, &HistogramPlot::setLogCount);
    connect(m_canvas, &HistogramCanvas::thresholdDragged, this, &HistogramPlot::refresh);
    connect(m_canvas, &HistogramCanvas::thresholdEdited, this, &HistogramPlot::thresholdEdited);
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] {
        m_canvas->update();
        update();
    });
    retranslateUi();
}

void HistogramPlot::setStatistics(const std::optional<jobs::TensorStatistics>& reference,
                                  const std::optional<jobs::TensorStatistics>& quantised) {
    m_canvas->values.reference = reference;
    m_canvas->values.quantised = quantised;
    m_canvas->dataChanged();
    refresh();
}

void HistogramPlot::setThreshold(std::optional<double> threshold, std::optional<double> step) {
    m_canvas->values.threshold = threshold && std::isfinite(*threshold) && *threshold > 0 ? *threshold : 0;
    m_canvas->values.step = step && std::isfinite(*step) && *step > 0 ? *step : 0;
    m_canvas->dataChanged();
    refresh();
}

void HistogramPlot::setQuantisedName(const QString& name) {
    m_canvas->values.quantisedName = name;
    m_canvas->dataChanged();
    update();
}

void HistogramPlot::setSampled(bool sampled) { m_sample->setVisible(sampled); }

void HistogramPlot::setLogCount(bool on) {
    m_log->setChecked(on);
    m_canvas->values.logCount = on;
    m_canvas->update();
}

bool HistogramPlot::isLogCount() const { return m_canvas->values.logCount; }
void HistogramPlot::setThresholdEditable(bool editable) { m_canvas->values.editable = editable; }
double HistogramPlot::threshold() const { return m_canvas->values.threshold; }

void HistogramPlot::refresh() {
    const HistogramData& shown = m_canvas->values;
    std::optional<double> share;
    if (shown.reference)
        share = clippedShare(*shown.reference, shown.threshold);
    m_clipped->setText(share ? tr("clipped %1 %").arg(visualizer::numberText(*share * 100, 3))
                             : tr("clipped –"));
    m_step->setText(shown.step > 0 ? tr("step %1").arg(visualizer::numberText(shown.step, 6)) : QString());
    m_table->update();
}

void HistogramPlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange)
        retranslateUi();
    QWidget::changeEvent(event);
}

void HistogramPlot::retranslateUi() {
    setAccessibleName(tr("Histogram of the tensor"));
    m_canvas->setAccessibleName(tr("Histogram; arrow keys move the threshold"));
    m_log->setText(tr("log count"));
    m_sample->setText(tr("sample"));
    m_sample->setToolTip(tr("Drawn from a sample of the values; the numbers below are over all of them."));
    refresh();
}

} // namespace wb::histogram_plot
