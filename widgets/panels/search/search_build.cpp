// SPDX-License-Identifier: GPL-3.0-or-later
// Building and wiring of the search panel.
#include "compiler/jobs/events.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/row_delegates.h"
#include "widgets/panels/search/search_private.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QTableWidget>
#include <nlohmann/json.hpp>

namespace wb::panels {

using document::Document;
using Panel = SearchPanel;

void Panel::Private::build() {
    message = new MessageBar;
    const auto real = [](const char* name) {
        auto* box = new QDoubleSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(0, 1);
        box->setDecimals(4);
        box->setSingleStep(0.001);
        box->setKeyboardTracking(false);
        return box;
    };
    const auto whole = [](const char* name, int least, int most) {
        auto* box = new QSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(least, most);
        box->setKeyboardTracking(false);
        return box;
    };
    goal = real("searchGoal");
    layerGoal = real("searchLayerGoal");
    pictures = whole("searchPictures", 1, 10000);
    limit = whole("searchLimit", 0, 100000);
    method = new QComboBox;
    method->setObjectName(QStringLiteral("searchMethod"));
    method->addItem(QString(), QStringLiteral("walk"));
    method->addItem(QString(), QStringLiteral("ranked"));
    method->addItem(QString(), QStringLiteral("knapsack"));
    const auto button = [](const char* name) {
        auto* b = new QPushButton;
        b->setObjectName(QLatin1String(name));
        return b;
    };
    start = button("searchStart");
    start->setProperty("wbPrimary", true);
    start->setIcon(theme::icon(QStringLiteral("run")));
    pause = button("searchPause");
    stop = button("searchStop");
    discard = button("searchDiscard");
    use = button("searchUse");

    auto* form = new Form(104);
    goalLabel = form->addRow(goal);
    layerLabel = form->addRow(layerGoal);
    picturesLabel = form->addRow(pictures);
    limitLabel = form->addRow(limit);
    methodLabel = form->addRow(method);
    auto* buttons = new QWidget;
    auto* grid = new QGridLayout(buttons);
    grid->setContentsMargins(0, 8, 0, 0);
    grid->setSpacing(8);
    grid->addWidget(start, 0, 0, 1, 2);
    grid->addWidget(pause, 1, 0);
    grid->addWidget(discard, 1, 1);
    grid->addWidget(stop, 2, 0, 1, 2);
    form->addWide(buttons);
    form->addStretch();
    form->setFixedWidth(320);

    front = new FrontPlot;
    status = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    status->setObjectName(QStringLiteral("searchStatus"));
    difference = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    difference->setObjectName(QStringLiteral("searchDifference"));
    difference->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* left = new QWidget;
    auto* leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(8, 4, 8, 4);
    leftColumn->setSpacing(4);
    leftColumn->addWidget(status);
    leftColumn->addWidget(front, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(8);
    bottom->addWidget(difference, 1);
    bottom->addWidget(use);
    leftColumn->addLayout(bottom);

    ranked = new QTableWidget(0, 4);
    ranked->setObjectName(QStringLiteral("searchRanked"));
    ranked->verticalHeader()->hide();
    ranked->verticalHeader()->setDefaultSectionSize(26);
    ranked->horizontalHeader()->setHighlightSections(false);
    ranked->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    ranked->horizontalHeader()->setSectionResizeMode(3, QHeaderView::Stretch);
    ranked->setColumnWidth(1, 84);
    ranked->setColumnWidth(2, 104);
    ranked->horizontalHeader()->setFixedHeight(26);
    ranked->setItemDelegate(new RowDelegate(ranked));
    ranked->setItemDelegateForColumn(0, new NameDelegate(ranked));
    ranked->setItemDelegateForColumn(1, new CosineDelegate(Qt::UserRole, ranked));
    ranked->setItemDelegateForColumn(2, new DeltaDelegate(Qt::UserRole, 0.02, ranked));
    ranked->setSelectionBehavior(QAbstractItemView::SelectRows);
    ranked->setSelectionMode(QAbstractItemView::ExtendedSelection);
    ranked->setEditTriggers(QAbstractItemView::NoEditTriggers);
    ranked->setAlternatingRowColors(true);
    ranked->setShowGrid(false);
    ranked->setFrameShape(QFrame::NoFrame);
    ranked->setTabKeyNavigation(false);

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(left);
    splitter->addWidget(ranked);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({420, 560});
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(form);
    row->addWidget(splitter, 1);
    auto* column = new QVBoxLayout(q);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(message);
    column->addLayout(row, 1);

    redraw.setSingleShot(true);
    redraw.setInterval(100);
    QObject::connect(&redraw, &QTimer::timeout, q, [this] { update(); });
    QObject::connect(start, &QPushButton::clicked, q, &Panel::start);
    QObject::connect(stop, &QPushButton::clicked, q, &Panel::stopAndKeepBest);
    QObject::connect(discard, &QPushButton::clicked, q, &Panel::discard);
    QObject::connect(pause, &QPushButton::clicked, q, [this] { setPaused(!paused); });
    QObject::connect(use, &QPushButton::clicked, q, [this] {
        if (front->selected() >= 0) takeTable(candidates[front->selected()]);
    });
    QObject::connect(front, &FrontPlot::candidateSelected, q, [this] { showDifference(); });
    QObject::connect(ranked, &QTableWidget::itemSelectionChanged, q, [this] {
        QVector<int> layers;
        for (const QModelIndex& index : ranked->selectionModel()->selectedRows())
            if (const int layer = document->layerIndex(index.data().toString()); layer >= 0) layers << layer;
        if (!layers.isEmpty()) document->selection()->set(layers, q);
    });
    QObject::connect(goal, &QDoubleSpinBox::valueChanged, q, [this](double v) {
        edit(Panel::tr("Search goal"), [&](jobs::SearchSettings& s) { s.expectedCosine = v; }, "goal");
    });
    QObject::connect(layerGoal, &QDoubleSpinBox::valueChanged, q, [this](double v) {
        edit(Panel::tr("Search layer goal"), [&](jobs::SearchSettings& s) { s.minLayerCosine = v; }, "layer");
    });
    QObject::connect(pictures, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Search pictures"), [&](jobs::SearchSettings& s) { s.inputNum = v; }, "pictures");
    });
    QObject::connect(limit, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Most float layers"), [&](jobs::SearchSettings& s) { s.maxFloatLayers = v; }, "limit");
    });
    QObject::connect(document, &Document::projectChanged, q, [this] { fill(); });
    QObject::connect(document, &Document::opened, q, [this] {
        job = -1;
        candidates.clear();
        front->setPredicted({});
        ranked->setRowCount(0);
        message->hide();
        fill();
        update();
    });
    QObject::connect(document, &Document::jobEvent, q, [this](int id, const QString& kind, const nlohmann::json& payload) {
        if (id != job) return;
        if (kind == QLatin1String(jobs::event::kSearchCandidate)) {
            if (auto c = candidateFrom(payload)) candidates << *c;
        } else if (kind == QLatin1String(jobs::event::kSearchLayer)) {
            if (const auto step = stepFrom(payload)) addStep(*step);
        } else if (kind == QLatin1String("search-front")) {
            front->setPredicted(predictedFrom(payload));
        }
        if (!redraw.isActive()) redraw.start();
    });
    QObject::connect(document, &Document::jobProgress, q, [this](int id, double, const QString&, double seconds) {
        if (id != job) return;
        remaining = seconds;
        if (!redraw.isActive()) redraw.start();
    });
}

} // namespace wb::panels
