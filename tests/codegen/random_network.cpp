// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/codegen/random_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wb::test {
namespace {

constexpr int64_t kMostElements = 20000; ///< of a tensor: a network is simulated in well under a second

int64_t product(const ir::Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

} // namespace

RandomNetwork::RandomNetwork(uint64_t seed, int steps) : m_builder(17, {1, 1, 1, 1}), m_random(seed) {
    m_random.next();
    ir::Shape shape;
    if (oneIn(5)) shape = {oneIn(4) ? 2 : 1, between(1, 40), between(1, 70)};
    else shape = {oneIn(4) ? between(2, 4) : 1, oneIn(3) ? 3 : between(1, 70), between(1, 24), between(1, 24)};
    m_builder.graph().clear_input();
    m_builder.addInput("x", shape);
    m_pool.push_back({"x", shape});
    static const std::vector<Step> kSteps{
        &RandomNetwork::conv,   &RandomNetwork::conv,      &RandomNetwork::conv,    &RandomNetwork::conv,         &RandomNetwork::deconv,
        &RandomNetwork::pool,   &RandomNetwork::pool,      &RandomNetwork::resize,  &RandomNetwork::globalPool,   &RandomNetwork::norm,
        &RandomNetwork::unary,  &RandomNetwork::unary,     &RandomNetwork::unary,   &RandomNetwork::composed,     &RandomNetwork::layerNorm,
        &RandomNetwork::binary, &RandomNetwork::binary,    &RandomNetwork::binary,  &RandomNetwork::withConstant, &RandomNetwork::concat,
        &RandomNetwork::concat, &RandomNetwork::split,     &RandomNetwork::slice,   &RandomNetwork::pad,          &RandomNetwork::transpose,
        &RandomNetwork::reshape, &RandomNetwork::axes,     &RandomNetwork::gather,  &RandomNetwork::expand,       &RandomNetwork::blocks,
        &RandomNetwork::softmax, &RandomNetwork::matmul,   &RandomNetwork::matmul,  &RandomNetwork::attention,    &RandomNetwork::reduce,
        &RandomNetwork::where,  &RandomNetwork::recurrent, &RandomNetwork::logarithms, &RandomNetwork::shrink,   &RandomNetwork::groupNorm,
        &RandomNetwork::constants,
    };
    // Every other network has steps of several operators, too; the others stay what they were.
    std::vector<Step> list = kSteps;
    if (seed % 2 == 0) list.insert(list.end(), {&RandomNetwork::longWindow, &RandomNetwork::shuffled, &RandomNetwork::mixed, &RandomNetwork::turned});
    if (seed % 4 == 2) list.insert(list.end(), {&RandomNetwork::features, &RandomNetwork::grouped});
    for (int done = 0, tried = 0; done < steps && tried < 20 * steps; ++tried)
        done += (this->*oneOf(list))();
    for (const Tensor& tensor : m_pool)
        if (!tensor.used) m_builder.output(tensor.name);
}

int RandomNetwork::pick(std::initializer_list<size_t> ranks) {
    std::vector<int> fit;
    for (size_t i = 0; i < m_pool.size(); ++i)
        if (ranks.size() == 0 || std::find(ranks.begin(), ranks.end(), m_pool[i].shape.size()) != ranks.end())
            fit.push_back(static_cast<int>(i));
    if (fit.empty()) return -1;
    const size_t back = oneIn(2) ? m_random.below(std::min<size_t>(2, fit.size())) : m_random.below(fit.size());
    return fit[fit.size() - 1 - back];
}

std::string RandomNetwork::use(int index) {
    m_pool[static_cast<size_t>(index)].used = true;
    return m_pool[static_cast<size_t>(index)].name;
}

std::string RandomNetwork::numbers(const ir::Shape& shape, double low, double high) {
    std::vector<float> values(static_cast<size_t>(product(shape)));
    for (float& value : values) value = m_random.real(static_cast<float>(low), static_cast<float>(high));
    return m_builder.weight(shape, std::move(values));
}

bool RandomNetwork::push(const std::string& kind, std::vector<std::string> inputs, ir::Shape result, const OnnxBuilder::Attributes& attributes) {
    if (product(result) > kMostElements || std::any_of(result.begin(), result.end(), [](int64_t size) { return size < 1; })) return false;
    m_pool.push_back({m_builder.node(kind, std::move(inputs), fresh(), attributes), std::move(result)});
    return true;
}

bool RandomNetwork::unary() {
    const int at = pick();
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const std::string x = use(at);
    switch (m_random.below(16)) {
    case 0: return push("Relu", {x}, shape);
    case 1: return push("LeakyRelu", {x}, shape, {{"alpha", 0.1}});
    case 2: return push("Sigmoid", {x}, shape);
    case 3: return push("Tanh", {x}, shape);
    case 4: return push("HardSwish", {x}, shape);
    case 5: return push("HardSigmoid", {x}, shape, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
    case 6: return push("Elu", {x}, shape, {{"alpha", 1.0}});
    case 7: return push("Softplus", {x}, shape);
    case 8: return push("Abs", {x}, shape);
    case 9: return push("Neg", {x}, shape);
    case 10: return push("Clip", {x, m_builder.scalar(0), m_builder.scalar(6)}, shape);
    case 11: return push("Clip", {x, m_builder.scalar(-1.5), m_builder.scalar(0.75)}, shape);
    case 12: return push("Erf", {x}, shape);
    case 13: return push("Relu", {x}, shape);
    case 14: return push("Sqrt", {m_builder.node("Abs", {x}, fresh())}, shape);
    default: {
        if (shape.size() < 2) return push("Relu", {x}, shape);
        ir::Shape slope(shape.size() - 1, 1); // of channels, or of the last axis where there are but two
        slope.front() = shape[1];
        return push("PRelu", {x, numbers(slope, 0.05, 0.5)}, shape);
    }
    }
}

/// Functions that exporters write out in primitives.
bool RandomNetwork::composed() {
    const int at = pick();
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const std::string x = use(at);
    switch (m_random.below(4)) {
    case 0: return push("Mul", {x, m_builder.node("Sigmoid", {x}, fresh())}, shape);
    case 1: { // GELU
        const std::string erf = m_builder.node("Erf", {m_builder.node("Div", {x, m_builder.scalar(1.41421356F)}, fresh())}, fresh());
        const std::string sum = m_builder.node("Add", {erf, m_builder.scalar(1)}, fresh());
        return push("Mul", {m_builder.node("Mul", {x, sum}, fresh()), m_builder.scalar(0.5F)}, shape);
    }
    case 2: return push("Mul", {x, m_builder.node("Tanh", {m_builder.node("Softplus", {x}, fresh())}, fresh())}, shape);
    default: return push("Pow", {x, m_builder.scalar(2)}, shape);
    }
}

bool RandomNetwork::norm() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const ir::Shape c{shape[1]};
    const std::string x = use(at);
    if (oneIn(3) && product(shape) / shape[0] / shape[1] > 3)
        return push("InstanceNormalization", {x, numbers(c, 0.5, 1.5), numbers(c, -0.5, 0.5)}, shape);
    return push("BatchNormalization", {x, numbers(c, 0.5, 1.5), numbers(c, -0.5, 0.5), numbers(c, -0.5, 0.5), numbers(c, 0.5, 1.5)}, shape);
}

bool RandomNetwork::layerNorm() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    if (shape.back() < 4) return false;
    return push("LayerNormalization", {use(at), numbers({shape.back()}, 0.5, 1.5), numbers({shape.back()}, -0.5, 0.5)}, shape, {{"axis", int64_t{-1}}});
}

