// SPDX-License-Identifier: GPL-3.0-or-later
// Primitives, tabs, docks, headers, rows and menus.
#include "widgets/theme/painting.h"
#include "widgets/theme/style.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::theme {

bool tabHasFocus(const QWidget* tabBar, const QString& tabText) {
    const QWidget* focus = QApplication::focusWidget();
    if (!tabBar || !focus) return false;
    if (focus == tabBar) return true;
    if (const auto* tabs = qobject_cast<const QTabWidget*>(tabBar->parentWidget()))
        return tabs->isAncestorOf(focus);
    // The tabs of docks are children of the main window: look for the dock with this title.
    for (const QWidget* w = focus; w; w = w->parentWidget())
        if (const auto* dock = qobject_cast<const QDockWidget*>(w))
            return dock->windowTitle() == tabText && dock->window() == tabBar->window();
    return false;
}

void WbStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                            const QWidget* widget) const {
    const QRect r = option->rect;
    switch (element) {
    case PE_PanelButtonCommand:
    case PE_PanelButtonBevel:
    case PE_PanelButtonTool: drawButtonPanel(option, painter, widget); return;
    case PE_FrameDefaultButton: return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: drawFieldPanel(option, painter, widget); return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: drawCheck(option, painter, widget); return;
    case PE_IndicatorRadioButton: drawRadio(option, painter); return;
    case PE_FrameFocusRect: {
        if (qobject_cast<const QAbstractItemView*>(widget)) {
            const bool tree = qobject_cast<const QTableView*>(widget);
            if (tree) fillRounded(painter, r, 0, {}, color(Token::Accent), 1);
            return;
        }
        if (option->state & State_KeyboardFocusChange) focusRing(painter, r);
        return;
    }
    case PE_Frame:
    case PE_FrameGroupBox:
        fillRounded(painter, r, 4, {}, color(Token::Line));
        return;
    case PE_FrameDockWidget:
    case PE_FrameTabWidget:
    case PE_FrameTabBarBase:
    case PE_FrameStatusBarItem: return;
    case PE_PanelStatusBar:
        painter->fillRect(r, color(Token::Window));
        hairline(painter, r.topLeft(), QPointF(r.right() + 1, r.top()), color(Token::Line));
        return;
    case PE_PanelMenuBar: return;
    case PE_PanelMenu: painter->fillRect(r, color(Token::Raised)); return;
    case PE_FrameMenu: fillRounded(painter, r, 0, {}, color(Token::Line)); return;
    case PE_PanelTipLabel:
        painter->fillRect(r, color(Token::Raised));
        fillRounded(painter, r, 0, {}, color(Token::Outline));
        return;
    case PE_IndicatorToolBarSeparator: {
        const bool across = option->state & State_Horizontal;
        if (across)
            hairline(painter, QPointF(r.center().x(), r.center().y() - 9),
                     QPointF(r.center().x(), r.center().y() + 10), color(Token::Line));
        else
            hairline(painter, QPointF(r.center().x() - 9, r.center().y()),
                     QPointF(r.center().x() + 10, r.center().y()), color(Token::Line));
        return;
    }
    case PE_IndicatorDockWidgetResizeHandle: painter->fillRect(r, color(Token::Line)); return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorSpinDown:
        drawIcon(painter, QStringLiteral("collapse"), r, qMin(14, qMin(r.width(), r.height())),
                 color(Token::Text2));
        return;
    case PE_IndicatorArrowRight:
        drawIcon(painter, QStringLiteral("expand"), r, qMin(14, qMin(r.width(), r.height())),
                 color(Token::Text2));
        return;
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            drawIcon(painter,
                     option->state & State_Open ? QStringLiteral("collapse") : QStringLiteral("expand"),
                     r, 12, color(Token::Text2));
        return;
    case PE_IndicatorTabClose: drawIcon(painter, QStringLiteral("close"), r, 12, color(Token::Text2)); return;
    case PE_IndicatorHeaderArrow: return; // part of the label
    case PE_PanelItemViewRow:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            if (item->features & QStyleOptionViewItem::Alternate)
                painter->fillRect(r, color(Token::BaseAlt));
            return;
        }
        break;
    case PE_PanelItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            drawItemPanel(item, painter, widget);
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void WbStyle::drawTabShape(const QStyleOptionTab* option, QPainter* painter,
                           const QWidget* widget) const {
    const QRect r = option->rect;
    const bool selected = option->state & State_Selected;
    if (widget && widget->property("wbSegmented").toBool()) {
        const bool first = option->position == QStyleOptionTab::Beginning ||
                           option->position == QStyleOptionTab::OnlyOneTab;
        const bool last = option->position == QStyleOptionTab::End ||
                          option->position == QStyleOptionTab::OnlyOneTab;
        // One frame round all segments: each draws it wider than itself and is clipped.
        painter->save();
        painter->setClipRect(r);
        const QRectF frame = QRectF(r).adjusted(first ? 0 : -8, 0, last ? 0 : 8, 0);
        fillRounded(painter, frame, 4, color(Token::Base), color(Token::Line));
        if (selected)
            fillRounded(painter, QRectF(r).adjusted(2, 2, -2, -2), 3,
                        color(isDark() ? Token::Control : Token::Raised));
        painter->restore();
        if (option->state & State_HasFocus && selected) focusRing(painter, r);
        return;
    }
    if (selected) {
        painter->fillRect(r, color(Token::Base));
        const bool focus = tabHasFocus(widget, option->text);
        painter->fillRect(QRect(r.x(), r.y(), r.width(), 2),
                          color(focus ? Token::Accent : Token::Outline));
        hairline(painter, r.topLeft(), QPointF(r.left(), r.bottom() + 1), color(Token::Line));
        hairline(painter, r.topRight(), QPointF(r.right(), r.bottom() + 1), color(Token::Line));
        return;
    }
    painter->fillRect(r, color(option->state & State_MouseOver ? Token::Hover : Token::Window));
    hairline(painter, r.bottomLeft(), QPointF(r.right() + 1, r.bottom()), color(Token::Line));
}

void WbStyle::drawTabLabel(const QStyleOptionTab* option, QPainter* painter,
                           const QWidget* widget) const {
    const bool selected = option->state & State_Selected;
    const bool segmented = widget && widget->property("wbSegmented").toBool();
    QRect text = option->rect.adjusted(0, segmented ? 0 : 1, 0, 0);
    if (!option->leftButtonSize.isEmpty()) text.setLeft(text.left() + option->leftButtonSize.width() + 4);
    if (!option->rightButtonSize.isEmpty())
        text.setRight(text.right() - option->rightButtonSize.width() - 4);
    if (!option->icon.isNull()) {
        option->icon.paint(painter, QRect(text.x() + 8, text.center().y() - 7, 16, 16));
        text.setLeft(text.left() + 20);
    }
    painter->setFont(font(selected ? TextRole::BodyStrong : TextRole::Body));
    const bool enabled = option->state & State_Enabled;
    painter->setPen(color(!enabled ? Token::TextDisabled : selected ? Token::Text : Token::Text2));
    painter->drawText(text, Qt::AlignCenter | Qt::TextHideMnemonic, option->text);
}

void WbStyle::drawDockTitle(const QStyleOptionDockWidget* option, QPainter* painter,
                            const QWidget*) const {
    const QRect r = option->rect;
    painter->fillRect(r, color(Token::Window));
    hairline(painter, r.bottomLeft(), QPointF(r.right() + 1, r.bottom()), color(Token::Line));
    painter->setFont(font(TextRole::BodyStrong));
    painter->setPen(color(Token::Text));
    painter->drawText(r.adjusted(12, 0, -52, 0), Qt::AlignLeft | Qt::AlignVCenter, option->title);
}

void WbStyle::drawHeaderSection(const QStyleOptionHeader* option, QPainter* painter) const {
    const QRect r = option->rect;
    const bool over = option->state & State_MouseOver && option->state & State_Enabled;
    painter->fillRect(r, color(over ? Token::Hover : Token::Window));
    hairline(painter, r.bottomLeft(), QPointF(r.right() + 1, r.bottom()), color(Token::Line));
}

void WbStyle::drawHeaderLabel(const QStyleOptionHeader* option, QPainter* painter) const {
    const bool sorted = option->sortIndicator != QStyleOptionHeader::None;
    QFont caption = font(TextRole::Caption);
    caption.setWeight(QFont::DemiBold);
    painter->setFont(caption);
    painter->setPen(color(sorted ? Token::Text : Token::Text3));
    QString text = option->text;
    // Qt names the arrow by the way it points: SortDown is ascending order.
    if (option->sortIndicator == QStyleOptionHeader::SortDown) text += QStringLiteral(" ↑");
    else if (option->sortIndicator == QStyleOptionHeader::SortUp) text += QStringLiteral(" ↓");
    painter->drawText(option->rect, static_cast<int>(option->textAlignment | Qt::AlignVCenter),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, option->rect.width()));
}

