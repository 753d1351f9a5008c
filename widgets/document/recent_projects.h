// SPDX-License-Identifier: GPL-3.0-or-later
// The projects opened last (rule S-1), in the user's state folder: a small JSON file and one picture each.
#pragma once

#include <QDateTime>
#include <QImage>
#include <QObject>
#include <QString>
#include <QVector>

namespace wb::document {

struct RecentProject {
    QString file;
    QDateTime opened;
    bool pinned = false;
    QString result;   ///< "output 0.999639"; empty: nothing measured
    QString detail;   ///< "24 of 142 layers F16"
    QString stage;    ///< spelling of the last stage done
    QString target;   ///< "bm1684x"
    bool belowGoal = false;
    QImage thumbnail; ///< may be null
    bool missing() const;
};

class RecentProjects : public QObject {
    Q_OBJECT
public:
    explicit RecentProjects(QObject* parent = nullptr);

    /// Pinned first, then the latest first; at most twelve.
    const QVector<RecentProject>& list() const { return m_list; }
    /// Puts a project at the front, or renews it; a null thumbnail keeps the old one.
    void touch(const RecentProject& project);
    void remove(const QString& file);
    void setPinned(const QString& file, bool pinned);
    /// A project that was moved: its entry follows.
    void relocate(const QString& from, const QString& to);
    static constexpr int kKept = 12;

signals:
    void changed();

private:
    void load();
    void save();
    void sort();
    QVector<RecentProject> m_list;
};

} // namespace wb::document
