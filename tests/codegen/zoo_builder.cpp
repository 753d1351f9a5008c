// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/codegen/zoo_builder.h"

#include "compiler/ops/op_def.h"
#include "tests/support/shared_data.h"

#include <cmath>

namespace wb::test {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;

namespace {

std::vector<int64_t> padsOf(const ZooBuilder::Window& w) {
    if (!w.pads.empty()) return w.pads;
    std::vector<int64_t> pads;
    for (size_t i = 0; i < w.kernel.size(); ++i)
        pads.push_back((w.kernel[i] - 1) * w.dilation[i] / 2);
    pads.insert(pads.end(), pads.begin(), pads.begin() + static_cast<int64_t>(w.kernel.size()));
    return pads;
}

} // namespace

ZooBuilder::ZooBuilder(Shape input) {
    m_graph.name = "zoo";
    m_input = m_graph.add("top.Input", {}, "x", {ElementType::F32, std::move(input), true, {}});
}

ZooBuilder::Id ZooBuilder::op(const std::string& name, std::vector<Id> operands, Attributes attributes) {
    if (m_error) return m_input;
    ir::AttributeMap map;
    for (const auto& [key, value] : attributes)
        map.set(key, value);
    const std::string result = name.substr(4) + std::to_string(++m_count);
    const Id id = m_graph.add(name, std::move(operands), result, {ElementType::F32, {}, false, {}}, std::move(map));
    const ops::OpDef* def = ops::opTable().find(name);
    const ir::Node& node = m_graph.node(m_graph.value(id).producer);
    auto types = def == nullptr ? Result<std::vector<ir::TensorType>>(Error{Code::Internal, "no operator " + name})
                                : def->infer(m_graph, node);
    if (!types) {
        m_error = types.error();
        return m_input;
    }
    m_graph.value(id).type = types->front();
    m_graph.value(id).type.ranked = true;
    return id;
}

ZooBuilder::Id ZooBuilder::weight(Shape shape, float low, float high) {
    Random random(static_cast<uint64_t>(++m_count));
    ir::Tensor tensor(ElementType::F32, std::move(shape));
    for (int64_t i = 0; i < tensor.elementCount(); ++i)
        tensor.mutableData<float>()[i] = random.real(low, high);
    return m_graph.addWeight("weight" + std::to_string(m_count), tensor);
}

ZooBuilder::Id ZooBuilder::constant(ir::Tensor tensor) {
    return m_graph.addWeight("weight" + std::to_string(++m_count), std::move(tensor));
}

ZooBuilder::Id ZooBuilder::conv(Id in, int64_t channels, const Window& w) {
    const int64_t own = shape(in)[1] / w.group;
    const float size = 2.0F / std::sqrt(static_cast<float>(own * w.kernel[0] * w.kernel[1]));
    const Id filter = weight({channels, own, w.kernel[0], w.kernel[1]}, -size, size), bias = weight({channels}, -0.4F, 0.4F);
    return op("top.Conv", {in, filter, bias},
              {{"dilations", Attribute::ints(w.dilation)}, {"do_relu", w.relu}, {"dynweight_reorderd", false},
               {"group", w.group}, {"kernel_shape", Attribute::ints(w.kernel)}, {"pads", Attribute::ints(padsOf(w))},
               {"relu_limit", -1.0}, {"strides", Attribute::ints(w.stride)}, {"weight_is_coeff", 1}});
}

ZooBuilder::Id ZooBuilder::deconv(Id in, int64_t channels, const Window& w, std::vector<int64_t> outputPadding) {
    const float size = 2.0F / std::sqrt(static_cast<float>(shape(in)[1] / w.group));
    const Id filter = weight({channels / w.group, shape(in)[1], w.kernel[0], w.kernel[1]}, -size, size);
    if (outputPadding.empty()) outputPadding = {0, 0};
    return op("top.Deconv", {in, filter, weight({channels}, -0.4F, 0.4F)},
              {{"dilations", Attribute::ints(w.dilation)}, {"do_relu", w.relu}, {"dynweight_reorderd", false},
               {"group", w.group}, {"kernel_shape", Attribute::ints(w.kernel)}, {"output_padding", Attribute::ints(outputPadding)},
               {"pads", Attribute::ints(w.pads.empty() ? std::vector<int64_t>(4, 0) : w.pads)}, {"relu_limit", -1.0},
               {"strides", Attribute::ints(w.stride)}});
}

ZooBuilder::Id ZooBuilder::maxPool(Id in, const Window& w) {
    return op("top.MaxPool", {in}, {{"kernel_shape", Attribute::ints(w.kernel)}, {"strides", Attribute::ints(w.stride)},
                                    {"pads", Attribute::ints(padsOf(w))}, {"ceil_mode", false}, {"keepdims", true},
                                    {"count_include_pad", false}, {"do_relu", false}, {"relu_limit", -1.0}});
}

ZooBuilder::Id ZooBuilder::averagePool(Id in, const Window& w, bool countPadding) {
    return op("top.AvgPool", {in}, {{"kernel_shape", Attribute::ints(w.kernel)}, {"strides", Attribute::ints(w.stride)},
                                    {"pads", Attribute::ints(padsOf(w))}, {"ceil_mode", false}, {"keepdims", true},
                                    {"count_include_pad", countPadding}, {"do_relu", false}, {"relu_limit", -1.0}});
}

ZooBuilder::Id ZooBuilder::globalPool(Id in) {
    return averagePool(in, {.kernel = {shape(in)[2], shape(in)[3]}, .pads = {0, 0, 0, 0}});
}

ZooBuilder::Id ZooBuilder::dense(Id in, int64_t columns) {
    const int64_t inner = shape(in).back();
    const float size = 2.0F / std::sqrt(static_cast<float>(inner));
    return op("top.MatMul", {in, weight({inner, columns}, -size, size), weight({columns}, -0.4F, 0.4F)},
              {{"do_relu", false}, {"relu_limit", -1.0}, {"right_transpose", false}, {"left_transpose", false},
               {"output_transpose", false}, {"hdim_is_batch", false}, {"keep_dims", true}});
}

ZooBuilder::Id ZooBuilder::reshape(Id in, Shape shape) {
    return op("top.Reshape", {in}, {{"shape", Attribute::ints(shape)}, {"flatten_start_dim", -1}});
}
ZooBuilder::Id ZooBuilder::permute(Id in, std::vector<int64_t> order) {
    return op("top.Permute", {in}, {{"order", Attribute::ints(order)}});
}
ZooBuilder::Id ZooBuilder::concat(std::vector<Id> in, int64_t axis) {
    return op("top.Concat", std::move(in), {{"axis", axis}, {"do_relu", false}, {"relu_limit", -1.0}});
}
ZooBuilder::Id ZooBuilder::add(Id a, Id b, bool relu) {
    return op("top.Add", {a, b}, {{"do_relu", relu}, {"relu_limit", -1.0}, {"is_scalar", false}});
}
ZooBuilder::Id ZooBuilder::mul(Id a, Id b) {
    return op("top.Mul", {a, b}, {{"do_relu", false}, {"relu_limit", -1.0}, {"is_scalar", false}});
}

std::vector<std::string> ZooBuilder::layers() const {
    std::vector<std::string> names;
    for (const ir::Node& node : m_graph.nodes())
        if (node.op != "top.Weight" && node.op != "top.Input") names.push_back(m_graph.value(node.results[0]).name);
    return names;
}

Result<std::shared_ptr<const ir::Graph>> ZooBuilder::lower(std::vector<Id> outputs, ops::Precision precision,
                                                           const quantise::PrecisionTable& precisions, bool asymmetric) {
    if (m_error) return *m_error;
    m_graph.outputs = std::move(outputs);
    quantise::RangeTable ranges;
    if (precision == ops::Precision::Int8)
        for (const ir::Value& value : m_graph.values())
            if (m_graph.weight(m_graph.find(value.name)) == nullptr) ranges[value.name] = asymmetric ? quantise::RangeTable::mapped_type{2.5, -1.5, 2.5}
                                                                                         : quantise::RangeTable::mapped_type{2, -2, 2};
    quantise::LowerOptions options;
    options.target.module = precision;
    options.target.asymmetric = asymmetric;
    JobContext context;
    WB_ASSIGN(auto lowered, quantise::lower(m_graph, ranges, precisions, options, context));
    return lowered.graph;
}

} // namespace wb::test
