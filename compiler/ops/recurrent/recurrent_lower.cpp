// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers on chips: what depends on the input alone is one product for all steps; a step is a product with the
// state and what its gates make of that. Two directions run side by side, the second from the end, so that they share
// each step's nodes. No integer form: INT8 layers are computed in the chip's float.
#include "compiler/numeric/half.h"
#include "compiler/ops/activation/activation_functions.h"
#include "compiler/ops/recurrent/recurrent.h"
#include "compiler/ops/support/chip_rules.h"
#include "compiler/ops/support/lower_support.h"

#include <algorithm>

namespace wb::ops {
namespace {

using ir::Attribute;
using ir::kNoValue;
using ir::Shape;
using ir::ValueId;

/// Writes nodes of one float type, named after the layer.
class Nodes {
public:
    Nodes(LoweringBuilder& builder, std::string name, Precision precision)
        : m_builder(builder), m_name(std::move(name)), m_precision(precision) {}

    ValueId add(const char* op, std::vector<ValueId> operands, Shape shape, ir::AttributeMap attributes = {}) {
        ir::TensorType type{elementFor(m_precision), std::move(shape), true, {}};
        return m_builder.target().add(op, std::move(operands), next(), std::move(type), std::move(attributes));
    }
    const Shape& shape(ValueId id) const { return m_builder.target().value(id).type.shape; }

    ValueId constant(Shape shape, const std::vector<float>& values) {
        const ir::ElementType element = elementFor(m_precision);
        ir::Tensor data(element, std::move(shape));
        for (size_t i = 0; i < values.size(); ++i) {
            if (element == ir::ElementType::F32) data.mutableData<float>()[i] = values[i];
            else data.mutableData<uint16_t>()[i] = element == ir::ElementType::F16 ? numeric::toHalf(values[i]) : numeric::toBfloat16(values[i]);
        }
        return m_builder.target().addWeight(next(), std::move(data));
    }
    ValueId reshape(ValueId x, Shape to) {
        if (shape(x) == to) return x;
        std::vector<ValueId> operands{x};
        if (m_builder.options().chip == Chip::BM1684) operands.push_back(kNoValue);
        return add("tpu.Reshape", std::move(operands), std::move(to));
    }
    ValueId permute(ValueId x, const std::vector<int64_t>& order) {
        Shape to;
        for (const int64_t axis : order) to.push_back(shape(x)[static_cast<size_t>(axis)]);
        ir::AttributeMap a;
        a.set("order", Attribute::ints(order));
        return add("tpu.Permute", {x, kNoValue}, std::move(to), std::move(a));
    }
    ValueId slice(ValueId x, size_t axis, int64_t begin, int64_t size, bool backwards = false) {
        Shape to = shape(x);
        std::vector<int64_t> offset(to.size(), 0), ends(to.begin(), to.end()), steps(to.size(), 1);
        offset[axis] = begin;
        ends[axis] = begin + size;
        to[axis] = size;
        if (backwards) { // all of it, along axis 0
            steps[0] = -1;
            offset[0] = to[0] - 1;
            ends[0] = -to[0] - 1;
        }
        ir::AttributeMap a;
        a.set("offset", Attribute::ints(offset));
        a.set("ends", Attribute::ints(ends));
        a.set("steps", Attribute::ints(steps));
        return add("tpu.Slice", {x, kNoValue, kNoValue, kNoValue, kNoValue}, std::move(to), std::move(a));
    }
    ValueId join(std::vector<ValueId> parts, size_t axis) {
        if (parts.size() == 1) return parts.front();
        Shape to = shape(parts.front());
        to[axis] = 0;
        for (const ValueId part : parts) to[axis] += shape(part)[axis];
        ir::AttributeMap a;
        a.set("axis", Attribute::si32(static_cast<int64_t>(axis)));
        a.set("only_merge", false);
        return add("tpu.Concat", std::move(parts), std::move(to), std::move(a));
    }
    /// [.., n] of the last axis of `left` by right [.., k, n].
    ValueId product(ValueId left, ValueId right, ValueId bias = kNoValue) {
        Shape to = shape(left);
        to.back() = shape(right).back();
        ir::AttributeMap a;
        a.set("right_transpose", false);
        return add("tpu.MatMul", {left, right, bias, kNoValue, kNoValue}, std::move(to), std::move(a));
    }
    ValueId sum(ValueId a, ValueId b) { return binary("tpu.Add", a, b); }
    ValueId times(ValueId a, ValueId b) { return binary("tpu.Mul", a, b); }
    ValueId clipped(ValueId x, double most) {
        ir::AttributeMap a;
        a.set("min", -most);
        a.set("max", most);
        return add("tpu.Clip", {x}, shape(x), std::move(a));
    }
    ValueId minus(ValueId a, ValueId b) { return binary("tpu.Sub", a, b); }
    ValueId function(const std::string& name, ValueId x) {
        ir::AttributeMap a;
        if (name == "Relu") {
            a.set("relu_limit", -1.0);
            return add("tpu.Relu", {x}, shape(x), std::move(a));
        }
        a.set("mode", tpuEnum("active_mode", activationRow("top." + name)->mode));
        return add("tpu.Active", {x}, shape(x), std::move(a));
    }

private:
    std::string next() { return m_name + "_step" + std::to_string(m_count++); }
    ValueId binary(const char* op, ValueId a, ValueId b) { return add(op, {a, b}, shape(a)); }

