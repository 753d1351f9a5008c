// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of both engines over time, with what waits for what, and local memory below. Takes values, tells selections:
// layers are rows of the layer table. Wheel zooms at the pointer, dragging pans, double click fits.
#pragma once

#include "visualizer/timeline/timeline_paint.h"

#include <QImage>
#include <QWidget>

namespace wb::visualizer {
class HoverCard;
}

namespace wb::timeline {

class TimelineView : public QWidget {
    Q_OBJECT
public:
    explicit TimelineView(QWidget* parent = nullptr);
    ~TimelineView() override;

    /// `rows`: row of the layer table of each of its layers, −1 for none.
    void setTimeline(jobs::Timeline timeline, const QVector<int>& rows);
    void clear();
    const TimelineScene& scene() const { return m_scene; }
    void setSelection(const QVector<int>& rows, bool scroll);
    QVector<int> selection() const { return m_selection; }
    void setColouring(Colouring colouring);
    Colouring colouring() const { return m_look.colouring; }
    /// What exported pictures say: project, target, date.
    void setTitle(const QString& title) { m_title = title; }

    double viewFrom() const { return m_look.from; }
    double viewTo() const { return m_look.to; }
    int currentCommand() const { return m_look.current; }
    void setCurrentCommand(int command); ///< shows it and selects its layer
    void showLayer(int layer);           ///< of the timeline: selects it and brings it into view
    QRectF rectOf(int command) const;    ///< of its bar
    QRectF memoryRect() const { return m_look.place.memory; }

    /// Writes a .png, .svg or .csv, by suffix. The error text is translated; empty means done.
    QString exportTo(const QString& file, double pngScale = 2);
    QByteArray toCsv() const;
    QImage toImage(double scale) const;
    QSize sizeHint() const override { return {900, 226}; }
    QSize minimumSizeHint() const override { return {320, 160}; }

public slots:
    void fit();
    void frameSelection();
    void zoomBy(double factor); ///< around the middle; below 1 comes nearer
    void nextWait(bool backwards);
    void longestWait();

signals:
    void selectionChanged(const QVector<int>& rows);
    void layerActivated(int row);
    void viewChanged();
    void exportRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Hit {
        int command = -1, memory = -1, layer = -1;
    };
    Hit hitAt(const QPointF& position) const;
    QStringList cardLines(const Hit& hit) const;
    void hover(const Hit& hit, const QPointF& position);
    void setView(double from, double to);
    void bringIntoView(double from, double to);
    void choose(int layer, bool add);
    void refreshSelected();
    void step(int direction);
    void retranslateUi();
    void paintAll(QPainter& painter, const TimelineLook& look, const QImage& memory) const;

    TimelineScene m_scene;
    TimelineLook m_look;
    QVector<int> m_selection;
    QImage m_memory;                 ///< of the stays, while view and colours are the same
    visualizer::HoverCard* m_card;
    QString m_title;
    QPointF m_press, m_last;
    bool m_pressed = false, m_moved = false;
};

} // namespace wb::timeline
