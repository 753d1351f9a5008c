// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Tile: repeated along one axis, the channels unless said otherwise.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importCaffeTile(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("axis", 1), in.size());
    const int64_t tiles = node.integer("tiles", 0);
    if (c.failed() || !axis || tiles < 1) return attributeError(node, std::to_string(tiles) + " tiles of " + ir::toText(in));
    if (tiles == 1) return c.done(x);
    std::vector<int64_t> repeats(in.size(), 1);
    repeats[static_cast<size_t>(*axis)] = tiles;
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(repeats));
    return c.done(c.last().op("top.Tile", {x}, std::move(a)));
}

} // namespace

void caffe_tile(ImportTable& table);
void caffe_tile(ImportTable& table) { table.add(Framework::Caffe, "Tile", importCaffeTile); }

} // namespace wb::ops
