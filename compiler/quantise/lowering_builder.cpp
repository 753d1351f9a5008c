// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/lowering_builder.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/chip_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace wb::quantise {
namespace {

using ir::ElementType;
using ir::TensorType;
using ir::ValueId;
using ops::Precision;

/// "si8", "ui8", "f16"…: how a cast's name ends.
std::string nameOfType(const TensorType& type) {
    if (type.uniform() == nullptr) return ir::spelling(type.element);
    return ir::isSignedInteger(type.element) ? "si8" : "ui8";
}

/// A single as MLIR writes it: six digits in exponent form if that is the same number, else nine.
std::string singleText(float value) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%e", static_cast<double>(value));
    if (std::strtof(text.data(), nullptr) != value)
        std::snprintf(text.data(), text.size(), "%.9g", static_cast<double>(value));
    return text.data();
}

/// Of a list of places from 1, where an empty one is of all.
bool isMeant(const std::set<size_t>& places, size_t index) { return places.empty() || places.contains(index + 1); }

bool sameNumbers(const TensorType& a, const TensorType& b) {
    const auto* x = a.uniform();
    const auto* y = b.uniform();
    if ((x == nullptr) != (y == nullptr)) return false;
    if (x == nullptr) return a.element == b.element;
    return ir::isSignedInteger(a.element) == ir::isSignedInteger(b.element) &&
           x->scales == y->scales && x->zeroPoints == y->zeroPoints;
}

/// Codes of a range without a zero point (dossier section 5.2).
ir::UniformQuant symmetric(const ir::CalibratedRange& range, bool isSigned) {
    ir::UniformQuant quant;
    quant.scales = {std::max(std::fabs(range.min), std::fabs(range.max)) / (isSigned ? 127.0 : 255.0)};
    quant.zeroPoints = {0};
    return quant;
}

/// Codes that spread over the range from its minimum to its maximum. A zero outside of the range stays the last code of
/// its side, so that it still has one.
ir::UniformQuant withZeroPoint(const ir::CalibratedRange& range) {
    const double least = range.min < 0 ? -128 : 0, most = range.min < 0 ? 127 : 255;
    double scale = (range.max - range.min) / (most - least);
    double zero = least - range.min / scale;
    if (zero < least) {
        zero = least;
        scale = range.max / (most - zero);
    } else if (zero > most) {
        zero = most;
        scale = range.min / (least - zero);
    }
    ir::UniformQuant quant;
    quant.scales = {scale};
    quant.zeroPoints = {std::isfinite(zero) ? static_cast<int64_t>(std::llround(zero)) : 0};
    return quant;
}

} // namespace

Builder::Builder(const ir::Graph& source, const ops::LoweringOptions& options, bool mixed,
                 const JobContext& context)
    : m_source(source)
    , m_options(options)
    , m_mixed(mixed)
    , m_context(context)
    , m_twins(source.values().size(), ir::kNoValue) {
    m_target.name = source.name;
    m_target.attributes = source.attributes;
}

ValueId Builder::lowered(ValueId sourceValue) {
    return sourceValue == ir::kNoValue ? ir::kNoValue : m_twins[static_cast<size_t>(sourceValue)];
}

void Builder::bind(ValueId sourceValue, ValueId loweredValue) {
    m_twins[static_cast<size_t>(sourceValue)] = loweredValue;
}

void Builder::copy(const ir::Node& node) {
    std::vector<std::string> names;
    std::vector<TensorType> types;
    for (const ValueId result : node.results) {
        names.push_back(m_source.value(result).name);
        types.push_back(m_source.value(result).type);
        if (const auto* data = m_source.weight(result))
            m_target.weights.insert_or_assign(names.back(), *data);
    }
    const auto id =
        m_target.addNode(node.op, {}, std::move(names), std::move(types), node.attributes);
    for (size_t i = 0; i < node.results.size(); ++i)
        bind(node.results[i], m_target.node(id).results[i]);
}

