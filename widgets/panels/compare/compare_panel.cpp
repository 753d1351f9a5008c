// SPDX-License-Identifier: GPL-3.0-or-later
// Building the comparison, and its files.
#include "widgets/panels/compare/compare_panel.h"

#include "compiler/base/file.h"
#include "widgets/panels/compare/compare_private.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableWidget>
#include <QToolButton>

namespace wb::panels {

using document::Document;
using Panel = ComparePanel;

Panel::ComparePanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("comparePanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->connectAll();
    d->retranslate();
    d->update();
}

Panel::~ComparePanel() {
    releaseParts(this);
    d->thumbnailReader.cancel();
    d->thumbnailReader.waitForFinished();
    d->imageReader.waitForFinished();
}

QWidget* Panel::Private::buildTools() {
    const auto tool = [](const char* name, const char* icon, bool checkable) {
        auto* button = new QToolButton;
        button->setObjectName(QLatin1String(name));
        button->setIcon(theme::icon(QLatin1String(icon)));
        button->setCheckable(checkable);
        button->setToolButtonStyle(checkable ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        button->setProperty("wbFlat", true);
        button->setFixedHeight(28);
        return button;
    };
    link = tool("compareLink", "link", true);
    link->setChecked(true);
    blink = tool("compareBlink", "blink", true);
    boxes = tool("compareHideBoxes", "eye-off", true);
    zoomOut = tool("compareZoomOut", "zoom-out", false);
    zoomIn = tool("compareZoomIn", "zoom-in", false);
    fit = tool("compareFit", "fit", false);
    addPane = tool("compareAddPane", "zoom-in", false);
    addPane->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    exportButton = tool("compareExport", "export", false);
    exportButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    exportButton->setPopupMode(QToolButton::InstantPopup);
    zoomText = new TokenLabel(theme::Token::Text2, theme::TextRole::Mono);
    zoomText->setFixedWidth(56);
    zoomText->setAlignment(Qt::AlignCenter);
    cursor = new TokenLabel(theme::Token::Text3, theme::TextRole::Mono);
    cursor->setObjectName(QStringLiteral("compareCursor"));
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    for (QToolButton* button : {link, blink, boxes}) row->addWidget(button);
    row->addSpacing(8);
    row->addWidget(zoomOut);
    row->addWidget(zoomText);
    row->addWidget(zoomIn);
    row->addWidget(fit);
    row->addStretch();
    row->addWidget(cursor);
    row->addSpacing(8);
    row->addWidget(addPane);
    row->addWidget(exportButton);
    bar->setFixedHeight(38);
    return bar;
}

QWidget* Panel::Private::buildSettings() {
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(8);
    const auto choice = [&](QComboBox*& box, QLabel*& label, const char* name) {
        box = new QComboBox;
        box->setObjectName(QLatin1String(name));
        label = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
        label->setBuddy(box);
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        label->setFixedWidth(88);
        row->addWidget(label);
        row->addWidget(box, 1);
        column->addLayout(row);
    };
    choice(referenceBox, referenceLabel, "compareReference");
    choice(judgedBox, judgedLabel, "compareJudged");
    column->addSpacing(8);
    score = new LimitSlider("scoreLimit", 0.01, 0.99);
    nms = new LimitSlider("nmsLimit", 0.05, 0.95);
    iou = new LimitSlider("matchLimit", 0.10, 0.95);
    for (LimitSlider* slider : {score, nms, iou}) column->addWidget(slider);
    column->addSpacing(8);
    allTitle = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    allTitle->setWordWrap(true);
    all = new QTableWidget(0, 5);
    all->setObjectName(QStringLiteral("compareTotals"));
    all->verticalHeader()->hide();
    all->verticalHeader()->setDefaultSectionSize(26);
    all->horizontalHeader()->setHighlightSections(false);
    all->horizontalHeader()->setMinimumSectionSize(36);
    all->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    all->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (const auto& [at, wide] : {std::pair(1, 48), std::pair(2, 46), std::pair(3, 40), std::pair(4, 42)}) all->setColumnWidth(at, wide);
    all->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    all->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    all->horizontalHeader()->setFixedHeight(26);
    all->setShowGrid(false);
    all->setFrameShape(QFrame::NoFrame);
    all->setEditTriggers(QAbstractItemView::NoEditTriggers);
    all->setSelectionMode(QAbstractItemView::NoSelection);
    all->setFocusPolicy(Qt::NoFocus);
    all->setFixedHeight(26 * 4);
    goal = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    goal->setWordWrap(true);
    column->addWidget(allTitle);
    column->addWidget(all);
    column->addWidget(goal);
    column->addSpacing(8);
    notesTitle = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    notesHolder = new QWidget;
    notes = new QVBoxLayout(notesHolder);
    notes->setContentsMargins(0, 0, 0, 0);
    notes->setSpacing(8);
    column->addWidget(notesTitle);
    column->addWidget(notesHolder);
    column->addStretch();
    auto* area = scrolled(content);
    area->setMinimumWidth(272);
    return area;
}

void Panel::Private::build() {
    message = new MessageBar;
    strip = new detection_view::FilmStrip;
    stripTitle = new TokenLabel(theme::Token::Text2, theme::TextRole::BodyStrong);
    stripOrder = new TokenLabel(theme::Token::Text3, theme::TextRole::Caption);
    stripOrder->setMinimumWidth(1);
    auto* stripHead = new QWidget;
    stripHead->setFixedHeight(30);
    auto* stripHeadRow = new QHBoxLayout(stripHead);
    stripHeadRow->setContentsMargins(12, 0, 4, 0);
    stripHeadRow->setSpacing(8);
    stripHeadRow->addWidget(stripTitle);
    stripHeadRow->addWidget(stripOrder, 1);
    auto* left = new QWidget;
    auto* leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(0);
    leftColumn->addWidget(stripHead);
    leftColumn->addWidget(strip, 1);
    left->setMinimumWidth(190);

    view = new detection_view::DetectionView;
    rows = new CompareTableModel(q);
    table = new CompareTable(rows);
    counts = new QLabel;
    counts->setObjectName(QStringLiteral("compareCounts"));
    means = new QLabel;
    means->setObjectName(QStringLiteral("compareMeans"));
    means->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* totals = new QWidget;
    totals->setAutoFillBackground(true);
    totals->setBackgroundRole(QPalette::Window);
    totals->setFixedHeight(32);
    auto* totalsRow = new QHBoxLayout(totals);
    totalsRow->setContentsMargins(12, 0, 12, 0);
    totalsRow->addWidget(counts);
    totalsRow->addStretch();
    totalsRow->addWidget(means);
    auto* lower = new QWidget;
    auto* lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->setSpacing(0);
    lowerColumn->addWidget(table, 1);
    lowerColumn->addWidget(totals);
    auto* vertical = new QSplitter(Qt::Vertical);
    vertical->addWidget(view);
    vertical->addWidget(lower);
    vertical->setStretchFactor(0, 3);
    vertical->setStretchFactor(1, 2);
    vertical->setSizes({380, 280});
    auto* middle = new QWidget;
    auto* middleColumn = new QVBoxLayout(middle);
    middleColumn->setContentsMargins(0, 0, 0, 0);
    middleColumn->setSpacing(0);
    middleColumn->addWidget(message);
    middleColumn->addWidget(buildTools());
    middleColumn->addWidget(vertical, 1);

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(left);
    splitter->addWidget(middle);
    splitter->addWidget(buildSettings());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({190, 900, 272});
    auto* page = new QWidget;
    auto* pageColumn = new QVBoxLayout(page);
    pageColumn->setContentsMargins(0, 0, 0, 0);
    pageColumn->addWidget(splitter);
    empty = new QLabel;
    empty->setObjectName(QStringLiteral("compareEmpty"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    stack = new QStackedLayout(q);
    stack->addWidget(empty);
    stack->addWidget(page);
    q->setFocusProxy(view);
}

QString Panel::picture() const { return d->picture; }

void Panel::setPicture(const QString& path) {
    if (path == d->picture) return;
    d->picture = path;
    d->view->setSelectedRow(-1, false);
    d->showPicture();
}

void Panel::exportPicture() {
    if (d->image.isNull()) return;
    const QString name = QFileInfo(d->picture).completeBaseName() + QStringLiteral("_compare.png");
    const QString file = QFileDialog::getSaveFileName(this, tr("Panes side by side as PNG"), name, tr("PNG (*.png)"));
    if (file.isEmpty()) return;
    if (d->view->renderSideBySide().save(file)) d->message->say(MessageBar::Kind::Success, tr("Picture written to %1").arg(QFileInfo(file).fileName()));
    else d->message->say(Error{Code::FileNotWritable, "the picture cannot be written"}.inFile(file.toStdString()));
}

void Panel::exportTable() {
    const QString name = QFileInfo(d->picture).completeBaseName() + QStringLiteral("_boxes.csv");
    const QString file = QFileDialog::getSaveFileName(this, tr("Table as CSV"), name, tr("CSV (*.csv)"));
    if (file.isEmpty()) return;
    const Status done = writeTextAtomically(file.toStdString(), d->rows->csv(d->picture).toStdString());
    if (!done) d->message->say(done.error());
    else d->message->say(MessageBar::Kind::Success, tr("Table written to %1").arg(QFileInfo(file).fileName()));
}

void Panel::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_S: d->view->setLinked(!d->view->isLinked()); break;
    case Qt::Key_B: d->view->setBlinking(!d->view->isBlinking()); break;
    case Qt::Key_Space: d->view->setBoxesVisible(!d->view->areBoxesVisible()); break;
    default: QWidget::keyPressEvent(event);
    }
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