bool RandomNetwork::binary() {
    const int a = pick();
    const ir::Shape x = m_pool[static_cast<size_t>(a)].shape;
    std::vector<int> fit;
    for (size_t i = 0; i < m_pool.size(); ++i) {
        const ir::Shape& y = m_pool[i].shape;
        bool fits = y.size() <= x.size();
        for (size_t k = 0; k < y.size() && fits; ++k) {
            const int64_t mine = x[x.size() - 1 - k], its = y[y.size() - 1 - k];
            fits = its == 1 || its == mine;
        }
        if (fits) fit.push_back(static_cast<int>(i));
    }
    const int b = oneOf(fit);
    static const std::vector<std::string> kKinds{"Add", "Add", "Add", "Sub", "Mul", "Mul", "Max", "Min"};
    std::string first = use(a), second = use(b);
    if (oneIn(4)) std::swap(first, second);
    return push(oneOf(kKinds), {first, second}, x);
}

bool RandomNetwork::withConstant() {
    const int at = pick();
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    ir::Shape shape;
    switch (m_random.below(4)) {
    case 0: break;
    case 1: shape = {x.back()}; break;
    case 2: shape = x; break;
    default:
        shape = ir::Shape(x.size(), 1);
        if (x.size() > 1) shape[1] = x[1];
    }
    const std::string kind = oneOf(std::vector<std::string>{"Add", "Mul", "Sub", "Div", "Max", "Min"});
    const std::string constant = kind == "Div" ? numbers(shape, 0.7, 2) : numbers(shape, -1.2, 1.2);
    if (kind != "Div" && oneIn(4)) return push(kind, {constant, use(at)}, x);
    return push(kind, {use(at), constant}, x);
}

