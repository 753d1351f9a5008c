// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the cosine plot draw from: series, selection, goals, strips. Owned by CosinePlot; the
// drawing layers hold a pointer and read it on the GUI thread.
#pragma once

#include "compiler/jobs/snapshot.h"
#include "visualizer/cosine_plot/cosine_scale.h"

#include <QColor>
#include <QSet>
#include <QString>
#include <QVector>
#include <optional>

namespace wb::cosine_plot {

enum class SeriesKind { Source, Fp32, Ghost, Int8, Mixed }; ///< in the order of painting
inline constexpr int kSeriesCount = 5;

struct Series {
    SeriesKind kind = SeriesKind::Int8;
    QVector<jobs::LayerSample> samples; ///< by layer index
    bool hasData = false;              ///< at least one layer compared
    int compared = 0;
    int worst = -1;                    ///< layer
    bool visible = true;
    double cosine(int layer) const;    ///< NaN when not compared
    double sqnr(int layer) const;
};

struct BlockBand {
    int first = 0, last = 0;           ///< layers, inclusive
    QString name;                      ///< "model.8"; empty: layers without a block
};

struct PlotState {
    jobs::NetworkSnapshot network;
    int count() const { return static_cast<int>(network.layers.size()); }
    Series accumulated[kSeriesCount], isolated[kSeriesCount];
    bool showIsolated = false, showTogether = false;
    const Series& series(SeriesKind kind) const {
        return (showIsolated ? isolated : accumulated)[static_cast<int>(kind)];
    }
    const Series* active() const;      ///< Mixed if it has data and is shown, else INT8, else FP32

    Scale scale = Scale::Nines;
    ScaleRange range;
    QVector<int> selection;
    QSet<int> selected;
    int hovered = -1;
    std::optional<double> outputGoal, layerGoal; ///< cosines
    double running = -1;               ///< 0…1 while a run goes on, else below 0
    QVector<QString> precisions;       ///< actual, by layer; empty: none
    QVector<QString> requested;
    QVector<BlockBand> bands;

    double height(const Series& s, int layer) const;
    /// Why a layer has no value in the active series; empty when it has one or has not been run yet.
    QString gapReason(int layer) const;
    /// Layers in order of their active cosine, worst first; 1-based, 0 when not compared.
    int rankOf(int layer) const;
    int worstLayer() const;
    int largestDrop() const;           ///< layer that falls most below its inputs, −1 for none
    int nextBelowGoal(int from, bool backwards) const;
};

QString keyOf(SeriesKind kind);        ///< "source", "fp32", "ghost", "int8", "mixed"
QVector<BlockBand> bandsOf(const jobs::NetworkSnapshot& network);

} // namespace wb::cosine_plot
