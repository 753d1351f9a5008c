// SPDX-License-Identifier: GPL-3.0-or-later
// The text roles. Sizes are offsets from the system's size, so that a user's larger text stays larger.
#include "widgets/theme/fonts.h"

#include "widgets/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>

namespace wb::theme {
namespace {

struct Base {
    QStringList families;
    QStringList mono;
    qreal size = 10;
};

Base& base() {
    static Base instance;
    return instance;
}

QString firstInstalled(const QStringList& wanted) {
    const QStringList all = QFontDatabase::families();
    for (const QString& family : wanted)
        if (all.contains(family)) return family;
    return {};
}

constexpr qreal offsetOf(TextRole role) {
    switch (role) {
    case TextRole::Caption: return -2.0;
    case TextRole::Body:
    case TextRole::BodyStrong: return -0.5;
    case TextRole::Mono:
    case TextRole::MonoStrong: return -1.5;
    case TextRole::Value:
    case TextRole::Section: return 0.5;
    case TextRole::Page: return 9.0;
    }
    return 0;
}

} // namespace

QStringList monoFamilies() { return base().mono; }

void installFonts(QApplication& application) {
    static const QFont system = QApplication::font(); // before ours, once
    Base& now = base();
    now.size = system.pointSizeF() > 0 ? system.pointSizeF() : 10.0;
    QStringList families = system.families();
    if (families.isEmpty()) families << system.family();

    // Off screen there is no desktop and so no system font; pictures need one that looks as a desktop's.
    if (QGuiApplication::platformName() == u"offscreen") {
        const QString stand = firstInstalled({QStringLiteral("Inter"), QStringLiteral("Noto Sans"),
                                              QStringLiteral("DejaVu Sans")});
        if (!stand.isEmpty()) families = {stand};
        now.size = 10.0;
    }
    // Without this, Chinese text may come out in Japanese forms.
    families << QStringLiteral("Noto Sans CJK SC");
    now.families = families;

    QString mono = firstInstalled({QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono"),
                                   QStringLiteral("DejaVu Sans Mono")});
    if (mono.isEmpty()) mono = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    now.mono = {mono, QStringLiteral("Noto Sans Mono CJK SC")};
    application.setFont(font(TextRole::Body));
}

QFont font(TextRole role) {
    const Base& now = base();
    const bool mono =
        role == TextRole::Mono || role == TextRole::MonoStrong || role == TextRole::Value;
    QFont result;
    const QStringList& families = mono ? now.mono : now.families;
    if (!families.isEmpty()) result.setFamilies(families);
    if (mono) {
        result.setStyleHint(QFont::Monospace, QFont::PreferMatch);
        result.setFixedPitch(true);
    }
    result.setPointSizeF(qMax(6.0, now.size + offsetOf(role)));
    const bool strong = role == TextRole::BodyStrong || role == TextRole::MonoStrong ||
                        role == TextRole::Value || role == TextRole::Section || role == TextRole::Page;
    result.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    result.setItalic(false);
    return result;
}

} // namespace wb::theme
