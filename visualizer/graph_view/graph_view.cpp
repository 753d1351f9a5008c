// SPDX-License-Identifier: GPL-3.0-or-later
// Legend, canvas and what floats over it; see graph_view.h. Search bar and menu are in graph_view_ui.cpp.
#include "visualizer/graph_view/graph_view.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/graph_view/graph_canvas.h"
#include "visualizer/graph_view/legend_bar.h"
#include "visualizer/graph_view/minimap.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace wb::graph_view {

GraphView::GraphView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("graphView"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_legend = new LegendBar(this);
    m_canvas = new GraphCanvas(this);
    column->addWidget(m_legend);
    column->addWidget(m_canvas, 1);
    setFocusProxy(m_canvas);
    m_minimap = new Minimap(m_canvas, this);
    m_minimap->hide();
    makeSearchBar();
    makeLayoutBar();
    m_canvas->installEventFilter(this);

    connect(m_canvas, &GraphCanvas::selectionChanged, this, &GraphView::selectionChanged);
    connect(m_canvas, &GraphCanvas::viewChanged, this, [this] { m_legend->setZoom(m_canvas->zoom()); });
    connect(m_canvas, &GraphCanvas::layoutStarted, this, [this] {
        m_layoutTimer->start();
        m_minimap->hide();
    });
    connect(m_canvas, &GraphCanvas::layoutFinished, this, [this] {
        m_layoutTimer->stop();
        m_layoutBar->hide();
        m_minimap->invalidate();
        placeOverlays();
        emit layoutReady();
    });
    connect(m_canvas, &GraphCanvas::menuRequested, this, &GraphView::showMenu);
    connect(m_canvas, &GraphCanvas::precisionKey, this, [this](const QString& precision) {
        if (!selection().isEmpty())
            emit precisionRequested(selection(), precision);
    });
    connect(m_canvas, &GraphCanvas::lockKey, this, [this] {
        if (!selection().isEmpty())
            emit lockRequested(selection());
    });
    connect(m_canvas, &GraphCanvas::activated, this,
            [this](int layer) { emit showRequested(layer, QStringLiteral("tensor")); });
    connect(m_legend, &LegendBar::entryClicked, this, [this](int index, bool add) {
        QVector<int> layers = add ? selection() : QVector<int>();
        for (int layer : m_legend->entries().value(index).layers)
            if (!layers.contains(layer))
                layers.append(layer);
        m_canvas->setSelection(layers, true);
        emit selectionChanged(layers);
    });
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] {
        refreshLegend();
        m_minimap->invalidate();
    });
    retranslateUi();
}

void GraphView::setNetwork(const jobs::NetworkSnapshot& network) {
    endSearch();
    m_canvas->setNetwork(network);
    m_canvas->setAccessibleName(tr("Graph of %1").arg(visualizer::fromStd(network.name)));
    refreshLegend();
}

void GraphView::setSamples(const QVector<jobs::LayerSample>& samples) {
    m_canvas->setSamples(samples);
    refreshLegend();
}

void GraphView::setPrecisions(const QVector<jobs::LayerPrecision>& precisions) {
    m_canvas->setPrecisions(precisions);
    refreshLegend();
}

void GraphView::setCycles(const QVector<qint64>& cycles) {
    m_canvas->setCycles(cycles);
    refreshLegend();
}

void GraphView::setMarks(const QSet<int>& locked, const QSet<int>& edited) {
    m_canvas->setMarks(locked, edited);
}

void GraphView::setColouring(Colouring colouring) {
    if (colouring == m_canvas->colouring())
        return;
    m_canvas->setColouring(colouring);
    refreshLegend();
    emit colouringChanged(colouring);
}

Colouring GraphView::colouring() const { return m_canvas->colouring(); }

void GraphView::cycleColouring() {
    setColouring(static_cast<Colouring>((static_cast<int>(colouring()) + 1) % kColourings));
}

void GraphView::refreshLegend() {
    m_legend->setEntries(legendEntries(m_canvas->data(), m_canvas->colouring()));
    m_minimap->invalidate();
}

void GraphView::setSelection(const QVector<int>& layers, bool scroll) {
    m_canvas->setSelection(layers, scroll);
}

QVector<int> GraphView::selection() const { return m_canvas->selection(); }
bool GraphView::isLayoutReady() const {
    return !m_canvas->layoutJob().isRunning() && !m_canvas->graphLayout().nodes.isEmpty();
}
void GraphView::fit() { m_canvas->fit(); }
void GraphView::zoomTo100() { m_canvas->setZoom(1); }
void GraphView::zoomIn() { m_canvas->setZoom(m_canvas->zoom() * 1.15); }
void GraphView::zoomOut() { m_canvas->setZoom(m_canvas->zoom() / 1.15); }
void GraphView::frameSelection() { m_canvas->frameSelection(); }

