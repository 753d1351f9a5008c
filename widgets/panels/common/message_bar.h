// SPDX-License-Identifier: GPL-3.0-or-later
// A message in a view: one line under its tab strip with an edge in the colour of its kind, buttons, and a
// cross to put it away (visual design, section 9).
#pragma once

#include "compiler/base/error.h"

#include <QWidget>
#include <functional>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace wb::panels {

class MessageBar : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Note, Success, Warning, Error };
    explicit MessageBar(QWidget* parent = nullptr); ///< hidden until told something
    void say(Kind kind, const QString& text);
    void say(const Error& error);
    /// A button beside the text just said.
    void addAction(const QString& text, std::function<void()> action);
    Kind kind() const { return m_kind; }
    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Kind m_kind = Kind::Note;
    QLabel* m_text;
    QHBoxLayout* m_actions;
    QToolButton* m_close;
};

} // namespace wb::panels
