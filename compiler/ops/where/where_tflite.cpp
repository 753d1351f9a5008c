// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's SELECT and SELECT_V2. The condition of SELECT may be one truth value a row, which then aligns at the
// first axis.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importSelect(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape condition, n.shape(0));
    WB_ASSIGN(const ir::Shape x, n.shape(1));
    if (node.kind == "SELECT" && condition.size() == 1 && x.size() > 1 && condition[0] != 1)
        return attributeError(node, "a condition of one truth value a row");
    const Order order = n.order();
    std::vector<ir::ValueId> operands;
    ir::AttributeMap a;
    const char* prefix[] = {"", "x", "y"};
    for (size_t i = 0; i < 3; ++i) {
        const auto number = i == 0 || n.isQuantised() ? std::nullopt : constantScalar(node.inputs[i], builder);
        if (i > 0) {
            a.set(std::string(prefix[i]) + "_is_const", number.has_value());
            a.set(std::string(prefix[i]) + "_const_val", number.value_or(0.0));
        }
        ir::ValueId id = ir::kNoValue;
        if (!number) {
            WB_ASSIGN(id, n.operand(i, order));
        }
        operands.push_back(id);
    }
    return n.emit("top.Where", std::move(operands), std::move(a), order);
}

} // namespace

void tflite_where(ImportTable& table);
void tflite_where(ImportTable& table) {
    table.add(Framework::TFLite, "SELECT", importSelect);
    table.add(Framework::TFLite, "SELECT_V2", importSelect);
}

} // namespace wb::ops
