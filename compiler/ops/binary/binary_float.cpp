// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of arithmetic on two or more values, and on a value and a number.
#include "compiler/ops/binary/binary_kinds.h"
#include "compiler/ops/float_kernel.h"

#include <cmath>
#include <cstring>

namespace wb::ops {
namespace {

using kernels::Binary;
using kernels::Unary;
using kernels::UnaryOp;

/// Equal shapes may lie in any layout, as element i meets element i; a constant lies in Plain.
bool sameShapes(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& shape = graph.value(node.results[0]).type.shape;
    for (ir::ValueId id : node.operands)
        if (graph.value(id).type.shape != shape || graph.weight(id) != nullptr) return false;
    return true;
}

std::vector<Layout> layoutsBinary(const ir::Graph& graph, const ir::Node& node) {
    if (sameShapes(graph, node)) return anyLayout(graph, node);
    return {Layout::Plain};
}

struct Term {
    kernels::BroadcastPlan plan;
    size_t left = 0; ///< operand, or the running result after the first term
    size_t right = 1;
};

Prepared prepareBinary(const PrepareContext& c) {
    const auto op = binaryOf(*c.node);
    if (!op)
        return Error{Code::UnsupportedAttribute,
                     "mode " + c.node->attributes.string("mode") + " of " + c.node->op + " is not known"};
    const std::vector<double> coefficients = c.node->attributes.reals("coeff");
    const bool reverse = c.node->attributes.boolean("is_reverse");
    const bool flat = c.outputLayouts[0] != Layout::Plain;
    const int64_t count = storedElements(c.graph->value(c.node->results[0]).type, c.outputLayouts[0]);
    bool scaled = false;
    for (double k : coefficients)
        scaled = scaled || k != 1.0;
    if (scaled && coefficients.size() != c.node->operands.size())
        return Error{Code::UnsupportedAttribute, std::to_string(coefficients.size()) + " coefficients for " +
                                                     std::to_string(c.node->operands.size()) + " operands"};

    const size_t n = c.node->operands.size();
    std::vector<kernels::BroadcastPlan> terms;
    for (size_t i = 1; i < n; ++i) {
        kernels::BroadcastPlan plan;
        plan.op = *op;
        plan.outShape = flat ? ir::Shape{count} : resultShape(c);
        plan.aShape = flat || i > 1 ? plan.outShape : operandShape(c, 0);
        plan.bShape = flat ? plan.outShape : operandShape(c, i);
        if (i + 1 == n) plan.after = fusedRelu(*c.node);
        terms.push_back(std::move(plan));
    }
    std::vector<float> factors;
    if (scaled)
        for (double k : coefficients)
            factors.push_back(static_cast<float>(k));
    return makeKernel([=, scalar = c.scalar](Inputs in, Outputs out, const kernels::Work& work) {
        float* result = out[0].as<float>();
        std::vector<std::vector<float>> copies;
        auto operand = [&](size_t i) -> const float* {
            const float* data = in[i].as<float>();
            if (factors.empty() || factors[i] == 1.0f) return data;
            const int64_t size = storedElements(*in[i].type, in[i].layout);
            copies.emplace_back(static_cast<size_t>(size));
            kernels::f32UnaryScalar({Unary::Affine, factors[i], 0}, data, copies.back().data(), size);
            return copies.back().data();
        };
        const float* left = operand(0);
        for (size_t i = 0; i < terms.size(); ++i) {
            const float* right = operand(i + 1);
            if (!reverse) {
                f32Binary(terms[i], left, right, result, scalar, work);
            } else {
                kernels::BroadcastPlan swapped = terms[i];
                std::swap(swapped.aShape, swapped.bShape);
                f32Binary(swapped, right, left, result, scalar, work);
            }
            left = result;
        }
    });
}

/// One or two element-wise formulas for a value and const_val.
Result<std::vector<UnaryOp>> constantOps(const ir::Node& node) {
    const auto k = static_cast<float>(node.attributes.real("const_val", 0));
    const bool reverse = node.attributes.boolean("is_reverse");
    if (node.op == "top.AddConst") return std::vector{UnaryOp{Unary::Affine, 1, k}};
    if (node.op == "top.MulConst") return std::vector{UnaryOp{Unary::Affine, k, 0}};
    if (node.op == "top.SubConst")
        return std::vector{reverse ? UnaryOp{Unary::SubFrom, k} : UnaryOp{Unary::Affine, 1, -k}};
    if (node.op == "top.MaxConst")
        return std::vector{UnaryOp{Unary::Clip, k, std::numeric_limits<float>::infinity()}};
    if (node.op == "top.MinConst")
        return std::vector{UnaryOp{Unary::Clip, -std::numeric_limits<float>::infinity(), k}};
    if (node.op == "top.Reciprocal")
        return std::vector{UnaryOp{Unary::Reciprocal, static_cast<float>(node.attributes.real("const_val", 1))}};
    if (node.op == "top.Pow") {
        const auto e = static_cast<float>(node.attributes.real("exponent", 1));
        if (e == 2.0f) return std::vector{UnaryOp{Unary::Square}};
        if (e == 0.5f) return std::vector{UnaryOp{Unary::Sqrt}};
        return std::vector{UnaryOp{Unary::PowConst, e}};
    }
    return Error{Code::Internal, "no formula for " + node.op};
}

Prepared prepareConst(const PrepareContext& c) {
    WB_ASSIGN(std::vector<UnaryOp> ops, constantOps(*c.node));
    if (const UnaryOp relu = fusedRelu(*c.node); relu.kind != Unary::None) ops.push_back(relu);
    return makeKernel([ops, scalar = c.scalar](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t count = storedElements(*out[0].type, out[0].layout);
        const float* from = in[0].as<float>();
        float* to = out[0].as<float>();
        work.forEach(count, 16384, [&](int64_t begin, int64_t end) {
            for (size_t i = 0; i < ops.size(); ++i) {
                const float* source = (i == 0 ? from : to) + begin;
                if (scalar)
                    kernels::f32UnaryScalar(ops[i], source, to + begin, end - begin);
                else
                    kernels::f32Unary(ops[i], source, to + begin, end - begin);
            }
        });
    });
}

Prepared prepareCompareConst(const PrepareContext& c) {
    const auto op = comparisonOf(c.node->attributes.string("mode"));
    if (!op)
        return Error{Code::UnsupportedAttribute,
                     "mode " + c.node->attributes.string("mode") + " of CompareConst is not known"};
    const auto k = static_cast<float>(c.node->attributes.real("const_val", 0));
    const bool inversed = c.node->attributes.boolean("inversed");
    return makeKernel([=, op = *op](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        work.forEach(storedElements(*out[0].type, out[0].layout), 8192, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                y[i] = inversed ? binaryValue(op, k, x[i]) : binaryValue(op, x[i], k);
        });
    });
}

} // namespace

void float_binary(KernelTable& table);
void float_binary(KernelTable& table) {
    for (const char* op : {"top.Add", "top.Sub", "top.Mul", "top.Div", "top.Max", "top.Min", "top.BinaryPow",
                           "top.Compare", "top.Mod"})
        table.add({.op = op, .prepare = prepareBinary, .layouts = layoutsBinary, .inPlace = true});
    for (const char* op : {"top.AddConst", "top.SubConst", "top.MulConst", "top.MaxConst", "top.MinConst",
                           "top.Reciprocal", "top.Pow"})
        table.add({.op = op, .prepare = prepareConst, .layouts = anyLayout, .inPlace = true});
    table.add({.op = "top.CompareConst", .prepare = prepareCompareConst, .layouts = anyLayout, .inPlace = true});
}

} // namespace wb::ops
