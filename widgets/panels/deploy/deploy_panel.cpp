// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/deploy/deploy_panel.h"

#include "widgets/document/stage_text.h"
#include "widgets/models/chips.h"
#include "widgets/models/layer_facts.h"
#include "widgets/panels/deploy/deploy_private.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QToolButton>
#include <QUrl>

#include <algorithm>

namespace wb::panels {

using document::Document;
using Panel = DeployPanel;

namespace {

constexpr const char* kChips[] = {"bm1684x", "bm1684", "cv183x", "cv182x", "cv181x", "cv180x", "bm1688", "cv186x"};
constexpr const char* kPrecisions[] = {"mixed", "INT8", "F16", "BF16", "F32"};
constexpr int kFormWidth = 680;

void disable(QComboBox* box, int index, const QString& reason) {
    auto* items = qobject_cast<QStandardItemModel*>(box->model());
    if (!items || !items->item(index)) return;
    items->item(index)->setEnabled(reason.isEmpty());
    items->item(index)->setToolTip(reason);
}

bool isInteger(const std::string& precision) { return precision == "mixed" || precision == "INT8"; }

} // namespace

Panel::DeployPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("deployPanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->connectAll();
    d->retranslate();
}

Panel::~DeployPanel() { releaseParts(this); }

QWidget* Panel::Private::buildForm() {
    auto* form = new Form(136);
    const auto combo = [](const char* name) {
        auto* box = new QComboBox;
        box->setObjectName(QLatin1String(name));
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents); // the language can change while it is shown
        return box;
    };
    chip = combo("deployChip");
    for (const char* name : kChips) chip->addItem(QString::fromLatin1(name).toUpper(), QString::fromLatin1(name));
    precision = combo("deployPrecision");
    for (const char* name : kPrecisions) precision->addItem(QString(), QString::fromLatin1(name));
    quantInput = new QCheckBox;
    quantInput->setObjectName(QStringLiteral("deployQuantInput"));
    rawInput = new QCheckBox;
    rawInput->setObjectName(QStringLiteral("deployRawInput"));
    rawFormat = combo("deployRawFormat");
    rawFormat->addItem(QString(), QString());
    for (const QString& name : models::rawFormats()) rawFormat->addItem(name, name);
    auto* raw = new QWidget;
    auto* rawRow = new QHBoxLayout(raw);
    rawRow->setContentsMargins(0, 0, 0, 0);
    rawRow->setSpacing(8);
    rawRow->addWidget(rawInput);
    rawRow->addWidget(rawFormat, 1);
    quantOutput = new QCheckBox;
    quantOutput->setObjectName(QStringLiteral("deployQuantOutput"));
    file = new QLineEdit;
    file->setObjectName(QStringLiteral("deployFile"));
    browse = new QToolButton;
    browse->setObjectName(QStringLiteral("deployBrowse"));
    browse->setIcon(theme::icon(QStringLiteral("folder")));
    browse->setProperty("wbFlat", true);
    auto* place = new QWidget;
    auto* placeRow = new QHBoxLayout(place);
    placeRow->setContentsMargins(0, 0, 0, 0);
    placeRow->setSpacing(4);
    placeRow->addWidget(file, 1);
    placeRow->addWidget(browse);
    exists = combo("deployExists");
    exists->addItem(QString(), false);
    exists->addItem(QString(), true);
    const auto spin = [](const char* name) {
        auto* box = new QDoubleSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(0, 1);
        box->setDecimals(4);
        box->setSingleStep(0.01);
        box->setFixedWidth(112);
        box->setKeyboardTracking(false);
        return box;
    };
    cosine = spin("toleranceCosine");
    euclid = spin("toleranceEuclid");

    what = form->addSection();
    chipLabel = form->addRow(chip);
    chipNote = form->addNote();
    precisionLabel = form->addRow(precision);
    precisionNote = form->addNote();
    inputLabel = form->addRow(quantInput);
    rawLabel = form->addRow(raw);
    rawLabel->setBuddy(rawInput);
    rawNote = form->addNote();
    outputLabel = form->addRow(quantOutput);
    ioNote = form->addNote();
    fileLabel = form->addRow(place);
    fileLabel->setBuddy(file);
    existsLabel = form->addRow(exists);
    check = form->addSection();
    cosineLabel = form->addRow(cosine);
    euclidLabel = form->addRow(euclid);
    checkNote = form->addNote();
    return form;
}

