// SPDX-License-Identifier: GPL-3.0-or-later
// Building and wiring of the comparison.
#include "widgets/panels/compare/compare_panel.h"

#include "compiler/base/file.h"
#include "widgets/panels/compare/compare_private.h"
#include "widgets/theme/painting.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSlider>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableWidget>
#include <QToolButton>

namespace wb::panels {

using document::Document;
using Panel = ComparePanel;

LimitSlider::LimitSlider(const char* name, double least, double most, QWidget* parent)
    : QWidget(parent), m_label(new TokenLabel(theme::Token::Text2, theme::TextRole::Body)), m_spin(new QDoubleSpinBox),
      m_slider(new QSlider(Qt::Horizontal)) {
    m_spin->setObjectName(QLatin1String(name) + QLatin1String("Value"));
    m_spin->setRange(least, most);
    m_spin->setSingleStep(0.05);
    m_spin->setDecimals(2);
    m_spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_spin->setAlignment(Qt::AlignCenter);
    m_spin->setFixedWidth(56);
    m_spin->setKeyboardTracking(false);
    m_slider->setObjectName(QLatin1String(name));
    m_slider->setRange(qRound(least * 100), qRound(most * 100));
    m_label->setBuddy(m_slider);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 4);
    grid->setVerticalSpacing(4);
    grid->addWidget(m_label, 0, 0);
    grid->addWidget(m_spin, 0, 1, Qt::AlignRight);
    grid->addWidget(m_slider, 1, 0, 1, 2);
    connect(m_slider, &QSlider::valueChanged, this, [this](int v) {
        if (qRound(m_spin->value() * 100) == v) return;
        m_spin->setValue(v / 100.0);
    });
    connect(m_spin, &QDoubleSpinBox::valueChanged, this, [this](double v) {
        m_slider->setValue(qRound(v * 100));
        emit edited(v);
    });
}

void LimitSlider::setLabel(const QString& text, const QString& toolTip) {
    m_label->setText(text);
    setToolTip(toolTip);
    m_slider->setAccessibleName(text);
    m_spin->setAccessibleName(text);
}

void LimitSlider::setValue(double value) {
    const QSignalBlocker quiet(this);
    m_spin->setValue(value);
}

NoteCard::NoteCard(const Diagnosis& note, QWidget* parent) : QWidget(parent) {
    auto* title = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    title->setText(note.title);
    title->setWordWrap(true);
    auto* text = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    text->setText(note.text);
    text->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(36, 8, 12, 12);
    column->setSpacing(4);
    column->addWidget(title);
    column->addWidget(text);
    setAccessibleName(note.title + QLatin1String(". ") + note.text);
}

void NoteCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    theme::fillRounded(&painter, rect(), 4, theme::color(theme::Token::Window), theme::color(theme::Token::Line));
    painter.fillRect(QRect(0, 1, 4, height() - 2), theme::color(theme::Token::Stale));
    theme::drawIcon(&painter, QStringLiteral("problems"), QRect(12, 9, 16, 16), 16, theme::color(theme::Token::Stale));
}

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
    all->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
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
    area->setMinimumWidth(240);
    return area;
}

