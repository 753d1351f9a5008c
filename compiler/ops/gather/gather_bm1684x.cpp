// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Gather: GDMA picks rows of the table in DDR by 32-bit indices in local memory. The indices come as float32; negative
// ones count from the end, others are brought onto the axis, as the operator's model does it.
#include "compiler/ops/support/move_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {
namespace {

using namespace bm1684x;

/// Indices at a time: three buffers of four bytes each in one lane.
constexpr int64_t kIndicesAtATime = 8192;
constexpr uint32_t kPickShift = 4 * kIndicesAtATime, kPickIndices = 2 * kPickShift;

struct RowPicks {
    int64_t outer = 1, rows = 1, width = 1; ///< of the table: [outer][rows][width]
    int64_t picks = 1;                      ///< result: [outer][picks][width]
    Precision precision = Precision::F32;
};

class GatherRows final : public GlobalEmitter {
public:
    GatherRows(RowPicks geometry, std::vector<std::byte> table) : m_g(geometry), m_table(std::move(table)) {}

    Result<std::vector<std::byte>> constants() const override { return m_table; }

    Status emit(const GlobalCall& call, Assembler& out) const override {
        const uint64_t table = m_table.empty() ? call.operands[0].address : call.constants;
        for (int64_t first = 0; first < m_g.picks; first += kIndicesAtATime) {
            const int64_t count = std::min(kIndicesAtATime, m_g.picks - first);
            placeIndices(call.operands[1].address + static_cast<uint64_t>(first * 4), count, out);
            for (int64_t group = 0; group < m_g.outer; group += kMaxDimension)
                for (int64_t column = 0; column < m_g.width; column += kMaxDimension)
                    pick({group, std::min(m_g.outer, group + kMaxDimension)}, {first, first + count},
                         {column, std::min(m_g.width, column + kMaxDimension)}, table, call.output.address, out);
        }
        return {};
    }

private:
    /// From DDR into lane 0, on the axis, as whole numbers.
    void placeIndices(uint64_t address, int64_t count, Assembler& out) const {
        const Part line{{0, 1}, {0, 1}, {0, 1}, {0, count}};
        const LocalTensor numbers = alignedTensor(0, Precision::F32, true, line);
        const LocalTensor shift = alignedTensor(kPickShift, Precision::F32, true, line);
        const LocalTensor indices = alignedTensor(kPickIndices, Precision::Int32, true, line);
        copyBox(out, Precision::F32, {1, 1, 1, count}, {address, {count, count, count, 1}}, placeOf(numbers));
        const auto rows = static_cast<float>(m_g.rows);
        VectorUnit unit(out);
        unit.apply(ArOp::Max, numbers, numbers, -rows);
        unit.apply(ArOp::Min, numbers, numbers, rows - 1);
        unit.select(CmpOp::SelectLess, shift, numbers, 0.0F, rows, 0.0F);
        unit.apply(ArOp::Add, numbers, numbers, shift);
        unit.cast(indices, numbers, Rounding::TowardZero);
    }

    void pick(Range groups, Range picks, Range columns, uint64_t table, uint64_t result, Assembler& out) const {
        const int64_t size = bytesOf(m_g.precision);
        const auto u = [](int64_t number) { return static_cast<uint32_t>(number); };
        DmaGather c;
        c.stride_enable = 1;
        c.src_data_format = code(m_g.precision);
        c.src_csize = c.dst_csize = u(groups.size());
        c.src_hsize = u(m_g.rows);
        c.dst_hsize = c.index_hsize = u(picks.size());
        c.src_wsize = c.dst_wsize = u(columns.size());
        c.index_csize = 1;
        c.src_hstride = c.dst_hstride = u(m_g.width);
        c.src_cstride = u(m_g.rows * m_g.width);
        c.dst_cstride = u(m_g.picks * m_g.width);
        c.index_hstride = 1;
        c.index_cstride = u(picks.size());
        c.setSource(table + static_cast<uint64_t>((groups.begin * m_g.rows * m_g.width + columns.begin) * size));
        c.setDestination(result +
                         static_cast<uint64_t>(((groups.begin * m_g.picks + picks.begin) * m_g.width + columns.begin) * size));
        c.setIndex(kLocalBase + kPickIndices);
        out.add(c);
    }

    RowPicks m_g;
    std::vector<std::byte> m_table; ///< empty: operand 0 is computed
};

Result<std::unique_ptr<GlobalEmitter>> gatherRows(const EmitContext& c) {
    const ir::TensorType& type = resultType(c);
    const ir::Shape& shape = operandType(c, 0).shape;
    const auto rank = static_cast<int64_t>(shape.size());
    int64_t axis = c.node->attributes.integer("axis", 0);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return notEmitted(c, "axis " + std::to_string(axis) + " does not exist");
    if (c.node->operands[1] == ir::kNoValue || c.graph->weight(c.node->operands[1]) != nullptr ||
        operandType(c, 1).element != ir::ElementType::F32)
        return notEmitted(c, "its indices are no float32 numbers computed before");
    if (ir::sizeInBytes(operandType(c, 0).element) != ir::sizeInBytes(type.element))
        return notEmitted(c, "its elements change their width");
    RowPicks g;
    g.precision = chipPrecision(type.element);
    g.picks = operandType(c, 1).elementCount();
    for (int64_t i = 0; i < rank; ++i)
        (i < axis ? g.outer : i == axis ? g.rows : g.width) *= shape[static_cast<size_t>(i)];
    if (g.outer * g.rows * g.width == 0 || g.picks == 0 || g.outer * g.picks * g.width != type.elementCount())
        return notEmitted(c, "its shapes do not belong together");
    if (g.rows > kMaxDimension)
        return beyondChip(c, "it picks among " + std::to_string(g.rows) + " rows, a transfer reaches " + std::to_string(kMaxDimension));
    if (std::max(g.rows, g.picks) * g.width > int64_t{UINT32_MAX}) return beyondChip(c, "its strides leave 32 bits");
    std::vector<std::byte> table;
    if (const ir::Tensor* data = c.graph->weight(c.node->operands[0]))
        table.assign(data->bytes(), data->bytes() + data->byteSize());
    return std::unique_ptr<GlobalEmitter>(std::make_unique<GatherRows>(g, std::move(table)));
}

} // namespace

void emit_gather(EmitterTable& table);
void emit_gather(EmitterTable& table) { table.add({.op = "tpu.Gather", .global = gatherRows}); }

} // namespace wb::ops
