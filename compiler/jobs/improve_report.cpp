// SPDX-License-Identifier: GPL-3.0-or-later
// The report of a recipe run: the same numbers as text and as JSON, each with its band.
#include "compiler/jobs/improve_job.h"

#include "compiler/jobs/error_json.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace wb::jobs {
namespace {

using nlohmann::json;

json bandJson(const improve::Banded& b) { return {{"mean", b.mean}, {"deviation", b.deviation}}; }

json agreementJson(const improve::BandedAgreement& a) {
    const improve::Agreement& first = a.first();
    json j{{"sqnr", bandJson(a.sqnr)},       {"cosine", bandJson(a.cosine)},         {"similarity", first.similarity},
           {"pictures", first.pictures},     {"worst_picture_sqnr", first.leastSqnr}, {"picture_sqnr", first.pictureSqnr},
           {"runs", a.runs.size()}};
    if (first.detects)
        j["detection"] = {{"score_sqnr", bandJson(a.scoreSqnr)}, {"f1", bandJson(a.f1)},
                          {"score_shift", bandJson(a.scoreShift)}, {"top_shift", first.topShift},
                          {"objects", first.objects}};
    return j;
}

template <class... Args> std::string format(const char* pattern, Args... args) {
    char text[256];
    std::snprintf(text, sizeof text, pattern, args...);
    return text;
}

std::string agreementText(const improve::BandedAgreement& a) {
    std::string text = format("SQNR %.1f +- %.1f dB, cosine %.5f", a.sqnr.mean, a.sqnr.deviation, a.cosine.mean);
    if (a.first().detects)
        text += format(", scores %.1f +- %.1f dB, F1 %.3f +- %.3f, ds %.3f", a.scoreSqnr.mean, a.scoreSqnr.deviation,
                       a.f1.mean, a.f1.deviation, a.scoreShift.mean);
    return text;
}

} // namespace

void to_json(json& j, const ImproveResult& v) {
    j = {{"table", v.table.string()},  {"mlir", v.mlir.string()},    {"mode", v.mode},       {"recipe", v.recipe},
         {"level", v.level},           {"asymmetric", v.asymmetric},          {"cancelled", v.cancelled},   {"seconds", v.seconds},
         {"test", nullptr},
         {"pictures", {{"calibration", v.calibrationPictures}, {"validation", v.validationPictures}, {"test", v.testPictures}}}};
    json notes = json::array();
    for (const Error& note : v.notes)
        notes.push_back(errorToJson(note));
    j["notes"] = std::move(notes);
    json recipes = json::array();
    for (const RecipeReport& r : v.recipes) {
        json row{{"name", r.name}, {"mode", r.mode}, {"level", r.level}, {"reason", r.reason}, {"kept", r.kept},
                 {"seconds", r.seconds}, {"validation", nullptr}};
        if (r.measured) row["validation"] = agreementJson(r.validation);
        recipes.push_back(std::move(row));
    }
    j["recipes"] = std::move(recipes);
    if (v.tested)
        j["test"] = {{"vendor", agreementJson(v.testVendor)}, {"kept", agreementJson(v.testBest)}, {"verdict", v.verdict}};
    json layers = json::array();
    for (const improve::LayerMove& layer : v.layers)
        layers.push_back({{"name", layer.name}, {"moved", layer.moved}, {"places", layer.places}, {"kept", layer.kept}});
    j["layers"] = std::move(layers);
    json equalised = json::array();
    for (const improve::EqualisedTensor& t : v.equalised)
        equalised.push_back({{"name", t.name}, {"power", t.power}, {"damage_before", t.before}, {"damage_after", t.after}});
    j["equalised"] = std::move(equalised);
}

std::vector<std::string> reportLines(const ImproveResult& v) {
    std::vector<std::string> lines;
    lines.push_back(std::to_string(v.calibrationPictures) + " pictures to calibrate, " +
                    std::to_string(v.validationPictures) + " to choose by, " + std::to_string(v.testPictures) +
                    " to show; agreement with the float network:");
    for (const RecipeReport& r : v.recipes)
        lines.push_back((r.kept ? "* " : "  ") + r.name + ": " +
                        (r.measured ? agreementText(r.validation) : std::string("not measured")) + " (" + r.reason +
                        format(", %.1f s)", r.seconds));
    if (v.tested) {
        const auto& first = v.testBest.first();
        lines.push_back("on test pictures (" + std::to_string(first.pictures) +
                        (first.detects ? ", " + std::to_string(first.objects) + " objects" : std::string()) + ", " +
                        std::to_string(v.testVendor.runs.size()) + " runs):");
        lines.push_back("  vendor-exact: " + agreementText(v.testVendor));
        if (v.mode == "improved") lines.push_back("  improved (" + v.recipe + "): " + agreementText(v.testBest) + ": " + v.verdict);
    }
    for (const improve::EqualisedTensor& t : v.equalised)
        if (t.power > 0)
            lines.push_back("equalised: " + t.name + format(", power %.2f, damage of the tensor alone %.2e -> %.2e", t.power, t.before, t.after));
    for (const Error& note : v.notes)
        lines.push_back(toText(note));
    lines.push_back("kept: " + v.mode + ", recipe " + v.recipe + ", table " + v.table.string() +
                    (v.mlir.empty() ? std::string() : ", network with rewritten weights " + v.mlir.string()));
    if (v.cancelled) lines.push_back("stopped before all recipes were tried");
    return lines;
}

} // namespace wb::jobs
