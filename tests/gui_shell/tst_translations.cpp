// SPDX-License-Identifier: GPL-3.0-or-later
// Every string of the window has a Chinese translation: looks for strings as `update_translations` does,
// in a copy of the file, and lists what is missing.
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

class TestTranslations : public QObject {
    Q_OBJECT

    static QStringList unfinished(const QString& file, int* total) {
        QFile f(file);
        QStringList missing;
        if (!f.open(QIODevice::ReadOnly)) return {QStringLiteral("no file")};
        QXmlStreamReader xml(&f);
        QString source;
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement) continue;
            if (xml.name() == u"source") source = xml.readElementText();
            else if (xml.name() == u"translation") {
                ++*total;
                if (xml.attributes().value(QStringLiteral("type")) == u"unfinished") missing << source;
            }
        }
        return missing;
    }

private slots:
    void chineseIsComplete() {
        QTemporaryDir dir;
        const QString root = QStringLiteral(WB_SOURCE_DIR);
        const QString copy = dir.filePath(QStringLiteral("workbench_zh_CN.ts"));
        QVERIFY(QFile::copy(root + QStringLiteral("/translations/workbench_zh_CN.ts"), copy));
        if (!QFile::exists(QStringLiteral(WB_LUPDATE))) QSKIP("lupdate is not installed");
        QProcess lupdate;
        lupdate.start(QStringLiteral(WB_LUPDATE),
                      {QStringLiteral("-silent"), QStringLiteral("-no-obsolete"), QStringLiteral("-locations"),
                       QStringLiteral("none"), QStringLiteral("-extensions"), QStringLiteral("cpp,h"), QStringLiteral("-I"), root,
                       root + QStringLiteral("/app/workbench"), root + QStringLiteral("/widgets"),
                       root + QStringLiteral("/visualizer"), QStringLiteral("-ts"), copy});
        QVERIFY(lupdate.waitForFinished(60000));
        int total = 0;
        const QStringList missing = unfinished(copy, &total);
        QVERIFY2(total > 300, "the strings were not found at all");
        QVERIFY2(missing.isEmpty(), qPrintable(QStringLiteral("%1 without translation:\n").arg(missing.size()) + missing.join(u'\n')));
    }

    void glossaryIsKept() {
        QFile f(QStringLiteral(WB_SOURCE_DIR "/translations/workbench_zh_CN.ts"));
        QVERIFY(f.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(f.readAll());
        for (const QString& word : {QStringLiteral("校准"), QStringLiteral("阈值"), QStringLiteral("混合精度"), QStringLiteral("混精度表"),
                                    QStringLiteral("余弦相似度"), QStringLiteral("单层误差"), QStringLiteral("累积误差"), QStringLiteral("参考"),
                                    QStringLiteral("已过期"), QStringLiteral("最差层")})
            QVERIFY2(text.contains(word), qPrintable(word));
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
