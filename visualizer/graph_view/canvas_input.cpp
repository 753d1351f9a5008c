// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, wheel, gestures and keys of the graph canvas (rules G-3, G-4, G-7, section 14 of the UX guide).
#include "visualizer/common/layer_text.h"
#include "visualizer/graph_view/graph_canvas.h"
#include "visualizer/graph_view/node_painter.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QToolTip>
#include <QVariantAnimation>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {

int GraphCanvas::nodeAt(const QPointF& scene) const {
    for (int i = static_cast<int>(m_layout.nodes.size()) - 1; i >= 0; --i)
        if (m_layout.nodes[i].contains(scene))
            return i;
    return -1;
}

int GraphCanvas::frameHeaderAt(const QPointF& scene) const {
    if (detailAt(m_zoom) == Detail::Blocks)
        return -1;
    const double headerTop = visibleScene().top() + 4 / m_zoom;
    for (int f = static_cast<int>(m_layout.frames.size()) - 1; f >= 0; --f)
        if (NodePainter::headerRect(m_layout.frames[f], headerTop).contains(scene))
            return f;
    return -1;
}

QVector<int> GraphCanvas::layersIn(const QRectF& scene) const {
    QVector<int> layers;
    for (int layer = 0; layer < m_graph.nodeOfLayer.size(); ++layer) {
        const int node = m_graph.nodeOfLayer[layer];
        if (node >= 0 && node < m_layout.nodes.size() && m_layout.nodes[node].intersects(scene))
            layers.append(layer);
    }
    return layers;
}

void GraphCanvas::select(const QVector<int>& layers) {
    if (layers == m_selection)
        return;
    setSelection(layers, false);
    if (layers.size() == 1 && (m_history.isEmpty() || m_history.value(m_historyAt) != layers.front())) {
        m_history.resize(m_historyAt + 1);
        m_history.append(layers.front());
        m_historyAt = static_cast<int>(m_history.size()) - 1;
    }
    emit selectionChanged(m_selection);
}

void GraphCanvas::stepTo(int layer) {
    if (layer < 0)
        return;
    select({layer});
    showLayer(layer);
}

bool GraphCanvas::event(QEvent* event) {
    if (event->type() == QEvent::NativeGesture) {
        auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoomAbout(gesture->position(), 1 + gesture->value());
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int node = nodeAt(toScene(help->pos()));
        if (node < 0) {
            QToolTip::hideText();
        } else {
            const DisplayNode& n = m_graph.nodes[node];
            QString text = n.block >= 0 ? m_tree.blocks()[n.block].path
                                        : visualizer::fromStd(m_network.layers[n.layer].name);
            if (n.layer >= 0) {
                const auto& sample = m_data.samples[n.layer];
                text += QLatin1Char('\n') + visualizer::fromStd(m_network.layers[n.layer].type) +
                        QStringLiteral(" · ") + visualizer::shapeText(m_network.layers[n.layer].shape);
                if (sample.compared)
                    text += QLatin1Char('\n') + tr("cosine %1").arg(visualizer::numberText(sample.cosine, 6));
                else if (!sample.reason.empty())
                    text += QLatin1Char('\n') +
                            tr("not compared: %1").arg(visualizer::fromStd(sample.reason));
            }
            QToolTip::showText(help->globalPos(), text, this);
        }
        return true;
    }
    if (event->type() == QEvent::FontChange && !m_network.layers.empty())
        rebuildGraph(m_selection.value(0, -1));
    return QWidget::event(event);
}

