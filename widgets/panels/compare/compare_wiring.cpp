// SPDX-License-Identifier: GPL-3.0-or-later
// Signals and texts of the comparison.
#include "widgets/panels/compare/compare_private.h"

#include <QComboBox>
#include <QMenu>
#include <QTableWidget>
#include <QToolButton>

namespace wb::panels {

using document::Document;
using Panel = ComparePanel;

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
        panesChosen = false;
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
        panesChosen = true;
        if (variant != reference) {
            judged = variant;
            judgedChosen = true;
        }
        update();
    });
    QObject::connect(view, &View::paneCloseRequested, q, [this](int pane) {
        if (pane >= 0 && pane < panes.size() && panes.size() > 1) panes.removeAt(pane);
        panesChosen = true;
        update();
    });
    QObject::connect(addPane, &QToolButton::clicked, q, [this] {
        for (jobs::Variant variant : comparison.variants())
            if (!panes.contains(variant) && panes.size() < 4) {
                panes << variant;
                panesChosen = true;
                break;
            }
        update();
    });
    auto* menu = new QMenu(exportButton);
    menu->addAction(QString(), q, &Panel::exportPicture)->setObjectName(QStringLiteral("exportPicture"));
    menu->addAction(QString(), q, &Panel::exportSingles)->setObjectName(QStringLiteral("exportSingles"));
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
    actions[1]->setText(Panel::tr("Single pictures…"));
    actions[2]->setText(Panel::tr("Table as CSV or JSON…"));
    referenceLabel->setText(Panel::tr("Reference"));
    judgedLabel->setText(Panel::tr("Judged"));
    score->setLabel(Panel::tr("Score at least"), Panel::tr("Boxes below are not shown and not counted"));
    nms->setLabel(Panel::tr("NMS IoU"), Panel::tr("Boxes of one class that overlap more are one"));
    iou->setLabel(Panel::tr("Matching IoU"), Panel::tr("Least overlap of a box with its reference"));
    all->setHorizontalHeaderLabels({Panel::tr("Variant"), Panel::tr("F1"), Panel::tr("found"), Panel::tr("lost"), Panel::tr("extra")});
    notesTitle->setText(Panel::tr("What the numbers say"));
    empty->setText(Panel::tr("Detections on the test pictures appear here after the stages Reference FP32 and Quantise. Add test "
                             "pictures to the project and press F5."));
    fitTools(link->parentWidget()->width());
    table->setAccessibleName(Panel::tr("Boxes"));
    strip->setAccessibleName(Panel::tr("Test pictures"));
    rows->retranslate();
    update();
}

} // namespace wb::panels
