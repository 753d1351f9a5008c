// SPDX-License-Identifier: GPL-3.0-or-later
// The page shown when no project is open (rule S-1): four ways to start, the projects opened last, the
// language.
#pragma once

#include "widgets/document/recent_projects.h"

#include <QAbstractButton>
#include <QScrollArea>

class QGridLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QToolButton;

namespace wb::panels {

/// One way to start: icon, title, a line below, a key at the right. Filled when primary.
class StartCard : public QAbstractButton {
    Q_OBJECT
public:
    StartCard(QString icon, bool primary, QWidget* parent = nullptr);
    void setTexts(const QString& title, const QString& line, const QString& key = {});
    QSize sizeHint() const override { return {392, 60}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString m_icon, m_line, m_key;
    bool m_primary;
};

/// A project opened before: thumbnail, result, target, date.
class RecentCard : public QAbstractButton {
    Q_OBJECT
public:
    explicit RecentCard(document::RecentProject project, QWidget* parent = nullptr);
    const document::RecentProject& project() const { return m_project; }
    QSize sizeHint() const override { return {402, 126}; }
    QSize minimumSizeHint() const override { return {300, 126}; }

signals:
    void pinToggled();
    void removeRequested();
    void locateRequested();

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QRect pinRect() const;
    document::RecentProject m_project;
};

class StartPage : public QScrollArea {
    Q_OBJECT
public:
    StartPage(document::RecentProjects* recent, QMenu* languageMenu, QWidget* parent = nullptr);
    void retranslateUi();

signals:
    void sampleRequested();
    void modelRequested();
    void newProjectRequested();
    void zooRequested();
    void projectRequested(const QString& file);
    void locateRequested(const QString& file);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fillRecent();

    document::RecentProjects* m_recent;
    QLabel *m_title, *m_subtitle, *m_start, *m_recentTitle, *m_none, *m_logo;
    StartCard *m_sample, *m_model, *m_new, *m_zoo;
    class DropHint* m_drop;
    QLineEdit* m_filter;
    QToolButton* m_language;
    QGridLayout* m_grid;
    QWidget* m_cards;
    int m_columns = 2;
};

} // namespace wb::panels
