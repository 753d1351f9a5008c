// SPDX-License-Identifier: GPL-3.0-or-later
// Preprocessing presets (rule R-1): those that belong to well known training set-ups, and the user's own.
#pragma once

#include "compiler/jobs/project.h"

#include <QString>
#include <QVector>

namespace wb::panels {

struct Preset {
    QString name;
    jobs::PreprocessSettings settings;
    bool own = false;                  ///< saved by the user
};

/// The factory's, then the user's, in the language shown. Sizes are not part of a preset: those of
/// `current` are kept.
QVector<Preset> presets(const jobs::PreprocessSettings& current);
void savePreset(const QString& name, const jobs::PreprocessSettings& settings);
void removePreset(const QString& name);

} // namespace wb::panels
