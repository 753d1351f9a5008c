// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of our own: ranks by longest path, order within a rank by the mean of the neighbours,
// positions by a few sweeps that pull nodes under their inputs without overlap. Plain and fast; dot draws
// better pictures where it is installed and the graph is small enough.
#include "visualizer/graph_view/layout.h"

#include <algorithm>
#include <numeric>

namespace wb::graph_view {
namespace {

struct Neighbours {
    QVector<QVector<int>> up, down;
};

/// Edges that go forwards in the given order; backward ones (cycles through collapsed blocks) are left out.
Neighbours forwardEdges(const LayoutInput& input) {
    Neighbours n;
    n.up.resize(input.nodes.size());
    n.down.resize(input.nodes.size());
    for (const auto& e : input.edges)
        if (e.from < e.to) {
            n.up[e.to].append(e.from);
            n.down[e.from].append(e.to);
        }
    return n;
}

double mean(const QVector<int>& nodes, const QVector<double>& value, double otherwise) {
    if (nodes.isEmpty())
        return otherwise;
    double sum = 0;
    for (int node : nodes)
        sum += value[node];
    return sum / static_cast<double>(nodes.size());
}

/// Moves a rank's nodes as near to where they want to be as their widths allow, keeping the order:
/// clusters of touching nodes share one position, the mean of what their members want.
void settle(const QVector<int>& rank, const QVector<double>& width, const QVector<double>& wish,
            QVector<double>& x) {
    struct Cluster {
        double sum = 0, offset = 0; // of wishes relative to the first node; extent so far
        int count = 0;
        int first = 0;
        double position() const { return sum / count; }
    };
    std::vector<double> offsets(rank.size());
    std::vector<Cluster> clusters;
    for (int i = 0; i < rank.size(); ++i) {
        Cluster c;
        c.first = i;
        c.count = 1;
        c.sum = wish[rank[i]];
        offsets[i] = 0;
        while (!clusters.empty()) {
            Cluster& before = clusters.back();
            const int last = c.first - 1;
            const double need = (width[rank[last]] + width[rank[c.first]]) / 2 + kSiblingGap;
            if (before.position() + offsets[last] + need <= c.position())
                break;
            const double shift = offsets[last] + need;
            for (int k = c.first; k < c.first + c.count; ++k)
                offsets[k] += shift;
            before.sum += c.sum - shift * c.count;
            before.count += c.count;
            c = before;
            clusters.pop_back();
        }
        clusters.push_back(c);
    }
    for (const Cluster& c : clusters)
        for (int k = c.first; k < c.first + c.count; ++k)
            x[rank[k]] = c.position() + offsets[k];
}

} // namespace

Placement placeSimply(const LayoutInput& input, const std::atomic<bool>* stop) {
    const int count = static_cast<int>(input.nodes.size());
    Placement placement;
    placement.rank.fill(0, count);
    placement.x.fill(0, count);
    placement.lanes.resize(input.edges.size());
    const Neighbours near = forwardEdges(input);
    for (int i = 0; i < count; ++i)
        for (int u : near.up[i])
            placement.rank[i] = std::max(placement.rank[i], placement.rank[u] + 1);
    // Sources such as second inputs stand directly above their first reader.
    for (int i = count - 1; i >= 0; --i)
        if (near.up[i].isEmpty() && !near.down[i].isEmpty()) {
            int lowest = placement.rank[near.down[i].front()];
            for (int d : near.down[i])
                lowest = std::min(lowest, placement.rank[d]);
            placement.rank[i] = std::max(0, lowest - 1);
        }
    const int rankCount =
        count ? *std::max_element(placement.rank.begin(), placement.rank.end()) + 1 : 0;
    QVector<QVector<int>> ranks(rankCount);
    for (int i = 0; i < count; ++i)
        ranks[placement.rank[i]].append(i);

    QVector<double> width(count), wish(count, 0);
    for (int i = 0; i < count; ++i)
        width[i] = input.leftToRight ? input.nodes[i].size.height() : input.nodes[i].size.width();
    for (auto& rank : ranks)
        settle(rank, width, wish, placement.x);

    const int sweeps = count > 8000 ? 2 : 6;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        if (stop && stop->load(std::memory_order_relaxed))
            break;
        const bool downwards = sweep % 2 == 0;
        for (int k = 0; k < rankCount; ++k) {
            auto& rank = ranks[downwards ? k : rankCount - 1 - k];
            for (int node : rank)
                wish[node] = mean(downwards ? near.up[node] : near.down[node], placement.x,
                                  placement.x[node]);
            if (sweep < sweeps - 2)
                std::stable_sort(rank.begin(), rank.end(), [&](int a, int b) {
                    // Blocks keep together: their frames must not overlap.
                    const int fa = input.nodes[a].frame, fb = input.nodes[b].frame;
                    if (fa != fb && std::abs(wish[a] - wish[b]) < width[a])
                        return fa < fb;
                    return wish[a] < wish[b];
                });
            settle(rank, width, wish, placement.x);
        }
    }
    return placement;
}

} // namespace wb::graph_view
