// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of the recurrent layers, step by step; batch elements are independent.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/recurrent/recurrent.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace wb::ops {
namespace {

using Function = float (*)(float x, float alpha, float beta);

/// The functions that ONNX lists, with their usual alpha and beta; `numbers`: how many of these it has.
struct Usual {
    const char* name;
    int numbers;
    double alpha, beta;
    Function function;
};

constexpr Usual kKnown[] = {
    {"Sigmoid", 0, 0, 0, [](float x, float, float) { return 1.0F / (1.0F + std::exp(-x)); }},
    {"Tanh", 0, 0, 0, [](float x, float, float) { return std::tanh(x); }},
    {"Relu", 0, 0, 0, [](float x, float, float) { return std::max(x, 0.0F); }},
    {"Affine", 2, 1, 0, [](float x, float a, float b) { return a * x + b; }},
    {"LeakyRelu", 1, 0.01, 0, [](float x, float a, float) { return x < 0 ? a * x : x; }},
    {"ThresholdedRelu", 1, 1, 0, [](float x, float a, float) { return x > a ? x : 0.0F; }},
    {"ScaledTanh", 2, 1, 1, [](float x, float a, float b) { return a * std::tanh(b * x); }},
    {"HardSigmoid", 2, 0.2, 0.5, [](float x, float a, float b) { return std::clamp(a * x + b, 0.0F, 1.0F); }},
    {"Elu", 1, 1, 0, [](float x, float a, float) { return x < 0 ? a * std::expm1(x) : x; }},
    {"Softsign", 0, 0, 0, [](float x, float, float) { return x / (1.0F + std::fabs(x)); }},
    {"Softplus", 0, 0, 0, [](float x, float, float) { return x > 20 ? x : std::log1p(std::exp(x)); }},
};

struct Gate {
    Function function = nullptr;
    float alpha = 0, beta = 0;

    float operator()(float x) const { return function(x, alpha, beta); }
};

/// The functions of all directions, with ONNX's usual alpha and beta where none are given.
Result<std::vector<Gate>> readGates(const ir::Node& node, size_t ways) {
    std::vector<std::string> names;
    if (const ir::Attribute* given = node.attributes.find("activations"))
        if (const auto* list = given->as<ir::AttributeList>())
            for (const ir::Attribute& one : *list)
                if (const auto* text = one.as<std::string>()) names.push_back(*text);
    if (names.empty())
        for (size_t d = 0; d < ways; ++d) {
            if (node.op == "top.RNN") names.insert(names.end(), {"Tanh"});
            if (node.op == "top.GRU") names.insert(names.end(), {"Sigmoid", "Tanh"});
            if (node.op == "top.LSTM") names.insert(names.end(), {"Sigmoid", "Tanh", "Tanh"});
        }
    const size_t each = node.op == "top.RNN" ? 1 : node.op == "top.GRU" ? 2 : 3;
    if (names.size() != each * ways)
        return Error{Code::UnsupportedAttribute, std::to_string(names.size()) + " activations of " + node.op};
    const auto alphas = node.attributes.reals("activation_alpha"), betas = node.attributes.reals("activation_beta");
    std::vector<Gate> gates;
    size_t alpha = 0, beta = 0; // only functions that have such a number take one
    for (const std::string& name : names) {
        const auto* row = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Usual& u) { return name == u.name; });
        if (row == std::end(kKnown))
            return Error{Code::UnsupportedAttribute, "activation " + name + " of " + node.op + " is not known"};
        Gate gate{row->function, static_cast<float>(row->alpha), static_cast<float>(row->beta)};
        if (row->numbers > 0 && alpha < alphas.size()) gate.alpha = static_cast<float>(alphas[alpha++]);
        if (row->numbers > 1 && beta < betas.size()) gate.beta = static_cast<float>(betas[beta++]);
        gates.push_back(gate);
    }
    return gates;
}

struct Layer {
    int64_t steps = 0, batch = 0, in = 0, hidden = 0, gates = 0;
    bool lstm = false, gru = false, linearBeforeReset = false, inputForget = false;
    float clip = 0, cellClip = 0;
    std::vector<Gate> functions; ///< of this direction

    float cut(float v) const { return clip > 0 ? std::clamp(v, -clip, clip) : v; }
};

float dot(const float* a, const float* b, int64_t count) {
    float sum = 0;
    for (int64_t i = 0; i < count; ++i)
        sum += a[i] * b[i];
    return sum;
}

/// One direction's operands and state.
struct Run {
    const float *x, *w, *r, *bias, *peep;
    float *h, *c; ///< [B,H], updated from step to step
};

