// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/addresses/ddr.h"

#include <algorithm>
#include <numeric>

namespace wb::codegen {
namespace {

using bm1684x::kGlobalEnd;
using bm1684x::kPageBytes;

uint64_t pages(uint64_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes; }

/// First to last step that touches each buffer.
std::vector<DdrMap::Life> lifetimes(const ir::Graph& graph, const Views& views, const std::vector<Step>& steps) {
    std::vector<DdrMap::Life> lives(views.bufferBytes.size());
    const auto touch = [&](ir::ValueId id, int32_t step) {
        if (id == ir::kNoValue) return;
        const int32_t buffer = views.values[static_cast<size_t>(id)].buffer;
        if (buffer < 0) return;
        auto& life = lives[static_cast<size_t>(buffer)];
        life.first = life.first < 0 ? step : std::min(life.first, step);
        life.last = std::max(life.last, step);
    };
    for (size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        const auto index = static_cast<int32_t>(i);
        if (step.how == Runs::Local) {
            for (size_t k = 0; k < step.group.inputs.size(); ++k)
                if (!step.group.isHeld(k)) touch(step.group.inputs[k], index);
            for (size_t k = 0; k < step.group.outputs.size(); ++k)
                if (step.group.isStored(k)) touch(step.group.outputs[k], index);
            continue;
        }
        for (const ir::ValueId id : graph.node(step.node).operands)
            touch(id, index);
        touch(graph.node(step.node).results[0], index);
    }
    const auto last = static_cast<int32_t>(steps.size());
    for (const ir::ValueId id : graph.inputs()) {
        touch(id, 0);
        touch(id, last);
    }
    for (const ir::ValueId id : graph.outputs) {
        touch(id, 0);
        touch(id, last);
    }
    return lives;
}

} // namespace

bm1684x::GlobalTensor DdrMap::tensor(const Selection& selection, ir::ValueId id) const {
    const ValueInfo& info = selection.values[static_cast<size_t>(id)];
    return {values[static_cast<size_t>(id)], info.precision, info.isSigned, info.shape};
}

Result<DdrMap> placeInDdr(const ir::Graph& graph, const Selection& selection, const Views& views,
                          const std::vector<Step>& steps, uint64_t coefficientBytes, bool share) {
    (void)selection;
    DdrMap map;
    map.contextAddress = map.coefficientAddress + pages(coefficientBytes);
    map.lives = lifetimes(graph, views, steps);
    const size_t count = views.bufferBytes.size();
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return views.bufferBytes[a] > views.bufferBytes[b]; });
    std::vector<uint64_t> addresses(count); // 0: not placed; real ones begin at contextAddress
    std::vector<size_t> meeting;
    for (const size_t index : order) {
        if (map.lives[index].first < 0 || views.bufferBytes[index] == 0) continue;
        const uint64_t bytes = pages(static_cast<uint64_t>(views.bufferBytes[index]));
        meeting.clear();
        for (const size_t other : order)
            if (addresses[other] != 0 && (!share || (map.lives[other].first <= map.lives[index].last &&
                                                     map.lives[index].first <= map.lives[other].last)))
                meeting.push_back(other);
        std::sort(meeting.begin(), meeting.end(), [&](size_t a, size_t b) { return addresses[a] < addresses[b]; });
        uint64_t at = map.contextAddress; // first gap that is wide enough
        for (const size_t other : meeting) {
            if (at + bytes <= addresses[other]) break;
            at = std::max(at, addresses[other] + pages(static_cast<uint64_t>(views.bufferBytes[other])));
        }
        if (at + bytes > kGlobalEnd)
            return Error{.code = Code::CodegenLimit, .what = "the network needs more memory than the chip can address"};
        addresses[index] = at;
        map.contextBytes = std::max(map.contextBytes, at + bytes - map.contextAddress);
    }
    map.values.resize(views.values.size());
    for (size_t i = 0; i < views.values.size(); ++i) {
        const Storage& place = views.values[i];
        if (place.buffer < 0 || addresses[static_cast<size_t>(place.buffer)] == 0) continue;
        map.values[i] = addresses[static_cast<size_t>(place.buffer)] + static_cast<uint64_t>(place.offset);
    }
    return map;
}

} // namespace wb::codegen
