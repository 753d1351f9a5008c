// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of softmax: ONNX Softmax and LogSoftmax. Since opset 13 along one axis (default
// the last); before, over all axes from axis (default 1) on taken together.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

ir::AttributeMap attributes(int64_t axis, bool log) {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(axis));
    a.set("beta", 1.0);
    a.set("log", log);
    a.set("round_mode", "HalfAwayFromZero");
    return a;
}

ir::AttributeMap reshape(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return a;
}

Status importSoftmax(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape shape = builder.graph().value(in).type.shape;
    const bool flattens = node.version < 13;
    const int64_t given = node.integer("axis", flattens ? 1 : -1);
    const auto axis = normaliseAxis(given, shape.size());
    if (!axis)
        return attributeError(node, "axis " + std::to_string(given) + " for " + ir::toText(shape));
    const bool log = node.kind == "LogSoftmax";
    const bool single =
        std::all_of(shape.begin() + *axis + 1, shape.end(), [](int64_t d) { return d == 1; });
    if (!flattens || single) {
        WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
                  builder.emit(node, "top.Softmax", {in}, attributes(*axis, log)));
        return {};
    }
    ir::Shape flat(shape.begin(), shape.begin() + *axis);
    flat.push_back(-1);
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(ir::ValueId id,
              builder.emitNamed("top.Reshape", {in}, name + "_flat", reshape(flat)));
    WB_ASSIGN(id,
              builder.emitNamed("top.Softmax", {id}, name + "_softmax", attributes(*axis, log)));
    WB_ASSIGN(id, builder.emit(node, "top.Reshape", {id}, reshape(shape)));
    return {};
}

} // namespace

void import_softmax(ImportTable& table);
void import_softmax(ImportTable& table) {
    table.add(Framework::Onnx, "Softmax", importSoftmax);
    table.add(Framework::Onnx, "LogSoftmax", importSoftmax);
}

} // namespace wb::ops
