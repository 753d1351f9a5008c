// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a convolution's 32-bit sums in float32, the bias and the activation with them: BM1684X's float requant, and
// nothing rounded in between. Two ways to codes:
//
//   one step    the larger of sum · scale + offset by one or two pairs a channel (a leaky activation has two)
//   two steps   sum · scale + offset, rounded, is a number of 16 bits; straight lines over it make the code
//
// A number of 16 bits can also be the result, as float32 by `unit`. All roundings go to the even number. The functions here
// are the definition; the vector loops and the chip's commands give the same bits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace wb::kernels {

struct SumForm {
    /// y = max over the middle lines and both sides, where a side is the least of its lines: a curve that is hollow in the
    /// middle and arched at its ends. A middle line with a mark is not above that side either.
    struct Line {
        enum Part : uint8_t { Middle, UnderLeft, UnderRight, Left, Right };
        float slope = 0, offset = 0;
        Part part = Middle;
    };
    std::vector<float> scales, offsets; ///< one an output channel; twice as many: the second pair behind the first
    std::vector<Line> lines;            ///< of the second step
    float unit = 0;                     ///< not 0: the results are float32
    bool outSigned = true;
    float least = -128, greatest = 127; ///< codes; above the lowest code with a ReLU

    bool twoSteps() const { return !lines.empty() || unit != 0; }
};

inline constexpr float kLeastWide = -32768, kGreatestWide = 32767; ///< numbers of 16 bits

/// The number of 16 bits.
inline float wideOf(const SumForm& form, int32_t sum, size_t channel) {
    const float value = static_cast<float>(sum) * form.scales[channel] + form.offsets[channel];
    return std::nearbyint(std::clamp(value, kLeastWide, kGreatestWide)) + 0.0F; // whole numbers have one zero
}

/// The lines over a number of 16 bits, not rounded yet: rounding and saturation keep the order, so they can wait.
inline float curveOf(const SumForm& form, float wide) {
    using Line = SumForm::Line;
    constexpr float kNone = 1e30F;
    float left = kNone, right = kNone, most = -kNone;
    for (const Line& line : form.lines) {
        const float value = wide * line.slope + line.offset;
        if (line.part == Line::Left) left = std::min(left, value);
        if (line.part == Line::Right) right = std::min(right, value);
    }
    if (left != kNone) most = left;
    if (right != kNone) most = std::max(most, right);
    for (const Line& line : form.lines) {
        if (line.part == Line::Left || line.part == Line::Right) continue;
        float value = wide * line.slope + line.offset;
        if (line.part == Line::UnderLeft) value = std::min(value, left);
        if (line.part == Line::UnderRight) value = std::min(value, right);
        most = std::max(most, value);
    }
    return most;
}

/// The code of a sum, as a number.
inline float codeOf(const SumForm& form, int32_t sum, size_t channel, size_t channels) {
    float value;
    if (!form.lines.empty()) {
        value = curveOf(form, wideOf(form, sum, channel));
    } else {
        value = static_cast<float>(sum) * form.scales[channel] + form.offsets[channel];
        if (form.scales.size() > channels)
            value = std::max(value, static_cast<float>(sum) * form.scales[channels + channel] + form.offsets[channels + channel]);
    }
    return std::nearbyint(std::clamp(value, form.least, form.greatest));
}

} // namespace wb::kernels
