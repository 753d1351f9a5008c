// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution command with its operands resolved, and the two ways to compute it. Inside of simulator/ only.
#pragma once

#include "compiler/target/bm1684x/simulator/context.h"

#include <vector>

namespace wb::bm1684x::sim {

/// How a window moves over its input.
struct Window {
    int64_t inHeight = 1, inWidth = 1, outHeight = 1, outWidth = 1;
    int64_t kernelHeight = 1, kernelWidth = 1;
    int64_t strideY = 1, strideX = 1;
    int64_t dilationY = 1, dilationX = 1; ///< distance of taps
    int64_t insertY = 0, insertX = 0;     ///< zeros between input elements
    int64_t up = 0, down = 0, left = 0, right = 0;
    bool rotated = false;                 ///< taps in reverse order

    int64_t taps() const { return kernelHeight * kernelWidth; }
    /// Input with inserted zeros.
    int64_t spreadHeight() const { return (inHeight - 1) * (insertY + 1) + 1; }
    int64_t spreadWidth() const { return (inWidth - 1) * (insertX + 1) + 1; }
    int64_t tap(int64_t ky, int64_t kx) const {
        const int64_t t = ky * kernelWidth + kx;
        return rotated ? taps() - 1 - t : t;
    }
};

/// CommandFault if a window leaves the padded input.
Status checkWindow(const Context& context, const Window& window);

struct Convolution {
    Window window;
    View in, weights, bias, result; ///< weights: per output channel a record of `weights.shape[3]` elements
    int64_t batch = 1, inChannels = 1, outChannels = 1;
    int64_t group = 1;       ///< input channels that lie together in a record
    bool isFloat = false;
    bool hasBias = false;
    bool addsToResult = false;
    int32_t kernelZero = 0;
    uint32_t padBits = 0;

    int64_t weightIndex(int64_t channel, int64_t tap) const {
        return (channel / group * window.taps() + tap) * group + channel % group;
    }
};

/// The definition.
Status convolveScalar(const Context& context, const Convolution& conv);
/// The same sums by vectors.
Status convolveFast(const Context& context, const Convolution& conv);
/// Can the fast form take it?
bool fitsFast(const Convolution& conv);

/// 4 x 4 inner products of rows of elements, `step` elements long at each of `taps` offsets; rows of weights are
/// `taps * step` long.
struct Dots {
    const void* pixels[4];
    const void* weights[4];
    const int64_t* tapOffsets; ///< in elements
    int64_t taps;
    int64_t step;              ///< a multiple of kDotStep
};
inline constexpr int64_t kDotStep = 16;
void dotIntegers(const Dots& dots, int32_t (&out)[4][4]); ///< int16 elements; out[weights][pixels], modulo 2^32
/// Float elements that came from 16 bits, `step` a multiple of kGroup: adds group by group, taps inside of groups.
void dotGroups(const Dots& dots, float (&out)[4][4]);

/// Writes one sum of an output channel to element `index` of its plane.
struct ConvStore {
    const Convolution& conv;
    float bias = 0;
    std::byte* plane = nullptr;
    ConvStore(const Convolution& c, int64_t n, int64_t channel);
    void integer(int64_t index, int32_t sum) const;
    float start(int64_t index) const;          ///< what a sum of f32 begins with
    void real(int64_t index, float sum) const; ///< of a sum with its start; adds the bias if that was the result
};

} // namespace wb::bm1684x::sim