void WbStyle::drawItemPanel(const QStyleOptionViewItem* option, QPainter* painter,
                            const QWidget* widget) const {
    const QRect r = option->rect;
    if (option->backgroundBrush.style() != Qt::NoBrush) painter->fillRect(r, option->backgroundBrush);
    const bool selected = option->state & State_Selected;
    const bool focus = widget && (widget->hasFocus() || (widget->focusProxy() && widget->focusProxy()->hasFocus()));
    if (selected) {
        painter->fillRect(r, color(focus ? Token::Selection : Token::SelectionInactive));
        const bool first = option->viewItemPosition == QStyleOptionViewItem::Beginning ||
                           option->viewItemPosition == QStyleOptionViewItem::OnlyOne ||
                           (!qobject_cast<const QTableView*>(widget) &&
                            option->viewItemPosition == QStyleOptionViewItem::Invalid) ||
                           (qobject_cast<const QTableView*>(widget) && option->index.column() == 0);
        if (first)
            painter->fillRect(QRect(r.x(), r.y(), 3, r.height()),
                              color(focus ? Token::Accent : Token::Outline));
    } else if (option->state & State_MouseOver && option->state & State_Enabled) {
        painter->fillRect(r, color(Token::Hover));
    }
}

void WbStyle::drawMenuItem(const QStyleOptionMenuItem* option, QPainter* painter,
                           const QWidget* widget) const {
    const QRect r = option->rect;
    const bool combo = qobject_cast<const QComboBox*>(widget);
    painter->fillRect(r, color(Token::Raised));
    if (option->menuItemType == QStyleOptionMenuItem::Separator) {
        hairline(painter, QPointF(r.left() + 8, r.center().y()), QPointF(r.right() - 7, r.center().y()),
                 color(Token::Line));
        return;
    }
    const bool enabled = option->state & State_Enabled;
    if (option->state & State_Selected && enabled)
        fillRounded(painter, QRectF(r).adjusted(4, 1, -4, -1), 4, color(Token::Selection));
    const QRect mark(r.x() + 8, r.y(), 24, r.height());
    if (option->checkType != QStyleOptionMenuItem::NotCheckable && option->checked)
        drawIcon(painter, QStringLiteral("check"), mark, 14,
                 color(enabled ? Token::Text : Token::TextDisabled));
    else if (!option->icon.isNull())
        option->icon.paint(painter, QRect(mark.x() + 4, mark.center().y() - 7, 16, 16), Qt::AlignCenter,
                           enabled ? QIcon::Normal : QIcon::Disabled);
    const int tab = static_cast<int>(option->text.indexOf(u'\t'));
    const QRect text = r.adjusted(combo ? 28 : 36, 0, -16, 0);
    painter->setFont(font(TextRole::Body));
    painter->setPen(color(enabled ? Token::Text : Token::TextDisabled));
    painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic, option->text.left(tab));
    if (tab >= 0) {
        painter->setPen(color(enabled ? (option->state & State_Selected ? Token::Text2 : Token::Text3)
                                      : Token::TextDisabled));
        painter->drawText(text, Qt::AlignRight | Qt::AlignVCenter, option->text.mid(tab + 1));
    }
    if (option->menuItemType == QStyleOptionMenuItem::SubMenu)
        drawIcon(painter, QStringLiteral("expand"), QRect(r.right() - 24, r.y(), 20, r.height()), 12,
                 color(enabled ? Token::Text2 : Token::TextDisabled));
}

void WbStyle::drawMenuBarItem(const QStyleOptionMenuItem* option, QPainter* painter) const {
    const QRect r = option->rect;
    painter->fillRect(r, color(Token::Window));
    if (option->state & (State_Selected | State_Sunken) && option->state & State_Enabled)
        fillRounded(painter, QRectF(r).adjusted(2, 2, -2, -2), 4, color(Token::Raised));
    painter->setFont(font(TextRole::Body));
    painter->setPen(color(option->state & State_Enabled ? Token::Text : Token::TextDisabled));
    painter->drawText(r, Qt::AlignCenter | Qt::TextHideMnemonic, option->text);
}

} // namespace wb::theme
