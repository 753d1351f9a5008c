// SPDX-License-Identifier: GPL-3.0-or-later
// Equalisation of the few tensors that cost the outputs most: where a convolution's channels differ much in size and
// share one range, the small ones get few codes. Channel c of the first convolution is divided by s_c and the second
// one's weights for it are multiplied by s_c: the float network stays the same, small channels use more codes.
//
// Only between two convolutions with nothing but a ReLU, LeakyReLU or PReLU between them and no other reader, and only
// where it takes away a good share of the damage that was measured for that tensor alone; done everywhere it costs
// weights more than it gains (measured; README).
#pragma once

#include "compiler/improve/conv_pairs.h"
#include "compiler/improve/ranges.h"

namespace wb::improve {

struct EqualiseOptions {
    size_t worst = 10;      ///< tensors tried, by their cost to first order
    size_t pictures = 3;    ///< run for each measurement
    double leastGain = 0.15; ///< share of the measured damage that has to go
    bool asymmetric = false;
};

/// How one tensor fared.
struct EqualisedTensor {
    std::string name;          ///< what the second convolution reads
    double power = 0;          ///< 0: left as it was
    double before = 0, after = 0; ///< error energy at the outputs, tensor and second weights alone in codes
};

struct Equalised {
    std::shared_ptr<const ir::Graph> top;   ///< with scaled weights; the given one if nothing was worth it
    quantise::RangeTable ranges;            ///< the chosen ones, with those of scaled tensors chosen anew
    std::vector<EqualisedTensor> tensors;   ///< all that were tried, worst first
    size_t applied() const;
};

/// `extents`: the vendor's table; `ranges`: what is in use, by which damage is measured; `classes`, `spreads` of `top`.
Result<Equalised> equalise(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& extents,
                           const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                           const Spreads& spreads, const Inputs& pictures, const EqualiseOptions& options,
                           const JobContext& context);

} // namespace wb::improve
