// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/memory/local_allocator.h"

#include <algorithm>
#include <numeric>

namespace wb::codegen {
namespace {

using bm1684x::kBankBytes;
using bm1684x::kVectorBytes;
using bm1684x::roundUp;

bool together(const LocalBuffer& a, const LocalBuffer& b) {
    for (size_t i = 0; i < a.alive.size(); ++i)
        if (a.alive[i] && b.alive[i]) return true;
    return false;
}

/// Banks that two intervals both touch.
int64_t sharedBanks(int64_t a, int64_t aBytes, int64_t b, int64_t bBytes) {
    if (aBytes == 0 || bBytes == 0) return 0;
    const int64_t first = std::max(a / kBankBytes, b / kBankBytes);
    const int64_t last = std::min((a + aBytes - 1) / kBankBytes, (b + bBytes - 1) / kBankBytes);
    return std::max<int64_t>(0, last - first + 1);
}

struct Interval {
    int64_t begin, end;
};

} // namespace

int64_t peakBytes(const std::vector<LocalBuffer>& buffers) {
    int64_t peak = 0;
    const size_t steps = buffers.empty() ? 0 : buffers[0].alive.size();
    for (size_t step = 0; step < steps; ++step) {
        int64_t sum = 0;
        for (const LocalBuffer& buffer : buffers)
            if (buffer.alive[step]) sum += roundUp(buffer.bytes, kVectorBytes);
        peak = std::max(peak, sum);
    }
    return peak;
}

bool placeBuffers(std::vector<LocalBuffer>& buffers, int64_t laneBytes, bool fromTop) {
    if (peakBytes(buffers) > laneBytes) return false;
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    const auto rank = [&](const LocalBuffer& b) { return b.fixed ? 0 : b.outlives ? 1 : 2; };
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const int ra = rank(buffers[a]), rb = rank(buffers[b]);
        return ra != rb ? ra < rb : buffers[a].bytes > buffers[b].bytes;
    });
    std::vector<bool> placed(buffers.size());
    std::vector<Interval> blocked;
    std::vector<int64_t> candidates;
    for (const size_t index : order) {
        LocalBuffer& buffer = buffers[index];
        if (buffer.fixed) {
            placed[index] = true;
            continue;
        }
        const int64_t bytes = roundUp(buffer.bytes, kVectorBytes);
        blocked.clear();
        candidates.assign(1, 0);
        for (size_t other = 0; other < buffers.size(); ++other) {
            if (!placed[other] || buffers[other].bytes == 0 || !together(buffer, buffers[other])) continue;
            const int64_t begin = buffers[other].address;
            blocked.push_back({begin, begin + roundUp(buffers[other].bytes, kVectorBytes)});
            candidates.push_back(blocked.back().end);
            if (begin >= bytes) candidates.push_back(begin - bytes); // from above
        }
        candidates.push_back(laneBytes / kVectorBytes * kVectorBytes - bytes);
        for (int64_t bank = kBankBytes; bank < laneBytes; bank += kBankBytes)
            candidates.push_back(bank);
        for (int64_t end = laneBytes / kBankBytes * kBankBytes; end > 0; end -= kBankBytes)
            candidates.push_back(end - bytes);
        std::sort(candidates.begin(), candidates.end());
        if (fromTop) std::reverse(candidates.begin(), candidates.end());
        int64_t best = -1, bestScore = 0;
        for (const int64_t at : candidates) {
            if (at < 0 || at + bytes > laneBytes) continue;
            const bool free = std::none_of(blocked.begin(), blocked.end(), [&](const Interval& other) {
                return at < other.end && other.begin < at + bytes;
            });
            if (!free) continue;
            int64_t score = 0;
            for (const size_t partner : buffer.partners)
                if (placed[partner])
                    score += sharedBanks(at, bytes, buffers[partner].address, buffers[partner].bytes);
            if (best < 0 || score < bestScore) {
                best = at;
                bestScore = score;
            }
            if (bestScore == 0) break;
        }
        if (best < 0) return false;
        buffer.address = static_cast<uint32_t>(best);
        placed[index] = true;
    }
    return true;
}

} // namespace wb::codegen
