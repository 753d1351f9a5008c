// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/autosave.h"

#include "compiler/base/file.h"

#include <QDir>
#include <QFile>
#include <QUuid>

#include <nlohmann/json.hpp>

namespace wb::document {
namespace {

QString copiesFolder() { return stateFolder() + QStringLiteral("/autosave"); }
QString lockOf(const QString& copy) { return copy + QStringLiteral(".lock"); }

} // namespace

QString stateFolder() {
    QString root = qEnvironmentVariable("XDG_STATE_HOME");
    if (root.isEmpty() || QDir::isRelativePath(root))
        root = QDir::homePath() + QStringLiteral("/.local/state");
    return root + QStringLiteral("/tpu-workbench");
}

Autosave::Autosave(std::function<Content()> content, QObject* parent)
    : QObject(parent), m_content(std::move(content)) {
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(kAfterEditMs);
    m_regular.setSingleShot(true);
    m_regular.setInterval(kAtLeastMs);
    connect(&m_quiet, &QTimer::timeout, this, [this] { (void)writeNow(); });
    connect(&m_regular, &QTimer::timeout, this, [this] { (void)writeNow(); });
}

Autosave::~Autosave() { saved(); }

void Autosave::edited() {
    m_quiet.start();
    if (!m_regular.isActive()) m_regular.start();
}

void Autosave::saved() {
    m_quiet.stop();
    m_regular.stop();
    if (m_copy.isEmpty()) return;
    QFile::remove(m_copy);
    m_lock.reset();
    m_copy.clear();
}

Status Autosave::writeNow() {
    m_quiet.stop();
    m_regular.stop();
    const Content content = m_content();
    if (!content.project) return {};
    if (m_copy.isEmpty()) {
        QDir().mkpath(copiesFolder());
        m_copy = copiesFolder() + u'/' + QUuid::createUuid().toString(QUuid::WithoutBraces) +
                 QStringLiteral(".json");
        // Held while this program lives: tells the copies of a crash from those of another window.
        m_lock = std::make_unique<QLockFile>(lockOf(m_copy));
        m_lock->setStaleLockTime(0);
        m_lock->tryLock(0);
    }
    nlohmann::json steps = nlohmann::json::array();
    for (const QString& step : content.steps) steps.push_back(step.toStdString());
    const nlohmann::json j{{"project_file", content.projectFile.toStdString()},
                           {"base", content.base.toStdString()},
                           {"time", QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString()},
                           {"steps", steps},
                           {"project", jobs::toJsonText(*content.project)}};
    return writeTextAtomically(m_copy.toStdString(),
                               j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

QVector<Recovery> Autosave::pending() {
    QVector<Recovery> found;
    const QDir folder(copiesFolder());
    for (const QString& name : folder.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Time)) {
        const QString path = folder.filePath(name);
        QLockFile lock(lockOf(path));
        lock.setStaleLockTime(0);
        if (!lock.tryLock(0)) continue; // its program is alive
        const auto text = readTextFile(path.toStdString(), uint64_t{64} << 20);
        if (!text) continue;
        const auto j = nlohmann::json::parse(*text, nullptr, false);
        if (!j.is_object()) continue;
        const auto field = [&j](const char* key) {
            const auto it = j.find(key);
            return it != j.end() && it->is_string() ? it->get<std::string>() : std::string();
        };
        auto project = jobs::projectFromJson(field("project"));
        if (!project) continue;
        Recovery recovery;
        recovery.copy = path;
        recovery.projectFile = QString::fromStdString(field("project_file"));
        recovery.base = QString::fromStdString(field("base"));
        recovery.time = QDateTime::fromString(QString::fromStdString(field("time")), Qt::ISODate);
        if (const auto it = j.find("steps"); it != j.end() && it->is_array())
            for (const auto& step : *it)
                if (step.is_string()) recovery.steps << QString::fromStdString(step.get<std::string>());
        recovery.project = std::move(*project);
        found << recovery;
    }
    return found;
}

void Autosave::discard(const Recovery& recovery) { QFile::remove(recovery.copy); }

} // namespace wb::document
