// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of Conv and Deconv. Two-dimensional convolutions with constant weights run on blocked
// data and take the activation and the addition after them along; all else runs the plain twin.
#include "compiler/kernels/f32_conv.h"
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/window.h"

#include <algorithm>

namespace wb::ops {
namespace {

using kernels::BlockedConv;
using kernels::Epilogue;
using kernels::Unary;
using kernels::UnaryOp;
using kernels::WindowShape;

const float* weightData(const ir::Graph& graph, const ir::Node& node, size_t index) {
    const ir::Tensor* tensor = hasOperand(node, index) ? graph.weight(node.operands[index]) : nullptr;
    return tensor == nullptr || tensor->type() != ir::ElementType::F32 ? nullptr : tensor->data<float>();
}

bool runsBlocked(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.operands[0]).type.shape.size() == 4 && weightData(graph, node, 1) != nullptr &&
           (!hasOperand(node, 2) || weightData(graph, node, 2) != nullptr);
}

std::vector<Layout> convLayouts(const ir::Graph& graph, const ir::Node& node) {
    return {runsBlocked(graph, node) ? blockedLayout() : Layout::Plain};
}

/// Reads what a chain of followers does to the result: formula, + residual, formula.
size_t readChain(const ir::Graph& graph, const ir::Node& node, std::span<const ir::Node* const> followers,
                 Epilogue& epilogue) {
    epilogue = {};
    epilogue.first = fusedRelu(node);
    UnaryOp* formula = &epilogue.first;
    ir::ValueId link = node.results[0];
    size_t count = 0;
    for (const ir::Node* next : followers) {
        if (const auto op = unaryOpOf(*next); op && formula->kind == Unary::None) {
            *formula = *op;
        } else if (next->op == "top.Add" && !epilogue.residual && next->operands.size() == 2 &&
                   next->attributes.reals("coeff").empty()) {
            const ir::ValueId other = next->operands[next->operands[0] == link ? 1 : 0];
            if (other == ir::kNoValue || other == link || graph.weight(other) != nullptr ||
                graph.value(other).type.shape != graph.value(link).type.shape)
                break;
            epilogue.residual = true;
            epilogue.second = fusedRelu(*next);
            formula = &epilogue.second;
        } else {
            break;
        }
        link = next->results[0];
        ++count;
    }
    return count;
}

size_t absorb(const ir::Graph& graph, const ir::Node& node, std::span<const ir::Node* const> followers) {
    if (!runsBlocked(graph, node)) return 0;
    Epilogue epilogue;
    return readChain(graph, node, followers, epilogue);
}

Prepared prepareConv(const PrepareContext& c) {
    WB_ASSIGN(const Window w, readWindow(*c.graph, *c.node));
    const WindowShape shape = w.shape;
    if (c.outputLayouts[0] == Layout::Plain)
        return makeKernel([shape, relu = fusedRelu(*c.node)](Inputs in, Outputs out, const kernels::Work& work) {
            f32ConvScalar(shape, in[0].as<float>(), in[1].as<float>(), in.size() > 2 ? in[2].as<float>() : nullptr,
                          relu, out[0].as<float>(), work);
        });
    Epilogue epilogue;
    readChain(*c.graph, *c.node, c.absorbed, epilogue);
    std::shared_ptr<const BlockedConv> conv = BlockedConv::create(
        shape, weightData(*c.graph, *c.node, 1), weightData(*c.graph, *c.node, 2), epilogue);
    const bool plain = c.inputLayouts[0] == Layout::Plain;
    const size_t residual = epilogue.residual ? c.node->operands.size() : 0;
    return makeKernel([conv, plain, residual](Inputs in, Outputs out, const kernels::Work& work) {
        conv->run(in[0].as<float>(), plain, residual == 0 ? nullptr : in[residual].as<float>(),
                  out[0].as<float>(), work);
    });
}

Prepared prepareDeconv(const PrepareContext& c) {
    WB_ASSIGN(const Window w, readWindow(*c.graph, *c.node));
    return makeKernel([shape = w.shape, relu = fusedRelu(*c.node)](Inputs in, Outputs out, const kernels::Work& work) {
        f32DeconvScalar(shape, in[0].as<float>(), in[1].as<float>(), in.size() > 2 ? in[2].as<float>() : nullptr,
                        relu, out[0].as<float>(), work);
    });
}

} // namespace

void float_conv(KernelTable& table);
void float_conv(KernelTable& table) {
    table.add({.op = "top.Conv",
               .prepare = prepareConv,
               .layouts = convLayouts,
               .plainInputChannels = 16,
               .absorb = absorb});
    table.add({.op = "top.Deconv", .prepare = prepareDeconv});
}

} // namespace wb::ops
