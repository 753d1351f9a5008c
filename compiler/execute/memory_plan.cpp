// SPDX-License-Identifier: GPL-3.0-or-later
// Offsets in the arena: largest first, each at the lowest place where nothing with an overlapping life
// lies (the "greedy by size" heuristic of Pisarchyk and Lee, 2020, https://arxiv.org/abs/2001.03288).
#include "compiler/execute/plan.h"

#include <algorithm>
#include <numeric>

namespace wb::execute {

size_t placeRoots(std::vector<Slot>& slots) {
    constexpr size_t kAlign = 64;
    auto rounded = [](size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; };

    struct Root {
        SlotId id;
        size_t bytes;
        int first, last;
    };
    std::vector<Root> roots;
    std::vector<int> rootIndex(slots.size(), -1);
    for (size_t i = 0; i < slots.size(); ++i)
        if (slots[i].parent == kNoSlot && slots[i].place == Place::Arena) {
            rootIndex[i] = static_cast<int>(roots.size());
            roots.push_back({static_cast<SlotId>(i), rounded(slots[i].bytes), slots[i].firstStep,
                             slots[i].lastStep});
        }
    // A root lives as long as any slot inside it.
    for (size_t i = 0; i < slots.size(); ++i) {
        SlotId at = static_cast<SlotId>(i);
        while (slots[static_cast<size_t>(at)].parent != kNoSlot)
            at = slots[static_cast<size_t>(at)].parent;
        const int index = rootIndex[static_cast<size_t>(at)];
        if (index < 0) continue;
        Root& root = roots[static_cast<size_t>(index)];
        root.first = std::min(root.first, slots[i].firstStep);
        root.last = std::max({root.last, slots[i].lastStep, slots[i].firstStep});
    }
    std::stable_sort(roots.begin(), roots.end(),
                     [](const Root& a, const Root& b) { return a.bytes > b.bytes; });

    std::vector<Root> placed;
    size_t total = 0;
    for (const Root& root : roots) {
        std::vector<std::pair<size_t, size_t>> busy;
        for (const Root& other : placed)
            if (root.first <= other.last && other.first <= root.last) {
                const size_t at = slots[static_cast<size_t>(other.id)].arenaOffset;
                busy.emplace_back(at, at + other.bytes);
            }
        std::sort(busy.begin(), busy.end());
        size_t offset = 0;
        for (const auto& [begin, end] : busy) {
            if (begin >= offset && begin - offset >= root.bytes) break;
            offset = std::max(offset, end);
        }
        slots[static_cast<size_t>(root.id)].arenaOffset = offset;
        total = std::max(total, offset + root.bytes);
        placed.push_back(root);
    }
    return total;
}

} // namespace wb::execute
