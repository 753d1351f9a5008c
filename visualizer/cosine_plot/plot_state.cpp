// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about the series; see plot_state.h.
#include "visualizer/cosine_plot/plot_state.h"

#include "visualizer/common/layer_text.h"

#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {

double Series::cosine(int layer) const {
    if (layer < 0 || layer >= samples.size() || !samples[layer].compared)
        return std::nan("");
    return samples[layer].cosine;
}

double Series::sqnr(int layer) const {
    if (layer < 0 || layer >= samples.size() || !samples[layer].compared)
        return std::nan("");
    return samples[layer].sqnrDb;
}

QString keyOf(SeriesKind kind) {
    switch (kind) {
    case SeriesKind::Source: return QStringLiteral("source");
    case SeriesKind::Fp32: return QStringLiteral("fp32");
    case SeriesKind::Ghost: return QStringLiteral("ghost");
    case SeriesKind::Int8: return QStringLiteral("int8");
    case SeriesKind::Mixed: return QStringLiteral("mixed");
    }
    return {};
}

const Series* PlotState::active() const {
    for (SeriesKind kind : {SeriesKind::Mixed, SeriesKind::Int8, SeriesKind::Fp32, SeriesKind::Source})
        if (series(kind).hasData && series(kind).visible)
            return &series(kind);
    return nullptr;
}

double PlotState::height(const Series& s, int layer) const {
    return heightOf(scale, s.cosine(layer), s.sqnr(layer), range.top);
}

QString PlotState::gapReason(int layer) const {
    const Series* s = active();
    if (!s || layer < 0 || layer >= s->samples.size() || s->samples[layer].compared)
        return {};
    return visualizer::fromStd(s->samples[layer].reason);
}

int PlotState::rankOf(int layer) const {
    const Series* s = active();
    const double own = s ? s->cosine(layer) : std::nan("");
    if (!std::isfinite(own))
        return 0;
    int rank = 1;
    for (int i = 0; i < s->samples.size(); ++i)
        if (s->cosine(i) < own)
            ++rank;
    return rank;
}

int PlotState::worstLayer() const {
    const Series* s = active();
    return s ? s->worst : -1;
}

int PlotState::largestDrop() const {
    const Series* s = active();
    if (!s)
        return -1;
    int found = -1;
    double largest = 0;
    for (int i = 0; i < count(); ++i) {
        const double own = s->cosine(i);
        if (!std::isfinite(own))
            continue;
        // In nines, so that 0.999 → 0.99 weighs as much as 0.99 → 0.9.
        double before = 7;
        bool hasInput = false;
        for (int input : network.layers[i].inputs) {
            const double c = s->cosine(input);
            if (std::isfinite(c)) {
                before = std::min(before, heightOf(Scale::Nines, c, 0, 7));
                hasInput = true;
            }
        }
        const double drop = before - heightOf(Scale::Nines, own, 0, 7);
        if (hasInput && drop > largest) {
            largest = drop;
            found = i;
        }
    }
    return found;
}

int PlotState::nextBelowGoal(int from, bool backwards) const {
    const Series* s = active();
    if (!s || !layerGoal || count() == 0)
        return -1;
    const int step = backwards ? -1 : 1;
    int layer = from < 0 ? (backwards ? 0 : -1) : from;
    for (int i = 0; i < count(); ++i) {
        layer = (layer + step + count()) % count();
        if (s->cosine(layer) < *layerGoal)
            return layer;
    }
    return -1;
}

QVector<BlockBand> bandsOf(const jobs::NetworkSnapshot& network) {
    QVector<BlockBand> bands;
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        QString path = visualizer::fromStd(layer.block.empty() ? layer.name : layer.block);
        const bool hasBlock = !layer.block.empty() || path.indexOf(QLatin1Char('/'), 1) > 0;
        const QString name = hasBlock && !layer.isInput
                                 ? path.split(QLatin1Char('/'), Qt::SkipEmptyParts).value(0) : QString();
        const int index = static_cast<int>(i);
        if (!bands.isEmpty() && bands.back().name == name)
            bands.back().last = index;
        else
            bands.append({index, index, name});
    }
    return bands;
}

} // namespace wb::cosine_plot
