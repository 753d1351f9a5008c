// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Eltwise, Power, Scale, Bias and Axpy.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

ir::AttributeMap constantOf(double value) {
    ir::AttributeMap a = withRelu();
    a.set("const_val", value);
    a.set("is_scalar", false);
    return a;
}

/// Several bottoms are a chain of two at a time; weighted sums multiply first.
Status importEltwise(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const std::string kind = node.string("operation", "SUM");
    const auto weights = node.reals("coeff").value_or(std::vector<double>{});
    const std::string name = builder.resultName(node, 0);
    const std::string op = kind == "PROD" ? "top.Mul" : kind == "MAX" ? "top.Max" : "top.Add";
    if (!weights.empty() && (kind != "SUM" || weights.size() != node.inputs.size()))
        return attributeError(node, "coeff does not fit the bottoms");
    ir::ValueId sum = ir::kNoValue;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(ir::ValueId x, valueOf(node, builder, i));
        const bool subtracts = i > 0 && i + 1 == node.inputs.size() && !weights.empty() && weights[i] == -1.0;
        if (!weights.empty() && weights[i] != 1.0 && !subtracts) {
            WB_ASSIGN(x, builder.emitNamed("top.MulConst", {x}, name + "_coeff_" + std::to_string(i), constantOf(weights[i])));
        }
        if (i == 0) {
            sum = x;
            continue;
        }
        auto a = kind == "MAX" ? ir::AttributeMap() : arithmeticAttributes(subtracts);
        if (i + 1 == node.inputs.size())
            return done(builder.emit(node, subtracts ? "top.Sub" : op, {sum, x}, std::move(a)));
        WB_ASSIGN(sum, builder.emitNamed(op, {sum, x}, name + "_" + std::to_string(i), std::move(a)));
    }
    return {};
}

/// (shift + scale·x)^power
Status importPower(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double power = asFloat32(node.real("power", 1.0)), scale = asFloat32(node.real("scale", 1.0)),
                 shift = asFloat32(node.real("shift", 0.0));
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(ir::ValueId x, valueOf(node, builder, 0));
    struct Step {
        const char* op;
        double value;
        const char* suffix;
    };
    std::vector<Step> steps;
    if (scale != 1.0) steps.push_back({"top.MulConst", scale, "_scale"});
    if (shift != 0.0) steps.push_back({"top.AddConst", shift, "_shift"});
    if (power != 1.0) steps.push_back({"top.Pow", power, ""});
    if (steps.empty()) builder.bind(node.outputs.front(), x);
    for (size_t i = 0; i < steps.size(); ++i) {
        const Step& s = steps[i];
        ir::AttributeMap a;
        if (std::string_view(s.op) == "top.Pow") a.set("exponent", s.value);
        else a = constantOf(s.value);
        if (i + 1 == steps.size()) return done(builder.emit(node, s.op, {x}, std::move(a)));
        WB_ASSIGN(x, builder.emitNamed(s.op, {x}, name + s.suffix, std::move(a)));
    }
    return {};
}

/// A factor or summand whose axes are those of x from `axis` on, as many as it has, with ones around them.
Result<ir::Shape> spread(const SourceNode& node, const ir::Shape& x, const ir::Shape& given) {
    const auto axis = normaliseAxis(node.integer("axis", 1), x.size());
    const size_t first = axis && !given.empty() && given.size() < x.size() ? static_cast<size_t>(*axis) : 0;
    const auto fits = [](int64_t own, int64_t of) { return own == of || own == 1; };
    if (!axis || first + given.size() > x.size() || !std::equal(given.begin(), given.end(), x.begin() + static_cast<std::ptrdiff_t>(first), fits))
        return attributeError(node, ir::toText(given) + " does not fit the axes of " + ir::toText(x) + " from " +
                                        std::to_string(node.integer("axis", 1)) + " on");
    ir::Shape wide(x.size(), 1);
    std::copy(given.begin(), given.end(), wide.begin() + static_cast<std::ptrdiff_t>(first));
    return wide;
}

