// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Embed (rows of a table, by number) and BatchReindex (pictures of a batch, by number).
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"

namespace wb::ops {
namespace {

using Id = ir::ValueId;

ir::AttributeMap rowsOf() {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(0));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    return a;
}

Status importEmbed(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Tensor* table = builder.constant(blobName(node, 0));
    if (table == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no table for this layer");
    const int64_t width = node.integer("num_output", 0), rows = node.integer("input_dim", 0);
    if (width < 1 || rows < 1 || ir::checkedElementCount({rows, width}) != table->elementCount())
        return nodeError(node, Code::ModelDamaged, "a table of " + ir::toText(table->shape()) + " for num_output " +
                                                       std::to_string(width) + ", input_dim " + std::to_string(rows));
    const Id weights = builder.addConstant(blobName(node, 0), table->reshaped({rows, width}));
    const bool biased = node.integer("bias_term", 1) != 0 && !blobName(node, 1).empty();
    const Id y = (biased ? c : c.last()).op("top.Gather", {weights, x}, rowsOf());
    if (!biased) return c.done(y);
    const ir::Tensor* bias = builder.constant(blobName(node, 1));
    if (bias == nullptr || bias->elementCount() != width)
        return nodeError(node, Code::ModelDamaged, "the bias does not have num_output numbers");
    ir::Shape last(c.shape(y).size(), 1);
    if (!last.empty()) last.back() = width;
    return c.done(c.last().add(y, builder.addConstant(blobName(node, 1), bias->reshaped(last))));
}

Status importBatchReindex(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id x = c.input(0), rows = c.input(1);
    return c.done(c.last().op("top.Gather", {x, rows}, rowsOf()));
}

} // namespace

void caffe_gather(ImportTable& table);
void caffe_gather(ImportTable& table) {
    table.add(Framework::Caffe, "Embed", importEmbed);
    table.add(Framework::Caffe, "BatchReindex", importBatchReindex);
}

} // namespace wb::ops
