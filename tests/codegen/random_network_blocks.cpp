// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of random networks that are several operators, as whole networks have them.
#include "tests/codegen/random_network.h"

#include <cmath>

namespace wb::test {

/// Raw samples under a kernel as long as dozens of them.
bool RandomNetwork::longWindow() {
    const int at = pick({3});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t kernel = between(9, 48), stride = between(1, 9), before = between(0, kernel / 2), after = between(0, kernel / 2), out = between(1, 40);
    if (x[2] + before + after < kernel) return false;
    const double size = 1.7 / std::sqrt(static_cast<double>(x[1] * kernel));
    return push("Conv", {use(at), numbers({out, x[1], kernel}, -size, size), numbers({out}, -0.5, 0.5)},
                {x[0], out, (x[2] + before + after - kernel) / stride + 1},
                {{"kernel_shape", Ints{kernel}}, {"strides", Ints{stride}}, {"pads", Ints{before, after}}});
}

/// A convolution whose channels become rows and columns.
bool RandomNetwork::shuffled() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t block = between(2, 3), out = between(1, 20), channels = out * block * block;
    if (channels * x[0] * x[2] * x[3] > 20000) return false;
    const double size = 1.7 / std::sqrt(static_cast<double>(x[1]));
    std::string y = m_builder.node("Conv", {use(at), numbers({channels, x[1], 1, 1}, -size, size), numbers({channels}, -0.5, 0.5)}, fresh(),
                                   {{"kernel_shape", Ints{1, 1}}});
    if (oneIn(2)) y = m_builder.node(oneIn(2) ? "Relu" : "Tanh", {y}, fresh());
    return push("DepthToSpace", {y}, {x[0], out, x[2] * block, x[3] * block}, {{"blocksize", block}, {"mode", std::string(oneIn(2) ? "CRD" : "DCR")}});
}

/// Channels in two parts, each under kernels of its own, and together again.
bool RandomNetwork::mixed() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    if (x[1] < 2) return false;
    const int64_t cut = between(1, x[1] - 1);
    std::vector<std::string> parts{fresh(), fresh()};
    m_builder.nodeMany("Split", {use(at), m_builder.ints({cut, x[1] - cut})}, parts, {{"axis", int64_t{1}}});
    for (size_t i = 0; i < 2; ++i) {
        const int64_t channels = i == 0 ? cut : x[1] - cut, kernel = 2 * between(0, 2) + 1, pad = kernel / 2;
        const bool depthwise = oneIn(2);
        const int64_t own = depthwise ? 1 : channels;
        const double size = 1.7 / std::sqrt(static_cast<double>(own * kernel * kernel));
        parts[i] = m_builder.node("Conv", {parts[i], numbers({channels, own, kernel, kernel}, -size, size)}, fresh(),
                                  {{"kernel_shape", Ints{kernel, kernel}}, {"pads", Ints{pad, pad, pad, pad}}, {"group", depthwise ? channels : int64_t{1}}});
    }
    return push("Concat", {parts[0], parts[1]}, x, {{"axis", int64_t{1}}});
}

/// Rotary embedding: halves of the last axis change places, the second with another sign, beside a table of places.
bool RandomNetwork::turned() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    if (x.back() % 2 != 0) return false;
    const int64_t half = x.back() / 2;
    const std::string axis = m_builder.ints({static_cast<int64_t>(x.size()) - 1});
    const auto part = [&](int64_t begin, int64_t end) { return m_builder.node("Slice", {use(at), m_builder.ints({begin}), m_builder.ints({end}), axis}, fresh()); };
    const std::string low = part(0, half), high = part(half, x.back());
    const std::string turned = m_builder.node("Concat", {m_builder.node("Neg", {high}, fresh()), low}, fresh(), {{"axis", static_cast<int64_t>(x.size()) - 1}});
    const ir::Shape table{x[x.size() - 2], x.back()};
    const std::string kept = m_builder.node("Mul", {use(at), numbers(table, -1, 1)}, fresh());
    return push("Add", {kept, m_builder.node("Mul", {turned, numbers(table, -1, 1)}, fresh())}, x);
}