void Panel::Private::build() {
    message = new MessageBar;
    steps = new DeploySteps;
    steps->setObjectName(QStringLiteral("deploySteps"));
    auto* content = new QWidget;
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(buildForm());
    column->addStretch();
    left->setMaximumWidth(kFormWidth);
    auto* right = new QWidget;
    auto* result = new QVBoxLayout(right);
    result->setContentsMargins(12, 8, 12, 12);
    result->setSpacing(8);
    result->addWidget(steps);
    result->addWidget(buildCard());
    result->addStretch();
    right->setMaximumWidth(kFormWidth);
    columns = new QBoxLayout(QBoxLayout::TopToBottom, content);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(left, 4);
    columns->addWidget(right, 5);
    columns->addStretch(0);

    command = new QPushButton;
    command->setObjectName(QStringLiteral("deployCommand"));
    run = new QPushButton;
    run->setObjectName(QStringLiteral("deployRun"));
    run->setProperty("wbPrimary", true);
    run->setIcon(theme::icon(QStringLiteral("run")));
    auto* footer = new QWidget;
    footer->setAutoFillBackground(true);
    footer->setBackgroundRole(QPalette::Window);
    footer->setFixedHeight(40);
    auto* footerRow = new QHBoxLayout(footer);
    footerRow->setContentsMargins(12, 4, 12, 4);
    footerRow->setSpacing(8);
    footerRow->addWidget(command);
    footerRow->addStretch();
    footerRow->addWidget(run);
    auto* layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(message);
    layout->addWidget(scrolled(content), 1);
    layout->addWidget(footer);
}

void Panel::Private::connectAll() {
    using jobs::Project;
    QObject::connect(precision, &QComboBox::activated, q, [this](int index) {
        const QString word = precision->itemData(index).toString();
        edit(Panel::tr("Deploy in %1").arg(precision->itemText(index)), [&](Project& p) { p.deploy.precision = word.toStdString(); });
    });
    QObject::connect(chip, &QComboBox::activated, q, [this](int index) {
        const std::string name = chip->itemData(index).toString().toStdString();
        edit(Panel::tr("Target %1").arg(models::chipName(name)), [&](Project& p) { p.target.chip = name; });
    });
    QObject::connect(quantInput, &QCheckBox::clicked, q, [this](bool on) {
        edit(on ? Panel::tr("Integer inputs") : Panel::tr("Float inputs"), [on](Project& p) { p.deploy.quantInput = on; });
    });
    QObject::connect(rawInput, &QCheckBox::clicked, q, [this](bool on) {
        edit(on ? Panel::tr("Preprocessing in the file") : Panel::tr("Preprocessing by the host"), [on](Project& p) { p.deploy.fusePreprocess = on; });
    });
    QObject::connect(rawFormat, &QComboBox::activated, q, [this](int index) {
        const std::string name = rawFormat->itemData(index).toString().toStdString();
        edit(Panel::tr("Pictures as %1").arg(rawFormat->itemText(index)), [&](Project& p) { p.deploy.customizationFormat = name; });
    });
    QObject::connect(quantOutput, &QCheckBox::clicked, q, [this](bool on) {
        edit(on ? Panel::tr("Integer outputs") : Panel::tr("Float outputs"), [on](Project& p) { p.deploy.quantOutput = on; });
    });
    QObject::connect(file, &QLineEdit::editingFinished, q, [this] {
        const std::string name = file->text().trimmed().toStdString();
        if (name == document->project().deploy.file) return;
        edit(Panel::tr("Place of the bmodel"), [&](Project& p) { p.deploy.file = name; });
    });
    QObject::connect(browse, &QToolButton::clicked, q, [this] {
        const QString name = QFileDialog::getSaveFileName(q, Panel::tr("Place of the bmodel"), target(), Panel::tr("Compiled networks (*.bmodel)"),
                                                          nullptr, QFileDialog::DontConfirmOverwrite);
        if (name.isEmpty()) return;
        // Beside the project by name only, so that both can be moved.
        const QString relative = QDir(QFileInfo(document->resultsBase()).absolutePath()).relativeFilePath(name);
        const std::string stored = (relative.startsWith(u"..") ? name : relative).toStdString();
        edit(Panel::tr("Place of the bmodel"), [&](Project& p) { p.deploy.file = stored; });
    });
    QObject::connect(exists, &QComboBox::activated, q, [this](int index) {
        const bool both = exists->itemData(index).toBool();
        edit(exists->itemText(index), [both](Project& p) { p.deploy.keepBoth = both; });
    });
    QObject::connect(cosine, &QDoubleSpinBox::valueChanged, q, [this](double v) {
        edit(Panel::tr("Cosine tolerance"), [v](Project& p) { p.target.toleranceCosine = v; }, QStringLiteral("tolCos"));
    });
    QObject::connect(euclid, &QDoubleSpinBox::valueChanged, q, [this](double v) {
        edit(Panel::tr("Euclidean tolerance"), [v](Project& p) { p.target.toleranceEuclid = v; }, QStringLiteral("tolEuc"));
    });
    QObject::connect(run, &QPushButton::clicked, q, [this] {
        if (document->isBusy()) document->cancel();
        else emit q->runRequested();
    });
    QObject::connect(command, &QPushButton::clicked, q, [this] {
        QString name = document->file();
        name.replace(u'\'', QStringLiteral("'\\''"));
        QGuiApplication::clipboard()->setText(QStringLiteral("tpuwb project run '%1' --until deploy").arg(name));
        message->say(MessageBar::Kind::Success, Panel::tr("The command is on the clipboard."));
    });
    QObject::connect(document, &Document::projectChanged, q, [this] { fill(); });
    QObject::connect(document, &Document::opened, q, [this] {
        message->hide();
        fill();
    });
    for (auto signal : {&Document::deployChanged, &Document::networkChanged}) QObject::connect(document, signal, q, [this] { showState(); });
    QObject::connect(document, &Document::busyChanged, q, [this] { fill(); });
    QObject::connect(document, &Document::stageChanged, q, [this](jobs::Stage stage) {
        if (stage == jobs::Stage::Deploy) showState();
    });
    QObject::connect(theme::notifier(), &theme::Notifier::changed, q, [this] { showState(); });
}

