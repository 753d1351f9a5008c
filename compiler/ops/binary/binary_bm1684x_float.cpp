// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators of tensors, or of a tensor and a number, in F32, F16 and BF16. What one rounding gives is done
// in the tensors' own precision, all else in float32.
#include "compiler/ops/binary/binary_bm1684x.h"
#include "compiler/ops/binary/binary_kinds.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <limits>

namespace wb::ops {

using namespace bm1684x;
using kernels::Binary;
using kernels::Unary;
using kernels::UnaryOp;

namespace {

/// The AR command that is the operator; nothing if it takes more than one.
std::optional<uint32_t> commandOf(Binary op) {
    switch (op) {
    case Binary::Add: return ArOp::Add;
    case Binary::Sub: return ArOp::Sub;
    case Binary::Mul: return ArOp::Mul;
    case Binary::Div: return ArOp::Div;
    case Binary::Max: return ArOp::Max;
    case Binary::Min: return ArOp::Min;
    default: return {};
    }
}

/// How an operand meets the result.
struct Side {
    std::array<int64_t, 4> shape{};  ///< on the chip, each as the result's or 1
    std::vector<float> values;       ///< of a constant
    bool constant = false;
    bool spread = false;             ///< one channel for many, in a tensor: it lies in one lane and is copied to all
    float factor = 1;
};

/// Clips `result` to a side: the axes of one element have one.
Part partOf(const Side& side, const Part& result) {
    const auto axis = [](int64_t size, Range range) { return size == 1 ? Range{0, 1} : range; };
    return {axis(side.shape[0], result.n), axis(side.shape[1], result.c), axis(side.shape[2], result.h),
            axis(side.shape[3], result.w)};
}

class BinaryEmitter final : public LocalEmitter {
public:
    BinaryEmitter(Binary op, std::vector<Side> sides, Precision precision, UnaryOp clamp, bool reverse)
        : m_op(op), m_sides(std::move(sides)), m_precision(precision), m_clamp(clamp), m_reverse(reverse) {
        const auto command = commandOf(op);
        const bool plain = std::all_of(m_sides.begin(), m_sides.end(), [](const Side& s) { return s.factor == 1; });
        m_native = command && plain &&
                   (precision == Precision::F32 || (m_sides.size() == 2 && op != Binary::Div));
        if (op == Binary::Pow) {
            const auto exp = expCoefficients(), log = logCoefficients();
            m_exp = m_tables.add(exp);
            m_expCount = static_cast<int64_t>(exp.size());
            m_log = m_tables.add(log);
            m_logCount = static_cast<int64_t>(log.size());
        }
    }

    Cuts cuts() const override { return {true, true, true, true}; }
    bool sameForChannels() const override {
        return std::all_of(m_sides.begin(), m_sides.end(), [](const Side& s) { return !s.constant || s.shape[1] == 1; });
    }
    Part operandPart(size_t index, const Part& result) const override {
        return index < m_sides.size() && !m_sides[index].constant ? partOf(m_sides[index], result) : Part{};
    }
    Result<LaneImage> constants(const Part& result) const override {
        LaneImageBuilder image(m_tables);
        for (const Side& side : m_sides)
            if (side.constant) addConstant(image, side, result);
        return image.take();
    }
    int64_t constantLanes(const Part& result) const override { return std::min(kLanes, result.c.size()); }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        std::vector<int64_t> bytes;
        if (!m_native) bytes.assign(registers(), alignedBytes(Precision::F32, result));
        for (const Side& side : m_sides)
            if (side.spread) bytes.push_back(2 * alignedBytes(m_precision, spreadPart(side, result)));
        return bytes;
    }
    int inPlaceOperand() const override {
        return m_native && m_sides.size() == 2 && !m_sides[0].constant && !m_sides[0].spread && m_whole ? 0 : -1;
    }
    void setWhole(bool whole) { m_whole = whole; }
    /// Of three sides: the first one chooses between the others.
    void setChoice() {
        m_choice = true;
        m_native = false;
    }
    Status emit(const LocalCall& call, Assembler& out) const override;

private:
    size_t registers() const { return m_choice ? 3 : m_op == Binary::Pow ? 6 : m_op == Binary::Mod ? 4 : 2; }
    static Part spreadPart(const Side& side, const Part& result) {
        Part part = partOf(side, result);
        part.c = {0, kLanes};
        return part;
    }
    uint32_t addConstant(LaneImageBuilder& image, const Side& side, const Part& result) const;
    std::vector<Box> boxes(const LocalCall& call, VectorUnit& v) const;
    void emitInFloat(const LocalCall& call, VectorUnit& v, const std::vector<Box>& from) const;

