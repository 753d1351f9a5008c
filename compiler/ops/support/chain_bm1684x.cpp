// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/chain_bm1684x.h"

#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;
using kernels::UnaryOp;

namespace {

/// Formulas that give one of their operand's numbers or a constant: they add no rounding.
bool choosesOnly(Unary kind) {
    return kind == Unary::None || kind == Unary::Relu || kind == Unary::Clip || kind == Unary::Abs || kind == Unary::Neg;
}

/// Scratch boxes are float32, several to an element: work goes on in pieces that keep them this small.
constexpr int64_t kScratchBytes = 8192;

/// Whole rows of channels where they are small enough, else rows (or columns) of pictures.
std::vector<Part> partsWithin(const Part& part) {
    const auto step = [](Range all, int64_t at, int64_t size) { return Range{at, std::min(at + size, all.end)}; };
    const auto bytes = [](const Part& p) { return alignedBytes(Precision::F32, p); };
    if (bytes(part) <= kScratchBytes) return {part};
    std::vector<Part> pieces;
    for (int64_t n = part.n.begin; n < part.n.end; ++n) {
        Part row = part;
        row.n = {n, n + 1};
        row.c = step(part.c, part.c.begin, kLanes);
        const int64_t rows = std::max<int64_t>(1, kScratchBytes / bytes(row));
        const int64_t h = std::clamp<int64_t>(kScratchBytes / (4 * part.w.size()), 1, part.h.size());
        const int64_t w = std::min(part.w.size(), kScratchBytes / 4);
        for (int64_t c = part.c.begin; c < part.c.end; c += rows * kLanes)
            for (int64_t y = part.h.begin; y < part.h.end; y += h)
                for (int64_t x = part.w.begin; x < part.w.end; x += w)
                    pieces.push_back({row.n, step(part.c, c, rows * kLanes), step(part.h, y, h), step(part.w, x, w)});
    }
    return pieces;
}

class ChainEmitter final : public LocalEmitter {
public:
    ChainEmitter(FormulaChain chain, bool inPlace) : m_chain(std::move(chain)), m_inPlace(inPlace) {}
    Cuts cuts() const override { return {true, true, true, true}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override { return m_chain.tables().image(); }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        std::vector<int64_t> most;
        for (const Part& piece : pieces(result)) {
            const auto own = m_chain.scratchBytes(piece);
            most.resize(own.size());
            std::transform(own.begin(), own.end(), most.begin(), most.begin(), [](int64_t a, int64_t b) { return std::max(a, b); });
        }
        return most;
    }
    int inPlaceOperand() const override { return m_inPlace ? 0 : -1; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        WB_TRY(checkLanes(call));
        VectorUnit v(out);
        for (const Part& piece : pieces(call.result))
            m_chain.emit(v, call.output.sub(piece), call.operands[0].sub(piece), call.scratch, call.constants);
        return {};
    }

private:
    std::vector<Part> pieces(const Part& result) const {
        return m_chain.scratchBytes(result).empty() ? std::vector{result} : partsWithin(result);
    }
    FormulaChain m_chain;
    bool m_inPlace;
};

} // namespace

std::optional<Precision> floatOperand(const EmitContext& c, size_t index) {
    if (index >= c.node->operands.size() || c.node->operands[index] == ir::kNoValue) return {};
    const auto element = c.graph->value(c.node->operands[index]).type.element;
    if (!ir::isFloat(element)) return {};
    return chipPrecision(element);
}

std::optional<Precision> floatResult(const EmitContext& c) {
    const auto element = c.graph->value(c.node->results[0]).type.element;
    if (!ir::isFloat(element)) return {};
    return chipPrecision(element);
}

Status checkLanes(const LocalCall& call) {
    bool zero = call.output.lane0() == 0;
    for (const LocalTensor& operand : call.operands)
        zero = zero && (operand.c() == 0 || operand.lane0() == 0);
    if (zero) return {};
    return Error{Code::CodegenUnsupported, "a tensor that does not begin in lane 0 met a float operator"};
}

