// SPDX-License-Identifier: GPL-3.0-or-later
// Operators along axes, and products of matrices.
#include "tests/emitters_random/trial.h"

#include <algorithm>
#include <cmath>

namespace wb::test {
namespace {

using ir::ElementType;
using ir::Shape;

int64_t product(const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape)
        count *= size;
    return count;
}

Trial softmax(Draw& draw, ElementType element) {
    OneNode node("tpu.Softmax", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(2, 5)));
    const auto axis = static_cast<size_t>(draw.between(0, static_cast<int64_t>(shape.size()) - 1));
    const bool log = !isCodes(element) && draw.oneIn(3);
    node.set("axis", static_cast<int64_t>(axis)).set("beta", isCodes(element) || draw.coin() ? 1.0 : draw.real(0.3, 2)).set("log", log);
    if (isCodes(element)) {
        const auto kind = draw.code();
        const double step = std::exp2(draw.real(-8, -3));
        node.input(draw.codes(shape, kind)).quantised(step);
        node.powers(step);
        for (int i = 0; i < 4; ++i) node.absent();
        // Shares of up to 1, or saturated ones.
        node.result(shape, draw.code()).quantised(draw.coin() ? 1.0 / 128 : 1.0 / (127.0 * std::max<double>(1, static_cast<double>(shape[axis]) / 8)));
        return {std::move(node), 0, 0, anyPlacement(draw, element)};
    }
    node.input(shape, element, 6);
    for (int i = 0; i < 5; ++i) node.absent();
    addResult(node, element, shape);
    return {std::move(node), log ? 3e-6 : 1e-6, stepOf(element), anyPlacement(draw, element)};
}

/// Neighbouring axes [first, last) go.
Trial reduce(Draw& draw, ElementType element) {
    OneNode node("tpu.Reduce", draw.seed());
    const std::string mode = draw.of({"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"});
    const bool product = mode == "ReduceProd";
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 5)), product ? 600 : 6000);
    const auto rank = static_cast<int64_t>(shape.size());
    const int64_t first = draw.between(0, rank - 1), last = draw.between(first + 1, rank);
    const bool keep = draw.coin();
    std::vector<int64_t> axes;
    Shape result;
    double terms = 1;
    for (int64_t i = 0; i < rank; ++i) {
        const int64_t size = shape[static_cast<size_t>(i)];
        const bool gone = i >= first && i < last;
        if (gone) {
            axes.push_back(draw.oneIn(4) ? i - rank : i);
            terms *= static_cast<double>(size);
        }
        if (!gone || keep) result.push_back(gone ? 1 : size);
    }
    if (result.empty()) result = {1};
    node.input(shape, element, product ? 0.05 : 1, product ? 1 : 0).absent().absent();
    node.ints("axes", axes).set("keepdims", keep).set("mode", mode);
    addResult(node, element, result);
    if (mode == "ReduceMax" || mode == "ReduceMin") return {std::move(node), 0, 0, {}};
    // Sums of terms below 1: 2^-24 of the largest partial sum each; products keep 2^-24 a factor.
    const double absolute = mode == "ReduceMean" ? 1e-6 : 1e-7 * terms + 1e-6;
    return {std::move(node), absolute, product ? stepOf(element) + 1.2e-7 * terms : std::max(stepOf(element), 4e-6), {}};
}

Trial arg(Draw& draw, ElementType element) {
    OneNode node("tpu.Arg", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(1, 4)));
    const auto axis = static_cast<size_t>(draw.between(0, static_cast<int64_t>(shape.size()) - 1));
    const bool keep = draw.coin() || shape.size() == 1;
    Shape result = shape;
    keep ? static_cast<void>(result[axis] = 1) : static_cast<void>(result.erase(result.begin() + static_cast<int64_t>(axis)));
    // Whole numbers, many equal: exact in every float.
    ir::Tensor numbers(ElementType::F32, shape);
    for (int64_t i = 0; i < numbers.elementCount(); ++i)
        numbers.mutableData<float>()[i] = static_cast<float>(draw.between(-9, 9));
    node.input(std::move(numbers));
    node.set("axis", static_cast<int64_t>(axis)).set("keepdims", keep).set("mode", std::string(draw.of({"ArgMax", "ArgMin"})));
    node.set("select_last_index", draw.coin());
    addResult(node, element, result);
    return {std::move(node), 0, 0, {}};
}