    LoweringBuilder& m_builder;
    std::string m_name;
    Precision m_precision;
    int m_count = 0;
};

constexpr int64_t kMostSteps = 4096; ///< each is nodes of its own

struct Layer {
    std::string op, direction;
    int64_t steps = 0, batch = 0, in = 0, hidden = 0, gates = 0, ways = 1;
    std::vector<std::string> functions; ///< of a step, the same for both directions
    bool linearBeforeReset = false, givenCell = false;
    double cellClip = 0;
    std::vector<float> w, r, bias; ///< as in recurrent.cpp; the bias may be empty

    float inputBias(int64_t way, int64_t row) const { return bias.empty() ? 0 : bias[static_cast<size_t>(2 * way * gates * hidden + row)]; }
    float stateBias(int64_t way, int64_t row) const { return inputBias(way, gates * hidden + row); }
    bool isLstm() const { return gates == 4; }
    bool isGru() const { return gates == 3; }
};

bool isZero(const LoweringBuilder& builder, ValueId id) {
    const auto values = constantValues(builder, id);
    return values && std::all_of(values->begin(), values->end(), [](float v) { return v == 0; });
}

/// What the steps below do not know, or nothing.
std::string unknownPart(const LoweringBuilder& builder, const ir::Node& node, const Layer& layer) {
    if (layer.steps > kMostSteps) return "it has " + std::to_string(layer.steps) + " steps";
    if (node.attributes.real("clip", 0) != 0) return "its sums are clipped";
    if (node.attributes.boolean("input_forget")) return "its input and forget gates are one";
    const RecurrentOperands at = recurrentOperands(node.op);
    const auto operand = [&](size_t i) { return i > 0 && node.operands.size() > i ? node.operands[i] : kNoValue; };
    if (operand(at.peepholes) != kNoValue && !isZero(builder, operand(at.peepholes))) return "it has peepholes";
    if (operand(at.lengths) != kNoValue) {
        const auto lengths = constantValues(builder, operand(at.lengths));
        if (!lengths || std::any_of(lengths->begin(), lengths->end(), [&](float v) { return v != static_cast<float>(layer.steps); }))
            return "its sequences have lengths of their own";
    }
    for (const std::string& function : layer.functions)
        if (function != "Sigmoid" && function != "Tanh" && function != "Relu") return "its gates compute " + function;
    return {};
}

Result<Layer> readLayer(const LoweringBuilder& builder, const ir::Node& node) {
    const ir::Graph& source = builder.source();
    const Shape& x = source.value(node.operands.at(0)).type.shape;
    Layer l;
    l.op = node.op;
    l.direction = recurrentDirection(node);
    l.steps = x[0];
    l.batch = x[1];
    l.in = x[2];
    l.hidden = node.attributes.integer("hidden_size", 0);
    l.gates = recurrentGates(node.op);
    l.ways = l.direction == "bidirectional" ? 2 : 1;
    l.linearBeforeReset = node.attributes.boolean("linear_before_reset", true);
    l.cellClip = node.attributes.real("cell_clip", 0);
    const size_t cell = recurrentOperands(node.op).c0;
    l.givenCell = cell > 0 && cell < node.operands.size() && node.operands[cell] != kNoValue && !isZero(builder, node.operands[cell]);
    l.functions = l.isLstm() ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
                             : l.isGru() ? std::vector<std::string>{"Sigmoid", "Tanh"} : std::vector<std::string>{"Tanh"};
    if (const Attribute* given = node.attributes.find("activations"))
        if (const auto* list = given->as<ir::AttributeList>(); list != nullptr && !list->empty()) {
            std::vector<std::string> names;
            for (const Attribute& one : *list)
                if (const auto* text = one.as<std::string>()) names.push_back(*text);
            const size_t each = l.functions.size();
            const bool alike = names.size() == each * static_cast<size_t>(l.ways) &&
                               (l.ways == 1 || std::equal(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(each),
                                                          names.begin() + static_cast<std::ptrdiff_t>(each)));
            if (!alike) return Error{Code::OperatorNotLowered, node.op + ": its directions differ in their functions"};
            l.functions.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(each));
        }
    if (const std::string unknown = unknownPart(builder, node, l); !unknown.empty())
        return Error{Code::OperatorNotLowered, node.op + " cannot be lowered: " + unknown};
    WB_ASSIGN(l.w, constantValues(builder, node.operands.at(1)));
    WB_ASSIGN(l.r, constantValues(builder, node.operands.at(2)));
    if (node.operands.size() > 3 && node.operands[3] != kNoValue) {
        WB_ASSIGN(l.bias, constantValues(builder, node.operands[3]));
    }
    return l;
}

/// Steps of a layer, all states [ways, batch, hidden].
class Unrolled {
public:
    Unrolled(const Layer& layer, Nodes& nodes) : l(layer), m_nodes(nodes) {
        if (!l.isGru() || l.linearBeforeReset) m_recurrent = recurrent(0, l.gates);
        else m_recurrent = recurrent(0, 2), m_candidate = recurrent(2, 1);
        if (l.isGru() && l.linearBeforeReset && !l.bias.empty()) {
            std::vector<float> inner;
            for (int64_t d = 0; d < l.ways; ++d)
                for (int64_t k = 0; k < l.hidden; ++k) inner.push_back(l.stateBias(d, 2 * l.hidden + k));
            m_innerBias = m_nodes.constant({l.ways, 1, l.hidden}, inner);
        }
    }

