// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/recent_projects.h"

#include "widgets/document/autosave.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace wb::document {
namespace {

QString listFile() { return stateFolder() + QStringLiteral("/recent.json"); }

QString thumbnailFile(const QString& project) {
    const QByteArray hash = QCryptographicHash::hash(project.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return stateFolder() + QStringLiteral("/thumbnails/") + QString::fromLatin1(hash) + QStringLiteral(".png");
}

} // namespace

bool RecentProject::missing() const { return !QFileInfo::exists(file); }

RecentProjects::RecentProjects(QObject* parent) : QObject(parent) { load(); }

void RecentProjects::load() {
    QFile file(listFile());
    if (!file.open(QIODevice::ReadOnly)) return;
    const QJsonArray entries = QJsonDocument::fromJson(file.readAll()).array();
    for (const QJsonValue& value : entries) {
        const QJsonObject o = value.toObject();
        RecentProject project;
        project.file = o[QStringLiteral("file")].toString();
        if (project.file.isEmpty()) continue;
        project.opened = QDateTime::fromString(o[QStringLiteral("opened")].toString(), Qt::ISODate);
        project.pinned = o[QStringLiteral("pinned")].toBool();
        project.result = o[QStringLiteral("result")].toString();
        project.detail = o[QStringLiteral("detail")].toString();
        project.stage = o[QStringLiteral("stage")].toString();
        project.target = o[QStringLiteral("target")].toString();
        project.belowGoal = o[QStringLiteral("below_goal")].toBool();
        project.thumbnail.load(thumbnailFile(project.file));
        m_list << project;
    }
    sort();
}

void RecentProjects::save() {
    QJsonArray entries;
    for (const RecentProject& p : m_list)
        entries << QJsonObject{{QStringLiteral("file"), p.file},
                               {QStringLiteral("opened"), p.opened.toString(Qt::ISODate)},
                               {QStringLiteral("pinned"), p.pinned},
                               {QStringLiteral("result"), p.result},
                               {QStringLiteral("detail"), p.detail},
                               {QStringLiteral("stage"), p.stage},
                               {QStringLiteral("target"), p.target},
                               {QStringLiteral("below_goal"), p.belowGoal}};
    QDir().mkpath(stateFolder() + QStringLiteral("/thumbnails"));
    QSaveFile file(listFile());
    // A state folder that cannot be written costs the list, nothing else.
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(entries).toJson());
        file.commit();
    }
    emit changed();
}

void RecentProjects::sort() {
    std::stable_sort(m_list.begin(), m_list.end(), [](const RecentProject& a, const RecentProject& b) {
        if (a.pinned != b.pinned) return a.pinned;
        return a.opened > b.opened;
    });
    while (m_list.size() > kKept) {
        QFile::remove(thumbnailFile(m_list.back().file));
        m_list.removeLast();
    }
}

void RecentProjects::touch(const RecentProject& project) {
    RecentProject next = project;
    for (const RecentProject& known : m_list)
        if (known.file == project.file) {
            next.pinned = known.pinned;
            if (next.thumbnail.isNull()) next.thumbnail = known.thumbnail;
            if (next.stage.isEmpty()) {
                next.stage = known.stage;
                next.result = known.result;
                next.detail = known.detail;
                next.belowGoal = known.belowGoal;
            }
        }
    m_list.removeIf([&](const RecentProject& known) { return known.file == project.file; });
    m_list.prepend(next);
    sort();
    QDir().mkpath(stateFolder() + QStringLiteral("/thumbnails"));
    if (!project.thumbnail.isNull()) project.thumbnail.save(thumbnailFile(project.file));
    save();
}

void RecentProjects::remove(const QString& file) {
    m_list.removeIf([&](const RecentProject& known) { return known.file == file; });
    QFile::remove(thumbnailFile(file));
    save();
}

void RecentProjects::setPinned(const QString& file, bool pinned) {
    for (RecentProject& known : m_list)
        if (known.file == file) known.pinned = pinned;
    sort();
    save();
}

void RecentProjects::relocate(const QString& from, const QString& to) {
    for (RecentProject& known : m_list)
        if (known.file == from) {
            QDir().mkpath(stateFolder() + QStringLiteral("/thumbnails"));
            QFile::rename(thumbnailFile(from), thumbnailFile(to));
            known.file = to;
        }
    save();
}

} // namespace wb::document
