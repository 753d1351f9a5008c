// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/calibration/calibration_panel.h"

#include "compiler/jobs/events.h"
#include "compiler/jobs/stage_keys.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/common/picture_view.h"
#include "widgets/panels/precision/table_import.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>
#include <nlohmann/json.hpp>

namespace wb::panels {

using document::Document;
using jobs::CalibrationSettings;
using Panel = CalibrationPanel;

namespace {
constexpr int kStripLimit = 200; ///< thumbnails; the run uses all
constexpr int kCountLimit = 20000;
} // namespace

struct Panel::Private {
    Panel* q = nullptr;
    Document* document = nullptr;
    bool filling = false;
    QString shownSource;
    QStringList files;
    QStringList unreadable;
    MessageBar* message = nullptr;
    QLabel *dataSection = nullptr, *sourceLabel = nullptr, *countLabel = nullptr, *methodSection = nullptr,
           *methodLabel = nullptr, *binsLabel = nullptr, *tuneLabel = nullptr, *tableSection = nullptr, *tableLabel = nullptr, *recipeLabel = nullptr;
    QLineEdit* source = nullptr;
    QToolButton *folder = nullptr, *list = nullptr;
    QSpinBox *count = nullptr, *tune = nullptr;
    QComboBox *method = nullptr, *bins = nullptr, *recipe = nullptr;
    TokenLabel *cost = nullptr, *stripNote = nullptr, *tableNote = nullptr, *methodNote = nullptr, *recipeNote = nullptr;
    PictureStrip* strip = nullptr;
    QPushButton *importTable = nullptr, *exportTable = nullptr, *forget = nullptr, *run = nullptr;

