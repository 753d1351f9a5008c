// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/layer_table/layer_table_panel.h"

#include "widgets/panels/common/row_delegates.h"
#include "widgets/panels/layer_table/layer_table_private.h"
#include "widgets/panels/layer_table/table_edits.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScopedValueRollback>
#include <QSettings>

namespace wb::panels {

using document::Document;
using models::LayerTableModel;
using theme::Token;
using Column = LayerTableModel::Column;

namespace {

struct ColumnWidth {
    Column column;
    int width;
    bool shown;
};
constexpr ColumnWidth kColumns[] = {
    {Column::Number, 36, true},     {Column::Name, 160, true},     {Column::Type, 56, true},
    {Column::Requested, 44, true},  {Column::Actual, 44, true},    {Column::CosInt8, 84, true},
    {Column::CosMixed, 84, true},   {Column::Delta, 120, false},   {Column::Isolated, 88, false},
    {Column::Sqnr, 60, false},      {Column::Shape, 110, false},   {Column::Reason, 220, false},
    {Column::Locked, 46, false},    {Column::Threshold, 84, false}, {Column::Min, 80, false},
    {Column::Max, 80, false},       {Column::Scale, 88, false},    {Column::ZeroPoint, 56, false},
    {Column::Macs, 80, false},      {Column::Parameters, 80, false}, {Column::Cycles, 80, false},
    {Column::Note, 200, false}};

} // namespace

LayerTablePanel::LayerTablePanel(Document* document, QWidget* parent)
    : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("layerTablePanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
    d->updateEmpty();
    d->updateFooter();
}

LayerTablePanel::~LayerTablePanel() {
    d->saveColumns();
    releaseParts(this);
}

void LayerTablePanel::Private::build() {
    model = new LayerTableModel(document, q);
    filtered = new models::LayerFilterModel(model, q);

    filter = new FilterEdit;
    filter->setObjectName(QStringLiteral("layerFilter"));
    saved = new QToolButton;
    saved->setObjectName(QStringLiteral("savedFilters"));
    saved->setPopupMode(QToolButton::InstantPopup);
    saved->setToolButtonStyle(Qt::ToolButtonTextOnly);
    saved->setMenu(new QMenu(saved));
    more = new QToolButton;
    more->setObjectName(QStringLiteral("tableMore"));
    more->setIcon(theme::icon(QStringLiteral("more")));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(new QMenu(more));
    more->setProperty("wbFlat", true);
    auto* bar = new QWidget;
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Base);
    auto* barLayout = new QHBoxLayout(bar);
    barLayout->setContentsMargins(8, 4, 4, 4);
    barLayout->setSpacing(4);
    barLayout->addWidget(filter, 1);
    barLayout->addWidget(saved);
    barLayout->addWidget(more);
    for (QWidget* widget : {static_cast<QWidget*>(filter), static_cast<QWidget*>(saved), static_cast<QWidget*>(more)})
        widget->setFixedHeight(28);
    bar->setFixedHeight(38);

    filterProblem = new QLabel;
    filterProblem->setObjectName(QStringLiteral("filterProblem"));
    filterProblem->setWordWrap(true);
    filterProblem->setContentsMargins(12, 0, 12, 4);
    filterProblem->hide();
    message = new MessageBar;

