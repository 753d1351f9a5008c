// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/staged_move_bm1684x.h"

#include "compiler/ops/support/vector_bm1684x.h"
#include "compiler/target/bm1684x/cycles/cost.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

namespace wb::ops {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kLaneBytes;
using bm1684x::kLanes;
using bm1684x::LocalTensor;
using bm1684x::Place;
using bm1684x::Precision;
using Axis = StagedMove::Axis;

/// Two pieces before and two after, so that one can arrive and one can leave while the third is put in order.
constexpr int64_t kPlaces = 2;
constexpr int64_t kPlaceBytes = kLaneBytes / (2 * kPlaces);

/// What one piece has of each axis: [begin, begin + size); along the lane axis `size` is a lane's.
struct Piece {
    std::vector<int64_t> begin, size;
    int64_t lanes = 1, groups = 1;
};

/// One axis of a box, with its strides on both sides.
struct Step {
    int64_t size = 1, a = 1, b = 1; ///< a stride is never 0 where it is not walked either
};

/// Outer axes first; neighbours that continue each other on both sides become one.
std::vector<Step> merged(const std::vector<Step>& steps) {
    std::vector<Step> out;
    for (const Step& next : steps) {
        if (next.size == 1) continue;
        if (!out.empty() && out.back().a == next.a * next.size && out.back().b == next.b * next.size)
            out.back() = {out.back().size * next.size, next.a, next.b};
        else out.push_back(next);
    }
    return out;
}

/// The inside of a lane, dense, with axes in the order of their strides in DDR: strides by axis.
std::vector<int64_t> denseStrides(const StagedMove& m, const Piece& piece, bool source) {
    std::vector<size_t> order(m.axes.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const auto far = [&](size_t i) { return source ? m.axes[i].from : m.axes[i].to; };
    std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) { return far(x) < far(y); });
    std::vector<int64_t> strides(m.axes.size(), 0);
    int64_t next = 1;
    for (const size_t i : order) {
        if (far(i) == 0) continue; // repeats: there is one
        strides[i] = next;
        next *= piece.size[i];
    }
    return strides;
}

/// Calls make(offset a, offset b, axes) for each box of three axes: the last one, which makes runs, and the longest.
template <class Make> void boxes(std::vector<Step> steps, const Make& make) {
    std::vector<Step> loop;
    while (steps.size() > 3) {
        const auto least = std::min_element(steps.begin(), steps.end() - 1, [](const Step& x, const Step& y) { return x.size < y.size; });
        loop.push_back(*least);
        steps.erase(least);
    }
    while (steps.size() < 3) steps.insert(steps.begin(), Step{});
    const auto round = [&](const auto& self, size_t at, int64_t a, int64_t b) -> void {
        if (at == loop.size()) return make(a, b, steps);
        for (int64_t i = 0; i < loop[at].size; ++i) self(self, at + 1, a + i * loop[at].a, b + i * loop[at].b);
    };
    round(round, 0, 0, 0);
}

/// Between DDR and the place of a piece; `inside` are the strides there.
void transfer(const StagedMove& m, const Piece& piece, const std::vector<int64_t>& inside, uint64_t address, uint32_t place, bool load,
              bm1684x::Assembler& out) {
    const int64_t size = bm1684x::bytesOf(m.precision);
    const auto far = [&](const Axis& axis) { return load ? axis.from : axis.to; };
    std::vector<size_t> order;
    for (size_t i = 0; i < m.axes.size(); ++i)
        if (far(m.axes[i]) != 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) { return far(m.axes[x]) > far(m.axes[y]); });
    std::vector<Step> steps;
    for (const size_t i : order) steps.push_back({piece.size[i], far(m.axes[i]), inside[i]});
    int64_t first = 0;
    for (size_t i = 0; i < m.axes.size(); ++i) first += piece.begin[i] * far(m.axes[i]);
    const int64_t pitch = far(m.axes[m.lane]) * piece.size[m.lane];
    for (int64_t g = 0; g < piece.groups; ++g) {
        const int64_t start = first + (m.groups > 1 ? g * far(m.axes[m.group]) : 0);
        boxes(merged(steps), [&](int64_t away, int64_t at, const std::vector<Step>& box) {
            const Place ddr{address + static_cast<uint64_t>((start + away) * size), {box[0].a, pitch, box[1].a, box[2].a}};
            const Place local{bm1684x::kLocalBase + static_cast<uint64_t>(g * piece.lanes * kLaneBytes + place + at * size),
                              {box[0].b, 0, box[1].b, box[2].b}};
            bm1684x::copyBox(out, m.precision, {box[0].size, piece.lanes, box[1].size, box[2].size}, load ? ddr : local, load ? local : ddr);
        });
    }
}

