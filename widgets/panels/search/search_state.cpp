// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/search/search_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace wb::panels {

using nlohmann::json;

std::optional<SearchCandidate> candidateFrom(const json& payload) {
    SearchCandidate c;
    try {
        c.floatLayers = payload.value("float_layers", 0);
        c.floatShare = payload.value("float_macs_share", 0.0);
        c.cosine = payload.at("cosine").get<double>();
        c.best = payload.value("best", false);
        const double all = payload.value("int8_cycles", 0.0);
        if (all > 0 && payload.contains("extra_cycles")) c.extraCycles = payload.at("extra_cycles").get<double>() / all;
        for (const auto& name : payload.value("layers", json::array())) c.layers << QString::fromStdString(name.get<std::string>());
    } catch (const json::exception&) {
        return {};
    }
    return c;
}

std::optional<SearchStep> stepFrom(const json& payload) {
    SearchStep s;
    try {
        s.name = QString::fromStdString(payload.at("name").get<std::string>());
        s.cosine = payload.value("cosine", 0.0);
        s.gain = payload.value("gain", 0.0);
        s.kept = payload.value("kept", false);
        s.text = QString::fromStdString(payload.value("text", std::string()));
    } catch (const json::exception&) {
        return {};
    }
    return s;
}

QVector<PredictedPoint> predictedFrom(const json& payload) {
    QVector<PredictedPoint> points;
    try {
        const double all = payload.at("int8_cycles").get<double>();
        if (!(all > 0)) return {};
        for (const json& point : payload.at("points"))
            points << PredictedPoint{point.at("float_layers").get<int>(), point.at("extra_cycles").get<double>() / all,
                                     point.at("predicted_cosine").get<double>()};
    } catch (const json::exception&) {
        return {};
    }
    return points;
}

QVector<int> frontOf(const QVector<SearchCandidate>& candidates) {
    QVector<int> order(candidates.size());
    for (int i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        const auto &x = candidates[a], &y = candidates[b];
        return x.price() != y.price() ? x.price() < y.price() : x.cosine > y.cosine;
    });
    QVector<int> front;
    double best = -2;
    for (int i : order)
        if (candidates[i].cosine > best) {
            best = candidates[i].cosine;
            front << i;
        }
    return front;
}

int bestOf(const QVector<SearchCandidate>& candidates) {
    int best = -1;
    for (int i = 0; i < candidates.size(); ++i)
        if (candidates[i].best) best = i;
    if (best >= 0) return best;
    for (int i = 0; i < candidates.size(); ++i) {
        if (best < 0 || candidates[i].cosine > candidates[best].cosine ||
            (candidates[i].cosine == candidates[best].cosine && candidates[i].price() < candidates[best].price()))
            best = i;
    }
    return best;
}

namespace {

bool isFloat(const std::string& precision) { return !precision.empty() && precision != "INT8"; }

} // namespace

TableDifference differenceTo(const jobs::Project& project, const SearchCandidate& candidate) {
    TableDifference difference;
    const auto choiceOf = [&](const std::string& name) {
        const auto it = project.layers.find(name);
        return it == project.layers.end() ? jobs::LayerChoice{} : it->second;
    };
    for (const QString& name : candidate.layers) {
        const auto choice = choiceOf(name.toStdString());
        if (!choice.locked && !isFloat(choice.precision)) difference.added << name;
    }
    for (const auto& [name, choice] : project.layers)
        if (!choice.locked && isFloat(choice.precision) && !candidate.layers.contains(QString::fromStdString(name)))
            difference.removed << QString::fromStdString(name);
    return difference;
}

void applyCandidate(jobs::Project& project, const SearchCandidate& candidate) {
    for (auto it = project.layers.begin(); it != project.layers.end();) {
        if (!it->second.locked) it->second.precision.clear();
        it = it->second == jobs::LayerChoice{} ? project.layers.erase(it) : std::next(it);
    }
    for (const QString& name : candidate.layers) {
        jobs::LayerChoice& choice = project.layers[name.toStdString()];
        if (!choice.locked) choice.precision = project.target.floatType;
    }
}

} // namespace wb::panels
