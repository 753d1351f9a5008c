// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that move elements: results are equal in every precision.
#include "tests/emitters_random/trial.h"

#include <algorithm>
#include <numeric>

namespace wb::test {
namespace {

using ir::ElementType;
using ir::Shape;

Trial moved(OneNode& node, Draw& draw, ElementType element) { return {std::move(node), 0, 0, anyPlacement(draw, element)}; }

/// Lanes are copied in the aligned layout, in which the code generator places results.
Trial aligned(Trial trial) {
    trial.placement.loose = false;
    return trial;
}

Trial reshaped(Draw& draw, ElementType element, const char* op) {
    OneNode node(op, draw.seed());
    const Shape shape = draw.picture();
    const auto kind = addInput(node, draw, element, shape);
    addResult(node, kind, {shape[0] * shape[1], shape[2] * shape[3]});
    return moved(node, draw, element);
}

Trial permute(Draw& draw, ElementType element) {
    OneNode node("tpu.Permute", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 6)), draw.of<int64_t>({4000, 4000, 60000}));
    std::vector<int64_t> order(shape.size());
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[static_cast<size_t>(draw.between(0, static_cast<int64_t>(i) - 1))]);
    const auto kind = addInput(node, draw, element, shape);
    Shape result;
    for (const int64_t axis : order)
        result.push_back(shape[static_cast<size_t>(axis)]);
    node.ints("order", order);
    addResult(node, kind, result);
    return moved(node, draw, element);
}

Trial slice(Draw& draw, ElementType element) {
    OneNode node("tpu.Slice", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 5)));
    const auto kind = addInput(node, draw, element, shape);
    Shape result = shape;
    std::vector<int64_t> offsets, steps, ends;
    for (size_t i = 0; i < shape.size(); ++i) {
        const bool whole = draw.oneIn(3);
        int64_t step = whole ? 1 : draw.of<int64_t>({1, 1, 1, 2, 3, 7, -1, -2});
        const int64_t first = whole ? 0 : draw.between(0, shape[i] - 1);
        const int64_t most = step > 0 ? (shape[i] - 1 - first) / step + 1 : first / -step + 1;
        result[i] = whole ? shape[i] : draw.between(1, most);
        offsets.push_back(draw.oneIn(5) && first != 0 && step > 0 ? first - shape[i] : first);
        steps.push_back(step);
        ends.push_back(first + result[i] * step);
    }
    node.ints("offset", offsets).ints("steps", steps).ints("ends", ends).ints("axes", {});
    addResult(node, kind, result);
    return moved(node, draw, element);
}

/// Indices from below the axis to beyond it, of any number of axes.
Trial gather(Draw& draw, ElementType element) {
    OneNode node("tpu.Gather", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 4)), 4000);
    const int64_t axis = draw.between(0, static_cast<int64_t>(shape.size()) - 1), size = shape[static_cast<size_t>(axis)];
    const auto kind = isCodes(element) ? draw.code() : element;
    if (isCodes(element)) {
        if (draw.coin()) node.weight(draw.codes(shape, kind)).quantised(0.05);
        else node.input(draw.codes(shape, kind)).quantised(0.05);
    } else {
        draw.coin() ? node.weight(shape, element, 3) : node.input(shape, element, 3);
    }
    const Shape picked = draw.shape(static_cast<size_t>(draw.between(1, 2)), 40);
    ir::Tensor indices(ElementType::F32, picked);
    for (int64_t i = 0; i < indices.elementCount(); ++i)
        indices.mutableData<float>()[i] = static_cast<float>(draw.between(-size - 2, size + 2));
    node.input(std::move(indices)).absent().set("axis", axis - (draw.oneIn(4) ? static_cast<int64_t>(shape.size()) : 0)).set("keepdims", true);
    Shape result(shape.begin(), shape.begin() + axis);
    result.insert(result.end(), picked.begin(), picked.end());
    result.insert(result.end(), shape.begin() + axis + 1, shape.end());
    addResult(node, kind, result);
    return moved(node, draw, element);
}

