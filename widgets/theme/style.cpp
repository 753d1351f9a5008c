// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes, hints and the dispatch to the drawing functions of style_controls.cpp and style_views.cpp.
#include "widgets/theme/style.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::theme {

WbStyle::WbStyle() : QProxyStyle(QStringLiteral("Fusion")) {
    setObjectName(QStringLiteral("workbench"));
    // The top line of a tab shows where keys go, so it must follow the focus.
    // Only later: the widget that lost the focus, or its window, may be on its way out.
    connect(qApp, &QApplication::focusChanged, this, [this] {
        if (std::exchange(m_tabsWait, true)) return;
        QMetaObject::invokeMethod(this, [this] {
            m_tabsWait = false;
            for (QWidget* widget : QApplication::allWidgets())
                if (auto* bar = qobject_cast<QTabBar*>(widget)) bar->update();
        }, Qt::QueuedConnection);
    });
}

int WbStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                         const QWidget* widget) const {
    switch (metric) {
    case PM_DefaultFrameWidth:
        // Data views lie flush in their dock: no frames inside frames.
        return qobject_cast<const QAbstractScrollArea*>(widget) ? 0 : 1;
    case PM_ScrollBarExtent: return 10;
    case PM_ScrollBarSliderMin: return 24;
    case PM_ScrollView_ScrollBarOverlap: return 0;
    case PM_ScrollView_ScrollBarSpacing: return 0;
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent: return 1;
    case PM_DockWidgetFrameWidth: return 0;
    case PM_DockWidgetTitleMargin: return 6;
    case PM_DockWidgetTitleBarButtonMargin: return 2;
    case PM_ToolBarItemSpacing: return 4;
    case PM_ToolBarItemMargin: return 4;
    case PM_ToolBarFrameWidth: return 0;
    case PM_ToolBarSeparatorExtent: return 17;
    case PM_ToolBarIconSize:
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize: return 16;
    case PM_TabBarTabHSpace: return 24;
    case PM_TabBarTabVSpace: return 12;
    case PM_TabBarTabOverlap:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarBaseHeight:
    case PM_TabBarBaseOverlap: return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_ButtonMargin: return 12;
    case PM_ButtonDefaultIndicator: return 0;
    case PM_IndicatorWidth:
        if (widget && widget->property("wbSwitch").toBool()) return 26;
        return 16;
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing: return 8;
    case PM_SliderThickness:
    case PM_SliderControlThickness:
    case PM_SliderLength: return 16;
    case PM_MenuBarItemSpacing: return 0;
    case PM_MenuBarHMargin: return 4;
    case PM_MenuBarVMargin: return 0;
    case PM_MenuBarPanelWidth: return 0;
    case PM_MenuPanelWidth: return 1;
    case PM_MenuVMargin: return 4;
    case PM_MenuHMargin: return 0;
    case PM_HeaderMargin: return 6;
    case PM_HeaderMarkSize: return 8;
    case PM_FocusFrameHMargin: return 6;
    case PM_FocusFrameVMargin: return 2;
    case PM_ToolTipLabelFrameWidth: return 6;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return 8;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin: return 12;
    case PM_TreeViewIndentation: return 16;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int WbStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                       QStyleHintReturn* data) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText: return 0;
    case SH_UnderlineShortcut: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_ItemView_PaintAlternatingRowColorsForEmptyArea: return 0;
    case SH_TabBar_Alignment: return Qt::AlignLeft;
    case SH_TabBar_PreferNoArrows: return 0;
    case SH_TabBar_ElideMode: return Qt::ElideNone;
    case SH_ComboBox_Popup: return 0;
    case SH_ComboBox_ListMouseTracking: return 1;
    case SH_ScrollBar_Transient: return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_Slider_AbsoluteSetButtons: return Qt::LeftButton;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_Menu_SloppySubMenus: return 1;
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_FormLayoutFieldGrowthPolicy: return QFormLayout::ExpandingFieldsGrow;
    case SH_FormLayoutLabelAlignment: return Qt::AlignLeft | Qt::AlignVCenter;
    case SH_FormLayoutFormAlignment: return Qt::AlignLeft | Qt::AlignTop;
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize WbStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton:
        return {qMax(size.width() + 24, 64), qMax(28, size.height() + 8)};
    case CT_ToolButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        int width = size.width() + 14, height = qMax(28, size.height() + 10);
        if (button && button->features & QStyleOptionToolButton::MenuButtonPopup) width += 28;
        else if (button && button->features & QStyleOptionToolButton::HasMenu) width += 12;
        if (button && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon) width += 10;
        return {qMax(width, height), height};
    }
    case CT_ComboBox: return {size.width() + 44, qMax(28, size.height() + 8)};
    case CT_LineEdit: return {result.width(), qMax(28, result.height())};
    case CT_SpinBox: return {qMax(result.width(), 72), qMax(28, result.height())};
    case CT_TabBarTab:
        if (widget && widget->property("wbSegmented").toBool())
            return {result.width() - 4, 24};
        return {result.width() + 8, 30};
    case CT_HeaderSection: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        if (!header || header->orientation == Qt::Vertical) return result;
        const QFontMetrics metrics(font(TextRole::Caption));
        return {metrics.horizontalAdvance(header->text) + 24, 26};
    }
    case CT_ItemViewItem: {
        const bool compact = widget && widget->property("wbCompact").toBool();
        result.setHeight(qMax(result.height(), compact ? 22 : 26));
        return result;
    }
    case CT_MenuItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (!item) return result;
        if (item->menuItemType == QStyleOptionMenuItem::Separator) return {10, 9};
        const QFontMetrics metrics(font(TextRole::Body));
        const int tab = static_cast<int>(item->text.indexOf(u'\t'));
        int width = metrics.size(Qt::TextShowMnemonic, item->text.left(tab)).width() + 36 + 32;
        if (tab >= 0) width += metrics.horizontalAdvance(item->text.mid(tab + 1)) + 32;
        return {qMax(width, 160), 28};
    }
    case CT_MenuBarItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (!item) return result;
        return {QFontMetrics(font(TextRole::Body)).size(Qt::TextShowMnemonic, item->text).width() + 20,
                26};
    }
    default: return result;
    }
}

