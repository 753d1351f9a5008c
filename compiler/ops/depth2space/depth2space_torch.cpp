// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's pixel shuffles: the block lies inside of each channel.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchShuffle(const SourceNode& node, ImportBuilder& builder) {
    const bool back = node.kind == "aten::pixel_unshuffle";
    const int64_t block = node.integer(back ? "downscale_factor" : "upscale_factor", 0);
    ir::AttributeMap a;
    a.set("block_h", block);
    a.set("block_w", block);
    a.set("in_is_NCHW", true);
    a.set("is_CRD", true);
    a.set("is_inversed", back);
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    return torchUnary(node, builder, "top.Depth2Space", std::move(a));
}

} // namespace

void torch_depth2space(ImportTable& table);
void torch_depth2space(ImportTable& table) {
    table.add(Framework::Torch, "aten::pixel_shuffle", torchShuffle);
    table.add(Framework::Torch, "aten::pixel_unshuffle", torchShuffle);
}

} // namespace wb::ops
