// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's axis reordering, and channel_shuffle, which is one between two reshapes.
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <numeric>

namespace wb::ops {
namespace {

Status torchPermute(const SourceNode& node, ImportBuilder& builder) {
    return torchAsOnnx(node, builder, "Transpose", {inputName(node, 0)},
                       {{"perm", node.integers("dims").value_or(std::vector<int64_t>{})}});
}

/// Two axes change places; `t` and `numpy_T` have none to say.
Status torchTranspose(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2) {
        WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
        return torchBind(node, builder, in);
    }
    std::vector<int64_t> order(x.size());
    std::iota(order.begin(), order.end(), 0);
    if (node.kind == "aten::numpy_T") {
        std::reverse(order.begin(), order.end());
    } else {
        const auto first = normaliseAxis(node.integer("dim0", -2), x.size()), second = normaliseAxis(node.integer("dim1", -1), x.size());
        if (!first || !second) return attributeError(node, "axes that " + ir::toText(x) + " does not have");
        std::swap(order[static_cast<size_t>(*first)], order[static_cast<size_t>(*second)]);
    }
    return torchAsOnnx(node, builder, "Transpose", {node.inputs[0]}, {{"perm", order}});
}

Status torchChannelShuffle(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const int64_t groups = node.integer("groups", 0);
    if (x.size() != 4 || groups < 1 || x[1] % groups != 0) return attributeError(node, std::to_string(groups) + " groups of " + ir::toText(x));
    WB_ASSIGN(ir::ValueId id, valueOf(node, builder, 0));
    WB_ASSIGN(id, torchStep(node, builder, "top.Reshape", {id}, torchReshape({x[0], groups, x[1] / groups, x[2], x[3]}), "groups"));
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints({0, 2, 1, 3, 4}));
    WB_ASSIGN(id, torchStep(node, builder, "top.Permute", {id}, std::move(a), "shuffle"));
    return torchEmit(node, builder, "top.Reshape", {id}, torchReshape(x));
}

} // namespace

void torch_permute(ImportTable& table);
void torch_permute(ImportTable& table) {
    table.add(Framework::Torch, "aten::permute", torchPermute);
    for (const char* kind : {"aten::transpose", "aten::t", "aten::numpy_T", "aten::mT", "aten::adjoint"})
        table.add(Framework::Torch, kind, torchTranspose);
    table.add(Framework::Torch, "aten::channel_shuffle", torchChannelShuffle);
}

} // namespace wb::ops
