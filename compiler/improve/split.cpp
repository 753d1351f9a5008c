// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/split.h"

#include "compiler/improve/notes.h"

#include <algorithm>
#include <map>

namespace wb::improve {

Sets divide(const std::vector<std::string>& hashes) {
    std::map<std::string, size_t> firstOf;
    std::vector<std::vector<size_t>> contents; // runs of one content, in the order of their first
    for (size_t i = 0; i < hashes.size(); ++i) {
        const auto [it, fresh] = firstOf.try_emplace(hashes[i], contents.size());
        if (fresh) contents.emplace_back();
        contents[it->second].push_back(i);
    }
    constexpr size_t kMostHeldOut = 50;
    const size_t count = contents.size();
    const size_t quarter = std::min(kMostHeldOut, std::max<size_t>(1, count / 4));
    const size_t validation = count < 3 ? 0 : quarter, test = count < 4 ? 0 : quarter;
    Sets sets;
    for (size_t i = 0; i < count; ++i) {
        const bool isTest = i + test >= count;
        const bool isValidation = !isTest && i + test + validation >= count;
        // Only the first of equal pictures is held out: the others would count twice.
        if (isTest || isValidation)
            (isTest ? sets.test : sets.validation).push_back(contents[i].front());
        else
            sets.calibration.insert(sets.calibration.end(), contents[i].begin(), contents[i].end());
    }
    std::sort(sets.calibration.begin(), sets.calibration.end());
    if (validation == 0)
        sets.notes.push_back(notes::noneToHoldOut(count));
    else if (test == 0)
        sets.notes.push_back(notes::noneToTest(count));
    else if (sets.calibration.size() < 8)
        sets.notes.push_back(notes::fewToCalibrate(sets.calibration.size()));
    return sets;
}

Status checkDisjoint(const std::vector<NamedPictures>& sets) {
    std::map<std::string, std::pair<std::string, std::string>> seen; // hash → set, file
    for (const NamedPictures& set : sets)
        for (size_t i = 0; i < set.hashes.size(); ++i) {
            const std::string file = i < set.files.size() ? set.files[i] : std::string();
            const auto [it, fresh] = seen.try_emplace(set.hashes[i], set.set, file);
            if (!fresh && it->second.first != set.set)
                return Error{Code::UsageError, "the " + it->second.first + " and the " + set.set +
                                                   " pictures share one: " + it->second.second + " and " + file}
                    .because("figures of pictures that a recipe has seen say nothing")
                    .inFile(file)
                    .remedy("take the picture out of one of the sets");
        }
    return {};
}

} // namespace wb::improve
