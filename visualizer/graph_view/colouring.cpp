// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of nodes and legend; see colouring.h.
#include "visualizer/graph_view/colouring.h"

#include "visualizer/common/layer_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {
using theme::Band;
using theme::Token;
using visualizer::fromStd;

namespace {

QString text(const char* source) { return QCoreApplication::translate("GraphView", source); }

Band bandFor(const LayerData& data, int layer) {
    const jobs::LayerSample& s = data.samples[layer];
    return theme::bandOf(s.cosine, s.compared && std::isfinite(s.cosine));
}

bool hasReason(const LayerData& data, int layer) {
    const jobs::LayerSample& s = data.samples[layer];
    return !s.compared && !s.reason.empty();
}

/// Types by how often they occur, so that the common ones get the first colours.
QVector<std::pair<QString, QVector<int>>> layersByType(const LayerData& data) {
    QHash<QString, QVector<int>> byType;
    QVector<QString> order;
    for (size_t i = 0; i < data.network->layers.size(); ++i) {
        const auto& layer = data.network->layers[i];
        if (layer.isInput)
            continue;
        const QString type = fromStd(layer.type);
        if (!byType.contains(type))
            order.append(type);
        byType[type].append(static_cast<int>(i));
    }
    QVector<std::pair<QString, QVector<int>>> list;
    for (const QString& type : order)
        list.append({type, byType[type]});
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
    return list;
}

constexpr int kTypeColors = 6; // distinct enough; the rest shares one neutral colour

QColor typeColor(int index) {
    return index < kTypeColors ? theme::detectionClassColor(index + 1) : theme::color(Token::Text3);
}

/// Bands of the share of all work, the most first.
constexpr double kTimeBands[] = {0.1, 0.05, 0.02, 0.01, 0};
constexpr const char* kTimeLabels[] = {"≥ 10 %", "≥ 5 %", "≥ 2 %", "≥ 1 %", "< 1 %"};

/// A sequential ramp: the ground, sky, text.
QColor timeColor(int band) {
    const QColor ground = theme::color(Token::Canvas), sky = theme::color(Token::Band099), text = theme::color(Token::Text);
    switch (band) {
    case 0: return visualizer::mixed(sky, text, 0.7);
    case 1: return sky;
    case 2: return visualizer::mixed(ground, sky, 0.68);
    case 3: return visualizer::mixed(ground, sky, 0.42);
    default: return visualizer::mixed(ground, sky, 0.22);
    }
}

/// Share of the work of all layers; below 0: nothing is known of this one.
double timeShare(const LayerData& data, int layer) {
    if (layer >= data.cycles.size() || data.cycles[layer] < 0) return -1;
    return data.allCycles > 0 ? static_cast<double>(data.cycles[layer]) / static_cast<double>(data.allCycles) : -1;
}

int timeBand(double share) {
    int band = 0;
    while (share < kTimeBands[band]) ++band;
    return band;
}

struct ByLayer {
    QColor fill, ink;
    bool hatched = false, has = false;
};

QVector<ByLayer> layerColors(const LayerData& data, Colouring colouring) {
    const int count = static_cast<int>(data.network->layers.size());
    QVector<ByLayer> colors(count);
    switch (colouring) {
    case Colouring::Cosine:
        for (int i = 0; i < count && data.hasSamples; ++i) {
            const Band band = bandFor(data, i);
            if (band != Band::NotCompared)
                colors[i] = {theme::bandFill(band), theme::bandInk(band), false, true};
            else if (hasReason(data, i))
                colors[i] = {theme::color(Token::Text3), theme::color(Token::Text2), true, true};
        }
        break;
    case Colouring::Precision:
        for (int i = 0; i < count; ++i)
            if (const auto* p = data.precision(i)) {
                const QColor c = visualizer::precisionColor(fromStd(p->actual));
                colors[i] = {c, c, false, true};
            }
        break;
    case Colouring::Type: {
        int index = 0;
        for (const auto& [type, layers] : layersByType(data)) {
            const QColor c = typeColor(index++);
            for (int layer : layers)
                colors[layer] = {c, theme::color(Token::Text2), false, true};
        }
        break;
    }
    case Colouring::Time:
        for (int i = 0; i < count; ++i)
            if (const double share = timeShare(data, i); share >= 0)
                colors[i] = {timeColor(timeBand(share)), theme::color(Token::Text2), false, true};
        break;
    case Colouring::None: break;
    }
    return colors;
}

void setValue(NodeLook& look, const LayerData& data, int layer) {
    const jobs::LayerSample& s = data.samples[layer];
    if (s.compared) {
        look.value = visualizer::numberText(s.cosine, 4);
        look.mark = std::isfinite(s.cosine) ? theme::bandMark(theme::bandOf(s.cosine)) : QString();
        look.ink = std::isfinite(s.cosine) ? theme::bandInk(theme::bandOf(s.cosine))
                                           : theme::color(Token::Failed);
    } else if (!s.reason.empty()) {
        look.mark = QStringLiteral("?");
        look.ink = theme::color(Token::Text2);
    }
}

/// The share instead of the cosine.
void setTime(NodeLook& look, double share) {
    look.mark.clear();
    look.ink = theme::color(Token::Text);
    look.value = share < 0 ? QString() : QStringLiteral("%1 %").arg(share * 100, 0, 'f', 1);
}

/// Blocks by the work of all their layers.
void fillBlockByTime(NodeLook& look, const Block& block, const LayerData& data) {
    double all = -1;
    for (int layer : block.layers)
        if (const double share = timeShare(data, layer); share >= 0) all = std::max(all, 0.0) + share;
    setTime(look, all);
    look.hasColor = all >= 0;
    look.hatched = false;
    if (all >= 0) look.fill = timeColor(timeBand(all));
}

void fillBlock(NodeLook& look, const Block& block, const LayerData& data,
               const QVector<ByLayer>& colors) {
    look.layerCount = static_cast<int>(block.layers.size());
    int worst = -1;
    QHash<QString, int> counts;
    int counted = 0;
    for (int layer : block.layers) {
        const auto& s = data.samples[layer];
        if (s.compared && (worst < 0 || !(s.cosine >= data.samples[worst].cosine)))
            worst = layer;
        if (const auto* p = data.precision(layer)) {
            ++counts[fromStd(p->actual)];
            ++counted;
        }
    }
    for (const char* precision : {"F32", "BF16", "F16", "INT8"})
        if (const int n = counts.value(QLatin1String(precision)))
            look.precisionBar.append({visualizer::precisionColor(QLatin1String(precision)),
                                      static_cast<double>(n) / counted});
    const int shown = worst >= 0 ? worst : (block.layers.isEmpty() ? -1 : block.layers.front());
    if (worst >= 0)
        setValue(look, data, worst);
    if (shown >= 0) {
        look.fill = colors[shown].fill;
        look.hasColor = colors[shown].has;
        look.hatched = colors[shown].hatched;
    }
}

} // namespace

