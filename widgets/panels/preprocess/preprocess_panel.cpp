// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/preprocess/preprocess_panel.h"

#include "compiler/jobs/expression.h"
#include "visualizer/common/layer_text.h"
#include "widgets/panels/preprocess/preprocess_private.h"
#include "widgets/panels/preprocess/presets.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QShowEvent>
#include <QSpinBox>
#include <QSplitter>
#include <QToolButton>
#include <cmath>

namespace wb::panels {

using document::Document;
using jobs::PreprocessSettings;
using Panel = PreprocessPanel;

namespace {

std::optional<double> valueOf(const std::string& text) {
    const auto value = jobs::evaluateNumber(text);
    if (!value) return {};
    return *value;
}

/// Shortest text that reads back as the same number.
QString exact(double value) { return QString::number(value, 'g', QLocale::FloatingPointShortest); }

std::vector<std::string> three(const std::vector<std::string>& list, const char* otherwise) {
    std::vector<std::string> out = list;
    if (out.size() == 1) out.resize(3, out[0]);
    out.resize(3, otherwise);
    return out;
}

QComboBox* combo(const char* name, std::initializer_list<const char*> values) {
    auto* box = new QComboBox;
    box->setObjectName(QLatin1String(name));
    for (const char* value : values) box->addItem(QString::fromLatin1(value), QString::fromLatin1(value));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    return box;
}

QWidget* row(std::initializer_list<QWidget*> widgets) {
    auto* holder = new QWidget;
    auto* layout = new QHBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    for (QWidget* widget : widgets) layout->addWidget(widget, widget->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed ? 0 : 1);
    return holder;
}

} // namespace

Panel::PreprocessPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("preprocessPanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
}

Panel::~PreprocessPanel() { releaseParts(this); }

void Panel::Private::build() {
    message = new MessageBar;
    preset = new QComboBox;
    preset->setObjectName(QStringLiteral("preset"));
    preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    preset->setMinimumContentsLength(12);
    presetMenu = new QToolButton;
    presetMenu->setObjectName(QStringLiteral("presetMenu"));
    presetMenu->setIcon(theme::icon(QStringLiteral("more")));
    presetMenu->setPopupMode(QToolButton::InstantPopup);
    presetMenu->setProperty("wbFlat", true);
    presetMenu->setMenu(new QMenu(presetMenu));
    presetMenu->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    order = combo("pixelFormat", {"rgb", "bgr", "gray", "rgba"});
    layout = combo("channelFormat", {"nchw", "nhwc", "none"});
    const auto spin = [](const char* name, int largest) {
        auto* box = new QSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(0, largest);
        box->setKeyboardTracking(false);
        return box;
    };
    height = spin("resizeHeight", 16384);
    width = spin("resizeWidth", 16384);
    padValue = spin("padValue", 255);
    aspect = new QCheckBox;
    aspect->setObjectName(QStringLiteral("keepAspect"));
    ratioMode = combo("keepRatioMode", {"letterbox", "short_side_scale"});
    padPlace = combo("padType", {"center", "normal"});
    const auto numberRow = [](std::array<QLineEdit*, 3>& fields, const char* name) {
        for (size_t i = 0; i < 3; ++i) {
            fields[i] = new QLineEdit;
            fields[i]->setObjectName(QStringLiteral("%1%2").arg(QLatin1String(name)).arg(i));
            fields[i]->setFont(theme::font(theme::TextRole::Mono));
            fields[i]->setMinimumWidth(48);
        }
        return row({fields[0], fields[1], fields[2]});
    };

    auto* form = new Form(104);
    presetLabel = form->addRow(row({preset, presetMenu}));
    hint = form->addNote(theme::Token::Stale);
    pictureSection = form->addSection();
    orderLabel = form->addRow(order);
    layoutLabel = form->addRow(layout);
    sizeLabel = form->addRow(row({height, width}));
    aspectLabel = form->addRow(row({aspect, ratioMode}));
    padLabel = form->addRow(row({padValue, padPlace}));
    numberSection = form->addSection();
    meanLabel = form->addRow(numberRow(mean, "mean"));
    scaleLabel = form->addRow(numberRow(scale, "scale"));
    numberNote = form->addNote();
    formula = new TokenLabel(theme::Token::Text, theme::TextRole::Mono);
    formula->setObjectName(QStringLiteral("preprocessFormula"));
    formula->setWordWrap(true);
    formula->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addWide(formula);
    form->addStretch();

    auto* preview = new QWidget;
    buildPreview(preview);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    auto* area = scrolled(form);
    area->setMinimumWidth(400);
    splitter->addWidget(area);
    splitter->addWidget(preview);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({412, 500});
    auto* column = new QVBoxLayout(q);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(message);
    column->addWidget(splitter, 1);

    QObject::connect(preset, &QComboBox::activated, q, [this](int index) {
        const auto list = presets(document->project().preprocess);
        if (index < 0 || index >= list.size()) return;
        edit(Panel::tr("Preset %1").arg(list[index].name), [&](PreprocessSettings& s) { s = list[index].settings; });
    });
    QObject::connect(presetMenu->menu(), &QMenu::aboutToShow, q, [this] { fillPresetMenu(); });
    const auto text = [this](QComboBox* box, std::string PreprocessSettings::* field, const char* name) {
        QObject::connect(box, &QComboBox::activated, q, [this, box, field, name](int index) {
            const std::string value = box->itemData(index).toString().toStdString();
            edit(Panel::tr(name), [&](PreprocessSettings& s) { s.*field = value; });
        });
    };
    text(order, &PreprocessSettings::pixelFormat, QT_TR_NOOP("Colour order"));
    text(layout, &PreprocessSettings::channelFormat, QT_TR_NOOP("Layout"));
    text(ratioMode, &PreprocessSettings::keepRatioMode, QT_TR_NOOP("Keep aspect"));
    text(padPlace, &PreprocessSettings::padType, QT_TR_NOOP("Pad position"));
    QObject::connect(aspect, &QCheckBox::clicked, q, [this](bool on) {
        edit(Panel::tr("Keep aspect"), [&](PreprocessSettings& s) { s.keepAspectRatio = on; });
    });
    QObject::connect(height, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Resize height"), [&](PreprocessSettings& s) { s.resizeDims[0] = v; }, QStringLiteral("resizeH"));
    });
    QObject::connect(width, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Resize width"), [&](PreprocessSettings& s) { s.resizeDims[1] = v; }, QStringLiteral("resizeW"));
    });
    QObject::connect(padValue, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Pad value"), [&](PreprocessSettings& s) { s.padValue = v; }, QStringLiteral("pad"));
    });
    for (size_t i = 0; i < 3; ++i) {
        QObject::connect(mean[i], &QLineEdit::textEdited, q, [this] { showNumbers(); });
        QObject::connect(scale[i], &QLineEdit::textEdited, q, [this] { showNumbers(); });
        QObject::connect(mean[i], &QLineEdit::editingFinished, q, [this] { commitNumbers(true); });
        QObject::connect(scale[i], &QLineEdit::editingFinished, q, [this] { commitNumbers(false); });
    }
    QObject::connect(document, &Document::projectChanged, q, [this] { fill(); });
    QObject::connect(document, &Document::opened, q, [this] {
        message->hide();
        for (size_t i = 0; i < 3; ++i) {
            mean[i]->setModified(false);
            scale[i]->setModified(false);
        }
        fillPictures();
        fill();
    });
    soon.setSingleShot(true);
    soon.setInterval(200);
    QObject::connect(&soon, &QTimer::timeout, q, [this] { ask(); });
}

