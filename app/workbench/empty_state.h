// SPDX-License-Identifier: GPL-3.0-or-later
// What a view shows before it has something to show (rule W-8): an icon, a sentence, one button.
#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace wb::workbench {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    /// `texts` gives sentence and button text in the language of the moment; an empty button text: none.
    EmptyState(QString icon, std::function<std::pair<QString, QString>()> texts, QWidget* parent = nullptr);

signals:
    void clicked();

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    QString m_icon;
    std::function<std::pair<QString, QString>()> m_texts;
    QLabel *m_picture, *m_sentence;
    QPushButton* m_button;
};

} // namespace wb::workbench
