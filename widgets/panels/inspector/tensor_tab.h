// SPDX-License-Identifier: GPL-3.0-or-later
// The values of one layer on the first test picture (rule L-2): histogram FP32 against INT8 and statistics,
// asked of the worker when the tab is looked at.
#pragma once

#include "visualizer/histogram_plot/pair_plot.h"
#include "widgets/document/document.h"

#include <QWidget>

class QLabel;
class QStackedLayout;
class QTabBar;

namespace wb::histogram_plot {
class HistogramPlot;
}

namespace wb::panels {

class TensorTab : public QWidget {
    Q_OBJECT
public:
    explicit TensorTab(document::Document* document, QWidget* parent = nullptr);
    void setLayer(int layer);          ///< −1: none, or several
    void setActive(bool active);       ///< asks the worker only while it is looked at
    void refresh();                    ///< other results: ask again
    void retranslate();
    int layer() const { return m_layer; }

private:
    void ask();
    void say(const QString& text);
    void showStatistics();

    document::Document* m_document;
    int m_layer = -1;
    bool m_active = false, m_asked = false;
    QStackedLayout* m_stack;
    QLabel* m_text;
    histogram_plot::HistogramPlot* m_plot;
    histogram_plot::PairPlot* m_pairs;
    QTabBar *m_variant, *m_kind;       ///< which values; histogram, pairs or differences
    QVector<jobs::TensorStatistics> m_list;
    QVector<histogram_plot::PairCounts> m_counts; ///< as m_list
};

} // namespace wb::panels
