// SPDX-License-Identifier: GPL-3.0-or-later
// Random windows, and what moves elements without changing them.
#include "tests/codegen/random_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wb::test {
namespace {

struct Axis {
    int64_t kernel, stride, dilation, before, after;
    int64_t result(int64_t in, bool ceil = false) const {
        const int64_t room = in + before + after - dilation * (kernel - 1) - 1;
        if (room < 0) return 0;
        int64_t count = (room + (ceil ? stride - 1 : 0)) / stride + 1;
        if (ceil && (count - 1) * stride >= in + before) --count; // a window has to begin inside
        return count;
    }
};

} // namespace

bool RandomNetwork::conv() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const size_t axes = x.size() - 2;
    const int64_t in = x[1];
    int64_t group = 1, out = between(1, 70);
    if (oneIn(3)) {
        group = in;
        out = oneIn(4) ? 2 * in : in;
    } else if (in % 2 == 0 && oneIn(5)) {
        group = 2;
        out = 2 * between(1, 30);
    }
    Ints kernel, strides, dilations, before, after;
    ir::Shape shape{x[0], out};
    const int64_t both = oneOf(Ints{1, 1, 1, 3, 3, 3, 5, 2, 7});
    for (size_t i = 0; i < axes; ++i) {
        Axis axis{oneIn(6) ? 1 : both, oneIn(3) ? between(1, 3) : 1, both > 1 && oneIn(6) ? 2 : 1, 0, 0};
        axis.before = between(0, axis.kernel - 1);
        axis.after = oneIn(3) ? between(0, axis.kernel - 1) : axis.before;
        kernel.push_back(axis.kernel);
        strides.push_back(axis.stride);
        dilations.push_back(axis.dilation);
        before.push_back(axis.before);
        after.push_back(axis.after);
        shape.push_back(axis.result(x[2 + i]));
        if (shape.back() < 1) return false;
    }
    ir::Shape filter{out, in / group};
    filter.insert(filter.end(), kernel.begin(), kernel.end());
    const double size = 1.7 / std::sqrt(static_cast<double>(std::accumulate(filter.begin() + 1, filter.end(), int64_t{1}, std::multiplies<>())));
    before.insert(before.end(), after.begin(), after.end());
    std::vector<std::string> inputs{use(at), numbers(filter, -size, size)};
    if (!oneIn(3)) inputs.push_back(numbers({out}, -0.5, 0.5));
    const OnnxBuilder::Attributes attributes{{"kernel_shape", kernel}, {"strides", strides}, {"dilations", dilations}, {"pads", before}, {"group", group}};
    if (!push("Conv", inputs, shape, attributes)) return false;
    if (!oneIn(2)) return true;
    return push(oneOf(std::vector<std::string>{"Relu", "Sigmoid", "HardSwish", "LeakyRelu"}), {use(static_cast<int>(m_pool.size()) - 1)}, shape);
}

bool RandomNetwork::deconv() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t in = x[1], kernel = between(1, 4), stride = between(1, 3);
    const bool depthwise = oneIn(3);
    const int64_t out = depthwise ? in : between(1, 40);
    const int64_t pad = between(0, (kernel - 1) / 2), extra = stride > 1 && oneIn(3) ? 1 : 0;
    ir::Shape shape{x[0], out};
    for (size_t i = 2; i < 4; ++i) shape.push_back((x[i] - 1) * stride + kernel - 2 * pad + extra);
    const ir::Shape filter{in, depthwise ? 1 : out, kernel, kernel};
    const double size = 1.7 / std::sqrt(static_cast<double>((depthwise ? 1 : in) * kernel * kernel));
    return push("ConvTranspose", {use(at), numbers(filter, -size, size), numbers({out}, -0.5, 0.5)}, shape,
                {{"kernel_shape", Ints{kernel, kernel}}, {"strides", Ints{stride, stride}}, {"pads", Ints{pad, pad, pad, pad}},
                 {"output_padding", Ints{extra, extra}}, {"group", depthwise ? in : int64_t{1}}});
}

