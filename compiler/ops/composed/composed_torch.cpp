// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's operators that are several of ours, or one of ONNX's under another name.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

std::optional<size_t> axisOf(const SourceNode& node, const ir::Shape& shape, const char* key = "dim", int64_t otherwise = -1) {
    const auto axis = normaliseAxis(node.integer(key, otherwise), shape.size());
    return axis ? std::optional(static_cast<size_t>(*axis)) : std::nullopt;
}

/// Operand 1, a tensor or a number.
Id other(const SourceNode& node, Composer& c, const char* key = "other") {
    if (c.has(1)) return c.input(1);
    return c.tensor({1}, {static_cast<float>(torchNumber(node, key).value_or(0))});
}

Status torchSameAsOnnx(const SourceNode& node, ImportBuilder& builder) {
    static const std::map<std::string, std::string> kKinds{
        {"aten::atan", "Atan"}, {"aten::atanh", "Atanh"}, {"aten::asin", "Asin"}, {"aten::acos", "Acos"}, {"aten::sinh", "Sinh"},
        {"aten::cosh", "Cosh"}, {"aten::tan", "Tan"},     {"aten::asinh", "Asinh"}, {"aten::acosh", "Acosh"}};
    WB_TRY(needInputs(node, 1));
    return torchAsOnnx(node, builder, kKinds.at(node.kind), {node.inputs[0]});
}

Status torchParts(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const std::string kind = node.kind.substr(6);
    if (kind == "trunc") return c.done(c.last().whole(x));
    if (kind == "frac") {
        const Id whole = c.whole(x);
        return c.done(c.last().sub(x, whole));
    }
    if (kind == "expm1") {
        const Id power = c.op("top.Exp", {x});
        return c.done(c.last().number("top.AddConst", power, -1));
    }
    if (kind == "log1p") {
        const Id more = c.number("top.AddConst", x, 1);
        return c.done(c.last().op("top.Log", {more}));
    }
    if (kind == "bitwise_not") {
        if (torchResultIsBool(node)) return c.done(c.last().compareNumber("Equal", x, 0));
        const Id negative = c.number("top.MulConst", x, -1); // two's complement
        return c.done(c.last().number("top.AddConst", negative, -1));
    }
    const double limit = torchNumber(node, "lambd").value_or(0.5);
    if (kind == "softshrink") {
        const Id middle = c.clip(x, -limit, limit);
        return c.done(c.last().sub(x, middle));
    }
    const Id far = c.compareNumber("Greater", c.op("top.Abs", {x}), limit); // hardshrink
    return c.done(c.last().whereNumber(far, x, 0));
}

/// The sign of the divisor, or (fmod) of the dividend.
Status torchRemainder(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0), y = other(node, c);
    if (node.kind == "aten::remainder") return c.done(c.last().op("top.Mod", {x, y}));
    const Id rest = c.op("top.Mod", {c.op("top.Abs", {x}), c.op("top.Abs", {y})}), sign = c.op("top.Sign", {x});
    return c.done(c.last().mul(rest, sign));
}

Status torchAddProduct(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const Id a = c.input(1), b = c.input(2);
    Id part = node.kind == "aten::addcmul" ? c.mul(a, b) : c.div(a, b);
    if (const double factor = torchNumber(node, "value").value_or(1); factor != 1) part = c.number("top.MulConst", part, factor);
    return c.done(c.last().add(c.input(0), part));
}

Status torchGlu(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    const auto axis = axisOf(node, shape);
    if (c.failed() || !axis || shape[*axis] % 2 != 0) return attributeError(node, "halves of " + ir::toText(shape));
    const int64_t half = shape[*axis] / 2;
    const Id left = c.slice(x, *axis, 0, half), right = c.slice(x, *axis, half, 2 * half);
    // 1 / (1 + e^-x)
    const Id power = c.op("top.Exp", {c.number("top.MulConst", right, -1)});
    return c.done(c.last().div(left, c.number("top.AddConst", power, 1)));
}

Status torchFlip(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    for (const int64_t given : torchInts(node, "dims", 1).value_or(std::vector<int64_t>{})) {
        const auto axis = normaliseAxis(given, shape.size());
        if (!axis) return attributeError(node, "axis " + std::to_string(given));
        const auto d = static_cast<size_t>(*axis);
        x = c.slice(x, d, shape[d] - 1, -shape[d] - 1, -1);
    }
    return c.done(x);
}

