// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/layer_table/filter_edit.h"

#include "widgets/theme/theme.h"

#include <QAction>
#include <QCoreApplication>
#include <QInputMethodEvent>
#include <QLabel>
#include <QTextCharFormat>

namespace wb::panels {

FilterEdit::FilterEdit(QWidget* parent) : QLineEdit(parent), m_count(new QLabel(this)) {
    m_icon = addAction(theme::icon(QStringLiteral("filter")), LeadingPosition);
    setFont(theme::font(theme::TextRole::Mono));
    setClearButtonEnabled(false);
    m_count->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_count->setObjectName(QStringLiteral("layerCount"));
    const auto dress = [this] {
        setFont(theme::font(theme::TextRole::Mono));
        m_count->setFont(theme::font(theme::TextRole::Caption));
        QPalette palette = m_count->palette();
        palette.setColor(QPalette::WindowText, theme::color(theme::Token::Text3));
        m_count->setPalette(palette);
        m_count->setForegroundRole(QPalette::WindowText);
    };
    dress();
    connect(theme::notifier(), &theme::Notifier::changed, this, dress);
}

void FilterEdit::setCount(const QString& text) {
    if (m_count->text() == text) return;
    m_count->setText(text);
    place();
}

void FilterEdit::place() {
    m_count->adjustSize();
    m_count->move(width() - m_count->width() - 8, (height() - m_count->height()) / 2);
    setTextMargins(0, 0, m_count->width() + 8, 0);
}

void FilterEdit::resizeEvent(QResizeEvent* event) {
    QLineEdit::resizeEvent(event);
    place();
}

void FilterEdit::setError(const std::optional<models::FilterError>& error) {
    // A line edit formats parts of its text only as an input method would; an empty event clears them.
    QList<QInputMethodEvent::Attribute> attributes;
    if (error) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(theme::color(theme::Token::Failed));
        attributes << QInputMethodEvent::Attribute(QInputMethodEvent::TextFormat, error->start - cursorPosition(),
                                                   error->length, format);
    }
    QInputMethodEvent event({}, attributes);
    QCoreApplication::sendEvent(this, &event);
}

} // namespace wb::panels
