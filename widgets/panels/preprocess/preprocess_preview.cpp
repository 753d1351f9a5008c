// SPDX-License-Identifier: GPL-3.0-or-later
// The live preview: what the worker makes of one picture with the settings as they are.
#include "visualizer/common/layer_text.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/preprocess/preprocess_private.h"

#include "compiler/jobs/stage_keys.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScopedValueRollback>
#include <QTableWidget>
#include <QToolButton>

namespace wb::panels {

using Panel = PreprocessPanel;

void Panel::Private::buildPreview(QWidget* into) {
    pictureLabel = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    picture = new QComboBox;
    picture->setObjectName(QStringLiteral("previewPicture"));
    picture->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    picture->setMinimumContentsLength(12);
    pictureLabel->setBuddy(picture);
    choose = new QToolButton;
    choose->setObjectName(QStringLiteral("previewChoose"));
    choose->setIcon(theme::icon(QStringLiteral("open")));
    choose->setProperty("wbFlat", true);
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(pictureLabel);
    top->addWidget(picture, 1);
    top->addWidget(choose);

    const auto view = [](PictureView*& member, const char* name) {
        member = new PictureView;
        member->setObjectName(QLatin1String(name));
        return member;
    };
    auto* pictures = new QHBoxLayout;
    pictures->setSpacing(8);
    pictures->addWidget(view(source, "previewSource"), 1);
    pictures->addWidget(view(resized, "previewResized"), 1);
    pictures->addWidget(view(tensor, "previewTensor"), 1);

    channels = new QTableWidget(0, 5);
    channels->setObjectName(QStringLiteral("previewChannels"));
    channels->verticalHeader()->hide();
    channels->verticalHeader()->setDefaultSectionSize(26);
    channels->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    channels->horizontalHeader()->setHighlightSections(false);
    channels->setShowGrid(false);
    channels->setEditTriggers(QAbstractItemView::NoEditTriggers);
    channels->setSelectionMode(QAbstractItemView::NoSelection);
    channels->setFocusPolicy(Qt::NoFocus);
    channels->setFrameShape(QFrame::NoFrame);
    channels->setAlternatingRowColors(true);
    channels->horizontalHeader()->setFixedHeight(26);
    channels->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    channels->setFixedHeight(26 * 4 + 2);

    auto* column = new QVBoxLayout(into);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(8);
    column->addLayout(top);
    column->addLayout(pictures, 1);
    column->addWidget(channels);
    into->setAutoFillBackground(true);
    into->setBackgroundRole(QPalette::Base);

    QObject::connect(picture, &QComboBox::activated, q, [this] { later(); });
    QObject::connect(choose, &QToolButton::clicked, q, [this] {
        const QString file = QFileDialog::getOpenFileName(q, Panel::tr("Picture for the preview"), {},
                                                          Panel::tr("Pictures (*.jpg *.jpeg *.png *.bmp)"));
        if (file.isEmpty()) return;
        picture->addItem(QFileInfo(file).fileName(), file);
        picture->setCurrentIndex(picture->count() - 1);
        later();
    });
}

void Panel::Private::fillPictures() {
    const QScopedValueRollback<bool> guard(filling, true);
    const QString before = picturePath();
    picture->clear();
    const std::filesystem::path base = document->resultsBase().toStdString();
    const auto add = [this](const QString& path) {
        if (picture->findData(path) < 0) picture->addItem(QFileInfo(path).fileName(), path);
    };
    for (const std::string& file : document->project().testImages)
        add(QString::fromStdString(jobs::resolvePath(base, file).string()));
    const auto& calibration = document->project().calibration;
    if (!calibration.dataset.empty())
        for (const QString& file : picturesIn(QString::fromStdString(jobs::resolvePath(base, calibration.dataset).string()), 20))
            add(file);
    picture->setCurrentIndex(qMax(picture->count() > 0 ? 0 : -1, picture->findData(before)));
    channels->setHorizontalHeaderLabels({Panel::tr("Channel"), Panel::tr("Min"), Panel::tr("Mean"), Panel::tr("Max"), Panel::tr("σ")});
    for (int i = 0; i < 5; ++i)
        channels->horizontalHeaderItem(i)->setTextAlignment((i == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
}

QString Panel::Private::picturePath() const { return picture->currentData().toString(); }

void Panel::Private::later() {
    dirty = true;
    if (q->isVisible()) soon.start();
}

void Panel::Private::ask() {
    dirty = false;
    if (picture->count() == 0) fillPictures();
    const QString path = picturePath();
    const QString nothing = path.isEmpty() ? Panel::tr("Choose a picture above, or add test pictures to the project.") : QString();
    if (document->project().preprocess.tensorInput || path.isEmpty()) {
        source->setPicture({}, nothing);
        resized->setPicture({});
        tensor->setPicture({}, document->project().preprocess.tensorInput ? Panel::tr("The network takes tensor files.") : QString());
        channels->setRowCount(0);
        return;
    }
    QString error;
    source->setPicture(readPicture(path, 1600, &error), error);
    const nlohmann::json request{{"project", nlohmann::json::parse(jobs::toJsonText(document->project()), nullptr, false)},
                                 {"file", document->resultsBase().toStdString()},
                                 {"picture", path.toStdString()}};
    document->request(QStringLiteral("preprocess-preview"), request, q, [this](Result<nlohmann::json> answer) {
        if (answer) {
            message->hide();
            return show(*answer);
        }
        if (isCancelled(answer.error())) return;
        message->say(answer.error());
        resized->setPicture({});
        tensor->setPicture({});
        channels->setRowCount(0);
    }, QStringLiteral("preprocess"));
}

void Panel::Private::show(const nlohmann::json& answer) {
    const auto text = [&](const char* key) {
        const auto it = answer.find(key);
        return it != answer.end() && it->is_string() ? QString::fromStdString(it->get<std::string>()) : QString();
    };
    resized->setPicture(readPicture(text("resized"), 0));
    tensor->setPicture(readPicture(text("tensor"), 0));
    const auto list = answer.find("channels");
    const int count = list != answer.end() && list->is_array() ? static_cast<int>(list->size()) : 0;
    channels->setRowCount(count);
    const char* keys[] = {"min", "mean", "max", "std"};
    for (int row = 0; row < count; ++row) {
        const auto& channel = (*list)[static_cast<size_t>(row)];
        const auto cell = [&](int column, const QString& value, bool number) {
            auto* item = new QTableWidgetItem(value);
            item->setFont(theme::font(number ? theme::TextRole::Mono : theme::TextRole::Body));
            item->setTextAlignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            channels->setItem(row, column, item);
        };
        const auto name = channel.find("name");
        cell(0, name != channel.end() && name->is_string() ? QString::fromStdString(name->get<std::string>()) : QString::number(row), false);
        for (int i = 0; i < 4; ++i) {
            const auto value = channel.find(keys[i]);
            cell(i + 1, value != channel.end() && value->is_number() ? visualizer::numberText(value->get<double>(), 4) : QStringLiteral("–"), true);
        }
    }
}

} // namespace wb::panels
