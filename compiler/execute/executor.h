// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a graph, top (float) or tpu (as lowered), in this process. Prepared once, run many times; memory is
// planned so that values share space as their lifetimes allow.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wb::execute {

struct Options {
    bool scalar = false;       ///< plain twins of all kernels (slow; tests and comparisons)
    /// Keep every value Plain and alive until its observers ran; needed for observing layers. Without it
    /// only outputs can be asked for, and layouts are chosen for speed.
    bool observable = false;
};

/// Named tensors. Keys are value names.
using TensorMap = std::map<std::string, ir::Tensor, std::less<>>;

class Executor {
public:
    /// Prepares every kernel. OperatorNotLowered / Internal when a node has no kernel (all are listed).
    static Result<std::unique_ptr<Executor>> create(std::shared_ptr<const ir::Graph> graph,
                                                    const Options& options, const JobContext& context);
    virtual ~Executor() = default;

    /// Called after each node (not for weights) with its id, result tensors that stay valid only during
    /// the call (copy to keep), and the time taken. Only with Options::observable.
    using Observer = std::function<Status(ir::NodeId, std::span<const ir::Tensor> results, double timeUs)>;

    /// Runs once. Inputs by name of the top.Input values, in the input's shape and type or F32 (InputNameUnknown,
    /// InputShapeWrong otherwise; a single input may have any name). Returns the network's outputs by name.
    virtual Result<TensorMap> run(const TensorMap& inputs, const JobContext& context,
                                  const Observer& observer = {}) = 0;
    /// Runs nodes [first, last) only, values of earlier nodes given by `live` (search, isolated error).
    /// Returns all results of these nodes.
    virtual Result<TensorMap> runRange(ir::NodeId first, ir::NodeId last, const TensorMap& live,
                                       const JobContext& context) = 0;

    /// Another one with the same prepared kernels and memory of its own: the two may run at the same time.
    virtual Result<std::unique_ptr<Executor>> sibling() const = 0;

    virtual const ir::Graph& graph() const = 0;
    virtual size_t peakBytes() const = 0;      ///< planned activation memory
};

/// Numbers as codes of 8 bits: x/scale + zero point, halves away from zero, saturated. Nothing for other types.
std::optional<ir::Tensor> toCodes(const ir::Tensor& numbers, const ir::TensorType& type);

/// A quantised or half tensor as float32: (code − zero point) × scale; floats are widened.
ir::Tensor toFloat(const ir::Tensor& tensor, const ir::TensorType& type);

} // namespace wb::execute