void Panel::Private::retranslate() {
    presetLabel->setText(Panel::tr("Preset"));
    presetMenu->setToolTip(Panel::tr("Save or remove presets"));
    presetMenu->setAccessibleName(presetMenu->toolTip());
    pictureSection->setText(Panel::tr("Picture"));
    orderLabel->setText(Panel::tr("Colour order"));
    layoutLabel->setText(Panel::tr("Layout"));
    sizeLabel->setText(Panel::tr("Resize to"));
    height->setPrefix(Panel::tr("height "));
    width->setPrefix(Panel::tr("width "));
    height->setToolTip(Panel::tr("Own: the size of the network's input"));
    width->setToolTip(height->toolTip());
    height->setSpecialValueText(Panel::tr("height: own"));
    width->setSpecialValueText(Panel::tr("width: own"));
    aspectLabel->setText(Panel::tr("Aspect"));
    aspect->setText(Panel::tr("Keep"));
    padLabel->setText(Panel::tr("Pad"));
    padValue->setPrefix(Panel::tr("value "));
    const std::pair<QComboBox*, QStringList> words[] = {
        {ratioMode, {Panel::tr("letterbox"), Panel::tr("scale the short side, crop")}},
        {padPlace, {Panel::tr("centred"), Panel::tr("right and below")}},
        {order, {QStringLiteral("RGB"), QStringLiteral("BGR"), Panel::tr("Grey"), QStringLiteral("RGBA")}},
        {layout, {QStringLiteral("NCHW"), QStringLiteral("NHWC"), Panel::tr("none")}}};
    for (const auto& [box, list] : words) {
        int i = 0;
        for (const QString& word : list) box->setItemText(i++, word);
    }
    numberSection->setText(Panel::tr("Numbers"));
    meanLabel->setText(Panel::tr("Mean"));
    scaleLabel->setText(Panel::tr("Scale"));
    const QString tip = Panel::tr("A number or an expression: 0.0039216, 1/255, 0.485*255");
    for (size_t i = 0; i < 3; ++i) {
        mean[i]->setToolTip(tip);
        scale[i]->setToolTip(tip);
        mean[i]->setAccessibleName(Panel::tr("Mean of channel %1").arg(i + 1));
        scale[i]->setAccessibleName(Panel::tr("Scale of channel %1").arg(i + 1));
    }
    pictureLabel->setText(Panel::tr("Preview of"));
    choose->setToolTip(Panel::tr("Choose another picture"));
    choose->setAccessibleName(choose->toolTip());
    source->setCaption(Panel::tr("Picture"));
    resized->setCaption(Panel::tr("Resized"));
    tensor->setCaption(Panel::tr("Tensor"));
    fillPresets();
    fillPictures();
    fill();
}

