// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/isa/footprint.h"

#include "compiler/target/bm1684x/isa/operands.h"

#include <algorithm>

namespace wb::bm1684x {
namespace {

constexpr uint64_t kAllLanes = ~uint64_t{0};
constexpr int64_t kManyPieces = 256; ///< more than that are taken together as one range

uint64_t laneMask(int64_t first, int64_t end) {
    if (first >= end) return 0;
    const uint64_t below = end >= kLanes ? kAllLanes : (uint64_t{1} << end) - 1;
    return below & (kAllLanes << first);
}

/// Bytes from an (n, c row)'s first element to behind its last one; lines that are padded to
/// vectors are written whole.
int64_t span(const Operand& o) {
    const int64_t bytes = ((o.shape[2] - 1) * o.stride[2] + (o.shape[3] - 1) * o.stride[3] + 1) *
                          bytesOf(o.precision);
    return std::string_view(o.layout) == "row-aligned" ? roundUp(bytes, kVectorBytes) : bytes;
}

/// Ranges of a local tensor, piece by piece: pieces that follow each other in the same lanes become
/// one.
class LocalPieces {
public:
    explicit LocalPieces(const Operand& o)
        : m_operand(o)
        , m_span(span(o)) {
        const int64_t end = o.lane0() + o.shape[1], rows = ceilDiv(end, kLanes);
        if (rows * o.shape[0] > kManyPieces) {
            const int64_t last = (o.shape[0] - 1) * o.stride[0] + (rows - 1) * o.stride[1];
            add(0, last * bytesOf(o.precision) + m_span,
                rows > 1 ? kAllLanes : laneMask(o.lane0(), end));
            return;
        }
        for (int64_t row = 0; row < rows; ++row) {
            const uint64_t lanes =
                laneMask(row == 0 ? o.lane0() : 0, std::min(kLanes, end - row * kLanes));
            for (int64_t n = 0; n < o.shape[0]; ++n) {
                const int64_t begin = (n * o.stride[0] + row * o.stride[1]) * bytesOf(o.precision);
                add(begin, begin + m_span, lanes);
            }
        }
    }

    std::vector<LocalRange> ranges;
    bool outside = false;

private:
    void add(int64_t begin, int64_t end, uint64_t lanes) {
        begin += m_operand.offset();
        end += m_operand.offset();
        if (end > kLaneBytes) outside = true;
        begin = std::min(begin, kLaneBytes);
        end = std::min(end, kLaneBytes);
        // Whole vectors count: nothing else lives in the padding behind a row.
        if (!ranges.empty() && ranges.back().lanes == lanes && begin >= ranges.back().begin &&
            begin <= roundUp(ranges.back().end, kVectorBytes)) {
            ranges.back().end = std::max(ranges.back().end, static_cast<uint32_t>(end));
            return;
        }
        ranges.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end), lanes});
    }

    const Operand& m_operand;
    int64_t m_span;
};

ByteRange hull(const Operand& o) {
    const int64_t last = (o.shape[0] - 1) * o.stride[0] + (o.shape[1] - 1) * o.stride[1];
    return {o.address, o.address + static_cast<uint64_t>(last * bytesOf(o.precision) + span(o))};
}

template <class T> void append(std::vector<T>& to, const std::vector<T>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

} // namespace

Footprint footprint(const Command& command) {
    Footprint out;
    for (const Operand& o : operandsOf(command)) {
        if (o.space == Space::Constant ||
            std::find(o.shape.begin(), o.shape.end(), 0) != o.shape.end())
            continue;
        switch (o.space) {
        case Space::Local: {
            LocalPieces pieces(o);
            if (pieces.outside) out.outside = o.name;
            if (o.reads) append(out.localReads, pieces.ranges);
            if (o.writes) append(out.localWrites, pieces.ranges);
            break;
        }
        case Space::AnyLocal: {
            const LocalRange all{0, static_cast<uint32_t>(kLaneBytes), kAllLanes};
            const ByteRange tables{kStaticBase, kStaticBase + kStaticBytes};
            out.localReads.push_back(all);
            out.localWrites.push_back(all);
            out.staticReads.push_back(tables);
            out.staticWrites.push_back(tables);
            break;
        }
        case Space::Static: {
            ByteRange range = hull(o);
            if (range.end > kStaticBase + kStaticBytes) {
                out.outside = o.name;
                range.end = kStaticBase + kStaticBytes;
            }
            if (o.reads) out.staticReads.push_back(range);
            if (o.writes) out.staticWrites.push_back(range);
            break;
        }
        case Space::Global: {
            ByteRange range = hull(o);
            const uint64_t end = range.begin < kGlobalBase ? kL2Base + kL2Bytes : kGlobalEnd;
            if (range.end > end) {
                out.outside = o.name;
                range.end = end;
            }
            if (o.reads) out.globalReads.push_back(range);
            if (o.writes) out.globalWrites.push_back(range);
            break;
        }
        default:
            out.outside = o.name;
        }
    }
    return out;
}

} // namespace wb::bm1684x