void Builder::keep(const ir::Node& node) {
    const auto plain = [](const TensorType& type) { return TensorType{ElementType::F32, type.shape, type.ranked, {}}; };
    std::vector<ValueId> operands;
    for (const ValueId id : node.operands) {
        const ValueId value = lowered(id);
        const bool asIs = id == ir::kNoValue || m_source.weight(id) != nullptr ||
                          sameNumbers(m_target.value(value).type, plain(m_target.value(value).type));
        // Named as the casts of outputs are: where the host begins, the bmodel ends.
        operands.push_back(asIs ? value : castTo(value, "", plain(m_target.value(value).type)));
    }
    std::vector<std::string> names;
    std::vector<TensorType> types;
    for (const ValueId id : node.results) {
        names.push_back(m_source.value(id).name);
        types.push_back(plain(m_source.value(id).type));
    }
    const auto made = m_target.addNode(node.op, std::move(operands), std::move(names), std::move(types), node.attributes);
    for (size_t i = 0; i < node.results.size(); ++i)
        bind(node.results[i], m_target.node(made).results[i]);
}

void Builder::bindPlaceholder(const ir::Node& node) {
    for (const ValueId result : node.results) {
        if (lowered(result) != ir::kNoValue) continue;
        auto type = m_source.value(result).type;
        bind(result, m_target.add("top.Input", {}, m_source.value(result).name, std::move(type)));
    }
}

Result<TensorType> Builder::typeFor(ValueId sourceValue, Precision precision) {
    const auto& value = m_source.value(sourceValue);
    TensorType type = value.type;
    if (type.uniform() != nullptr) { // the network brings its scales
        if (precision == Precision::Int8) return type;
        type.quant = {};
    }
    switch (ops::precisionOn(m_options.chip, precision)) {
    case Precision::F32:
        type.element = ElementType::F32;
        return type;
    case Precision::F16:
        type.element = ElementType::F16;
        return type;
    case Precision::BF16:
        type.element = ElementType::BF16;
        return type;
    case Precision::Int8:
        break;
    }
    const auto* range = value.type.calibrated();
    if (range == nullptr)
        return Error{Code::ThresholdMissing,
                     "\"" + value.name + "\" has no threshold in the calibration table"};
    const bool isSigned = range->min < 0 || !ops::traitsOf(m_options.chip).unsignedCodes;
    ir::UniformQuant quant = m_options.asymmetric ? withZeroPoint(*range) : symmetric(*range, isSigned);
    if (!(quant.scales[0] > 0) || !std::isfinite(quant.scales[0]))
        return Error{Code::ThresholdMissing,
                     "the threshold of \"" + value.name + "\" is not a positive number"};
    type.element = isSigned ? ElementType::I8 : ElementType::Ui8;
    type.quant = std::move(quant);
    return type;
}

ValueId Builder::operandAs(ValueId sourceValue, const ir::Node& user, TensorType type) {
    const ValueId value = lowered(sourceValue);
    const TensorType from = m_target.value(value).type;
    type.shape = from.shape;
    if (sameNumbers(from, type)) return value;
    const std::string& userName = m_source.value(user.results.front()).name;
    if (type.uniform() == nullptr) return castTo(value, userName, std::move(type));
    if (from.uniform() != nullptr) return requantTo(value, value, userName, std::move(type));
    // A float operand is brought to codes of its own scale first, then requantised like any other.
    const auto own = typeFor(sourceValue, Precision::Int8);
    if (!own || sameNumbers(*own, type)) return castTo(value, userName, std::move(type));
    const std::string requant = m_target.value(value).name + "_to_" + userName;
    const ValueId codes = castTo(value, requant, *own);
    // The requant stands before all other users, so the cast bears its name and was the first one
    // made.
    m_target.value(codes).name = m_target.value(value).name + requant + "_" + nameOfType(*own);
    const auto made = std::find_if(m_casts.begin(), m_casts.end(), [&](const Follower& f) {
        return f.node == m_target.value(codes).producer;
    });
    std::rotate(m_casts.begin(), made, made + 1);
    return requantTo(codes, value, userName, std::move(type));
}

