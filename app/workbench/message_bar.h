// SPDX-License-Identifier: GPL-3.0-or-later
// One message over a view (visual design, section 9): icon, sentence, up to three buttons. More than one
// wait behind it: "+2". Sentences stay as they were written: the window clears them when the language
// changes and says again what still holds.
#pragma once

#include <QFrame>

#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;

namespace wb::workbench {

struct MessageAction {
    QString text;
    std::function<void()> run;
    bool primary = false;
};

struct Message {
    enum class Kind { Note, Warning, Error } kind = Kind::Note;
    QString key;  ///< a newer message with the same key replaces the older one
    QString text;
    std::vector<MessageAction> actions;
};

class MessageBar : public QFrame {
    Q_OBJECT
public:
    explicit MessageBar(QWidget* parent = nullptr);
    void show(Message message);
    void remove(const QString& key);
    void clear();
    bool has(const QString& key) const;
    const Message* current() const { return m_messages.empty() ? nullptr : &m_messages.front(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void rebuild();
    std::vector<Message> m_messages; ///< the one shown first
    QHBoxLayout* m_layout;
};

} // namespace wb::workbench