bool RandomNetwork::where() {
    const int at = pick();
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    std::vector<int> same;
    for (size_t i = 0; i < m_pool.size(); ++i)
        if (m_pool[i].shape == x) same.push_back(static_cast<int>(i));
    const int other = oneOf(same);
    const std::string kind = oneOf(std::vector<std::string>{"Greater", "Less", "GreaterOrEqual"});
    const std::string condition = m_builder.node(kind, {use(at), m_builder.scalar(0.1F)}, fresh());
    return push("Where", {condition, use(other), oneIn(2) ? m_builder.scalar(-0.5F) : use(at)}, x);
}

bool RandomNetwork::softmax() {
    const int at = pick({2, 3, 4, 5});
    if (at < 0) return false;
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    return push("Softmax", {use(at)}, shape, {{"axis", between(1, static_cast<int64_t>(shape.size()) - 1)}});
}

bool RandomNetwork::matmul() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const int64_t in = shape.back(), out = between(1, 80);
    const double size = 1.7 / std::sqrt(static_cast<double>(in));
    const std::string weight = numbers({in, out}, -size, size);
    shape.back() = out;
    if (shape.size() == 2 && oneIn(2)) return push("Gemm", {use(at), weight, numbers({out}, -0.5, 0.5)}, shape);
    if (oneIn(2)) return push("Add", {m_builder.node("MatMul", {use(at), weight}, fresh()), numbers({out}, -0.5, 0.5)}, shape);
    return push("MatMul", {use(at), weight}, shape);
}

/// Products of two computed matrices: with itself turned round, or softmax(x · xᵀ) · x.
bool RandomNetwork::attention() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const size_t rank = shape.size();
    std::vector<int64_t> order(rank);
    std::iota(order.begin(), order.end(), 0);
    std::swap(order[rank - 1], order[rank - 2]);
    ir::Shape square = shape;
    square[rank - 1] = shape[rank - 2];
    if (product(square) > kMostElements) return false;
    const std::string x = use(at);
    const std::string turned = m_builder.node("Transpose", {x}, fresh(), {{"perm", order}});
    const std::string scaled = m_builder.node("Mul", {x, m_builder.scalar(static_cast<float>(1 / std::sqrt(static_cast<double>(shape.back()))))}, fresh());
    if (oneIn(3)) return push("MatMul", {scaled, turned}, square);
    const std::string scores = m_builder.node("MatMul", {scaled, turned}, fresh());
    const std::string shares = m_builder.node("Softmax", {scores}, fresh(), {{"axis", int64_t{-1}}});
    return push("MatMul", {shares, x}, shape);
}

/// Exponentials and their inverses, where they stay in reach.
bool RandomNetwork::logarithms() {
    const int at = pick();
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const std::string x = use(at);
    const auto near = [&] { return m_builder.node("Clip", {x, m_builder.scalar(-3), m_builder.scalar(3)}, fresh()); };
    const auto positive = [&] { return m_builder.node("Add", {m_builder.node("Softplus", {x}, fresh()), m_builder.scalar(0.2F)}, fresh()); };
    switch (m_random.below(6)) {
    case 0: return push("Exp", {near()}, shape);
    case 1: return push("Log", {positive()}, shape);
    case 2: return push("Reciprocal", {positive()}, shape);
    case 3: return push("Div", {m_builder.scalar(1.5F), positive()}, shape);
    case 4: return shape.size() > 1 && push("LogSoftmax", {x}, shape, {{"axis", static_cast<int64_t>(shape.size()) - 1}});
    default: return push("CumSum", {x, m_builder.ints({static_cast<int64_t>(shape.size()) - 1})}, shape);
    }
}