Status torchEinsum(const SourceNode& node, ImportBuilder& builder) {
    std::string equation = node.string("equation", "");
    std::erase(equation, ' ');
    return torchAsOnnx(node, builder, "Einsum", node.inputs, {{"equation", equation}});
}

Status torchGridSample(const SourceNode& node, ImportBuilder& builder) {
    static constexpr const char *kModes[] = {"bilinear", "nearest", "bicubic"}, *kBorders[] = {"zeros", "border", "reflection"};
    WB_TRY(needInputs(node, 2));
    const int64_t mode = node.integer("interpolation_mode", 0), border = node.integer("padding_mode", 0);
    if (mode < 0 || mode > 2 || border < 0 || border > 2) return attributeError(node, "mode " + std::to_string(mode));
    return torchAsOnnx(node, builder, "GridSample", {node.inputs[0], node.inputs[1]},
                       {{"mode", std::string(kModes[mode])}, {"padding_mode", std::string(kBorders[border])}, {"align_corners", node.integer("align_corners", 0)}});
}

/// topk, and sort, which is all of them.
Status torchTopK(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape shape, shapeOf(node, builder, 0));
    const auto axis = axisOf(node, shape);
    if (!axis) return attributeError(node, "axis of " + ir::toText(shape));
    const bool sort = node.kind == "aten::sort";
    return torchAsOnnx(node, builder, "TopK", {node.inputs[0]},
                       {{"k", sort ? shape[*axis] : node.integer("k", 1)}, {"axis", static_cast<int64_t>(*axis)},
                        {"largest", sort ? node.integer("descending", 0) : node.integer("largest", 1)}});
}

/// Mean squares of what is left of the mean; `correction` is taken off their number.
Status torchVariance(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    std::vector<int64_t> axes = torchInts(node, "dim", 1).value_or(std::vector<int64_t>{});
    if (axes.empty()) {
        axes.resize(shape.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    double count = 1;
    for (int64_t& given : axes) {
        const auto axis = normaliseAxis(given, shape.size());
        if (!axis) return attributeError(node, "axis " + std::to_string(given));
        given = *axis;
        count *= static_cast<double>(shape[static_cast<size_t>(given)]);
    }
    const double left = count - torchNumber(node, "correction").value_or(static_cast<double>(node.integer("unbiased", 1)));
    if (left <= 0) return attributeError(node, "the variance of one number");
    const Id middle = c.reduce("ReduceMean", x, axes, true), rest = c.sub(x, middle);
    Id mean = c.reduce("ReduceMean", c.mul(rest, rest), axes, node.integer("keepdim", 0) != 0);
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) WB_TRY(c.done(c.reshape(middle, c.shape(mean)), 1)); // var_mean, std_mean
    const bool root = node.kind.starts_with("aten::std");
    if (left != count) mean = (root ? c : c.last()).number("top.MulConst", mean, count / left);
    return c.done(root ? c.last().op("top.Sqrt", {mean}) : mean);
}

Status torchLogSumExp(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const std::vector<int64_t> axes = torchInts(node, "dim", 1).value_or(std::vector<int64_t>{});
    if (axes.empty()) return attributeError(node, "no axes");
    const bool keep = node.integer("keepdim", 0) != 0;
    const Id most = c.reduce("ReduceMax", x, axes, true);
    const Id sum = c.reduce("ReduceSum", c.op("top.Exp", {c.sub(x, most)}), axes, keep);
    const Id back = keep ? most : c.reshape(most, c.shape(sum));
    return c.done(c.last().add(c.op("top.Log", {sum}), back));
}

/// gather and the scatters: numbers of a tensor or one number, in the place of others or combined with them.
Status torchIndexed(const SourceNode& node, ImportBuilder& builder) {
    static const std::map<std::string, std::string> kCombined{{"add", "add"}, {"sum", "add"}, {"multiply", "mul"}, {"prod", "mul"}, {"amax", "max"}, {"amin", "min"}};
    WB_TRY(needInputs(node, 2));
    TorchAttributes a{{"axis", node.integer("dim", 0)}};
    if (node.kind == "aten::gather") return torchAsOnnx(node, builder, "GatherElements", {node.inputs[0], node.inputs[1]}, std::move(a));
    const std::string how = node.kind == "aten::scatter_add" ? "add" : node.string("reduce", "");
    if (!how.empty()) {
        const auto combined = kCombined.find(how);
        if (combined == kCombined.end() || node.integer("include_self", 1) == 0) return attributeError(node, "reduce '" + how + "', or without the numbers that are there");
        a["reduction"] = combined->second;
    }
    std::vector<std::string> inputs = node.inputs;
    if (const auto value = torchNumber(node, "value"); value && inputs.size() == 2) {
        WB_ASSIGN(const ir::Shape places, shapeOf(node, builder, 1));
        const auto count = ir::checkedElementCount(places);
        if (!count || *count > 1 << 26) return attributeError(node, "places of " + ir::toText(places));
        inputs.push_back(node.outputs.front() + "_value");
        const std::vector<float> numbers(static_cast<size_t>(*count), static_cast<float>(*value));
        builder.bind(inputs.back(), builder.addConstant(inputs.back(), ir::Tensor::of<float>(ir::ElementType::F32, places, numbers)));
    }
    if (inputs.size() < 3) return attributeError(node, "no numbers to put");
    return torchAsOnnx(node, builder, "ScatterElements", std::move(inputs), std::move(a));
}

/// Every place of the matrices below or above a diagonal is kept, the others are 0.
Status torchTriangle(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape shape = c.shape(x);
    if (c.failed() || shape.size() < 2) return attributeError(node, "a matrix of shape " + ir::toText(shape));
    const int64_t rows = shape[shape.size() - 2], columns = shape.back(), diagonal = node.integer("diagonal", 0);
    if (ir::checkedElementCount({rows, columns}).value_or(INT64_MAX) > int64_t{1} << 26) return attributeError(node, "matrices of " + ir::toText(shape));
    std::vector<float> kept;
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t k = 0; k < columns; ++k)
            kept.push_back(node.kind == "aten::tril" ? k - r <= diagonal : k - r >= diagonal);
    const Id mask = c.tensor({rows, columns}, kept);
    return c.done(c.last().whereNumber(mask, x, 0));
}