    void build();
    void retranslate();
    void fill();
    void fillStrip();
    void showCost();
    void showRecipe();
    void showUnreadable();
    void edit(const QString& name, const std::function<void(CalibrationSettings&)>& change, const QString& key = {}) {
        if (filling) return;
        document->edit(name, [&](jobs::Project& p) { change(p.calibration); },
                       key.isEmpty() ? key : QStringLiteral("calibration:") + key);
    }
    void setSource(const QString& path, bool isList);
    QString absolute(const std::string& path) const {
        return QString::fromStdString(jobs::resolvePath(document->resultsBase().toStdString(), path).string());
    }
};

Panel::CalibrationPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("calibrationPanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
}

Panel::~CalibrationPanel() { releaseParts(this); }

void Panel::Private::build() {
    message = new MessageBar;
    source = new QLineEdit;
    source->setObjectName(QStringLiteral("calibrationSource"));
    const auto tool = [](const char* name, const char* icon) {
        auto* button = new QToolButton;
        button->setObjectName(QLatin1String(name));
        button->setIcon(theme::icon(QLatin1String(icon)));
        button->setProperty("wbFlat", true);
        return button;
    };
    folder = tool("calibrationFolder", "folder");
    list = tool("calibrationList", "file");
    auto* sourceRow = new QWidget;
    auto* sourceLayout = new QHBoxLayout(sourceRow);
    sourceLayout->setContentsMargins(0, 0, 0, 0);
    sourceLayout->setSpacing(4);
    sourceLayout->addWidget(source, 1);
    sourceLayout->addWidget(folder);
    sourceLayout->addWidget(list);
    const auto spin = [](const char* name, int most) {
        auto* box = new QSpinBox;
        box->setObjectName(QLatin1String(name));
        box->setRange(0, most);
        box->setKeyboardTracking(false);
        box->setMaximumWidth(160);
        return box;
    };
    count = spin("calibrationCount", 10000);
    tune = spin("calibrationTune", 1000);
    method = new QComboBox;
    method->setObjectName(QStringLiteral("calibrationMethod"));
    for (const char* name : {"kl", "mse", "percentile9999", "max"}) method->addItem(QString(), QString::fromLatin1(name));
    bins = new QComboBox;
    bins->setObjectName(QStringLiteral("calibrationBins"));
    for (int n : {512, 1024, 2048, 4096, 8192}) bins->addItem(QString::number(n), n);
    recipe = new QComboBox;
    recipe->setObjectName(QStringLiteral("calibrationRecipe"));
    for (const char* name : {"", "auto", "ranges", "weights", "ranges+weights"}) recipe->addItem(QString(), QString::fromLatin1(name));
    strip = new PictureStrip;
    strip->setObjectName(QStringLiteral("calibrationStrip"));
    importTable = new QPushButton;
    importTable->setObjectName(QStringLiteral("importCalibration"));
    exportTable = new QPushButton;
    exportTable->setObjectName(QStringLiteral("exportCalibration"));
    forget = new QPushButton;
    forget->setObjectName(QStringLiteral("forgetCalibration"));
    run = new QPushButton;
    run->setObjectName(QStringLiteral("calibrate"));
    run->setProperty("wbPrimary", true);
    auto* tableRow = new QWidget;
    auto* tableLayout = new QHBoxLayout(tableRow);
    tableLayout->setContentsMargins(0, 0, 0, 0);
    tableLayout->setSpacing(8);
    tableLayout->addWidget(importTable);
    tableLayout->addWidget(exportTable);
    tableLayout->addWidget(forget);
    tableLayout->addStretch();

    auto* form = new Form(120);
    dataSection = form->addSection();
    sourceLabel = form->addRow(sourceRow);
    countLabel = form->addRow(count);
    cost = form->addNote();
    form->addWide(strip);
    stripNote = form->addNote();
    methodSection = form->addSection();
    methodLabel = form->addRow(method);
    methodNote = form->addNote();
    binsLabel = form->addRow(bins);
    tuneLabel = form->addRow(tune);
    recipeLabel = form->addRow(recipe);
    recipeNote = form->addNote();
    tableSection = form->addSection();
    tableLabel = form->addRow(tableRow);
    tableNote = form->addNote();
    form->addStretch();
    auto* footer = new QWidget;
    footer->setAutoFillBackground(true);
    footer->setBackgroundRole(QPalette::Window);
    auto* footerLayout = new QHBoxLayout(footer);
    footerLayout->setContentsMargins(12, 4, 12, 4);
    footerLayout->addStretch();
    footerLayout->addWidget(run);
    footer->setFixedHeight(40);
    auto* column = new QVBoxLayout(q);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(message);
    column->addWidget(scrolled(form), 1);
    column->addWidget(footer);

    QObject::connect(source, &QLineEdit::editingFinished, q, [this] {
        const QString text = source->text().trimmed();
        setSource(text, QFileInfo(absolute(text.toStdString())).isFile());
    });
    QObject::connect(folder, &QToolButton::clicked, q, [this] {
        const QString path = QFileDialog::getExistingDirectory(q, Panel::tr("Folder with calibration pictures"), absolute(document->project().calibration.dataset));
        if (!path.isEmpty()) setSource(path, false);
    });
    QObject::connect(list, &QToolButton::clicked, q, [this] {
        const QString path = QFileDialog::getOpenFileName(q, Panel::tr("List of calibration files"), {}, Panel::tr("Lists (*.txt *.lst);;All files (*)"));
        if (!path.isEmpty()) setSource(path, true);
    });
    QObject::connect(count, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Calibrate with %1 pictures").arg(v), [&](CalibrationSettings& s) { s.inputNum = v; }, QStringLiteral("count"));
    });
    QObject::connect(tune, &QSpinBox::valueChanged, q, [this](int v) {
        edit(Panel::tr("Tune with %1 pictures").arg(v), [&](CalibrationSettings& s) { s.tuneNum = v; }, QStringLiteral("tune"));
    });
    QObject::connect(method, &QComboBox::activated, q, [this](int i) {
        const std::string value = method->itemData(i).toString().toStdString();
        edit(Panel::tr("Calibration method %1").arg(method->itemText(i)), [&](CalibrationSettings& s) { s.method = value; });
    });
    QObject::connect(bins, &QComboBox::activated, q, [this](int i) {
        const int value = bins->itemData(i).toInt();
        edit(Panel::tr("%1 histogram bins").arg(value), [&](CalibrationSettings& s) { s.histogramBins = value; });
    });
    QObject::connect(recipe, &QComboBox::activated, q, [this](int i) {
        const std::string value = recipe->itemData(i).toString().toStdString();
        edit(Panel::tr("Recipe: %1").arg(recipe->itemText(i)), [&](CalibrationSettings& s) { s.recipe = value; });
    });
    QObject::connect(importTable, &QPushButton::clicked, q, [this] {
        const QString file = QFileDialog::getOpenFileName(q, Panel::tr("Import calibration table"), {}, Panel::tr("Calibration tables (*cali* *.txt);;All files (*)"));
        if (file.isEmpty()) return;
        const auto taken = importCalibrationTable(document, file, q);
        if (taken) message->say(MessageBar::Kind::Success, Panel::tr("%n thresholds of %1 are used", nullptr, *taken).arg(QFileInfo(file).fileName()));
        else if (!isCancelled(taken.error())) message->say(taken.error());
    });
    QObject::connect(exportTable, &QPushButton::clicked, q, [this] {
        const QString file = QFileDialog::getSaveFileName(q, Panel::tr("Export calibration table"),
                                                          QFileInfo(document->resultsBase()).completeBaseName() + QStringLiteral("_cali_table"));
        if (file.isEmpty()) return;
        const Status done = exportCalibrationTable(document, file);
        if (!done) message->say(done.error());
        else message->say(MessageBar::Kind::Success, Panel::tr("Calibration table written to %1").arg(QFileInfo(file).fileName()));
    });
    QObject::connect(forget, &QPushButton::clicked, q, [this] {
        edit(Panel::tr("Calibrate instead of the imported table"), [](CalibrationSettings& s) { s.importedTable.clear(); });
    });
    QObject::connect(run, &QPushButton::clicked, q, [this] {
        document->runTo(jobs::Stage::Calibrate);
        emit q->runRequested(jobs::Stage::Calibrate);
    });
    QObject::connect(strip, &PictureStrip::read, q, [this] { showUnreadable(); });
    QObject::connect(document, &Document::jobEvent, q, [this](int, const QString& kind, const nlohmann::json& payload) {
        if (kind != QLatin1String(jobs::event::kPicture) || !payload.is_object()) return;
        const auto ok = payload.find("ok");
        if (ok == payload.end() || !ok->is_boolean() || ok->get<bool>()) return;
        const QString path = QString::fromStdString(payload.value("path", std::string()));
        const QString reason = QString::fromStdString(payload.value("reason", std::string()));
        strip->markUnreadable(absolute(path.toStdString()), reason);
        unreadable << QFileInfo(path).fileName();
        showUnreadable();
    });
    QObject::connect(document, &Document::stageChanged, q, [this](jobs::Stage stage) {
        if (stage != jobs::Stage::Calibrate) return;
        showCost();
        showRecipe();
    });
    QObject::connect(document, &Document::projectChanged, q, [this] { fill(); });
    QObject::connect(document, &Document::opened, q, [this] {
        message->hide();
        shownSource.clear();
        fill();
    });
}

