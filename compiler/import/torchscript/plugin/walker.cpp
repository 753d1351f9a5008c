// SPDX-License-Identifier: GPL-3.0-or-later
// The walk: structure, branches and loops. Arithmetic is in operators.cpp.
#include "compiler/import/torchscript/plugin/walker.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/ir.h>

#include <algorithm>

namespace wb::torchscript {
namespace {

namespace jit = torch::jit;

/// A network has thousands of steps; more than this is a loop that does not end.
constexpr int64_t kMaxSteps = int64_t{1} << 22;

Item noneItem(const std::string& name) { return Item::constantOf(c10::IValue(), name); }

/// Values that pass through unchanged, as far as inference sees them.
bool isAlias(const std::string& kind) {
    static const std::set<std::string> kinds{"prim::unchecked_cast", "prim::unchecked_unwrap_optional",
                                             "aten::_unwrap_optional", "prim::data", "prim::profile",
                                             "prim::TensorExprDynamicGuard", "aten::__getattr__"};
    return kinds.contains(kind);
}

} // namespace

const Item& Walker::item(const jit::Value* value) const {
    const auto it = m_items.find(value);
    if (it == m_items.end())
        throw Failure(Error{Code::ModelDamaged, "nothing gives the value '" + value->debugName() + "'"});
    return it->second;
}

std::string Walker::resultName(const jit::Value* value) const {
    const auto given = m_given.find(value);
    return (given == m_given.end() ? value->debugName() : given->second) + m_suffix;
}

void Walker::run(const jit::Block* block) {
    for (const Node* node : block->nodes())
        step(node);
}

void Walker::step(const Node* node) {
    const std::string kind = node->kind().toQualString();
    if (++m_steps > kMaxSteps)
        throw Failure(Error{Code::ModelDamaged, "the network has a loop of millions of steps"}.atNode(kind));
    if (kind == "prim::If") return branch(node);
    if (kind == "prim::Loop") return loop(node);
    if (structure(node, kind) || listWork(node, kind) || knownAnswer(node, kind)) return;
    if (isConstantAnyway(node, kind)) return computeConstant(node);
    if (kind.starts_with("quantized::") || kind.starts_with("aten::quantize_per_"))
        throw Failure(Error{Code::UnsupportedOperators, "the network computes with quantised numbers (" + kind + ")"}
                          .atNode(node->outputs().empty() ? "" : resultName(node->output(0)))
                          .remedy("export the network before it is converted, and quantise it here (calibrate, deploy)")
                          .remedy("export it as ONNX with QuantizeLinear and DequantizeLinear"));
    if (inParts(node, kind)) return;
    const std::vector<c10::IValue> shapes = shapesOf(node, kind);
    // A result that is no tensor follows from shapes alone: a size, a number of axes, an element type.
    const bool plain = !shapes.empty() && std::all_of(shapes.begin(), shapes.end(), [](const c10::IValue& v) {
        return !v.isTensor() && !v.isTensorList();
    });
    if (!plain) return emit(node, kind, shapes);
    for (size_t i = 0; i < shapes.size(); ++i)
        bind(node->output(i), fromIValue(shapes[i], resultName(node->output(i))));
}

bool Walker::structure(const Node* node, const std::string& kind) {
    if (kind == "prim::Constant") {
        const auto value = jit::toIValue(node->output());
        bind(node->output(), value ? fromIValue(*value, resultName(node->output())) : noneItem(resultName(node->output())));
        return true;
    }
    if (kind == "prim::GetAttr") {
        const Item owner = item(node->input());
        const std::string& name = node->s(torch::jit::attr::name);
        if (owner.kind != Item::Kind::Constant || !owner.constant.isObject())
            throw Failure(Error{Code::ModelDamaged, "'" + name + "' is an attribute of something computed"}.atNode(resultName(node->output())));
        const std::string path = owner.name.empty() ? name : owner.name + "." + name;
        const auto set = m_attributes.find({owner.constant.toObject().get(), name});
        const c10::IValue held = set != m_attributes.end() ? c10::IValue() : owner.constant.toObject()->getAttr(name);
        if (held.isTensor() && held.toTensor().defined() && held.toTensor().has_storage() &&
            std::any_of(m_overwritten.begin(), m_overwritten.end(), [&](const at::Tensor& t) { return t.is_alias_of(held.toTensor()); }))
            throw Failure(Error{Code::UnsupportedAttribute, "'" + path + "' is changed in place and read again"}
                              .atNode(resultName(node->output()))
                              .remedy("export the network without changes in place of its parameters"));
        bind(node->output(), set != m_attributes.end() ? set->second : fromIValue(held, path));
        return true;
    }
    if (kind == "prim::SetAttr") {
        const Item owner = item(node->input(0));
        if (owner.kind != Item::Kind::Constant || !owner.constant.isObject()) return false;
        m_attributes[{owner.constant.toObject().get(), node->s(torch::jit::attr::name)}] = item(node->input(1));
        return true;
    }
    if (kind == "prim::ListConstruct" || kind == "prim::TupleConstruct") {
        std::vector<Item> parts;
        for (const jit::Value* input : node->inputs())
            parts.push_back(item(input));
        bind(node->output(), Item::many(std::move(parts)));
        return true;
    }
    if (kind == "prim::DictConstruct") {
        Item dict = Item::many({});
        dict.keys = std::make_shared<std::vector<c10::IValue>>();
        for (size_t i = 0; i + 1 < node->inputs().size(); i += 2) {
            if (!item(node->input(i)).isConstant()) return false;
            dict.keys->push_back(toIValue(item(node->input(i)), node->input(i)->type()));
            dict.parts->push_back(item(node->input(i + 1)));
        }
        bind(node->output(), std::move(dict));
        return true;
    }
    if (kind == "prim::ListUnpack" || kind == "prim::TupleUnpack") {
        unpack(node);
        return true;
    }
    if (kind == "prim::Print" || kind == "aten::warn" || kind == "prim::CreateObject") {
        if (!node->outputs().empty()) return false;
        return true;
    }
    if (kind == "prim::RaiseException")
        throw Failure(Error{Code::UnsupportedAttribute, "the network itself refuses an input of this shape"}.remedy("give the shape it was made for: --input_shapes"));
    if (kind == "prim::Uninitialized") { // what a branch that is not taken would have given
        bind(node->output(), noneItem(resultName(node->output())));
        return true;
    }
    if (kind == "prim::isinstance") {
        const Item& asked = item(node->input());
        const c10::TypePtr type = asked.kind == Item::Kind::Constant ? asked.constant.type()
                                  : asked.isRuntime() ? c10::TypePtr(c10::TensorType::get()) : node->input()->type();
        const auto& types = node->tys(torch::jit::attr::types);
        const bool is = std::any_of(types.begin(), types.end(), [&](const c10::TypePtr& t) { return type->isSubtypeOf(*t); });
        bind(node->output(), Item::constantOf(is, resultName(node->output())));
        return true;
    }
    if (isAlias(kind) && !node->inputs().empty() && node->outputs().size() == 1) {
        bind(node->output(), item(node->input(0)));
        return true;
    }
    return false;
}

void Walker::unpack(const Node* node) {
    const Item whole = item(node->input());
    if (!whole.isMany()) { // what it was taken from is not known: so are its parts
        for (const jit::Value* output : node->outputs())
            bind(output, Item::runtime(whole.isRuntime() ? whole.name : resultName(output), {}));
        return;
    }
    if (whole.parts->size() != node->outputs().size())
        throw Failure(Error{Code::ModelDamaged, std::to_string(node->outputs().size()) + " values are taken from a list of " +
                                                    std::to_string(whole.parts->size())}
                          .atNode(node->outputs().empty() ? "" : resultName(node->output(0))));
    for (size_t i = 0; i < whole.parts->size(); ++i)
        bind(node->output(i), (*whole.parts)[i]);
}

bool Walker::knownAnswer(const Node* node, const std::string& kind) {
    const auto say = [&](c10::IValue value) {
        bind(node->output(), Item::constantOf(std::move(value), resultName(node->output())));
        return true;
    };
    if (kind == "aten::__is__" || kind == "aten::__isnot__") {
        const bool nones[] = {item(node->input(0)).constant.isNone() && item(node->input(0)).kind == Item::Kind::Constant,
                              item(node->input(1)).constant.isNone() && item(node->input(1)).kind == Item::Kind::Constant};
        if (!nones[0] && !nones[1]) return false;
        return say((nones[0] && nones[1]) == (kind == "aten::__is__"));
    }
    if (node->inputs().empty() || !item(node->input(0)).isRuntime()) return false;
    // The stand-ins for shapes live on a device of their own; the network runs on the processor.
    if (kind == "prim::device") return say(c10::Device(c10::kCPU));
    if (kind == "aten::is_cuda" || kind == "prim::is_cuda" || kind == "prim::requires_grad" || kind == "prim::is_mkldnn" ||
        kind == "prim::is_quantized" || kind == "prim::is_sparse")
        return say(false);
    if (kind == "aten::is_contiguous") return say(true);
    return false;
}

void Walker::branch(const Node* node) {
    const auto condition = constantInt(item(node->input()));
    if (!condition) {
        OutputNode out;
        out.kind = "prim::If";
        addResults(node, out, {});
        out.inputs.push_back(item(node->input()).name);
        m_writer.node(out);
        return;
    }
    const jit::Block* taken = node->blocks()[*condition != 0 ? 0 : 1];
    run(taken);
    for (size_t i = 0; i < node->outputs().size(); ++i)
        bind(node->output(i), Item(item(taken->outputs()[i])));
}

void Walker::loop(const Node* node) {
    const auto trips = constantInt(item(node->input(0)));
    auto going = constantInt(item(node->input(1)));
    const jit::Block* body = node->blocks()[0];
    std::vector<Item> carried;
    for (size_t i = 2; i < node->inputs().size(); ++i)
        carried.push_back(item(node->input(i)));
    const std::string outer = m_suffix;
    for (int64_t trip = 0; trips && going && *going != 0 && trip < *trips; ++trip) {
        if (trip > 0) m_suffix = outer + "_" + std::to_string(trip);
        ++m_steps;
        bind(body->inputs()[0], Item::constantOf(trip, ""));
        for (size_t i = 0; i < carried.size(); ++i)
            bind(body->inputs()[i + 1], carried[i]);
        run(body);
        going = constantInt(item(body->outputs()[0]));
        for (size_t i = 0; i < carried.size(); ++i)
            carried[i] = item(body->outputs()[i + 1]);
    }
    m_suffix = outer;
    if (!trips || !going) { // how often is known only at run time
        OutputNode out;
        out.kind = "prim::Loop";
        addResults(node, out, {});
        for (const Item& each : carried)
            if (each.isRuntime()) out.inputs.push_back(each.name);
        m_writer.node(out);
        return;
    }
    for (size_t i = 0; i < carried.size(); ++i)
        bind(node->output(i), carried[i]);
}

std::vector<std::string> Walker::tensorNames(const jit::Value* value) {
    std::vector<std::string> names;
    const auto add = [&](auto& self, const Item& each) -> void {
        if (each.isMany()) {
            for (const Item& part : *each.parts)
                self(self, part);
        } else if (const std::string name = operandName(each, value->debugName()); !name.empty()) {
            names.push_back(name);
        }
    };
    add(add, item(value));
    return names;
}

} // namespace wb::torchscript