ValueId Builder::castTo(ValueId value, const std::string& userName, TensorType type) {
    for (const Follower& follower : m_casts) {
        const auto& node = m_target.node(follower.node);
        if (node.operands[0] == value && sameNumbers(m_target.value(node.results[0]).type, type))
            return node.results[0];
    }
    // Codes made from a half remember it: the cast works in that precision.
    if (type.uniform() != nullptr)
        std::get<ir::UniformQuant>(type.quant).expressed = m_target.value(value).type.element;
    ir::AttributeMap attributes;
    std::string name = m_target.value(value).name + userName + "_" + nameOfType(type);
    // CV18xx takes float32 from the host only, which makes the codes.
    const bool byHost = ops::isCv18xx(m_options.chip) && type.uniform() != nullptr &&
                        m_target.value(value).type.element == ElementType::F32;
    if (byHost) {
        attributes.set("cpu_op_name", "quant");
        attributes.set("param", ir::RawAttr{"{from = \"FP32\", scale = " +
                                            singleText(static_cast<float>(1.0 / type.uniform()->scale())) +
                                            " : f32, to = \"INT8\"}"});
    } else {
        attributes.set("round_mode", ir::EnumAttr{"tpu", "round_mode", "HalfAwayFromZero"});
        attributes.set("with_scale", true);
    }
    const ValueId result =
        m_target.add(byHost ? "tpu.GenericCpu" : "tpu.Cast", {value}, std::move(name), std::move(type), std::move(attributes));
    m_casts.push_back({m_target.value(result).producer, value});
    return result;
}

ValueId Builder::requantTo(ValueId value, ValueId anchor, const std::string& userName,
                           TensorType type) {
    const double factor = m_target.value(value).type.uniform()->scale() / type.uniform()->scale();
    // Networks that bring their scales are requantised in their own arithmetic (dossier section 5.10).
    const bool own = m_source.attributes.string("module.state") == "TOP_QUANTIZED";
    const auto pair = own ? numeric::quantisedMultiplier(factor) : numeric::scaleShiftPositive(factor, 8);
    const bool zeros = own || m_target.value(value).type.uniform()->zeroPoint() != 0 || type.uniform()->zeroPoint() != 0;
    ir::AttributeMap attributes;
    attributes.set("multiplier", ir::Attribute::si32(pair.multiplier));
    attributes.set("rshift", ir::Attribute::si32(pair.shift));
    if (zeros) {
        attributes.set("quant_mode", ir::EnumAttr{"tpu", "rq_mode", own ? "TFLite_LShift" : "MultiplierShift"});
        attributes.set("round_mode", ir::EnumAttr{"tpu", "round_mode", "HalfAwayFromZero"});
    }
    std::string name = m_target.value(anchor).name + "_to_" + userName;
    if (const ValueId present = m_target.find(name); present != ir::kNoValue) return present;
    const ValueId result = m_target.add(zeros ? "tpu.RequantInt" : "tpu.MulShift", {value}, std::move(name), std::move(type),
                                        std::move(attributes));
    m_requants.push_back({m_target.value(result).producer, anchor});
    return result;
}