Trial concat(Draw& draw, ElementType element) {
    OneNode node("tpu.Concat", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 5)), 2500);
    const auto axis = static_cast<size_t>(shape.size() > 1 && draw.coin() ? 1 : draw.between(0, static_cast<int64_t>(shape.size()) - 1));
    const auto kind = isCodes(element) ? draw.code() : element;
    Shape result = shape;
    result[axis] = 0;
    for (int64_t i = draw.between(1, 5); i > 0; --i) {
        Shape part = shape;
        part[axis] = axis == 1 ? draw.channels(130) : draw.between(1, 9);
        if (isCodes(element)) node.input(draw.codes(part, kind)).quantised(0.05);
        else draw.oneIn(6) ? node.weight(part, element, 3) : node.input(part, element, 3);
        result[axis] += part[axis];
    }
    node.set("axis", static_cast<int64_t>(axis) - (draw.oneIn(4) ? static_cast<int64_t>(shape.size()) : 0));
    node.set("do_relu", kind == ElementType::Ui8 && draw.oneIn(3));
    addResult(node, kind, result);
    return aligned(moved(node, draw, element));
}

Trial pad(Draw& draw, ElementType element) {
    OneNode node("tpu.Pad", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 5)), 3000);
    const auto kind = addInput(node, draw, element, shape);
    const char* mode = draw.of({"constant", "constant", "reflect", "edge"});
    const bool constant = std::string(mode) == "constant", reflect = std::string(mode) == "reflect";
    Shape result = shape;
    std::vector<int64_t> pads(2 * shape.size(), 0);
    for (size_t i = 0; i < shape.size(); ++i) {
        if (draw.coin() || shape[i] > 70) continue;
        for (const size_t side : {i, i + shape.size()}) {
            int64_t low = 0, high = reflect ? std::min<int64_t>(4, shape[i] - 1) : 4;
            if (constant && draw.oneIn(4)) low = -(shape[i] - 1) / 3; // cuts
            pads[side] = draw.between(low, high);
            result[i] += pads[side];
        }
    }
    node.ints("paddings", pads).set("mode", tpuEnum("paddingMode", mode)).set("val", isCodes(element) ? double(draw.between(0, 90)) : draw.real(-2, 2));
    addResult(node, kind, result);
    return moved(node, draw, element);
}

Trial tile(Draw& draw, ElementType element) {
    OneNode node("tpu.Tile", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 5)), 1500);
    const auto kind = addInput(node, draw, element, shape);
    Shape result = shape;
    std::vector<int64_t> repeats;
    for (int64_t& size : result) {
        repeats.push_back(draw.of<int64_t>({1, 1, 1, 2, 3}));
        size *= repeats.back();
    }
    node.ints("tile", repeats);
    addResult(node, kind, result);
    return moved(node, draw, element);
}

Trial depth2space(Draw& draw, ElementType element) {
    OneNode node("tpu.Depth2Space", draw.seed());
    const int64_t bh = draw.between(1, 4), bw = draw.between(1, 4);
    const bool inverse = draw.coin();
    Shape deep{draw.between(1, 3), draw.between(1, 20) * bh * bw, draw.between(1, 9), draw.between(1, 9)};
    Shape wide{deep[0], deep[1] / (bh * bw), deep[2] * bh, deep[3] * bw};
    if (inverse) std::swap(deep, wide);
    const auto kind = addInput(node, draw, element, deep);
    node.set("block_h", bh).set("block_w", bw).set("is_CRD", draw.coin()).set("is_inversed", inverse).set("swap_cr", false);
    node.set("in_is_NCHW", true).set("out_is_NCHW", true);
    addResult(node, kind, wide);
    return moved(node, draw, element);
}

Trial enlarge(Draw& draw, ElementType element, bool interp) {
    OneNode node(interp ? "tpu.Interp" : "tpu.Upsample", draw.seed());
    const int64_t sh = draw.between(1, 4), sw = draw.between(1, 4);
    const Shape shape = draw.picture(2000);
    const auto kind = addInput(node, draw, element, shape);
    if (interp) {
        for (int i = 0; i < 2; ++i) node.absent();
        node.set("mode", tpuEnum("mode", "nearest")).set("coord_mode", tpuEnum("coord_mode", draw.of({"half_pixel", "asymmetric"})));
        node.set("scale_h", static_cast<double>(sh)).set("scale_w", static_cast<double>(sw));
    } else {
        node.set("scale_h", sh).set("scale_w", sw).set("do_relu", false);
    }
    addResult(node, kind, {shape[0], shape[1], shape[2] * sh, shape[3] * sw});
    return moved(node, draw, element);
}

