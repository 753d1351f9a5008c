// SPDX-License-Identifier: GPL-3.0-or-later
// A saved project with made-up results of every stage on disk, as the stages would leave them. The numbers
// look real and are not; nothing outside the tests may use them.
#pragma once

#include "compiler/jobs/stages.h"
#include "tests/gui_views/made_network.h"
#include "widgets/document/document.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

namespace wb::test {

inline jobs::NetworkSnapshot weighedDetector() {
    jobs::NetworkSnapshot network = detector();
    for (jobs::LayerInfo& layer : network.layers) {
        if (layer.type != "Conv") continue;
        const int64_t in = network.layers[static_cast<size_t>(layer.inputs[0])].shape[1];
        layer.parameters = in * layer.shape[1] * 9;
        layer.macs = layer.parameters * layer.shape[2] * layer.shape[3];
        layer.attributes = {{"kernel_shape", "[3, 3]"}, {"strides", "[1, 1]"}, {"pads", "[1, 1, 1, 1]"}, {"do_relu", "false"}};
    }
    return network;
}

/// Boxes of one picture as two variants might find them.
inline std::vector<jobs::DetectionBox> boxesOf(const std::string& picture, jobs::Variant variant, int width, int height) {
    std::vector<jobs::DetectionBox> boxes;
    uint32_t seed = 7;
    for (char c : picture) seed = seed * 31U + static_cast<unsigned char>(c);
    const int count = 4 + static_cast<int>(seed % 4U);
    for (int i = 0; i < count; ++i) {
        const auto n = [&](uint32_t k) { return noise(seed + static_cast<uint32_t>(i) * 17U + k); };
        jobs::DetectionBox box{static_cast<int>(n(1) * 3.99), 0.55 + 0.4 * n(2), n(3) * width * 0.6, n(4) * height * 0.6,
                               width * (0.12 + 0.2 * n(5)), height * (0.15 + 0.25 * n(6))};
        const double level = variant == jobs::Variant::Int8 ? 1.0 : variant == jobs::Variant::Mixed ? 0.25 : 0.0;
        if (variant == jobs::Variant::Int8 && i == 2) continue; // missed
        box.score -= level * (0.04 + 0.08 * n(7));
        box.x += level * width * 0.02 * (n(8) - 0.5);
        box.w *= 1 + level * 0.16 * (n(9) - 0.5);
        boxes.push_back(box);
    }
    if (variant == jobs::Variant::Int8) boxes.push_back({1, 0.56, width * 0.7, height * 0.68, width * 0.15, height * 0.2});
    return boxes;
}

class MadeProject {
public:
    /// `upTo`: the last stage with results; Import and before show only the network.
    /// `withSource`: boxes of the source runtime too.
    explicit MadeProject(jobs::Stage upTo = jobs::Stage::Mixed, const QString& model = QStringLiteral("detector.onnx"), bool withSource = false)
        : m_source(withSource) {
        m_folder = m_dir.filePath(QStringLiteral("p"));
        QDir().mkpath(m_folder);
        write(model, "made up, never read");
        m_network = weighedDetector();
        m_project.model.path = model.toStdString();
        m_project.preprocess.pixelFormat = "rgb";
        m_project.preprocess.keepAspectRatio = true;
        m_project.preprocess.scale = {"1/255", "1/255", "1/255"};
        m_project.goals = {{"layer", 0.97}, {"output", 0.999}, {"detections", 0.95}};
        m_project.detect.scoreThreshold = 0.5;
        const QDir samples(QStringLiteral(WB_SOURCE_DIR "/resources/sample/test"));
        for (const QFileInfo& file : samples.entryInfoList({QStringLiteral("*.jpg")}, QDir::Files, QDir::Name)) {
            QFile::copy(file.filePath(), m_folder + u'/' + file.fileName());
            m_project.testImages.push_back(file.fileName().toStdString());
        }
        const QDir calibration(QStringLiteral(WB_SOURCE_DIR "/resources/sample/calibration"));
        QDir().mkpath(m_folder + QStringLiteral("/calibration"));
        for (const QFileInfo& file : calibration.entryInfoList({QStringLiteral("*.jpg")}, QDir::Files, QDir::Name))
            QFile::copy(file.filePath(), m_folder + QStringLiteral("/calibration/") + file.fileName());
        write(QStringLiteral("calibration/zz_damaged.jpg"), "no picture at all");
        m_project.calibration.dataset = "calibration";
        const auto precisionList = precisions(m_network);
        for (const auto& p : precisionList)
            if (p.requested != "auto") m_project.layers[p.name].precision = p.requested;
        m_project.layers[m_network.layers[20].name].locked = true;
        m_file = m_folder + QStringLiteral("/detector.tpuwb");
        save();
        m_precisions = precisionList;
        store(upTo, precisionList);
    }
    /// Results of later stages, as if they had been run since.
    void runTo(jobs::Stage upTo) { store(upTo, m_precisions); }