ir::Graph Builder::finish(const LowerOptions& options) {
    auto& a = m_target.attributes;
    a.set("module.addr_mode", "basic");
    a.set("module.asymmetric", m_options.asymmetric);
    a.set("module.chip", ops::spelling(m_options.chip));
    a.set("module.cores", 1);
    a.set("module.devices", 1);
    a.set("module.high_precision", false);
    a.set("module.mode", ops::spelling(m_options.module));
    a.set("module.q_group_size", 0);
    a.set("module.q_symmetric", false);
    a.set("module.state", "TPU_LOWERED");
    a.set("module.top_run_mode", a.string("module.top_run_mode", "STATIC"));
    std::string prefix =
        m_target.name + "_" + ops::spelling(m_options.chip) + "_" + ops::spelling(m_options.module);
    if (m_options.module == Precision::Int8) prefix += m_options.asymmetric ? "_asym" : "_sym";
    std::transform(prefix.begin() + static_cast<std::ptrdiff_t>(m_target.name.size()), prefix.end(),
                   prefix.begin() + static_cast<std::ptrdiff_t>(m_target.name.size()),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    a.set("module.weight_file",
          prefix + (m_mixed ? "_tpu_qtable_weights.npz" : "_tpu_weights.npz"));
    for (size_t i = 0; i < m_source.outputs.size(); ++i) {
        const ValueId value = lowered(m_source.outputs[i]);
        const auto& type = m_target.value(value).type;
        const bool isF32 = type.element == ElementType::F32 && type.uniform() == nullptr;
        if (isF32 || (options.quantOutput && isMeant(options.quantOutputs, i)) ||
            !(type.uniform() != nullptr || ir::isFloat(type.element))) {
            m_target.outputs.push_back(value);
            continue;
        }
        m_target.outputs.push_back(
            castTo(value, "", {ElementType::F32, type.shape, type.ranked, {}}));
    }
    ir::Graph result = ordered();
    if (options.quantInput) quantiseInputs(result, options.quantInputs);
    return result;
}

/// An input that is read by casts to one type only is given in that type: the casts go, and with them its name's twin.
void Builder::quantiseInputs(ir::Graph& graph, const std::set<size_t>& places) const {
    const std::vector<ValueId> inputs = graph.inputs();
    for (size_t i = 0; i < inputs.size(); ++i) {
        if (!isMeant(places, i)) continue;
        const ValueId input = inputs[i];
        const auto users = graph.users()[static_cast<size_t>(input)];
        const auto& first = graph.value(input).type;
        const bool isFloat = first.uniform() == nullptr && ir::isFloat(first.element);
        const auto castsAlike = [&](ir::NodeId id) {
            const auto& node = graph.node(id);
            return node.op == "tpu.Cast" &&
                   sameNumbers(graph.value(node.results[0]).type, graph.value(graph.node(users[0]).results[0]).type);
        };
        if (!isFloat || users.empty() || graph.isOutput(input) || !std::all_of(users.begin(), users.end(), castsAlike)) {
            if (isFloat && m_options.module != Precision::F32)
                m_context.diagnostics().warn(Code::PrecisionNotHonoured, "the input stays float: what reads it wants other types", graph.value(input).name);
            continue;
        }
        TensorType type = graph.value(graph.node(users[0]).results[0]).type;
        for (const ir::NodeId id : users) graph.replaceUses(graph.node(id).results[0], input);
        graph.value(input).type = std::move(type);
    }
    graph.eraseDead();
}

/// Casts and requants stand right behind the value that they convert: the vendor inserts each
/// directly after it, requants while lowering and casts afterwards, so the last one made comes
/// first.
ir::Graph Builder::ordered() const {
    std::vector<std::vector<ir::NodeId>> followers(m_target.values().size());
    std::vector<bool> follows(m_target.nodes().size(), false);
    for (const auto* list : {&m_casts, &m_requants}) {
        for (auto it = list->rbegin(); it != list->rend(); ++it) {
            followers[static_cast<size_t>(it->anchor)].push_back(it->node);
            follows[static_cast<size_t>(it->node)] = true;
        }
    }
    ir::Graph result;
    result.name = m_target.name;
    result.attributes = m_target.attributes;
    result.weights = m_target.weights;
    std::vector<ValueId> twins(m_target.values().size(), ir::kNoValue);
    const auto append = [&](ir::NodeId first) {
        std::vector<ir::NodeId> pending{first};
        while (!pending.empty()) {
            const auto& node = m_target.node(pending.back());
            pending.pop_back();
            std::vector<ValueId> operands;
            std::vector<std::string> names;
            std::vector<TensorType> types;
            for (const ValueId operand : node.operands)
                operands.push_back(operand == ir::kNoValue ? operand
                                                           : twins[static_cast<size_t>(operand)]);
            for (const ValueId value : node.results) {
                names.push_back(m_target.value(value).name);
                types.push_back(m_target.value(value).type);
            }
            const auto made = result.addNode(node.op, std::move(operands), std::move(names),
                                             std::move(types), node.attributes);
            for (size_t i = 0; i < node.results.size(); ++i) {
                const ValueId value = node.results[i];
                twins[static_cast<size_t>(value)] = result.node(made).results[i];
                const auto& next = followers[static_cast<size_t>(value)];
                pending.insert(pending.end(), next.rbegin(), next.rend());
            }
        }
    };
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(m_target.nodes().size()); ++id)
        if (!follows[static_cast<size_t>(id)]) append(id);
    for (const ValueId output : m_target.outputs)
        result.outputs.push_back(twins[static_cast<size_t>(output)]);
    result.eraseDead();
    return result;
}

} // namespace wb::quantise
