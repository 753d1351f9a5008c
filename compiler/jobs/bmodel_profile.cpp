// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/bmodel_profile.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

namespace wb::jobs {
namespace {

using bm1684x::Engine;

/// Number after `key` in a row ("s:12|b:3"), or -1.
int64_t numberAfter(std::string_view row, std::string_view key) {
    const size_t at = row.find(key);
    if (at == std::string_view::npos) return -1;
    int64_t value = -1;
    const char* begin = row.data() + at + key.size();
    std::from_chars(begin, row.data() + row.size(), value);
    return value;
}

/// Names in rows end at the first blank or bar.
std::string rowName(std::string name) {
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return c <= ' ' || c == '|'; }, '_');
    return name;
}

constexpr std::string_view kGroupMark = "\nGROUP=";

/// Rows of the vendor's for transfers end with a direction, "dr:".
LayersById layersInRows(std::string_view listing) {
    LayersById found;
    for (size_t at = listing.find("|s:"); at != std::string_view::npos; at = listing.find("|s:", at + 3)) {
        const size_t command = listing.rfind('|', at - 1);
        if (command == std::string_view::npos || at == 0) continue;
        const size_t before = listing.find_last_of(" \t\n|", command == 0 ? 0 : command - 1);
        const size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const size_t end = std::min(listing.find_first_of(" \n", at), listing.size());
        const std::string_view row = listing.substr(at, end - at);
        const std::string_view kind = listing.substr(command + 1, at - command - 1);
        const bool gdma = kind == "gdma" || row.find("|dr:") != std::string_view::npos;
        const int64_t id = numberAfter(row, gdma ? "|g:" : "|b:");
        if (id > 0) found[{gdma ? Engine::Gdma : Engine::Tiu, id}] = std::string(listing.substr(begin, command - begin));
    }
    return found;
}

} // namespace

std::vector<LayersById> layersInListing(std::string_view listing) {
    std::vector<LayersById> groups;
    for (size_t begin = 0; begin != std::string_view::npos;) {
        const size_t end = listing.find(kGroupMark, begin + 1);
        groups.push_back(layersInRows(listing.substr(begin, end == std::string_view::npos ? end : end - begin)));
        begin = end;
    }
    return groups;
}

std::string profileRows(const bm1684x::Timing& timing, const std::vector<std::string>& layers) {
    std::string text;
    uint32_t group = 0;
    for (const bm1684x::TimedCommand& c : timing.commands) {
        if (c.group != group) text += kGroupMark.substr(1), text += std::to_string(group = c.group) + '\n';
        const bool known = c.layer >= 0 && static_cast<size_t>(c.layer) < layers.size();
        const bool tiu = c.engine == Engine::Tiu;
        text += (known ? rowName(layers[static_cast<size_t>(c.layer)]) : std::string("-")) + (tiu ? "|tiu|s:" : "|gdma|s:") +
                std::to_string(c.start) + (tiu ? "|b:" : "|g:") + std::to_string(c.id) + "|e:" + std::to_string(c.end()) +
                "|t:" + std::to_string(c.cycles) + '\n';
    }
    return text + "TCYC=" + std::to_string(timing.total) + '\n';
}

Profile profileOf(const bm1684x::Timing& timing, const std::vector<std::string>& layers) {
    Profile profile{timing.total, timing.tiu, timing.gdma, timing.notObserved, {}};
    for (const bm1684x::LayerTime& t : timing.layers)
        if (t.layer >= 0 && static_cast<size_t>(t.layer) < layers.size())
            profile.layers.push_back({layers[static_cast<size_t>(t.layer)], t.start, t.end, t.tiu, t.gdma});
    return profile;
}

Result<const bmodel::Stage*> stageToTime(const bmodel::File& file) {
    if (file.chip != "BM1684X")
        return Error{Code::BmodelWrongChip, "the file is for " + file.chip + ", timed are commands of the BM1684X"};
    if (file.networks.empty() || file.networks.front().stages.empty())
        return Error{Code::BmodelDamaged, "the file holds no network"};
    return &file.networks.front().stages.front();
}

std::vector<LayersById> layersOf(const bmodel::Stage& stage) {
    const auto statistics = stage.netStat.bytes();
    return layersInListing({reinterpret_cast<const char*>(statistics.data()), statistics.size()});
}

Result<Profile> profileOf(const bmodel::File& file) {
    WB_ASSIGN(const bmodel::Stage* stage, stageToTime(file));
    const auto named = layersOf(*stage);
    Profile profile;
    std::map<std::string, size_t> rows;
    for (size_t g = 0; g < stage->groups.size(); ++g) {
        const bmodel::CommandGroup& group = stage->groups[g];
        WB_ASSIGN(const auto tiu, bm1684x::decodeStream(Engine::Tiu, group.tiu.bytes()));
        WB_ASSIGN(const auto gdma, bm1684x::decodeStream(Engine::Gdma, group.gdma.bytes()));
        WB_ASSIGN(const bm1684x::Timing timing, bm1684x::timeOf(tiu, gdma));
        for (const bm1684x::TimedCommand& c : timing.commands) {
            if (g >= named.size()) break; // a listing of fewer groups
            const auto name = named[g].find({c.engine, static_cast<int64_t>(c.id)});
            if (name == named[g].end()) continue;
            const int64_t begin = profile.cycles + c.start, end = profile.cycles + c.end();
            const auto [row, added] = rows.try_emplace(name->second, profile.layers.size());
            if (added) profile.layers.push_back({name->second, begin, end, 0, 0});
            LayerCycles& layer = profile.layers[row->second];
            layer.begin = std::min(layer.begin, begin);
            layer.end = std::max(layer.end, end);
            (c.engine == Engine::Tiu ? layer.tiu : layer.gdma) += c.cycles;
        }
        profile.cycles += timing.total;
        profile.tiu += timing.tiu;
        profile.gdma += timing.gdma;
        profile.notObserved += timing.notObserved;
    }
    std::stable_sort(profile.layers.begin(), profile.layers.end(),
                     [](const LayerCycles& a, const LayerCycles& b) { return a.begin < b.begin; });
    return profile;
}

std::string describe(const Profile& profile) {
    std::string text = std::to_string(profile.cycles) + " cycles at 1 GHz (estimate); TIU works " + std::to_string(profile.tiu) +
                       ", GDMA " + std::to_string(profile.gdma);
    if (profile.notObserved > 0)
        text += "\n" + std::to_string(profile.notObserved) + " commands have a cost that no listing of the vendor's shows";
    std::vector<LayerCycles> layers = profile.layers;
    std::stable_sort(layers.begin(), layers.end(),
                     [](const LayerCycles& a, const LayerCycles& b) { return a.tiu + a.gdma > b.tiu + b.gdma; });
    for (const LayerCycles& layer : layers)
        text += "\n  " + layer.layer + ": TIU " + std::to_string(layer.tiu) + ", GDMA " + std::to_string(layer.gdma) + ", from " +
                std::to_string(layer.begin) + " to " + std::to_string(layer.end);
    return text;
}

} // namespace wb::jobs
