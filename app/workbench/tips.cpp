// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/tips.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::workbench {

using theme::Token;

namespace {
constexpr int kWidth = 300, kArrow = 9;
} // namespace

Tips::Tips(QWidget* window)
    : QFrame(window), m_title(new QLabel), m_text(new QLabel), m_count(new QLabel), m_next(new QPushButton),
      m_never(new QPushButton), m_close(new QToolButton) {
    setObjectName(QStringLiteral("tips"));
    m_title->setObjectName(QStringLiteral("tipTitle"));
    m_text->setObjectName(QStringLiteral("tipText"));
    m_text->setWordWrap(true);
    m_next->setObjectName(QStringLiteral("tipNext"));
    m_never->setObjectName(QStringLiteral("tipNever"));
    m_never->setFlat(true);
    m_close->setObjectName(QStringLiteral("tipClose"));
    m_close->setAutoRaise(true);
    m_close->setFixedSize(24, 24);
    for (QWidget* button : {static_cast<QWidget*>(m_next), static_cast<QWidget*>(m_never), static_cast<QWidget*>(m_close)})
        button->setFocusPolicy(Qt::TabFocus);
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_close);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(8);
    bottom->addWidget(m_count, 1);
    bottom->addWidget(m_never);
    bottom->addWidget(m_next);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12 + kArrow, 8 + kArrow, 8 + kArrow, 8 + kArrow);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(m_text);
    layout->addLayout(bottom);
    hide();
    window->installEventFilter(this);
    connect(m_next, &QPushButton::clicked, this, &Tips::next);
    connect(m_close, &QToolButton::clicked, this, &Tips::stop);
    connect(m_never, &QPushButton::clicked, this, [this] {
        stop();
        emit neverAgain();
    });
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] { retranslate(); });
    retranslate();
}

void Tips::start() {
    m_current = 0;
    showCurrent();
}

void Tips::advance() {
    if (m_current == Stages && m_anchors[Worst] && !m_anchors[Worst]().isEmpty()) m_current = Worst;
    if (m_current >= 0) showCurrent();
}

void Tips::stop() {
    m_current = -1;
    hide();
}

void Tips::next() {
    if (++m_current >= Count) return stop();
    showCurrent();
}

void Tips::showCurrent() {
    if (m_current < 0) return hide();
    const Anchor& anchor = m_anchors[static_cast<size_t>(m_current)];
    if (!anchor || anchor().isEmpty()) return hide(); // waits for advance()
    retranslate();
    show();
    raise();
    place();
}

void Tips::place() {
    if (m_current < 0) return;
    const QRect at = m_anchors[static_cast<size_t>(m_current)]();
    if (at.isEmpty()) return hide();
    const int width = kWidth + 2 * kArrow;
    setFixedWidth(width);
    const int height = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width) : sizeHint().height();
    const QRect room = parentWidget()->rect().adjusted(4, 4, -4, -4);
    if (at.right() + width < room.right()) m_side = Side::Right;
    else if (at.top() - height > room.top()) m_side = Side::Above;
    else if (at.bottom() + height < room.bottom()) m_side = Side::Below;
    else m_side = Side::Left;
    // A small thing is pointed at from above or below even when there is room beside it.
    if (at.width() < 240 && at.height() < 60) m_side = at.top() - height > room.top() ? Side::Above : Side::Below;
    QPoint corner;
    switch (m_side) {
    case Side::Right: m_point = {at.right(), qMin(at.center().y(), at.top() + 60)}; corner = {m_point.x(), m_point.y() - 40}; break;
    case Side::Left: m_point = {at.left(), qMin(at.center().y(), at.top() + 60)}; corner = {m_point.x() - width, m_point.y() - 40}; break;
    case Side::Above: m_point = {at.center().x(), at.top()}; corner = {m_point.x() - width / 2, m_point.y() - height}; break;
    case Side::Below: m_point = {at.center().x(), at.bottom()}; corner = {m_point.x() - width / 2, m_point.y()}; break;
    }
    corner.setX(qBound(room.left(), corner.x(), room.right() - width));
    corner.setY(qBound(room.top(), corner.y(), room.bottom() - height));
    setGeometry(QRect(corner, QSize(width, height)));
    update();
}