void Panel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // The result stands beside the form where neither has to be cut, else below it.
    int needed = 0;
    for (int i = 0; i < d->columns->count(); ++i)
        if (const QWidget* part = d->columns->itemAt(i)->widget()) needed += part->sizeHint().width();
    d->columns->setDirection(width() >= needed ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

QString Panel::Private::target() const {
    return QString::fromStdString(jobs::bmodelFile(document->project(), document->resultsBase().toStdString()).string());
}

QString Panel::Private::written() const {
    const QFileInfo wanted(target());
    const auto& report = document->deployReport();
    if (!report || !report->hasBmodel) return {};
    const QString name = report->passed ? wanted.filePath() : wanted.path() + u'/' + wanted.completeBaseName() + QStringLiteral(".failed.bmodel");
    if (QFileInfo::exists(name)) return name;
    return QFileInfo::exists(report->stored) ? report->stored : QString();
}

void Panel::Private::fill() {
    const QScopedValueRollback<bool> guard(filling, true);
    const jobs::Project& project = document->project();
    const QString name = QString::fromStdString(project.target.chip);
    q->setEnabled(document->isOpen());
    chip->setCurrentIndex(chip->findData(name));
    QStringList others;
    for (int i = 0; i < chip->count(); ++i) {
        const bool there = models::chipQuantises(chip->itemData(i).toString());
        if (!there) others << chip->itemText(i);
        disable(chip, i, there ? QString() : Panel::tr("%1: not available in this version.").arg(chip->itemText(i)));
    }
    Form::setNote(chipNote, models::chipHasBmodel(name) || name.isEmpty()
                                ? Panel::tr("%1: not available in this version.").arg(others.join(QStringLiteral(", ")))
                                : Panel::tr("%1: quantised and checked, no bmodel is written for it.").arg(name.toUpper()));
    int floats = 0;
    for (const auto& [layer, choice] : project.layers) floats += !choice.precision.empty() && choice.precision != "INT8" ? 1 : 0;
    precision->setItemText(0, Panel::tr("Mixed: INT8, %n layers float", nullptr, floats));
    precision->setCurrentIndex(precision->findData(QString::fromStdString(project.deploy.precision)));
    for (int i = 1; i < precision->count(); ++i)
        disable(precision, i, models::unavailableReason(name, precision->itemData(i).toString()));
    Form::setNote(precisionNote, project.deploy.precision == "mixed" && floats == 0
                                     ? Panel::tr("The precision table is empty: this is plain INT8.")
                                     : QString());
    const bool integer = isInteger(project.deploy.precision);
    quantInput->setEnabled(integer);
    quantOutput->setEnabled(integer);
    quantInput->setChecked(project.deploy.quantInput);
    quantOutput->setChecked(project.deploy.quantOutput);
    fillRawFormats(project);
    Form::setNote(ioNote, integer ? QString() : Panel::tr("Only with INT8."));
    file->setText(QString::fromStdString(project.deploy.file));
    file->setPlaceholderText(QFileInfo(target()).fileName());
    file->setToolTip(QDir::toNativeSeparators(target()));
    exists->setCurrentIndex(project.deploy.keepBoth ? 1 : 0);
    cosine->setValue(project.target.toleranceCosine);
    euclid->setValue(project.target.toleranceEuclid);
    command->setEnabled(!document->file().isEmpty());
    command->setToolTip(command->isEnabled() ? Panel::tr("A line for the shell that writes the same bytes") : Panel::tr("Save the project first"));
    const bool busy = document->isBusy();
    run->setText(busy ? Panel::tr("Cancel") : Panel::tr("Deploy and verify"));
    run->setIcon(theme::icon(busy ? QStringLiteral("cancel") : QStringLiteral("run")));
    showState();
}

void Panel::Private::fillRawFormats(const jobs::Project& project) {
    const bool gray = project.preprocess.pixelFormat == "gray";
    const QString chosen = QString::fromStdString(project.deploy.customizationFormat);
    rawInput->setChecked(project.deploy.fusePreprocess);
    rawFormat->setEnabled(project.deploy.fusePreprocess);
    rawFormat->setCurrentIndex(std::max(0, rawFormat->findData(chosen)));
    for (int i = 1; i < rawFormat->count(); ++i) {
        const QString name = rawFormat->itemData(i).toString();
        disable(rawFormat, i, models::isVideoFormat(name) ? Panel::tr("Only the video hardware of the CV18xx delivers it.")
                              : gray != (name == u"GRAYSCALE") ? Panel::tr("The network takes other channels.") : QString());
    }
    Form::setNote(rawNote, project.deploy.fusePreprocess ? Panel::tr("Inputs are pictures of the network's size, 8 bits a channel; resizing stays with the host.")
                                                         : QString());
}

void Panel::Private::retranslate() {
    what->setText(Panel::tr("What is written"));
    chipLabel->setText(Panel::tr("Chip"));
    precisionLabel->setText(Panel::tr("Precision"));
    precision->setItemText(1, Panel::tr("INT8"));
    precision->setItemText(2, Panel::tr("F16, all layers"));
    precision->setItemText(3, Panel::tr("BF16, all layers"));
    precision->setItemText(4, Panel::tr("F32, all layers"));
    inputLabel->setText(Panel::tr("Inputs"));
    quantInput->setText(Panel::tr("as integers, without a cast in the file"));
    rawLabel->setText(Panel::tr("Preprocessing"));
    rawInput->setText(Panel::tr("inside the file"));
    rawFormat->setItemText(0, Panel::tr("Network's own"));
    rawFormat->setAccessibleName(Panel::tr("How pictures lie"));
    outputLabel->setText(Panel::tr("Outputs"));
    quantOutput->setText(Panel::tr("as integers, without a cast in the file"));
    fileLabel->setText(Panel::tr("File"));
    browse->setToolTip(Panel::tr("Choose a place"));
    browse->setAccessibleName(browse->toolTip());
    existsLabel->setText(Panel::tr("If it exists"));
    exists->setItemText(0, Panel::tr("Replace when complete"));
    exists->setItemText(1, Panel::tr("Keep both"));
    check->setText(Panel::tr("Check after writing"));
    cosineLabel->setText(Panel::tr("Cosine at least"));
    euclidLabel->setText(Panel::tr("Euclidean at least"));
    Form::setNote(checkNote, Panel::tr("Outputs against the FP32 reference. Below the tolerance the file is still written, named .failed.bmodel."));
    command->setText(Panel::tr("Copy as command"));
    retranslateCard();
    fill();
}

void Panel::saveCopy() {
    const QString source = d->written();
    if (source.isEmpty()) return;
    const QString name = QFileDialog::getSaveFileName(this, tr("Save a copy of the bmodel"), d->target(), tr("Compiled networks (*.bmodel)"));
    if (name.isEmpty() || QFileInfo(name) == QFileInfo(source)) return;
    // To a name of its own first: the old file stays until the new one is whole.
    const QString part = name + QStringLiteral(".part");
    QFile::remove(part);
    const bool done = QFile::copy(source, part) && (!QFile::exists(name) || QFile::remove(name)) && QFile::rename(part, name);
    if (done) d->message->say(MessageBar::Kind::Success, tr("Written to %1").arg(QDir::toNativeSeparators(name)));
    else d->message->say(Error{Code::FileNotWritable, "the bmodel cannot be written"}.inFile(name.toStdString()));
}

void Panel::showInFolder() {
    const QString name = d->written();
    if (!name.isEmpty()) QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(name).absolutePath()));
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