/// To the nearest element, or between two neighbours, by factors that need not be whole.
Trial resize(Draw& draw, ElementType element) {
    if (draw.oneIn(3)) return enlarge(draw, element, true);
    OneNode node("tpu.Interp", draw.seed());
    Shape shape = draw.picture(2000);
    shape[1] = std::max<int64_t>(shape[1], 16);
    const bool sequence = draw.oneIn(5);
    if (sequence) shape.pop_back();
    Shape result = shape;
    for (size_t i = 2; i < shape.size(); ++i)
        if (!draw.oneIn(4)) result[i] = draw.between(1, 40);
    const auto kind = addInput(node, draw, element, shape);
    for (int i = 0; i < 2; ++i) node.absent();
    const bool linear = draw.coin();
    node.set("mode", tpuEnum("mode", linear ? "linear" : "nearest"));
    node.set("coord_mode", tpuEnum("coord_mode", draw.of({"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"})));
    node.set("scale_h", -1.0).set("scale_w", -1.0);
    addResult(node, kind, result);
    Trial trial = moved(node, draw, element);
    if (linear) trial.absolute = 12 * stepOf(element); // weights, and both axes, are rounded to numbers up to 3
    return trial;
}

/// Where pictures come from and go to as blocks (codegen/layouts).
Trial splitColumns(Draw& draw, ElementType element) {
    OneNode node("tpu.SplitColumns", draw.seed());
    const int64_t block = draw.between(1, 8), origin = draw.between(0, 5);
    const Shape shape{draw.between(1, 3), draw.between(1, 64 / block), draw.between(1, 20), draw.between(1, 60)};
    const auto kind = addInput(node, draw, element, shape);
    const bool rows = draw.coin();
    node.set("block", block).set("origin", origin).set("rows", rows);
    Shape result{shape[0], shape[1] * block, shape[2], shape[3]};
    int64_t& side = result[rows ? 2 : 3];
    side = (side + origin + block - 1) / block;
    addResult(node, kind, result);
    return aligned(moved(node, draw, element));
}

/// Parts in rows of lanes of their own, or one behind the other.
Trial joinPhases(Draw& draw, ElementType element) {
    OneNode node("tpu.JoinPhases", draw.seed());
    const int64_t y = draw.between(1, 3), x = draw.between(1, 3), originY = draw.between(0, y - 1), originX = draw.between(0, x - 1);
    const bool apart = draw.coin();
    const int64_t part = apart ? 64 * draw.between(1, 2) : draw.between(1, 80);
    const Shape result{draw.between(1, 3), apart ? draw.between(1, part) : part, draw.between(y, 14), draw.between(x, 14)};
    const auto kind = addInput(node, draw, element,
                               {result[0], y * x * part, (result[2] + originY + y - 1) / y, (result[3] + originX + x - 1) / x});
    node.set("y", y).set("x", x).set("origin_y", originY).set("origin_x", originX);
    addResult(node, kind, result);
    return moved(node, draw, element);
}

Trial clearOutside(Draw& draw, ElementType element) {
    OneNode node("tpu.ClearOutside", draw.seed());
    const int64_t y = draw.between(1, 3), x = draw.between(1, 4), originY = draw.between(0, 4), originX = draw.between(0, 4);
    const int64_t height = draw.between(1, 20), width = draw.between(1, 20), each = draw.between(1, 30);
    const Shape shape{draw.between(1, 2), y * x * each, (height + originY + y - 1) / y, (width + originX + x - 1) / x};
    const auto kind = addInput(node, draw, element, shape);
    std::vector<int64_t> phases;
    const bool runs = draw.coin();
    for (int64_t i = 0; i < shape[1]; ++i)
        phases.push_back(runs ? i / each : draw.between(0, y * x - 1));
    node.set("y", y).set("x", x).set("origin_y", originY).set("origin_x", originX).set("height", height).set("width", width);
    node.ints("phases", phases);
    addResult(node, kind, shape);
    return moved(node, draw, element);
}

