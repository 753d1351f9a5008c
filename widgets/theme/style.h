// SPDX-License-Identifier: GPL-3.0-or-later
// The look of every standard widget: Fusion below, our sizes and shapes on top, colours from the tokens.
//
// A widget asks for a variant by a dynamic property:
//   wbPrimary   (QPushButton, QToolButton) the one filled button of a view
//   wbFlat      (QPushButton, QToolButton) no surface until hovered
//   wbSwitch    (QCheckBox) drawn as a switch
//   wbSegmented (QTabBar) drawn as a segmented control, 24 high
//   wbCompact   (QAbstractItemView) rows of 22 instead of 26
#pragma once

#include <QProxyStyle>

class QStyleOptionButton;
class QStyleOptionComboBox;
class QStyleOptionDockWidget;
class QStyleOptionHeader;
class QStyleOptionMenuItem;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionSpinBox;
class QStyleOptionTab;
class QStyleOptionToolButton;
class QStyleOptionViewItem;

namespace wb::theme {

class WbStyle : public QProxyStyle {
    Q_OBJECT
public:
    WbStyle();

    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option,
                         const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                         SubControl part, const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;
    QIcon standardIcon(StandardPixmap which, const QStyleOption* option,
                       const QWidget* widget) const override;
    void polish(QWidget* widget) override;
    void unpolish(QWidget* widget) override;
    using QProxyStyle::polish;
    using QProxyStyle::unpolish;

private:
    bool m_tabsWait = false; ///< a repaint of all tabs is on its way
    // style_controls.cpp
    void drawButtonPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawFieldPanel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawCheck(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawRadio(const QStyleOption* option, QPainter* painter) const;
    void drawButtonLabel(const QStyleOptionButton* option, QPainter* painter,
                         const QWidget* widget) const;
    void drawToolButton(const QStyleOptionToolButton* option, QPainter* painter,
                        const QWidget* widget) const;
    void drawCombo(const QStyleOptionComboBox* option, QPainter* painter,
                   const QWidget* widget) const;
    void drawSpin(const QStyleOptionSpinBox* option, QPainter* painter, const QWidget* widget) const;
    void drawSlider(const QStyleOptionSlider* option, QPainter* painter,
                    const QWidget* widget) const;
    void drawScrollBar(const QStyleOptionSlider* option, QPainter* painter) const;
    void drawProgress(const QStyleOptionProgressBar* option, QPainter* painter) const;
    // style_views.cpp
    void drawTabShape(const QStyleOptionTab* option, QPainter* painter, const QWidget* widget) const;
    void drawTabLabel(const QStyleOptionTab* option, QPainter* painter, const QWidget* widget) const;
    void drawDockTitle(const QStyleOptionDockWidget* option, QPainter* painter,
                       const QWidget* widget) const;
    void drawHeaderSection(const QStyleOptionHeader* option, QPainter* painter) const;
    void drawHeaderLabel(const QStyleOptionHeader* option, QPainter* painter) const;
    void drawItemPanel(const QStyleOptionViewItem* option, QPainter* painter,
                       const QWidget* widget) const;
    void drawMenuItem(const QStyleOptionMenuItem* option, QPainter* painter,
                      const QWidget* widget) const;
    void drawMenuBarItem(const QStyleOptionMenuItem* option, QPainter* painter) const;
};

/// Whether the view that belongs to this tab has the keyboard focus: the tab's top line says so.
bool tabHasFocus(const QWidget* tabBar, const QString& tabText);

} // namespace wb::theme
