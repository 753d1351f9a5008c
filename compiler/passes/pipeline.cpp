// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/passes/pipeline.h"

#include "compiler/ir/verify.h"
#include "compiler/ops/op_def.h"
#include "compiler/passes/check_types.h"

#include <array>

namespace wb::passes {
namespace {

constexpr int kMaxRounds = 8;

constexpr std::array kTopPasses{
    Pass{"fold-constants", "Computes what has only weights as operands.", foldConstants},
    Pass{"fold-conv-batchnorm", "Folds a BatchNorm into the convolution before it.",
         foldConvBatchNorm},
    Pass{"merge-matmul-add", "Takes the Add after a matrix product as its bias.", mergeMatMulAdd},
    Pass{"recognise-norms", "Finds LayerNorm written out in primitives.", recogniseNorms},
    Pass{"explicit-shapes",
         "Writes out global pooling, ceil mode, flattening and target sizes; finds Upsample.",
         makeShapesExplicit},
    Pass{"recognise-activations",
         "Finds SiLU, HardSwish, HardSigmoid and GELU written out in primitives.",
         recogniseActivations},
    Pass{"simplify-arithmetic",
         "Turns arithmetic with one number into the …Const ops and drops ·1 and +0.",
         simplifyArithmetic},
    Pass{"make-scales", "Turns BatchNorm and arithmetic with one number a channel into Scale.",
         makeScales},
    Pass{"simplify-movement",
         "Merges and drops reshapes and permutations, writes Gather and Expand simpler.",
         simplifyMovement},
    Pass{"recognise-shuffles", "Finds pixel shuffles and YOLO's focus.", recogniseShuffles},
    Pass{"merge-pads", "Takes a border of zeros into the convolution or pooling after it.",
         mergePads},
    Pass{"merge-convs", "Merges a pointwise convolution into the convolution after it.",
         mergeConvs},
    Pass{"fuse-relu", "Fuses a ReLU into the op before it, which takes its name.", fuseRelu},
};

constexpr Pass kCodePasses[] = {
    Pass{"make-shapes-explicit", "Writes sizes that were left to be worked out.", makeShapesExplicit},
    Pass{"simplify-movement", "Merges and drops reshapes and permutations.", simplifyMovement},
    Pass{"merge-pads", "Takes a border of zeros into the convolution after it.", mergePads},
};

Status verifyAfter(const ir::Graph& graph, const Pass& pass) {
    Status status = ir::verify(graph);
    if (status) status = checkTypes(graph);
    if (status) return {};
    Error error = std::move(status).error();
    error.why = std::string("found after the pass ") + pass.name;
    return error;
}

} // namespace

std::span<const Pass> topPasses() {
    return kTopPasses;
}

Status runPasses(ir::Graph& graph, std::span<const Pass> passes, const JobContext& context,
                 const PipelineOptions& options) {
    for (int round = 0; round < kMaxRounds; ++round) {
        bool any = false;
        for (const Pass& pass : passes) {
            WB_TRY(context.checkStop());
            WB_ASSIGN(const bool changed, pass.run(graph, context));
            if (changed) graph.eraseDead();
            if (changed && options.verify) WB_TRY(verifyAfter(graph, pass));
            if (options.observer) options.observer(pass, graph, changed);
            any = any || changed;
        }
        if (!any) break;
    }
    graph.eraseDead();
    return {};
}

int64_t countFlops(const ir::Graph& graph) {
    int64_t sum = 0;
    for (const ir::Node& node : graph.nodes())
        if (const ops::OpDef* def = ops::opTable().find(node.op);
            def != nullptr && def->flops != nullptr)
            sum += def->flops(graph, node);
    return sum;
}

Status optimiseTop(ir::Graph& graph, const JobContext& context, const PipelineOptions& options) {
    // Layers that bring their scales are not joined: each rounds to codes of its own.
    const bool codes = graph.attributes.string("module.state") == "TOP_QUANTIZED";
    WB_TRY(runPasses(graph, codes ? std::span<const Pass>(kCodePasses) : kTopPasses, context, options));
    graph.attributes.set("module.FLOPs", countFlops(graph));
    graph.attributes.set("module.weight_file", graph.name + (codes ? "_top_quantized_all_weight.npz" : "_top_f32_all_weight.npz"));
    return {};
}

} // namespace wb::passes
