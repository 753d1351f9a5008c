// SPDX-License-Identifier: GPL-3.0-or-later
// Transfers. Bytes a cycle of a direction; short runs count as 256 bytes; strided transfers are served by four memory
// channels that take turns every 4 KiB, and a transfer that touches fewer of them at its begin is slower by that.
#include "compiler/target/bm1684x/cycles/cost.h"

#include <algorithm>
#include <bitset>

namespace wb::bm1684x::cycles {
namespace {

// Found as the whole numbers that reproduce all 4,939 transfers of the listings. Tensor copies run at so many
// gibibytes a second of 10^9 cycles, all else at so many gigabytes: a quirk of the estimate that is kept.
constexpr double kLoadRate = 58;   ///< DDR → local memory
constexpr double kStoreRate = 44;  ///< local memory → DDR
constexpr double kDdrRate = 28;    ///< DDR → DDR
constexpr double kL2Rate = 33;     ///< local memory → L2
constexpr double kGatherRate = 64; ///< rows by index
constexpr double kGibi = 1073741824.0 / 1e9;
constexpr int64_t kShortRun = 256;
constexpr int64_t kChannels = 4;
constexpr int64_t kChannelBytes = 4096;
constexpr int64_t kWindow = kChannels * kChannelBytes;

enum class Memory { Local, L2, Ddr };
Memory memoryOf(uint64_t address) {
    return address >= kGlobalBase ? Memory::Ddr : address >= kL2Base ? Memory::L2 : Memory::Local;
}

struct Rate {
    double bytes = kLoadRate; ///< a cycle
    bool observed = true;
};
Rate rateOf(Memory from, Memory to) {
    if (from == Memory::Ddr && to == Memory::Local) return {kLoadRate};
    if (from == Memory::Local && to == Memory::Ddr) return {kStoreRate};
    if (from == Memory::Ddr && to == Memory::Ddr) return {kDdrRate};
    return {kL2Rate, from == Memory::Local && to == Memory::L2};
}

int64_t divide(double bytes, double rate) {
    return static_cast<int64_t>(std::clamp(bytes / rate, 1.0, static_cast<double>(kMostCycles)));
}

struct Axis {
    int64_t size, stride; ///< stride in bytes
};
/// w, h, c, n of one side.
using Axes = std::array<Axis, 4>;

/// Bytes from the first element on that lie without a gap, over the first `count` axes.
int64_t runOf(const Axes& axes, size_t count, int64_t element) {
    int64_t run = element;
    for (size_t i = 0; i < count; ++i) {
        if (axes[i].size == 1) continue;
        if (axes[i].stride != run) break;
        run = product({run, axes[i].size});
    }
    return run;
}

/// Adds the places that `axis` reaches from those in `places`.
void repeat(std::bitset<kWindow>& places, Axis axis) {
    const auto shift = [&](int64_t times) -> size_t {
        return static_cast<size_t>(std::min<int64_t>(product({times, std::max<int64_t>(axis.stride, 0)}), kWindow));
    };
    int64_t covered = 1;
    while (covered < axis.size) {
        const int64_t more = std::min(covered, axis.size - covered);
        places |= places << shift(more);
        covered += more;
    }
}

/// Memory channels that runs of `run` bytes touch within the first turn of the channels.
int64_t channelsOf(const Axes& axes, int64_t run, int64_t element) {
    std::bitset<kWindow> places;
    places.set(0);
    int64_t inside = element;
    for (const Axis& axis : axes) {
        if (axis.size == 1) continue;
        if (axis.stride == inside && inside < run && inside * axis.size <= run) inside *= axis.size;
        else repeat(places, axis);
    }
    repeat(places, {ceilDiv(run, kChannelBytes), kChannelBytes});
    int64_t channels = 0;
    for (int64_t i = 0; i < kChannels; ++i)
        channels += (places >> static_cast<size_t>(i * kChannelBytes) << (kWindow - kChannelBytes)).any() ? 1 : 0;
    return channels;
}

template <class C> Axes axesOf(const C& c, bool source, int64_t element) {
    using Four = std::array<int64_t, 4>;
    const Four size = source || c.nchw_copy != 0 ? Four{c.src_wsize, c.src_hsize, c.src_csize, c.src_nsize}
                                                 : Four{c.dst_wsize, c.dst_hsize, c.dst_csize, c.dst_nsize};
    const Four stride = source ? Four{c.src_wstride, c.src_hstride, c.src_cstride, c.src_nstride}
                               : Four{c.dst_wstride, c.dst_hstride, c.dst_cstride, c.dst_nstride};
    Axes axes;
    int64_t dense = 1;
    for (size_t i = 0; i < axes.size(); ++i) {
        axes[i] = {size[i], (c.stride_enable ? stride[i] : dense) * element};
        dense = product({dense, size[i]});
    }
    return axes;
}

double bytesOfAll(const Axes& axes, int64_t element) {
    return static_cast<double>(product({element, axes[0].size, axes[1].size, axes[2].size, axes[3].size}));
}

/// Bytes that count for runs of `run` bytes: short ones as 256.
double charged(double total, int64_t run) {
    return total * static_cast<double>(std::max(run, kShortRun)) / static_cast<double>(std::max<int64_t>(run, 1));
}

/// Constants are written as fast as loads are read, without regard to channels.
Cost fillCost(const DmaTensor& c, int64_t element) {
    const Axes axes = axesOf(c, false, element);
    const Memory to = memoryOf(c.destination());
    const int64_t run = runOf(axes, to == Memory::Local ? 2 : 4, element);
    return {divide(charged(bytesOfAll(axes, element), run), kLoadRate), to == Memory::Ddr};
}

Cost tensorCost(const DmaTensor& c, int64_t element) {
    const Axes source = axesOf(c, true, element), target = axesOf(c, false, element);
    const Memory from = memoryOf(c.source()), to = memoryOf(c.destination());
    const Rate rate = rateOf(from, to);
    const double total = bytesOfAll(source, element);
    if (c.cmd_special_function == DmaTensorOp::Broadcast) { // has no stride of w
        const bool joined = c.src_hsize == 1 || !c.stride_enable || c.src_hstride == c.src_wsize;
        const int64_t bytes = product({c.src_wsize, joined ? c.src_hsize : 1, element});
        return {divide(charged(total, bytes), rate.bytes), rate.observed && from == Memory::Ddr};
    }
    // In local memory a run ends with its lane.
    const int64_t run = std::min(runOf(source, from == Memory::Local ? 2 : 4, element),
                                 runOf(target, to == Memory::Local ? 2 : 4, element));
    int64_t channels = kChannels;
    const bool copies = c.cmd_special_function == DmaTensorOp::Copy;
    if (copies && from == Memory::Ddr) channels = std::min(channels, channelsOf(source, run, element));
    if (copies && to == Memory::Ddr) channels = std::min(channels, channelsOf(target, run, element));
    const double waits = static_cast<double>(kChannels) / static_cast<double>(std::max<int64_t>(channels, 1));
    return {divide(charged(total, run) * waits, rate.bytes / kGibi),
            rate.observed && (copies || c.cmd_special_function == DmaTensorOp::TransposeNc)};
}

Cost cost(const DmaTensor& c) {
    const int64_t element = bytesOf(static_cast<Precision>(c.src_data_format));
    return c.fill_constant_en ? fillCost(c, element) : tensorCost(c, element);
}

/// DDR has `h` rows of `w` elements, local memory pieces of a row in its lanes.
Cost cost(const DmaMatrix& c) {
    const int64_t element = bytesOf(static_cast<Precision>(c.src_data_format));
    const Memory from = memoryOf(c.source()), to = memoryOf(c.destination());
    const bool loads = from == Memory::Ddr;
    const int64_t rows = loads ? c.src_hsize : c.dst_hsize, columns = loads ? c.src_wsize : c.dst_wsize;
    const int64_t piece = (loads ? c.dst_wsize : c.src_wsize) * element;
    const Rate rate = rateOf(from, to);
    return {divide(charged(static_cast<double>(product({rows, columns, element})), piece), rate.bytes),
            rate.observed && c.cmd_special_function == DmaMatrixOp::Copy};
}

template <class C> Cost rowsCost(const C& c, int64_t indices, bool observed) {
    const int64_t element = bytesOf(static_cast<Precision>(c.src_data_format));
    return {divide(static_cast<double>(product({c.src_csize, indices, c.src_wsize, element})), kGatherRate), observed};
}
Cost cost(const DmaGather& c) { return rowsCost(c, c.dst_hsize, true); }
Cost cost(const DmaScatter& c) { return rowsCost(c, c.src_hsize, false); }

Cost cost(const DmaGeneral& c) {
    const int64_t element = bytesOf(static_cast<Precision>(c.src_data_format));
    const double total = static_cast<double>(product({c.move_length, element}));
    return {divide(std::max(total, static_cast<double>(kShortRun)),
                   rateOf(memoryOf(c.source()), memoryOf(c.destination())).bytes),
            false};
}

/// Forms without a listing: as if every run of their source were a row.
template <class C> Cost likeTensor(const C& c) {
    const int64_t element = bytesOf(static_cast<Precision>(c.src_data_format));
    const Axes source = axesOf(c, true, element);
    const double total = bytesOfAll(source, element);
    return {divide(charged(total, runOf(source, 2, element)),
                   rateOf(memoryOf(c.source()), memoryOf(c.destination())).bytes),
            false};
}
Cost cost(const DmaCwTranspose& c) { return likeTensor(c); }
Cost cost(const DmaNonzero& c) { return likeTensor(c); }
Cost cost(const DmaMaskedSelect& c) { return likeTensor(c); }
Cost cost(const DmaSys&) { return {1, false}; }

} // namespace

Cost gdmaCost(const Command& command) {
    return std::visit(
        [](const auto& c) -> Cost {
            if constexpr (requires { cost(c); }) return cost(c);
            else return {1, false};
        },
        command);
}

} // namespace wb::bm1684x::cycles