Status torchMoveDim(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const size_t rank = c.shape(x).size();
    const auto from = torchInts(node, "source", 1), to = torchInts(node, "destination", 1);
    if (!from || !to || from->size() != to->size() || from->size() > rank) return attributeError(node, "axes known only at run time");
    std::vector<int64_t> order(rank, -1), rest(rank);
    std::iota(rest.begin(), rest.end(), 0);
    for (size_t i = 0; i < from->size(); ++i) {
        const auto s = normaliseAxis((*from)[i], rank), d = normaliseAxis((*to)[i], rank);
        if (!s || !d) return attributeError(node, "axis " + std::to_string((*from)[i]));
        order[static_cast<size_t>(*d)] = *s;
        std::erase(rest, *s);
    }
    auto next = rest.begin();
    for (int64_t& axis : order)
        if (axis < 0 && next != rest.end()) axis = *next++;
    return c.done(c.last().permute(x, order));
}

Status torchOuter(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id a = c.input(0), b = c.input(1);
    const Id column = c.reshape(a, {builder.graph().value(a).type.elementCount(), 1});
    return c.done(c.last().mul(column, c.reshape(b, {1, builder.graph().value(b).type.elementCount()})));
}

Status torchCosine(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id a = c.input(0), b = c.input(1);
    const std::vector<int64_t> axes{node.integer("dim", 1)};
    const double least = torchNumber(node, "eps").value_or(1e-8);
    const auto length = [&](Id x) { return c.number("top.MaxConst", c.reduce("ReduceL2", x, axes, false), least); };
    const Id lengths = c.mul(length(a), length(b));
    return c.done(c.last().div(c.reduce("ReduceSum", c.mul(a, b), axes, false), lengths));
}