void GraphView::setMinimapVisible(bool visible) {
    m_minimapWanted = visible;
    placeOverlays();
}

void GraphView::toggleMinimap() { setMinimapVisible(!m_minimapWanted); }

void GraphView::placeOverlays() {
    const QRect area = m_canvas->geometry();
    const QSize size = m_minimap->preferredSize(area.size());
    m_minimap->setGeometry(area.right() - 11 - size.width(), area.bottom() - 11 - size.height(),
                           size.width(), size.height());
    m_minimap->setVisible(m_minimapWanted && !m_canvas->graphLayout().nodes.isEmpty() &&
                          area.height() > size.height() + 40);
    const int width = std::min(area.width() - 16, 380);
    m_searchBar->setGeometry(area.right() - 7 - width, area.top() + 8, width, m_searchBar->sizeHint().height());
    const QSize hint = m_layoutBar->sizeHint();
    m_layoutBar->setGeometry(area.left() + 8, area.top() + 8, std::min(area.width() - 16, hint.width()),
                             hint.height());
    m_minimap->raise();
    m_searchBar->raise();
    m_layoutBar->raise();
}

void GraphView::resizeEvent(QResizeEvent*) { placeOverlays(); }

bool GraphView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_canvas && event->type() == QEvent::Resize)
        placeOverlays();
    if (watched == m_searchField && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            if (!(key->modifiers() & Qt::ControlModifier)) {
                key->modifiers() & Qt::ShiftModifier ? findPrevious() : findNext();
            } else if (!m_matches.isEmpty()) {
                m_canvas->setSelection(m_matches, true);
                emit selectionChanged(m_matches);
            }
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void GraphView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslateUi();
        refreshLegend();
    }
    QWidget::changeEvent(event);
}

// Search ------------------------------------------------------------------------------------------

void GraphView::setSearch(const QString& text) {
    m_search = text;
    if (m_searchField->text() != text) {
        const QSignalBlocker blocker(m_searchField);
        m_searchField->setText(text);
    }
    if (text.trimmed().isEmpty()) {
        setSearchMatches(std::nullopt);
        return;
    }
    QVector<int> hits;
    const QString needle = text.trimmed();
    const auto& layers = m_canvas->network().layers;
    for (size_t i = 0; i < layers.size(); ++i)
        if (visualizer::fromStd(layers[i].name).contains(needle, Qt::CaseInsensitive) ||
            visualizer::fromStd(layers[i].type).contains(needle, Qt::CaseInsensitive))
            hits.append(static_cast<int>(i));
    setSearchMatches(hits);
}

void GraphView::setSearchMatches(const std::optional<QVector<int>>& layers) {
    m_searching = layers.has_value();
    m_matches = layers.value_or(QVector<int>());
    m_currentMatch = -1;
    m_canvas->setHits(layers);
    // Incremental: the view goes to the first hit, the selection stays until one walks.
    if (!m_matches.isEmpty()) {
        m_currentMatch = 0;
        m_canvas->showLayer(m_matches.front());
    }
    refreshSearch();
}

void GraphView::refreshSearch() {
    m_searchCount->setText(!m_searching ? QString()
                                        : tr("%1 / %2").arg(m_currentMatch + 1).arg(m_matches.size()));
    m_previous->setEnabled(!m_matches.isEmpty());
    m_next->setEnabled(!m_matches.isEmpty());
}

void GraphView::goToMatch(int match) {
    if (m_matches.isEmpty())
        return;
    const int count = static_cast<int>(m_matches.size());
    m_currentMatch = (match % count + count) % count;
    const int layer = m_matches[m_currentMatch];
    m_canvas->setSelection({layer}, true);
    refreshSearch();
    emit selectionChanged({layer});
}

void GraphView::findNext() {
    const bool onIt = m_currentMatch >= 0 && selection() == QVector<int>{m_matches.value(m_currentMatch)};
    goToMatch(onIt ? m_currentMatch + 1 : std::max(0, m_currentMatch));
}

void GraphView::findPrevious() { goToMatch(m_currentMatch - 1); }

void GraphView::showSearch() {
    m_searchBar->show();
    placeOverlays();
    m_searchField->setFocus(Qt::ShortcutFocusReason);
    m_searchField->selectAll();
}

void GraphView::endSearch() {
    m_searchBar->hide();
    setSearch({});
    m_canvas->setFocus();
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers() & Qt::ControlModifier;
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    if (control && event->key() == Qt::Key_F)
        showSearch();
    else if (event->key() == Qt::Key_F3)
        shift ? findPrevious() : findNext();
    else if (event->key() == Qt::Key_Escape && m_searchBar->isVisible())
        endSearch();
    else if (control && shift && event->key() == Qt::Key_C)
        cycleColouring();
    else if (event->key() == Qt::Key_M && !control)
        toggleMinimap();
    else
        QWidget::keyPressEvent(event);
}

} // namespace wb::graph_view
