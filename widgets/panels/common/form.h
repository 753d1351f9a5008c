// SPDX-License-Identifier: GPL-3.0-or-later
// Forms and fact lists of the panels: labels left aligned in one column, fields in the next, notes below a
// field, sections with a quiet heading.
#pragma once

#include "widgets/theme/theme.h"

#include <QLabel>
#include <QVector>
#include <QWidget>

class QGridLayout;
class QScrollArea;

namespace wb::panels {

/// A label in a theme colour and role that follows theme changes.
class TokenLabel : public QLabel {
    Q_OBJECT
public:
    TokenLabel(theme::Token token, theme::TextRole role, QWidget* parent = nullptr);
    void setToken(theme::Token token);

private:
    void dress();
    theme::Token m_token;
    theme::TextRole m_role;
};

class Form : public QWidget {
    Q_OBJECT
public:
    explicit Form(int labelWidth, QWidget* parent = nullptr);
    QLabel* addSection();
    QLabel* addRow(QWidget* field);            ///< the label, buddy of the field
    /// A caption below the last field; hidden while it is empty.
    TokenLabel* addNote(theme::Token token = theme::Token::Text3);
    void addWide(QWidget* widget);             ///< over both columns
    void addStretch();
    static void setNote(QLabel* note, const QString& text);

private:
    QGridLayout* m_grid;
    int m_row = 0;
};

/// Label and value, several a panel; values are rich text and may hold links "layer:12".
class FactList : public QWidget {
    Q_OBJECT
public:
    struct Fact {
        QString label = {}, value = {};
        bool mono = true;
        QString toolTip = {};
        bool section = false;
    };
    explicit FactList(int labelWidth, QWidget* parent = nullptr);
    void setFacts(const QVector<Fact>& facts);

signals:
    void linkActivated(const QString& link);

private:
    QGridLayout* m_grid;
    int m_labelWidth;
    QVector<std::pair<QLabel*, QLabel*>> m_rows;
};

/// For destructors of panels: what their parts still tell while they are taken down (a field that loses the
/// focus says that it was edited) reaches nobody.
void releaseParts(QWidget* panel);

/// A panel's content in a scroll area without a frame, on the dock's surface.
QScrollArea* scrolled(QWidget* content);

} // namespace wb::panels
