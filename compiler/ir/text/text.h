// SPDX-License-Identifier: GPL-3.0-or-later
// The file form of a graph: the vendor's MLIR text (generic operations of the top and tpu dialects
// inside one function). print(parse(text)) gives back the vendor's bytes; parse(print(graph)) gives
// back the graph. Grammar: MLIR language reference; number forms: LLVM's APFloat.
//
// Not supported, refused with a message: regions (layer groups), several functions, tensor
// encodings (addresses): stages after lowering.
#pragma once

#include "compiler/ir/graph.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace wb::ir {

/// TextSyntax with "line:column" in fields "line" and "column". Weights get no data: loadWeights().
/// Operands of "top.None" become kNoValue. Values without a location are named after their "%id".
Result<Graph> parse(std::string_view text, const std::string& fileName = {});

/// The text with numbered locations at its end. Weights are not part of it.
std::string print(const Graph& graph);
/// One operation on one line with inline locations, for messages and tests.
std::string printNode(const Graph& graph, NodeId id);

/// Types and attributes alone.
std::string print(const TensorType& type);
std::string print(const Attribute& attribute);
Result<TensorType> parseType(std::string_view text);

/// Reads the file and its weights (module.weight_file, beside the file or in the working directory).
Result<Graph> readMlir(const std::filesystem::path& path);
/// Fills graph.weights for every top.Weight from the npz, bit patterns taken as the type says
/// (uint16 as f16 or bf16, flattened arrays reshaped). WeightMissing names what is not there.
Status loadWeights(Graph& graph, const std::filesystem::path& npz);
/// Where the weights of a graph that was read from `mlir` are; WeightMissing if nowhere.
Result<std::filesystem::path> weightFile(const Graph& graph, const std::filesystem::path& mlir);

/// Writes `path` and beside it the npz that module.weight_file names (set from the path's name,
/// "NAME_weights.npz", when the graph has none). Both atomically, the npz first.
Status writeMlir(const Graph& graph, const std::filesystem::path& path);

} // namespace wb::ir