bool RandomNetwork::pool() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const bool ceil = oneIn(4), average = oneIn(2);
    Ints kernel, strides, before, after;
    ir::Shape shape{x[0], x[1]};
    const int64_t both = between(2, 4);
    for (size_t i = 2; i < x.size(); ++i) {
        Axis axis{oneIn(6) ? 1 : both, between(1, 3), 1, 0, 0};
        axis.before = between(0, axis.kernel / 2);
        axis.after = oneIn(4) ? between(0, axis.kernel / 2) : axis.before;
        kernel.push_back(axis.kernel);
        strides.push_back(axis.stride);
        before.push_back(axis.before);
        after.push_back(axis.after);
        shape.push_back(axis.result(x[i], ceil));
        if (shape.back() < 1) return false;
    }
    before.insert(before.end(), after.begin(), after.end());
    OnnxBuilder::Attributes attributes{{"kernel_shape", kernel}, {"strides", strides}, {"pads", before}, {"ceil_mode", int64_t{ceil}}};
    if (average) attributes.push_back({"count_include_pad", int64_t{oneIn(2)}});
    return push(average ? "AveragePool" : "MaxPool", {use(at)}, shape, attributes);
}

bool RandomNetwork::globalPool() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    return push(oneIn(3) ? "GlobalMaxPool" : "GlobalAveragePool", {use(at)}, {x[0], x[1], 1, 1});
}

bool RandomNetwork::resize() {
    const int at = pick({4});
    if (at < 0) return false;
    ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t factor = between(2, 3);
    for (size_t i = 2; i < 4; ++i) x[i] *= factor;
    const auto f = static_cast<float>(factor);
    const bool linear = oneIn(2);
    const std::string corners = linear ? oneOf(std::vector<std::string>{"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"}) : "asymmetric";
    return push("Resize", {use(at), "", m_builder.weight({4}, {1, 1, f, f})}, x,
                {{"mode", std::string(linear ? "linear" : "nearest")}, {"coordinate_transformation_mode", corners}, {"nearest_mode", std::string("floor")}});
}

/// To a size that is no multiple.
bool RandomNetwork::shrink() {
    const int at = pick({4});
    if (at < 0) return false;
    ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    for (size_t i = 2; i < 4; ++i) x[i] = between(1, 2 * x[i]);
    const std::string mode = oneOf(std::vector<std::string>{"linear", "nearest", "cubic"});
    const std::string corners = mode == "nearest" ? "asymmetric" : oneOf(std::vector<std::string>{"half_pixel", "align_corners", "asymmetric"});
    return push("Resize", {use(at), "", "", m_builder.ints(x)}, x,
                {{"mode", mode}, {"coordinate_transformation_mode", corners}, {"nearest_mode", std::string("floor")}});
}

bool RandomNetwork::concat() {
    const int first = pick({2, 3, 4});
    if (first < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(first)].shape;
    const size_t axis = oneIn(2) ? 1 : 1 + m_random.below(x.size() - 1);
    std::vector<int> fit;
    for (size_t i = 0; i < m_pool.size(); ++i) {
        ir::Shape y = m_pool[i].shape;
        if (y.size() != x.size()) continue;
        y[axis] = x[axis];
        if (y == x) fit.push_back(static_cast<int>(i));
    }
    std::vector<std::string> inputs{use(first)};
    ir::Shape shape = x;
    for (int64_t n = between(1, 3); n > 0; --n) {
        const int other = oneOf(fit);
        inputs.push_back(use(other));
        shape[axis] += m_pool[static_cast<size_t>(other)].shape[axis];
    }
    return push("Concat", inputs, shape, {{"axis", static_cast<int64_t>(axis)}});
}

bool RandomNetwork::split() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const size_t axis = 1 + m_random.below(x.size() - 1);
    if (x[axis] < 2) return false;
    const int64_t cut = between(1, x[axis] - 1);
    const std::string a = fresh(), b = fresh();
    m_builder.nodeMany("Split", {use(at), m_builder.ints({cut, x[axis] - cut})}, {a, b}, {{"axis", static_cast<int64_t>(axis)}});
    ir::Shape shape = x;
    shape[axis] = cut;
    m_pool.push_back({a, shape});
    shape[axis] = x[axis] - cut;
    m_pool.push_back({b, shape});
    return true;
}

bool RandomNetwork::slice() {
    const int at = pick({2, 3, 4, 5});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const size_t axis = 1 + m_random.below(x.size() - 1);
    const int64_t step = oneIn(3) ? between(2, 3) : 1;
    const int64_t begin = between(0, x[axis] - 1), end = between(begin + 1, x[axis]);
    ir::Shape shape = x;
    shape[axis] = (end - begin + step - 1) / step;
    const bool back = oneIn(6);
    const Ints begins{back ? -1 : begin}, ends{back ? -1 - x[axis] : end}, steps{back ? -1 : step};
    if (back) shape[axis] = x[axis];
    return push("Slice", {use(at), m_builder.ints(begins), m_builder.ints(ends), m_builder.ints({static_cast<int64_t>(axis)}), m_builder.ints(steps)}, shape);
}

