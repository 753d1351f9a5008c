// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/start_page/start_page.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::panels {

using theme::Token;

/// The dashed frame that says that files can be dropped.
class DropHint : public QWidget {
public:
    explicit DropHint(QWidget* parent = nullptr) : QWidget(parent) {
        setFixedHeight(94);
        connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
    }
    void setTexts(const QString& title, const QString& line) {
        m_title = title;
        m_line = line;
        setAccessibleName(title);
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QPen pen(theme::color(Token::Outline), 1, Qt::CustomDashLine);
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawRoundedRect(QRectF(rect()).adjusted(2.5, .5, -2.5, -.5), 6, 6);
        theme::drawIcon(&painter, QStringLiteral("drop-20"), QRect(16, 0, 24, height()), 20, theme::color(Token::Text2));
        const QRect text = rect().adjusted(52, 16, -14, -12);
        painter.setFont(theme::font(theme::TextRole::BodyStrong));
        painter.setPen(theme::color(Token::Text));
        painter.drawText(QRect(text.left(), text.top(), text.width(), 20), Qt::AlignVCenter, m_title);
        painter.setFont(theme::font(theme::TextRole::Body));
        painter.setPen(theme::color(Token::Text2));
        painter.drawText(text.adjusted(0, 20, 0, 0), Qt::TextWordWrap, m_line);
    }

private:
    QString m_title, m_line;
};

namespace {

QLabel* heading(theme::TextRole role, QPalette::ColorRole ink = QPalette::WindowText) {
    auto* label = new QLabel;
    label->setFont(theme::font(role));
    label->setForegroundRole(ink);
    return label;
}

} // namespace

StartPage::StartPage(document::RecentProjects* recent, QMenu* languageMenu, QWidget* parent)
    : QScrollArea(parent), m_recent(recent), m_title(heading(theme::TextRole::Page)),
      m_subtitle(heading(theme::TextRole::Body)), m_start(heading(theme::TextRole::Section)),
      m_recentTitle(heading(theme::TextRole::Section)), m_none(heading(theme::TextRole::Body, QPalette::PlaceholderText)),
      m_logo(new QLabel), m_sample(new StartCard(QStringLiteral("run-20"), true)),
      m_model(new StartCard(QStringLiteral("open-20"), false)), m_new(new StartCard(QStringLiteral("file-20"), false)),
      m_zoo(new StartCard(QStringLiteral("zoo-20"), false)), m_drop(new DropHint), m_filter(new QLineEdit),
      m_language(new QToolButton), m_grid(new QGridLayout), m_cards(new QWidget) {
    setObjectName(QStringLiteral("startPage"));
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    m_sample->setObjectName(QStringLiteral("startSample"));
    m_model->setObjectName(QStringLiteral("startModel"));
    m_new->setObjectName(QStringLiteral("startNew"));
    m_zoo->setObjectName(QStringLiteral("startZoo"));
    m_filter->setObjectName(QStringLiteral("startFilter"));
    m_language->setObjectName(QStringLiteral("startLanguage"));
    m_logo->setPixmap(theme::iconPixmap(QStringLiteral("tpu-workbench"), 48, theme::color(Token::Text), devicePixelRatioF()));
    m_language->setMenu(languageMenu);
    m_language->setPopupMode(QToolButton::InstantPopup);
    m_language->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_language->setIcon(theme::icon(QStringLiteral("globe")));
    m_filter->setFixedWidth(200);
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(theme::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_title);
    words->addWidget(m_subtitle);
    auto* head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(m_logo);
    head->addLayout(words);
    head->addStretch();
    head->addWidget(m_language, 0, Qt::AlignTop);

    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addWidget(m_start);
    left->addSpacing(4);
    for (StartCard* card : {m_sample, m_model, m_new, m_zoo}) left->addWidget(card);
    left->addSpacing(8);
    left->addWidget(m_drop);
    left->addStretch();
    auto* leftSide = new QWidget;
    leftSide->setFixedWidth(428);
    left->setContentsMargins(0, 0, 0, 0);
    leftSide->setLayout(left);

    auto* rightHead = new QHBoxLayout;
    rightHead->addWidget(m_recentTitle);
    rightHead->addStretch();
    rightHead->addWidget(m_filter);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(12);
    m_cards->setLayout(m_grid);
    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    right->addLayout(rightHead);
    right->addSpacing(4);
    right->addWidget(m_none);
    right->addWidget(m_cards);
    right->addStretch();

    auto* columns = new QHBoxLayout;
    columns->setSpacing(56);
    columns->addWidget(leftSide, 0, Qt::AlignTop);
    columns->addLayout(right, 1);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->addLayout(head);
    layout->addSpacing(24);
    layout->addLayout(columns, 1);
    auto* wide = new QWidget;
    auto* centre = new QHBoxLayout(wide);
    centre->setContentsMargins(40, 16, 40, 16);
    page->setMaximumWidth(1320);
    centre->addWidget(page);
    setWidget(wide);

    connect(m_sample, &StartCard::clicked, this, &StartPage::sampleRequested);
    connect(m_model, &StartCard::clicked, this, &StartPage::modelRequested);
    connect(m_new, &StartCard::clicked, this, &StartPage::newProjectRequested);
    connect(m_zoo, &StartCard::clicked, this, &StartPage::zooRequested);
    connect(m_filter, &QLineEdit::textChanged, this, &StartPage::fillRecent);
    connect(m_recent, &document::RecentProjects::changed, this, &StartPage::fillRecent);
    m_zoo->setEnabled(false);
    retranslateUi();
    setFocusProxy(m_sample);
}

