// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's RESHAPE, SQUEEZE, EXPAND_DIMS: the numbers in the file's order under another shape. A picture is turned
// back first, unless only axes of one move (after a global pool).
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/tflite_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<ir::Shape> squeezed(const SourceNode& node, const TfliteNode& n, const ir::Shape& x) {
    const auto listed = node.integers("axes").value_or(std::vector<int64_t>{});
    std::vector<char> gone(x.size(), 0);
    for (const int64_t a : listed) {
        WB_ASSIGN(const size_t axis, n.axis(a, x.size()));
        if (x[axis] != 1) return attributeError(node, "axis " + std::to_string(a) + " of " + ir::toText(x));
        gone[axis] = 1;
    }
    ir::Shape shape;
    for (size_t d = 0; d < x.size(); ++d)
        if (listed.empty() ? x[d] != 1 : gone[d] == 0) shape.push_back(x[d]);
    return shape;
}

Status importTfliteReshape(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    ir::Shape shape;
    if (node.kind == "SQUEEZE") {
        WB_ASSIGN(shape, squeezed(node, n, x));
    } else if (node.kind == "EXPAND_DIMS") {
        const auto where = constantInts(node, builder, 1);
        if (!where || where->size() != 1) return attributeError(node, "the axis is known only at run time");
        WB_ASSIGN(const size_t axis, n.axis(where->front(), x.size() + 1));
        shape = x;
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    } else {
        auto wanted = n.has(1) ? constantInts(node, builder, 1) : std::nullopt;
        if (!wanted) wanted = node.integers("new_shape");
        if (!wanted) return attributeError(node, "the shape is known only at run time");
        const auto count = ir::checkedElementCount(x);
        int64_t known = 1;
        for (const int64_t d : *wanted) {
            if (d < -1 || d > (int64_t{1} << 40) || (d > 0 && known > (int64_t{1} << 40) / d))
                return attributeError(node, "the shape " + ir::toText(*wanted));
            if (d >= 0) known *= d;
        }
        for (int64_t& d : *wanted)
            if (d == -1) {
                if (known == 0 || !count || *count % known != 0)
                    return nodeError(node, Code::ShapeMismatch,
                                     "shape " + ir::toText(x) + " does not become " + ir::toText(*wanted));
                d = *count / known;
                known = *count;
            }
        shape = *wanted;
        if (!count || ir::checkedElementCount(shape) != count)
            return nodeError(node, Code::ShapeMismatch,
                             "shape " + ir::toText(x) + " does not become " + ir::toText(shape));
    }
    if (shape.empty()) shape = {1}; // a number is a list of one here
    WB_ASSIGN(const ir::ValueId in, n.inFileOrder(0));
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return n.emit("top.Reshape", {in}, std::move(a), Order::File);
}

} // namespace

void tflite_reshape(ImportTable& table);
void tflite_reshape(ImportTable& table) {
    for (const char* kind : {"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})
        table.add(Framework::TFLite, kind, importTfliteReshape);
}

} // namespace wb::ops
