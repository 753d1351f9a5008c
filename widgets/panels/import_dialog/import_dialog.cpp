// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/import_dialog/import_dialog.h"

#include "widgets/panels/import_dialog/entered_shapes.h"

#include "compiler/jobs/stage_keys.h"
#include "visualizer/common/layer_text.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QTableWidget>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace wb::panels {

using document::Document;

namespace {

QString rememberKey(const QString& shape) { return QStringLiteral("importShapes/") + QString(shape).replace(u'?', u'x'); }

} // namespace

struct ImportDialog::Private {
    ImportDialog* q = nullptr;
    Document* document = nullptr;
    nlohmann::json snapshot;
    bool shapesGiven = false;          ///< the model was read with shapes of the user's
    std::vector<QString> inputNames;
    std::vector<QLineEdit*> shapes;
    QVector<std::pair<QString, QString>> heads; ///< name, shape
    QLabel *intro = nullptr, *shapeTitle = nullptr, *outputTitle = nullptr;
    MessageBar* message = nullptr;
    QWidget* shapeHolder = nullptr;
    QGridLayout* shapeGrid = nullptr;
    QLineEdit* search = nullptr;
    QListWidget* outputs = nullptr;
    QPushButton *useHeads = nullptr, *own = nullptr, *again = nullptr, *accept = nullptr;
    QTableWidget* unsupported = nullptr;

    void build();
    void retranslate();
    void ask();
    void showNetwork();
    void showError(const Error& error);
    void setShapes(const std::vector<std::pair<QString, QString>>& inputs);
    void checkOutputs(const QStringList& names);
    QStringList checkedOutputs() const;
    std::optional<std::vector<ir::Shape>> enteredShapes() const;
};

ImportDialog::ImportDialog(Document* document, QWidget* parent) : QDialog(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("importDialog"));
    d->build();
    d->retranslate();
    resize(560, 520);
}

ImportDialog::~ImportDialog() { releaseParts(this); }

