// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/chips.h"

#include <QStringList>

namespace wb::models {

bool chipQuantises(const QString& chip) {
    static const QStringList kChips{QStringLiteral("bm1684x"), QStringLiteral("bm1684"), QStringLiteral("cv183x"),
                                    QStringLiteral("cv182x"), QStringLiteral("cv181x"), QStringLiteral("cv180x")};
    return kChips.contains(chip.toLower());
}

bool chipHasBmodel(const QString& chip) { return chip.compare(QStringLiteral("bm1684x"), Qt::CaseInsensitive) == 0; }

} // namespace wb::models
