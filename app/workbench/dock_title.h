// SPDX-License-Identifier: GPL-3.0-or-later
// The title of a dock: name, buttons of the view, float and close. In a group of tabs the tab strip is the
// title, so it takes no room there.
#pragma once

#include <QWidget>

class QDockWidget;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace wb::workbench {

class DockTitle : public QWidget {
    Q_OBJECT
public:
    explicit DockTitle(QDockWidget* dock);
    /// Puts a button of the view between name and float.
    void addButton(QToolButton* button);
    void setCollapsed(bool collapsed);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    void retranslateUi();

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent* event) override;

private:
    QDockWidget* m_dock;
    QLabel* m_label;
    QHBoxLayout* m_layout;
    QToolButton *m_float, *m_close;
    bool m_collapsed = false;
};

} // namespace wb::workbench
