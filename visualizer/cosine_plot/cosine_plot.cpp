// SPDX-License-Identifier: GPL-3.0-or-later
// The cosine plot widget: data in, redraw, selection, goals. Keys, card and menu are in cosine_input.cpp,
// export in cosine_export.cpp.
#include "visualizer/cosine_plot/cosine_plot.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/cosine_plot/plot_parts.h"
#include "visualizer/cosine_plot/plot_surface.h"
#include "widgets/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QTabBar>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {
namespace {

constexpr int kRedrawInterval = 100; // ms: ten times a second (V-5)

SeriesKind seriesOf(jobs::Variant variant) {
    switch (variant) {
    case jobs::Variant::Source: return SeriesKind::Source;
    case jobs::Variant::Fp32: return SeriesKind::Fp32;
    case jobs::Variant::Int8: return SeriesKind::Int8;
    case jobs::Variant::Mixed: return SeriesKind::Mixed;
    }
    return SeriesKind::Int8;
}

void fill(Series& series, SeriesKind kind, const QVector<jobs::LayerSample>& samples, int count) {
    series.kind = kind;
    series.samples.fill({}, count);
    series.compared = 0;
    series.worst = -1;
    for (const auto& s : samples) {
        if (s.index < 0 || s.index >= count)
            continue;
        series.samples[s.index] = s;
        if (!s.compared)
            continue;
        ++series.compared;
        if (std::isfinite(s.cosine) &&
            (series.worst < 0 || s.cosine < series.samples[series.worst].cosine))
            series.worst = s.index;
    }
    series.hasData = series.compared > 0;
}

QTabBar* segments(QWidget* parent, const QString& name, int count) {
    auto* bar = new QTabBar(parent);
    bar->setObjectName(name);
    bar->setProperty("wbSegmented", true);
    bar->setDrawBase(false);
    bar->setExpanding(false);
    bar->setFocusPolicy(Qt::TabFocus);
    for (int i = 0; i < count; ++i)
        bar->addTab(QString());
    return bar;
}

} // namespace

