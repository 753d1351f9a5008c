// SPDX-License-Identifier: GPL-3.0-or-later
// The layers that keep the engines longest: name, share of all work, and a bar whose parts are computing and
// transferring.
#pragma once

#include "visualizer/timeline/timeline_scene.h"

#include <QAbstractScrollArea>

namespace wb::timeline {

class LayerTimeList : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit LayerTimeList(QWidget* parent = nullptr);
    /// The scene belongs to the caller and outlives the list's next call.
    void setScene(const TimelineScene* scene);
    void setSelection(const QVector<int>& rows); ///< of the layer table
    int shown() const { return static_cast<int>(m_times.size()); }
    QString textAt(int place) const;             ///< "name, 12.3 %, …"
    QSize sizeHint() const override { return {256, 160}; }

signals:
    void layerChosen(int layer); ///< of the timeline

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int placeAt(const QPoint& position) const;
    void setCurrent(int place);
    void updateScrollBar();

    const TimelineScene* m_scene = nullptr;
    QVector<LayerTime> m_times;
    int64_t m_all = 0;         ///< work of both engines together
    QSet<int> m_rows;
    int m_current = -1, m_hover = -1;
};

} // namespace wb::timeline
