// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/import_dialog/entered_shapes.h"

#include <QStringList>

namespace wb::panels {
namespace {

/// "[batch,3,?,8]" → "?×3×?×8"; no sizes at all (a scalar has them, too) → `none`.
QString pattern(QString text, const QString& none) {
    QStringList sizes = text.remove(u'[').remove(u']').split(u',', Qt::SkipEmptyParts);
    for (QString& size : sizes) {
        bool known = false;
        size.trimmed().toLongLong(&known);
        size = known ? size.trimmed() : QStringLiteral("?");
    }
    return sizes.isEmpty() ? none : sizes.join(QChar(0x00D7));
}

} // namespace

std::optional<ir::Shape> shapeOf(const QString& text) {
    QString plain = text;
    for (QChar& c : plain)
        if (!c.isDigit()) c = u' ';
    ir::Shape shape;
    for (const QString& word : plain.split(u' ', Qt::SkipEmptyParts)) {
        bool ok = false;
        const qlonglong size = word.toLongLong(&ok);
        if (!ok || size < 1 || size > 1'000'000) return {};
        shape.push_back(size);
    }
    if (shape.empty() || text.contains(u'?')) return {};
    return shape;
}

std::vector<AskedShape> askedShapes(const Error& error) {
    const auto lines = [&](const char* key) {
        const auto it = error.fields.find(key);
        return it == error.fields.end() ? QStringList() : QString::fromStdString(it->second).split(u'\n');
    };
    const QStringList names = lines("inputs"), shapes = lines("shapes"), proposals = lines("proposals");
    std::vector<AskedShape> asked;
    for (qsizetype i = 0; i < names.size(); ++i)
        asked.push_back({names[i], pattern(shapes.value(i), i < shapes.size() && shapes[i] == QStringLiteral("[]") ? QStringLiteral("1") : QStringLiteral("?")),
                         pattern(proposals.value(i), {})});
    if (asked.empty()) asked.push_back({QString::fromStdString(error.node), QStringLiteral("?"), {}});
    return asked;
}

} // namespace wb::panels