/// Puts the elements of a place in the result's order.
void arrange(const StagedMove& m, const Piece& piece, const std::vector<int64_t>& before, const std::vector<int64_t>& after, uint32_t from,
             uint32_t to, VectorUnit& unit) {
    const int64_t size = bm1684x::bytesOf(m.precision);
    std::vector<size_t> order(m.axes.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) { return after[x] > after[y]; });
    std::vector<Step> steps;
    for (const size_t i : order) steps.push_back({piece.size[i], before[i], after[i]});
    boxes(merged(steps), [&](int64_t a, int64_t b, std::vector<Step> box) {
        if (box[0].size > box[1].size) std::swap(box[0], box[1]); // images are walked one by one
        LocalTensor result;
        result.precision = m.precision;
        result.part = {{0, box[0].size}, {0, piece.lanes * piece.groups}, {0, box[1].size}, {0, box[2].size}};
        LocalTensor source = result;
        result.address = to + static_cast<uint32_t>(b * size);
        source.address = from + static_cast<uint32_t>(a * size);
        result.nStride = box[0].b, result.hStride = box[1].b, result.wStride = box[2].b;
        source.nStride = box[0].a, source.hStride = box[1].a, source.wStride = box[2].a;
        unit.copy(result, source);
    });
}

/// Calls make(piece) for all pieces, up to `most`.
template <class Make> void pieces(const StagedMove& m, int64_t most, const Make& make) {
    const size_t rank = m.axes.size();
    Piece piece{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 1), 1, 1};
    const auto walk = [&](const auto& self, size_t axis) -> void {
        if (axis == rank) {
            if (most-- > 0) make(piece);
            return;
        }
        const Axis& a = m.axes[axis];
        for (int64_t at = 0; at < a.size && most > 0;) {
            const int64_t left = a.size - at, size = std::min(a.piece, left);
            int64_t times = 1;
            if (axis == m.lane) times = piece.lanes = std::clamp<int64_t>(left / a.piece, 1, m.lanes);
            else if (axis == m.group && m.groups > 1) times = piece.groups = std::min(m.groups, left);
            piece.begin[axis] = at;
            piece.size[axis] = size;
            self(self, axis + 1);
            at += size * times;
        }
    };
    walk(walk, 0);
}

void emitPieces(const StagedMove& m, uint64_t source, uint64_t target, int64_t most, bm1684x::Assembler& out) {
    VectorUnit unit(out);
    std::function<void()> leave; // the store of the piece before, behind the load of this one
    int64_t turn = 0;
    pieces(m, most, [&](const Piece& piece) {
        const auto from = static_cast<uint32_t>(turn * kPlaceBytes), to = static_cast<uint32_t>((kPlaces + turn) * kPlaceBytes);
        turn = (turn + 1) % kPlaces;
        const auto before = denseStrides(m, piece, true), after = denseStrides(m, piece, false);
        transfer(m, piece, before, source, from, true, out);
        if (leave) leave();
        arrange(m, piece, before, after, from, to, unit);
        leave = [&m, &out, piece, after, target, to] { transfer(m, piece, after, target, to, false, out); };
    });
    if (leave) leave();
}

/// Elements of a lane's place before and after.
int64_t elements(const StagedMove& m, bool source) {
    int64_t count = 1;
    for (const Axis& axis : m.axes)
        if (!source || axis.from != 0) count *= axis.piece;
    return count;
}

struct Price {
    double gdma = 0, tiu = 0;
    double both() const { return std::max(gdma, tiu) + 0.25 * std::min(gdma, tiu); } // the begin and the end do not overlap
};

Price priceOf(bm1684x::Assembler&& commands) {
    Price price;
    const auto program = commands.finish();
    if (!program) return {1e18, 1e18};
    for (const auto& placed : program->placed)
        (placed.engine == bm1684x::Engine::Tiu ? price.tiu : price.gdma) += static_cast<double>(bm1684x::costOf(placed.command).cycles);
    return price;
}

/// Axes of either side from the nearest elements to the farthest.
struct Orders {
    std::vector<size_t> source, target;