/// New h (and c) of batch element b from the input of one step.
void step(const Layer& l, const Run& run, const float* x, int64_t b, std::vector<float>& next) {
    const int64_t H = l.hidden;
    float* h = run.h + b * H;
    const auto fromInput = [&](int64_t row) {
        return dot(run.w + row * l.in, x, l.in) + (run.bias ? run.bias[row] : 0.0F);
    };
    const auto recurrent = [&](int64_t row, const float* state) {
        return dot(run.r + row * H, state, H) + (run.bias ? run.bias[l.gates * H + row] : 0.0F);
    };
    if (l.lstm) {
        float* c = run.c + b * H;
        for (int64_t k = 0; k < H; ++k) {
            const auto gate = [&](int64_t g, float peep) {
                return l.cut(fromInput(g * H + k) + recurrent(g * H + k, h) + peep);
            };
            const float* p = run.peep;
            const float i = l.functions[0](gate(0, p ? p[k] * c[k] : 0.0F));
            const float f = l.inputForget ? 1.0F - i : l.functions[0](gate(2, p ? p[2 * H + k] * c[k] : 0.0F));
            const float candidate = l.functions[1](gate(3, 0.0F));
            const float whole = f * c[k] + i * candidate;
            const float state = l.cellClip > 0 ? std::clamp(whole, -l.cellClip, l.cellClip) : whole;
            const float o = l.functions[0](gate(1, p ? p[H + k] * state : 0.0F));
            next[static_cast<size_t>(H + k)] = state;
            next[static_cast<size_t>(k)] = o * l.functions[2](state);
        }
        std::copy_n(next.begin() + H, H, c);
    } else if (l.gru) {
        std::vector<float> z(static_cast<size_t>(H)), reset(static_cast<size_t>(H)), scaled(static_cast<size_t>(H));
        for (int64_t k = 0; k < H; ++k) {
            z[static_cast<size_t>(k)] = l.functions[0](l.cut(fromInput(k) + recurrent(k, h)));
            reset[static_cast<size_t>(k)] = l.functions[0](l.cut(fromInput(H + k) + recurrent(H + k, h)));
            scaled[static_cast<size_t>(k)] = reset[static_cast<size_t>(k)] * h[k];
        }
        for (int64_t k = 0; k < H; ++k) {
            const float inner = l.linearBeforeReset ? reset[static_cast<size_t>(k)] * recurrent(2 * H + k, h)
                                                    : recurrent(2 * H + k, scaled.data());
            const float candidate = l.functions[1](l.cut(fromInput(2 * H + k) + inner));
            const float keep = z[static_cast<size_t>(k)];
            next[static_cast<size_t>(k)] = (1.0F - keep) * candidate + keep * h[k];
        }
    } else {
        for (int64_t k = 0; k < H; ++k)
            next[static_cast<size_t>(k)] = l.functions[0](l.cut(fromInput(k) + recurrent(k, h)));
    }
    std::copy_n(next.begin(), H, h);
}

Prepared prepareRecurrent(const PrepareContext& c) {
    const std::string direction = recurrentDirection(*c.node);
    const RecurrentOperands at = recurrentOperands(c.node->op);
    const size_t ways = direction == "bidirectional" ? 2 : 1;
    WB_ASSIGN(const std::vector<Gate> gates, readGates(*c.node, ways));
    Layer layer;
    const ir::Shape x = operandShape(c, 0);
    layer.steps = x[0];
    layer.batch = x[1];
    layer.in = x[2];
    layer.hidden = c.node->attributes.integer("hidden_size", 0);
    layer.gates = recurrentGates(c.node->op);
    layer.lstm = c.node->op == "top.LSTM";
    layer.gru = c.node->op == "top.GRU";
    layer.linearBeforeReset = c.node->attributes.boolean("linear_before_reset", true);
    layer.inputForget = c.node->attributes.boolean("input_forget");
    layer.clip = static_cast<float>(c.node->attributes.real("clip", 0));
    layer.cellClip = static_cast<float>(c.node->attributes.real("cell_clip", 0));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t H = layer.hidden, rows = layer.gates * H, state = layer.batch * H;
        const auto way = static_cast<int64_t>(ways);
        std::vector<float> unused(layer.lstm ? 0 : static_cast<size_t>(state));
        for (int64_t d = 0; d < way; ++d) {
            Layer l = layer;
            const auto each = static_cast<int64_t>(gates.size()) / way;
            l.functions.assign(gates.begin() + d * each, gates.begin() + (d + 1) * each);
            const auto part = [&](size_t i, int64_t size) {
                return i == 0 || i >= in.size() || in[i].data == nullptr ? nullptr : in[i].as<float>() + d * size;
            };
            Run run{in[0].as<float>(), part(1, rows * l.in), part(2, rows * H), part(3, 2 * rows), part(at.peepholes, 3 * H),
                    out[1].as<float>() + d * state, l.lstm ? out[2].as<float>() + d * state : unused.data()};
            const auto start = [&](float* to, const float* from) {
                if (from != nullptr) std::memcpy(to, from, static_cast<size_t>(state) * sizeof(float));
                else std::fill(to, to + state, 0.0F);
            };
            start(run.h, part(at.h0, state));
            start(run.c, part(at.c0, state));
            const float* lengths = part(at.lengths, 0);
            const bool back = direction == "reverse" || d == 1;
            work.forEach(l.batch, 1, [&](int64_t begin, int64_t end) {
                std::vector<float> next(static_cast<size_t>(2 * H));
                for (int64_t b = begin; b < end; ++b) {
                    // A sequence shorter than T leaves the rest of Y at 0; backwards it starts at its own end.
                    int64_t length = l.steps;
                    if (lengths != nullptr)
                        length = static_cast<int64_t>(
                            std::clamp(std::isnan(lengths[b]) ? 0.0F : lengths[b], 0.0F,
                                       static_cast<float>(l.steps)));
                    for (int64_t t = 0; t < l.steps; ++t) {
                        const int64_t place = back && t < length ? length - 1 - t : t;
                        float* y = out[0].as<float>() + ((place * way + d) * l.batch + b) * H;
                        if (t >= length) {
                            std::fill(y, y + H, 0.0F);
                            continue;
                        }
                        step(l, run, run.x + (place * l.batch + b) * l.in, b, next);
                        std::copy_n(run.h + b * H, H, y);
                    }
                }
            });
        }
    });
}

} // namespace

void float_recurrent(KernelTable& table);
void float_recurrent(KernelTable& table) {
    for (const char* op : {"top.LSTM", "top.GRU", "top.RNN"})
        table.add({.op = op, .prepare = prepareRecurrent});
}

} // namespace wb::ops
