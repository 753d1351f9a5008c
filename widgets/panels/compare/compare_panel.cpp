// SPDX-License-Identifier: GPL-3.0-or-later
// Building the comparison, and its files.
#include "widgets/panels/compare/compare_panel.h"

#include "compiler/base/file.h"
#include "widgets/panels/compare/compare_private.h"

#include <QComboBox>
#include <QDir>
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
    auto* bar = new WidthWatch;
    bar->setMinimumWidth(1);
    QObject::connect(bar, &WidthWatch::resized, q, [this](int width) { fitTools(width); });
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

void Panel::Private::fitTools(int width) {
    const QList<QToolButton*> worded{link, blink, boxes, addPane, exportButton};
    const auto style = [&](Qt::ToolButtonStyle wanted) {
        for (QToolButton* button : worded) button->setToolButtonStyle(wanted);
    };
    style(Qt::ToolButtonTextBesideIcon);
    int needed = 8 + 8 + 56 + 160; // margins, percent, cursor
    for (const QToolButton* button : {link, blink, boxes, zoomOut, zoomIn, fit, addPane, exportButton}) needed += button->sizeHint().width() + 4;
    if (needed > width) style(Qt::ToolButtonIconOnly);
}

void Panel::Private::fitTotals() {
    const bool two = counts->sizeHint().width() + means->sizeHint().width() + 40 > totals->width();
    static_cast<QBoxLayout*>(totals->layout())->setDirection(two ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    means->setAlignment((two ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    totals->setFixedHeight(two ? 52 : 32);
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
    totals = new WidthWatch;
    totals->setAutoFillBackground(true);
    totals->setBackgroundRole(QPalette::Window);
    totals->setFixedHeight(32);
    totals->setMinimumWidth(1);
    auto* totalsRow = new QBoxLayout(QBoxLayout::LeftToRight, totals);
    totalsRow->setContentsMargins(12, 4, 12, 4);
    totalsRow->setSpacing(0);
    totalsRow->addWidget(counts, 1);
    totalsRow->addWidget(means);
    QObject::connect(totals, &WidthWatch::resized, q, [this] { fitTotals(); });
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

int Panel::writeSingles(const QString& folder) const {
    int written = 0;
    for (int pane = 0; pane < d->panes.size(); ++pane) {
        const QString name = QStringLiteral("%1_%2.jpg").arg(QFileInfo(d->picture).completeBaseName(), QLatin1String(jobs::spelling(d->panes[pane])));
        written += d->view->renderPane(pane).save(QDir(folder).filePath(name), "JPG", 95) ? 1 : 0;
    }
    return written;
}

void Panel::exportSingles() {
    if (d->image.isNull()) return;
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for the pictures"));
    if (folder.isEmpty()) return;
    if (const int written = writeSingles(folder); written == d->panes.size())
        d->message->say(MessageBar::Kind::Success, tr("%n pictures written to %1", nullptr, written).arg(QDir(folder).dirName()));
    else d->message->say(Error{Code::FileNotWritable, "the picture cannot be written"}.inFile(folder.toStdString()));
}

void Panel::exportTable() {
    const QString name = QFileInfo(d->picture).completeBaseName() + QStringLiteral("_boxes.csv");
    const QString file = QFileDialog::getSaveFileName(this, tr("Table of the boxes"), name, tr("CSV (*.csv);;JSON (*.json)"));
    if (file.isEmpty()) return;
    const bool json = file.endsWith(u".json", Qt::CaseInsensitive);
    const Status done = writeTextAtomically(file.toStdString(), (json ? d->rows->json(d->picture) : d->rows->csv(d->picture)).toStdString());
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
