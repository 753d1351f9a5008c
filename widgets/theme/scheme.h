// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the theme that only the theme and its tests need: a token in a given scheme, the scheme of
// the desktop, the palette.
#pragma once

#include "widgets/theme/theme.h"

#include <QDBusVariant>
#include <QPalette>
#include <QStringList>

#include <functional>

namespace wb::theme {

/// A token in the dark or light table, whatever is shown now.
QColor colorIn(Token token, bool dark);
int tokenCount();

/// The whole palette, all groups and roles, from the tokens.
QPalette makePalette(bool dark);

/// Icons in resources, without the suffix, sorted.
QStringList iconNames();

/// Forgets rendered icons; called when the scheme changes.
void clearIconCache();

/// The desktop's wish by the settings portal (org.freedesktop.appearance color-scheme), read without
/// waiting: `answer(dark)` is called when it is known and at every change. Without a portal never.
class PortalWatcher : public QObject {
    Q_OBJECT
public:
    explicit PortalWatcher(std::function<void(bool)> answer, QObject* parent = nullptr);

private slots:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    std::function<void(bool)> m_answer;
};

} // namespace wb::theme