void StartPage::fillRecent() {
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int shown = 0;
    for (const document::RecentProject& project : m_recent->list()) {
        if (!project.file.contains(m_filter->text(), Qt::CaseInsensitive)) continue;
        auto* card = new RecentCard(project);
        card->setObjectName(QStringLiteral("recent%1").arg(shown));
        connect(card, &RecentCard::clicked, this, [this, file = project.file] { emit projectRequested(file); });
        // The list changes under the card, so it acts after its own event.
        connect(card, &RecentCard::pinToggled, this, [this, p = project] { m_recent->setPinned(p.file, !p.pinned); }, Qt::QueuedConnection);
        connect(card, &RecentCard::removeRequested, this, [this, file = project.file] { m_recent->remove(file); }, Qt::QueuedConnection);
        connect(card, &RecentCard::locateRequested, this, [this, file = project.file] { emit locateRequested(file); }, Qt::QueuedConnection);
        m_grid->addWidget(card, shown / m_columns, shown % m_columns);
        ++shown;
    }
    for (int column = 0; column < 2; ++column) m_grid->setColumnStretch(column, column < m_columns ? 1 : 0);
    m_none->setVisible(shown == 0);
    m_filter->setVisible(m_recent->list().size() > 3);
}

void StartPage::resizeEvent(QResizeEvent* event) {
    const int columns = event->size().width() < 1240 ? 1 : 2;
    if (columns != m_columns) {
        m_columns = columns;
        fillRecent();
    }
    QScrollArea::resizeEvent(event);
}

void StartPage::retranslateUi() {
    m_title->setText(QStringLiteral("TPU Workbench"));
    m_subtitle->setText(tr("Quantise a network, see what it did to every layer, correct it, write the bmodel."));
    m_start->setText(tr("Start"));
    m_recentTitle->setText(tr("Recent projects"));
    m_none->setText(tr("Projects that you open appear here."));
    m_filter->setPlaceholderText(tr("Filter"));
    m_sample->setTexts(tr("Open sample project"), tr("A small detector with 8 calibration images, ready to run"));
    const auto key = [](const char* keys) { return QKeySequence(QLatin1String(keys)).toString(QKeySequence::NativeText).replace(u'+', u' '); };
    m_model->setTexts(tr("Open a model…"), tr("ONNX, TFLite, Caffe or TorchScript"), key("Ctrl+O"));
    m_new->setTexts(tr("New project…"), tr("Choose model, preprocessing and target"), key("Ctrl+N"));
    m_zoo->setTexts(tr("Build a zoo…"), tr("Many models in one batch: not in this version"));
    m_drop->setTexts(tr("Or drop a file anywhere in this window"),
                     tr("model, project, bmodel, calibration or precision table, folder of images"));
    m_language->setText(QStringLiteral("English  中文"));
    m_language->setAccessibleName(tr("Language"));
    fillRecent();
}

void StartPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QScrollArea::changeEvent(event);
}

} // namespace wb::panels
