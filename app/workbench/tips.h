// SPDX-License-Identifier: GPL-3.0-or-later
// Four hints on the sample project (rule S-3), one at a time, each pointing at what it speaks of. They take no
// focus and stop nothing.
#pragma once

#include <QFrame>
#include <array>
#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace wb::workbench {

class Tips : public QFrame {
    Q_OBJECT
public:
    enum Tip { Stages, Worst, Precision, Compare, Count };
    /// Where to point, in coordinates of the window; empty while there is nothing to point at.
    using Anchor = std::function<QRect()>;

    explicit Tips(QWidget* window);
    void setAnchor(Tip tip, Anchor anchor) { m_anchors[tip] = std::move(anchor); }
    /// From the first one on; those without an anchor wait for advance().
    void start();
    /// Results came: a tip that waited for its anchor is shown.
    void advance();
    void stop();
    int current() const { return m_current; } ///< −1: none is due

signals:
    void neverAgain();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Side { Left, Right, Above, Below }; ///< of the anchor, where the bubble is
    void next();
    void showCurrent();
    void place();
    void retranslate();

    std::array<Anchor, Count> m_anchors;
    int m_current = -1;
    Side m_side = Side::Right;
    QPoint m_point;                    ///< what the arrow touches
    QLabel *m_title, *m_text, *m_count;
    QPushButton *m_next, *m_never;
    QToolButton* m_close;
};

} // namespace wb::workbench
