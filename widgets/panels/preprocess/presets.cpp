// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/preprocess/presets.h"

#include "widgets/panels/preprocess/preprocess_panel.h"

#include <QSettings>

namespace wb::panels {

namespace {

constexpr char kGroup[] = "preprocessPresets";

QStringList words(const std::vector<std::string>& list) {
    QStringList out;
    for (const std::string& word : list) out << QString::fromStdString(word);
    return out;
}

std::vector<std::string> numbers(const QVariant& value, const char* otherwise) {
    std::vector<std::string> out;
    for (const QString& word : value.toStringList()) out.push_back(word.toStdString());
    out.resize(3, otherwise);
    return out;
}

} // namespace

QVector<Preset> presets(const jobs::PreprocessSettings& current) {
    jobs::PreprocessSettings plain;
    plain.resizeDims = current.resizeDims;
    QVector<Preset> list;
    const auto add = [&](const QString& name, auto change) {
        Preset preset{name, plain, false};
        change(preset.settings);
        list << preset;
    };
    using S = jobs::PreprocessSettings;
    add(PreprocessPanel::tr("YOLO (RGB, letterbox, 1/255)"), [](S& s) {
        s.pixelFormat = "rgb";
        s.keepAspectRatio = true;
        s.scale = {"1/255", "1/255", "1/255"};
    });
    add(PreprocessPanel::tr("ImageNet Caffe (BGR, mean only)"), [](S& s) {
        s.pixelFormat = "bgr";
        s.mean = {"103.94", "116.78", "123.68"};
    });
    add(PreprocessPanel::tr("ImageNet Torch"), [](S& s) {
        s.pixelFormat = "rgb";
        s.mean = {"0.485*255", "0.456*255", "0.406*255"};
        s.scale = {"1/(0.229*255)", "1/(0.224*255)", "1/(0.225*255)"};
    });
    add(PreprocessPanel::tr("MobileNet Caffe (0.017)"), [](S& s) {
        s.pixelFormat = "bgr";
        s.mean = {"103.94", "116.78", "123.68"};
        s.scale = {"0.017", "0.017", "0.017"};
    });
    add(PreprocessPanel::tr("Raw 0–255"), [](S& s) { s.pixelFormat = "rgb"; });
    add(PreprocessPanel::tr("Tensor file (npz, no preprocessing)"), [](S& s) { s.tensorInput = true; });

    QSettings store;
    store.beginGroup(QLatin1String(kGroup));
    for (const QString& name : store.childGroups()) {
        store.beginGroup(name);
        Preset preset{name, plain, true};
        S& s = preset.settings;
        s.pixelFormat = store.value(QStringLiteral("pixelFormat"), QStringLiteral("rgb")).toString().toStdString();
        s.channelFormat = store.value(QStringLiteral("channelFormat"), QStringLiteral("nchw")).toString().toStdString();
        s.keepAspectRatio = store.value(QStringLiteral("keepAspectRatio")).toBool();
        s.keepRatioMode = store.value(QStringLiteral("keepRatioMode"), QStringLiteral("letterbox")).toString().toStdString();
        s.padValue = store.value(QStringLiteral("padValue")).toInt();
        s.padType = store.value(QStringLiteral("padType"), QStringLiteral("center")).toString().toStdString();
        s.mean = numbers(store.value(QStringLiteral("mean")), "0");
        s.scale = numbers(store.value(QStringLiteral("scale")), "1");
        s.tensorInput = store.value(QStringLiteral("tensorInput")).toBool();
        list << preset;
        store.endGroup();
    }
    return list;
}

void savePreset(const QString& name, const jobs::PreprocessSettings& s) {
    QSettings store;
    store.beginGroup(QLatin1String(kGroup));
    store.beginGroup(QString(name).replace(u'/', u'∕').replace(u'\\', u'∖'));
    store.setValue(QStringLiteral("pixelFormat"), QString::fromStdString(s.pixelFormat));
    store.setValue(QStringLiteral("channelFormat"), QString::fromStdString(s.channelFormat));
    store.setValue(QStringLiteral("keepAspectRatio"), s.keepAspectRatio);
    store.setValue(QStringLiteral("keepRatioMode"), QString::fromStdString(s.keepRatioMode));
    store.setValue(QStringLiteral("padValue"), s.padValue);
    store.setValue(QStringLiteral("padType"), QString::fromStdString(s.padType));
    store.setValue(QStringLiteral("mean"), words(s.mean));
    store.setValue(QStringLiteral("scale"), words(s.scale));
    store.setValue(QStringLiteral("tensorInput"), s.tensorInput);
}

void removePreset(const QString& name) {
    QSettings store;
    store.beginGroup(QLatin1String(kGroup));
    store.remove(name);
}

} // namespace wb::panels
