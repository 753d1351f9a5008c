// SPDX-License-Identifier: GPL-3.0-or-later
// Which scheme is shown, the palette made from it, and the switch between schemes while running.
#include "widgets/theme/theme.h"

#include "resources/resources.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/scheme.h"
#include "widgets/theme/style.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QPixmapCache>

namespace wb::theme {
namespace {

struct State {
    Choice choice = Choice::FollowSystem;
    bool dark = false;
    bool systemDark = false;
    Notifier notifier;
    PortalWatcher* portal = nullptr;
};

State& state() {
    static State instance;
    return instance;
}

void show(bool dark, bool force) {
    State& now = state();
    if (now.dark == dark && !force) return;
    now.dark = dark;
    clearIconCache();
    QPixmapCache::clear(); // items of the base style are cached by size, not by colour
    QApplication::setPalette(makePalette(dark));
    emit now.notifier.changed();
}

void showChosen(bool force) {
    const State& now = state();
    show(now.choice == Choice::FollowSystem ? now.systemDark : now.choice == Choice::Dark, force);
}

} // namespace

bool isDark() { return state().dark; }
Choice choice() { return state().choice; }
Notifier* notifier() { return &state().notifier; }

QPalette makePalette(bool dark) {
    const auto c = [dark](Token token) { return colorIn(token, dark); };
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor& value,
                                const QColor& disabled) {
        palette.setColor(QPalette::Active, role, value);
        palette.setColor(QPalette::Inactive, role, value);
        palette.setColor(QPalette::Disabled, role, disabled);
    };
    const QColor gone = c(Token::TextDisabled);
    set(QPalette::Window, c(Token::Window), c(Token::Window));
    set(QPalette::WindowText, c(Token::Text), gone);
    set(QPalette::Base, c(Token::Base), c(Token::Base));
    set(QPalette::AlternateBase, c(Token::BaseAlt), c(Token::BaseAlt));
    set(QPalette::Text, c(Token::Text), gone);
    set(QPalette::PlaceholderText, c(Token::Text3), gone);
    set(QPalette::Button, c(Token::Control), c(Token::Window));
    set(QPalette::ButtonText, c(Token::Text), gone);
    set(QPalette::BrightText, c(Token::Failed), gone);
    set(QPalette::Light, c(Token::Raised), c(Token::Raised));
    set(QPalette::Midlight, c(Token::Hover), c(Token::Hover));
    set(QPalette::Mid, c(Token::Line), c(Token::Line));
    set(QPalette::Dark, c(Token::Outline), c(Token::Line));
    set(QPalette::Shadow, c(Token::Shadow), c(Token::Shadow));
    set(QPalette::Highlight, c(Token::Selection), c(Token::SelectionInactive));
    set(QPalette::HighlightedText, c(Token::Text), gone);
    set(QPalette::Link, c(Token::Accent), gone);
    set(QPalette::LinkVisited, c(Token::Accent), gone);
    set(QPalette::ToolTipBase, c(Token::Raised), c(Token::Raised));
    set(QPalette::ToolTipText, c(Token::Text), gone);
    palette.setColor(QPalette::Inactive, QPalette::Highlight, c(Token::SelectionInactive));
    return palette;
}

void install(QApplication& application, Choice wanted) {
    State& now = state();
    resources::init();
    // The platform's own palette tells light from dark where no portal answers; taken before ours.
    now.systemDark = application.palette().color(QPalette::Window).lightnessF() < 0.5;
    now.choice = wanted;
    installFonts(application);
    QApplication::setStyle(new WbStyle);
    showChosen(true);
    if (!now.portal) {
        now.portal = new PortalWatcher(
            [](bool dark) {
                state().systemDark = dark;
                showChosen(false);
            },
            &application);
        QObject::connect(now.portal, &QObject::destroyed, [] { state().portal = nullptr; });
    }
}

void setChoice(Choice wanted) {
    state().choice = wanted;
    showChosen(false);
}

// The portal ---------------------------------------------------------------------------------------

namespace {
const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

// The portal wraps a value in a variant, older ones twice. 1 wants dark, 2 light, 0 says nothing.
int unwrap(QVariant value) {
    while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
    return value.toInt();
}
} // namespace

PortalWatcher::PortalWatcher(std::function<void(bool)> answer, QObject* parent)
    : QObject(parent), m_answer(std::move(answer)) {
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage ask =
        QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    ask << kGroup << kKey;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        watcher->deleteLater();
        if (reply.isError()) return;
        const int wish = unwrap(QVariant::fromValue(reply.value()));
        if (wish != 0) m_answer(wish == 1);
    });
}

void PortalWatcher::settingChanged(const QString& group, const QString& key,
                                   const QDBusVariant& value) {
    if (group != kGroup || key != kKey) return;
    m_answer(unwrap(value.variant()) == 1);
}

} // namespace wb::theme
