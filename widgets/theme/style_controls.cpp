// SPDX-License-Identifier: GPL-3.0-or-later
// Buttons, fields, check marks, sliders and bars.
#include "widgets/theme/painting.h"
#include "widgets/theme/style.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::theme {
namespace {

bool flag(const QWidget* widget, const char* name) {
    return widget && widget->property(name).toBool();
}

bool keyboardFocus(const QStyleOption* option) {
    return option->state & QStyle::State_HasFocus && option->state & QStyle::State_KeyboardFocusChange;
}

/// Surface and border of a raised control in its state.
void controlSurface(QPainter* painter, const QRectF& rect, QStyle::State state, bool primary,
                    bool outlined) {
    const bool enabled = state & QStyle::State_Enabled;
    const bool down = state & QStyle::State_Sunken;
    const bool over = state & QStyle::State_MouseOver;
    if (primary && enabled) {
        QColor fill = color(Token::Accent);
        if (down) fill = mixed(fill, color(Token::Canvas), 0.18);
        else if (over) fill = mixed(fill, color(Token::Text), 0.10);
        fillRounded(painter, rect, 4, fill);
        return;
    }
    QColor fill = color(enabled ? Token::Control : Token::Window);
    if (state & QStyle::State_On) fill = color(Token::Raised);
    if (enabled && down) fill = mixed(fill, color(Token::Text), 0.14);
    else if (enabled && over) fill = mixed(fill, color(Token::Text), 0.06);
    // White controls on the light window need an edge; dark ones stand out by their surface.
    QColor border;
    if (outlined || !isDark() || !enabled) border = color(enabled ? Token::Outline : Token::Line);
    fillRounded(painter, rect, 4, fill, border);
}

} // namespace

void WbStyle::drawButtonPanel(const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const QRectF rect = option->rect;
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    const bool isFlat =
        flag(widget, "wbFlat") || (button && button->features & QStyleOptionButton::Flat);
    if (isFlat) {
        if (option->state & (State_MouseOver | State_On) && option->state & State_Enabled)
            fillRounded(painter, rect, 4,
                        color(option->state & State_Sunken ? Token::Control : Token::Raised));
    } else {
        controlSurface(painter, rect, option->state, flag(widget, "wbPrimary"), false);
    }
    if (keyboardFocus(option)) focusRing(painter, rect);
}

void WbStyle::drawButtonLabel(const QStyleOptionButton* option, QPainter* painter,
                              const QWidget* widget) const {
    const bool enabled = option->state & State_Enabled;
    const bool primary = flag(widget, "wbPrimary") && enabled;
    QRect rect = option->rect.adjusted(8, 0, -8, 0);
    if (primary) painter->setFont(font(TextRole::BodyStrong));
    const int textWidth = painter->fontMetrics().size(Qt::TextShowMnemonic, option->text).width();
    const bool hasIcon = !option->icon.isNull();
    const int width = textWidth + (hasIcon ? 16 + (option->text.isEmpty() ? 0 : 8) : 0);
    int x = rect.x() + qMax(0, (rect.width() - width) / 2);
    if (hasIcon) {
        const QIcon::Mode mode =
            !enabled ? QIcon::Disabled : primary ? QIcon::Selected : QIcon::Normal;
        option->icon.paint(painter, QRect(x, rect.center().y() - 7, 16, 16), Qt::AlignCenter, mode);
        x += 24;
    }
    const Token ink = !enabled ? Token::TextDisabled : primary ? Token::OnAccent : Token::Text;
    painter->setPen(color(ink));
    painter->drawText(QRect(x, rect.y(), rect.right() - x + 9, rect.height()),
                      Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic, option->text);
}

void WbStyle::drawFieldPanel(const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    const bool enabled = option->state & State_Enabled;
    if (frame && frame->lineWidth <= 0) {
        if (!qobject_cast<const QComboBox*>(widget ? widget->parentWidget() : nullptr) &&
            !qobject_cast<const QAbstractSpinBox*>(widget ? widget->parentWidget() : nullptr))
            painter->fillRect(option->rect, color(Token::Base));
        return;
    }
    fillRounded(painter, option->rect, 4, color(enabled ? Token::Base : Token::Window),
                color(enabled ? Token::Outline : Token::Line));
    if (option->state & State_HasFocus) focusRing(painter, option->rect);
}

