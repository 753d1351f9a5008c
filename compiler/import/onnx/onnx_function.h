// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that ONNX defines by others: their published definitions, for those without an import rule or in a
// form that the rule does not take (LayerNormalization that gives its mean, losses, windows).
#pragma once

#include "compiler/import/source_model.h"

#include <optional>

namespace wb::importer {

/// What is known of an input: nothing for an absent one.
struct KnownInput {
    ir::ElementType type = ir::ElementType::None;
    std::optional<ir::Shape> shape;
    const ir::Tensor* data = nullptr; ///< of a constant
};

/// Whether the operator has such a definition at all.
bool hasDefinition(const ops::SourceNode& node);
/// The definition for this node and these inputs; nothing where there is none for them.
std::optional<SourceBody> definitionOf(const ops::SourceNode& node, const std::vector<KnownInput>& inputs);


/// Whether the definition is one of ours (body_writer.h): later operator sets', onnxruntime's.
bool hasOwnDefinition(const ops::SourceNode& node);
/// UnsupportedAttribute for a form that it does not take, ShapeMismatch, ModelDamaged.
Result<SourceBody> ownDefinition(const ops::SourceNode& node, const std::vector<KnownInput>& inputs);

} // namespace wb::importer