void GraphCanvas::wheelEvent(QWheelEvent* event) {
    // Two fingers on a touch pad pan; a wheel zooms at the pointer.
    if (event->phase() != Qt::NoScrollPhase && !event->pixelDelta().isNull() &&
        !(event->modifiers() & Qt::ControlModifier)) {
        m_isFitted = false;
        moveTo(m_origin - QPointF(event->pixelDelta()) / m_zoom, m_zoom, false);
    } else if (event->modifiers() & Qt::ShiftModifier) {
        const QPoint delta = event->angleDelta();
        m_isFitted = false;
        moveTo(m_origin - QPointF(delta.y() + delta.x(), 0) / 2 / m_zoom, m_zoom, false);
    } else {
        zoomAbout(event->position(), std::pow(1.15, event->angleDelta().y() / 120.0));
    }
    event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
    m_animation->stop();
    m_press = m_last = event->position();
    m_moved = false;
    m_pressNode = nodeAt(toScene(m_press));
    if (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier) {
        m_drag = Drag::Rubber;
        m_rubber = QRectF(m_press, m_press);
    } else if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
        m_drag = Drag::Pan;
    }
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
    const QPointF pos = event->position();
    if (m_drag == Drag::None) {
        const int node = nodeAt(toScene(pos));
        const bool header = node < 0 && frameHeaderAt(toScene(pos)) >= 0;
        setCursor(node >= 0 || header ? Qt::PointingHandCursor : Qt::ArrowCursor);
        if (node != m_hoverNode) {
            m_hoverNode = node;
            m_hoverDims = m_hoverDims && node >= 0;
            m_hoverTimer.start();
            refreshPath();
            update();
        }
        return;
    }
    if (!m_moved && (pos - m_press).manhattanLength() < 4)
        return;
    m_moved = true;
    if (m_drag == Drag::Pan) {
        setCursor(Qt::ClosedHandCursor);
        m_isFitted = false;
        moveTo(m_origin - (pos - m_last) / m_zoom, m_zoom, false);
    } else {
        m_rubber.setBottomRight(pos);
        update();
    }
    m_last = pos;
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const Drag drag = m_drag;
    m_drag = Drag::None;
    setCursor(m_pressNode >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (drag == Drag::Rubber && m_moved) {
        select(layersIn(QRectF(toScene(m_rubber.topLeft()), toScene(m_rubber.bottomRight())).normalized()));
        update();
        return;
    }
    if (m_moved || event->button() != Qt::LeftButton)
        return;
    if (m_pressNode < 0) {
        const int header = frameHeaderAt(toScene(m_press));
        if (header >= 0)
            closeBlock(m_tree.blocks()[m_graph.frames[header]].path);
        else if (!(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)))
            select({});
        return;
    }
    const DisplayNode& node = m_graph.nodes[m_pressNode];
    QVector<int> layers = node.layer >= 0 ? QVector<int>{node.layer} : m_tree.blocks()[node.block].layers;
    if (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)) {
        QVector<int> all = m_selection;
        const bool remove = std::all_of(layers.begin(), layers.end(), [&](int l) { return all.contains(l); });
        for (int layer : layers) {
            all.removeAll(layer);
            if (!remove)
                all.append(layer);
        }
        layers = all;
    }
    select(layers);
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const int node = nodeAt(toScene(event->position()));
    if (node < 0) {
        fit();
    } else if (m_graph.nodes[node].block >= 0) {
        openBlock(m_tree.blocks()[m_graph.nodes[node].block].path);
    } else {
        emit activated(m_graph.nodes[node].layer);
    }
    m_pressNode = -1;
    m_moved = true; // the release that follows is part of this double click
}

void GraphCanvas::contextMenuEvent(QContextMenuEvent* event) {
    int layer = m_selection.isEmpty() ? -1 : m_selection.back();
    if (event->reason() == QContextMenuEvent::Mouse) {
        const int node = nodeAt(toScene(event->pos()));
        if (node >= 0) {
            const DisplayNode& n = m_graph.nodes[node];
            layer = n.layer >= 0 ? n.layer : m_tree.blocks()[n.block].layers.value(0, -1);
            if (!m_selection.contains(layer))
                select(n.layer >= 0 ? QVector<int>{layer} : m_tree.blocks()[n.block].layers);
        } else {
            layer = -1;
        }
    }
    m_drag = Drag::None;
    emit menuRequested(layer, event->globalPos());
}

void GraphCanvas::leaveEvent(QEvent*) {
    m_hoverNode = -1;
    m_hoverDims = false;
    m_hoverTimer.stop();
    refreshPath();
    update();
}

void GraphCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void GraphCanvas::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void GraphCanvas::resizeEvent(QResizeEvent*) {
    if (m_fitPending || m_isFitted) {
        const bool animated = m_animated;
        m_animated = false;
        fit();
        m_animated = animated;
    }
    emit viewChanged();
}

