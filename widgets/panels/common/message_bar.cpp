// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/common/message_bar.h"

#include "widgets/document/stage_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace wb::panels {

using theme::Token;

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent), m_text(new QLabel), m_actions(new QHBoxLayout), m_close(new QToolButton) {
    setObjectName(QStringLiteral("messageBar"));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setObjectName(QStringLiteral("messageClose"));
    m_close->setIcon(theme::icon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setProperty("wbFlat", true);
    m_actions->setSpacing(8);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(36, 4, 4, 4);
    layout->addWidget(m_text, 1);
    layout->addLayout(m_actions);
    layout->addWidget(m_close);
    setMinimumHeight(36);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
    hide();
}

void MessageBar::say(Kind kind, const QString& text) {
    m_kind = kind;
    m_text->setText(text);
    while (QLayoutItem* item = m_actions->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    setAccessibleName(text);
    show();
    update();
}

void MessageBar::say(const Error& error) {
    say(error.severity == Severity::Note ? Kind::Note : error.severity == Severity::Warning ? Kind::Warning : Kind::Error,
        document::errorText(error));
}

void MessageBar::addAction(const QString& text, std::function<void()> action) {
    auto* button = new QPushButton(text);
    connect(button, &QPushButton::clicked, this, [this, action = std::move(action)] {
        hide();
        action();
    });
    m_actions->addWidget(button);
}

QString MessageBar::text() const { return isHidden() ? QString() : m_text->text(); }

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Window));
    const Token ink = m_kind == Kind::Error     ? Token::Failed
                      : m_kind == Kind::Warning ? Token::Stale
                      : m_kind == Kind::Success ? Token::Done
                                                : Token::Text3;
    painter.fillRect(QRect(0, 0, 4, height()), theme::color(ink));
    const QString icon = m_kind == Kind::Error     ? QStringLiteral("error")
                         : m_kind == Kind::Warning ? QStringLiteral("problems")
                         : m_kind == Kind::Success ? QStringLiteral("check")
                                                   : QStringLiteral("note");
    theme::drawIcon(&painter, icon, QRect(12, 0, 16, height()), 16, theme::color(ink));
    theme::hairline(&painter, QPointF(0, height() - 1), QPointF(width(), height() - 1), theme::color(Token::Line));
}

} // namespace wb::panels
