// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of tables, one delegate a kind (visual design, section 6): names whose tail stands out, precision
// chips, cosines over a thin bar, differences from a centre line. Paint by tokens, keep no state.
#pragma once

#include "visualizer/common/paint.h"
#include "widgets/models/layer_facts.h"
#include "widgets/theme/theme.h"

#include <QStyledItemDelegate>

namespace wb::panels {

inline constexpr int kCellPadding = 6;

/// Background, focus mark and plain text as the model gives it (font and colour roles).
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    virtual void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                            const QStyleOptionViewItem& option) const;
};

/// A layer's name: prefix quiet, the last two parts plain, elided at the left.
class NameDelegate : public RowDelegate {
    Q_OBJECT
public:
    using RowDelegate::RowDelegate;

protected:
    void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                    const QStyleOptionViewItem& option) const override;
};

/// Requested, actual and locked; asks the facts for the layer in `layerRole`.
class ChipDelegate : public RowDelegate {
    Q_OBJECT
public:
    enum class Shows { Requested, Actual, Locked };
    ChipDelegate(const models::LayerFacts* facts, int layerRole, Shows shows, QObject* parent)
        : RowDelegate(parent), m_facts(facts), m_layerRole(layerRole), m_shows(shows) {}

protected:
    void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                    const QStyleOptionViewItem& option) const override;

private:
    const models::LayerFacts* m_facts;
    int m_layerRole;
    Shows m_shows;
};

/// A cosine with its mark and a bar of −log10(1−cos) from 0 to 6; the number in `valueRole`.
class CosineDelegate : public RowDelegate {
    Q_OBJECT
public:
    CosineDelegate(int valueRole, QObject* parent) : RowDelegate(parent), m_valueRole(valueRole) {}

protected:
    void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                    const QStyleOptionViewItem& option) const override;

private:
    int m_valueRole;
};

/// A difference: the bar grows from a centre line, `full` is the value at its end.
class DeltaDelegate : public RowDelegate {
    Q_OBJECT
public:
    DeltaDelegate(int valueRole, double full, QObject* parent)
        : RowDelegate(parent), m_valueRole(valueRole), m_full(full) {}

protected:
    void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                    const QStyleOptionViewItem& option) const override;

private:
    int m_valueRole;
    double m_full;
};

/// Draws a layer's name into `rect`; the bold form is for headings.
void drawLayerName(QPainter& painter, const QRect& rect, const QString& name, bool strong, bool selected);
/// 3 px high bar of a band on its track; `share` 0…1.
void drawBandBar(QPainter& painter, const QRectF& track, double share, theme::Band band, bool drawTrack = true);
/// −log10(1−cos) / 6, in 0…1.
double cosineShare(double cosine);

} // namespace wb::panels