    Binary m_op;
    std::vector<Side> m_sides;
    Precision m_precision;
    UnaryOp m_clamp;
    bool m_reverse, m_native = false, m_whole = false, m_choice = false;
    LaneTables m_tables;
    uint32_t m_exp = 0, m_log = 0;
    int64_t m_expCount = 0, m_logCount = 0;
};

/// The slice's channels of a constant, or its one channel in every lane; always whole in n, h and w.
uint32_t BinaryEmitter::addConstant(LaneImageBuilder& image, const Side& side, const Part& result) const {
    const auto [n, c, h, w] = side.shape;
    const Range channels = c == 1 ? Range{0, kLanes} : result.c;
    std::vector<float> values;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t k = channels.begin; k < channels.end; ++k) {
            const int64_t at = (i * c + (c == 1 ? 0 : k)) * h * w;
            values.insert(values.end(), side.values.begin() + at, side.values.begin() + at + h * w);
        }
    return image.addAligned(values, {{0, n}, channels, {0, h}, {0, w}}, m_precision);
}

/// Operands as boxes under the result's shape; single channels are in every lane by then.
std::vector<Box> BinaryEmitter::boxes(const LocalCall& call, VectorUnit& v) const {
    LaneImageBuilder image(m_tables); // only its offsets
    size_t scratch = m_native ? 0 : registers();
    std::vector<Box> out;
    for (size_t i = 0; i < m_sides.size(); ++i) {
        const Side& side = m_sides[i];
        const Part part = partOf(side, call.result);
        if (side.constant) {
            const uint32_t offset = call.constants + addConstant(image, side, call.result);
            Part whole{{0, side.shape[0]}, part.c, {0, side.shape[2]}, {0, side.shape[3]}};
            if (side.shape[1] == 1) whole.c = {0, kLanes};
            Box box = alignedTensor(offset, m_precision, true, whole);
            Part wanted = part;
            wanted.c = whole.c;
            box = box.sub(wanted);
            if (side.shape[1] == 1) box.part.c = {0, 1};
            out.push_back(box);
            continue;
        }
        Box box = call.operands[i].sub(part);
        if (side.spread) {
            Part part64 = spreadPart(side, call.result);
            const uint32_t at = call.scratch[scratch++];
            const Box source = alignedTensor(at, m_precision, true, part);
            const Box target = alignedTensor(at + static_cast<uint32_t>(alignedBytes(m_precision, part64)), m_precision,
                                             true, part64);
            v.copy(source, box);
            STransBc b;
            b.tsk_eu_typ = TransBcOp::LaneBroadcast;
            b.res0_prec = code(m_precision);
            b.res0_n = static_cast<uint32_t>(target.n());
            b.res0_c = static_cast<uint32_t>(kLanes);
            b.res0_h = static_cast<uint32_t>(target.h());
            b.res0_w = static_cast<uint32_t>(target.w());
            b.opd0_c = 1;
            b.opd0_w = b.res0_w;
            b.res0_addr = target.address;
            b.opd0_addr = source.address;
            v.assembler().add(b);
            box = target;
            box.part.c = {0, 1};
        }
        out.push_back(box);
    }
    return out;
}

Status BinaryEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    VectorUnit v(out);
    const std::vector<Box> from = boxes(call, v);
    if (!m_native) {
        emitInFloat(call, v, from);
        return {};
    }
    const uint32_t op = *commandOf(m_op);
    const Box* left = &from[0];
    for (size_t i = 1; i < from.size(); ++i) {
        if (m_reverse)
            v.apply(op, call.output, from[i], *left);
        else
            v.apply(op, call.output, *left, from[i]);
        left = &call.output;
    }
    if (m_clamp.kind == Unary::Relu) UnaryFormula::of(m_clamp)->emit(v, call.output, call.output, {}, 0);
    return {};
}

