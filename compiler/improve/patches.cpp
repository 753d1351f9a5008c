// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/patches.h"

#include "compiler/improve/random.h"
#include "compiler/kernels/f32_gemm.h"

#include <algorithm>

namespace wb::improve {
namespace {

constexpr int64_t kSmall = 64; ///< patches up to this long are summed in double, without a matrix product

struct Patches {
    std::vector<float> a, d; ///< [places][K]: quantised, and exact − quantised
};

Patches gather(const kernels::WindowShape& s, int64_t group, const std::vector<Place>& places,
               const std::vector<InputPair>& inputs, const kernels::Work& work) {
    const int64_t own = s.inChannels / s.groups, taps = s.kernel[1] * s.kernel[2], inner = own * taps;
    Patches p;
    p.a.assign(places.size() * static_cast<size_t>(inner), 0.0F);
    p.d.assign(p.a.size(), 0.0F);
    work.forEach(static_cast<int64_t>(places.size()), 64, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const Place& at = places[static_cast<size_t>(i)];
            const float* quantised = inputs[at.picture].quantised.data<float>();
            const float* exact = inputs[at.picture].exact.data<float>();
            for (int64_t c = 0; c < own; ++c) {
                const int64_t plane = (at.batch * s.inChannels + group * own + c) * s.in[1] * s.in[2];
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const int64_t y = at.y * s.stride[1] - s.pad[1] + tap / s.kernel[2] * s.dilation[1];
                    const int64_t x = at.x * s.stride[2] - s.pad[2] + tap % s.kernel[2] * s.dilation[2];
                    if (y < 0 || y >= s.in[1] || x < 0 || x >= s.in[2]) continue;
                    const int64_t from = plane + y * s.in[2] + x;
                    const auto to = static_cast<size_t>(i * inner + c * taps + tap);
                    p.a[to] = quantised[from];
                    p.d[to] = exact[from] - quantised[from];
                }
            }
        }
    });
    return p;
}

/// Takes the columns' means away.
std::vector<double> centre(std::vector<float>& rows, int64_t inner) {
    std::vector<double> mean(static_cast<size_t>(inner), 0);
    const auto count = static_cast<int64_t>(rows.size()) / inner;
    for (int64_t i = 0; i < count; ++i)
        for (int64_t k = 0; k < inner; ++k)
            mean[static_cast<size_t>(k)] += static_cast<double>(rows[static_cast<size_t>(i * inner + k)]);
    for (double& m : mean)
        m /= static_cast<double>(std::max<int64_t>(1, count));
    for (int64_t i = 0; i < count; ++i)
        for (int64_t k = 0; k < inner; ++k)
            rows[static_cast<size_t>(i * inner + k)] -= static_cast<float>(mean[static_cast<size_t>(k)]);
    return mean;
}

/// leftᵀ · right / count.
std::vector<double> product(const std::vector<float>& left, const std::vector<float>& right, int64_t inner,
                            const kernels::Work& work) {
    const auto count = static_cast<int64_t>(left.size()) / inner;
    const double share = 1.0 / static_cast<double>(std::max<int64_t>(1, count));
    std::vector<double> out(static_cast<size_t>(inner * inner), 0);
    if (inner <= kSmall) {
        for (int64_t i = 0; i < count; ++i)
            for (int64_t k = 0; k < inner; ++k)
                for (int64_t j = 0; j < inner; ++j)
                    out[static_cast<size_t>(k * inner + j)] +=
                        static_cast<double>(left[static_cast<size_t>(i * inner + k)]) *
                        static_cast<double>(right[static_cast<size_t>(i * inner + j)]);
    } else {
        std::vector<float> sums(out.size());
        kernels::f32Gemm({inner, inner, count, true, false}, left.data(), right.data(), sums.data(), work);
        std::copy(sums.begin(), sums.end(), out.begin());
    }
    for (double& value : out)
        value *= share;
    return out;
}

} // namespace

std::vector<Place> choosePlaces(const kernels::WindowShape& s, size_t pictures, int64_t most, uint64_t seed) {
    std::vector<Place> places;
    if (pictures == 0) return places;
    Random random(seed);
    const int64_t all = s.batch * s.out[1] * s.out[2];
    const int64_t each = std::min(all, std::max<int64_t>(1, most / static_cast<int64_t>(pictures)));
    std::vector<int64_t> order(static_cast<size_t>(all));
    for (size_t picture = 0; picture < pictures; ++picture) {
        for (int64_t i = 0; i < all; ++i)
            order[static_cast<size_t>(i)] = i;
        for (int64_t i = 0; i < each; ++i) { // the beginning of a shuffle
            const auto other = i + static_cast<int64_t>(random.below(static_cast<uint64_t>(all - i)));
            std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(other)]);
            const int64_t at = order[static_cast<size_t>(i)], plane = s.out[1] * s.out[2];
            places.push_back({picture, at / plane, at % plane / s.out[2], at % s.out[2]});
        }
    }
    return places;
}

PatchMoments momentsOf(const kernels::WindowShape& shape, int64_t group, const std::vector<Place>& places,
                       const std::vector<InputPair>& inputs, bool centred, const kernels::Work& work) {
    Patches patches = gather(shape, group, places, inputs, work);
    PatchMoments m;
    m.inner = shape.inChannels / shape.groups * shape.kernel[1] * shape.kernel[2];
    if (centred) {
        m.meanA = centre(patches.a, m.inner);
        m.meanF = centre(patches.d, m.inner);
        for (size_t k = 0; k < m.meanA.size(); ++k)
            m.meanF[k] += m.meanA[k];
    }
    m.aa = product(patches.a, patches.a, m.inner, work);
    m.da = product(patches.d, patches.a, m.inner, work);
    return m;
}

} // namespace wb::improve
