// SPDX-License-Identifier: GPL-3.0-or-later
// Similarity of every layer with its reference, layer by layer (UX guide section 7): series by variant,
// gaps where nothing was compared, goal lines, live growth, and the shared selection. Takes values through
// setters; redraws at most ten times a second. Layer indices are those of NetworkSnapshot::layers.
#pragma once

#include "compiler/jobs/snapshot.h"
#include "visualizer/cosine_plot/cosine_scale.h"

#include <QStringList>
#include <QVector>
#include <QWidget>
#include <memory>
#include <optional>

class QLabel;
class QTabBar;
class QTimer;

namespace wb::visualizer {
class HoverCard;
}

namespace wb::cosine_plot {

class GoalTag;
class LegendRow;
class PlotSurface;
struct PlotState;

/// What stands on exported pictures.
struct ExportInfo {
    QString title, model, target, date;
};

class CosinePlot : public QWidget {
    Q_OBJECT
public:
    explicit CosinePlot(QWidget* parent = nullptr);
    ~CosinePlot() override;

    void setNetwork(const jobs::NetworkSnapshot& network);
    /// One entry a layer; `compared == false` leaves a gap, with the reason when there is one.
    void setSeries(jobs::Variant variant, bool isolated, const QVector<jobs::LayerSample>& samples);
    /// The mixed run before the present one; empty removes it.
    void setGhost(const QVector<jobs::LayerSample>& samples);
    void setGoals(std::optional<double> outputCosine, std::optional<double> layerCosine);
    void setPrecisions(const QVector<jobs::LayerPrecision>& precisions);
    /// 0…1 while layers are coming in; below 0: nothing is running.
    void setRunning(double fraction);
    void setSelection(const QVector<int>& layers, bool scroll);
    QVector<int> selection() const;
    /// Where the point of a layer lies, in this widget; null when it has none or lies outside the view.
    QPoint positionOf(int layer, jobs::Variant variant) const;

    void setScale(Scale scale);
    Scale scale() const;
    void setIsolated(bool isolated);
    bool isIsolated() const;
    void setTogether(bool together);   ///< isolated error as bars under the accumulated line

    void setExportInfo(const ExportInfo& info) { m_exportInfo = info; }
    /// Writes a .png, .pdf or .csv, by suffix. The error text is translated; empty means done.
    QString exportTo(const QString& file, double pngScale = 2);
    QByteArray toCsv() const;
    QImage toImage(double scale) const;

    PlotSurface* surface() const { return m_surface; }
    const PlotState& state() const { return *m_state; }
    QSize sizeHint() const override { return {900, 226}; }

public slots:
    void cycleScale();
    void fit();
    void copyImage();

signals:
    void selectionChanged(const QVector<int>& layers);
    void goalsEdited(std::optional<double> outputCosine, std::optional<double> layerCosine);
    void scaleChanged(wb::cosine_plot::Scale scale);
    void isolatedChanged(bool isolated);
    void layerActivated(int layer);
    void pictureRequested(int picture); ///< of the test pictures: the one with the lowest cosine (rule V-5)

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    void retranslateUi();
    void applyTheme();
    void schedule();                   ///< redraw soon, at most ten times a second
    void redraw();
    void rescale();
    void placeTags();
    void select(const QVector<int>& layers, bool scroll);
    void stepTo(int layer);
    void hover(int layer, const QPoint& position);
    void showMenu(const QPoint& position);
    void editGoal(bool output, double cosine);
    void showCount();
    /// Sample whose worst picture is offered: of the current layer, else of the worst one; null with one picture.
    const jobs::LayerSample* spread() const;
    QStringList cardLines(int layer) const;
    void paintExport(QPainter& painter, const QSize& size, bool vector) const;

    std::unique_ptr<PlotState> m_state;
    LegendRow* m_legend;
    QLabel* m_count;
    QTabBar *m_mode, *m_scaleBar;
    PlotSurface* m_surface;
    visualizer::HoverCard* m_card;
    GoalTag *m_outputTag, *m_layerTag;
    QTimer* m_timer;
    ExportInfo m_exportInfo;
};

} // namespace wb::cosine_plot