UnaryOp fusedClamp(const ir::Node& node) {
    if (!node.attributes.boolean("do_relu")) return {};
    return {Unary::Relu, static_cast<float>(node.attributes.real("relu_limit", -1.0)), 0};
}

Result<FormulaChain> FormulaChain::make(const EmitContext& context, const std::vector<UnaryOp>& ops, Precision from,
                                        Precision to) {
    FormulaChain chain;
    chain.m_from = from;
    chain.m_to = to;
    int roundings = 0;
    const bool alone = std::count_if(ops.begin(), ops.end(), [](const UnaryOp& op) { return op.kind != Unary::None; }) == 1;
    for (const UnaryOp& op : ops) {
        if (op.kind == Unary::None) continue;
        auto formula = UnaryFormula::of(op, alone ? from : Precision::F32, to);
        if (!formula) return notEmitted(context, "there are no commands for its formula");
        formula->addTables(chain.m_tables);
        chain.m_native = chain.m_native && formula->native(to);
        chain.m_registers = std::max(chain.m_registers, static_cast<size_t>(formula->registers()));
        roundings += choosesOnly(op.kind) ? 0 : 1;
        chain.m_formulas.push_back(std::move(*formula));
    }
    chain.m_native = (alone && chain.m_formulas[0].takesAny()) ||
                     (chain.m_native && from == to && (to == Precision::F32 || roundings <= 1));
    return chain;
}

bool FormulaChain::withoutBridge() const {
    if (m_formulas.empty()) return m_from == m_to || m_from == Precision::F32 || m_to == Precision::F32;
    return m_native;
}

std::vector<int64_t> FormulaChain::scratchBytes(const Part& result) const {
    const size_t boxes = m_registers + (withoutBridge() ? 0 : 1);
    return std::vector<int64_t>(boxes, alignedBytes(Precision::F32, result));
}

void FormulaChain::emit(VectorUnit& v, const Box& to, const Box& from, std::span<const uint32_t> scratch,
                        uint32_t constants) const {
    const bool bridged = !withoutBridge();
    std::vector<Box> registers;
    for (size_t i = bridged ? 1 : 0; i < scratch.size(); ++i)
        registers.push_back(scratchLike(to, scratch[i], Precision::F32));
    if (!bridged) {
        if (m_formulas.empty()) return v.cast(to, from);
        Box at = from;
        for (const UnaryFormula& formula : m_formulas) {
            formula.emit(v, to, at, registers, constants);
            at = to;
        }
        return;
    }
    const auto usable = [](const Box& box) { return box.precision == Precision::F32 && isAligned(box); };
    const Box bridge = scratchLike(to, scratch[0], Precision::F32);
    Box at = from;
    if (!usable(from)) {
        v.cast(bridge, from);
        at = bridge;
    }
    const Box target = usable(to) ? to : bridge;
    for (const UnaryFormula& formula : m_formulas) {
        formula.emit(v, target, at, registers, constants);
        at = target;
    }
    if (m_formulas.empty()) {
        v.cast(to, at);
        return;
    }
    if (!usable(to)) v.cast(to, target);
}

Result<std::unique_ptr<LocalEmitter>> makeChain(const EmitContext& context, const std::vector<UnaryOp>& ops) {
    const auto from = floatOperand(context, 0), to = floatResult(context);
    if (!from || !to || constantOperand(context, 0) != nullptr)
        return notEmitted(context, "its operand or result is not a float tensor");
    WB_ASSIGN(FormulaChain chain, FormulaChain::make(context, ops, *from, *to));
    return std::unique_ptr<LocalEmitter>(
        std::make_unique<ChainEmitter>(std::move(chain), bytesOf(*from) == bytesOf(*to)));
}

} // namespace wb::ops
