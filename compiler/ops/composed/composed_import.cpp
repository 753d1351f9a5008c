// SPDX-License-Identifier: GPL-3.0-or-later
// Source operators that are written as several of ours: ONNX Selu-6, Shrink-9, ThresholdedRelu-10, Hardmax-1…13,
// OneHot-9…11, BitShift-11, Mean-8…13, Trilu-14, EyeLike-9, ReverseSequence-10.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

constexpr int64_t kMostMask = int64_t{1} << 22; ///< numbers in a constant that a rule makes

Status importSelu(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", node.version < 6 ? 1.6732 : 1.67326319217681884765625)));
    const Id elu = c.op("top.Elu", {c.input(0)}, std::move(a));
    const double gamma = asFloat32(node.real("gamma", node.version < 6 ? 1.0507 : 1.05070102214813232421875));
    return c.done(c.last().number("top.MulConst", elu, gamma));
}

Status importThresholdedRelu(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const Id above = c.compareNumber("Greater", x, asFloat32(node.real("alpha", 1.0)));
    return c.done(c.last().whereNumber(above, x, 0.0));
}

/// x + bias below -lambd, x - bias above lambd, else 0.
Status importShrink(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const double bias = asFloat32(node.real("bias", 0.0)), lambda = asFloat32(node.real("lambd", 0.5));
    const Id below = c.compareNumber("Less", x, -lambda);
    const Id above = c.compareNumber("Greater", x, lambda);
    const Id high = c.whereNumber(above, c.number("top.AddConst", x, -bias), 0.0);
    return c.done(c.last().where(below, c.number("top.AddConst", x, bias), high));
}

ir::AttributeMap argAttributes(const char* mode, int64_t axis) {
    ir::AttributeMap a;
    a.set("axis", axis);
    a.set("keepdims", true);
    a.set("mode", mode);
    a.set("select_last_index", false);
    return a;
}

/// 0, 1, 2, … along one axis of `rank`.
Id positions(Composer& c, size_t rank, size_t axis, int64_t count) {
    ir::Shape shape(rank, 1);
    shape[axis] = count;
    std::vector<float> numbers(static_cast<size_t>(count));
    for (size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<float>(i);
    return c.tensor(shape, numbers);
}

Status importHardmax(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    const bool flattens = node.version < 13;
    const auto axis = normaliseAxis(node.integer("axis", flattens ? 1 : -1), shape.size());
    if (c.failed()) return c.done(x);
    if (!axis) return attributeError(node, "axis for " + ir::toText(shape));
    auto a = static_cast<size_t>(*axis);
    ir::Shape flat = shape;
    if (flattens && a + 1 < shape.size()) {
        flat.resize(a + 1);
        for (size_t d = a + 1; d < shape.size(); ++d)
            flat[a] *= shape[d];
        x = c.reshape(x, flat);
    }
    if (flat[a] > kMaxWindow) return attributeError(node, "an axis of " + std::to_string(flat[a]));
    const Id best = c.op("top.Arg", {x}, argAttributes("ArgMax", static_cast<int64_t>(a)));
    const Id all = positions(c, flat.size(), a, flat[a]);
    if (flat == shape) return c.done(c.last().compare("Equal", best, all));
    return c.done(c.last().reshape(c.compare("Equal", best, all), shape));
}

Status importOneHot(const SourceNode& node, ImportBuilder& builder) {
    const auto depth = constantReals(node, builder, 1);
    if (!depth || depth->size() != 1 || !(depth->front() >= 1 && depth->front() <= kMaxWindow))
        return attributeError(node, "the depth is not a constant of reasonable size");
    Composer c(node, builder);
    const Id indices = c.input(0), values = c.input(2);
    ir::Shape shape = c.shape(indices);
    const auto axis = normaliseAxis(node.integer("axis", -1), shape.size() + 1);
    if (c.failed()) return c.done(indices);
    if (!axis) return attributeError(node, "axis for " + ir::toText(shape));
    const auto count = static_cast<int64_t>(depth->front());
    // Negative numbers count from the end.
    const Id wrapped = c.where(c.compareNumber("Less", indices, 0.0),
                               c.number("top.AddConst", indices, static_cast<double>(count)), indices);
    shape.insert(shape.begin() + *axis, 1);
    const Id hot = c.compare("Equal", c.reshape(wrapped, shape),
                             positions(c, shape.size(), static_cast<size_t>(*axis), count));
    const Id off = c.slice(values, 0, 0, 1), on = c.slice(values, 0, 1, 2);
    return c.done(c.last().where(hot, on, off));
}

Status importBitShift(const SourceNode& node, ImportBuilder& builder) {
    const std::string direction = node.string("direction", "");
    if (direction != "LEFT" && direction != "RIGHT") return attributeError(node, "direction '" + direction + "'");
    const size_t bits = 8 * ir::sizeInBytes(builder.sourceType(inputName(node, 0)));
    Composer c(node, builder);
    const Id x = c.input(0);
    const Id power = c.op("top.BinaryPow", {c.tensor({1}, {2.0F}), c.input(1)});
    ir::AttributeMap floor;
    floor.set("is_scalar", false);
    if (direction == "RIGHT") return c.done(c.last().op("top.Floor", {c.div(x, power)}, std::move(floor)));
    // What leaves the type on the left is lost.
    const Id range = c.tensor({1}, {static_cast<float>(std::ldexp(1.0, static_cast<int>(bits)))});
    return c.done(c.last().op("top.Mod", {c.mul(x, power), range}));
}

Status importMean(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    Composer c(node, builder);
    Id sum = c.input(0);
    if (node.inputs.size() == 1) return c.done(sum);
    for (size_t i = 1; i < node.inputs.size(); ++i)
        sum = c.add(sum, c.input(i));
    return c.done(c.last().number("top.MulConst", sum, 1.0 / static_cast<double>(node.inputs.size())));
}

Status importTrilu(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    int64_t k = 0;
    if (c.has(1)) {
        const auto given = constantInts(node, builder, 1);
        if (!given || given->size() != 1) return attributeError(node, "the diagonal is known only at run time");
        k = std::clamp<int64_t>(given->front(), -kMaxWindow, kMaxWindow);
    }
    if (c.failed()) return c.done(x);
    if (shape.size() < 2) return attributeError(node, "input of shape " + ir::toText(shape));
    const int64_t rows = shape[shape.size() - 2], columns = shape.back();
    if (rows > 65536 || columns > 65536 || rows * columns > kMostMask)
        return attributeError(node, "a matrix of " + ir::toText({rows, columns}));
    const bool upper = node.integer("upper", 1) != 0;
    std::vector<float> keep(static_cast<size_t>(rows * columns));
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < columns; ++j)
            keep[static_cast<size_t>(r * columns + j)] = (upper ? j - r >= k : j - r <= k) ? 1.0F : 0.0F;
    return c.done(c.last().whereNumber(c.tensor({rows, columns}, keep), x, 0.0));
}

