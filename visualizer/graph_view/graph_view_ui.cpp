// SPDX-License-Identifier: GPL-3.0-or-later
// Search bar, "layout takes long" bar and context menu (G-5, G-1, G-10) of the graph view.
#include "visualizer/common/layer_text.h"
#include "visualizer/graph_view/graph_canvas.h"
#include "visualizer/graph_view/graph_view.h"
#include "visualizer/graph_view/minimap.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QTimer>
#include <QToolButton>

namespace wb::graph_view {
namespace {

/// A bar that floats over the canvas, drawn as a card.
class FloatingBar : public QWidget {
public:
    explicit FloatingBar(QWidget* parent) : QWidget(parent) { setAttribute(Qt::WA_NoSystemBackground); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        visualizer::drawCard(painter, QRectF(rect()).adjusted(3, 2, -3, -5));
    }
};

QToolButton* barButton(QWidget* bar, const QString& name, const QString& icon) {
    auto* button = new QToolButton(bar);
    button->setObjectName(name);
    button->setAutoRaise(true);
    if (!icon.isEmpty())
        button->setIcon(theme::icon(icon));
    button->setIconSize({16, 16});
    return button;
}

} // namespace

void GraphView::makeSearchBar() {
    m_searchBar = new FloatingBar(this);
    m_searchBar->setObjectName(QStringLiteral("graphSearchBar"));
    auto* row = new QHBoxLayout(m_searchBar);
    row->setContentsMargins(12, 8, 8, 12);
    row->setSpacing(4);
    m_searchField = new QLineEdit(m_searchBar);
    m_searchField->setObjectName(QStringLiteral("graphSearchField"));
    m_searchField->setClearButtonEnabled(false);
    m_searchCount = new QLabel(m_searchBar);
    m_searchCount->setObjectName(QStringLiteral("graphSearchCount"));
    m_searchCount->setMinimumWidth(48);
    m_searchCount->setAlignment(Qt::AlignCenter);
    m_previous = barButton(m_searchBar, QStringLiteral("graphSearchPrevious"), {});
    m_previous->setText(QStringLiteral("↑"));
    m_next = barButton(m_searchBar, QStringLiteral("graphSearchNext"), {});
    m_next->setText(QStringLiteral("↓"));
    m_closeSearch = barButton(m_searchBar, QStringLiteral("graphSearchClose"), QStringLiteral("close"));
    row->addWidget(m_searchField, 1);
    row->addWidget(m_searchCount);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    row->addWidget(m_closeSearch);
    m_searchBar->hide();
    m_searchField->installEventFilter(this);
    connect(m_searchField, &QLineEdit::textChanged, this, &GraphView::setSearch);
    connect(m_previous, &QToolButton::clicked, this, &GraphView::findPrevious);
    connect(m_next, &QToolButton::clicked, this, &GraphView::findNext);
    connect(m_closeSearch, &QToolButton::clicked, this, &GraphView::endSearch);
}

void GraphView::makeLayoutBar() {
    m_layoutBar = new FloatingBar(this);
    m_layoutBar->setObjectName(QStringLiteral("graphLayoutBar"));
    auto* row = new QHBoxLayout(m_layoutBar);
    row->setContentsMargins(12, 8, 8, 12);
    row->setSpacing(8);
    m_layoutText = new QLabel(m_layoutBar);
    m_cancelLayout = barButton(m_layoutBar, QStringLiteral("graphLayoutCancel"), {});
    m_collapse = barButton(m_layoutBar, QStringLiteral("graphLayoutCollapse"), {});
    row->addWidget(m_layoutText, 1);
    row->addWidget(m_cancelLayout);
    row->addWidget(m_collapse);
    m_layoutBar->hide();
    // A layout under a second is not worth a word.
    m_layoutTimer = new QTimer(this);
    m_layoutTimer->setSingleShot(true);
    m_layoutTimer->setInterval(1000);
    connect(m_layoutTimer, &QTimer::timeout, this, [this] {
        m_collapse->setVisible(!m_canvas->tree().blocks().isEmpty());
        m_layoutBar->show();
        placeOverlays();
    });
    connect(m_cancelLayout, &QToolButton::clicked, this, [this] { m_canvas->layoutJob().cancelToSimple(); });
    connect(m_collapse, &QToolButton::clicked, this, [this] { m_canvas->collapseAll(); });
}

void GraphView::retranslateUi() {
    setAccessibleName(tr("Graph"));
    m_searchField->setPlaceholderText(tr("Find a layer by name or type"));
    m_searchField->setAccessibleName(tr("Find in the graph"));
    m_previous->setToolTip(tr("Previous hit (Shift+F3)"));
    m_next->setToolTip(tr("Next hit (F3)"));
    m_closeSearch->setToolTip(tr("Close the search (Esc)"));
    m_previous->setAccessibleName(tr("Previous hit"));
    m_next->setAccessibleName(tr("Next hit"));
    m_closeSearch->setAccessibleName(tr("Close the search"));
    m_layoutText->setText(tr("Laying out the graph…"));
    m_cancelLayout->setText(tr("Cancel"));
    m_collapse->setText(tr("Collapse blocks instead"));
    m_minimap->setAccessibleName(tr("Overview of the graph"));
    m_minimap->setToolTip(tr("Drag to move the view (M hides)"));
    refreshSearch();
}

void GraphView::showMenu(int layer, const QPoint& position) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("graphMenu"));
    const auto add = [&](QMenu* to, const QString& text, const char* name, auto&& action) {
        QAction* a = to->addAction(text);
        a->setObjectName(QLatin1String(name));
        connect(a, &QAction::triggered, this, action);
        return a;
    };
    const QVector<int> chosen = selection();
    const auto selectLayers = [this](const QVector<int>& layers) {
        m_canvas->setSelection(layers, false);
        emit selectionChanged(layers);
    };
    if (layer >= 0 && !chosen.isEmpty()) {
        const auto& layers = m_canvas->network().layers;
        QMenu* precision = menu.addMenu(tr("Precision"));
        static const std::pair<const char*, const char*> kChoices[] = {
            {"INT8", "1"}, {"F16", "2"}, {"BF16", "3"}, {"F32", "4"}};
        for (const auto& [name, key] : kChoices)
            add(precision, QStringLiteral("%1\t%2").arg(QLatin1String(name), QLatin1String(key)), name,
                [this, chosen, value = QString::fromLatin1(name)] { emit precisionRequested(chosen, value); });
        precision->addSeparator();
        add(precision, tr("Automatic") + QStringLiteral("\t0"), "auto",
            [this, chosen] { emit precisionRequested(chosen, QStringLiteral("auto")); });
        add(&menu, tr("Lock or unlock") + QStringLiteral("\tL"), "lock",
            [this, chosen] { emit lockRequested(chosen); });
        add(&menu, tr("Use as output"), "useAsOutput", [this, chosen] {
            QStringList names;
            for (int l : chosen)
                names.append(visualizer::fromStd(m_canvas->network().layers[l].name));
            emit useAsOutputRequested(names);
        });
        menu.addSeparator();
        QMenu* select = menu.addMenu(tr("Select"));
        add(select, tr("Everything upstream"), "upstream",
            [this, layer, selectLayers] { selectLayers(m_canvas->upstream(layer)); });
        add(select, tr("Everything downstream"), "downstream",
            [this, layer, selectLayers] { selectLayers(m_canvas->downstream(layer)); });
        add(select, tr("Same type"), "sameType", [this, layer, selectLayers] {
            QVector<int> same;
            const auto& all = m_canvas->network().layers;
            for (size_t i = 0; i < all.size(); ++i)
                if (all[i].type == all[layer].type)
                    same.append(static_cast<int>(i));
            selectLayers(same);
        });
        const int block = m_canvas->tree().innermost(layer);
        if (block >= 0)
            add(select, tr("Same block"), "sameBlock", [this, block, selectLayers] {
                selectLayers(m_canvas->tree().blocks()[block].layers);
            });
        menu.addSeparator();
        add(&menu, tr("Copy name"), "copyName", [name = layers[layer].name] {
            QGuiApplication::clipboard()->setText(visualizer::fromStd(name));
        });
        add(&menu, tr("Show in the table"), "showInTable",
            [this, layer] { emit showRequested(layer, QStringLiteral("table")); });
        add(&menu, tr("Show in the plot"), "showInPlot",
            [this, layer] { emit showRequested(layer, QStringLiteral("plot")); });
        add(&menu, tr("Show the tensor"), "showTensor",
            [this, layer] { emit showRequested(layer, QStringLiteral("tensor")); });
        menu.addSeparator();
    }
    add(&menu, tr("Fit") + QStringLiteral("\tCtrl+0"), "fit", [this] { fit(); });
    add(&menu, tr("Actual size") + QStringLiteral("\tCtrl+1"), "actualSize", [this] { zoomTo100(); });
    if (!m_canvas->tree().blocks().isEmpty())
        add(&menu, tr("Collapse all blocks"), "collapseAll", [this] { m_canvas->collapseAll(); });
    QAction* sideways = add(&menu, tr("Left to right") + QStringLiteral("\tShift+L"), "leftToRight",
                            [this] { m_canvas->setLeftToRight(!m_canvas->isLeftToRight()); });
    sideways->setCheckable(true);
    sideways->setChecked(m_canvas->isLeftToRight());
    menu.exec(position);
}

} // namespace wb::graph_view
