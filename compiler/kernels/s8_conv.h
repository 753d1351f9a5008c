// SPDX-License-Identifier: GPL-3.0-or-later
// Exact convolution of 8-bit codes with 32-bit sums and a requant per output channel, as BM1684X
// does it: out = saturate(relu?((sum + bias) * multiplier >> shift, half up) + zero), or what a form in
// float32 makes of the sum. The scalar form is the definition.
#pragma once

#include "compiler/kernels/sum_form.h"
#include "compiler/kernels/work.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace wb::kernels {

struct S8ConvShape {
    int64_t batch = 1, inChannels = 1, outChannels = 1, groups = 1;
    std::array<int64_t, 2> in{1, 1}, out{1, 1}, kernel{1, 1}, stride{1, 1}, pad{0, 0},
        dilation{1, 1};
    int32_t border = 0; ///< the code that stands beyond the picture: the input's zero point
};

/// What happens to a sum. Arrays have an entry an output channel; an empty bias counts as zero.
struct S8Requant {
    std::vector<int32_t> bias;
    std::vector<int32_t> multipliers;
    std::vector<int32_t> shifts;
    bool outSigned = true;
    bool relu = false;
    int32_t zero = 0; ///< zero point of the results
    std::shared_ptr<const SumForm> form = {}; ///< instead of all of these
};

/// in [N,C,H,W] (codes signed or not), weights [O,C/g,kh,kw] → out [N,O,oh,ow].
void s8ConvScalar(const S8ConvShape& shape, const std::byte* in, bool inSigned,
                  const int8_t* weights, bool weightsSigned, const S8Requant& requant,
                  std::byte* out, const Work& work);

/// Transposed, of codes less `zero`: weights [O,C/g,kh,kw] by output channel; one group, or as many as channels. Sums +
/// bias.
void s8DeconvScalar(const S8ConvShape& shape, const std::byte* in, bool inSigned, int32_t zero,
                    const int8_t* weights, bool weightsSigned, const std::vector<int32_t>& bias,
                    int32_t* out, const Work& work);

} // namespace wb::kernels
