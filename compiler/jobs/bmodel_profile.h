// SPDX-License-Identifier: GPL-3.0-or-later
// How long a bmodel takes on the chip, command by command, and which layer each command is for. The listing that goes
// into a file has the vendor's row form (Net statistics), so both kinds of files can be read.
#pragma once

#include "compiler/jobs/deploy.h"
#include "compiler/jobs/timeline.h"
#include "compiler/target/bm1684x/cycles/timing.h"
#include "compiler/target/bmodel/model.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wb::jobs {

struct Profile {
    int64_t cycles = 0;                 ///< until both engines are done, at 1 GHz
    int64_t tiu = 0, gdma = 0;          ///< cycles in which each works
    uint32_t notObserved = 0;           ///< commands whose cost no listing of the vendor's shows
    std::vector<LayerCycles> layers;    ///< in the order of their first command; empty when the file names none
};

/// Rows "LAYER|tiu|s:START|b:ID|e:END|t:CYCLES" and "LAYER|gdma|s:START|g:ID|…", then "TCYC=TOTAL". Before the rows of
/// the second and later command groups, whose ids begin at 1 again, a line "GROUP=INDEX".
std::string profileRows(const bm1684x::Timing& timing, const std::vector<std::string>& layers);

/// What is timed of a file: its first network's first stage. Refuses other chips and files without a network.
Result<const bmodel::Stage*> stageToTime(const bmodel::File& file);

/// Times the streams of the first network's first stage; layers from its statistics where it has them.
Result<Profile> profileOf(const bmodel::File& file);
/// The same for streams that were just made.
Profile profileOf(const bm1684x::Timing& timing, const std::vector<std::string>& layers);

/// Layer of each command of a group, by engine and id.
using LayersById = std::map<std::pair<bm1684x::Engine, int64_t>, std::string>;
/// Of each command group, from a listing: ours, or the vendor's with both engines side by side.
std::vector<LayersById> layersInListing(std::string_view listing);
/// The same of a stage's own listing.
std::vector<LayersById> layersOf(const bmodel::Stage& stage);

/// How many commands a timeline has at most, unless asked otherwise; neighbours are merged beyond that.
inline constexpr size_t kMostTimelineCommands = 100'000;

/// Every command of the same streams with its time, what it waits for, and what lies in local memory meanwhile.
Result<Timeline> timelineOf(const bmodel::File& file, size_t mostCommands = kMostTimelineCommands);

/// A table for people, the longest layers first.
std::string describe(const Profile& profile);

} // namespace wb::jobs
