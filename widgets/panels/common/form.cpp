// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/common/form.h"

#include <QGridLayout>
#include <QScrollArea>

namespace wb::panels {

using theme::TextRole;
using theme::Token;

TokenLabel::TokenLabel(Token token, TextRole role, QWidget* parent) : QLabel(parent), m_token(token), m_role(role) {
    // On a surface of the role Base a label would take the role Text and ignore the colour set.
    setForegroundRole(QPalette::WindowText);
    dress();
    connect(theme::notifier(), &theme::Notifier::changed, this, &TokenLabel::dress);
}

void TokenLabel::setToken(Token token) {
    m_token = token;
    dress();
}

void TokenLabel::dress() {
    setFont(theme::font(m_role));
    QPalette palette = this->palette();
    palette.setColor(QPalette::WindowText, theme::color(m_token));
    setPalette(palette);
}

Form::Form(int labelWidth, QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(12, 8, 12, 12);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnMinimumWidth(0, labelWidth);
    m_grid->setColumnStretch(1, 1);
}

QLabel* Form::addSection() {
    auto* label = new TokenLabel(Token::Text, TextRole::BodyStrong);
    if (m_row > 0) m_grid->setRowMinimumHeight(m_row++, 8);
    m_grid->addWidget(label, m_row++, 0, 1, 2);
    return label;
}

QLabel* Form::addRow(QWidget* field) {
    auto* label = new TokenLabel(Token::Text2, TextRole::Body);
    label->setBuddy(field);
    label->setMinimumHeight(28);
    m_grid->addWidget(label, m_row, 0, Qt::AlignTop);
    // A field with a width of its own stands at the left of the column.
    const bool own = field->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed || field->maximumWidth() < QWIDGETSIZE_MAX;
    m_grid->addWidget(field, m_row++, 1, own ? Qt::AlignLeft : Qt::Alignment());
    return label;
}

TokenLabel* Form::addNote(Token token) {
    auto* note = new TokenLabel(token, TextRole::Caption);
    note->setWordWrap(true);
    note->hide();
    m_grid->addWidget(note, m_row++, 1);
    return note;
}

void Form::addWide(QWidget* widget) { m_grid->addWidget(widget, m_row++, 0, 1, 2); }
void Form::addStretch() { m_grid->setRowStretch(m_row++, 1); }

void Form::setNote(QLabel* note, const QString& text) {
    note->setText(text);
    note->setVisible(!text.isEmpty());
}

FactList::FactList(int labelWidth, QWidget* parent)
    : QWidget(parent), m_grid(new QGridLayout(this)), m_labelWidth(labelWidth) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnMinimumWidth(0, labelWidth);
    m_grid->setColumnStretch(1, 1);
}

void FactList::setFacts(const QVector<Fact>& facts) {
    while (m_rows.size() < facts.size()) {
        auto* label = new QLabel;
        auto* value = new QLabel;
        const int row = static_cast<int>(m_rows.size());
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        label->setFixedWidth(m_labelWidth);
        label->setWordWrap(true);
        value->setTextFormat(Qt::RichText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextBrowserInteraction);
        value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        m_grid->addWidget(label, row, 0, Qt::AlignTop);
        m_grid->addWidget(value, row, 1, Qt::AlignTop);
        connect(value, &QLabel::linkActivated, this, &FactList::linkActivated);
        m_rows << std::pair{label, value};
    }
    const auto colour = [](QLabel* label, Token token) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, theme::color(token));
        palette.setColor(QPalette::Text, theme::color(token));
        palette.setColor(QPalette::Link, theme::color(Token::Accent));
        label->setPalette(palette);
    };
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        auto [label, value] = m_rows[i];
        const bool used = i < facts.size();
        label->setVisible(used);
        value->setVisible(used);
        if (!used) continue;
        const Fact& fact = facts[i];
        label->setFont(theme::font(fact.section ? TextRole::BodyStrong : TextRole::Body));
        label->setContentsMargins(0, fact.section && i > 0 ? 12 : 0, 0, 0);
        colour(label, fact.section ? Token::Text : Token::Text2);
        // Words wrap; a single one that is too long (names of attributes) says by its dots that it goes on.
        const QFontMetrics metrics(label->font());
        const bool word = !fact.label.contains(u' ') && metrics.horizontalAdvance(fact.label) > m_labelWidth;
        label->setText(word ? metrics.elidedText(fact.label, Qt::ElideRight, m_labelWidth) : fact.label);
        label->setToolTip(word ? fact.label : QString());
        value->setFont(theme::font(fact.mono ? TextRole::Mono : TextRole::Body));
        colour(value, Token::Text);
        // A text that is set already keeps the colour of links that it had.
        if (value->text() == fact.value) value->clear();
        value->setText(fact.value);
        value->setToolTip(fact.toolTip);
        value->setAccessibleName(fact.label);
    }
}

void releaseParts(QWidget* panel) {
    for (QObject* part : panel->findChildren<QObject*>()) QObject::disconnect(part, nullptr, panel, nullptr);
}

QScrollArea* scrolled(QWidget* content) {
    auto* area = new QScrollArea;
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setBackgroundRole(QPalette::Base);
    area->viewport()->setBackgroundRole(QPalette::Base);
    content->setBackgroundRole(QPalette::Base);
    return area;
}

} // namespace wb::panels