void Panel::Private::build() {
    message = new MessageBar;
    strip = new detection_view::FilmStrip;
    stripTitle = new TokenLabel(theme::Token::Text2, theme::TextRole::BodyStrong);
    stripTitle->setContentsMargins(12, 0, 12, 0);
    stripTitle->setFixedHeight(30);
    auto* left = new QWidget;
    auto* leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(0);
    leftColumn->addWidget(stripTitle);
    leftColumn->addWidget(strip, 1);
    left->setMinimumWidth(160);

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
    splitter->setSizes({190, 900, 264});
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

void Panel::Private::connectAll() {
    using View = detection_view::DetectionView;
    soon.setSingleShot(true);
    soon.setInterval(60);
    QObject::connect(&soon, &QTimer::timeout, q, [this] { update(); });
    const auto later = [this] {
        if (!soon.isActive()) soon.start();
    };
    QObject::connect(document, &Document::detectionsChanged, q, later);
    QObject::connect(document, &Document::projectChanged, q, later);
    QObject::connect(document, &Document::opened, q, [this] {
        picture.clear();
        panes.clear();
        thumbnails.clear();
        image = {};
        referenceChosen = judgedChosen = false;
        message->hide();
        update();
    });
    QObject::connect(&imageReader, &QFutureWatcher<QImage>::finished, q, [this] {
        image = imageReader.result();
        if (image.isNull()) message->say(MessageBar::Kind::Warning, Panel::tr("The picture %1 cannot be read.").arg(absolute(picture)));
        showPanes();
    });
    QObject::connect(&thumbnailReader, &QFutureWatcher<std::pair<QString, QImage>>::finished, q, [this] {
        for (const auto& [path, thumbnail] : thumbnailReader.future().results()) thumbnails.insert(path, thumbnail);
        showStrip();
    });
    QObject::connect(strip, &detection_view::FilmStrip::pictureSelected, q, &Panel::setPicture);
    QObject::connect(link, &QToolButton::toggled, view, &View::setLinked);
    QObject::connect(blink, &QToolButton::toggled, view, &View::setBlinking);
    QObject::connect(boxes, &QToolButton::toggled, q, [this](bool hidden) { view->setBoxesVisible(!hidden); });
    QObject::connect(view, &View::linkedChanged, link, &QToolButton::setChecked);
    QObject::connect(view, &View::blinkingChanged, blink, &QToolButton::setChecked);
    QObject::connect(view, &View::boxesVisibleChanged, q, [this](bool visible) { boxes->setChecked(!visible); });
    QObject::connect(zoomIn, &QToolButton::clicked, view, &View::zoomIn);
    QObject::connect(zoomOut, &QToolButton::clicked, view, &View::zoomOut);
    QObject::connect(fit, &QToolButton::clicked, view, &View::fit);
    QObject::connect(view, &View::zoomChanged, q, [this](double zoom) { zoomText->setText(QStringLiteral("%1 %").arg(qRound(zoom * 100))); });
    QObject::connect(view, &View::cursorMoved, q, [this](bool inside, const QPointF& at) {
        cursor->setText(inside ? QStringLiteral("x %1 · y %2").arg(int(at.x())).arg(int(at.y())) : QString());
    });
    QObject::connect(view, &View::rowSelected, q, [this](int row) {
        view->setSelectedRow(row, false);
        table->setCurrentRow(row);
    });
    QObject::connect(table, &CompareTable::rowChosen, q, [this](int row) { view->setSelectedRow(row, true); });
    QObject::connect(view, &View::variantRequested, q, [this](int pane, const QString& id) {
        const auto variant = static_cast<jobs::Variant>(id.toInt());
        if (pane < 0 || pane >= panes.size()) return;
        panes[pane] = variant;
        if (variant != reference) {
            judged = variant;
            judgedChosen = true;
        }
        update();
    });
    QObject::connect(view, &View::paneCloseRequested, q, [this](int pane) {
        if (pane >= 0 && pane < panes.size() && panes.size() > 1) panes.removeAt(pane);
        update();
    });
    QObject::connect(addPane, &QToolButton::clicked, q, [this] {
        for (jobs::Variant variant : comparison.variants())
            if (!panes.contains(variant) && panes.size() < 4) {
                panes << variant;
                break;
            }
        update();
    });
    auto* menu = new QMenu(exportButton);
    menu->addAction(QString(), q, &Panel::exportPicture)->setObjectName(QStringLiteral("exportPicture"));
    menu->addAction(QString(), q, &Panel::exportTable)->setObjectName(QStringLiteral("exportTable"));
    exportButton->setMenu(menu);
    QObject::connect(referenceBox, &QComboBox::activated, q, [this](int i) {
        const auto next = static_cast<jobs::Variant>(referenceBox->itemData(i).toInt());
        if (const qsizetype at = panes.indexOf(reference); at >= 0 && !panes.contains(next)) panes[at] = next;
        reference = next;
        referenceChosen = true;
        update();
    });
    QObject::connect(judgedBox, &QComboBox::activated, q, [this](int i) {
        const auto next = static_cast<jobs::Variant>(judgedBox->itemData(i).toInt());
        if (const qsizetype at = panes.indexOf(judged); at >= 0 && !panes.contains(next)) panes[at] = next;
        judged = next;
        judgedChosen = true;
        update();
    });
    QObject::connect(score, &LimitSlider::edited, q, [this](double v) {
        editLimit(Panel::tr("Score limit"), [v](jobs::DetectSettings& s) { s.scoreThreshold = v; }, "score");
    });
    QObject::connect(nms, &LimitSlider::edited, q, [this](double v) {
        editLimit(Panel::tr("NMS IoU"), [v](jobs::DetectSettings& s) { s.nmsIou = v; }, "nms");
    });
    QObject::connect(iou, &LimitSlider::edited, q, [this](double v) {
        editLimit(Panel::tr("Matching IoU"), [v](jobs::DetectSettings& s) { s.matchIou = v; }, "iou");
    });
    QObject::connect(theme::notifier(), &theme::Notifier::changed, q, later);
}

void Panel::Private::retranslate() {
    const auto keyed = [](QToolButton* button, const QString& text, const QString& key) {
        button->setText(text);
        button->setToolTip(key.isEmpty() ? text : text + QStringLiteral(" (%1)").arg(key));
        button->setAccessibleName(text);
    };
    keyed(link, Panel::tr("Link panes"), QStringLiteral("S"));
    keyed(blink, Panel::tr("Blink"), QStringLiteral("B"));
    keyed(boxes, Panel::tr("Hide boxes"), Panel::tr("Space"));
    keyed(zoomOut, Panel::tr("Smaller"), QStringLiteral("−"));
    keyed(zoomIn, Panel::tr("Larger"), QStringLiteral("+"));
    keyed(fit, Panel::tr("Fit"), QStringLiteral("Ctrl+0"));
    keyed(addPane, Panel::tr("Add pane"), {});
    keyed(exportButton, Panel::tr("Export"), {});
    const QList<QAction*> actions = exportButton->menu()->actions();
    actions[0]->setText(Panel::tr("Panes side by side as PNG…"));
    actions[1]->setText(Panel::tr("Table as CSV…"));
    referenceLabel->setText(Panel::tr("Reference"));
    judgedLabel->setText(Panel::tr("Judged"));
    score->setLabel(Panel::tr("Score at least"), Panel::tr("Boxes below are not shown and not counted"));
    nms->setLabel(Panel::tr("NMS IoU"), Panel::tr("Boxes of one class that overlap more are one"));
    iou->setLabel(Panel::tr("Matching IoU"), Panel::tr("Least overlap of a box with its reference"));
    all->setHorizontalHeaderLabels({Panel::tr("Variant"), Panel::tr("F1"), Panel::tr("found"), Panel::tr("lost"), Panel::tr("extra")});
    notesTitle->setText(Panel::tr("What the numbers say"));
    empty->setText(Panel::tr("Detections on the test pictures appear here after the stages Reference FP32 and Quantise. Add test "
                             "pictures to the project and press F5."));
    table->setAccessibleName(Panel::tr("Boxes"));
    strip->setAccessibleName(Panel::tr("Test pictures"));
    rows->retranslate();
    update();
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
