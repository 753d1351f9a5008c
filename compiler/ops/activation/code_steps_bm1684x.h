// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one code as a few vector instructions, and the proof that they are: the same steps are run on all 256
// codes in plain integers.
#pragma once

#include "compiler/ops/support/code_table.h"
#include "compiler/ops/support/integer_bm1684x.h"

#include <optional>

namespace wb::ops {

/// Where a step reads and writes.
enum class CodePlace : int8_t { Number = -2, Input = -1, Output = 0, First = 1, Second = 2, Third = 3 };

struct CodeStep {
    uint32_t op = 0;                       ///< ArOp
    CodePlace to = CodePlace::Output, a = CodePlace::Input, b = CodePlace::Number;
    IntegerUnit::Number number = {};       ///< of b, if it is one
    std::optional<int> shift = {};         ///< to the right, halves up
};

/// Passes of the vector unit over 64 codes that a look-up takes.
inline constexpr int kLookUpCost = 64;

struct CodeSteps {
    std::vector<CodeStep> steps;
    std::vector<bm1684x::Precision> scratch; ///< of First, Second and Third
    bool inPlace = false;                  ///< no step reads the input once the output has been written
    std::vector<bool> scratchSigned = {};  ///< of the same; missing ones are

    bool isSigned(size_t index) const { return index >= scratchSigned.size() || scratchSigned[index]; }
    /// Passes over 64 codes.
    int cost() const;
};

/// A short form of the node that equals `table`, if there is one.
std::optional<CodeSteps> codeSteps(const ir::Graph& graph, const ir::Node& node, const CodeTable& table);
CodeSteps copySteps();

void emitSteps(const CodeSteps& steps, IntegerUnit& unit, const bm1684x::LocalTensor& to, const bm1684x::LocalTensor& from,
               std::span<const uint32_t> scratch);

} // namespace wb::ops
