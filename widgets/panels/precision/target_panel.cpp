// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/precision/target_panel.h"

#include "widgets/models/chips.h"
#include "widgets/models/layer_facts.h"
#include "widgets/panels/common/form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace wb::panels {

using document::Document;

struct TargetPanel::Private {
    TargetPanel* q = nullptr;
    Document* document = nullptr;
    bool filling = false;
    QLabel *section = nullptr, *chipLabel = nullptr, *kindLabel = nullptr, *floatLabel = nullptr, *goals = nullptr, *goalLayerLabel = nullptr,
           *goalOutputLabel = nullptr;
    TokenLabel *chipNote = nullptr, *kindNote = nullptr, *floatNote = nullptr, *goalNote = nullptr;
    QComboBox *chip = nullptr, *kind = nullptr, *floatType = nullptr;
    QDoubleSpinBox *goalLayer = nullptr, *goalOutput = nullptr;

    QDoubleSpinBox* spin(const char* name) {
        auto* box = new QDoubleSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(0, 1);
        box->setDecimals(4);
        box->setSingleStep(0.01);
        box->setMaximumWidth(120);
        box->setKeyboardTracking(false);
        return box;
    }
    void fill();
    void retranslate();
};

namespace {

/// An entry that cannot be chosen, and why.
void disable(QComboBox* box, int index, const QString& reason) {
    auto* items = qobject_cast<QStandardItemModel*>(box->model());
    if (!items || !items->item(index)) return;
    items->item(index)->setEnabled(reason.isEmpty());
    items->item(index)->setToolTip(reason);
}

} // namespace

TargetPanel::TargetPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("targetPanel"));
    auto* form = new Form(120);
    d->chip = new QComboBox;
    d->chip->setObjectName(QStringLiteral("targetChip"));
    for (const char* name : {"bm1684x", "bm1684", "bm1688", "cv183x", "cv182x", "cv181x", "cv180x"})
        d->chip->addItem(QString::fromLatin1(name).toUpper(), QString::fromLatin1(name));
    d->kind = new QComboBox;
    d->kind->setObjectName(QStringLiteral("targetSymmetry"));
    d->kind->addItem(QString(), false);
    d->kind->addItem(QString(), true);
    d->floatType = new QComboBox;
    d->floatType->setObjectName(QStringLiteral("targetFloat"));
    for (const char* name : {"F16", "BF16", "F32"}) d->floatType->addItem(QString::fromLatin1(name), QString::fromLatin1(name));
    d->goalLayer = d->spin("goalLayer");
    d->goalOutput = d->spin("goalOutput");

    d->section = form->addSection();
    d->chipLabel = form->addRow(d->chip);
    d->chipNote = form->addNote();
    d->kindLabel = form->addRow(d->kind);
    d->kindNote = form->addNote();
    d->floatLabel = form->addRow(d->floatType);
    d->floatNote = form->addNote(theme::Token::Stale);
    d->goals = form->addSection();
    d->goalOutputLabel = form->addRow(d->goalOutput);
    d->goalLayerLabel = form->addRow(d->goalLayer);
    d->goalNote = form->addNote();
    form->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scrolled(form));

    const auto edited = [this](auto change, const QString& name, const QString& key = {}) {
        if (!d->filling) d->document->edit(name, change, key);
    };
    connect(d->chip, &QComboBox::activated, this, [=, this](int index) {
        const std::string chip = d->chip->itemData(index).toString().toStdString();
        edited([&](jobs::Project& p) { p.target.chip = chip; }, tr("Target %1").arg(models::chipName(chip)));
    });
    connect(d->kind, &QComboBox::activated, this, [=, this](int index) {
        const bool on = d->kind->itemData(index).toBool();
        edited([&](jobs::Project& p) { p.target.asymmetric = on; }, on ? tr("Asymmetric INT8") : tr("Symmetric INT8"));
    });
    connect(d->floatType, &QComboBox::activated, this, [=, this](int index) {
        const QString type = d->floatType->itemData(index).toString();
        edited([&](jobs::Project& p) { p.target.floatType = type.toStdString(); }, tr("Float type %1").arg(type));
    });
    connect(d->goalLayer, &QDoubleSpinBox::valueChanged, this, [=, this](double v) {
        edited([&](jobs::Project& p) { p.goals["layer"] = v; }, tr("Layer goal"), QStringLiteral("goalLayer"));
    });
    connect(d->goalOutput, &QDoubleSpinBox::valueChanged, this, [=, this](double v) {
        edited([&](jobs::Project& p) { p.goals["output"] = v; }, tr("Output goal"), QStringLiteral("goalOutput"));
    });
    connect(document, &Document::projectChanged, this, [this] { d->fill(); });
    connect(document, &Document::opened, this, [this] { d->fill(); });
    d->retranslate();
}

TargetPanel::~TargetPanel() { releaseParts(this); }

void TargetPanel::Private::fill() {
    const QScopedValueRollback<bool> guard(filling, true);
    const jobs::TargetSettings& target = document->project().target;
    const QString name = QString::fromStdString(target.chip);
    q->setEnabled(document->isOpen());
    chip->setCurrentIndex(chip->findData(name));
    for (int i = 0; i < chip->count(); ++i)
        disable(chip, i, models::chipQuantises(chip->itemData(i).toString())
                             ? QString()
                             : TargetPanel::tr("%1: not available in this version.").arg(chip->itemText(i)));
    kind->setCurrentIndex(target.asymmetric ? 1 : 0);
    disable(kind, 1, models::chipHasBmodel(name) || name.isEmpty() ? QString() : TargetPanel::tr("%1 has no zero points. Use symmetric INT8 or choose BM1684X.").arg(name.toUpper()));
    floatType->setCurrentIndex(floatType->findData(QString::fromStdString(target.floatType)));
    for (int i = 0; i < floatType->count(); ++i) {
        const QString reason = models::unavailableReason(name, floatType->itemText(i));
        disable(floatType, i, reason);
        if (i == floatType->currentIndex()) Form::setNote(floatNote, reason);
    }
    const auto goal = [this](const char* key) {
        const auto& map = document->project().goals;
        const auto it = map.find(key);
        return it == map.end() ? 0.99 : it->second;
    };
    goalLayer->setValue(goal("layer"));
    goalOutput->setValue(goal("output"));
}

void TargetPanel::Private::retranslate() {
    section->setText(TargetPanel::tr("Target"));
    chipLabel->setText(TargetPanel::tr("Chip"));
    kindLabel->setText(TargetPanel::tr("INT8"));
    kind->setItemText(0, TargetPanel::tr("Symmetric"));
    kind->setItemText(1, TargetPanel::tr("Asymmetric"));
    Form::setNote(kindNote, TargetPanel::tr("Asymmetric keeps one-sided ranges finer and costs a zero point in every layer."));
    floatLabel->setText(TargetPanel::tr("Float means"));
    Form::setNote(chipNote, TargetPanel::tr("Greyed chips say why when you point at them."));
    goals->setText(TargetPanel::tr("Goals"));
    goalOutputLabel->setText(TargetPanel::tr("Output cosine"));
    goalLayerLabel->setText(TargetPanel::tr("Layer cosine"));
    Form::setNote(goalNote, TargetPanel::tr("Drawn as lines in the cosine plot; “cos<goal” filters by the layer goal."));
    fill();
}

void TargetPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
