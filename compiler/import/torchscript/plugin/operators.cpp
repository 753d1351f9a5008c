// SPDX-License-Identifier: GPL-3.0-or-later
// The walk's arithmetic: constants computed, shapes found, nodes written.
#include "compiler/import/torchscript/plugin/walker.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>

namespace wb::torchscript {
namespace {

namespace jit = torch::jit;

std::string firstLine(const std::string& text) {
    const std::string line = text.substr(0, text.find('\n'));
    return line.size() > 300 ? line.substr(0, 300) + "…" : line;
}

Failure wrongShapes(const std::string& kind, const c10::Error& e, const std::string& node) {
    return Failure(Error{Code::ShapeMismatch, kind + " does not take operands of these shapes"}
                       .because(firstLine(e.what_without_backtrace()))
                       .atNode(node)
                       .remedy("give the shape that the network was made for: --input_shapes"));
}

/// Results that depend on shapes and types alone where the first operand is a constant.
bool isFitted(const std::string& kind) {
    static const std::set<std::string> kinds{"aten::type_as", "aten::to", "aten::expand_as", "aten::view_as", "aten::reshape_as"};
    return kinds.contains(kind);
}

/// Results of the shape of the first operand, which libtorch cannot tell without computing them.
bool keepsShape(const std::string& kind) {
    static const std::set<std::string> kinds{
        "aten::batch_norm", "aten::instance_norm", "aten::group_norm", "aten::layer_norm", "aten::hardtanh",
        "aten::hardtanh_", "aten::relu6", "aten::relu6_", "aten::prelu", "aten::dropout", "aten::dropout_", "aten::index_put", "aten::index_put_",
        "aten::feature_dropout", "aten::alpha_dropout", "aten::mish", "aten::mish_", "aten::hardswish",
        "aten::hardswish_", "aten::hardsigmoid", "aten::hardsigmoid_", "aten::celu", "aten::selu", "aten::log_sigmoid"};
    return kinds.contains(kind);
}

bool isConvolution(const std::string& kind) {
    static const std::set<std::string> kinds{"aten::_convolution", "aten::convolution", "aten::conv1d", "aten::conv2d",
                                             "aten::conv3d", "aten::conv_transpose1d", "aten::conv_transpose2d",
                                             "aten::conv_transpose3d"};
    return kinds.contains(kind);
}

std::vector<c10::IValue> execute(const jit::Node* node, std::vector<c10::IValue> stack) {
    const c10::FunctionSchema* schema = node->maybeSchema();
    if (schema != nullptr && schema->is_vararg()) stack.emplace_back(static_cast<int64_t>(stack.size()));
    node->getOperation()(stack);
    return stack;
}

/// The shape of a convolution's result, from one of the same window over one channel.
std::vector<c10::IValue> convolutionShape(const jit::Node* node, const std::string& kind, std::vector<c10::IValue> stack) {
    const c10::FunctionSchema& schema = node->schema();
    const at::Tensor x = stack.at(0).toTensor(), filter = stack.at(1).toTensor();
    int64_t groups = 1;
    bool transposed = kind.find("transpose") != std::string::npos;
    for (size_t i = 2; i < stack.size(); ++i) {
        const std::string& name = schema.arguments()[i].name();
        if (name == "groups") {
            groups = stack[i].toInt();
            stack[i] = int64_t{1};
        }
        if (name == "transposed") transposed = stack[i].toBool();
        if (name == "bias") stack[i] = c10::IValue();
    }
    const int64_t axes = filter.dim() - 2;
    const bool batched = x.dim() == filter.dim();
    TORCH_CHECK(axes >= 1 && (batched || x.dim() + 1 == filter.dim()), "a convolution of ", x.dim(), " axes with a filter of ", filter.dim());
    std::vector<int64_t> thin(x.sizes().begin(), x.sizes().end()), one(filter.sizes().begin(), filter.sizes().end());
    if (batched) thin[0] = 1;
    thin[batched ? 1 : 0] = 1;
    one[0] = one[1] = 1;
    stack[0] = at::zeros(thin);
    stack[1] = at::zeros(one);
    const at::Tensor y = execute(node, std::move(stack)).at(0).toTensor();
    std::vector<int64_t> shape(y.sizes().begin(), y.sizes().end());
    if (batched) shape[0] = x.size(0);
    shape[batched ? 1 : 0] = transposed ? filter.size(1) * groups : filter.size(0);
    return {at::empty(shape, x.options())};
}

/// Positions are integers; a network's inputs are taken as reals until something asks for more.
void makePositions(const std::string& kind, std::vector<c10::IValue>& stack) {
    const size_t at = kind == "aten::embedding" ? 1 : kind == "aten::gather" || kind == "aten::index_select" ? 2 : 0;
    if (at == 0 || at >= stack.size() || !stack[at].isTensor()) return;
    const at::Tensor positions = stack[at].toTensor();
    if (at::isFloatingType(positions.scalar_type()))
        stack[at] = at::empty(positions.sizes(), positions.options().dtype(at::kLong));
}

bool anyBool(const std::vector<c10::IValue>& stack) {
    const auto isBool = [](const at::Tensor& t) { return t.defined() && t.is_meta() && t.scalar_type() == at::kBool; };
    for (const c10::IValue& value : stack) {
        if (value.isTensor() && isBool(value.toTensor())) return true;
        if (value.isList())
            for (const c10::IValue& part : value.toListRef())
                if (part.isTensor() && isBool(part.toTensor())) return true;
    }
    return false;
}

bool givesTensors(const jit::Node* node) {
    const auto outputs = node->outputs();
    return std::all_of(outputs.begin(), outputs.end(), [](const jit::Value* v) {
        const auto list = v->type()->cast<c10::ListType>();
        return v->type()->isSubtypeOf(*c10::TensorType::get()) || (list && list->getElementType()->isSubtypeOf(*c10::TensorType::get()));
    });
}

} // namespace

bool dependsOnNumbers(const std::string& kind) {
    static const std::set<std::string> kinds{
        "aten::nonzero", "aten::nonzero_numpy", "aten::argwhere", "aten::masked_select", "aten::unique", "aten::_unique",
        "aten::_unique2", "aten::unique_dim", "aten::unique_consecutive", "aten::bincount", "aten::repeat_interleave",
        "aten::combinations", "aten::item", "aten::equal", "aten::allclose", "aten::is_nonzero", "aten::Bool", "aten::Int",
        "aten::Float", "aten::IntImplicit", "aten::FloatImplicit", "aten::ScalarImplicit", "aten::tolist", "prim::tolist"};
    return kinds.contains(kind);
}

bool isFilled(const std::string& kind) {
    static const std::set<std::string> kinds{"aten::zeros_like", "aten::ones_like", "aten::full_like", "aten::empty_like",
                                             "aten::new_zeros",  "aten::new_ones",  "aten::new_full",  "aten::new_empty"};
    return kinds.contains(kind);
}

bool Walker::isPure(const Node* node) const {
    const std::string kind = node->kind().toQualString();
    return node->maybeSchema() != nullptr && (!node->isNondeterministic() || kind.find("dropout") != std::string::npos) &&
           kind != "aten::save" && kind != "aten::from_file";
}

bool Walker::isConstantAnyway(const Node* node, const std::string& kind) const {
    const auto inputs = node->inputs();
    const auto all = [&](bool (Item::*test)() const) {
        return std::all_of(inputs.begin(), inputs.end(), [&](const jit::Value* v) { return (item(v).*test)(); });
    };
    if (inputs.empty() || !isPure(node)) return inputs.empty() && isPure(node);
    return all(&Item::isConstant) ||
           (all(&Item::isKnown) && (isFilled(kind) || (isFitted(kind) && item(inputs[0]).isConstant())));
}

void Walker::computeConstant(const Node* node) {
    std::vector<c10::IValue> stack;
    for (const jit::Value* input : node->inputs()) {
        stack.push_back(toIValue(item(input), input->type()));
        changeTensors(stack.back(), toZeros);
    }
    const c10::FunctionSchema& schema = node->schema();
    if (schema.is_mutable()) m_constants.clear(); // what was written before may differ from now on
    std::vector<c10::IValue> results;
    try {
        results = execute(node, std::move(stack));
    } catch (const c10::Error& e) {
        throw Failure(Error{Code::ModelDamaged, std::string(node->kind().toQualString()) + " of constants cannot be computed"}
                          .because(firstLine(e.what_without_backtrace()))
                          .atNode(node->outputs().empty() ? "" : resultName(node->output(0))));
    }
    const bool unset = std::string_view(node->kind().toQualString()).find("empty") != std::string_view::npos;
    for (size_t i = 0; i < node->outputs().size() && i < results.size(); ++i) {
        if (unset && results[i].isTensor()) results[i].toTensor().zero_(); // equal files give equal networks
        bind(node->output(i), fromIValue(results[i], resultName(node->output(i))));
    }
}

std::vector<c10::IValue> Walker::shapesOf(const Node* node, const std::string& kind) {
    std::vector<c10::IValue> stack;
    for (const jit::Value* input : node->inputs()) {
        if (!item(input).isKnown()) return {};
        stack.push_back(toIValue(item(input), input->type()));
    }
    if (node->maybeSchema() == nullptr || !node->blocks().empty()) return {};
    // Repeats that are known now decide the shape.
    const bool repeats = kind == "aten::repeat_interleave" && node->inputs().size() > 1 && item(node->input(1)).isConstant();
    if (dependsOnNumbers(kind) && !repeats) return {};
    if (kind.find("index") != std::string::npos && anyBool(stack)) return {};
    if (keepsShape(kind) && stack.front().isTensor()) {
        const at::Tensor x = stack.front().toTensor();
        return {at::empty(x.sizes(), x.options().device(at::kMeta))};
    }
    makePositions(kind, stack);
    try {
        if (isConvolution(kind)) {
            for (size_t i = 0; i < 2; ++i)
                changeTensors(stack[i], toMeta);
            return convolutionShape(node, kind, std::move(stack));
        }
        if (!repeats) {
            std::vector<c10::IValue> shapes = stack;
            for (c10::IValue& value : shapes)
                changeTensors(value, toMeta);
            return execute(node, std::move(shapes));
        }
    } catch (const c10::Error& e) {
        if (!givesTensors(node) || node->outputs().empty()) return {};
        if (isConvolution(kind)) throw wrongShapes(kind, e, resultName(node->output(0)));
    }
    // Some operators have no shape rule of their own: then numbers are computed, from zeros.
    try {
        for (c10::IValue& value : stack)
            changeTensors(value, toZeros);
        std::vector<c10::IValue> results = execute(node, std::move(stack));
        for (c10::IValue& value : results)
            changeTensors(value, toMeta);
        return results;
    } catch (const c10::Error& e) {
        throw wrongShapes(kind, e, resultName(node->output(0)));
    }
}

std::string Walker::constantName(const at::Tensor& tensor, std::string hint) {
    if (const auto it = m_constants.find(tensor.unsafeGetTensorImpl()); it != m_constants.end()) return it->second;
    std::string name = hint.empty() ? "constant" : hint;
    for (int i = 1; !m_names.insert(name).second; ++i)
        name = hint + "_" + std::to_string(i);
    at::Tensor plain = tensor.detach().to(at::kCPU);
    if (plain.layout() != at::kStrided) plain = plain.to_dense();
    if (plain.is_quantized()) plain = plain.dequantize();
    if (plain.scalar_type() == at::kHalf || plain.scalar_type() == at::kBFloat16) plain = plain.to(at::kFloat);
    plain = plain.contiguous();
    m_writer.tag(Record::Constant);
    m_writer.text(name);
    m_writer.number(static_cast<uint8_t>(plain.scalar_type()));
    m_writer.numbers(std::vector<int64_t>(plain.sizes().begin(), plain.sizes().end()));
    m_writer.number<uint64_t>(plain.nbytes());
    m_writer.bytes(plain.data_ptr(), plain.nbytes());
    m_constants[tensor.unsafeGetTensorImpl()] = name;
    m_alive.push_back(tensor);
    return name;
}

std::string Walker::newest(std::string name) const {
    for (auto it = m_current.find(name); it != m_current.end(); it = m_current.find(name))
        name = it->second;
    return name;
}

std::string Walker::operandName(const Item& operand, const std::string& hint) {
    if (operand.kind == Item::Kind::Constant)
        return operand.constant.isTensor() && operand.constant.toTensor().defined()
                   ? constantName(operand.constant.toTensor(), operand.name.empty() ? hint : operand.name) : "";
    const std::string name = newest(operand.name);
    if (const auto stale = m_stale.find(name); stale != m_stale.end())
        throw Failure(Error{Code::UnsupportedAttribute, "'" + name + "' is changed in place through '" + stale->second + "' and used again"}
                          .atNode(name)
                          .remedy("export the network without changes in place of parts of a tensor"));
    return name;
}

void Walker::addArgument(OutputNode& out, const c10::Argument* argument, const Item& operand, const std::string& hint) {
    const std::string key = argument == nullptr ? hint : argument->name();
    if (operand.isRuntime()) {
        out.inputs.push_back(operandName(operand, hint));
        return;
    }
    const c10::IValue& value = operand.constant;
    if (operand.isMany()) {
        const auto& parts = *operand.parts;
        const auto is = [&](auto test) { return !parts.empty() && std::all_of(parts.begin(), parts.end(), [&](const Item& p) { return p.kind == Item::Kind::Constant && test(p.constant); }); };
        const bool tensors = std::any_of(parts.begin(), parts.end(), [](const Item& p) { return p.isRuntime() || p.constant.isTensor(); });
        if (tensors) {
            for (size_t i = 0; i < parts.size(); ++i)
                out.inputs.push_back(operandName(parts[i], hint + "_" + std::to_string(i)));
        } else if (parts.empty() || is([](const c10::IValue& v) { return v.isInt() || v.isBool(); })) {
            std::vector<int64_t> values;
            for (const Item& part : parts)
                values.push_back(*constantInt(part));
            out.attributes.emplace_back(key, std::move(values));
        } else if (is([](const c10::IValue& v) { return v.isScalar(); })) {
            std::vector<double> values;
            for (const Item& part : parts)
                values.push_back(part.constant.toScalar().toDouble());
            out.attributes.emplace_back(key, std::move(values));
        }
        return;
    }
    if (value.isTensor()) out.inputs.push_back(operandName(operand, hint));
    else if (value.isInt()) out.attributes.emplace_back(key, value.toInt());
    else if (value.isBool()) out.attributes.emplace_back(key, int64_t{value.toBool() ? 1 : 0});
    else if (value.isDouble()) out.attributes.emplace_back(key, value.toDouble());
    else if (value.isString()) out.attributes.emplace_back(key, value.toStringRef());
    else if (value.isNone() && argument != nullptr) {
        // An absent tensor keeps its place.
        const auto optional = argument->type()->cast<c10::OptionalType>();
        if (optional && optional->getElementType()->isSubtypeOf(*c10::TensorType::get())) out.inputs.emplace_back();
    }
}

void Walker::addResults(const Node* node, OutputNode& out, const std::vector<c10::IValue>& shapes) {
    std::vector<int64_t> listed;
    bool known = !shapes.empty();
    int64_t integer = 0;
    const auto note = [&](const at::Tensor& meta) {
        if (!meta.defined()) {
            known = false;
            return;
        }
        if (listed.empty()) integer = wholeNumbers(meta.scalar_type());
        listed.push_back(meta.dim());
        listed.insert(listed.end(), meta.sizes().begin(), meta.sizes().end());
    };
    for (size_t i = 0; i < node->outputs().size(); ++i) {
        const jit::Value* value = node->output(i);
        const std::string name = resultName(value);
        if (i < shapes.size() && shapes[i].isTensorList()) {
            // The parts are called what the list is unpacked into, if it is.
            const auto& uses = value->uses();
            const auto unpacked = std::find_if(uses.begin(), uses.end(), [](const jit::Use& use) {
                return use.user->kind() == c10::prim::ListUnpack;
            });
            std::vector<Item> parts;
            const c10::List<at::Tensor> metas = shapes[i].toTensorList();
            for (size_t k = 0; k < metas.size(); ++k) {
                const bool named = unpacked != uses.end() && k < unpacked->user->outputs().size();
                const std::string part = named ? resultName(unpacked->user->output(k)) : name + "_" + std::to_string(k);
                out.outputs.push_back(part);
                note(metas.get(k));
                parts.push_back(Item::runtime(part, toMeta(metas.get(k))));
            }
            bind(value, Item::many(std::move(parts)));
            continue;
        }
        const bool tensor = i < shapes.size() && shapes[i].isTensor() && shapes[i].toTensor().defined();
        out.outputs.push_back(i > 0 && value->uses().empty() ? "" : name);
        if (tensor) note(shapes[i].toTensor());
        else known = false;
        bind(value, Item::runtime(name, tensor ? toMeta(shapes[i].toTensor()) : at::Tensor()));
    }
    if (!known) return;
    out.attributes.emplace_back(kShapesKey, std::move(listed));
    out.attributes.emplace_back(kIntegerKey, integer);
}

void Walker::emit(const Node* node, const std::string& kind, const std::vector<c10::IValue>& shapes) {
    OutputNode out;
    const c10::FunctionSchema* schema = node->maybeSchema();
    for (size_t i = 0; i < node->inputs().size(); ++i) {
        const bool named = schema != nullptr && i < schema->arguments().size();
        const std::string hint = node->input(i)->debugName() + m_suffix;
        addArgument(out, named ? &schema->arguments()[i] : nullptr, item(node->input(i)), hint);
    }
    const Item target = node->inputs().empty() ? Item() : item(node->input(0));
    const std::string changed = target.isRuntime() && !target.name.empty() ? newest(target.name) : "";
    out.kind = changeInPlace(node, kind);
    addResults(node, out, shapes);
    noteView(node);
    for (const std::string& output : out.outputs)
        if (!output.empty() && !m_names.insert(output).second)
            throw Failure(Error{Code::ModelDamaged, "two steps of the network give '" + output + "'"}.atNode(output));
    m_writer.node(out);
    if (out.kind == kind) return;
    const Item& result = item(node->output());
    if (target.isRuntime()) writeBack(changed, result.name);
    else if (target.constant.isTensor()) changeConstant(target.constant.toTensor(), result);
}

} // namespace wb::torchscript
