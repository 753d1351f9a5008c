// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's max_unpool2d and max_unpool3d: positions count through a plane of what was pooled.
#include "compiler/ops/torch_help.h"
#include "compiler/ops/unpool/unpool_window.h"

namespace wb::ops {
namespace {

Status torchUnpool(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const ir::ValueId x = c.input(0), given = c.input(1), positions = poolPositions(builder.graph(), given);
    const auto spatial = node.integers("output_size");
    const ir::Shape in = c.shape(x);
    if (c.failed() || !spatial || spatial->size() + 2 != in.size()) return attributeError(node, "output_size for " + ir::toText(in));
    if (positions == ir::kNoValue || c.shape(positions) != in) return attributeError(node, "positions that no pooling layer of this network gives");
    const ir::Shape pooled = c.shape(builder.graph().producer(positions)->operands[0]);
    ir::Shape sizes{in[0], in[1]};
    sizes.insert(sizes.end(), spatial->begin(), spatial->end());
    // The same plane in both: else positions mean other places.
    if (!std::equal(sizes.begin() + 3, sizes.end(), pooled.begin() + 3, pooled.end()) || sizes[2] < pooled[2])
        return attributeError(node, "a result of " + ir::toText(sizes) + " for positions in " + ir::toText(pooled));
    if (const ir::ValueId y = unpoolWindow(c, builder, x, positions, sizes); c.failed() || y != ir::kNoValue) return c.done(y);
    ir::AttributeMap a;
    a.set("sizes", ir::Attribute::ints(sizes));
    a.set("counted", ir::Attribute::ints(pooled));
    return c.done(c.last().op("top.MaxUnpool", {x, positions}, std::move(a)));
}

} // namespace

void torch_unpool(ImportTable& table);
void torch_unpool(ImportTable& table) {
    for (const char* kind : {"aten::max_unpool2d", "aten::max_unpool3d"})
        table.add(Framework::Torch, kind, torchUnpool);
}

} // namespace wb::ops
