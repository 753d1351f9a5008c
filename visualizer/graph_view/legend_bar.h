// SPDX-License-Identifier: GPL-3.0-or-later
// The 28 px bar over the graph: a chip with its count for each band, precision or type, and the zoom.
// A click on an entry selects its layers (rule G-8); the entries are reached by arrow keys too.
#pragma once

#include "visualizer/graph_view/colouring.h"

#include <QWidget>

namespace wb::graph_view {

class LegendBar : public QWidget {
    Q_OBJECT
public:
    explicit LegendBar(QWidget* parent = nullptr);
    void setEntries(const QVector<LegendEntry>& entries);
    const QVector<LegendEntry>& entries() const { return m_entries; }
    void setZoom(double zoom);
    QSize sizeHint() const override { return {320, 28}; }

signals:
    void entryClicked(int index, bool add);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QVector<QRectF> cells() const;
    int cellAt(const QPointF& pos) const;

    QVector<LegendEntry> m_entries;
    double m_zoom = 1;
    int m_hover = -1, m_current = 0;
};

} // namespace wb::graph_view