void Panel::Private::edit(const QString& name, const std::function<void(PreprocessSettings&)>& change, const QString& key) {
    if (filling) return;
    document->edit(name, [&](jobs::Project& project) { change(project.preprocess); },
                   key.isEmpty() ? key : QStringLiteral("preprocess:") + key);
}

void Panel::Private::fillPresets() {
    const QScopedValueRollback<bool> guard(filling, true);
    preset->clear();
    preset->setPlaceholderText(Panel::tr("own settings"));
    const PreprocessSettings& current = document->project().preprocess;
    int chosen = -1;
    for (const Preset& entry : presets(current)) {
        preset->addItem(entry.name);
        if (entry.settings == current && chosen < 0) chosen = preset->count() - 1;
    }
    preset->setCurrentIndex(chosen);
}

void Panel::Private::fillPresetMenu() {
    QMenu* menu = presetMenu->menu();
    menu->clear();
    QObject::connect(menu->addAction(Panel::tr("Save as preset…")), &QAction::triggered, q, [this] {
        bool ok = false;
        const QString name = QInputDialog::getText(q, Panel::tr("Save preset"), Panel::tr("Name"), QLineEdit::Normal, {}, &ok);
        if (!ok || name.trimmed().isEmpty()) return;
        savePreset(name.trimmed(), document->project().preprocess);
        fillPresets();
    });
    for (const Preset& entry : presets(document->project().preprocess))
        if (entry.own)
            QObject::connect(menu->addAction(Panel::tr("Remove %1").arg(entry.name)), &QAction::triggered, q, [this, name = entry.name] {
                removePreset(name);
                fillPresets();
            });
}

void Panel::Private::fill() {
    const PreprocessSettings& s = document->project().preprocess;
    {
        const QScopedValueRollback<bool> guard(filling, true);
        q->setEnabled(document->isOpen());
        order->setCurrentIndex(order->findData(QString::fromStdString(s.pixelFormat)));
        layout->setCurrentIndex(layout->findData(QString::fromStdString(s.channelFormat)));
        height->setValue(static_cast<int>(s.resizeDims[0]));
        width->setValue(static_cast<int>(s.resizeDims[1]));
        aspect->setChecked(s.keepAspectRatio);
        ratioMode->setCurrentIndex(ratioMode->findData(QString::fromStdString(s.keepRatioMode)));
        padValue->setValue(s.padValue);
        padPlace->setCurrentIndex(padPlace->findData(QString::fromStdString(s.padType)));
        const auto means = three(s.mean, "0"), scales = three(s.scale, "1");
        for (size_t i = 0; i < 3; ++i) {
            if (!mean[i]->isModified()) mean[i]->setText(QString::fromStdString(means[i]));
            if (!scale[i]->isModified()) scale[i]->setText(QString::fromStdString(scales[i]));
        }
    }
    fillPresets();
    updateEnabled();
    showNumbers();
    showHints();
    later();
}