void WbStyle::drawCheck(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const bool enabled = option->state & State_Enabled;
    const bool on = option->state & State_On;
    const QColor accent = color(enabled ? Token::Accent : Token::TextDisabled);
    if (flag(widget, "wbSwitch")) {
        const QRectF track(option->rect.x(), option->rect.center().y() - 6.5, 26, 14);
        fillRounded(painter, track, 7, on ? accent : color(Token::Base),
                    on ? QColor() : color(Token::Outline));
        const qreal x = on ? track.right() - 12 : track.left() + 2;
        fillRounded(painter, QRectF(x, track.top() + 2, 10, 10), 5,
                    on ? color(Token::OnAccent) : color(Token::Outline));
        return;
    }
    const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
    const bool partly = option->state & State_NoChange;
    if (on || partly) fillRounded(painter, box, 3, accent);
    else
        fillRounded(painter, box, 3, color(enabled ? Token::Base : Token::Window),
                    color(enabled ? Token::Outline : Token::Line));
    if (on)
        drawIcon(painter, QStringLiteral("check"), option->rect, 12,
                 color(enabled ? Token::OnAccent : Token::Window));
    else if (partly)
        painter->fillRect(QRectF(box.left() + 3, box.center().y() - 1, box.width() - 6, 2),
                          color(Token::OnAccent));
}

void WbStyle::drawRadio(const QStyleOption* option, QPainter* painter) const {
    const bool enabled = option->state & State_Enabled;
    const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
    const qreal r = box.width() / 2;
    if (option->state & State_On) {
        fillRounded(painter, box, r, color(enabled ? Token::Accent : Token::TextDisabled));
        fillRounded(painter, box.adjusted(4, 4, -4, -4), r - 4, color(Token::OnAccent));
    } else {
        fillRounded(painter, box, r, color(enabled ? Token::Base : Token::Window),
                    color(enabled ? Token::Outline : Token::Line));
    }
}

void WbStyle::drawToolButton(const QStyleOptionToolButton* option, QPainter* painter,
                             const QWidget* widget) const {
    const bool enabled = option->state & State_Enabled;
    const bool primary = flag(widget, "wbPrimary");
    const bool split = option->features & QStyleOptionToolButton::MenuButtonPopup;
    const QRectF rect = option->rect;
    const bool isFlat = !primary && (option->state & State_AutoRaise || flag(widget, "wbFlat"));
    if (isFlat) {
        if (enabled && option->state & (State_MouseOver | State_On | State_Sunken))
            fillRounded(painter, rect, 4,
                        color(option->state & State_Sunken || option->state & State_On
                                  ? Token::Control
                                  : Token::Raised));
    } else {
        controlSurface(painter, rect, option->state, primary, false);
    }
    QRect body = option->rect;
    const Token ink = !enabled ? Token::TextDisabled : primary ? Token::OnAccent : Token::Text;
    if (split) {
        const QRect arrow(body.right() - 27, body.y(), 28, body.height());
        body.setRight(arrow.left() - 1);
        QColor line = color(primary && enabled ? Token::OnAccent : Token::Line);
        if (primary) line.setAlphaF(0.35f);
        hairline(painter, QPointF(arrow.left(), arrow.top() + 5),
                 QPointF(arrow.left(), arrow.bottom() - 4), line);
        drawIcon(painter, QStringLiteral("collapse"), arrow, 14, color(ink));
    } else if (option->features & QStyleOptionToolButton::HasMenu &&
               option->toolButtonStyle != Qt::ToolButtonIconOnly) {
        const QRect arrow(body.right() - 21, body.y(), 18, body.height());
        body.setRight(arrow.left() - 1);
        drawIcon(painter, QStringLiteral("collapse"), arrow, 14, color(isFlat ? Token::Text2 : ink));
    }
    const bool showText = option->toolButtonStyle != Qt::ToolButtonIconOnly && !option->text.isEmpty();
    const bool showIcon = option->toolButtonStyle != Qt::ToolButtonTextOnly && !option->icon.isNull();
    const QIcon::Mode mode = !enabled    ? QIcon::Disabled
                             : primary   ? QIcon::Selected
                             : option->state & State_MouseOver ? QIcon::Active
                                                               : QIcon::Normal;
    const QIcon::State on = option->state & State_On ? QIcon::On : QIcon::Off;
    if (!showText) {
        if (option->arrowType == Qt::NoArrow)
            option->icon.paint(painter, QRect(body.center().x() - 7, body.center().y() - 7, 16, 16),
                               Qt::AlignCenter, mode, on);
        else
            drawIcon(painter,
                     option->arrowType == Qt::RightArrow ? QStringLiteral("expand")
                                                         : QStringLiteral("collapse"),
                     body, 16, color(Token::Text2));
    } else {
        int x = body.x() + 10;
        if (showIcon) {
            option->icon.paint(painter, QRect(x, body.center().y() - 7, 16, 16), Qt::AlignCenter, mode,
                               on);
            x += 24;
        }
        painter->setPen(color(ink));
        // A tab in the text of the run button separates its name from its goal.
        const int tab = static_cast<int>(option->text.indexOf(u'\t'));
        const QString first = option->text.left(tab);
        painter->setFont(primary || tab >= 0 ? font(TextRole::BodyStrong) : option->font);
        painter->drawText(QRect(x, body.y(), body.right() - x + 1, body.height()),
                          Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic, first);
        if (tab >= 0) {
            x += painter->fontMetrics().horizontalAdvance(first) + 8;
            painter->setFont(font(TextRole::Body));
            painter->drawText(QRect(x, body.y(), body.right() - x + 1, body.height()),
                              Qt::AlignLeft | Qt::AlignVCenter, option->text.mid(tab + 1));
        }
    }
    if (keyboardFocus(option)) focusRing(painter, rect);
}