QRect WbStyle::subElementRect(SubElement element, const QStyleOption* option,
                              const QWidget* widget) const {
    switch (element) {
    case SE_LineEditContents: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth <= 0) return option->rect;
        return option->rect.adjusted(6, 1, -6, -1);
    }
    case SE_ItemViewItemFocusRect: return option->rect;
    case SE_HeaderLabel: return option->rect.adjusted(6, 0, -6, 0); // the arrow is part of the text
    case SE_TabBarTabText:
    case SE_TabBarTabLeftButton:
    case SE_TabBarTabRightButton:
    default: return QProxyStyle::subElementRect(element, option, widget);
    }
}

QIcon WbStyle::standardIcon(StandardPixmap which, const QStyleOption* option,
                            const QWidget* widget) const {
    switch (which) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton:
    case SP_LineEditClearButton:
    case SP_TabCloseButton: return icon(QStringLiteral("close"));
    case SP_TitleBarNormalButton:
    case SP_TitleBarMaxButton: return icon(QStringLiteral("float-dock"));
    case SP_ToolBarHorizontalExtensionButton: return icon(QStringLiteral("more"));
    case SP_MessageBoxWarning: return icon(QStringLiteral("problems"));
    case SP_MessageBoxCritical: return icon(QStringLiteral("error"));
    case SP_MessageBoxInformation:
    case SP_MessageBoxQuestion: return icon(QStringLiteral("note"));
    case SP_DirIcon:
    case SP_DirClosedIcon: return icon(QStringLiteral("folder"));
    case SP_DirOpenIcon: return icon(QStringLiteral("open"));
    case SP_FileIcon: return icon(QStringLiteral("file"));
    default: return QProxyStyle::standardIcon(which, option, widget);
    }
}

void WbStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QAbstractSlider*>(widget) || qobject_cast<QTabBar*>(widget) ||
        qobject_cast<QLineEdit*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
        qobject_cast<QHeaderView*>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (auto* view = qobject_cast<QAbstractItemView*>(widget)) view->viewport()->setAttribute(Qt::WA_Hover);
    if (auto* bar = qobject_cast<QTabBar*>(widget)) bar->setDrawBase(false);
    if (auto* tree = qobject_cast<QTableView*>(widget)) tree->setShowGrid(false);
}

void WbStyle::unpolish(QWidget* widget) { QProxyStyle::unpolish(widget); }

// Dispatch -----------------------------------------------------------------------------------------

void WbStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    switch (element) {
    case CE_PushButtonBevel: drawButtonPanel(option, painter, widget); return;
    case CE_PushButtonLabel:
        if (const auto* o = qstyleoption_cast<const QStyleOptionButton*>(option))
            drawButtonLabel(o, painter, widget);
        return;
    case CE_TabBarTabShape:
        if (const auto* o = qstyleoption_cast<const QStyleOptionTab*>(option))
            drawTabShape(o, painter, widget);
        return;
    case CE_TabBarTabLabel:
        if (const auto* o = qstyleoption_cast<const QStyleOptionTab*>(option))
            drawTabLabel(o, painter, widget);
        return;
    case CE_DockWidgetTitle:
        if (const auto* o = qstyleoption_cast<const QStyleOptionDockWidget*>(option))
            drawDockTitle(o, painter, widget);
        return;
    case CE_HeaderSection:
        if (const auto* o = qstyleoption_cast<const QStyleOptionHeader*>(option))
            drawHeaderSection(o, painter);
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, color(Token::Window));
        hairline(painter, option->rect.bottomLeft(),
                 QPointF(option->rect.right() + 1, option->rect.bottom()), color(Token::Line));
        return;
    case CE_HeaderLabel:
        if (const auto* o = qstyleoption_cast<const QStyleOptionHeader*>(option))
            drawHeaderLabel(o, painter);
        return;
    case CE_MenuItem:
        if (const auto* o = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            drawMenuItem(o, painter, widget);
        return;
    case CE_MenuBarItem:
        if (const auto* o = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            drawMenuBarItem(o, painter);
        return;
    case CE_MenuBarEmptyArea:
    case CE_MenuEmptyArea:
        painter->fillRect(option->rect, color(element == CE_MenuEmptyArea ? Token::Raised : Token::Window));
        return;
    case CE_ToolBar: {
        painter->fillRect(option->rect, color(Token::Window));
        const QRect r = option->rect;
        hairline(painter, r.bottomLeft(), QPointF(r.right() + 1, r.bottom()), color(Token::Line));
        return;
    }
    case CE_Splitter: {
        const QRect r = option->rect;
        if (option->state & State_Horizontal)
            hairline(painter, QPointF(r.center().x(), r.top()), QPointF(r.center().x(), r.bottom() + 1),
                     color(Token::Line));
        else
            hairline(painter, QPointF(r.left(), r.center().y()), QPointF(r.right() + 1, r.center().y()),
                     color(Token::Line));
        return;
    }
    case CE_ProgressBarGroove: return;
    case CE_ProgressBarLabel: return;
    case CE_ProgressBarContents:
        if (const auto* o = qstyleoption_cast<const QStyleOptionProgressBar*>(option))
            drawProgress(o, painter);
        return;
    case CE_SizeGrip: return;
    case CE_ShapedFrame:
        if (qobject_cast<const QAbstractScrollArea*>(widget)) return;
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    default: QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void WbStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                 QPainter* painter, const QWidget* widget) const {
    switch (control) {
    case CC_ToolButton:
        if (const auto* o = qstyleoption_cast<const QStyleOptionToolButton*>(option))
            return drawToolButton(o, painter, widget);
        break;
    case CC_ComboBox:
        if (const auto* o = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            return drawCombo(o, painter, widget);
        break;
    case CC_SpinBox:
        if (const auto* o = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
            return drawSpin(o, painter, widget);
        break;
    case CC_Slider:
        if (const auto* o = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return drawSlider(o, painter, widget);
        break;
    case CC_ScrollBar:
        if (const auto* o = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return drawScrollBar(o, painter);
        break;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace wb::theme