/// The normalisation of groups of channels as PyTorch writes it.
bool RandomNetwork::groupNorm() {
    const int at = pick({4});
    if (at < 0) return false;
    const ir::Shape shape = m_pool[static_cast<size_t>(at)].shape;
    const int64_t groups = shape[1] % 4 == 0 ? 4 : shape[1] % 3 == 0 ? 3 : 1;
    if (product(shape) / shape[0] / groups < 8) return false;
    const std::string rows = m_builder.node("Reshape", {use(at), m_builder.ints({shape[0], groups, -1})}, fresh());
    const std::string even = m_builder.node("InstanceNormalization", {rows, numbers({groups}, 1, 1), numbers({groups}, 0, 0)}, fresh());
    const std::string back = m_builder.node("Reshape", {even, m_builder.ints(shape)}, fresh());
    const std::string scaled = m_builder.node("Mul", {back, numbers({shape[1], 1, 1}, 0.5, 1.5)}, fresh());
    return push("Add", {scaled, numbers({shape[1], 1, 1}, -0.5, 0.5)}, shape);
}

/// A join with a constant, as of class tokens.
bool RandomNetwork::constants() {
    const int at = pick({3, 4});
    if (at < 0) return false;
    ir::Shape shape = m_pool[static_cast<size_t>(at)].shape, token = shape;
    token[1] = between(1, 3);
    shape[1] += token[1];
    std::vector<std::string> inputs{numbers(token, -1, 1), use(at)};
    if (oneIn(2)) std::swap(inputs[0], inputs[1]);
    return push("Concat", inputs, shape, {{"axis", int64_t{1}}});
}

bool RandomNetwork::recurrent() {
    const int at = pick({3});
    if (at < 0 || !oneIn(2)) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape; // [batch, steps, features]
    if (x[1] > 12) return false;
    const bool gru = oneIn(2), both = oneIn(2);
    const int64_t hidden = between(1, 24), gates = gru ? 3 : 4, ways = both ? 2 : 1;
    const std::string rows = m_builder.node("Transpose", {use(at)}, fresh(), {{"perm", Ints{1, 0, 2}}});
    OnnxBuilder::Attributes attributes{{"hidden_size", hidden}, {"direction", std::string(both ? "bidirectional" : oneIn(3) ? "reverse" : "forward")}};
    if (gru) attributes.push_back({"linear_before_reset", int64_t{oneIn(2)}});
    const std::string states = m_builder.node(gru ? "GRU" : "LSTM", {rows, numbers({ways, gates * hidden, x[2]}, -0.4, 0.4),
                                              numbers({ways, gates * hidden, hidden}, -0.4, 0.4), numbers({ways, 2 * gates * hidden}, -0.3, 0.3)}, fresh(), attributes);
    const std::string turned = m_builder.node("Transpose", {states}, fresh(), {{"perm", Ints{2, 0, 1, 3}}});
    const ir::Shape shape{x[0], x[1], ways * hidden};
    return push("Reshape", {turned, m_builder.ints(shape)}, shape);
}

bool RandomNetwork::reduce() {
    const int at = pick({2, 3, 4});
    if (at < 0) return false;
    const ir::Shape x = m_pool[static_cast<size_t>(at)].shape;
    const bool keep = oneIn(2);
    Ints axes;
    for (size_t i = 1; i < x.size(); ++i)
        if (oneIn(2)) axes.push_back(static_cast<int64_t>(i));
    if (axes.empty()) axes.push_back(static_cast<int64_t>(x.size()) - 1);
    ir::Shape shape;
    for (size_t i = 0; i < x.size(); ++i) {
        const bool gone = std::find(axes.begin(), axes.end(), static_cast<int64_t>(i)) != axes.end();
        if (!gone || keep) shape.push_back(gone ? 1 : x[i]);
    }
    const std::string kind = oneOf(std::vector<std::string>{"ReduceMean", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceL1"});
    return push(kind, {use(at)}, shape, {{"axes", axes}, {"keepdims", int64_t{keep}}});
}

} // namespace wb::test