void WbStyle::drawCombo(const QStyleOptionComboBox* option, QPainter* painter,
                        const QWidget* widget) const {
    if (option->frame) {
        if (option->editable) drawFieldPanel(option, painter, widget);
        else controlSurface(painter, option->rect, option->state & ~State_On, false, true);
    }
    const QRect arrow(option->rect.right() - 25, option->rect.y(), 22, option->rect.height());
    drawIcon(painter, QStringLiteral("collapse"), arrow, 14,
             color(option->state & State_Enabled ? Token::Text2 : Token::TextDisabled));
    if (keyboardFocus(option)) focusRing(painter, option->rect);
}

void WbStyle::drawSpin(const QStyleOptionSpinBox* option, QPainter* painter, const QWidget*) const {
    const bool enabled = option->state & State_Enabled;
    if (option->frame) {
        fillRounded(painter, option->rect, 4, color(enabled ? Token::Base : Token::Window),
                    color(enabled ? Token::Outline : Token::Line));
        if (option->state & State_HasFocus) focusRing(painter, option->rect);
    }
    if (option->buttonSymbols == QAbstractSpinBox::NoButtons) return;
    const QRect r = option->rect;
    const QRect column(r.right() - 19, r.y(), 16, r.height());
    const auto arrow = [&](bool up, bool possible) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(color(enabled && possible ? Token::Text2 : Token::TextDisabled), 1.3,
                             Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF c(column.center().x() + 0.5, column.center().y() + (up ? -4.0 : 5.0));
        const qreal tip = up ? -1.5 : 1.5;
        painter->drawPolyline(
            QPolygonF{c + QPointF(-3, -tip), c + QPointF(0, tip), c + QPointF(3, -tip)});
        painter->restore();
    };
    arrow(true, option->stepEnabled & QAbstractSpinBox::StepUpEnabled);
    arrow(false, option->stepEnabled & QAbstractSpinBox::StepDownEnabled);
}

void WbStyle::drawSlider(const QStyleOptionSlider* option, QPainter* painter,
                         const QWidget* widget) const {
    const bool enabled = option->state & State_Enabled;
    const QRect groove = option->rect;
    const QRect handle = subControlRect(CC_Slider, option, SC_SliderHandle, widget);
    const bool across = option->orientation == Qt::Horizontal;
    QRectF track = across ? QRectF(groove.x(), groove.center().y() - 1, groove.width(), 3)
                          : QRectF(groove.center().x() - 1, groove.y(), 3, groove.height());
    fillRounded(painter, track, 1.5, color(Token::Line));
    QRectF filled = track;
    if (across) filled.setRight(handle.center().x());
    else filled.setTop(handle.center().y());
    fillRounded(painter, filled, 1.5, color(enabled ? Token::Accent : Token::TextDisabled));
    const QPointF c = QRectF(handle).center();
    fillRounded(painter, QRectF(c.x() - 7, c.y() - 7, 14, 14), 7,
                color(isDark() ? Token::Text : Token::Control), color(Token::Outline), 1.5);
    if (keyboardFocus(option)) focusRing(painter, QRectF(c.x() - 8, c.y() - 8, 16, 16), 8);
}