/// Arrow keys follow edges: along the flow to the first producer or consumer, across it to siblings.
void GraphCanvas::step(Qt::Key key) {
    const int count = static_cast<int>(m_network.layers.size());
    if (count == 0)
        return;
    const int from = m_selection.isEmpty() ? m_focusLayer : m_selection.back();
    if (from < 0) {
        stepTo(0);
        return;
    }
    if (m_leftToRight)
        key = key == Qt::Key_Down    ? Qt::Key_Right
              : key == Qt::Key_Up    ? Qt::Key_Left
              : key == Qt::Key_Right ? Qt::Key_Down
                                     : Qt::Key_Up;
    const int node = m_graph.nodeOfLayer.value(from, -1);
    if (key == Qt::Key_Down || key == Qt::Key_Up) {
        const auto& info = m_network.layers[from];
        for (int next : key == Qt::Key_Down ? info.outputs : info.inputs)
            if (next >= 0 && next < count && m_graph.nodeOfLayer.value(next, -1) != node) {
                stepTo(next);
                return;
            }
        return;
    }
    if (node < 0 || node >= m_layout.nodes.size())
        return;
    const bool forward = key == Qt::Key_Right;
    const auto across = [&](int n) {
        const QPointF c = m_layout.nodes[n].center();
        return m_leftToRight ? c.y() : c.x();
    };
    int best = -1;
    for (int n = 0; n < m_layout.nodes.size(); ++n) {
        if (n == node || m_layout.rank[n] != m_layout.rank[node] || (across(n) > across(node)) != forward)
            continue;
        if (best < 0 || std::abs(across(n) - across(node)) < std::abs(across(best) - across(node)))
            best = n;
    }
    if (best >= 0) {
        const DisplayNode& n = m_graph.nodes[best];
        stepTo(n.layer >= 0 ? n.layer : m_tree.blocks()[n.block].layers.value(0, -1));
    }
}

bool GraphCanvas::blockKey(int key) {
    const int layer = m_selection.isEmpty() ? m_focusLayer : m_selection.back();
    const int node = m_graph.nodeOfLayer.value(layer, -1);
    if (node < 0)
        return false;
    const bool isBlock = m_graph.nodes[node].block >= 0;
    if (key == Qt::Key_Backspace) {
        int block = isBlock ? m_tree.blocks()[m_graph.nodes[node].block].parent : m_tree.innermost(layer);
        return block >= 0 && closeBlock(m_tree.blocks()[block].path);
    }
    if (isBlock)
        return openBlock(m_tree.blocks()[m_graph.nodes[node].block].path, key == Qt::Key_Asterisk);
    if (key == Qt::Key_Return || key == Qt::Key_Enter)
        emit activated(layer);
    return true;
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
    const bool alt = event->modifiers() & Qt::AltModifier;
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    const int key = event->key();
    if (alt && (key == Qt::Key_Left || key == Qt::Key_Right)) {
        const int next = m_historyAt + (key == Qt::Key_Right ? 1 : -1);
        if (next >= 0 && next < m_history.size()) {
            m_historyAt = next;
            setSelection({m_history[next]}, true);
            emit selectionChanged(m_selection);
        }
        return;
    }
    if (event->modifiers() & Qt::ControlModifier) {
        if (key == Qt::Key_0)
            return fit();
        if (key == Qt::Key_1)
            return setZoom(1);
    }
    if (!plain) {
        event->ignore();
        return;
    }
    switch (key) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right: step(static_cast<Qt::Key>(key)); return;
    case Qt::Key_F: frameSelection(); return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: setZoom(m_zoom * 1.15); return;
    case Qt::Key_Minus: setZoom(m_zoom / 1.15); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Backspace:
    case Qt::Key_Asterisk: blockKey(key); return;
    case Qt::Key_0: emit precisionKey(QStringLiteral("auto")); return;
    case Qt::Key_1: emit precisionKey(QStringLiteral("INT8")); return;
    case Qt::Key_2: emit precisionKey(QStringLiteral("F16")); return;
    case Qt::Key_3: emit precisionKey(QStringLiteral("BF16")); return;
    case Qt::Key_4: emit precisionKey(QStringLiteral("F32")); return;
    case Qt::Key_L:
        if (event->modifiers() & Qt::ShiftModifier)
            setLeftToRight(!m_leftToRight);
        else
            emit lockKey();
        return;
    default: event->ignore();
    }
}

} // namespace wb::graph_view
