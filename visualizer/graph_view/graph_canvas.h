// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn surface of the graph view: layout, camera, painting, mouse and keys. GraphView wraps it with
// legend, search bar and minimap. Selection is a list of layer indices; the owner decides what it means.
#pragma once

#include "visualizer/graph_view/colouring.h"
#include "visualizer/graph_view/layout_job.h"

#include <QPainterPath>
#include <QTimer>
#include <QWidget>

class QVariantAnimation;

namespace wb::graph_view {

class GraphCanvas : public QWidget {
    Q_OBJECT
public:
    explicit GraphCanvas(QWidget* parent = nullptr);

    void setNetwork(const jobs::NetworkSnapshot& network);
    void setSamples(const QVector<jobs::LayerSample>& samples);
    void setPrecisions(const QVector<jobs::LayerPrecision>& precisions);
    void setCycles(const QVector<qint64>& cycles);
    void setMarks(const QSet<int>& locked, const QSet<int>& edited);
    void setColouring(Colouring colouring);
    Colouring colouring() const { return m_colouring; }
    void setSelection(const QVector<int>& layers, bool scroll);
    const QVector<int>& selection() const { return m_selection; }
    /// Layers outlined as search hits; everything else is dimmed. Without value: no search.
    void setHits(const std::optional<QVector<int>>& hits);
    void setLeftToRight(bool on);
    bool isLeftToRight() const { return m_leftToRight; }

    void fit();
    void setZoom(double zoom);             ///< about the centre of the view
    double zoom() const { return m_zoom; }
    void frameSelection();
    void showLayer(int layer);             ///< opens nothing; moves only if its node is out of view
    void setAnimated(bool on) { m_animated = on; }

    bool openBlock(const QString& path, bool withInner = false);
    bool closeBlock(const QString& path);
    void collapseAll();
    const QSet<QString>& closedBlocks() const { return m_closed; }

    const jobs::NetworkSnapshot& network() const { return m_network; }
    const LayerData& data() const { return m_data; }
    const DisplayGraph& graph() const { return m_graph; }
    const BlockTree& tree() const { return m_tree; }
    const GraphLayout& graphLayout() const { return m_layout; }
    const QVector<NodeLook>& looks() const { return m_looks; }
    LayoutJob& layoutJob() { return m_layoutJob; }
    QRectF visibleScene() const;
    void centerOn(const QPointF& scene);
    QPointF toWidget(const QPointF& scene) const { return (scene - m_origin) * m_zoom; }
    QPointF toScene(const QPointF& pos) const { return pos / m_zoom + m_origin; }
    int nodeAt(const QPointF& scene) const;
    int focusedLayer() const { return m_focusLayer; }
    /// Draws the part of the scene that `camera` shows into any painter; also used for pictures.
    void paintScene(QPainter& painter, const QRectF& scene, double zoom, bool withStates) const;

    QVector<int> upstream(int layer) const;
    QVector<int> downstream(int layer) const;

signals:
    void selectionChanged(const QVector<int>& layers);
    void viewChanged();                    ///< zoom, position or layout
    void layoutStarted();
    void layoutFinished();
    void menuRequested(int layer, const QPoint& globalPosition);
    void precisionKey(const QString& precision); ///< "INT8", …, "auto"
    void lockKey();
    void activated(int layer);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void rebuildGraph(int keepBlock = -1);
    void takeLayout(const GraphLayout& layout);
    void refreshLooks();
    void refreshPath();
    void zoomAbout(const QPointF& pos, double factor);
    void moveTo(const QPointF& origin, double zoom, bool animated);
    void clampCamera();
    void paintEdges(QPainter& painter, const QRectF& scene, double zoom, bool withStates) const;
    void paintDots(QPainter& painter) const;
    void select(const QVector<int>& layers);
    void stepTo(int layer);
    void step(Qt::Key key);
    bool blockKey(int key);
    int frameHeaderAt(const QPointF& scene) const;
    QVector<int> reachable(int layer, bool down) const;
    QVector<int> layersIn(const QRectF& scene) const;

    jobs::NetworkSnapshot m_network;
    LayerData m_data;
    BlockTree m_tree;
    QSet<QString> m_closed;
    DisplayGraph m_graph;
    GraphLayout m_layout;
    QVector<QPainterPath> m_paths;         // of the edges, rounded
    QVector<QRectF> m_pathBounds;
    QVector<NodeLook> m_looks;
    Colouring m_colouring = Colouring::Cosine;
    LayoutJob m_layoutJob;
    bool m_leftToRight = false;

    QPointF m_origin;                      // scene point at the top left corner of the widget
    double m_zoom = 1;
    bool m_fitPending = true;              // first layout of a network, or laid out while hidden
    bool m_isFitted = false;               // follows the size of the widget until the user moves
    bool m_animated = true;
    QVariantAnimation* m_animation = nullptr;
    int m_anchorLayer = -1;                // stays where it is over the next layout
    QPointF m_anchorPosition;

    QVector<int> m_selection;
    int m_focusLayer = -1;
    int m_hoverNode = -1;
    bool m_hoverDims = false;
    QTimer m_hoverTimer;
    std::optional<QSet<int>> m_hits;
    QSet<int> m_pathNodes;                 // upstream and downstream of hovered or selected
    QVector<bool> m_pathEdges;
    QVector<int> m_history;                // visited layers for Alt+←/→
    int m_historyAt = -1;

    enum class Drag { None, Pan, Rubber };
    Drag m_drag = Drag::None;
    QPointF m_press, m_last;
    int m_pressNode = -1;
    bool m_moved = false;
    QRectF m_rubber;
};

} // namespace wb::graph_view
