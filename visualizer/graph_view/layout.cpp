// SPDX-License-Identifier: GPL-3.0-or-later
// Stacking of ranks, block frames and edge corners; see layout.h.
#include "visualizer/graph_view/layout.h"

#include "visualizer/graph_view/edge_router.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::graph_view {
namespace {

constexpr double kTrackGap = 8;

struct FrameSpan {
    int firstRank = std::numeric_limits<int>::max(), lastRank = -1;
    double left = std::numeric_limits<double>::max(), right = std::numeric_limits<double>::lowest();
    bool isUsed() const { return lastRank >= 0; }
};

/// Space above and below its nodes that a rank needs for frames that begin or end there.
struct FrameSpace {
    QVector<double> above, below;
};

QVector<FrameSpan> spansOf(const LayoutInput& input, const Placement& placement) {
    QVector<FrameSpan> spans(input.frames.size());
    const auto widen = [&](int frame, int r0, int r1, double left, double right) {
        FrameSpan& s = spans[frame];
        s.firstRank = std::min(s.firstRank, r0);
        s.lastRank = std::max(s.lastRank, r1);
        s.left = std::min(s.left, left);
        s.right = std::max(s.right, right);
    };
    for (int i = 0; i < input.nodes.size(); ++i) {
        const int frame = input.nodes[i].frame;
        if (frame < 0)
            continue;
        const double half = input.nodes[i].size.width() / 2, rank = placement.rank[i];
        widen(frame, rank, rank, placement.x[i] - half - kFramePad, placement.x[i] + half + kFramePad);
    }
    for (int f = static_cast<int>(input.frames.size()) - 1; f >= 0; --f) {
        const int parent = input.frames[f].parent;
        if (parent >= 0 && parent < f && spans[f].isUsed())
            widen(parent, spans[f].firstRank, spans[f].lastRank, spans[f].left - kFramePad,
                  spans[f].right + kFramePad);
    }
    return spans;
}

/// How much a frame needs above its first node (`top`) or below its last, nested frames included.
QVector<double> depthInside(const LayoutInput& input, const QVector<FrameSpan>& spans, bool top) {
    const double own = top ? kFrameHeader + 8 : kFramePad;
    QVector<double> depth(input.frames.size(), own);
    for (int f = static_cast<int>(input.frames.size()) - 1; f >= 0; --f) {
        const int parent = input.frames[f].parent;
        if (parent < 0 || parent >= f || !spans[f].isUsed())
            continue;
        const bool touches = top ? spans[f].firstRank == spans[parent].firstRank
                                 : spans[f].lastRank == spans[parent].lastRank;
        if (touches)
            depth[parent] = std::max(depth[parent], depth[f] + own);
    }
    return depth;
}

RoutingSpace obstacles(const LayoutInput& input, const Placement& placement,
                       const QVector<FrameSpan>& spans, int rankCount) {
    RoutingSpace space;
    space.rankCount = rankCount;
    space.ranks.resize(rankCount);
    for (int i = 0; i < input.nodes.size(); ++i) {
        const double half = input.nodes[i].size.width() / 2;
        space.ranks[placement.rank[i]].append({placement.x[i] - half, placement.x[i] + half, -1});
    }
    for (int f = 0; f < spans.size(); ++f)
        for (int r = spans[f].firstRank; r <= spans[f].lastRank; ++r)
            space.ranks[r].append({spans[f].left, spans[f].right, f});
    for (auto& rank : space.ranks)
        std::sort(rank.begin(), rank.end(),
                  [](const Obstacle& a, const Obstacle& b) { return a.left < b.left; });
    return space;
}

/// Lanes of edges that stay inside a block belong into its frame.
void widenForLanes(const LayoutInput& input, const Routing& routing, QVector<FrameSpan>& spans) {
    for (const Route& route : routing.routes) {
        double left = route.start, right = route.start;
        for (const Turn& turn : route.turns) {
            left = std::min(left, turn.x);
            right = std::max(right, turn.x);
        }
        QVector<int> around;
        for (int f = input.nodes[route.upper].frame; f >= 0; f = input.frames[f].parent)
            around.append(f);
        int pad = 0;
        for (int f = input.nodes[route.lower].frame; f >= 0; f = input.frames[f].parent)
            if (around.contains(f)) {
                ++pad;
                spans[f].left = std::min(spans[f].left, left - kFramePad * pad);
                spans[f].right = std::max(spans[f].right, right + kFramePad * pad);
            }
    }
}

QPolygonF cornersOf(const Route& route, const QVector<double>& nodeTop, const QVector<double>& nodeBottom,
                    const QVector<double>& gapTop) {
    QPolygonF points;
    double x = route.start;
    points << QPointF(x, nodeBottom[route.upper]);
    for (const Turn& turn : route.turns) {
        if (std::abs(turn.x - x) > 0.01) {
            const double y = gapTop[turn.gap] + turn.track * kTrackGap;
            points << QPointF(x, y) << QPointF(turn.x, y);
        }
        x = turn.x;
    }
    points << QPointF(x, nodeTop[route.lower]);
    if (route.reversed)
        std::reverse(points.begin(), points.end());
    return points;
}

QRectF transposed(const QRectF& r) { return QRectF(r.y(), r.x(), r.height(), r.width()); }

} // namespace