    explicit Orders(const std::vector<Axis>& axes) {
        for (size_t i = 0; i < axes.size(); ++i) {
            if (axes[i].from != 0) source.push_back(i);
            target.push_back(i);
        }
        std::sort(source.begin(), source.end(), [&](size_t x, size_t y) { return axes[x].from < axes[y].from; });
        std::sort(target.begin(), target.end(), [&](size_t x, size_t y) { return axes[x].to < axes[y].to; });
    }
};

/// Cycles an element, by lengths of runs alone; finds the few ways that are worth a closer look.
double roughPrice(const StagedMove& m, const Orders& orders) {
    constexpr double kLoad = 62, kStore = 47; // bytes a cycle
    constexpr int64_t kShortRun = 256, kChannelBytes = 4096, kChannels = 4;
    const int64_t size = bm1684x::bytesOf(m.precision), width = bm1684x::kVectorBytes / size;
    const auto sideOf = [&](bool source, double rate) {
        int64_t run = 1, reach = 1, count = m.lanes * m.groups;
        for (const size_t i : source ? orders.source : orders.target) {
            const Axis& axis = m.axes[i];
            const int64_t stride = source ? axis.from : axis.to;
            if (stride == run) run *= axis.piece;
            reach += (axis.piece * (i == m.lane ? m.lanes : 1) - 1) * stride;
            count *= axis.piece;
        }
        const int64_t channels = std::clamp<int64_t>(ceilDiv(reach * size, kChannelBytes), 1, kChannels);
        const double slower = std::max(1.0, static_cast<double>(kShortRun) / static_cast<double>(run * size));
        return std::max(1.0, static_cast<double>(count * size) * slower * static_cast<double>(kChannels / channels) / rate);
    };
    const Axis& nearest = m.axes[orders.target.front()];
    int64_t step = 1; // in the source, between elements that the result has next to each other
    for (const size_t i : orders.source)
        if (m.axes[i].from < nearest.from) step *= m.axes[i].piece;
    const int64_t inLane = elements(m, false);
    const Price price{sideOf(true, kLoad) + sideOf(false, kStore),
                      static_cast<double>(inLane * std::min(step, width)) / static_cast<double>(width)};
    return price.both() / static_cast<double>(inLane * m.lanes * m.groups);
}

/// 1, powers of `base`, and all of it; shares of what lanes there are.
std::vector<int64_t> sizesOf(const Axis& axis, int64_t base, int64_t most) {
    std::vector<int64_t> out;
    for (int64_t size = 1; size < std::min(axis.size, most); size *= base) out.push_back(size);
    if (axis.size <= most) out.push_back(axis.size);
    return out;
}

/// Merged axes of a move; nothing where one runs backwards or the result has gaps at every element.
std::vector<Axis> axesOf(const ElementMove& move) {
    std::vector<Axis> axes;
    for (size_t i = 0; i < move.shape.size(); ++i) {
        const Axis next{move.shape[i], move.sourceStrides[i], move.targetStrides[i]};
        if (next.size < 1 || next.from < 0 || next.to < 1) return {};
        if (next.size == 1) continue;
        if (!axes.empty() && axes.back().from == next.from * next.size && axes.back().to == next.to * next.size)
            axes.back() = {axes.back().size * next.size, next.from, next.to};
        else axes.push_back(next);
    }
    return axes;
}

/// Pairs of elements as elements of twice the width where all of the move keeps them together.
void widen(ElementMove& move, std::vector<Axis>& axes, Precision& precision) {
    const auto even = [](int64_t x) { return x % 2 == 0; };
    while (bm1684x::bytesOf(precision) < 4 && !axes.empty() && even(move.source) && even(move.target)) {
        Axis* inner = nullptr;
        for (Axis& axis : axes) {
            if (axis.from == 1 && axis.to == 1) inner = &axis;
            else if (!even(axis.from) || !even(axis.to)) return;
        }
        if (inner == nullptr || !even(inner->size)) return;
        for (Axis& axis : axes) {
            if (&axis == inner) axis.size /= 2;
            else axis.from /= 2, axis.to /= 2;
        }
        move.source /= 2;
        move.target /= 2;
        precision = bm1684x::bytesOf(precision) == 1 ? Precision::Int16 : Precision::Int32;
    }
}

} // namespace