const jobs::LayerPrecision* LayerData::precision(int layer) const {
    if (!hasPrecisions || layer < 0 || layer >= precisions.size() || precisions[layer].actual.empty())
        return nullptr;
    return &precisions[layer];
}

QVector<NodeLook> nodeLooks(const DisplayGraph& graph, const BlockTree& tree, const LayerData& data,
                            Colouring colouring) {
    QVector<NodeLook> looks(graph.nodes.size());
    if (!data.network)
        return looks;
    const QVector<ByLayer> colors = layerColors(data, colouring);
    for (int i = 0; i < graph.nodes.size(); ++i) {
        const DisplayNode& node = graph.nodes[i];
        NodeLook& look = looks[i];
        look.ink = theme::color(Token::Text2);
        if (node.kind == DisplayNode::Kind::Block) {
            fillBlock(look, tree.blocks()[node.block], data, colors);
            if (colouring == Colouring::Time) fillBlockByTime(look, tree.blocks()[node.block], data);
            continue;
        }
        const auto& layer = data.network->layers[node.layer];
        look.fill = colors[node.layer].fill;
        look.hasColor = colors[node.layer].has;
        look.hatched = colors[node.layer].hatched;
        look.locked = data.locked.contains(node.layer);
        look.edited = data.edited.contains(node.layer);
        look.chip = visualizer::chipFor(data.precision(node.layer), layer.followsInput, true);
        if (look.chip.kind == visualizer::Chip::Kind::None && layer.followsInput) {
            look.chip.kind = visualizer::Chip::Kind::Follows;
            look.chip.text = QStringLiteral("~");
        }
        setValue(look, data, node.layer);
        if (colouring == Colouring::Time) setTime(look, timeShare(data, node.layer));
    }
    return looks;
}

QVector<LegendEntry> legendEntries(const LayerData& data, Colouring colouring) {
    QVector<LegendEntry> entries;
    if (!data.network)
        return entries;
    const int count = static_cast<int>(data.network->layers.size());
    switch (colouring) {
    case Colouring::Cosine: {
        static constexpr Band kBands[] = {Band::B0999, Band::B099, Band::B095, Band::B090, Band::Low};
        static const char* const kLabels[] = {"≥ 0.999", "≥ 0.99", "≥ 0.95", "≥ 0.90", "< 0.90"};
        for (int b = 0; b < 5; ++b)
            entries.append({QString::fromUtf8(kLabels[b]), theme::bandFill(kBands[b]),
                            theme::bandInk(kBands[b]), false, {}});
        LegendEntry missing{text(QT_TRANSLATE_NOOP("GraphView", "not compared")),
                            theme::color(Token::Raised), theme::color(Token::Text2), true, {}};
        for (int i = 0; i < count && data.hasSamples; ++i) {
            const Band band = bandFor(data, i);
            if (band == Band::NotCompared) {
                if (hasReason(data, i))
                    missing.layers.append(i);
                continue;
            }
            entries[static_cast<int>(band)].layers.append(i);
        }
        if (!missing.layers.isEmpty())
            entries.append(missing);
        break;
    }
    case Colouring::Precision:
        for (const char* precision : {"INT8", "F16", "BF16", "F32"}) {
            const QString name = QLatin1String(precision);
            LegendEntry entry{name, visualizer::precisionColor(name), theme::color(Token::Text2), false, {}};
            for (int i = 0; i < count; ++i)
                if (const auto* p = data.precision(i); p && p->actual == precision)
                    entry.layers.append(i);
            entries.append(entry);
        }
        break;
    case Colouring::Type: {
        LegendEntry others{text(QT_TRANSLATE_NOOP("GraphView", "other")), typeColor(kTypeColors),
                           theme::color(Token::Text2), false, {}};
        int index = 0;
        for (const auto& [type, layers] : layersByType(data)) {
            if (index < kTypeColors)
                entries.append({type, typeColor(index), theme::color(Token::Text2), false, layers});
            else
                others.layers += layers;
            ++index;
        }
        if (!others.layers.isEmpty())
            entries.append(others);
        break;
    }
    case Colouring::Time: {
        for (int band = 0; band < 5; ++band)
            entries.append({QString::fromUtf8(kTimeLabels[band]), timeColor(band), theme::color(Token::Text2), false, {}});
        for (int i = 0; i < count; ++i)
            if (const double share = timeShare(data, i); share >= 0) entries[timeBand(share)].layers.append(i);
        break;
    }
    case Colouring::None: break;
    }
    return entries;
}

} // namespace wb::graph_view
