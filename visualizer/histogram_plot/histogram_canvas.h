// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn part of the histogram, and the statistics below it. Detail of histogram_plot.cpp.
#pragma once

#include "compiler/jobs/snapshot.h"

#include <QString>
#include <QWidget>
#include <optional>

namespace wb::histogram_plot {

struct HistogramData {
    std::optional<jobs::TensorStatistics> reference, quantised;
    double threshold = 0, step = 0;    ///< 0: none
    QString quantisedName = QStringLiteral("INT8");
    bool logCount = true;
    bool editable = true;
};

class HistogramCanvas : public QWidget {
    Q_OBJECT
public:
    explicit HistogramCanvas(QWidget* parent = nullptr);
    HistogramData values;              ///< call dataChanged() after a change
    void dataChanged();
    QSize sizeHint() const override { return {280, 150}; }
    double xOf(double value) const;
    double valueAt(double x) const;

signals:
    void thresholdDragged(double threshold);
    void thresholdEdited(double threshold);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QRectF plotArea() const;
    int columns() const;
    QVector<double> columnCounts(const jobs::TensorStatistics& statistics, int count) const;
    bool onHandle(const QPointF& pos) const;
    void setRange();

    double m_low = 0, m_high = 1;
    bool m_dragging = false;
};

class StatisticsTable : public QWidget {
    Q_OBJECT
public:
    explicit StatisticsTable(const HistogramData* values, QWidget* parent);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const HistogramData* m_values;
};

} // namespace wb::histogram_plot