void ImportDialog::Private::build() {
    intro = new QLabel;
    intro->setWordWrap(true);
    message = new MessageBar;
    shapeTitle = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    shapeHolder = new QWidget;
    shapeGrid = new QGridLayout(shapeHolder);
    shapeGrid->setContentsMargins(0, 0, 0, 0);
    shapeGrid->setHorizontalSpacing(8);
    shapeGrid->setVerticalSpacing(4);
    shapeGrid->setColumnMinimumWidth(0, 120);
    shapeGrid->setColumnStretch(1, 1);
    again = new QPushButton;
    again->setObjectName(QStringLiteral("importReadAgain"));
    outputTitle = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    useHeads = new QPushButton;
    useHeads->setObjectName(QStringLiteral("useYoloHeads"));
    own = new QPushButton;
    own->setObjectName(QStringLiteral("useOwnOutputs"));
    auto* quick = new QHBoxLayout;
    quick->setSpacing(8);
    quick->addWidget(useHeads);
    quick->addWidget(own);
    quick->addStretch();
    search = new QLineEdit;
    search->setObjectName(QStringLiteral("outputSearch"));
    search->addAction(theme::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    outputs = new QListWidget;
    outputs->setObjectName(QStringLiteral("outputList"));
    outputs->setUniformItemSizes(true);
    outputs->setTextElideMode(Qt::ElideLeft);
    unsupported = new QTableWidget(0, 3);
    unsupported->setObjectName(QStringLiteral("unsupportedList"));
    unsupported->verticalHeader()->hide();
    unsupported->verticalHeader()->setDefaultSectionSize(26);
    unsupported->setShowGrid(false);
    unsupported->setEditTriggers(QAbstractItemView::NoEditTriggers);
    unsupported->setSelectionBehavior(QAbstractItemView::SelectRows);
    unsupported->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
    unsupported->setColumnWidth(0, 180);
    unsupported->setColumnWidth(1, 72);
    unsupported->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    accept = buttons->addButton(QString(), QDialogButtonBox::AcceptRole);
    accept->setObjectName(QStringLiteral("importAccept"));
    accept->setProperty("wbPrimary", true);
    accept->setEnabled(false);
    auto* layout = new QVBoxLayout(q);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    layout->addWidget(intro);
    layout->addWidget(message);
    layout->addWidget(unsupported, 1);
    layout->addSpacing(8);
    layout->addWidget(shapeTitle);
    layout->addWidget(shapeHolder);
    layout->addWidget(again, 0, Qt::AlignLeft);
    layout->addSpacing(8);
    layout->addWidget(outputTitle);
    layout->addLayout(quick);
    layout->addWidget(search);
    layout->addWidget(outputs, 3);
    layout->addWidget(buttons);

    QObject::connect(buttons, &QDialogButtonBox::accepted, q, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, q, &QDialog::reject);
    QObject::connect(again, &QPushButton::clicked, q, [this] { ask(); });
    QObject::connect(search, &QLineEdit::textChanged, q, [this](const QString& text) {
        for (int i = 0; i < outputs->count(); ++i) {
            QListWidgetItem* item = outputs->item(i);
            item->setHidden(!item->text().contains(text, Qt::CaseInsensitive) && item->checkState() != Qt::Checked);
        }
    });
    QObject::connect(useHeads, &QPushButton::clicked, q, [this] {
        QStringList names;
        for (const auto& head : heads) names << head.first;
        checkOutputs(names);
    });
    QObject::connect(own, &QPushButton::clicked, q, [this] { checkOutputs({}); });
    QObject::connect(outputs, &QListWidget::itemChanged, q, [this] {
        const int n = static_cast<int>(checkedOutputs().size());
        outputTitle->setText(n == 0 ? ImportDialog::tr("Outputs: the network's own")
                                    : ImportDialog::tr("Outputs: %n chosen", nullptr, n));
    });
}

void ImportDialog::Private::retranslate() {
    q->setWindowTitle(ImportDialog::tr("Shapes and outputs"));
    const QString file = QFileInfo(QString::fromStdString(document->project().model.path)).fileName();
    intro->setText(ImportDialog::tr("How %1 enters the project. Shapes fix what the file leaves open; other outputs cut the "
                                    "network there.").arg(file));
    shapeTitle->setText(ImportDialog::tr("Inputs"));
    again->setText(ImportDialog::tr("Read with these shapes"));
    outputTitle->setText(ImportDialog::tr("Outputs: the network's own"));
    own->setText(ImportDialog::tr("The network's own"));
    search->setPlaceholderText(ImportDialog::tr("Find a layer"));
    outputs->setAccessibleName(ImportDialog::tr("Layers that can be outputs"));
    unsupported->setHorizontalHeaderLabels({ImportDialog::tr("Operator"), ImportDialog::tr("Count"), ImportDialog::tr("First node")});
    accept->setText(ImportDialog::tr("Import"));
    useHeads->setText(ImportDialog::tr("Use the %n YOLO head convolutions as outputs", nullptr, static_cast<int>(heads.size())));
    useHeads->setVisible(!heads.isEmpty());
}

void ImportDialog::inspect() { d->ask(); }

std::optional<std::vector<ir::Shape>> ImportDialog::Private::enteredShapes() const {
    std::vector<ir::Shape> list;
    for (const QLineEdit* field : shapes) {
        const auto shape = shapeOf(field->text());
        if (!shape) return {};
        list.push_back(*shape);
    }
    return list;
}

void ImportDialog::Private::ask() {
    // Cutting does not matter here: all layers are to be seen.
    nlohmann::json model{{"path", jobs::resolvePath(document->resultsBase().toStdString(), document->project().model.path).string()},
                         {"output_names", nlohmann::json::array()}};
    if (!shapes.empty()) {
        const auto entered = enteredShapes();
        if (!entered) {
            message->say(MessageBar::Kind::Warning, ImportDialog::tr("Each input needs sizes like 1×3×640×640."));
            return;
        }
        model["input_shapes"] = *entered;
        shapesGiven = true;
    } else {
        model["input_shapes"] = document->project().model.inputShapes;
    }
    message->say(MessageBar::Kind::Note, ImportDialog::tr("Reading the model…"));
    document->request(QStringLiteral("import-preview"), {{"model", model}}, q, [this](Result<nlohmann::json> answer) {
        if (!answer) return showError(answer.error());
        message->hide();
        unsupported->hide();
        snapshot = std::move(*answer);
        showNetwork();
    }, QStringLiteral("import"));
}

void ImportDialog::Private::setShapes(const std::vector<std::pair<QString, QString>>& inputs) {
    while (QLayoutItem* item = shapeGrid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    shapes.clear();
    inputNames.clear();
    int row = 0;
    for (const auto& [name, shape] : inputs) {
        auto* label = new TokenLabel(theme::Token::Text2, theme::TextRole::Mono);
        label->setText(name);
        auto* field = new QLineEdit(shape);
        field->setObjectName(QStringLiteral("inputShape%1").arg(row));
        field->setFont(theme::font(theme::TextRole::Mono));
        field->setAccessibleName(ImportDialog::tr("Shape of input %1").arg(name));
        label->setBuddy(field);
        // The sizes used last for the same pattern are offered.
        if (shape.contains(u'?')) {
            const QString last = QSettings().value(rememberKey(shape)).toString();
            field->setProperty("pattern", shape);
            if (!last.isEmpty()) field->setText(last);
        }
        shapeGrid->addWidget(label, row, 0);
        shapeGrid->addWidget(field, row++, 1);
        shapes.push_back(field);
        inputNames.push_back(name);
    }
    shapeTitle->setVisible(row > 0);
    again->setVisible(row > 0);
}

void ImportDialog::Private::showNetwork() {
    jobs::NetworkSnapshot network;
    std::vector<std::pair<QString, QString>> inputs;
    try {
        network = snapshot.get<jobs::NetworkSnapshot>();
        for (const auto& input : snapshot.value("inputs", nlohmann::json::array()))
            inputs.emplace_back(QString::fromStdString(input.at("name").get<std::string>()),
                                visualizer::shapeText(input.at("shape").get<ir::Shape>()));
        heads.clear();
        for (const auto& head : snapshot.value("candidates", nlohmann::json::array()))
            heads << std::pair{QString::fromStdString(head.at("name").get<std::string>()),
                               visualizer::shapeText(head.at("shape").get<ir::Shape>())};
    } catch (const nlohmann::json::exception&) {
        return showError(Error{Code::Internal, "the answer about the model cannot be read"});
    }
    setShapes(inputs);
    outputs->clear();
    for (const jobs::LayerInfo& layer : network.layers) {
        if (layer.isInput) continue;
        auto* item = new QListWidgetItem(QStringLiteral("%1   %2 · %3").arg(QString::fromStdString(layer.name),
                                         QString::fromStdString(layer.type), visualizer::shapeText(layer.shape)), outputs);
        item->setData(Qt::UserRole, QString::fromStdString(layer.name));
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Unchecked);
        item->setFont(theme::font(theme::TextRole::Mono));
    }
    QStringList chosen;
    for (const std::string& name : document->project().model.outputNames) chosen << QString::fromStdString(name);
    retranslate();
    checkOutputs(chosen);
    accept->setEnabled(true);
}

void ImportDialog::Private::checkOutputs(const QStringList& names) {
    QListWidgetItem* first = nullptr;
    for (int i = 0; i < outputs->count(); ++i) {
        QListWidgetItem* item = outputs->item(i);
        const QString name = item->data(Qt::UserRole).toString();
        const bool on = names.contains(name) || names.contains(visualizer::plainName(name));
        item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
        item->setHidden(false);
        if (on && !first) first = item;
    }
    search->clear();
    if (first) outputs->scrollToItem(first, QAbstractItemView::PositionAtCenter);
    const int n = static_cast<int>(checkedOutputs().size());
    outputTitle->setText(n == 0 ? ImportDialog::tr("Outputs: the network's own") : ImportDialog::tr("Outputs: %n chosen", nullptr, n));
}

QStringList ImportDialog::Private::checkedOutputs() const {
    QStringList names;
    for (int i = 0; i < outputs->count(); ++i)
        if (outputs->item(i)->checkState() == Qt::Checked) names << outputs->item(i)->data(Qt::UserRole).toString();
    return names;
}

void ImportDialog::Private::showError(const Error& error) {
    if (isCancelled(error)) return;
    accept->setEnabled(false);
    message->say(error);
    if (error.code == Code::FreeDimensions) {
        const std::vector<AskedShape> asked = askedShapes(error);
        std::vector<std::pair<QString, QString>> rows;
        QStringList proposals;
        for (const AskedShape& input : asked) {
            rows.emplace_back(input.input, input.pattern);
            if (!input.proposal.isEmpty()) proposals << input.proposal;
        }
        setShapes(rows);
        if (proposals.size() == static_cast<qsizetype>(rows.size()))
            message->addAction(ImportDialog::tr("Use %1").arg(proposals.join(QStringLiteral(", "))), [this, proposals] {
                for (size_t i = 0; i < shapes.size(); ++i) shapes[i]->setText(proposals.value(static_cast<qsizetype>(i)));
                ask();
            });
    }
    if (error.code == Code::UnsupportedOperators) {
        // Every kind at once: the fields hold "3 × first at 'node'" by kind.
        static const QRegularExpression row(QStringLiteral("^(\\d+) × first at '(.*)'$"));
        unsupported->setRowCount(0);
        for (const auto& [kind, text] : error.fields) {
            const auto match = row.match(QString::fromStdString(text));
            if (!match.hasMatch()) continue;
            const int at = unsupported->rowCount();
            unsupported->insertRow(at);
            unsupported->setItem(at, 0, new QTableWidgetItem(QString::fromStdString(kind)));
            auto* count = new QTableWidgetItem(match.captured(1));
            count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            unsupported->setItem(at, 1, count);
            auto* node = new QTableWidgetItem(match.captured(2));
            node->setFont(theme::font(theme::TextRole::Mono));
            unsupported->setItem(at, 2, node);
        }
        unsupported->setVisible(unsupported->rowCount() > 0);
    }
}

void ImportDialog::accept() {
    const auto entered = d->enteredShapes();
    if (!entered) {
        d->message->say(MessageBar::Kind::Warning, tr("Each input needs sizes like 1×3×640×640."));
        return;
    }
    for (const QLineEdit* field : d->shapes)
        if (const QString pattern = field->property("pattern").toString(); !pattern.isEmpty())
            QSettings().setValue(rememberKey(pattern), field->text());
    // What the file says itself is not written down: the project follows the file.
    std::vector<ir::Shape> own;
    try {
        for (const auto& input : d->snapshot.value("inputs", nlohmann::json::array())) own.push_back(input.at("shape").get<ir::Shape>());
    } catch (const nlohmann::json::exception&) {
        own.clear();
    }
    const bool given = d->shapesGiven || !d->document->project().model.inputShapes.empty() || own != *entered;
    std::vector<std::string> names;
    for (const QString& name : d->checkedOutputs()) names.push_back(name.toStdString());
    d->document->edit(tr("Shapes and outputs"), [&](jobs::Project& project) {
        if (given) project.model.inputShapes = *entered;
        project.model.outputNames = names;
    });
    QDialog::accept();
}

void ImportDialog::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QDialog::changeEvent(event);
}

} // namespace wb::panels