CosinePlot::CosinePlot(QWidget* parent) : QWidget(parent), m_state(std::make_unique<PlotState>()) {
    setObjectName(QStringLiteral("cosinePlot"));
    setFocusPolicy(Qt::StrongFocus);
    setAutoFillBackground(true);
    for (int k = 0; k < kSeriesCount; ++k)
        m_state->accumulated[k].kind = m_state->isolated[k].kind = static_cast<SeriesKind>(k);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kLeftMargin, 4, 8, 0);
    row->setSpacing(12);
    m_legend = new LegendRow(m_state.get(), this);
    m_count = new QLabel(this);
    m_count->setObjectName(QStringLiteral("cosineCount"));
    m_mode = segments(this, QStringLiteral("cosineMode"), 2);
    m_scaleBar = segments(this, QStringLiteral("cosineScale"), 3);
    row->addWidget(m_legend, 1);
    row->addWidget(m_count);
    row->addWidget(m_mode);
    row->addWidget(m_scaleBar);
    column->addLayout(row);
    m_surface = new PlotSurface(m_state.get(), this);
    column->addWidget(m_surface, 1);
    m_card = new HoverCard(m_surface);
    m_outputTag = new GoalTag(m_surface);
    m_outputTag->setObjectName(QStringLiteral("outputGoalTag"));
    m_layerTag = new GoalTag(m_surface);
    m_layerTag->setObjectName(QStringLiteral("layerGoalTag"));
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kRedrawInterval);
    connect(m_timer, &QTimer::timeout, this, &CosinePlot::redraw);

    m_count->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_count, &QLabel::linkActivated, this, [this] {
        if (const jobs::LayerSample* sample = spread()) emit pictureRequested(sample->worstImage);
    });
    connect(m_mode, &QTabBar::currentChanged, this, [this](int i) { setIsolated(i == 1); });
    connect(m_scaleBar, &QTabBar::currentChanged, this, [this](int i) { setScale(static_cast<Scale>(i)); });
    connect(m_legend, &LegendRow::toggled, this, [this](SeriesKind kind, bool solo) {
        for (auto* list : {m_state->accumulated, m_state->isolated})
            for (int k = 0; k < kSeriesCount; ++k)
                if (static_cast<SeriesKind>(k) == kind)
                    list[k].visible = solo || !list[k].visible;
                else if (solo)
                    list[k].visible = false;
        redraw();
    });
    connect(m_surface, &PlotSurface::layerClicked, this, [this](int layer, bool add) {
        QVector<int> layers = add ? m_state->selection : QVector<int>();
        if (!add || !layers.removeOne(layer))
            layers.append(layer);
        select(layers, false);
    });
    connect(m_surface, &PlotSurface::rangeSelected, this, [this](int first, int last) {
        QVector<int> layers;
        for (int i = first; i <= last; ++i)
            layers.append(i);
        select(layers, false);
    });
    connect(m_surface, &PlotSurface::blockClicked, this, [this](int first, int last, bool add) {
        QVector<int> layers = add ? m_state->selection : QVector<int>();
        for (int i = first; i <= last; ++i)
            if (!layers.contains(i))
                layers.append(i);
        select(layers, false);
    });
    connect(m_surface, &PlotSurface::hovered, this, &CosinePlot::hover);
    connect(m_surface, &PlotSurface::menuRequested, this, &CosinePlot::showMenu);
    connect(m_surface, &PlotSurface::viewChanged, this, &CosinePlot::placeTags);
    for (GoalTag* tag : {m_outputTag, m_layerTag}) {
        const bool output = tag == m_outputTag;
        connect(tag, &GoalTag::dragged, this, [this, output](double y) {
            const double height = m_surface->yAxis->pixelToCoord(y);
            editGoal(output, cosineAt(m_state->scale, height, m_state->range.top));
        });
        connect(tag, &GoalTag::released, this,
                [this] { emit goalsEdited(m_state->outputGoal, m_state->layerGoal); });
        connect(tag, &GoalTag::stepped, this, [this, output](int direction) {
            const auto& goal = output ? m_state->outputGoal : m_state->layerGoal;
            if (!goal)
                return;
            // A twentieth of a nine: fine near 1, coarse far from it.
            const double nines = -std::log10(std::max(1e-6, 1 - *goal)) + 0.05 * direction;
            editGoal(output, 1 - std::pow(10.0, -nines));
            emit goalsEdited(m_state->outputGoal, m_state->layerGoal);
        });
    }
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] {
        applyTheme();
        redraw();
    });
    applyTheme();
    retranslateUi();
    redraw();
}

CosinePlot::~CosinePlot() = default;

void CosinePlot::applyTheme() {
    m_surface->applyTheme();
    QPalette ground = palette();
    ground.setColor(QPalette::Window, theme::color(theme::Token::Canvas));
    setPalette(ground);
    m_count->setFont(theme::font(theme::TextRole::Caption));
    QPalette quiet = m_count->palette();
    quiet.setColor(QPalette::WindowText, theme::color(theme::Token::Text2));
    m_count->setPalette(quiet);
}

void CosinePlot::setNetwork(const jobs::NetworkSnapshot& network) {
    m_state->network = network;
    m_state->bands = bandsOf(network);
    m_state->selection.clear();
    m_state->selected.clear();
    m_state->precisions.clear();
    m_state->requested.clear();
    m_state->running = -1;
    for (auto* list : {m_state->accumulated, m_state->isolated})
        for (int k = 0; k < kSeriesCount; ++k)
            fill(list[k], static_cast<SeriesKind>(k), {}, m_state->count());
    hover(-1, {});
    rescale();
    m_surface->fitAll();
    redraw();
}

