// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/empty_state.h"

#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::workbench {

EmptyState::EmptyState(QString icon, std::function<std::pair<QString, QString>()> texts, QWidget* parent)
    : QWidget(parent), m_icon(std::move(icon)), m_texts(std::move(texts)), m_picture(new QLabel),
      m_sentence(new QLabel), m_button(new QPushButton) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setFixedWidth(320);
    m_sentence->setForegroundRole(QPalette::PlaceholderText);
    m_picture->setAlignment(Qt::AlignCenter);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch();
    layout->addWidget(m_picture, 0, Qt::AlignHCenter);
    layout->addWidget(m_sentence, 0, Qt::AlignHCenter);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch();
    connect(m_button, &QPushButton::clicked, this, &EmptyState::clicked);
    connect(theme::notifier(), &theme::Notifier::changed, this, &EmptyState::refresh);
    refresh();
}

void EmptyState::refresh() {
    const auto [sentence, button] = m_texts();
    m_picture->setPixmap(theme::iconPixmap(m_icon, 20, theme::color(theme::Token::Text3), devicePixelRatioF()));
    m_sentence->setText(sentence);
    // A centred label is laid out by its hint, which knows nothing of how its words wrap.
    m_sentence->setFixedHeight(m_sentence->heightForWidth(m_sentence->width()));
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
}

void EmptyState::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

} // namespace wb::workbench
