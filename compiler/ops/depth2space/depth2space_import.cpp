// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of pixel shuffles: ONNX DepthToSpace-1…13, SpaceToDepth-1…13.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status importShuffle(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("block_h", node.integer("blocksize", 0));
    a.set("block_w", node.integer("blocksize", 0));
    a.set("in_is_NCHW", true);
    a.set("is_CRD", node.string("mode", "DCR") == "CRD");
    a.set("is_inversed", node.kind == "SpaceToDepth");
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Depth2Space", {in}, std::move(a)));
    return {};
}

} // namespace

void import_depth2space(ImportTable& table);
void import_depth2space(ImportTable& table) {
    table.add(Framework::Onnx, "DepthToSpace", importShuffle);
    table.add(Framework::Onnx, "SpaceToDepth", importShuffle);
}

} // namespace wb::ops