void Panel::Private::updateEnabled() {
    const PreprocessSettings& s = document->project().preprocess;
    const bool pictures = !s.tensorInput;
    for (QWidget* widget : {static_cast<QWidget*>(order), static_cast<QWidget*>(layout), static_cast<QWidget*>(height),
                            static_cast<QWidget*>(width), static_cast<QWidget*>(aspect)})
        widget->setEnabled(pictures);
    ratioMode->setEnabled(pictures && s.keepAspectRatio);
    padValue->setEnabled(pictures && s.keepAspectRatio);
    padPlace->setEnabled(pictures && s.keepAspectRatio && s.keepRatioMode == "letterbox");
    for (size_t i = 0; i < 3; ++i) {
        const bool used = pictures && (i == 0 || s.pixelFormat != "gray");
        mean[i]->setEnabled(used);
        scale[i]->setEnabled(used);
    }
}

void Panel::Private::showNumbers() {
    QStringList problems, exacts;
    std::array<std::optional<double>, 3> m, s;
    for (size_t i = 0; i < 3; ++i) {
        m[i] = valueOf(mean[i]->text().toStdString());
        s[i] = valueOf(scale[i]->text().toStdString());
        for (const QLineEdit* field : {mean[i], scale[i]}) {
            const auto value = jobs::evaluateNumber(field->text().toStdString());
            if (!value) problems << Panel::tr("“%1” is no number: %2").arg(field->text(), QString::fromStdString(value.error().why));
            else if (const QString text = exact(*value); text != field->text() && !exacts.contains(field->text() + QStringLiteral(" = ") + text))
                exacts << field->text() + QStringLiteral(" = ") + text;
        }
    }
    numberNote->setToken(problems.isEmpty() ? theme::Token::Text3 : theme::Token::Failed);
    Form::setNote(numberNote, problems.isEmpty() ? exacts.join(QStringLiteral("  ·  ")) : problems.join(u'\n'));
    if (document->project().preprocess.tensorInput) {
        formula->setText(Panel::tr("y = x (tensor file, no preprocessing)"));
        return;
    }
    if (!problems.isEmpty()) return formula->setText({});
    const bool same = *m[0] == *m[1] && *m[1] == *m[2] && *s[0] == *s[1] && *s[1] == *s[2];
    const QString name = document->project().preprocess.pixelFormat == "bgr" ? QStringLiteral("BGR") : QStringLiteral("RGB");
    QStringList lines;
    for (size_t i = 0; i < 3; ++i) {
        const QString who = same ? QStringLiteral("y") : QString(name[static_cast<qsizetype>(i)]);
        lines << QStringLiteral("%1 = (x − %2) × %3").arg(who, exact(*m[i]), exact(*s[i]));
        if (same) break;
    }
    formula->setText(lines.join(u'\n'));
}

void Panel::Private::commitNumbers(bool ofMean) {
    auto& fields = ofMean ? mean : scale;
    std::vector<std::string> list;
    for (QLineEdit* field : fields) {
        const std::string text = field->text().trimmed().toStdString();
        if (!valueOf(text)) return; // the note says what is wrong; the project keeps the last good one
        list.push_back(text);
    }
    for (QLineEdit* field : fields) field->setModified(false);
    edit(ofMean ? Panel::tr("Mean") : Panel::tr("Scale"), [&](PreprocessSettings& s) { (ofMean ? s.mean : s.scale) = list; });
}

void Panel::Private::showHints() {
    // Rule R-2, what can be seen from the settings alone.
    const PreprocessSettings& s = document->project().preprocess;
    QStringList notes;
    const auto means = three(s.mean, "0"), scales = three(s.scale, "1");
    const auto m = valueOf(means[0]), k = valueOf(scales[0]);
    if (!s.tensorInput && m && k && *m > 0 && *m < 1 && std::abs(*k * 255 - 1) < 0.01)
        notes << Panel::tr("The mean lies in 0–1 while the scale is 1/255: the mean is subtracted before scaling, so it "
                           "should be in 0–255.");
    Form::setNote(hint, notes.join(u'\n'));
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

void Panel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (d->dirty) d->later();
}

} // namespace wb::panels
