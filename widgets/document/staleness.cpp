// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/staleness.h"

#include <QCoreApplication>

#include <nlohmann/json.hpp>

#include <set>

namespace wb::document {
namespace {

using nlohmann::json;

struct Phrases {
    Q_DECLARE_TR_FUNCTIONS(wb::document::Staleness)
public:
    /// The user's word for a setting; empty when it has none of its own.
    static QString nameOf(const QString& path) {
        static const QHash<QString, const char*> names{
            {QStringLiteral("model/sha256"), QT_TR_NOOP("the model file")},
            {QStringLiteral("model/data_sha256"), QT_TR_NOOP("the weights file")},
            {QStringLiteral("model/input_shapes"), QT_TR_NOOP("input shapes")},
            {QStringLiteral("model/output_names"), QT_TR_NOOP("outputs")},
            {QStringLiteral("preprocess/pixel_format"), QT_TR_NOOP("colour order")},
            {QStringLiteral("preprocess/channel_format"), QT_TR_NOOP("channel layout")},
            {QStringLiteral("preprocess/resize_dims"), QT_TR_NOOP("resize size")},
            {QStringLiteral("preprocess/keep_aspect_ratio"), QT_TR_NOOP("keep aspect")},
            {QStringLiteral("preprocess/keep_ratio_mode"), QT_TR_NOOP("aspect mode")},
            {QStringLiteral("preprocess/pad_value"), QT_TR_NOOP("pad value")},
            {QStringLiteral("preprocess/pad_type"), QT_TR_NOOP("pad position")},
            {QStringLiteral("preprocess/mean"), QT_TR_NOOP("mean")},
            {QStringLiteral("preprocess/scale"), QT_TR_NOOP("scale")},
            {QStringLiteral("preprocess/tensor_input"), QT_TR_NOOP("input kind")},
            {QStringLiteral("calibration/data"), QT_TR_NOOP("calibration images")},
            {QStringLiteral("calibration/dataset"), QT_TR_NOOP("calibration images")},
            {QStringLiteral("calibration/data_list"), QT_TR_NOOP("calibration images")},
            {QStringLiteral("calibration/input_num"), QT_TR_NOOP("number of images")},
            {QStringLiteral("calibration/method"), QT_TR_NOOP("calibration method")},
            {QStringLiteral("calibration/histogram_bins"), QT_TR_NOOP("histogram bins")},
            {QStringLiteral("calibration/tune_num"), QT_TR_NOOP("tuning")},
            {QStringLiteral("calibration/imported_table"), QT_TR_NOOP("calibration table")},
            {QStringLiteral("target/chip"), QT_TR_NOOP("target")},
            {QStringLiteral("target/asymmetric"), QT_TR_NOOP("symmetry")},
            {QStringLiteral("target/float_type"), QT_TR_NOOP("float type")},
            {QStringLiteral("detect"), QT_TR_NOOP("detection head")},
            {QStringLiteral("deploy"), QT_TR_NOOP("deploy settings")},
            {QStringLiteral("tolerance"), QT_TR_NOOP("tolerance")},
            {QStringLiteral("test_images"), QT_TR_NOOP("test images")},
            {QStringLiteral("layers"), QT_TR_NOOP("precisions")},
        };
        const auto exact = names.constFind(path);
        if (exact != names.constEnd()) return tr(*exact);
        const auto top = names.constFind(path.section(u'/', 0, 0));
        return top == names.constEnd() ? QString() : tr(*top);
    }

    static QString sentence(const QStringList& words) {
        if (words.isEmpty()) return tr("made by another version");
        if (words.size() == 1) return tr("%1 changed").arg(words[0]);
        if (words.size() == 2) return tr("%1 and %2 changed").arg(words[0], words[1]);
        return tr("%1 and %n more changed", nullptr, static_cast<int>(words.size()) - 1).arg(words[0]);
    }
};

void compare(const json& before, const json& now, const QString& path, int depth, QStringList& out) {
    if (before == now) return;
    // Two levels are what the user knows as settings; below that (one layer's entry) the parent counts.
    if (depth < 2 && before.is_object() && now.is_object()) {
        std::set<std::string> keys;
        for (const auto& item : before.items()) keys.insert(item.key());
        for (const auto& item : now.items()) keys.insert(item.key());
        for (const std::string& key : keys) {
            const auto a = before.find(key), b = now.find(key);
            const QString child = path.isEmpty() ? QString::fromStdString(key)
                                                 : path + u'/' + QString::fromStdString(key);
            const bool plain = child == u"layers";
            compare(a == before.end() ? json() : *a, b == now.end() ? json() : *b, child,
                    plain ? 2 : depth + 1, out);
        }
        return;
    }
    out << path;
}

} // namespace

QStringList changedSettings(const json& before, const json& now) {
    QStringList paths;
    compare(before, now, {}, 0, paths);
    return paths;
}

QString stalenessReason(const json& before, const json& now) {
    QStringList words;
    for (const QString& path : changedSettings(before, now)) {
        const QString word = Phrases::nameOf(path);
        if (!word.isEmpty() && !words.contains(word)) words << word;
    }
    return Phrases::sentence(words);
}

} // namespace wb::document