void WbStyle::drawScrollBar(const QStyleOptionSlider* option, QPainter* painter) const {
    if (option->maximum <= option->minimum) return;
    const QRectF thumb = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, nullptr);
    const bool upright = option->orientation == Qt::Vertical;
    const QRectF bar = upright ? QRectF(thumb.x() + 2, thumb.y() + 2, 6, thumb.height() - 4)
                               : QRectF(thumb.x() + 2, thumb.y() + 2, thumb.width() - 4, 6);
    const bool hot = option->state & (State_MouseOver | State_Sunken);
    fillRounded(painter, bar, 3, color(hot ? Token::Outline : Token::Line));
}

void WbStyle::drawProgress(const QStyleOptionProgressBar* option, QPainter* painter) const {
    const QRectF r = option->rect;
    const QRectF track(r.x(), r.center().y() - 1.5, r.width(), 4);
    fillRounded(painter, track, 2, color(Token::Line));
    if (option->maximum <= option->minimum) {
        fillRounded(painter, QRectF(track.x(), track.y(), track.width() * 0.3, 4), 2,
                    color(Token::Running));
        return;
    }
    const double share = double(option->progress - option->minimum) / (option->maximum - option->minimum);
    if (share > 0)
        fillRounded(painter, QRectF(track.x(), track.y(), qMax(4.0, track.width() * share), 4), 2,
                    color(Token::Running));
}

QRect WbStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                              SubControl part, const QWidget* widget) const {
    const QRect r = option->rect;
    if (control == CC_ComboBox) {
        if (part == SC_ComboBoxEditField) return r.adjusted(10, 1, -28, -1);
        if (part == SC_ComboBoxArrow) return {r.right() - 27, r.y(), 28, r.height()};
        if (part == SC_ComboBoxListBoxPopup) return r;
    }
    if (control == CC_SpinBox) {
        const bool buttons = static_cast<const QStyleOptionSpinBox*>(option)->buttonSymbols !=
                             QAbstractSpinBox::NoButtons;
        if (part == SC_SpinBoxEditField) return r.adjusted(3, 2, buttons ? -22 : -3, -2);
        if (part == SC_SpinBoxUp) return {r.right() - 21, r.y() + 1, 20, r.height() / 2};
        if (part == SC_SpinBoxDown)
            return {r.right() - 21, r.y() + r.height() / 2, 20, r.height() / 2 - 1};
    }
    if (control == CC_ToolButton) {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        if (button && button->features & QStyleOptionToolButton::MenuButtonPopup) {
            if (part == SC_ToolButtonMenu) return {r.right() - 27, r.y(), 28, r.height()};
            if (part == SC_ToolButton) return r.adjusted(0, 0, -28, 0);
        }
    }
    if (control == CC_ScrollBar) {
        // No arrow buttons: the whole bar is the groove.
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (bar) {
            const bool upright = bar->orientation == Qt::Vertical;
            const int length = upright ? r.height() : r.width();
            const int64_t range = int64_t(bar->maximum) - bar->minimum;
            int thumb = length;
            if (range > 0)
                thumb = qBound(qMin(24, length),
                               static_cast<int>(int64_t(bar->pageStep) * length / (range + bar->pageStep)),
                               length);
            const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                      length - thumb, bar->upsideDown);
            const auto span = [&](int from, int size) {
                return upright ? QRect(r.x(), r.y() + from, r.width(), size)
                               : QRect(r.x() + from, r.y(), size, r.height());
            };
            switch (part) {
            case SC_ScrollBarSlider: return span(start, thumb);
            case SC_ScrollBarGroove: return r;
            case SC_ScrollBarSubPage: return span(0, start);
            case SC_ScrollBarAddPage: return span(start + thumb, length - start - thumb);
            default: return {};
            }
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

} // namespace wb::theme