    /// What the input gives to each step's sums: [steps, ways, batch, gates · hidden], each direction in its own order.
    ValueId fromInput(ValueId x) {
        const int64_t rows = l.gates * l.hidden, columns = l.ways * rows;
        std::vector<float> matrix(static_cast<size_t>(l.in * columns)), bias(static_cast<size_t>(columns));
        for (int64_t d = 0; d < l.ways; ++d)
            for (int64_t row = 0; row < rows; ++row) {
                const bool inside = l.isGru() && l.linearBeforeReset && row >= 2 * l.hidden;
                bias[static_cast<size_t>(d * rows + row)] = l.inputBias(d, row) + (inside ? 0 : l.stateBias(d, row));
                for (int64_t i = 0; i < l.in; ++i)
                    matrix[static_cast<size_t>(i * columns + d * rows + row)] = l.w[static_cast<size_t>((d * rows + row) * l.in + i)];
            }
        ValueId y = m_nodes.product(m_nodes.reshape(x, {l.steps * l.batch, l.in}), m_nodes.constant({l.in, columns}, matrix),
                                    l.bias.empty() ? kNoValue : m_nodes.constant({columns}, bias));
        y = m_nodes.reshape(y, {l.steps, l.batch, l.ways, rows});
        if (l.ways == 2)
            y = m_nodes.join({m_nodes.slice(y, 2, 0, 1), m_nodes.slice(y, 2, 1, 1, true)}, 2);
        else if (l.direction == "reverse")
            y = m_nodes.slice(y, 2, 0, 1, true);
        if (l.ways > 1 && l.batch > 1) return m_nodes.permute(y, {0, 2, 1, 3});
        return m_nodes.reshape(y, {l.steps, l.ways, l.batch, rows});
    }

