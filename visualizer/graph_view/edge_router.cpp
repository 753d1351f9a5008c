// SPDX-License-Identifier: GPL-3.0-or-later
// Lanes, ports and tracks; see edge_router.h.
#include "visualizer/graph_view/edge_router.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

namespace wb::graph_view {
namespace {

constexpr double kClearance = 8;       // between a lane and a node
constexpr double kLaneStep = 9;        // between lanes of different sources

/// Lanes in use, so that edges of different sources do not lie on each other.
class LaneBook {
public:
    explicit LaneBook(int ranks) : m_lanes(ranks) {}
    bool free(int rank, double x, int source) const {
        const auto& lanes = m_lanes[rank];
        for (auto it = lanes.lower_bound(x - kLaneStep); it != lanes.end() && it->first < x + kLaneStep;
             ++it)
            if (it->second != source)
                return false;
        return true;
    }
    void take(int rank, double x, int source) { m_lanes[rank].emplace(x, source); }

private:
    std::vector<std::multimap<double, int>> m_lanes;
};

class Router {
public:
    Router(const LayoutInput& input, const Placement& placement, const RoutingSpace& space)
        : m_input(input), m_placement(placement), m_space(space), m_book(space.rankCount) {}

    Routing run() {
        const auto& edges = m_input.edges;
        m_routing.routes.resize(edges.size());
        startRoutes();
        QVector<int> order(edges.size());
        std::iota(order.begin(), order.end(), 0);
        // Short edges first: they get the inner lanes.
        std::stable_sort(order.begin(), order.end(),
                         [&](int a, int b) { return span(a) < span(b); });
        for (int edge : order)
            findLanes(edge);
        assignPorts();
        assignTracks();
        return std::move(m_routing);
    }

private:
    int rankOf(int node) const { return m_placement.rank[node]; }
    int span(int edge) const {
        const auto& e = m_input.edges[edge];
        return std::abs(rankOf(e.to) - rankOf(e.from));
    }

    bool insideFrame(int node, int frame) const {
        for (int f = m_input.nodes[node].frame; f >= 0; f = m_input.frames[f].parent)
            if (f == frame)
                return true;
        return false;
    }

    void startRoutes() {
        const auto& edges = m_input.edges;
        m_incoming.resize(m_input.nodes.size());
        for (int i = 0; i < edges.size(); ++i) {
            Route& route = m_routing.routes[i];
            route.reversed = rankOf(edges[i].from) > rankOf(edges[i].to);
            route.upper = route.reversed ? edges[i].to : edges[i].from;
            route.lower = route.reversed ? edges[i].from : edges[i].to;
            route.start = m_placement.x[route.upper];
            m_incoming[route.lower].append(i);
        }
    }

    /// Nodes with several inputs take them side by side, in the order in which they arrive: straight down
    /// where an edge comes from above the node, else a little to the side it comes from; then pushed apart.
    void assignPorts() {
        for (int node = 0; node < m_incoming.size(); ++node) {
            auto& list = m_incoming[node];
            if (list.isEmpty())
                continue;
            const double centre = m_placement.x[node];
            const double edge = m_input.nodes[node].size.width() / 2 - 16;
            const auto arrival = [&](int e) {
                const Route& route = m_routing.routes[e];
                return route.turns.size() > 1 ? route.turns[route.turns.size() - 2].x : route.start;
            };
            std::stable_sort(list.begin(), list.end(), [&](int a, int b) { return arrival(a) < arrival(b); });
            const int count = static_cast<int>(list.size());
            const double apart = std::min(14.0, 2 * edge / std::max(1, count));
            const double aside = count > 1 ? std::min(46.0, edge) : 0;
            QVector<double> port(count);
            for (int i = 0; i < count; ++i) {
                const double x = arrival(list[i]);
                port[i] = std::abs(x - centre) <= edge ? x : x < centre ? centre - aside : centre + aside;
            }
            std::sort(port.begin(), port.end());
            for (int i = 1; i < count; ++i)
                port[i] = std::max(port[i], port[i - 1] + apart);
            const double over = std::max(0.0, port.back() - (centre + edge));
            for (int i = count - 1; i >= 0; --i) {
                port[i] = std::min(port[i], i + 1 < count ? port[i + 1] - apart : port[i] - over);
                m_routing.routes[list[i]].turns.back().x = port[i];
            }
        }
    }

    bool laneFree(double x, int rank, const Route& route, int source) const {
        for (const Obstacle& o : m_space.ranks[rank]) {
            if (o.left - kClearance > x)
                break;
            if (o.right + kClearance <= x)
                continue;
            if (o.frame < 0 || (!insideFrame(route.upper, o.frame) && !insideFrame(route.lower, o.frame)))
                return false;
        }
        return m_book.free(rank, x, source);
    }

    /// Ranks from `first` up to `last` (exclusive) that lane x passes without touching anything.
    int reach(double x, int first, int last, const Route& route, int source) const {
        int rank = first;
        while (rank < last && laneFree(x, rank, route, source))
            ++rank;
        return rank;
    }

