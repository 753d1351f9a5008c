// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/message_bar.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::workbench {

using theme::Token;

namespace {
Token inkOf(Message::Kind kind) {
    switch (kind) {
    case Message::Kind::Note: return Token::Text2;
    case Message::Kind::Warning: return Token::Stale;
    case Message::Kind::Error: return Token::Failed;
    }
    return Token::Text2;
}
QString iconOf(Message::Kind kind) {
    switch (kind) {
    case Message::Kind::Note: return QStringLiteral("note");
    case Message::Kind::Warning: return QStringLiteral("problems");
    case Message::Kind::Error: return QStringLiteral("error");
    }
    return {};
}
} // namespace

MessageBar::MessageBar(QWidget* parent) : QFrame(parent), m_layout(new QHBoxLayout(this)) {
    setObjectName(QStringLiteral("messageBar"));
    m_layout->setContentsMargins(16, 4, 8, 4);
    setMinimumHeight(36);
    hide();
    connect(theme::notifier(), &theme::Notifier::changed, this, &MessageBar::rebuild);
}

void MessageBar::show(Message message) {
    std::erase_if(m_messages, [&](const Message& known) { return known.key == message.key; });
    m_messages.insert(m_messages.begin(), std::move(message));
    rebuild();
}

void MessageBar::remove(const QString& key) {
    if (std::erase_if(m_messages, [&](const Message& known) { return known.key == key; }) > 0) rebuild();
}

bool MessageBar::has(const QString& key) const {
    return std::any_of(m_messages.begin(), m_messages.end(), [&](const Message& known) { return known.key == key; });
}

void MessageBar::clear() {
    m_messages.clear();
    rebuild();
}

void MessageBar::rebuild() {
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide(); // it may live on until the loop comes round
            item->widget()->deleteLater();
        }
        delete item;
    }
    setVisible(!m_messages.empty());
    if (m_messages.empty()) return;
    const Message& message = m_messages.front();
    auto* icon = new QLabel;
    icon->setPixmap(theme::iconPixmap(iconOf(message.kind), 16, theme::color(inkOf(message.kind)), devicePixelRatioF()));
    m_layout->addWidget(icon);
    auto* text = new QLabel(message.text);
    text->setObjectName(QStringLiteral("messageText"));
    text->setWordWrap(true);
    m_layout->addWidget(text, 1);
    int number = 0;
    for (const MessageAction& action : message.actions) {
        auto* button = new QPushButton(action.text);
        button->setObjectName(QStringLiteral("messageAction%1").arg(number++));
        button->setProperty("wbPrimary", action.primary);
        connect(button, &QPushButton::clicked, this, [this, run = action.run, key = message.key] {
            remove(key);
            if (run) run();
        });
        m_layout->addWidget(button);
    }
    if (m_messages.size() > 1) m_layout->addWidget(new QLabel(QStringLiteral("+%1").arg(m_messages.size() - 1)));
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("messageClose"));
    close->setAutoRaise(true);
    close->setIcon(theme::icon(QStringLiteral("close")));
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss"));
    connect(close, &QToolButton::clicked, this, [this, key = message.key] { remove(key); });
    m_layout->addWidget(close);
    setAccessibleName(message.text);
    update();
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Window));
    if (const Message* message = current())
        painter.fillRect(QRect(0, 0, 4, height()), theme::color(inkOf(message->kind)));
    theme::hairline(&painter, QPointF(0, height() - 1), QPointF(width(), height() - 1), theme::color(Token::Line));
}

} // namespace wb::workbench