    /// The next state from what the input gives; an absent state is zero.
    void step(ValueId sums, ValueId& h, ValueId& c) {
        const int64_t H = l.hidden;
        if (l.isGru()) return gru(sums, h);
        if (h != kNoValue) sums = m_nodes.sum(sums, m_nodes.product(h, m_recurrent));
        if (!l.isLstm()) {
            h = m_nodes.function(l.functions[0], sums);
            return;
        }
        const ValueId gates = m_nodes.function(l.functions[0], m_nodes.slice(sums, 2, 0, 3 * H));
        const ValueId candidate = m_nodes.function(l.functions[1], m_nodes.slice(sums, 2, 3 * H, H));
        const ValueId fresh = m_nodes.times(m_nodes.slice(gates, 2, 0, H), candidate);
        c = c == kNoValue ? fresh : m_nodes.sum(m_nodes.times(m_nodes.slice(gates, 2, 2 * H, H), c), fresh);
        // From no state, each step adds one at most.
        if (l.cellClip > 0 && (l.givenCell || static_cast<double>(l.steps) > l.cellClip)) c = m_nodes.clipped(c, l.cellClip);
        h = m_nodes.times(m_nodes.slice(gates, 2, H, H), m_nodes.function(l.functions[2], c));
    }

private:
    /// Rows of R for some gates as [ways, hidden, gates · hidden].
    ValueId recurrent(int64_t first, int64_t gates) {
        const int64_t H = l.hidden, rows = gates * H;
        std::vector<float> matrix(static_cast<size_t>(l.ways * H * rows));
        for (int64_t d = 0; d < l.ways; ++d)
            for (int64_t row = 0; row < rows; ++row)
                for (int64_t k = 0; k < H; ++k)
                    matrix[static_cast<size_t>((d * H + k) * rows + row)] =
                        l.r[static_cast<size_t>(((d * l.gates + first) * H + row) * H + k)];
        return m_nodes.constant({l.ways, H, rows}, matrix);
    }

    /// h' = (1 - z) · n + z · h.
    void gru(ValueId sums, ValueId& h) {
        const int64_t H = l.hidden;
        ValueId both = m_nodes.slice(sums, 2, 0, 2 * H), inner = kNoValue;
        if (h != kNoValue) {
            const ValueId state = m_nodes.product(h, m_recurrent);
            both = m_nodes.sum(both, l.linearBeforeReset ? m_nodes.slice(state, 2, 0, 2 * H) : state);
            if (l.linearBeforeReset) inner = m_nodes.slice(state, 2, 2 * H, H);
        }
        const ValueId gates = m_nodes.function(l.functions[0], both);
        const ValueId z = m_nodes.slice(gates, 2, 0, H);
        const ValueId reset = m_nodes.slice(gates, 2, H, H);
        if (l.linearBeforeReset) {
            if (m_innerBias != kNoValue && inner != kNoValue) inner = m_nodes.sum(inner, m_innerBias);
            if (inner != kNoValue) inner = m_nodes.times(reset, inner);
            else if (m_innerBias != kNoValue) inner = m_nodes.times(reset, m_innerBias);
        } else if (h != kNoValue) {
            inner = m_nodes.product(m_nodes.times(reset, h), m_candidate);
        }
        const ValueId own = m_nodes.slice(sums, 2, 2 * H, H);
        const ValueId n = m_nodes.function(l.functions[1], inner == kNoValue ? own : m_nodes.sum(own, inner));
        h = h == kNoValue ? m_nodes.minus(n, m_nodes.times(z, n)) : m_nodes.sum(n, m_nodes.times(z, m_nodes.minus(h, n)));
    }