QByteArray structureHash(const LayoutInput& input) {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << qint32(5) /* version of the algorithm */ << input.leftToRight
           << qint64(input.nodes.size()) << qint64(input.edges.size()) << qint64(input.frames.size());
    for (const auto& n : input.nodes)
        stream << n.size << qint32(n.frame);
    for (const auto& e : input.edges)
        stream << qint32(e.from) << qint32(e.to);
    for (const auto& f : input.frames)
        stream << qint32(f.parent);
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

GraphLayout assemble(const LayoutInput& given, const Placement& placement) {
    GraphLayout layout;
    layout.leftToRight = given.leftToRight;
    layout.rank = placement.rank;
    const int count = static_cast<int>(given.nodes.size());
    if (count == 0 || placement.rank.size() != count || placement.x.size() != count)
        return layout;
    LayoutInput input = given;
    if (input.leftToRight)
        for (auto& n : input.nodes)
            n.size.transpose();

    const int rankCount = *std::max_element(placement.rank.begin(), placement.rank.end()) + 1;
    QVector<FrameSpan> spans = spansOf(input, placement);
    const Routing routing =
        routeEdges(input, placement, obstacles(input, placement, spans, rankCount));
    widenForLanes(input, routing, spans);

    QVector<double> rankHeight(rankCount, 0), above(rankCount, 0), below(rankCount, 0);
    for (int i = 0; i < count; ++i)
        rankHeight[placement.rank[i]] =
            std::max(rankHeight[placement.rank[i]], input.nodes[i].size.height());
    const QVector<double> tops = depthInside(input, spans, true);
    const QVector<double> bottoms = depthInside(input, spans, false);
    for (int f = 0; f < spans.size(); ++f)
        if (spans[f].isUsed()) {
            above[spans[f].firstRank] = std::max(above[spans[f].firstRank], tops[f]);
            below[spans[f].lastRank] = std::max(below[spans[f].lastRank], bottoms[f]);
        }

    // Stack: nodes · frames that end · tracks · headers of frames that begin · nodes …
    QVector<double> rankTop(rankCount, 0), gapTop(rankCount, 0);
    double y = 0;
    for (int r = 0; r < rankCount; ++r) {
        y += above[r];
        rankTop[r] = y;
        y += rankHeight[r] + below[r];
        const int tracks = routing.tracks.value(r);
        const bool blockEdge = below[r] > 0 || (r + 1 < rankCount && above[r + 1] > 0);
        double gap = blockEdge ? kBlockGap : kChainGap;
        if (tracks > 0)
            gap = std::max(gap, 24 + (tracks - 1) * kTrackGap);
        gapTop[r] = y + (tracks > 0 ? (gap - (tracks - 1) * kTrackGap) / 2 - 1 : 0);
        y += gap;
    }

    QVector<double> nodeTop(count), nodeBottom(count);
    layout.nodes.resize(count);
    for (int i = 0; i < count; ++i) {
        const QSizeF size = input.nodes[i].size;
        nodeTop[i] = rankTop[placement.rank[i]] + (rankHeight[placement.rank[i]] - size.height()) / 2;
        nodeBottom[i] = nodeTop[i] + size.height();
        layout.nodes[i] = QRectF(QPointF(placement.x[i] - size.width() / 2, nodeTop[i]), size);
    }
    for (const Route& route : routing.routes)
        layout.edges.append(cornersOf(route, nodeTop, nodeBottom, gapTop));
    layout.frames.resize(spans.size());
    for (int f = 0; f < spans.size(); ++f)
        if (spans[f].isUsed()) {
            const double top = rankTop[spans[f].firstRank] - tops[f];
            const double bottom = rankTop[spans[f].lastRank] + rankHeight[spans[f].lastRank] + bottoms[f];
            layout.frames[f] = QRectF(spans[f].left, top, spans[f].right - spans[f].left, bottom - top);
        }

    if (input.leftToRight) {
        for (auto& r : layout.nodes)
            r = transposed(r);
        // The header stays on top of a frame: it grows upwards instead of towards the source.
        for (auto& r : layout.frames)
            r = transposed(r).adjusted(0, -kFrameHeader + 4, 0, 0);
        for (auto& polygon : layout.edges)
            for (auto& p : polygon)
                p = p.transposed();
    }
    for (const auto& r : layout.nodes)
        layout.bounds |= r;
    for (const auto& r : layout.frames)
        layout.bounds |= r;
    for (const auto& polygon : layout.edges)
        layout.bounds |= polygon.boundingRect();
    return layout;
}

} // namespace wb::graph_view