void CosinePlot::setSeries(jobs::Variant variant, bool isolated, const QVector<jobs::LayerSample>& samples) {
    const SeriesKind kind = seriesOf(variant);
    fill((isolated ? m_state->isolated : m_state->accumulated)[static_cast<int>(kind)], kind, samples,
         m_state->count());
    schedule();
}

void CosinePlot::setGhost(const QVector<jobs::LayerSample>& samples) {
    fill(m_state->accumulated[static_cast<int>(SeriesKind::Ghost)], SeriesKind::Ghost, samples,
         m_state->count());
    schedule();
}

void CosinePlot::setGoals(std::optional<double> outputCosine, std::optional<double> layerCosine) {
    m_state->outputGoal = outputCosine;
    m_state->layerGoal = layerCosine;
    schedule();
}

void CosinePlot::setPrecisions(const QVector<jobs::LayerPrecision>& precisions) {
    m_state->precisions.fill({}, m_state->count());
    m_state->requested.fill({}, m_state->count());
    for (const auto& p : precisions)
        if (p.index >= 0 && p.index < m_state->count()) {
            m_state->precisions[p.index] = visualizer::fromStd(p.actual);
            m_state->requested[p.index] = visualizer::fromStd(p.requested);
        }
    schedule();
}

void CosinePlot::setRunning(double fraction) {
    m_state->running = fraction < 0 ? -1 : std::min(fraction, 1.0);
    schedule();
}

void CosinePlot::setSelection(const QVector<int>& layers, bool scroll) {
    m_state->selection.clear();
    for (int layer : layers)
        if (layer >= 0 && layer < m_state->count())
            m_state->selection.append(layer);
    m_state->selected = QSet<int>(m_state->selection.begin(), m_state->selection.end());
    if (scroll && !m_state->selection.isEmpty())
        m_surface->showLayer(m_state->selection.front());
    if (!m_state->selection.isEmpty())
        setAccessibleDescription(cardLines(m_state->selection.back()).join(QLatin1String("; ")).remove(QLatin1Char('`')));
    showCount();
    m_surface->replot(QCustomPlot::rpQueuedReplot);
}

QVector<int> CosinePlot::selection() const { return m_state->selection; }

QPoint CosinePlot::positionOf(int layer, jobs::Variant variant) const {
    const SeriesKind kind = variant == jobs::Variant::Source ? SeriesKind::Source
                            : variant == jobs::Variant::Fp32 ? SeriesKind::Fp32
                            : variant == jobs::Variant::Int8 ? SeriesKind::Int8
                                                             : SeriesKind::Mixed;
    if (layer < 0 || layer >= m_state->count()) return {};
    const QPointF point = m_surface->pointOf(m_state->series(kind), layer);
    if (!std::isfinite(point.y()) || !m_surface->axisRect()->rect().adjusted(-4, -4, 4, 4).contains(point.toPoint())) return {};
    return m_surface->mapTo(this, point.toPoint());
}

void CosinePlot::select(const QVector<int>& layers, bool scroll) {
    if (layers == m_state->selection)
        return;
    setSelection(layers, scroll);
    emit selectionChanged(m_state->selection);
}

Scale CosinePlot::scale() const { return m_state->scale; }

void CosinePlot::setScale(Scale scale) {
    if (m_state->scale == scale)
        return;
    m_state->scale = scale;
    const QSignalBlocker blocker(m_scaleBar);
    m_scaleBar->setCurrentIndex(static_cast<int>(scale));
    rescale();
    m_surface->fitAll();
    redraw();
    emit scaleChanged(scale);
}

bool CosinePlot::isIsolated() const { return m_state->showIsolated; }

void CosinePlot::setIsolated(bool isolated) {
    if (m_state->showIsolated == isolated)
        return;
    m_state->showIsolated = isolated;
    const QSignalBlocker blocker(m_mode);
    m_mode->setCurrentIndex(isolated ? 1 : 0);
    redraw();
    emit isolatedChanged(isolated);
}