    view = new QTableView;
    view->setObjectName(QStringLiteral("layerTable"));
    view->setModel(filtered);
    view->setItemDelegate(new RowDelegate(view));
    const models::LayerFacts* facts = &model->facts();
    const auto chips = [&](Column column, ChipDelegate::Shows shows) {
        view->setItemDelegateForColumn(column, new ChipDelegate(facts, LayerTableModel::LayerRole, shows, view));
    };
    view->setItemDelegateForColumn(Column::Name, new NameDelegate(view));
    chips(Column::Requested, ChipDelegate::Shows::Requested);
    chips(Column::Actual, ChipDelegate::Shows::Actual);
    chips(Column::Locked, ChipDelegate::Shows::Locked);
    for (Column column : {Column::CosInt8, Column::CosMixed, Column::Isolated})
        view->setItemDelegateForColumn(column, new CosineDelegate(LayerTableModel::SortRole, view));
    view->setItemDelegateForColumn(Column::Delta, new DeltaDelegate(LayerTableModel::SortRole, 0.05, view));
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setFrameShape(QFrame::NoFrame);
    view->setMouseTracking(true);
    view->setTabKeyNavigation(false);
    view->setCornerButtonEnabled(false);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    view->verticalHeader()->hide();
    view->verticalHeader()->setMinimumSectionSize(22);
    view->verticalHeader()->setDefaultSectionSize(26);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = view->horizontalHeader();
    header->setObjectName(QStringLiteral("layerTableHeader"));
    header->setSectionsMovable(true);
    header->setFirstSectionMovable(false);
    header->setHighlightSections(false);
    header->setMinimumSectionSize(32);
    header->setFixedHeight(26);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    for (const ColumnWidth& c : kColumns) {
        header->resizeSection(c.column, c.width);
        header->setSectionHidden(c.column, !c.shown);
    }
    view->setSortingEnabled(true);
    view->sortByColumn(Column::Number, Qt::AscendingOrder);

