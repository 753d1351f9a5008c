// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/float_part.h"

namespace wb::improve {

Result<FloatPart> floatPart(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::LowerOptions& form,
                            const JobContext& context) {
    JobContext quiet(context.stopToken());
    WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(top, ranges, {}, form, quiet));
    FloatPart part;
    double all = 0, floats = 0;
    for (const quantise::LayerOutcome& layer : lowered.layers) {
        const ir::ValueId id = top.find(layer.name);
        if (id == ir::kNoValue) continue;
        const auto count = static_cast<double>(ir::checkedElementCount(top.value(id).type.shape).value_or(0));
        all += count;
        if (layer.actual == ops::Precision::Int8 || layer.reasonCode == "R08" || layer.reasonCode == "R04") continue;
        floats += count;
        ++part.layers;
    }
    part.share = all > 0 ? floats / all : 0;
    return part;
}

} // namespace wb::improve
