// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors cost the outputs most when they are held in 8-bit codes, and which layers have to be float
// together so that a tensor need not be. Private to this module.
//
// What a layer adds to its own result says little about the outputs (a layer can look good by itself and
// spoil everything behind it), and leaving one layer out of INT8 says nothing either, since a tensor stays
// in codes until its producer and all its readers are float. So each tensor is put through its codes alone,
// everything else in float, and the network behind it is run.
#pragma once

#include "compiler/search/candidate.h"

namespace wb::search {

/// A tensor, and those that movers (Reshape, Upsample, MaxPool, …) make of it without rounding again.
struct TensorClass {
    ir::ValueId root = ir::kNoValue;
    std::vector<ir::ValueId> members; ///< the root first
    ir::TensorType codes;             ///< the root's type in the INT8 network
    std::vector<ir::NodeId> layers;   ///< producer and readers of all members: float together, or not at all
    double damage = 0;                ///< error energy at the outputs, as a share of theirs
};

/// The classes of the tensors that are codes in `int8`, the lowered `top`. Without damages.
std::vector<TensorClass> tensorClasses(const ir::Graph& top, const ir::Graph& int8);

/// Fills in the damages: mean over outputs and the first one or two samples. Neighbours that cost less than
/// `negligible` together share it evenly.
Status measureDamages(std::shared_ptr<const ir::Graph> top, const Evaluator& evaluator, size_t samples,
                      double negligible, std::vector<TensorClass>& classes, const JobContext& context);

/// Layers that are switched together, in the order in which it pays most, at most `limit` layers in all.
struct Move {
    std::vector<ir::NodeId> layers;
    double left = 0; ///< sum of damages after it and all before
    double cost = 0; ///< of its layers
};
/// `costs`: of each node in float, above zero; empty: all cost 1.
std::vector<Move> orderMoves(const std::vector<TensorClass>& classes, const std::vector<bool>& free,
                             const std::vector<bool>& isFloat, size_t limit, const std::vector<double>& costs = {});

} // namespace wb::search