std::optional<StagedMove> stagedMove(const ElementMove& given, Precision precision) {
    ElementMove move = given;
    StagedMove m{precision, axesOf(move), 0, 1, 0, 1};
    const size_t rank = m.axes.size();
    constexpr size_t kMostAxes = 6;
    if (rank < 2 || rank > kMostAxes) return {};
    int64_t total = 1;
    for (const Axis& axis : m.axes) total *= axis.size;

    // Within DDR, as it is.
    bm1684x::StridedMove plain{precision, bm1684x::kGlobalBase, bm1684x::kGlobalBase, move.shape, move.sourceStrides, move.targetStrides};
    constexpr double kDdr = 26; // bytes a cycle of long runs
    const double ideal = static_cast<double>(total * bm1684x::bytesOf(precision)) / kDdr;
    const auto direct = static_cast<double>(bm1684x::cyclesOfMove(plain));
    if (direct < 1.2 * ideal + 200) return {};

    widen(move, m.axes, m.precision);
    const int64_t room = (kPlaceBytes - bm1684x::kVectorBytes) / bm1684x::bytesOf(m.precision);
    const Orders orders(m.axes);
    std::vector<std::pair<double, StagedMove>> best;
    constexpr size_t kFinalists = 6;
    const auto choose = [&](const auto& self, size_t axis) -> void {
        if (elements(m, false) > room) return;
        if (axis == rank) {
            const double price = roughPrice(m, orders);
            if (best.size() == kFinalists && price >= best.back().first) return;
            if (best.size() == kFinalists) best.pop_back();
            best.insert(std::upper_bound(best.begin(), best.end(), price, [](double p, const auto& x) { return p < x.first; }), {price, m});
            return;
        }
        Axis& a = m.axes[axis];
        if (axis == m.group && m.groups > 1) return self(self, axis + 1);
        const int64_t most = std::min(a.size, bm1684x::kMaxDimension);
        std::vector<int64_t> sizes = sizesOf(a, a.from == 1 || a.to == 1 || axis == m.lane ? 2 : 4, most);
        if (axis == m.lane) sizes.push_back(std::min(most, ceilDiv(a.size, kLanes / m.groups)));
        for (const int64_t size : sizes) {
            a.piece = size;
            if (axis == m.lane) m.lanes = std::min(kLanes / m.groups, std::max<int64_t>(1, a.size / size));
            self(self, axis + 1);
        }
        a.piece = 1;
        if (axis == m.lane) m.lanes = 1;
    };
    for (m.lane = 0; m.lane < rank; ++m.lane) {
        if (m.axes[m.lane].from == 0) continue; // lanes of one source
        m.groups = 1;
        choose(choose, 0);
        for (m.group = 0; m.group < rank; ++m.group) {
            m.groups = std::min(m.axes[m.group].size, kLanes / 2);
            if (m.group != m.lane && m.axes[m.group].from != 1 && m.axes[m.group].to != 1 && m.axes[m.group].from != 0) choose(choose, 0);
        }
    }
    double least = direct;
    std::optional<StagedMove> chosen;
    for (const auto& [rough, candidate] : best) {
        bm1684x::Assembler out;
        emitPieces(candidate, bm1684x::kGlobalBase, bm1684x::kGlobalBase, 1, out);
        const double share = static_cast<double>(elements(candidate, false) * candidate.lanes * candidate.groups) / static_cast<double>(total);
        constexpr double kRagged = 1.02; // pieces at the ends are shorter
        const bool one = share > 0.99;
        const Price price = priceOf(std::move(out));
        const double cycles = one ? price.gdma + price.tiu : price.both() / share * kRagged;
        if (cycles >= least) continue;
        least = cycles;
        chosen = candidate;
    }
    return chosen;
}

void emitStaged(const StagedMove& move, uint64_t source, uint64_t target, bm1684x::Assembler& out) {
    StagedMove m = move;
    while ((source | target) % static_cast<uint64_t>(bm1684x::bytesOf(m.precision)) != 0) { // pairs that begin at odd places
        for (Axis& axis : m.axes) {
            if (axis.from == 1 && axis.to == 1) axis.size *= 2, axis.piece *= 2;
            else axis.from *= 2, axis.to *= 2;
        }
        m.precision = bm1684x::bytesOf(m.precision) == 4 ? Precision::Int16 : Precision::Int8;
    }
    emitPieces(m, source, target, std::numeric_limits<int64_t>::max(), out);
}

} // namespace wb::ops
