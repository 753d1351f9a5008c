// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of the channels lie in their lanes.
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

class ScaleLutEmitter final : public LocalEmitter {
public:
    ScaleLutEmitter(ir::Tensor tables, int64_t channels) : m_tables(std::move(tables)), m_channels(channels) {}
    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = true}; }
    Part operandPart(size_t, const Part& result) const override { return result; }
    Result<LaneImage> constants(const Part&) const override {
        LaneImage image{256, std::vector<std::byte>(256 * kLanes)};
        std::memcpy(image.bytes.data(), m_tables.bytes(), static_cast<size_t>(256 * m_channels));
        return image;
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit(out).lookUp(call.output, call.operands[0].sub(call.result), call.constants);
        return {};
    }

private:
    ir::Tensor m_tables;
    int64_t m_channels;
};

Result<std::unique_ptr<LocalEmitter>> prepareScaleLut(const EmitContext& context) {
    const auto& node = *context.node;
    const int64_t channels = chipShape(context.graph->value(node.results[0]).type.shape)[1];
    if (!isConstant(context, 1)) return notEmitted(context, "its tables are not constant");
    if (channels > kLanes) return notEmitted(context, "it has more than 64 channels");
    return std::unique_ptr<LocalEmitter>(new ScaleLutEmitter(*context.graph->weight(node.operands[1]), channels));
}

} // namespace

void emit_preprocess(EmitterTable& table) {
    table.add({.op = "tpu.ScaleLut", .local = prepareScaleLut});
}

} // namespace wb::ops
