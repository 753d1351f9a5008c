// SPDX-License-Identifier: GPL-3.0-or-later
// Small graphs for the executor's tests, built by hand with seeded random weights.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/ops/op_def.h"

#include <random>

namespace wb::test {

class GraphMaker {
public:
    explicit GraphMaker(unsigned seed = 7) : m_engine(seed) {}

    ir::Tensor random(ir::Shape shape, float low = -1, float high = 1) {
        ir::Tensor tensor(ir::ElementType::F32, std::move(shape));
        std::uniform_real_distribution<float> spread(low, high);
        float* data = tensor.mutableData<float>();
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            data[i] = spread(m_engine);
        return tensor;
    }

    ir::ValueId input(std::string name, ir::Shape shape) {
        ir::TensorType type;
        type.shape = std::move(shape);
        return graph.add("top.Input", {}, std::move(name), type);
    }

    /// Result type by the operator's own shape rule; ends the program if the rule refuses.
    ir::ValueId op(std::string kind, std::vector<ir::ValueId> operands, std::string name,
                   ir::AttributeMap attributes = {}) {
        const ir::ValueId value = graph.add(kind, std::move(operands), std::move(name), {}, std::move(attributes));
        const ir::NodeId node = graph.value(value).producer;
        auto types = ops::opTable().find(kind)->infer(graph, graph.node(node));
        if (!types) qFatal("%s", toText(types.error()).c_str());
        graph.value(value).type = types->front();
        return value;
    }

    ir::ValueId conv(ir::ValueId x, int64_t channels, int64_t kernel, std::string name, int64_t stride = 1,
                     int64_t group = 1, bool relu = false) {
        const ir::ValueId filter =
            graph.addWeight(name + "_w", random({channels, graph.value(x).type.shape[1] / group, kernel, kernel}, -0.3f, 0.3f));
        const ir::ValueId bias = graph.addWeight(name + "_b", random({channels}));
        ir::AttributeMap a;
        a.set("kernel_shape", ir::Attribute::ints({kernel, kernel}));
        a.set("strides", ir::Attribute::ints({stride, stride}));
        a.set("dilations", ir::Attribute::ints({1, 1}));
        const int64_t pad = kernel / 2;
        a.set("pads", ir::Attribute::ints({pad, pad, pad, pad}));
        a.set("group", group);
        a.set("do_relu", relu);
        a.set("relu_limit", -1.0);
        return op("top.Conv", {x, filter, bias}, std::move(name), a);
    }

    ir::ValueId concat(std::vector<ir::ValueId> parts, std::string name, int64_t axis = 1) {
        ir::AttributeMap a;
        a.set("axis", ir::Attribute::si32(axis));
        return op("top.Concat", std::move(parts), std::move(name), a);
    }

    /// A network with what detectors have: convolutions and activations that fuse, an addition, a pooling
    /// pyramid, an upsampling, nested concatenations, a head that is reshaped, values that are outputs too.
    std::shared_ptr<const ir::Graph> detector(int64_t size = 24) {
        const ir::ValueId x = input("data", {1, 3, size, size});
        const ir::ValueId c1 = op("top.SiLU", {conv(x, 16, 3, "c1", 2)}, "a1");
        const ir::ValueId c2 = op("top.SiLU", {conv(c1, 16, 3, "c2")}, "a2");
        const ir::ValueId sum = op("top.Add", {c1, c2}, "sum");
        const ir::ValueId dw = op("top.Relu", {conv(sum, 16, 3, "dw", 1, 16)}, "dwr");
        ir::AttributeMap pool;
        pool.set("kernel_shape", ir::Attribute::ints({5, 5}));
        pool.set("strides", ir::Attribute::ints({1, 1}));
        pool.set("pads", ir::Attribute::ints({2, 2, 2, 2}));
        const ir::ValueId p1 = op("top.MaxPool", {dw}, "p1", pool);
        const ir::ValueId p2 = op("top.MaxPool", {p1}, "p2", pool);
        const ir::ValueId cat = concat({dw, p1, p2}, "cat");
        const ir::ValueId odd = conv(cat, 21, 1, "odd");
        const ir::ValueId down = op("top.LeakyRelu", {conv(odd, 24, 3, "down", 2)}, "downr", leaky());
        ir::AttributeMap up;
        up.set("scale_h", int64_t{2});
        up.set("scale_w", int64_t{2});
        const ir::ValueId wide = op("top.Upsample", {down}, "wide", up);
        const ir::ValueId nested = concat({cat, wide}, "nested");
        const ir::ValueId raggedy = concat({odd, nested}, "raggedy");
        const ir::ValueId head = conv(raggedy, 18, 1, "head");
        ir::AttributeMap shape;
        shape.set("shape", ir::Attribute::ints({1, 3, 6, -1}));
        const ir::ValueId flat = op("top.Reshape", {head}, "flat", shape);
        ir::AttributeMap order;
        order.set("order", ir::Attribute::ints({0, 1, 3, 2}));
        const ir::ValueId turned = op("top.Permute", {flat}, "turned", order);
        const ir::ValueId scores = op("top.Sigmoid", {turned}, "scores");
        graph.outputs = {scores, down, flat};
        return std::make_shared<const ir::Graph>(graph);
    }

    static ir::AttributeMap leaky() {
        ir::AttributeMap a;
        a.set("alpha", 0.1);
        return a;
    }

    ir::Graph graph;

private:
    std::mt19937 m_engine;
};

inline double distance(const ir::Tensor& a, const ir::Tensor& b) {
    if (a.shape() != b.shape() || a.type() != b.type()) return INFINITY;
    double most = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i) {
        const double x = a.data<float>()[i];
        const double y = b.data<float>()[i];
        const double d = std::fabs(x - y) / std::max({1.0, std::fabs(x), std::fabs(y)});
        if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
    }
    return most;
}

} // namespace wb::test