/// A picture's windows as columns are a convolution with a filter that picks each place, and columns put back are its
/// transposed one.
Status torchColumns(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const bool back = node.kind == "aten::col2im";
    const auto kernel = torchInts(node, "kernel_size", 2), stride = torchInts(node, "stride", 2), pad = torchInts(node, "padding", 2),
               dilation = torchInts(node, "dilation", 2), size = torchInts(node, "output_size", 2);
    const ir::Shape shape = c.shape(x);
    if (c.failed() || !kernel || !stride || !pad || !dilation || kernel->size() != 2 || stride->size() != 2 || pad->size() != 2 ||
        dilation->size() != 2 || shape.size() != (back ? 3U : 4U) || (back && (!size || size->size() != 2)))
        return attributeError(node, "input of shape " + ir::toText(shape));
    const int64_t h = (*kernel)[0], w = (*kernel)[1];
    if (h < 1 || w < 1 || h > 64 || w > 64 || (*stride)[0] < 1 || (*stride)[1] < 1 || (back && shape[1] % (h * w) != 0))
        return attributeError(node, "a window of " + ir::toText(*kernel));
    const int64_t taps = h * w, channels = back ? shape[1] / taps : shape[1];
    std::vector<float> picks(static_cast<size_t>(channels * taps * taps), 0);
    for (int64_t i = 0; i < channels * taps; ++i)
        picks[static_cast<size_t>(i * taps + i % taps)] = 1;
    ir::AttributeMap a = convAttributes({.kernel = {h, w}, .strides = *stride, .pads = {(*pad)[0], (*pad)[1], (*pad)[0], (*pad)[1]},
                                         .dilations = *dilation, .group = channels});
    if (!back) {
        a.set("weight_is_coeff", 1);
        const Id windows = c.op("top.Conv", {x, c.tensor({channels * taps, 1, h, w}, picks), ir::kNoValue}, std::move(a));
        const ir::Shape out = c.shape(windows);
        if (c.failed()) return c.done(ir::kNoValue);
        return c.done(c.last().reshape(windows, {out[0], out[1], out[2] * out[3]}));
    }
    std::array<int64_t, 2> places{}, extra{};
    for (size_t i = 0; i < 2; ++i) {
        const int64_t whole = (*size)[i] + 2 * (*pad)[i] - (*dilation)[i] * ((*kernel)[i] - 1) - 1;
        if (whole < 0) return attributeError(node, "output_size " + ir::toText(*size));
        places[i] = whole / (*stride)[i] + 1;
        extra[i] = whole % (*stride)[i];
    }
    a.set("output_padding", ir::Attribute::ints({extra[0], extra[1]}));
    x = c.reshape(x, {shape[0], shape[1], places[0], places[1]});
    return c.done(c.last().op("top.Deconv", {x, c.tensor({1, channels * taps, h, w}, picks), ir::kNoValue}, std::move(a)));
}

} // namespace

void torch_composed(ImportTable& table);
void torch_composed(ImportTable& table) {
    const auto add = [&](ImportRule rule, std::initializer_list<const char*> kinds) {
        for (const char* kind : kinds)
            table.add(Framework::Torch, std::string("aten::") + kind, rule);
    };
    add(torchSameAsOnnx, {"atan", "atanh", "asin", "acos", "sinh", "cosh", "tan", "asinh", "acosh"});
    add(torchParts, {"trunc", "frac", "expm1", "log1p", "bitwise_not", "softshrink", "hardshrink"});
    add(torchRemainder, {"remainder", "fmod"});
    add(torchAddProduct, {"addcmul", "addcdiv"});
    add(torchGlu, {"glu"});
    add(torchFlip, {"flip"});
    add(torchEinsum, {"einsum"});
    add(torchGridSample, {"grid_sampler", "grid_sampler_2d"});
    add(torchTopK, {"topk", "sort"});
    add(torchVariance, {"var", "std", "var_mean", "std_mean"});
    add(torchLogSumExp, {"logsumexp"});
    add(torchIndexed, {"gather", "scatter", "scatter_add", "scatter_reduce"});
    add(torchTriangle, {"tril", "triu"});
    add(torchMoveDim, {"movedim", "moveaxis"});
    add(torchOuter, {"outer"});
    add(torchCosine, {"cosine_similarity"});
    add(torchColumns, {"im2col", "col2im"});
}

} // namespace wb::ops
