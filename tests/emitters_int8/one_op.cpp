// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_int8/one_op.h"

#include "compiler/numeric/half.h"

#include <cstring>

namespace wb::test {

using namespace bm1684x;
using ir::ElementType;
using ir::Tensor;

Tensor OneOp::random(const ir::Shape& shape, Element element) {
    Tensor tensor(element, shape);
    for (int64_t i = 0; i < tensor.elementCount(); ++i) {
        // Codes over all their range, floats over more than codes can hold.
        const float real = m_random->below(16) == 0 ? m_random->real(-1e4F, 1e4F) : m_random->real(-9, 9);
        switch (element) {
        case ElementType::F32: tensor.mutableData<float>()[i] = real; break;
        case ElementType::F16: tensor.mutableData<uint16_t>()[i] = numeric::toHalf(real); break;
        case ElementType::BF16: tensor.mutableData<uint16_t>()[i] = numeric::toBfloat16(real); break;
        case ElementType::I32:
            tensor.mutableData<int32_t>()[i] = static_cast<int32_t>(m_random->below(200001)) - 100000;
            break;
        default: tensor.mutableData<uint8_t>()[i] = static_cast<uint8_t>(m_random->next()); break;
        }
    }
    return tensor;
}

namespace {

ir::TensorType typeOf(const ir::Shape& shape, ElementType element, double scale, int64_t zero) {
    ir::TensorType type{element, shape, true, {}};
    if (ops::chipPrecision(element) == Precision::Int8) {
        ir::UniformQuant quant;
        quant.scales = {scale};
        quant.zeroPoints = {zero};
        type.quant = quant;
    }
    return type;
}

} // namespace

OneOp& OneOp::input(const ir::Shape& shape, Element element, double scale, int64_t zero) {
    m_operands.push_back(random(shape, element));
    m_ids.push_back(m_graph.add("top.Input", {}, "x" + std::to_string(m_ids.size()), typeOf(shape, element, scale, zero)));
    return *this;
}

OneOp& OneOp::weight(Tensor data) {
    m_operands.emplace_back();
    m_ids.push_back(m_graph.addWeight("w" + std::to_string(m_ids.size()), std::move(data)));
    return *this;
}

OneOp& OneOp::absent() {
    m_operands.emplace_back();
    m_ids.push_back(ir::kNoValue);
    return *this;
}

OneOp& OneOp::result(const ir::Shape& shape, Element element, double scale, int64_t zero) {
    m_node = m_graph.addNode(m_op, m_ids, {"y"}, {typeOf(shape, element, scale, zero)}, attributes);
    m_graph.outputs = {m_graph.node(m_node).results[0]};
    return *this;
}

Result<Tensor> OneOp::expected() const {
    const auto* def = ops::kernelTable().find(m_op);
    if (def == nullptr) return Error{Code::Internal, "no kernel for " + m_op};
    const ops::PrepareContext context{&m_graph, &m_graph.node(m_node), std::vector(m_ids.size(), ops::Layout::Plain),
                                      {ops::Layout::Plain}, {}, true};
    WB_ASSIGN(const auto kernel, def->prepare(context));
    std::vector<ops::Buffer> in(m_ids.size());
    for (size_t i = 0; i < in.size(); ++i) {
        if (m_ids[i] == ir::kNoValue) continue;
        const Tensor* weight = m_graph.weight(m_ids[i]);
        in[i] = {const_cast<std::byte*>(weight != nullptr ? weight->bytes() : m_operands[i].bytes()),
                 &m_graph.value(m_ids[i]).type, ops::Layout::Plain};
    }
    Tensor out(resultType().element, resultType().shape);
    const ops::Buffer to{out.mutableBytes(), &resultType(), ops::Layout::Plain};
    std::vector<std::byte> scratch(kernel->scratchBytes() + 64);
    ops::RunContext run;
    run.scratch = reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
    kernel->run(in, std::span(&to, 1), run);
    return out;
}

std::string Cutting::name() const {
    std::string text;
    if (n > 0) text += " n" + std::to_string(n);
    if (c > 0) text += " c" + std::to_string(c);
    if (h > 0) text += " h" + std::to_string(h);
    return text + (grown ? " grown" : "") + (inPlace ? " in place" : "") + (loose ? " loose" : "");
}

namespace {

/// Between a row-major tensor and a box in local memory.
void exchange(std::vector<std::byte>& local, const LocalTensor& box, std::byte* data, const std::array<int64_t, 4>& shape,
              bool toLocal) {
    const int64_t bytes = bytesOf(box.precision);
    const auto& p = box.part;
    for (int64_t n = p.n.begin; n < p.n.end; ++n)
        for (int64_t c = p.c.begin; c < p.c.end; ++c)
            for (int64_t h = p.h.begin; h < p.h.end; ++h)
                for (int64_t w = p.w.begin; w < p.w.end; ++w) {
                    const int64_t channel = box.lane0() + c - p.c.begin;
                    const int64_t at = (n - p.n.begin) * box.nStride + channel / kLanes * box.cStride +
                                       (h - p.h.begin) * box.hStride + (w - p.w.begin) * box.wStride;
                    auto* there = local.data() + channel % kLanes * kLaneBytes + box.offset() + at * bytes;
                    auto* here = data + (((n * shape[1] + c) * shape[2] + h) * shape[3] + w) * bytes;
                    std::memcpy(toLocal ? there : here, toLocal ? here : there, static_cast<size_t>(bytes));
                }
}

std::vector<Range> slices(int64_t size, int64_t step) {
    std::vector<Range> out;
    const int64_t by = step > 0 ? step : std::max<int64_t>(size, 1);
    for (int64_t at = 0; at < size; at += by) out.push_back({at, std::min(size, at + by)});
    return out;
}

/// More of the operand than was asked for.
Part grownPart(Part part, const std::array<int64_t, 4>& shape) {
    part.n = {0, shape[0]};
    part.c.end = std::min(shape[1], part.c.end + kLanes);
    part.h = {std::max<int64_t>(0, part.h.begin - 2), std::min(shape[2], part.h.end + 1)};
    return part;
}

class LaneSpace {
public:
    uint32_t take(int64_t bytes) {
        const int64_t at = m_used;
        m_used = roundUp(m_used + bytes, kVectorBytes);
        return static_cast<uint32_t>(at);
    }
    int64_t used() const { return m_used; }
    bool full() const { return m_used > kLaneBytes; }

private:
    int64_t m_used = 0;
};

std::string textOf(const Error& error) { return error.what + ": " + error.why; }

std::string difference(const OneOp& op, const Tensor& got, const Tensor& expected) {
    const size_t bytes = ir::sizeInBytes(expected.type());
    size_t wrong = 0, first = 0;
    for (size_t i = 0; i < static_cast<size_t>(expected.elementCount()); ++i)
        if (std::memcmp(got.bytes() + i * bytes, expected.bytes() + i * bytes, bytes) != 0 && wrong++ == 0) first = i;
    if (wrong == 0) return {};
    const auto show = [&](const Tensor& t) {
        if (bytes == 4) return std::to_string(t.data<int32_t>()[first]);
        if (bytes == 2) return std::to_string(t.data<uint16_t>()[first]);
        return std::to_string(ops::chipSigned(op.resultType().element) ? t.data<int8_t>()[first] : t.data<uint8_t>()[first]);
    };
    return std::to_string(wrong) + " of " + std::to_string(expected.elementCount()) + " elements differ, the first at " +
           std::to_string(first) + ": " + show(got) + " instead of " + show(expected);
}

/// Computes one slice; the operands are in `op`, the result goes into `result`.
std::string runSlice(const OneOp& op, const ops::LocalEmitter& emitter, const Cutting& cutting, const Part& part,
                     const Machine& machine, std::vector<std::byte>& local, Tensor& result, size_t& commands) {
    LaneSpace space;
    std::vector<LocalTensor> operands(op.operands().size());
    for (size_t i = 0; i < operands.size(); ++i) {
        const Tensor& data = op.operands()[i];
        if (data.empty()) continue;
        const auto shape = ops::chipShape(data.shape());
        const Part needed = emitter.operandPart(i, part);
        const Part kept = cutting.grown ? grownPart(needed, shape) : needed;
        const auto precision = ops::chipPrecision(data.type());
        operands[i] = alignedTensor(space.take(alignedBytes(precision, kept)), precision, ops::chipSigned(data.type()), kept);
        exchange(local, operands[i], const_cast<std::byte*>(data.bytes()), shape, true);
    }
    const auto element = op.resultType().element;
    const auto precision = ops::chipPrecision(element);
    ops::LocalCall call;
    call.result = part;
    call.operands = operands;
    const int shared = emitter.inPlaceOperand();
    if (cutting.inPlace && shared >= 0 && operands[static_cast<size_t>(shared)].part == part) {
        call.output = operands[static_cast<size_t>(shared)];
    } else {
        Part room = part;
        if (cutting.loose) room.h.end += 3;
        call.output = alignedTensor(space.take(alignedBytes(precision, room)), precision, true, room);
        call.output.part = part;
    }
    call.output.precision = precision;
    call.output.isSigned = ops::chipSigned(element);
    const auto image = emitter.constants(part);
    if (!image) return "constants: " + textOf(image.error());
    call.constants = space.take(image->width);
    for (int64_t lane = 0; lane < kLanes && image->width > 0; ++lane)
        std::memcpy(local.data() + lane * kLaneBytes + call.constants, image->bytes.data() + lane * image->width,
                    static_cast<size_t>(image->width));
    std::vector<uint32_t> scratch;
    for (const int64_t bytes : emitter.scratchBytes(part)) scratch.push_back(space.take(bytes));
    call.scratch = scratch;
    if (space.full()) return "the case needs more than a lane";
    Assembler assembler;
    if (const auto done = emitter.emit(call, assembler); !done) return "emit: " + textOf(done.error());
    const auto program = assembler.finish();
    if (!program) return "finish: " + textOf(program.error());
    commands += program->placed.size();
    if (auto fault = machine(local, *program, space.used()); !fault.empty()) return fault;
    exchange(local, call.output, result.mutableBytes(), ops::chipShape(op.resultType().shape), false);
    return {};
}

} // namespace

Outcome compare(const OneOp& op, const Cutting& cutting, const Machine& machine) {
    Outcome outcome;
    const auto expected = op.expected();
    if (!expected) {
        outcome.error = "kernel: " + textOf(expected.error());
        return outcome;
    }
    const auto* def = ops::emitterTable().find(op.context().node->op);
    if (def == nullptr || def->local == nullptr) {
        outcome.error = "no emitter";
        return outcome;
    }
    const auto emitter = def->local(op.context());
    if (!emitter) {
        outcome.error = textOf(emitter.error());
        outcome.refused = true;
        return outcome;
    }
    static std::vector<std::byte> local = [] {
        std::vector<std::byte> bytes(static_cast<size_t>(kLocalBytes));
        Random random(99);
        for (size_t i = 0; i < bytes.size(); i += 8) {
            const uint64_t word = random.next();
            std::memcpy(bytes.data() + i, &word, 8);
        }
        return bytes;
    }();
    const auto shape = ops::chipShape(op.resultType().shape);
    const auto cuts = (*emitter)->cuts();
    Tensor result(op.resultType().element, op.resultType().shape);
    for (const Range n : slices(shape[0], cuts.n ? cutting.n : 0))
        for (const Range c : slices(shape[1], cuts.c ? cutting.c : 0))
            for (const Range h : slices(shape[2], cuts.h ? cutting.h : 0)) {
                outcome.error = runSlice(op, **emitter, cutting, {n, c, h, {0, shape[3]}}, machine, local, result,
                                         outcome.commands);
                if (!outcome.error.empty()) return outcome;
            }
    outcome.error = difference(op, result, *expected);
    return outcome;
}

} // namespace wb::test
