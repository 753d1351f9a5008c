// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/chips.h"

namespace wb::models {

bool chipQuantises(const QString& chip) {
    static const QStringList kChips{QStringLiteral("bm1684x"), QStringLiteral("bm1684"), QStringLiteral("cv183x"),
                                    QStringLiteral("cv182x"), QStringLiteral("cv181x"), QStringLiteral("cv180x")};
    return kChips.contains(chip.toLower());
}

bool chipHasBmodel(const QString& chip) { return chip.compare(QStringLiteral("bm1684x"), Qt::CaseInsensitive) == 0; }

QStringList rawFormats() {
    return {QStringLiteral("RGB_PLANAR"),  QStringLiteral("RGB_PACKED"),    QStringLiteral("BGR_PLANAR"),
            QStringLiteral("BGR_PACKED"),  QStringLiteral("GRAYSCALE"),     QStringLiteral("RGBA_PLANAR"),
            QStringLiteral("YUV420_PLANAR"), QStringLiteral("YUV_NV12"),    QStringLiteral("YUV_NV21")};
}

bool isVideoFormat(const QString& format) { return format.startsWith(u"YUV") || format.startsWith(u"RGBA"); }

} // namespace wb::models
