// SPDX-License-Identifier: GPL-3.0-or-later
// Painting of the cards on the start page.
#include "widgets/document/stage_text.h"
#include "widgets/panels/start_page/start_page.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::panels {

using theme::Token;

namespace {

/// "today 16:12", "yesterday", "Thursday", "12 Nov" as the language writes it.
QString dateText(const QDateTime& when) {
    const QDateTime local = when.toLocalTime();
    const qint64 days = local.date().daysTo(QDate::currentDate());
    if (days == 0) return RecentCard::tr("today %1").arg(local.time().toString(QStringLiteral("HH:mm")));
    if (days == 1) return RecentCard::tr("yesterday");
    const QLocale locale;
    if (days > 1 && days < 7) return locale.dayName(local.date().dayOfWeek());
    return locale.toString(local.date(), RecentCard::tr("d MMM", "short date, Qt format"));
}

QString homeShort(QString path) {
    const QString home = QDir::homePath();
    if (path.startsWith(home + u'/')) path = u'~' + path.mid(home.size());
    return path;
}

} // namespace

StartCard::StartCard(QString icon, bool primary, QWidget* parent)
    : QAbstractButton(parent), m_icon(std::move(icon)), m_primary(primary) {
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
}

void StartCard::setTexts(const QString& title, const QString& line, const QString& key) {
    setText(title);
    m_line = line;
    m_key = key;
    setAccessibleDescription(line);
    update();
}

void StartCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF box = QRectF(rect()).adjusted(2, 2, -2, -2);
    if (hasFocus()) theme::fillRounded(&painter, rect(), 8, {}, theme::color(Token::Accent), 2);
    const QRectF card = hasFocus() ? box.adjusted(2, 2, -2, -2) : box;
    Token title = isEnabled() ? Token::Text : Token::TextDisabled, line = isEnabled() ? Token::Text2 : Token::TextDisabled;
    Token icon = isEnabled() ? Token::Accent : Token::TextDisabled;
    if (m_primary) {
        QColor fill = theme::color(Token::Accent);
        if (isDown()) fill = theme::mixed(fill, theme::color(Token::Canvas), 0.18);
        else if (underMouse()) fill = theme::mixed(fill, theme::color(Token::Text), 0.10);
        theme::fillRounded(&painter, card, 6, fill);
        title = line = icon = Token::OnAccent;
    } else {
        theme::fillRounded(&painter, card, 6, theme::color(underMouse() && isEnabled() ? Token::Hover : Token::Base),
                           theme::color(Token::Line));
    }
    const QRect inner = rect().adjusted(14, 8, -14, -8);
    theme::drawIcon(&painter, m_icon, QRect(inner.left(), inner.top(), 24, inner.height()), 20, theme::color(icon));
    const QRect text = inner.adjusted(36, 0, 0, 0);
    painter.setFont(theme::font(theme::TextRole::Section));
    painter.setPen(theme::color(title));
    painter.drawText(text.adjusted(0, 2, 0, -text.height() / 2), Qt::AlignLeft | Qt::AlignVCenter, this->text());
    painter.setFont(theme::font(theme::TextRole::Body));
    painter.setPen(theme::color(line));
    painter.drawText(text.adjusted(0, text.height() / 2, 0, -2), Qt::AlignLeft | Qt::AlignVCenter, m_line);
    if (m_key.isEmpty()) return;
    const QFont mono = theme::font(theme::TextRole::Mono);
    const int width = QFontMetrics(mono).horizontalAdvance(m_key) + 12;
    const QRect key(inner.right() - width, inner.center().y() - 9, width, 19);
    theme::fillRounded(&painter, key, 3, theme::color(Token::Window), theme::color(Token::Line));
    painter.setFont(mono);
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(key, Qt::AlignCenter, m_key);
}

RecentCard::RecentCard(document::RecentProject project, QWidget* parent)
    : QAbstractButton(parent), m_project(std::move(project)) {
    setAttribute(Qt::WA_Hover);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setText(QFileInfo(m_project.file).fileName());
    setToolTip(m_project.file);
    setAccessibleDescription(m_project.missing() ? tr("not found") : m_project.result);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
}

QRect RecentCard::pinRect() const { return {width() - 32, 8, 24, 24}; }

void RecentCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const bool missing = m_project.missing();
    theme::fillRounded(&painter, rect(), 6, theme::color(underMouse() ? Token::Hover : Token::Base),
                       theme::color(Token::Line));
    if (hasFocus()) theme::focusRing(&painter, rect(), 6);
    const QRect frame(13, 13, 72, 100);
    theme::fillRounded(&painter, frame, 4, theme::color(Token::Canvas), theme::color(Token::Line));
    if (!m_project.thumbnail.isNull()) {
        const QSize fitted = m_project.thumbnail.size().scaled(frame.size() - QSize(16, 12), Qt::KeepAspectRatio);
        const QRect place(frame.center() - QPoint(fitted.width() / 2, fitted.height() / 2), fitted);
        if (missing) painter.setOpacity(0.35);
        painter.drawImage(place, m_project.thumbnail);
        painter.setOpacity(1);
    } else {
        theme::drawIcon(&painter, QStringLiteral("graph-20"), frame, 20, theme::color(Token::TextDisabled));
    }
    const QRect text(99, 10, width() - 99 - 14, height() - 20);
    const QFont name = theme::font(theme::TextRole::Section);
    painter.setFont(name);
    painter.setPen(theme::color(missing ? Token::Text3 : Token::Text));
    painter.drawText(QRect(text.left(), text.top(), text.width() - 28, 20), Qt::AlignVCenter,
                     QFontMetrics(name).elidedText(this->text(), Qt::ElideMiddle, text.width() - 28));
    const QFont body = theme::font(theme::TextRole::Body), mono = theme::font(theme::TextRole::Mono);
    painter.setFont(body);
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(QRect(text.left(), text.top() + 19, text.width(), 18), Qt::AlignVCenter,
                     theme::elidedLeft(body, homeShort(QFileInfo(m_project.file).path()), text.width()));
    const auto fact = [&](const QString& icon, Token ink, const QString& first, const QString& second, bool digits) {
        theme::drawIcon(&painter, icon, QRect(text.left(), text.top() + 44, 16, 20), 14, theme::color(ink));
        painter.setFont(digits ? mono : body);
        painter.setPen(theme::color(ink == Token::Failed ? Token::Failed : Token::Text));
        painter.drawText(QRect(text.left() + 22, text.top() + 44, text.width() - 22, 20), Qt::AlignVCenter, first);
        painter.setFont(body);
        painter.setPen(theme::color(missing ? Token::Accent : Token::Text2));
        painter.drawText(QRect(text.left() + 22, text.top() + 63, text.width() - 22, 18), Qt::AlignVCenter,
                         QFontMetrics(body).elidedText(second, Qt::ElideRight, text.width() - 22));
    };
    if (missing) fact(QStringLiteral("problems"), Token::Failed, tr("not found"), tr("Locate…"), false);
    else if (m_project.result.isEmpty()) fact(QStringLiteral("jobs"), Token::Text2, tr("not run yet"), m_project.detail, false);
    else
        fact(m_project.belowGoal ? QStringLiteral("problems") : QStringLiteral("check"),
             m_project.belowGoal ? Token::Stale : Token::Done, m_project.result, m_project.detail, true);
    // Target chip, stage, date on the last line.
    const int y = text.bottom() - 17;
    const QString chip = m_project.target.toUpper();
    const QFont caption = theme::font(theme::TextRole::Mono);
    const int chipWidth = QFontMetrics(caption).horizontalAdvance(chip) + 8;
    if (!chip.isEmpty()) {
        theme::fillRounded(&painter, QRectF(text.left(), y, chipWidth, 17), 3, theme::color(Token::Raised));
        painter.setFont(caption);
        painter.setPen(theme::color(Token::Text2));
        painter.drawText(QRect(text.left(), y, chipWidth, 17), Qt::AlignCenter, chip);
    }
    painter.setFont(body);
    painter.setPen(theme::color(Token::Text2));
    if (const auto stage = jobs::stageFromSpelling(m_project.stage.toStdString()))
        painter.drawText(QRect(text.left() + chipWidth + 8, y, 120, 17), Qt::AlignVCenter, document::stageName(*stage));
    painter.setPen(theme::color(Token::Text3));
    painter.drawText(QRect(text.left(), y, text.width(), 17), Qt::AlignRight | Qt::AlignVCenter, dateText(m_project.opened));
    if (m_project.pinned || underMouse())
        theme::drawIcon(&painter, m_project.pinned ? QStringLiteral("pin-filled") : QStringLiteral("pin"), pinRect(), 14,
                        theme::color(m_project.pinned ? Token::Accent : Token::Text3));
}

void RecentCard::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && pinRect().contains(event->pos())) {
        emit pinToggled();
        return;
    }
    if (event->button() == Qt::LeftButton && m_project.missing()) {
        emit locateRequested();
        return;
    }
    QAbstractButton::mousePressEvent(event);
}

void RecentCard::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_project.pinned ? tr("Unpin") : tr("Pin"), this, &RecentCard::pinToggled);
    menu->addAction(tr("Remove from list"), this, &RecentCard::removeRequested);
    menu->popup(event->globalPos());
}

} // namespace wb::panels
