// SPDX-License-Identifier: GPL-3.0-or-later
// The graph of a network: legend, canvas, search bar, minimap (UX guide section 4). Takes snapshots
// through setters and emits what the user selects or asks for; it edits nothing itself. Layer indices are
// those of NetworkSnapshot::layers.
#pragma once

#include "compiler/jobs/snapshot.h"
#include "visualizer/graph_view/colouring.h"

#include <QImage>
#include <QStringList>
#include <QVector>
#include <QWidget>
#include <optional>

class QLabel;
class QLineEdit;
class QTimer;
class QToolButton;

namespace wb::graph_view {

class GraphCanvas;
class LegendBar;
class Minimap;

class GraphView : public QWidget {
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);

    void setNetwork(const jobs::NetworkSnapshot& network);
    void setSamples(const QVector<jobs::LayerSample>& samples);
    void setPrecisions(const QVector<jobs::LayerPrecision>& precisions);
    /// Padlocks, and the dot of choices made but not applied yet.
    /// Work on the chip by layer, −1 where none is known; empty: none at all.
    void setCycles(const QVector<qint64>& cycles);
    void setMarks(const QSet<int>& locked, const QSet<int>& edited);
    void setColouring(Colouring colouring);
    Colouring colouring() const;
    void setSelection(const QVector<int>& layers, bool scroll);
    QVector<int> selection() const;

    /// Plain text over names and types; empty ends the search.
    void setSearch(const QString& text);
    /// Hits found elsewhere (a filter of the layer table) instead of plain text; nothing ends it.
    void setSearchMatches(const std::optional<QVector<int>>& layers);
    QVector<int> searchMatches() const { return m_matches; }
    int currentMatch() const { return m_currentMatch; } ///< 0-based, -1 for none

    GraphCanvas* canvas() const { return m_canvas; }
    Minimap* minimap() const { return m_minimap; }
    bool isLayoutReady() const;

public slots:
    void fit();
    void zoomTo100();
    void zoomIn();
    void zoomOut();
    void frameSelection();
    void showSearch();
    void findNext();
    void findPrevious();
    void cycleColouring();
    void setMinimapVisible(bool visible);
    void toggleMinimap();

signals:
    void selectionChanged(const QVector<int>& layers);
    void colouringChanged(wb::graph_view::Colouring colouring);
    void useAsOutputRequested(const QStringList& layers);
    void precisionRequested(const QVector<int>& layers, const QString& precision); ///< "INT8"…, "auto"
    void lockRequested(const QVector<int>& layers);    ///< toggle
    void showRequested(int layer, const QString& view); ///< "table", "plot", "tensor"
    void layoutReady();

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeSearchBar();
    void makeLayoutBar();
    void retranslateUi();
    void placeOverlays();
    void refreshLegend();
    void refreshSearch();
    void goToMatch(int match);
    void showMenu(int layer, const QPoint& position);
    void endSearch();

    LegendBar* m_legend;
    GraphCanvas* m_canvas;
    Minimap* m_minimap;
    QWidget* m_searchBar;
    QLineEdit* m_searchField;
    QLabel* m_searchCount;
    QToolButton *m_previous, *m_next, *m_closeSearch;
    QWidget* m_layoutBar;
    QLabel* m_layoutText;
    QToolButton *m_cancelLayout, *m_collapse;
    QTimer* m_layoutTimer;
    QVector<int> m_matches;
    int m_currentMatch = -1;
    bool m_searching = false;
    bool m_minimapWanted = true;
    QString m_search;
};

/// The graph of a network as a small picture in band colours, e.g. for the start page. Synchronous, own
/// layout (no dot); background transparent. Size in logical pixels.
QImage renderThumbnail(const jobs::NetworkSnapshot& network, const QVector<jobs::LayerSample>& samples,
                       const QSize& size, double devicePixelRatio = 1);

} // namespace wb::graph_view
