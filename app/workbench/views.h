// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the views on the network and ties them to the document: values in, selection and edits out.
#pragma once

#include "visualizer/cosine_plot/cosine_plot.h"
#include "visualizer/graph_view/graph_view.h"
#include "widgets/document/document.h"

#include <QObject>
#include <QPointer>

namespace wb::panels {
class ComparePanel;
class InspectorPanel;
class LayerTablePanel;
class SearchPanel;
class TimelinePanel;
} // namespace wb::panels

namespace wb::workbench {

class Views : public QObject {
    Q_OBJECT
public:
    Views(document::Document* document, QWidget* parent);

    graph_view::GraphView* graph() const { return m_graph; }
    cosine_plot::CosinePlot* plot() const { return m_plot; }
    QWidget* graphPage() const { return m_graphPage; }   ///< the graph, or what to do to have one
    QWidget* plotPage() const { return m_plotPage; }
    QWidget* table() const;
    QWidget* compare() const;
    QWidget* inspector() const;
    QWidget* search() const;
    panels::TimelinePanel* timeline() const { return m_timeline; }
    QWidget* timelinePage() const { return m_timelinePage; }

    /// Forms of the stages, made when first asked for; null for stages without settings.
    QWidget* stageForm(jobs::Stage stage);
    bool hasStageForm(jobs::Stage stage) const;

    /// Which results the colours show: the mixed ones when there are any, else INT8.
    jobs::Variant shownVariant() const;
    QImage thumbnail(const QSize& size) const;
    /// Least cosine of the shown results; −1 when nothing was compared.
    int worstLayer(jobs::Variant variant) const;

    void applyTable();
    void importPrecisionTable(const QString& file);
    void exportPrecisionTable();
    void startSearch();
    QByteArray tableColumns() const;                     ///< order, widths, which are shown
    void setTableColumns(const QByteArray& state);

signals:
    void openRequested();
    void runRequested(wb::jobs::Stage stage);
    void showRequested(const QString& view); ///< "graph", "table", "plot", "tensor"
    void notHonouredChanged(int count);

private:
    void showNetwork();
    void showSamples();
    void showPrecisions();
    void showSelection(QObject* origin);
    void showGoals();
    void showMarks();
    QWidget* makeDeployPanel();
    void makeTimeline();
    void showPicture(int picture);
    QStringList names(const QVector<int>& layers) const;

    document::Document* m_document;
    graph_view::GraphView* m_graph;
    cosine_plot::CosinePlot* m_plot;
    QWidget *m_graphPage, *m_plotPage, *m_timelinePage;
    panels::LayerTablePanel* m_table;
    panels::ComparePanel* m_compare;
    panels::InspectorPanel* m_inspector;
    panels::SearchPanel* m_search;
    panels::TimelinePanel* m_timeline;
    QPointer<QWidget> m_forms[8];
    int m_progressJob = -1;
};

} // namespace wb::workbench