    empty = new QLabel;
    empty->setObjectName(QStringLiteral("layerTableEmpty"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    auto* pages = new QWidget;
    stack = new QStackedLayout(pages);
    stack->addWidget(view);
    stack->addWidget(empty);

    estimate = new QLabel;
    estimate->setObjectName(QStringLiteral("tableEstimate"));
    estimate->setTextFormat(Qt::RichText);
    estimate->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    key = new QLabel(QStringLiteral("Ctrl ↵"));
    key->setObjectName(QStringLiteral("applyKey"));
    apply = new QPushButton;
    apply->setObjectName(QStringLiteral("applyTable"));
    auto* footer = new QWidget;
    footer->setAutoFillBackground(true);
    footer->setBackgroundRole(QPalette::Window);
    footer->setFixedHeight(40);
    auto* footerLayout = new QHBoxLayout(footer);
    footerLayout->setContentsMargins(12, 4, 12, 4);
    footerLayout->setSpacing(8);
    footerLayout->addWidget(estimate, 1);
    footerLayout->addWidget(key);
    footerLayout->addWidget(apply);

    auto* layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(message);
    layout->addWidget(bar);
    layout->addWidget(filterProblem);
    layout->addWidget(pages, 1);
    layout->addWidget(footer);
    q->setFocusProxy(view);

    view->installEventFilter(q);
    view->viewport()->installEventFilter(q);
    filter->installEventFilter(q);
    QObject::connect(filter, &QLineEdit::textChanged, q, [this] { applyFilter(); });
    QObject::connect(saved->menu(), &QMenu::aboutToShow, q, [this] { fillSavedFilters(saved->menu()); });
    QObject::connect(more->menu(), &QMenu::aboutToShow, q, [this] { fillMore(more->menu()); });
    QObject::connect(header, &QWidget::customContextMenuRequested, q, [this, header](const QPoint& at) {
        QMenu menu(q);
        fillColumns(&menu);
        menu.exec(header->mapToGlobal(at));
    });
    QObject::connect(header, &QHeaderView::sectionResized, q, [this](int column) {
        if (column == Column::Name && !fitting) nameSized = true;
        else fitName();
    });
    QObject::connect(view, &QWidget::customContextMenuRequested, q, [this](const QPoint& at) { showRowMenu(at); });
    QObject::connect(view, &QTableView::clicked, q, [this](const QModelIndex& index) {
        if (index.column() == Column::Locked)
            filtered->setData(index, !index.data(Qt::EditRole).toBool(), Qt::EditRole);
    });
    QObject::connect(view, &QTableView::doubleClicked, q, [this](const QModelIndex& index) {
        if (index.column() == Column::Requested) {
            QMenu menu(q);
            addPrecisionActions(&menu, document, layerNames(model->facts(), selected()));
            menu.exec(view->viewport()->mapToGlobal(view->visualRect(index).bottomLeft()));
        } else if (index.column() != Column::Note && index.column() != Column::Locked) {
            emit q->graphRequested(filtered->layerAt(index));
        }
    });
    QObject::connect(view->selectionModel(), &QItemSelectionModel::selectionChanged, q, [this] { giveSelection(); });
    QObject::connect(document->selection(), &document::LayerSelection::changed, q, [this](QObject* origin) {
        if (origin != q) takeSelection();
    });
    QObject::connect(filtered, &QAbstractItemModel::modelReset, q, [this] {
        updateEmpty();
        updateFooter();
        takeSelection();
    });
    QObject::connect(filtered, &QAbstractItemModel::rowsInserted, q, [this] { updateCount(); });
    QObject::connect(filtered, &QAbstractItemModel::rowsRemoved, q, [this] { updateCount(); });
    QObject::connect(model, &QAbstractItemModel::dataChanged, q, [this] { updateFooter(); });
    QObject::connect(document, &Document::opened, q, [this] {
        filter->clear();
        message->hide();
        updateEmpty();
        updateFooter();
    });
    QObject::connect(document, &Document::busyChanged, q, [this] { updateFooter(); });
    QObject::connect(apply, &QPushButton::clicked, q, &LayerTablePanel::apply);
    QObject::connect(theme::notifier(), &theme::Notifier::changed, q, [this] {
        retranslate();
        view->viewport()->update();
    });
    autoApply.setSingleShot(true);
    autoApply.setInterval(600);
    QObject::connect(&autoApply, &QTimer::timeout, q, &LayerTablePanel::apply);
    QObject::connect(document, &Document::projectChanged, q, [this] {
        const bool on = QSettings().value(QStringLiteral("layerTable/autoApply"), false).toBool();
        if (on && models::estimate(model->facts()).changed > 0) autoApply.start();
    });
    const QByteArray columns = QSettings().value(QStringLiteral("layerTable/columns")).toByteArray();
    if (!columns.isEmpty()) q->restoreState(columns);
}

void LayerTablePanel::Private::saveColumns() const {
    QSettings().setValue(QStringLiteral("layerTable/columns"), q->saveState());
}

QByteArray LayerTablePanel::saveState() const { return d->view->horizontalHeader()->saveState(); }

bool LayerTablePanel::restoreState(const QByteArray& state) {
    QHeaderView* header = d->view->horizontalHeader();
    // A state of another version has other columns.
    QHeaderView probe(Qt::Horizontal);
    probe.setModel(d->filtered);
    if (!probe.restoreState(state) || probe.count() != LayerTableModel::ColumnCount) return false;
    const bool restored = header->restoreState(state);
    d->view->sortByColumn(header->sortIndicatorSection(), header->sortIndicatorOrder());
    d->fitName();
    return restored;
}

void LayerTablePanel::Private::fitName() {
    if (fitting || nameSized) return;
    const QHeaderView* header = view->horizontalHeader();
    int others = 0;
    for (int i = 0; i < header->count(); ++i)
        if (i != Column::Name && !header->isSectionHidden(i)) others += header->sectionSize(i);
    const QScopedValueRollback<bool> guard(fitting, true);
    view->horizontalHeader()->resizeSection(Column::Name, qMax(120, view->viewport()->width() - others));
}

void LayerTablePanel::setFilter(const QString& expression) { d->filter->setText(expression); }
QString LayerTablePanel::filter() const { return d->filter->text(); }
int LayerTablePanel::notHonoured() const { return d->notHonoured; }

void LayerTablePanel::apply() {
    d->autoApply.stop();
    if (d->model->facts().count() > 0) d->document->runTo(jobs::Stage::Mixed);
}

bool LayerTablePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == d->view->viewport() && event->type() == QEvent::Resize) {
        d->fitName();
        d->fitFooter();
    }
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && key->modifiers() & Qt::ControlModifier) {
            if (event->type() == QEvent::KeyPress && d->apply->isEnabled()) apply();
            event->accept();
            return true;
        }
        if (watched == d->view) {
            if (event->type() == QEvent::KeyPress) return d->handleKey(key);
            // Single keys of the table are not taken by actions of the window.
            const bool plain = key->modifiers() == Qt::NoModifier && !key->text().isEmpty() && key->text()[0].isLetterOrNumber();
            if (plain) event->accept();
        }
        if (watched == d->filter && event->type() == QEvent::KeyPress && key->key() == Qt::Key_Down) {
            d->view->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void LayerTablePanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