/// Every operand goes to a float32 register of the result's shape first.
void BinaryEmitter::emitInFloat(const LocalCall& call, VectorUnit& v, const std::vector<Box>& from) const {
    std::vector<Box> r;
    for (size_t i = 0; i < registers(); ++i)
        r.push_back(scratchLike(call.output, call.scratch[i], Precision::F32));
    const auto fetch = [&](const Box& to, size_t i) {
        v.cast(to, from[i]);
        if (m_sides[i].factor != 1) v.apply(ArOp::Mul, to, to, m_sides[i].factor);
    };
    const Box &a = r[0], &b = r[1];
    fetch(a, 0);
    if (m_choice) {
        fetch(b, 1);
        fetch(r[2], 2);
        v.select(CmpOp::SelectEqual, a, a, 0.0f, r[2], b);
        return v.cast(call.output, a);
    }
    for (size_t i = 1; i < from.size(); ++i) {
        fetch(b, i);
        const Box &left = m_reverse ? b : a, &right = m_reverse ? a : b;
        if (const auto op = commandOf(m_op)) {
            v.apply(*op, a, left, right);
            continue;
        }
        const auto truth = [&](uint32_t op, float yes, float no) { v.select(op, a, left, right, yes, no); };
        switch (m_op) {
        case Binary::Equal: truth(CmpOp::SelectEqual, 1, 0); break;
        case Binary::NotEqual: truth(CmpOp::SelectEqual, 0, 1); break;
        case Binary::Greater: truth(CmpOp::SelectGreater, 1, 0); break;
        case Binary::Less: truth(CmpOp::SelectLess, 1, 0); break;
        case Binary::GreaterEqual: truth(CmpOp::SelectLess, 0, 1); break;
        case Binary::LessEqual: truth(CmpOp::SelectGreater, 0, 1); break;
        case Binary::And: case Binary::Or:
            v.select(CmpOp::SelectEqual, a, a, 0.0f, 0.0f, 1.0f);
            v.select(CmpOp::SelectEqual, b, b, 0.0f, 0.0f, 1.0f);
            v.apply(m_op == Binary::And ? ArOp::Min : ArOp::Max, a, a, b);
            break;
        case Binary::Pow: // exp(right · ln left)
            emitLog(v, r[5], left, std::span(r).subspan(2), call.constants + m_log, m_logCount);
            v.apply(ArOp::Mul, r[5], r[5], right);
            emitExp(v, a, r[5], 1, {r[2], r[3], r[4]}, call.constants + m_exp, m_expCount);
            break;
        case Binary::Mod: { // left - floor(left / right) · right, brought between 0 and right
            const Box &quotient = r[2], &other = r[3];
            v.apply(ArOp::Div, quotient, left, right);
            v.cast(seenAs(quotient, Precision::Int32), quotient, Rounding::Down);
            v.cast(quotient, seenAs(quotient, Precision::Int32));
            v.apply(ArOp::Mul, quotient, quotient, right);
            v.apply(ArOp::Sub, quotient, left, quotient);
            v.apply(ArOp::Mul, other, quotient, right); // below zero: on the other side of 0
            v.select(CmpOp::SelectLess, other, other, 0.0f, right, 0.0f);
            v.apply(ArOp::Add, quotient, quotient, other);
            v.apply(ArOp::Sub, other, quotient, right); // not below zero times right: one too many
            v.apply(ArOp::Mul, other, other, right);
            v.select(CmpOp::SelectLess, other, other, 0.0f, 0.0f, right);
            v.apply(ArOp::Sub, a, quotient, other);
            break;
        }
        default: break;
        }
    }
    if (m_clamp.kind == Unary::Relu) UnaryFormula::of(m_clamp)->emit(v, a, a, {}, 0);
    v.cast(call.output, a);
}

Result<Side> sideOf(const EmitContext& c, size_t index, Precision precision) {
    const auto& result = c.graph->value(c.node->results[0]).type.shape;
    const auto& value = c.graph->value(c.node->operands[index]);
    const std::string name = "operand " + std::to_string(index);
    if (floatOperand(c, index) != precision) return notEmitted(c, name + " is of another kind than the result");
    // Axes are aligned at the end; the chip's four axes must show the same picture.
    ir::Shape shape = value.type.shape;
    if (shape.size() > result.size()) return notEmitted(c, name + " has more axes than the result");
    shape.insert(shape.begin(), result.size() - shape.size(), 1);
    Side side;
    const ir::Tensor* data = constantOperand(c, index);
    const ir::Shape own = shape;
    if (data != nullptr) shape = joinableShape(own, result);
    side.shape = chipShape(shape);
    const auto whole = chipShape(result);
    if (data != nullptr) {
        side.constant = true;
        side.values = floatsOf(repeatedConstant(*data, own, shape));
    } else if (chipShape(value.type.shape) != side.shape) {
        return notEmitted(c, name + " of shape " + ir::toText(value.type.shape) + " lies differently from a result of " +
                                 ir::toText(result));
    }
    for (size_t i = 0; i < 4; ++i)
        if (side.shape[i] != whole[i] && side.shape[i] != 1)
            return notEmitted(c, name + " repeats within axes that the chip joins");
    side.spread = !side.constant && side.shape[1] == 1 && whole[1] != 1;
    return side;
}

