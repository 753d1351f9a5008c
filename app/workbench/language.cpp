// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/language.h"

#include "translations/translations.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace wb::workbench {
namespace {

QString shown = QStringLiteral("en");

/// lupdate cannot follow every name: for a class whose header it does not see it writes the last part of
/// the context, for an alias or a private struct inside a panel the alias. These are tried after the
/// exact context.
class WindowTranslator : public QTranslator {
public:
    QString translate(const char* context, const char* source, const char* comment, int n) const override {
        const QString found = QTranslator::translate(context, source, comment, n);
        if (!found.isEmpty()) return found;
        const char* last = context;
        for (const char* at = context; at && *at; ++at)
            if (*at == ':') last = at + 1;
        for (const char* other : {last, "Panel", "Private", ""}) {
            const QString second = QTranslator::translate(other, source, comment, n);
            if (!second.isEmpty()) return second;
        }
        return {};
    }
};

} // namespace

QString language() { return shown; }

void setLanguage(const QString& wanted) {
    translations::init();
    static WindowTranslator ours;
    static QTranslator qts;
    QString next = wanted;
    if (next != u"en" && next != u"zh_CN")
        next = QLocale::system().language() == QLocale::Chinese ? QStringLiteral("zh_CN") : QStringLiteral("en");
    shown = next;
    QLocale::setDefault(QLocale(next == u"zh_CN" ? QStringLiteral("zh_CN") : QStringLiteral("en_GB")));
    qApp->removeTranslator(&ours);
    qApp->removeTranslator(&qts);
    if (next == u"zh_CN" &&
        qts.load(QStringLiteral("qtbase_zh_CN"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        qApp->installTranslator(&qts);
    // English has a file too: for "1 layer" beside "2 layers".
    if (ours.load(QStringLiteral(":/i18n/workbench_%1.qm").arg(next))) qApp->installTranslator(&ours);
}

} // namespace wb::workbench