    void findLanes(int edge) {
        Route& route = m_routing.routes[edge];
        const int source = m_input.edges[edge].from;
        const double port = m_placement.x[route.lower]; // for now; assignPorts() spreads them
        const int first = rankOf(route.upper) + 1, last = rankOf(route.lower);
        if (first >= last) {
            addTurn(route, first - 1, port);
            return;
        }
        QVector<double> candidates{route.start, port};
        for (double lane : m_placement.lanes.value(edge))
            candidates.append(lane);
        double left = std::numeric_limits<double>::max(), right = -left;
        for (int rank = first; rank < last; ++rank)
            for (const Obstacle& o : m_space.ranks[rank]) {
                left = std::min(left, o.left);
                right = std::max(right, o.right);
            }
        const bool toTheRight = std::abs(route.start - right) <= std::abs(route.start - left);
        for (int k = 0; k < 24; ++k) {
            const double out = kClearance + 4 + k * kLaneStep;
            candidates.append(toTheRight ? right + out : left - out);
            candidates.append(toTheRight ? left - out : right + out);
            if (k < 6)
                for (double lane : m_placement.lanes.value(edge)) {
                    candidates.append(lane + (k + 1) * kLaneStep);
                    candidates.append(lane - (k + 1) * kLaneStep);
                }
        }
        int rank = first;
        double x = route.start;
        int turns = 0;
        while (rank < last) {
            double best = candidates.front();
            int bestReach = -1;
            double bestCost = 0;
            for (double candidate : candidates) {
                const int reached = reach(candidate, rank, last, route, source);
                const double cost = std::abs(candidate - x) + std::abs(candidate - port);
                if (reached > bestReach || (reached == bestReach && cost + 1 < bestCost)) {
                    best = candidate;
                    bestReach = reached;
                    bestCost = cost;
                }
            }
            // Nothing free even for one rank, or too many bends: accept a crossing instead.
            if (bestReach <= rank || ++turns > 6)
                bestReach = last;
            addTurn(route, rank - 1, best);
            for (int r = rank; r < bestReach; ++r)
                m_book.take(r, best, source);
            rank = bestReach;
            x = best;
        }
        addTurn(route, last - 1, port);
    }

    static void addTurn(Route& route, int gap, double x) { route.turns.append({gap, x, 0}); }

    /// Horizontal runs of one gap that would touch get tracks of their own.
    void assignTracks() {
        struct Run {
            double start, left, right;
            std::vector<std::pair<int, int>> turns; // edge, turn
        };
        // Runs of one source that start at the same x are one run: a fork.
        std::vector<std::map<std::pair<int, double>, Run>> gaps(std::max(1, m_space.rankCount));
        for (int edge = 0; edge < m_routing.routes.size(); ++edge) {
            const Route& route = m_routing.routes[edge];
            double x = route.start;
            for (int i = 0; i < route.turns.size(); ++i) {
                const Turn& turn = route.turns[i];
                if (std::abs(turn.x - x) > 0.01 && turn.gap >= 0 &&
                    turn.gap < static_cast<int>(gaps.size())) {
                    const auto key = std::pair{m_input.edges[edge].from, x};
                    auto [it, isNew] = gaps[turn.gap].try_emplace(key, Run{x, x, x, {}});
                    Run& run = it->second;
                    run.left = std::min({run.left, x, turn.x});
                    run.right = std::max({run.right, x, turn.x});
                    run.turns.push_back({edge, i});
                }
                x = turn.x;
            }
        }
        m_routing.tracks.fill(0, std::max(1, m_space.rankCount));
        for (size_t gap = 0; gap < gaps.size(); ++gap) {
            std::vector<const Run*> runs;
            for (const auto& [key, run] : gaps[gap])
                runs.push_back(&run);
            // Runs to the right: the one that goes farthest lies highest; to the left the same way. Then
            // edges that arrive side by side do not cross each other.
            std::stable_sort(runs.begin(), runs.end(), [](const Run* a, const Run* b) {
                const bool ra = a->right - a->start >= a->start - a->left;
                const bool rb = b->right - b->start >= b->start - b->left;
                return std::tuple(!ra, ra ? -a->right : a->left) < std::tuple(!rb, rb ? -b->right : b->left);
            });
            std::vector<std::vector<const Run*>> ends; // runs of each track
            for (const Run* run : runs) {
                size_t track = 0;
                const auto touches = [run](const Run* other) {
                    return other->left < run->right + 6 && run->left < other->right + 6;
                };
                while (track < ends.size() && std::any_of(ends[track].begin(), ends[track].end(), touches))
                    ++track;
                if (track == ends.size())
                    ends.emplace_back();
                ends[track].push_back(run);
                for (auto [edge, turn] : run->turns)
                    m_routing.routes[edge].turns[turn].track = static_cast<int>(track);
            }
            m_routing.tracks[static_cast<int>(gap)] = static_cast<int>(ends.size());
        }
    }

    const LayoutInput& m_input;
    const Placement& m_placement;
    const RoutingSpace& m_space;
    LaneBook m_book;
    QVector<QVector<int>> m_incoming;  // edges by lower node
    Routing m_routing;
};

} // namespace

Routing routeEdges(const LayoutInput& input, const Placement& placement, const RoutingSpace& space) {
    return Router(input, placement, space).run();
}

} // namespace wb::graph_view