bool RandomNetwork::pad() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const std::string mode = oneOf(std::vector<std::string>{"constant", "constant", "reflect", "edge"});
    const size_t rank = shape.size();
    Ints pads(2 * rank);
    for (size_t i = mode == "constant" && oneIn(3) ? 1 : 2; i < rank; ++i) {
        pads[i] = between(0, mode == "reflect" ? std::min<int64_t>(2, shape[i] - 1) : 2);
        pads[rank + i] = between(0, mode == "reflect" ? std::min<int64_t>(2, shape[i] - 1) : 2);
        shape[i] += pads[i] + pads[rank + i];
    }
    std::vector<std::string> inputs{use(at), m_builder.ints(pads)};
    if (mode == "constant" && oneIn(2)) inputs.push_back(m_builder.scalar(0.5F));
    return push("Pad", inputs, shape, {{"mode", mode}});
}

bool RandomNetwork::transpose() {
    const int at = pick({2, 3, 4, 5});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    Ints order(x.size());
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size() - 1; i > 0; --i) // batches mostly stay in front
        if (const size_t other = m_random.below(i + 1); other > 0 || oneIn(8)) std::swap(order[i], order[other]);
    ir::Shape shape;
    for (const int64_t axis : order) shape.push_back(x[static_cast<size_t>(axis)]);
    return push("Transpose", {use(at)}, shape, {{"perm", order}});
}

bool RandomNetwork::reshape() {
    const int at = pick();
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    for (int64_t n = between(1, 2); n > 0; --n) {
        const size_t axis = m_random.below(shape.size());
        if (oneIn(2) && axis + 1 < shape.size()) {
            shape[axis] *= shape[axis + 1];
            shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
        } else if (shape.size() < 5) {
            Ints factors;
            for (int64_t f = 1; f <= std::min<int64_t>(shape[axis], 12); ++f)
                if (shape[axis] % f == 0) factors.push_back(f);
            const int64_t factor = oneOf(factors);
            shape[axis] /= factor;
            shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), factor);
        }
    }
    if (shape.size() < 2) return false;
    return push("Reshape", {use(at), m_builder.ints(shape)}, shape);
}

bool RandomNetwork::axes() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const auto axis = static_cast<int64_t>(1 + m_random.below(shape.size() - 1));
    if (shape[static_cast<size_t>(axis)] == 1 && shape.size() > 2) {
        shape.erase(shape.begin() + axis);
        return push("Squeeze", {use(at), m_builder.ints({axis})}, shape);
    }
    shape.insert(shape.begin() + axis, 1);
    return push("Unsqueeze", {use(at), m_builder.ints({axis})}, shape);
}

bool RandomNetwork::gather() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const size_t axis = 1 + m_random.below(shape.size() - 1);
    Ints places;
    for (int64_t n = between(1, 9); n > 0; --n) places.push_back(between(0, shape[axis] - 1));
    shape[axis] = static_cast<int64_t>(places.size());
    return push("Gather", {use(at), m_builder.ints(places)}, shape, {{"axis", static_cast<int64_t>(axis)}});
}

bool RandomNetwork::expand() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    if (oneIn(2)) {
        Ints times(shape.size(), 1);
        const size_t axis = 1 + m_random.below(shape.size() - 1);
        times[axis] = between(2, 3);
        shape[axis] *= times[axis];
        return push("Tile", {use(at), m_builder.ints(times)}, shape);
    }
    bool grows = false;
    for (int64_t& size : shape)
        if (size == 1 && oneIn(2)) {
            size = between(2, 6);
            grows = true;
        }
    return grows && push("Expand", {use(at), m_builder.ints(shape)}, shape);
}

bool RandomNetwork::blocks() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    if (oneIn(2) && x[1] % 4 == 0)
        return push("DepthToSpace", {use(at)}, {x[0], x[1] / 4, x[2] * 2, x[3] * 2}, {{"blocksize", int64_t{2}}, {"mode", std::string(oneIn(2) ? "CRD" : "DCR")}});
    if (x[2] % 2 != 0 || x[3] % 2 != 0) return false;
    return push("SpaceToDepth", {use(at)}, {x[0], x[1] * 4, x[2] / 2, x[3] / 2}, {{"blocksize", int64_t{2}}});
}

} // namespace wb::test