Status importEyeLike(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const ir::Shape shape, shapeOf(node, builder, 0));
    if (shape.size() != 2 || shape[0] > 65536 || shape[1] > 65536 || shape[0] * shape[1] > kMostMask)
        return attributeError(node, "input of shape " + ir::toText(shape));
    const int64_t k = std::clamp<int64_t>(node.integer("k", 0), -kMaxWindow, kMaxWindow);
    std::vector<float> values(static_cast<size_t>(shape[0] * shape[1]), 0.0F);
    for (int64_t r = 0; r < shape[0]; ++r)
        if (r + k >= 0 && r + k < shape[1]) values[static_cast<size_t>(r * shape[1] + r + k)] = 1.0F;
    Composer c(node, builder);
    return c.done(c.tensor(shape, values));
}

/// The first sequence_lens[b] steps of each batch element in the opposite order: a Gather with constant places.
Status importReverseSequence(const SourceNode& node, ImportBuilder& builder) {
    const auto lengths = constantInts(node, builder, 1);
    if (!lengths) return attributeError(node, "the lengths are known only at run time");
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    const int64_t batchAxis = node.integer("batch_axis", 1), timeAxis = node.integer("time_axis", 0);
    if (c.failed()) return c.done(x);
    if (shape.size() < 2 || batchAxis < 0 || batchAxis > 1 || timeAxis != 1 - batchAxis)
        return attributeError(node, "batch_axis and time_axis are not 0 and 1");
    const int64_t batch = shape[static_cast<size_t>(batchAxis)], time = shape[static_cast<size_t>(timeAxis)];
    if (static_cast<int64_t>(lengths->size()) != batch || batch > kMaxWindow || time > kMaxWindow / std::max<int64_t>(batch, 1))
        return attributeError(node, "lengths that do not fit " + ir::toText(shape));
    std::vector<float> places(static_cast<size_t>(batch * time));
    for (int64_t b = 0; b < batch; ++b) {
        const int64_t length = (*lengths)[static_cast<size_t>(b)];
        if (length < 0 || length > time) return attributeError(node, "a length of " + std::to_string(length));
        for (int64_t t = 0; t < time; ++t) {
            const int64_t from = t < length ? length - 1 - t : t;
            const int64_t to = batchAxis == 1 ? t * batch + b : b * time + t;
            places[static_cast<size_t>(to)] = static_cast<float>(batchAxis == 1 ? from * batch + b : b * time + from);
        }
    }
    ir::Shape flat(shape.begin() + 1, shape.end());
    flat[0] = batch * time;
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(0));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    const Id picked = c.op("top.Gather", {c.reshape(x, flat), c.tensor({batch * time}, places)}, std::move(a));
    return c.done(c.last().reshape(picked, shape));
}

} // namespace

void import_composed(ImportTable& table);
void import_composed(ImportTable& table) {
    table.add(Framework::Onnx, "Selu", importSelu);
    table.add(Framework::Onnx, "ThresholdedRelu", importThresholdedRelu);
    table.add(Framework::Onnx, "Shrink", importShrink);
    table.add(Framework::Onnx, "Hardmax", importHardmax);
    table.add(Framework::Onnx, "OneHot", importOneHot);
    table.add(Framework::Onnx, "BitShift", importBitShift);
    table.add(Framework::Onnx, "Mean", importMean);
    table.add(Framework::Onnx, "Trilu", importTrilu);
    table.add(Framework::Onnx, "EyeLike", importEyeLike);
    table.add(Framework::Onnx, "ReverseSequence", importReverseSequence);
}

} // namespace wb::ops
