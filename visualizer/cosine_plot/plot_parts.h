// SPDX-License-Identifier: GPL-3.0-or-later
// The small widgets around the plot surface: legend row, hover card, goal tags. Detail of cosine_plot.cpp.
#pragma once

#include "visualizer/common/hover_card.h"
#include "visualizer/cosine_plot/plot_state.h"

#include <QStringList>
#include <QWidget>

class QPainter;

namespace wb::cosine_plot {

using visualizer::HoverCard;

/// Name of a series in the user's language.
QString titleOf(SeriesKind kind);

/// Line, marker and name of each series; a click shows or hides it, with Alt it is shown alone.
class LegendRow : public QWidget {
    Q_OBJECT
public:
    LegendRow(const PlotState* state, QWidget* parent);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {40, 24}; }
    /// Draws the entries from the left of `area`; also used for exported pictures.
    static void paintEntries(QPainter& painter, const QRectF& area, const PlotState& state, int hover);

signals:
    void toggled(wb::cosine_plot::SeriesKind kind, bool solo);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int entryAt(const QPointF& pos) const;
    const PlotState* m_state;
    int m_hover = -1;
};

/// Tag at the right end of a goal line; the handle to drag it, and to move it with arrow keys.
class GoalTag : public QWidget {
    Q_OBJECT
public:
    explicit GoalTag(QWidget* parent);
    void setText(const QString& text);
    QSize sizeHint() const override;

signals:
    void dragged(double y);            ///< pointer height in the parent's coordinates
    void released();
    void stepped(int direction);       ///< arrow keys: +1 up
protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QString m_text;
    bool m_dragging = false;
};

} // namespace wb::cosine_plot