/// Channels of one pixel become a row.
Trial lanesToRow(Draw& draw, ElementType element) {
    OneNode node("tpu.LanesToRow", draw.seed());
    const int64_t channels = draw.channels();
    const auto kind = addInput(node, draw, element, {1, channels, 1, 1});
    addResult(node, kind, {1, 1, 1, channels});
    return aligned(moved(node, draw, element));
}

/// Heads of a row that has all of them, and rows under another shape.
Trial laneView(Draw& draw, ElementType element) {
    OneNode node("tpu.LaneView", draw.seed());
    const int64_t n = draw.between(1, 3), channels = draw.channels(), heads = draw.between(1, 4), size = draw.between(1, 40);
    const int64_t parts = draw.between(1, 3), step = draw.coin() ? 1 : draw.between(1, 3), width = parts * heads * size * step;
    const auto kind = addInput(node, draw, element, draw.coin() ? Shape{n, channels, width} : Shape{n, channels, parts, heads * size * step});
    node.set("offset", draw.between(0, parts - 1) * heads * size * step);
    node.ints("strides", {size * step, step});
    if (draw.coin() && step == 1) addResult(node, kind, {n, channels, heads, size});
    else addResult(node, kind, {n, channels, heads, draw.between(1, size)});
    return moved(node, draw, element);
}

/// Rows of several operands side by side.
Trial laneJoin(Draw& draw, ElementType element) {
    OneNode node("tpu.LaneJoin", draw.seed());
    const auto rest = draw.thinned({draw.between(1, 3), draw.channels(), draw.between(1, 5)});
    const bool sequences = draw.oneIn(3);
    int64_t columns = 0;
    const auto kind = isCodes(element) ? draw.code() : element;
    for (int64_t i = draw.between(1, 3); i > 0; --i) {
        Shape part{rest[0], rest[1], rest[2], draw.between(1, 40)};
        if (sequences) part.erase(part.begin() + 2);
        if (isCodes(element)) node.input(draw.codes(part, kind)).quantised(0.05);
        else node.input(part, element, 3);
        columns += part.back();
    }
    addResult(node, kind, sequences ? Shape{rest[0], rest[1], columns} : Shape{rest[0], rest[1], rest[2], columns});
    return moved(node, draw, element);
}

/// Some channels, whose first one lies in any lane.
Trial laneSlice(Draw& draw, ElementType element) {
    OneNode node("tpu.LaneSlice", draw.seed());
    const int64_t before = draw.coin() ? 64 * draw.between(0, 2) : draw.between(0, 140), channels = draw.between(1, 150), behind = draw.between(0, 70);
    const Shape result{draw.between(1, 2), channels, draw.between(1, 12), draw.between(1, 12)};
    const auto kind = addInput(node, draw, element, {result[0], before + channels + behind, result[2], result[3]});
    node.set("first", before);
    addResult(node, kind, result);
    return moved(node, draw, element);
}

} // namespace

void addMoves(Generators& table) {
    table["tpu.Reshape"] = {[](Draw& d, ElementType e) { return reshaped(d, e, "tpu.Reshape"); }};
    table["tpu.Permute"] = {permute, true, true, true, 2};
    table["tpu.Slice"] = {slice, true, true, true, 2};
    table["tpu.Gather"] = {gather};
    table["tpu.Concat"] = {concat, true, true, true, 3};
    table["tpu.Pad"] = {pad, true, true, true, 2};
    table["tpu.Tile"] = {tile};
    table["tpu.Depth2Space"] = {depth2space};
    table["tpu.Upsample"] = {[](Draw& d, ElementType e) { return enlarge(d, e, false); }};
    table["tpu.Interp"] = {resize, false, true, true, 2};
    table["tpu.SplitColumns"] = {splitColumns};
    table["tpu.JoinPhases"] = {joinPhases};
    table["tpu.ClearOutside"] = {clearOutside};
    table["tpu.LanesToRow"] = {lanesToRow};
    table["tpu.LaneSlice"] = {laneSlice};
    table["tpu.LaneView"] = {laneView};
    table["tpu.LaneJoin"] = {laneJoin};
}

} // namespace wb::test