void CosinePlot::setTogether(bool together) {
    m_state->showTogether = together;
    redraw();
}

void CosinePlot::schedule() {
    if (!m_timer->isActive())
        m_timer->start();
}

void CosinePlot::rescale() {
    QVector<double> cosines, sqnr, goals;
    const auto take = [&](const Series& s) {
        for (int i = 0; s.hasData && s.visible && i < s.samples.size(); ++i) {
            cosines.append(s.cosine(i));
            sqnr.append(s.sqnr(i));
        }
    };
    for (int k = 0; k < kSeriesCount; ++k)
        take(m_state->series(static_cast<SeriesKind>(k)));
    for (const auto& goal : {m_state->outputGoal, m_state->layerGoal})
        if (goal)
            goals.append(*goal);
    m_state->range = rangeFor(m_state->scale, cosines, sqnr, goals);
}

void CosinePlot::redraw() {
    m_timer->stop();
    rescale();
    showCount();
    m_surface->refresh();
    m_legend->update();
    placeTags();
}

const jobs::LayerSample* CosinePlot::spread() const {
    const Series* active = m_state->active();
    const int layer = !active ? -1 : m_state->selection.isEmpty() ? active->worst : m_state->selection.back();
    if (layer < 0 || layer >= active->samples.size()) return nullptr;
    const jobs::LayerSample& sample = active->samples[layer];
    return sample.compared && sample.cosineMin < sample.cosineMax ? &sample : nullptr;
}

void CosinePlot::showCount() {
    const Series* active = m_state->active();
    QString text = active ? tr("%1 of %2 compared").arg(active->compared).arg(m_state->count()) : QString();
    if (spread())
        text += QStringLiteral(" · <a href=\"picture\" style=\"text-decoration:none\">%1</a>").arg(tr("worst picture"));
    m_count->setText(text);
}

void CosinePlot::placeTags() {
    const QRect area = m_surface->axisRect()->rect();
    const auto place = [&](GoalTag* tag, const std::optional<double>& goal, const QString& text) {
        const double y = goal ? m_surface->yAxis->coordToPixel(
                                    heightOf(m_state->scale, *goal, 0, m_state->range.top))
                              : -1;
        const bool shown = goal && m_state->scale != Scale::Sqnr && m_state->count() > 0 &&
                           y >= area.top() - 1 && y <= area.bottom() + 1;
        tag->setVisible(shown);
        if (!shown)
            return;
        tag->setText(text);
        tag->move(area.right() + 2, qRound(y) - tag->height() / 2);
    };
    place(m_outputTag, m_state->outputGoal,
          tr("output goal %1").arg(visualizer::numberText(m_state->outputGoal.value_or(0), 4)));
    place(m_layerTag, m_state->layerGoal,
          tr("layer goal %1").arg(visualizer::numberText(m_state->layerGoal.value_or(0), 4)));
    // Two goals close together would cover each other's tags.
    if (m_outputTag->isVisible() && m_layerTag->isVisible() &&
        std::abs(m_outputTag->y() - m_layerTag->y()) < m_outputTag->height()) {
        const bool outputAbove = *m_state->outputGoal >= *m_state->layerGoal;
        GoalTag* lower = outputAbove ? m_layerTag : m_outputTag;
        GoalTag* upper = outputAbove ? m_outputTag : m_layerTag;
        lower->move(lower->x(), upper->y() + upper->height());
    }
}

void CosinePlot::editGoal(bool output, double cosine) {
    // Four digits are what the tag shows and what the project keeps.
    const double rounded = std::round(std::clamp(cosine, 0.0, 0.9999) * 1e4) / 1e4;
    (output ? m_state->outputGoal : m_state->layerGoal) = rounded;
    placeTags();
    m_surface->replot(QCustomPlot::rpQueuedReplot);
}

} // namespace wb::cosine_plot