Side numberSide(double number) {
    Side side;
    side.shape = {1, 1, 1, 1};
    side.constant = true;
    side.values = {static_cast<float>(number)};
    return side;
}

Result<std::unique_ptr<LocalEmitter>> prepareTensors(const EmitContext& c, Binary op) {
    const auto precision = floatResult(c);
    if (!precision) return notEmitted(c, "its result is not float");
    const auto coefficients = c.node->attributes.reals("coeff");
    std::vector<Side> sides;
    const bool number = c.node->op == "tpu.CompareConst";
    for (size_t i = 0; i < (number ? 1 : c.node->operands.size()); ++i) {
        if (c.node->operands[i] == ir::kNoValue) return notEmitted(c, "an operand is absent");
        WB_ASSIGN(Side side, sideOf(c, i, *precision));
        if (i < coefficients.size() && (op == Binary::Add || op == Binary::Sub)) side.factor = static_cast<float>(coefficients[i]);
        sides.push_back(std::move(side));
    }
    if (number) sides.push_back(numberSide(c.node->attributes.real("const_val", 0)));
    if (sides.size() < 2) return notEmitted(c, "it has one operand");
    const bool whole = sides[0].shape == chipShape(c.graph->value(c.node->results[0]).type.shape);
    auto emitter = std::make_unique<BinaryEmitter>(op, std::move(sides), *precision, fusedClamp(*c.node),
                                                   c.node->attributes.boolean(number ? "inversed" : "is_reverse"));
    emitter->setWhole(whole);
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareChoice(const EmitContext& c) {
    if (floatResult(c) != Precision::F32 || c.node->operands.size() < 3)
        return notEmitted(c, "its result is not of 32 bits, or an operand is missing");
    std::vector<Side> sides;
    for (size_t i = 0; i < 3; ++i) {
        const std::string name = i == 1 ? "x" : "y";
        if (i > 0 && c.node->attributes.boolean(name + "_is_const")) {
            sides.push_back(numberSide(c.node->attributes.real(name + "_const_val", 0)));
            continue;
        }
        if (c.node->operands[i] == ir::kNoValue) return notEmitted(c, "an operand is absent");
        WB_ASSIGN(Side side, sideOf(c, i, Precision::F32));
        sides.push_back(std::move(side));
    }
    auto emitter = std::make_unique<BinaryEmitter>(Binary::NotEqual, std::move(sides), Precision::F32, UnaryOp{}, false);
    emitter->setChoice();
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

Result<std::unique_ptr<LocalEmitter>> prepareFloatBinary(const EmitContext& c) {
    if (const auto op = binaryOf(*c.node)) return prepareTensors(c, *op);
    const auto& a = c.node->attributes;
    const auto k = static_cast<float>(a.real("const_val", 0));
    const UnaryOp clamp = fusedClamp(*c.node);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    if (c.node->op == "tpu.AddConst") return makeChain(c, {{Unary::Affine, 1, k}, clamp});
    if (c.node->op == "tpu.MulConst") return makeChain(c, {{Unary::Affine, k, 0}, clamp});
    if (c.node->op == "tpu.SubConst")
        return makeChain(c, {a.boolean("is_reverse") ? UnaryOp{Unary::SubFrom, k, 0} : UnaryOp{Unary::Affine, 1, -k}, clamp});
    if (c.node->op == "tpu.MaxConst") return makeChain(c, {{Unary::Clip, k, kInfinity}, clamp});
    if (c.node->op == "tpu.MinConst") return makeChain(c, {{Unary::Clip, -kInfinity, k}, clamp});
    if (c.node->op == "tpu.Reciprocal")
        return makeChain(c, {{Unary::Reciprocal, static_cast<float>(a.real("const_val", 1)), 0}, clamp});
    if (c.node->op == "tpu.Pow")
        return makeChain(c, {{Unary::PowConst, static_cast<float>(a.real("exponent", 1)), 0}, clamp});
    return notEmitted(c, "there are no float commands for it");
}

} // namespace wb::ops