void Tips::retranslate() {
    static constexpr std::pair<const char*, const char*> kTexts[Count] = {
        {QT_TR_NOOP("Eight stages, top to bottom"),
         QT_TR_NOOP("Run all computes what is missing. The arrow of a stage runs only up to there; its line says what came out.")},
        {QT_TR_NOOP("The worst layer"),
         QT_TR_NOOP("Every point is a layer, its height the similarity with the float network. The lowest one is where INT8 hurts most: click it, or press W.")},
        {QT_TR_NOOP("Change its precision"),
         QT_TR_NOOP("With rows selected press 2 for F16 or 1 for INT8, then Apply. Only what depends on them is computed again.")},
        {QT_TR_NOOP("Look at the pictures"),
         QT_TR_NOOP("Boxes of the quantised network beside those of the float one: lost, extra and shifted boxes are marked.")}};
    m_never->setText(tr("Don't show again"));
    m_next->setText(m_current == Count - 1 ? tr("Done") : tr("Next"));
    m_close->setAccessibleName(tr("Close"));
    m_close->setToolTip(tr("Close"));
    m_close->setIcon(theme::icon(QStringLiteral("close")));
    m_title->setFont(theme::font(theme::TextRole::BodyStrong));
    m_count->setFont(theme::font(theme::TextRole::Caption));
    if (m_current < 0) return;
    const auto& [title, text] = kTexts[m_current];
    m_title->setText(tr(title));
    m_text->setText(tr(text));
    m_count->setText(tr("%1 of %2").arg(m_current + 1).arg(int(Count)));
    setAccessibleName(m_title->text());
}

bool Tips::eventFilter(QObject* watched, QEvent* event) {
    const bool moves = event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest;
    if (watched == parentWidget() && moves && isVisible()) QMetaObject::invokeMethod(this, &Tips::place, Qt::QueuedConnection);
    return QFrame::eventFilter(watched, event);
}

void Tips::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF body = QRectF(rect()).adjusted(kArrow, kArrow, -kArrow, -kArrow);
    QPainterPath shape;
    shape.addRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const QPointF tip = mapFromParent(m_point);
    const bool beside = m_side == Side::Left || m_side == Side::Right;
    const double along = beside ? qBound(body.top() + 16, tip.y(), body.bottom() - 16) : qBound(body.left() + 16, tip.x(), body.right() - 16);
    QPolygonF arrow;
    switch (m_side) {
    case Side::Right: arrow << QPointF(0, along) << QPointF(body.left() + 2, along - kArrow) << QPointF(body.left() + 2, along + kArrow); break;
    case Side::Left: arrow << QPointF(width(), along) << QPointF(body.right() - 2, along - kArrow) << QPointF(body.right() - 2, along + kArrow); break;
    case Side::Above: arrow << QPointF(along, height()) << QPointF(along - kArrow, body.bottom() - 2) << QPointF(along + kArrow, body.bottom() - 2); break;
    case Side::Below: arrow << QPointF(along, 0) << QPointF(along - kArrow, body.top() + 2) << QPointF(along + kArrow, body.top() + 2); break;
    }
    QPainterPath pointer;
    pointer.addPolygon(arrow);
    pointer.closeSubpath();
    painter.setPen(QPen(theme::color(Token::Accent), 1));
    painter.setBrush(theme::color(Token::Raised));
    painter.drawPath(shape.united(pointer));
}

void Tips::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        QMetaObject::invokeMethod(this, &Tips::place, Qt::QueuedConnection);
    }
    QFrame::changeEvent(event);
}

} // namespace wb::workbench
