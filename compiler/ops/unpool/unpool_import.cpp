// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling: ONNX MaxUnpool-9…11 (MaxPool with positions is in pool_import.cpp).
#include "compiler/ops/onnx_window.h"
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status importMaxUnpool(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId positions, valueOf(node, builder, 1));
    const ir::Shape shape = builder.graph().value(x).type.shape;
    WB_ASSIGN(const OnnxWindow w, readOnnxWindow(node, shape, {}));
    ir::Shape inner = shape; // what MaxPool made x from
    for (size_t i = 0; i + 2 < shape.size(); ++i)
        inner[2 + i] = std::max<int64_t>((shape[2 + i] - 1) * w.strides[i] + w.kernel[i] - w.pads[i] -
                                             w.pads[i + shape.size() - 2],
                                         0);
    ir::AttributeMap a;
    if (inputName(node, 2).empty()) {
        a.set("sizes", ir::Attribute::ints(inner));
    } else {
        const auto sizes = constantInts(node, builder, 2);
        if (!sizes || sizes->size() != shape.size())
            return attributeError(node, "output_shape is known only at run time");
        a.set("sizes", ir::Attribute::ints(*sizes));
    }
    if (poolPositions(builder.graph(), positions) != ir::kNoValue) {
        Composer c(node, builder);
        if (const ir::ValueId y = unpoolWindow(c, builder, x, positions, a.integers("sizes")); c.failed() || y != ir::kNoValue) return c.done(y);
    }
    // Positions count through the result of MaxPool's input; a larger output_shape has its own rows.
    a.set("counted", ir::Attribute::ints(inner));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.MaxUnpool", {x, positions}, std::move(a)));
    return {};
}

} // namespace

void import_unpool(ImportTable& table);
void import_unpool(ImportTable& table) { table.add(Framework::Onnx, "MaxUnpool", importMaxUnpool); }

} // namespace wb::ops
