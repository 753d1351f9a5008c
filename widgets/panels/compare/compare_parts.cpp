// SPDX-License-Identifier: GPL-3.0-or-later
// Small widgets of the comparison: a limit with its slider, and a note that the numbers justify.
#include "widgets/panels/compare/compare_private.h"
#include "widgets/theme/painting.h"

#include <QDoubleSpinBox>
#include <QPainter>
#include <QSlider>
#include <QVBoxLayout>

namespace wb::panels {

LimitSlider::LimitSlider(const char* name, double least, double most, QWidget* parent)
    : QWidget(parent), m_label(new TokenLabel(theme::Token::Text2, theme::TextRole::Body)), m_spin(new QDoubleSpinBox),
      m_slider(new QSlider(Qt::Horizontal)) {
    m_spin->setObjectName(QLatin1String(name) + QLatin1String("Value"));
    m_spin->setRange(least, most);
    m_spin->setSingleStep(0.05);
    m_spin->setDecimals(2);
    m_spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_spin->setAlignment(Qt::AlignCenter);
    m_spin->setFixedWidth(56);
    m_spin->setKeyboardTracking(false);
    m_slider->setObjectName(QLatin1String(name));
    m_slider->setRange(qRound(least * 100), qRound(most * 100));
    m_label->setBuddy(m_slider);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 4);
    grid->setVerticalSpacing(4);
    grid->addWidget(m_label, 0, 0);
    grid->addWidget(m_spin, 0, 1, Qt::AlignRight);
    grid->addWidget(m_slider, 1, 0, 1, 2);
    connect(m_slider, &QSlider::valueChanged, this, [this](int v) {
        if (qRound(m_spin->value() * 100) == v) return;
        m_spin->setValue(v / 100.0);
    });
    connect(m_spin, &QDoubleSpinBox::valueChanged, this, [this](double v) {
        m_slider->setValue(qRound(v * 100));
        emit edited(v);
    });
}

void LimitSlider::setLabel(const QString& text, const QString& toolTip) {
    m_label->setText(text);
    setToolTip(toolTip);
    m_slider->setAccessibleName(text);
    m_spin->setAccessibleName(text);
}

void LimitSlider::setValue(double value) {
    const QSignalBlocker quiet(this);
    m_spin->setValue(value);
}

NoteCard::NoteCard(const Diagnosis& note, QWidget* parent) : QWidget(parent) {
    auto* title = new TokenLabel(theme::Token::Text, theme::TextRole::BodyStrong);
    title->setText(note.title);
    title->setWordWrap(true);
    auto* text = new TokenLabel(theme::Token::Text2, theme::TextRole::Body);
    text->setText(note.text);
    text->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(36, 8, 12, 12);
    column->setSpacing(4);
    column->addWidget(title);
    column->addWidget(text);
    setAccessibleName(note.title + QLatin1String(". ") + note.text);
}

void NoteCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    theme::fillRounded(&painter, rect(), 4, theme::color(theme::Token::Window), theme::color(theme::Token::Line));
    painter.fillRect(QRect(0, 1, 4, height() - 2), theme::color(theme::Token::Stale));
    theme::drawIcon(&painter, QStringLiteral("problems"), QRect(12, 9, 16, 16), 16, theme::color(theme::Token::Stale));
}

} // namespace wb::panels