void Panel::Private::setSource(const QString& path, bool isList) {
    edit(isList ? Panel::tr("Calibration list") : Panel::tr("Calibration folder"), [&](CalibrationSettings& s) {
        s.dataset = isList ? std::string() : path.toStdString();
        s.dataList = isList ? path.toStdString() : std::string();
    });
}

void Panel::Private::fill() {
    const CalibrationSettings& s = document->project().calibration;
    const QScopedValueRollback<bool> guard(filling, true);
    q->setEnabled(document->isOpen());
    source->setText(QString::fromStdString(s.dataList.empty() ? s.dataset : s.dataList));
    count->setValue(s.inputNum);
    tune->setValue(s.tuneNum);
    method->setCurrentIndex(method->findData(QString::fromStdString(s.method)));
    if (bins->findData(s.histogramBins) < 0) bins->addItem(QString::number(s.histogramBins), s.histogramBins);
    bins->setCurrentIndex(bins->findData(s.histogramBins));
    bins->setEnabled(s.method != "max");
    if (recipe->findData(QString::fromStdString(s.recipe)) < 0) recipe->addItem(QString::fromStdString(s.recipe), QString::fromStdString(s.recipe));
    recipe->setCurrentIndex(recipe->findData(QString::fromStdString(s.recipe)));
    const bool imported = !s.importedTable.empty();
    forget->setVisible(imported);
    for (QWidget* widget : {static_cast<QWidget*>(source), static_cast<QWidget*>(folder), static_cast<QWidget*>(list),
                            static_cast<QWidget*>(count), static_cast<QWidget*>(method), static_cast<QWidget*>(tune), static_cast<QWidget*>(recipe)})
        widget->setEnabled(!imported);
    Form::setNote(tableNote, imported ? Panel::tr("The imported table %1 is used; nothing is calibrated.").arg(QFileInfo(QString::fromStdString(s.importedTable)).fileName())
                                      : QString());
    fillStrip();
    showCost();
    showRecipe();
}