    void save() { [this] { QVERIFY(jobs::saveProject(m_project, m_file.toStdString())); }(); }
    const QString& file() const { return m_file; }
    QString path(const QString& name) const { return m_folder + u'/' + name; }
    const jobs::NetworkSnapshot& network() const { return m_network; }
    jobs::Project& project() { return m_project; }
    /// Opened, with all results loaded.
    void open(document::Document& document, bool results = true) const {
        QVERIFY(document.openProject(m_file));
        if (results) QTRY_VERIFY_WITH_TIMEOUT(!document.network().layers.empty(), 10000);
    }

    /// A finished Deploy: its deploy.json and, when `bmodel` is not empty, a file with these bytes.
    void storeDeploy(const nlohmann::json& report, const QByteArray& bmodel = {}) {
        jobs::StageResult result;
        result.stage = jobs::Stage::Deploy;
        result.key = jobs::stageKeys(m_project, m_file.toStdString())[static_cast<size_t>(result.stage)];
        result.done = true;
        result.state = bmodel.isEmpty() ? "skipped" : "done";
        result.files["deploy"] = "deploy.json";
        const auto folder = QString::fromStdString(jobs::stageFolder(m_file.toStdString(), result.stage, result.key).string());
        QDir().mkpath(folder);
        const auto put = [&](const QString& name, const QByteArray& bytes) {
            QFile file(folder + u'/' + name);
            if (file.open(QIODevice::WriteOnly)) file.write(bytes);
        };
        put(QStringLiteral("deploy.json"), QByteArray::fromStdString(report.dump()));
        if (!bmodel.isEmpty()) {
            result.files["bmodel"] = "network.bmodel";
            result.summary["bytes"] = std::to_string(bmodel.size());
            put(QStringLiteral("network.bmodel"), bmodel);
        }
        put(QStringLiteral("stage.json"), QByteArray::fromStdString(nlohmann::json(result).dump()));
    }

private:
    void write(const QString& name, const QByteArray& bytes) {
        QFile file(m_folder + u'/' + name);
        if (file.open(QIODevice::WriteOnly)) file.write(bytes);
    }

    template <class List> static nlohmann::json array(const List& list) {
        nlohmann::json out = nlohmann::json::array();
        for (const auto& entry : list) out.push_back(entry);
        return out;
    }

    void store(jobs::Stage upTo, const QVector<jobs::LayerPrecision>& mixedPrecisions) {
        using jobs::Stage;
        using jobs::Variant;
        const auto keys = jobs::stageKeys(m_project, m_file.toStdString());
        auto int8Precisions = mixedPrecisions;
        for (auto& p : int8Precisions) {
            p.requested = "auto";
            p.actual = "INT8";
            p.reasonCode.clear();
            p.reasonText.clear();
        }
        for (Stage stage : jobs::kStages) {
            if (stage > upTo || stage == Stage::Deploy) break;
            jobs::StageResult result;
            result.stage = stage;
            result.key = keys[static_cast<size_t>(stage)];
            result.done = true;
            result.state = "done";
            result.seconds = 1.3;
            std::map<std::string, nlohmann::json> files;
            if (stage == Stage::Import) files["network"] = m_network;
            if (stage == Stage::Calibrate) result.summary = {{"images", "9"}, {"thresholds", "142"}, {"method", "kl"}};
            const auto variant = stage == Stage::Reference ? Variant::Fp32 : stage == Stage::Quantise ? Variant::Int8 : Variant::Mixed;
            if (stage == Stage::Reference || stage == Stage::Quantise || stage == Stage::Mixed) {
                auto list = samples(m_network, variant, variant == Variant::Fp32 ? 6.0 : variant == Variant::Int8 ? 1.75 : 2.5);
                if (variant == Variant::Int8)
                    for (auto isolated : samples(m_network, variant, 2.9)) {
                        isolated.isolated = true;
                        list << isolated;
                    }
                files["samples"] = array(list);
                std::vector<jobs::DetectionCandidates> detections;
                for (const std::string& picture : m_project.testImages)
                    detections.push_back({picture, variant, 640, 480, boxesOf(picture, variant, 640, 480)});
                files["detections"] = array(detections);
                if (m_source && variant == Variant::Fp32) {
                    for (auto& d : detections) d.variant = Variant::Source;
                    files["detections-source"] = array(detections);
                }
            }
            if (stage == Stage::Quantise) files["precisions"] = array(int8Precisions);
            if (stage == Stage::Mixed) files["precisions"] = array(mixedPrecisions);
            const auto folder = jobs::stageFolder(m_file.toStdString(), stage, result.key);
            QDir().mkpath(QString::fromStdString(folder.string()));
            for (const auto& [role, content] : files) {
                result.files[role] = role + ".json";
                QFile file(QString::fromStdString((folder / (role + ".json")).string()));
                if (file.open(QIODevice::WriteOnly)) file.write(QByteArray::fromStdString(content.dump()));
            }
            QFile file(QString::fromStdString((folder / "stage.json").string()));
            if (file.open(QIODevice::WriteOnly)) file.write(QByteArray::fromStdString(nlohmann::json(result).dump()));
        }
    }

    QTemporaryDir m_dir;
    QString m_folder, m_file;
    jobs::NetworkSnapshot m_network;
    jobs::Project m_project;
    QVector<jobs::LayerPrecision> m_precisions;
    bool m_source = false;
};

} // namespace wb::test
