// SPDX-License-Identifier: GPL-3.0-or-later
// Renders a widget off screen and keeps the picture under <build>/tests/pictures for people to look at.
#pragma once

#include "widgets/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QPixmap>
#include <QTest>
#include <QWidget>

namespace wb::test {

inline QString pictureFolder() {
    const QString folder = QCoreApplication::applicationDirPath() + QStringLiteral("/pictures");
    QDir().mkpath(folder);
    return folder;
}

inline QImage shot(QWidget& widget, const QString& name) {
    QTest::qWait(30);
    const QImage image = widget.grab().toImage();
    image.save(pictureFolder() + QLatin1Char('/') + name + QStringLiteral(".png"));
    return image;
}

/// Share of pixels near a colour, to see that something was drawn at all.
inline double shareOf(const QImage& image, const QColor& color, int tolerance = 6) {
    int found = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor c = image.pixelColor(x, y);
            if (std::abs(c.red() - color.red()) <= tolerance && std::abs(c.green() - color.green()) <= tolerance &&
                std::abs(c.blue() - color.blue()) <= tolerance)
                ++found;
        }
    return static_cast<double>(found) / std::max(1, image.width() * image.height());
}

} // namespace wb::test