void Panel::Private::fillStrip() {
    const CalibrationSettings& s = document->project().calibration;
    const QString now = absolute(s.dataList.empty() ? s.dataset : s.dataList) + QString::number(s.inputNum);
    if (now == shownSource) return;
    shownSource = now;
    unreadable.clear();
    files.clear();
    const int limit = s.inputNum > 0 ? s.inputNum : kCountLimit;
    if (!s.dataList.empty()) files = picturesOfList(absolute(s.dataList), limit);
    else if (!s.dataset.empty()) files = picturesIn(absolute(s.dataset), limit);
    strip->setFiles(files.mid(0, kStripLimit));
    strip->setVisible(!files.isEmpty());
    showUnreadable();
}

void Panel::Private::showUnreadable() {
    QStringList lines;
    for (int i = 0; i < strip->count(); ++i) {
        const QVariant reason = strip->item(i)->data(Qt::UserRole + 1);
        if (reason.isValid())
            lines << QFileInfo(strip->item(i)->data(Qt::UserRole).toString()).fileName() + QStringLiteral(": ") + reason.toString();
    }
    QStringList parts;
    if (files.size() > kStripLimit) parts << Panel::tr("The first %1 pictures are shown.").arg(kStripLimit);
    if (!lines.isEmpty())
        parts << Panel::tr("%n pictures cannot be read and are skipped:", nullptr, static_cast<int>(lines.size())) + u'\n' + lines.mid(0, 8).join(u'\n');
    stripNote->setToken(lines.isEmpty() ? theme::Token::Text3 : theme::Token::Stale);
    Form::setNote(stripNote, parts.join(u'\n'));
}

void Panel::Private::showCost() {
    const CalibrationSettings& s = document->project().calibration;
    if (!s.importedTable.empty()) return Form::setNote(cost, {});
    const bool named = !s.dataset.empty() || !s.dataList.empty();
    if (files.isEmpty()) {
        cost->setToken(named ? theme::Token::Stale : theme::Token::Text3);
        run->setEnabled(false);
        return Form::setNote(cost, named ? Panel::tr("No pictures there: %1").arg(absolute(s.dataList.empty() ? s.dataset : s.dataList))
                                         : Panel::tr("Choose a folder or a list of pictures like those the network will see."));
    }
    qint64 bytes = 0;
    for (const QString& file : files) bytes += QFileInfo(file).size();
    QStringList parts{Panel::tr("%n pictures", nullptr, static_cast<int>(files.size())), QLocale().formattedDataSize(bytes)};
    // Expected from the last calibration of this project, in proportion.
    const auto stage = document->stage(jobs::Stage::Calibrate);
    if (stage.result && stage.result->done && stage.result->seconds > 0) {
        const auto images = stage.result->summary.find("images");
        const double before = images != stage.result->summary.end() ? QString::fromStdString(images->second).toDouble() : 0;
        if (before > 0) parts << Panel::tr("about %1").arg(document::secondsText(stage.result->seconds / before * static_cast<double>(files.size())));
    } else {
        parts << Panel::tr("time is known after the first run");
    }
    parts << Panel::tr("streamed, no work files");
    cost->setToken(theme::Token::Text3);
    run->setEnabled(true);
    Form::setNote(cost, parts.join(QStringLiteral(" · ")));
}

