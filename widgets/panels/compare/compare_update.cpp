// SPDX-License-Identifier: GPL-3.0-or-later
// From the document's candidates to what the comparison shows.
#include "compiler/jobs/stage_keys.h"
#include "visualizer/common/layer_text.h"
#include "widgets/panels/common/picture_view.h"
#include "widgets/panels/compare/compare_private.h"

#include <QComboBox>
#include <QFileInfo>
#include <QScopedValueRollback>
#include <QStackedLayout>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <algorithm>

namespace wb::panels {

using jobs::Variant;
using visualizer::numberText;
using Panel = ComparePanel;

CompareLimits Panel::Private::limits() const {
    const jobs::DetectSettings& s = document->project().detect;
    return {s.scoreThreshold, s.nmsIou, s.matchIou};
}

QString Panel::Private::absolute(const QString& path) const {
    return QString::fromStdString(jobs::resolvePath(document->resultsBase().toStdString(), path.toStdString()).string());
}

int Panel::Private::classCount() const {
    const auto& names = document->project().detect.classNames;
    if (!names.empty()) return static_cast<int>(names.size());
    // Raw heads hold 3·(5 + classes) channels, a decoded tensor 5 + classes values a box.
    for (const jobs::LayerInfo& layer : document->network().layers) {
        if (!layer.isOutput) continue;
        if (layer.shape.size() == 4 && layer.shape[1] % 3 == 0 && layer.shape[1] / 3 > 5) return static_cast<int>(layer.shape[1] / 3 - 5);
        if (layer.shape.size() == 3 && layer.shape[2] > 5 && layer.shape[2] < layer.shape[1]) return static_cast<int>(layer.shape[2] - 5);
    }
    return 0;
}

void Panel::Private::editLimit(const QString& name, const std::function<void(jobs::DetectSettings&)>& change, const char* key) {
    if (!filling)
        document->edit(name, [&](jobs::Project& p) { change(p.detect); }, QStringLiteral("detect:") + QLatin1String(key));
}

void Panel::Private::chooseVariants(const QVector<Variant>& variants) {
    // Not chosen by the user: the source runtime against the newest result.
    if (!referenceChosen || !variants.contains(reference)) reference = variants.front();
    if (!judgedChosen || !variants.contains(judged) || judged == reference) {
        judged = variants.back();
        if (variants.contains(Variant::Int8) && reference != Variant::Int8) judged = Variant::Int8;
    }
    panes.removeIf([&](Variant v) { return !variants.contains(v); });
    // Until the user arranges them, the panes show what is compared: the reference and the judged variant.
    if (panes.isEmpty() || !panesChosen) {
        panes = {reference};
        if (judged != reference) panes << judged;
    } else if (panes.size() == 1 && judged != reference && panes[0] == reference) {
        panes << judged;
    }
    for (QComboBox* box : {referenceBox, judgedBox}) {
        box->clear();
        for (Variant v : variants)
            if (box == referenceBox || v != reference) box->addItem(CompareWords::variant(v), static_cast<int>(v));
        box->setCurrentIndex(box->findData(static_cast<int>(box == referenceBox ? reference : judged)));
    }
    QVector<detection_view::VariantChoice> choices;
    for (Variant v : variants) choices << detection_view::VariantChoice{QString::number(static_cast<int>(v)), CompareWords::variant(v)};
    view->setVariants(choices);
    addPane->setEnabled(panes.size() < 4 && panes.size() < variants.size());
}

void Panel::Private::update() {
    const QScopedValueRollback<bool> guard(filling, true);
    comparison.set(document->detections(), limits());
    const auto variants = comparison.variants();
    const QStringList pictures = comparison.pictures();
    stack->setCurrentIndex(variants.isEmpty() ? 0 : 1);
    if (variants.isEmpty()) return;
    const CompareLimits now = limits();
    score->setValue(now.score);
    nms->setValue(now.nmsIou);
    iou->setValue(now.matchIou);
    chooseVariants(variants);
    readThumbnails(pictures);
    showStrip();
    if (!pictures.contains(picture)) {
        // The worst picture first: that is where there is something to see.
        picture = *std::min_element(pictures.begin(), pictures.end(), [this](const QString& a, const QString& b) {
            return comparison.match(a, reference, judged).f1 < comparison.match(b, reference, judged).f1;
        });
        showPicture();
    } else {
        showPanes();
    }
    showTotals();
}

void Panel::Private::readThumbnails(const QStringList& pictures) {
    if (thumbnailReader.isRunning()) return;
    QStringList missing;
    for (const QString& path : pictures)
        if (!thumbnails.contains(absolute(path))) missing << absolute(path);
    if (missing.isEmpty()) return;
    thumbnailReader.setFuture(
        QtConcurrent::mapped(missing, [](const QString& path) { return std::pair{path, readPicture(path, 192)}; }));
}

void Panel::Private::showStrip() {
    QVector<detection_view::FilmItem> items;
    for (const QString& path : comparison.pictures()) {
        detection_view::FilmItem item;
        item.path = path;
        item.name = QFileInfo(path).fileName();
        item.thumbnail = thumbnails.value(absolute(path));
        if (judged != reference) item.f1 = comparison.match(path, reference, judged).f1;
        items << item;
    }
    strip->setItems(items);
    if (!picture.isEmpty()) strip->setCurrentPath(picture);
    stripOrder->setText(Panel::tr("worst F1 first"));
    stripTitle->setText(Panel::tr("Test pictures"));
}

void Panel::Private::showPicture() {
    strip->setCurrentPath(picture);
    image = {};
    imageReader.setFuture(QtConcurrent::run([path = absolute(picture)] { return readPicture(path, 0); }));
    showPanes();
}

void Panel::Private::showPanes() {
    const auto& names = document->project().detect.classNames;
    const int classes = classCount();
    QVector<detection_view::PaneContent> contents;
    for (Variant v : panes) {
        detection_view::PaneContent content;
        content.variant = QString::number(static_cast<int>(v));
        content.title = CompareWords::variant(v);
        content.isReference = v == reference;
        if (v == Variant::Int8) content.precision = QStringLiteral("INT8");
        content.image = image;
        content.boxes = comparison.paneBoxes(picture, reference, v, judged, names, classes);
        if (v != reference) content.f1 = comparison.match(picture, reference, v).f1;
        contents << content;
    }
    view->setPanes(contents);
    zoomText->setText(QStringLiteral("%1 %").arg(qRound(view->zoom() * 100)));
    // A variant is not judged by itself.
    rows->setRows(judged == reference ? QVector<CompareRow>() : comparison.rows(picture, reference, judged), names, classes);
    table->setCurrentRow(view->selectedRow());

    const evaluate::MatchResult m = comparison.match(picture, reference, judged);
    const auto pair = [](const QString& label, const QString& value) {
        return QStringLiteral("%1&nbsp;<b>%2</b>").arg(label.toHtmlEscaped(), value);
    };
    const QString gap = QStringLiteral(" &nbsp; &nbsp; ");
    counts->setText(QStringList{pair(Panel::tr("match"), QString::number(m.matched - m.shifted)),
                                pair(Panel::tr("shifted"), QString::number(m.shifted)),
                                pair(Panel::tr("class changed"), QString::number(m.classChanged)),
                                pair(Panel::tr("missed"), QString::number(m.missed)),
                                pair(Panel::tr("extra"), QString::number(m.extra))}
                        .join(gap));
    const bool any = m.matched > 0;
    means->setText(QStringList{pair(Panel::tr("mean IoU"), any ? numberText(m.meanIou, 3) : QStringLiteral("–")),
                               pair(Panel::tr("mean |Δ|"), any ? numberText(m.meanAbsScoreDelta, 3) : QStringLiteral("–")),
                               pair(Panel::tr("P"), numberText(m.precision, 3)), pair(Panel::tr("R"), numberText(m.recall, 3)),
                               pair(Panel::tr("F1"), numberText(m.f1, 3))}
                       .join(gap));
    fitTotals();
    showNotes();
}

void Panel::Private::showTotals() {
    const auto variants = comparison.variants();
    allTitle->setText(Panel::tr("All %n test pictures, against %1", nullptr, static_cast<int>(comparison.pictures().size()))
                          .arg(CompareWords::variant(reference)));
    all->setRowCount(0);
    for (Variant v : variants) {
        if (v == reference) continue;
        const evaluate::MatchResult m = comparison.total(reference, v);
        const int row = all->rowCount();
        all->insertRow(row);
        const QString cells[] = {CompareWords::variant(v), numberText(m.f1, 3), QString::number(m.matched), QString::number(m.missed), QString::number(m.extra)};
        for (int i = 0; i < 5; ++i) {
            auto* item = new QTableWidgetItem(cells[i]);
            item->setFont(theme::font(i == 0 ? theme::TextRole::Body : i == 1 ? theme::TextRole::MonoStrong : theme::TextRole::Mono));
            item->setTextAlignment((i == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
            all->setItem(row, i, item);
        }
    }
    for (int i = 0; i < 5; ++i)
        if (auto* header = all->horizontalHeaderItem(i)) header->setTextAlignment((i == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    all->setFixedHeight(26 * (all->rowCount() + 1) + 2);
    const auto& goals = document->project().goals;
    const auto wanted = goals.find("detections");
    if (wanted == goals.end()) {
        goal->clear();
    } else {
        const bool met = comparison.total(reference, judged).f1 >= wanted->second;
        goal->setText((met ? Panel::tr("Goal: detections, F1 ≥ %1: met") : Panel::tr("Goal: detections, F1 ≥ %1: not met"))
                          .arg(numberText(wanted->second, 3)));
    }
    goal->setVisible(!goal->text().isEmpty());
}

void Panel::Private::showNotes() {
    while (QLayoutItem* item = notes->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    const auto list = CompareWords::diagnose(rows->rows(), comparison.match(picture, reference, judged));
    for (const Diagnosis& note : list) notes->addWidget(new NoteCard(note));
    notesTitle->setVisible(!list.isEmpty());
    notesHolder->setVisible(!list.isEmpty());
}

} // namespace wb::panels
