// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the built `tpuwb` in a folder and keeps what it said.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace wb::test {

struct Ran {
    int status = -1;      ///< exit status; -1: it crashed or did not end
    QString out, err;
    QJsonObject json() const { return QJsonDocument::fromJson(out.toUtf8()).object(); }
    QByteArray said() const { return (out + '\n' + err).toUtf8(); }
};

inline Ran runTpuwb(const QStringList& arguments, const QString& folder, int timeoutMs = 240000) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral(WB_BIN_DIR "/tpuwb"), arguments);
    Ran ran;
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        return ran;
    }
    if (process.exitStatus() == QProcess::NormalExit) ran.status = process.exitCode();
    ran.out = QString::fromUtf8(process.readAllStandardOutput());
    ran.err = QString::fromUtf8(process.readAllStandardError());
    return ran;
}

} // namespace wb::test