/// What the recipe is for, and after a run what it has brought and why it was kept.
void Panel::Private::showRecipe() {
    const auto stage = document->stage(jobs::Stage::Calibrate);
    const auto fact = [&](const char* name) {
        const auto it = stage.result->summary.find(name);
        return it == stage.result->summary.end() ? QString() : QString::fromStdString(it->second);
    };
    const bool chosen = !document->project().calibration.recipe.empty();
    QString text = chosen ? Panel::tr("Tried on pictures held out of the calibration; the best is kept. Give 50 or more pictures.")
                          : Panel::tr("The vendor's thresholds and the network's own weights."), reasons;
    if (chosen && stage.result && stage.result->done && !fact("recipe").isEmpty()) {
        text += u'\n' + Panel::tr("Kept: %1").arg(fact("recipe"));
        if (!fact("sqnr").isEmpty())
            text += u'\n' + Panel::tr("On test pictures: %1 dB, the vendor's %2 dB").arg(fact("sqnr"), fact("sqnr_vendor"));
        reasons = fact("reasons");
    }
    recipeNote->setToolTip(reasons);
    Form::setNote(recipeNote, text);
}

void Panel::Private::retranslate() {
    dataSection->setText(Panel::tr("Data"));
    sourceLabel->setText(Panel::tr("Pictures"));
    source->setPlaceholderText(Panel::tr("folder or list file"));
    folder->setToolTip(Panel::tr("Choose a folder"));
    folder->setAccessibleName(folder->toolTip());
    list->setToolTip(Panel::tr("Choose a list file, one path a line"));
    list->setAccessibleName(list->toolTip());
    countLabel->setText(Panel::tr("Use at most"));
    count->setSpecialValueText(Panel::tr("all"));
    methodSection->setText(Panel::tr("Method"));
    methodLabel->setText(Panel::tr("Threshold by"));
    const QString names[] = {Panel::tr("KL divergence"), Panel::tr("Least square error"), Panel::tr("Percentile 99.99"), Panel::tr("Maximum")};
    for (int i = 0; i < 4; ++i) method->setItemText(i, names[i]);
    Form::setNote(methodNote, Panel::tr("KL is the vendor's default. Maximum clips nothing and is the coarsest."));
    recipeLabel->setText(Panel::tr("Better INT8"));
    recipe->setToolTip(Panel::tr("Ranges and weights that come nearer to the float network at about the same cost on the chip"));
    const QString recipes[] = {Panel::tr("Off"), Panel::tr("Automatic"), Panel::tr("Ranges"), Panel::tr("Weights"), Panel::tr("Ranges and weights")};
    for (int i = 0; i < 5; ++i) recipe->setItemText(i, recipes[i]);
    binsLabel->setText(Panel::tr("Histogram bins"));
    tuneLabel->setText(Panel::tr("Tuning pictures"));
    tune->setSpecialValueText(Panel::tr("no tuning"));
    tableSection->setText(Panel::tr("Table"));
    tableLabel->setText(Panel::tr("Vendor's form"));
    importTable->setText(Panel::tr("Import…"));
    exportTable->setText(Panel::tr("Export…"));
    forget->setText(Panel::tr("Calibrate instead"));
    run->setText(Panel::tr("Calibrate"));
    strip->setAccessibleName(Panel::tr("Pictures used for calibration"));
    fill();
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
