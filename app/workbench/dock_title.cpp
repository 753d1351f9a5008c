// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/dock_title.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::workbench {

DockTitle::DockTitle(QDockWidget* dock)
    : QWidget(dock), m_dock(dock), m_label(new QLabel(dock->windowTitle())), m_layout(new QHBoxLayout(this)),
      m_float(new QToolButton), m_close(new QToolButton) {
    m_label->setFont(theme::font(theme::TextRole::BodyStrong));
    m_layout->setContentsMargins(12, 0, 4, 1);
    m_layout->setSpacing(0);
    m_layout->addWidget(m_label);
    m_layout->addStretch();
    for (QToolButton* button : {m_float, m_close}) {
        button->setAutoRaise(true);
        button->setFixedSize(26, 26);
        button->setFocusPolicy(Qt::TabFocus);
        m_layout->addWidget(button);
    }
    m_float->setIcon(theme::icon(QStringLiteral("float-dock")));
    m_close->setIcon(theme::icon(QStringLiteral("close")));
    m_float->setObjectName(dock->objectName() + QStringLiteral("Float"));
    m_close->setObjectName(dock->objectName() + QStringLiteral("Close"));
    connect(m_float, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
    connect(m_close, &QToolButton::clicked, dock, &QDockWidget::close);
    connect(dock, &QDockWidget::windowTitleChanged, m_label, &QLabel::setText);
    retranslateUi();
}

void DockTitle::addButton(QToolButton* button) {
    button->setAutoRaise(true);
    button->setFixedSize(26, 26);
    m_layout->insertWidget(m_layout->count() - 2, button);
}

void DockTitle::setCollapsed(bool collapsed) {
    if (m_collapsed == collapsed) return;
    m_collapsed = collapsed;
    for (QWidget* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) child->setVisible(!collapsed);
    updateGeometry();
    m_dock->updateGeometry();
}

QSize DockTitle::sizeHint() const { return m_collapsed ? QSize(0, 0) : QSize(QWidget::sizeHint().width(), 30); }
QSize DockTitle::minimumSizeHint() const { return m_collapsed ? QSize(0, 0) : QSize(60, 30); }

void DockTitle::paintEvent(QPaintEvent*) {
    if (m_collapsed) return;
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(theme::Token::Window));
    theme::hairline(&painter, QPointF(0, height() - 1), QPointF(width(), height() - 1), theme::color(theme::Token::Line));
}

void DockTitle::retranslateUi() {
    m_float->setToolTip(tr("Float or dock"));
    m_float->setAccessibleName(m_float->toolTip());
    m_close->setToolTip(tr("Close"));
    m_close->setAccessibleName(m_close->toolTip());
}

void DockTitle::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QWidget::changeEvent(event);
}

} // namespace wb::workbench