/// Heads of which several share a key and a value, on tokens that were turned before or not.
bool RandomNetwork::grouped() {
    const int at = pick({3});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t groups = between(1, 3), shared = between(2, 3), size = 2 * between(2, 9), heads = groups * shared;
    if (x[1] < 16 || x[1] > 70 || x[2] > 200) return false;
    const double scale = 1.7 / std::sqrt(static_cast<double>(x[2]));
    const std::string axis = m_builder.ints({3});
    const auto project = [&](int64_t count, bool turn) {
        const std::string product = m_builder.node("MatMul", {use(at), numbers({x[2], count * size}, -scale, scale)}, fresh());
        const std::string split = m_builder.node("Reshape", {product, m_builder.ints({x[0], x[1], count, size})}, fresh());
        const std::string y = m_builder.node("Transpose", {split}, fresh(), {{"perm", Ints{0, 2, 1, 3}}});
        if (!turn) return y;
        const auto part = [&](int64_t begin) { return m_builder.node("Slice", {y, m_builder.ints({begin}), m_builder.ints({begin + size / 2}), axis}, fresh()); };
        const std::string other = m_builder.node("Concat", {m_builder.node("Neg", {part(size / 2)}, fresh()), part(0)}, fresh(), {{"axis", int64_t{3}}});
        const std::string kept = m_builder.node("Mul", {y, numbers({x[1], size}, -1, 1)}, fresh());
        return m_builder.node("Add", {kept, m_builder.node("Mul", {other, numbers({x[1], size}, -1, 1)}, fresh())}, fresh());
    };
    const auto repeated = [&](const std::string& y) {
        const std::string five = m_builder.node("Unsqueeze", {y, m_builder.ints({2})}, fresh());
        const std::string all = m_builder.node("Expand", {five, m_builder.ints({x[0], groups, shared, x[1], size})}, fresh());
        return m_builder.node("Reshape", {all, m_builder.ints({x[0], heads, x[1], size})}, fresh());
    };
    const bool turn = oneIn(2);
    const std::string keys = m_builder.node("Transpose", {repeated(project(groups, turn))}, fresh(), {{"perm", Ints{0, 1, 3, 2}}});
    const std::string shares = m_builder.node("Softmax", {m_builder.node("MatMul", {project(heads, turn), keys}, fresh())}, fresh(), {{"axis", int64_t{3}}});
    const std::string mixed = m_builder.node("MatMul", {shares, repeated(project(groups, false))}, fresh());
    const std::string back = m_builder.node("Transpose", {mixed}, fresh(), {{"perm", Ints{0, 2, 1, 3}}});
    return push("Reshape", {back, m_builder.ints({x[0], x[1], heads * size})}, {x[0], x[1], heads * size});
}

/// A product of tokens, and the norm of its features, for which the tokens become a table.
bool RandomNetwork::features() {
    const int at = pick({3});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const int64_t columns = between(40, 100), rows = x[0] * x[1];
    const double size = 1.7 / std::sqrt(static_cast<double>(x[2]));
    const std::string product = m_builder.node("MatMul", {use(at), numbers({x[2], columns}, -size, size)}, fresh());
    const std::string table = m_builder.node("Reshape", {product, m_builder.ints({rows, columns})}, fresh());
    std::string y = m_builder.node("BatchNormalization", {table, numbers({columns}, 0.5, 1.5), numbers({columns}, -0.5, 0.5), numbers({columns}, -0.5, 0.5), numbers({columns}, 0.5, 1.5)}, fresh());
    if (oneIn(2)) y = m_builder.node(oneIn(2) ? "Relu" : "HardSwish", {y}, fresh());
    return push("Reshape", {y, m_builder.ints({x[0], x[1], columns})}, {x[0], x[1], columns});
}

} // namespace wb::test