Trial rowNorm(Draw& draw, ElementType element, const char* name) {
    OneNode node(name, draw.seed());
    const bool layer = std::string(name) == "tpu.LayerNorm", group = std::string(name) == "tpu.GroupNorm";
    Shape shape = draw.shape(static_cast<size_t>(layer ? draw.between(2, 4) : draw.between(3, 4)));
    int64_t groups = 1;
    if (group) {
        groups = draw.between(1, 12);
        shape[1] = groups * draw.between(1, 8);
    }
    const auto axis = layer ? draw.between(1, static_cast<int64_t>(shape.size()) - 1) : 1;
    Shape parameters(shape.begin() + axis, shape.end());
    if (!layer) {
        parameters.assign(shape.size(), 1);
        parameters[1] = shape[1];
    }
    node.input(shape, element, 3, 1);
    const bool plain = draw.oneIn(4);
    for (int i = 0; i < 2; ++i)
        plain ? node.absent() : node.weight(parameters, element, 1);
    if (std::string(name) == "tpu.InstanceNorm") node.absent().absent();
    node.set("axis", axis).set("eps", 1e-5).set("num_groups", groups);
    addResult(node, element, shape);
    // A row of one element is its own mean: what is left is the rounding of the mean, up to 4 · 2^-24 / √eps.
    const int64_t width = layer ? product(parameters) : product(shape) / shape[0] / (group ? groups : shape[1]);
    return {std::move(node), width < 8 ? 1e-4 : 6e-6, stepOf(element), {}};
}

Trial matmul(Draw& draw, ElementType element) {
    OneNode node("tpu.MatMul", draw.seed());
    int64_t rows, inner, columns;
    do {
        rows = draw.oneIn(3) ? draw.between(1, 4) : draw.between(1, 90);
        inner = draw.channels(300);
        columns = draw.channels(300);
    } while (rows * inner * columns > 1'500'000);
    const bool classifier = draw.oneIn(3), rightTransposed = draw.coin(), leftTransposed = !isCodes(element) && draw.oneIn(5);
    const bool constant = classifier || draw.coin();
    Shape batch;
    if (!classifier)
        for (int64_t i = draw.between(0, 2); i > 0; --i)
            batch.push_back(draw.between(1, 3));
    if (classifier) rows = draw.between(1, 20);
    const auto shaped = [](Shape lead, bool transposed, int64_t a, int64_t b) {
        lead.insert(lead.end(), {transposed ? b : a, transposed ? a : b});
        return lead;
    };
    Shape rightBatch = draw.coin() ? batch : Shape{};
    if (!isCodes(element)) rightBatch = draw.coin() ? rightBatch : draw.thinned(rightBatch);
    const Shape left = shaped(batch, leftTransposed, rows, inner), right = shaped(rightBatch, rightTransposed, inner, columns);
    const Shape result = shaped(batch, false, rows, columns);
    addInput(node, draw, element, left, 1);
    const bool bias = draw.coin();
    if (isCodes(element)) {
        const auto kind = draw.code();
        constant ? node.weight(draw.codes(right, kind == ElementType::I8 ? ElementType::Si8 : kind)) : node.input(draw.codes(right, kind)).quantised(0.05);
        bias && constant ? node.weight({1, columns}, ElementType::I32, 20000) : node.absent();
        const int64_t shift = draw.between(30, 42);
        const bool grows = draw.oneIn(16); // a result whose calibrated range is next to nothing
        node.ints("multipliers", {grows ? draw.between(1, 1 << 20)
                                        : std::min<int64_t>((int64_t{1} << 31) - 1, std::llround(std::ldexp(70 / (5400 * std::sqrt(static_cast<double>(inner))), static_cast<int>(shift))))});
        node.ints("rshifts", {grows ? -draw.between(0, 3) : shift});
    } else {
        constant ? node.weight(right, element) : node.input(right, element);
        bias ? node.weight({1, columns}, element) : node.absent();
    }
    node.absent().absent().set("left_transpose", leftTransposed).set("right_transpose", rightTransposed);
    node.set("do_relu", draw.oneIn(3)).set("relu_limit", -1.0);
    addResult(node, isCodes(element) ? draw.code() : element, result);
    if (isCodes(element)) return {std::move(node), 0, 0, anyPlacement(draw, element)};
    return {std::move(node), 1e-7 * static_cast<double>(inner) + 1e-6, stepOf(element), anyPlacement(draw, element)};
}

} // namespace

void addProducts(Generators& table) { table["tpu.MatMul"] = {matmul, true, true, true, 4}; }

void addAxes(Generators& table) {
    table["tpu.Softmax"] = {softmax, true, true, true, 3};
    table["tpu.Reduce"] = {reduce, false, true, true, 3};
    table["tpu.Arg"] = {arg, false, true, false};
#define WB_NORM(op) table[op] = {[](Draw& d, ElementType e) { return rowNorm(d, e, op); }, false}
    WB_NORM("tpu.LayerNorm");
    WB_NORM("tpu.InstanceNorm");
    WB_NORM("tpu.GroupNorm");
#undef WB_NORM
}

} // namespace wb::test
