// SPDX-License-Identifier: GPL-3.0-or-later
// Texts about layers; see layer_text.h.
#include "visualizer/common/layer_text.h"

#include <QRegularExpression>
#include <QStringList>
#include <cmath>

namespace wb::visualizer {

QString fromStd(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString shapeText(const ir::Shape& shape, bool dropBatch) {
    QString text;
    const size_t first = dropBatch && shape.size() > 2 && shape[0] == 1 ? 1 : 0;
    for (size_t i = first; i < shape.size(); ++i) {
        if (i > first)
            text += QChar(0x00D7);
        text += shape[i] < 0 ? QStringLiteral("?") : QString::number(shape[i]);
    }
    return text;
}

QString numberText(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    QString text = QString::number(std::abs(value), 'f', digits);
    const bool zero = text.count(QLatin1Char('0')) + text.count(QLatin1Char('.')) == text.size();
    if (value < 0 && !zero)
        text.prepend(QChar(0x2212));
    return text;
}

QString plainName(const QString& layerName) {
    static const QRegularExpression suffix(QStringLiteral("_output_\\d+(_[A-Za-z0-9]+)?$"));
    QString name = layerName;
    const qsizetype at = name.indexOf(suffix);
    if (at > 0)
        name.truncate(at);
    return name;
}

QString nameInBlock(const QString& layerName, const QString& blockPath) {
    QString name = plainName(layerName);
    if (!blockPath.isEmpty() && name.startsWith(blockPath) && name.size() > blockPath.size() &&
        name[blockPath.size()] == QLatin1Char('/'))
        name = name.mid(blockPath.size() + 1);
    QStringList parts = name.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    if (parts.isEmpty())
        return layerName;
    // The last part of an exported name is its operator; the type stands on the second line already.
    if (parts.size() > 1 && parts.back().at(0).isUpper())
        parts.removeLast();
    return parts.join(QLatin1Char('/'));
}

QString shortPrecision(const QString& precision) {
    if (precision == QLatin1String("INT8"))
        return QStringLiteral("I8");
    if (precision == QLatin1String("BF16"))
        return QStringLiteral("B16");
    return precision;
}

} // namespace wb::visualizer
