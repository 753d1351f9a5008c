// SPDX-License-Identifier: GPL-3.0-or-later
// Fast form of the exact convolution (s8_conv.h): codes are widened to 16 bits once for a strip of
// rows, pairs of channels are multiplied and added to 32-bit sums (pmaddwd), the requant works on
// 64-bit products in registers, and a table of codes may follow. Channels last inside; planes at
// either end.
#pragma once

#include "compiler/kernels/s8_conv.h"

#include <array>
#include <memory>
#include <optional>

namespace wb::kernels {

class S8Conv {
public:
    struct Data {
        const std::byte* in = nullptr;
        bool inPlain = false; ///< NCHW, else NHWC
        std::byte* out = nullptr;
        bool outPlain = false;
    };
    /// Nothing when a requantised sum could leave 32 bits before it is saturated, or a shift is
    /// outside 1…32: such layers take the scalar form. `table` maps the code of the result, by its
    /// byte.
    static std::unique_ptr<S8Conv> create(const S8ConvShape& shape, bool inSigned,
                                          const int8_t* weights, bool weightsSigned,
                                          const S8Requant& requant,
                                          const std::optional<std::array<uint8_t, 256>>& table);
    virtual ~S8Conv() = default;
    virtual void run(const Data& data, const Work& work) const = 0;
};

} // namespace wb::kernels