    const Layer& l;
    Nodes& m_nodes;
    ValueId m_recurrent = kNoValue, m_candidate = kNoValue, m_innerBias = kNoValue;
};

Result<Precision> lowerRecurrent(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8) precision = traitsOf(builder.options().chip).wide;
    precision = precisionOn(builder.options().chip, precision);
    WB_ASSIGN(const Layer layer, readLayer(builder, node));
    const ir::Graph& source = builder.source();
    Nodes nodes(builder, resultName(builder, node), precision);
    WB_ASSIGN(const ValueId x, operandFor(builder, node, node.operands[0], precision));
    std::vector<ValueId> states{kNoValue, kNoValue};
    for (size_t i = 0; i < states.size(); ++i) {
        const size_t at = i == 0 ? recurrentOperands(node.op).h0 : recurrentOperands(node.op).c0;
        const ValueId start = at == 0 || at >= node.operands.size() ? kNoValue : node.operands[at];
        if (start == kNoValue || isZero(builder, start)) continue;
        WB_ASSIGN(states[i], operandFor(builder, node, start, precision));
    }
    Unrolled unrolled(layer, nodes);
    const ValueId sums = unrolled.fromInput(x);
    std::vector<ValueId> all;
    for (int64_t t = 0; t < layer.steps; ++t) {
        const ValueId own = nodes.reshape(nodes.slice(sums, 0, t, 1), {layer.ways, layer.batch, layer.gates * layer.hidden});
        unrolled.step(own, states[0], states[1]);
        all.push_back(states[0]);
    }
    if (layer.direction == "reverse") std::reverse(all.begin(), all.end());
    const auto users = source.users();
    const auto give = [&](size_t result, const auto& make) -> Status {
        const ValueId id = node.results[result];
        if (users[static_cast<size_t>(id)].empty() && !source.isOutput(id)) {
            builder.bind(id, states[0]); // nobody reads it
            return {};
        }
        WB_ASSIGN(auto type, builder.typeFor(id, precision));
        std::vector<ValueId> operands{make()};
        if (builder.options().chip == Chip::BM1684) operands.push_back(kNoValue);
        builder.bind(id, builder.target().add("tpu.Reshape", std::move(operands), source.value(id).name, std::move(type)));
        return {};
    };
    WB_TRY(give(0, [&] {
        const ValueId y = nodes.join(all, 0);
        if (layer.ways == 1) return y;
        const ValueId both = nodes.reshape(y, {layer.steps, 2, layer.batch, layer.hidden});
        return nodes.join({nodes.slice(both, 1, 0, 1), nodes.slice(both, 1, 1, 1, true)}, 1);
    }));
    for (size_t result = 1; result < node.results.size(); ++result)
        WB_TRY(give(result, [&] { return states[result - 1]; }));
    return precision;
}

} // namespace

void lower_recurrent(LoweringTable& table);
void lower_recurrent(LoweringTable& table) {
    for (const char* op : {"top.LSTM", "top.GRU", "top.RNN"})
        table.add(op, lowerRecurrent);
}

} // namespace wb::ops
