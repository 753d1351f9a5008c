// SPDX-License-Identifier: GPL-3.0-or-later
// Values of one tensor before and after quantisation (rule L-2): FP32 filled against the INT8 step line,
// the threshold as a handle that can be dragged, what is clipped, the step width, and the statistics of
// both sides. Takes values through setters and emits edits; computes nothing but shares of given bins.
#pragma once

#include "compiler/jobs/snapshot.h"

#include <QString>
#include <QWidget>
#include <optional>

class QCheckBox;
class QLabel;

namespace wb::histogram_plot {

/// Share of the values outside ±threshold, from the bins: 0…1. Bins cut by the threshold count by the
/// part that lies outside. Nothing without bins or a positive threshold.
std::optional<double> clippedShare(const jobs::TensorStatistics& statistics, double threshold);

class HistogramCanvas;
class StatisticsTable;

class HistogramPlot : public QWidget {
    Q_OBJECT
public:
    explicit HistogramPlot(QWidget* parent = nullptr);

    /// Either may be absent. Drawn over the union of their ranges.
    void setStatistics(const std::optional<jobs::TensorStatistics>& reference,
                       const std::optional<jobs::TensorStatistics>& quantised);
    /// Symmetric threshold and step width (scale) of the INT8 tensor; nothing for float layers.
    void setThreshold(std::optional<double> threshold, std::optional<double> step);
    /// Precision of the quantised side, for its name and hue: "INT8" (default), "F16", …
    void setQuantisedName(const QString& name);
    /// The bins were made from a sample of the values (rule L-5): says so.
    void setSampled(bool sampled);
    void setLogCount(bool on);
    bool isLogCount() const;
    void setThresholdEditable(bool editable);
    double threshold() const;          ///< as shown, also while it is dragged; 0 for none
    HistogramCanvas* canvas() const { return m_canvas; }

signals:
    void thresholdEdited(double threshold); ///< on release, and for each arrow key

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslateUi();
    void refresh();

    HistogramCanvas* m_canvas;
    StatisticsTable* m_table;
    QCheckBox* m_log;
    QLabel *m_clipped, *m_step, *m_sample;
};

} // namespace wb::histogram_plot