/// Blob `index` with its axes, `count` of them or (-1) all, where they belong in x.
Result<ir::Tensor> spreadBlob(const SourceNode& node, ImportBuilder& builder, const ir::Shape& x, size_t index, int64_t count) {
    const ir::Tensor* blob = builder.constant(blobName(node, index));
    if (blob == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no numbers for this layer");
    const auto axis = normaliseAxis(node.integer("axis", 1), x.size());
    const int64_t rest = axis ? static_cast<int64_t>(x.size()) - *axis : 0;
    if (!axis || count > rest) return attributeError(node, "axis or num_axes");
    const auto first = x.begin() + *axis;
    const ir::Shape own(first, count < 0 ? x.end() : first + count);
    if (ir::checkedElementCount(own) != blob->elementCount())
        return nodeError(node, Code::ModelDamaged, std::to_string(blob->elementCount()) + " numbers for " + ir::toText(own) + " of " + ir::toText(x));
    WB_ASSIGN(const ir::Shape wide, spread(node, x, own));
    return blob->reshaped(wide);
}

/// x·scale + bias, both one number a channel: an operator of its own. The factor or summand is the second bottom, or a blob.
Status importCaffeScale(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId in = c.input(0);
    const ir::Shape x = c.shape(in);
    if (c.failed()) return c.done(in);
    const bool isBias = node.kind == "Bias", second = bottomCount(node) == 2;
    const size_t biasAt = isBias || second ? 0 : 1;
    const bool hasBias = isBias ? !second : node.integer("bias_term", 0) != 0 && !blobName(node, biasAt).empty();
    const std::string name = builder.resultName(node, 0);
    int64_t axes = node.integer("num_axes", 1);
    const bool channels = !second && x.size() >= 2 && node.integer("axis", 1) == 1 && node.integer("num_axes", 1) == 1;
    if (channels) {
        const ir::Shape perChannel = x.size() == 4 ? ir::Shape{1, x[1], 1, 1} : ir::Shape{x[1]};
        const auto numbers = [&](bool given, size_t index, float otherwise) -> Result<ir::Tensor> {
            if (given) {
                WB_ASSIGN(const ir::Tensor blob, spreadBlob(node, builder, x, index, axes));
                return blob.reshaped(perChannel);
            }
            ir::Tensor t(ir::ElementType::F32, perChannel);
            std::fill_n(t.mutableData<float>(), x[1], otherwise);
            return t;
        };
        WB_ASSIGN(ir::Tensor scale, numbers(!isBias, 0, 1.0F));
        WB_ASSIGN(ir::Tensor shift, numbers(hasBias, biasAt, 0.0F));
        const ir::ValueId s = builder.addConstant(isBias ? name + "_ones" : blobName(node, 0), std::move(scale));
        const ir::ValueId b = builder.addConstant(hasBias ? blobName(node, biasAt) : name + "_zeros", std::move(shift));
        return c.done(c.last().op("top.Scale", {in, s, b}, withRelu()));
    }
    ir::ValueId y = in;
    const auto apply = [&](ir::ValueId other, bool isLast, bool adds) {
        Composer& at = isLast ? c.last() : c;
        y = adds ? at.add(y, other) : at.mul(y, other);
    };
    if (second) {
        WB_ASSIGN(const ir::Shape given, shapeOf(node, builder, 1));
        axes = static_cast<int64_t>(given.size()); // the bias has as many
        ir::ValueId other = c.input(1);
        if (given != x) {
            WB_ASSIGN(const ir::Shape wide, spread(node, x, given));
            if (wide != given) other = c.reshape(other, wide);
        }
        apply(other, !hasBias, isBias);
    } else if (!isBias) {
        WB_ASSIGN(ir::Tensor scale, spreadBlob(node, builder, x, 0, axes));
        apply(builder.addConstant(blobName(node, 0), std::move(scale)), !hasBias, false);
    }
    if (hasBias) {
        WB_ASSIGN(ir::Tensor shift, spreadBlob(node, builder, x, biasAt, axes));
        apply(builder.addConstant(blobName(node, biasAt), std::move(shift)), true, true);
    }
    return c.done(y);
}

/// Squeeze-and-excitation in one: a·x + y, a one number a channel.
Status importAxpy(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    ir::ValueId a = c.input(0);
    const ir::ValueId x = c.input(1), y = c.input(2);
    const ir::Shape shape = c.shape(x);
    if (c.failed() || shape.size() != 4 || ir::checkedElementCount(c.shape(a)) != shape[0] * shape[1] || c.shape(y) != shape)
        return attributeError(node, "factors " + ir::toText(c.shape(a)) + " for " + ir::toText(shape) + " and " + ir::toText(c.shape(y)));
    if (c.shape(a).size() != 4) a = c.reshape(a, {shape[0], shape[1], 1, 1});
    const ir::ValueId product = c.mul(x, a);
    return c.done(c.last().add(product, y));
}

} // namespace

void caffe_binary(ImportTable& table);
void caffe_binary(ImportTable& table) {
    table.add(Framework::Caffe, "Eltwise", importEltwise);
    table.add(Framework::Caffe, "Power", importPower);
    table.add(Framework::Caffe, "Scale", importCaffeScale);
    table.add(Framework::Caffe, "Bias", importCaffeScale);
    table.add(Framework::Caffe, "Axpy", importAxpy);
}

} // namespace wb::ops
