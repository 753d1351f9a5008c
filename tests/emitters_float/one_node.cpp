// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_float/one_node.h"

#include "compiler/numeric/half.h"

#include <cmath>
#include <cstring>

namespace wb::test {

using namespace bm1684x;
using ir::ElementType;
using ir::Tensor;

namespace {

uint64_t next(uint64_t& state) { // splitmix64
    uint64_t z = (state += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

/// Copies between a row-major tensor and the box's place in local memory.
void exchange(Memory& memory, const LocalTensor& box, std::byte* data,
              const std::array<int64_t, 4>& shape, bool toLocal) {
    const int64_t bytes = bytesOf(box.precision);
    for (int64_t n = box.part.n.begin; n < box.part.n.end; ++n)
        for (int64_t c = box.part.c.begin; c < box.part.c.end; ++c)
            for (int64_t h = box.part.h.begin; h < box.part.h.end; ++h)
                for (int64_t w = box.part.w.begin; w < box.part.w.end; ++w) {
                    const int64_t channel = box.lane0() + c - box.part.c.begin;
                    const int64_t at = (n - box.part.n.begin) * box.nStride + channel / kLanes * box.cStride +
                                       (h - box.part.h.begin) * box.hStride + (w - box.part.w.begin) * box.wStride;
                    auto* there = memory.local.data() + channel % kLanes * memory.pitch + box.offset() + at * bytes;
                    auto* here = data + (((n * shape[1] + c) * shape[2] + h) * shape[3] + w) * bytes;
                    std::memcpy(toLocal ? there : here, toLocal ? here : there, static_cast<size_t>(bytes));
                }
}

Range grownRange(Range r, int64_t size) { return {std::max<int64_t>(0, r.begin - 1), std::min(size, r.end + 1)}; }

/// More of the operand than was asked for, as when it stays in local memory for several nodes.
Part grownPart(const Part& part, const std::array<int64_t, 4>& shape) {
    return {{0, shape[0]}, {part.c.begin, std::min(shape[1], part.c.end + kLanes)}, grownRange(part.h, shape[2]),
            grownRange(part.w, shape[3])};
}

std::vector<Range> slices(int64_t size, int64_t step) {
    std::vector<Range> out;
    for (int64_t at = 0; at < size; at += step > 0 ? step : size)
        out.push_back({at, std::min(size, at + (step > 0 ? step : size))});
    return out;
}

std::vector<std::byte> rubbish(size_t bytes) {
    std::vector<std::byte> out(bytes);
    uint64_t state = 77;
    for (size_t i = 0; i + 8 <= bytes; i += 8) {
        const uint64_t word = next(state);
        std::memcpy(out.data() + i, &word, 8);
    }
    return out;
}

} // namespace

OneNode::OneNode(std::string op, uint64_t seed) : m_state(seed), m_op(std::move(op)) {}

Tensor OneNode::random(const Shape& shape, ElementType element, double scale, double offset) {
    Tensor tensor(element, shape);
    for (int64_t i = 0; i < tensor.elementCount(); ++i) {
        const double uniform = static_cast<double>(next(m_state) >> 11) * 0x1p-52 - 1;
        const auto value = static_cast<float>(uniform * scale + offset);
        switch (element) {
        case ElementType::F16: tensor.mutableData<uint16_t>()[i] = numeric::toHalf(value); break;
        case ElementType::BF16: tensor.mutableData<uint16_t>()[i] = numeric::toBfloat16(value); break;
        case ElementType::F32: tensor.mutableData<float>()[i] = value; break;
        case ElementType::I32: tensor.mutableData<int32_t>()[i] = static_cast<int32_t>(value); break;
        default: tensor.mutableData<uint8_t>()[i] = static_cast<uint8_t>(next(m_state)); break;
        }
    }
    return tensor;
}

OneNode& OneNode::input(Shape shape, ElementType element, double scale, double offset) {
    return input(random(shape, element, scale, offset));
}

OneNode& OneNode::weight(Shape shape, ElementType element, double scale, double offset) {
    return weight(random(shape, element, scale, offset));
}

OneNode& OneNode::input(Tensor data) {
    m_last = m_graph.add("top.Input", {}, "x" + std::to_string(m_ids.size()), {data.type(), data.shape(), true, {}});
    m_operands.push_back(std::move(data));
    m_ids.push_back(m_last);
    return *this;
}

OneNode& OneNode::weight(Tensor data) {
    m_operands.emplace_back();
    m_last = m_graph.addWeight("w" + std::to_string(m_ids.size()), std::move(data));
    m_ids.push_back(m_last);
    return *this;
}

OneNode& OneNode::absent() {
    m_operands.emplace_back();
    m_ids.push_back(ir::kNoValue);
    return *this;
}

OneNode& OneNode::repetitive(Shape shape) {
    input(std::move(shape), ElementType::F32, 9);
    Tensor& data = m_operands.back();
    for (int64_t i = 0; i < data.elementCount(); ++i)
        data.mutableData<float>()[i] = std::round(data.data<float>()[i]);
    return *this;
}

OneNode& OneNode::powers(double step) {
    std::vector<float> table(256);
    for (size_t k = 0; k < table.size(); ++k)
        table[k] = static_cast<float>(std::exp(-step * static_cast<double>(k)));
    m_operands.emplace_back();
    m_ids.push_back(m_graph.addWeight("powers", Tensor::of<float>(ElementType::F32, {1, 1, 1, 256}, table)));
    return *this;
}

OneNode& OneNode::quantised(double scale, int64_t zero) {
    ir::UniformQuant quant;
    quant.scales = {scale};
    quant.zeroPoints = {zero};
    m_graph.value(m_last).type.quant = quant;
    return *this;
}

OneNode& OneNode::result(Shape shape, ElementType element) {
    m_node = m_graph.addNode(m_op, m_ids, {"y"}, {{element, std::move(shape), true, {}}}, m_attributes);
    m_last = m_graph.node(m_node).results[0];
    m_graph.outputs = {m_last};
    return *this;
}

const ir::TensorType& OneNode::resultType() const { return m_graph.value(node().results[0]).type; }

Tensor OneNode::expected(bool scalar) const {
    const auto* def = ops::kernelTable().find(m_op);
    if (def == nullptr) return {};
    ops::PrepareContext context{&m_graph, &node(), std::vector<ops::Layout>(m_ids.size(), ops::Layout::Plain),
                                {ops::Layout::Plain}, {}, scalar};
    auto kernel = def->prepare(context);
    if (!kernel) return {};
    std::vector<ops::Buffer> in(m_ids.size());
    for (size_t i = 0; i < in.size(); ++i) {
        if (m_ids[i] == ir::kNoValue) continue;
        const Tensor* weight = m_graph.weight(m_ids[i]);
        const Tensor& data = weight != nullptr ? *weight : m_operands[i];
        in[i] = {const_cast<std::byte*>(data.bytes()), &m_graph.value(m_ids[i]).type, ops::Layout::Plain};
    }
    Tensor out(resultType().element, resultType().shape);
    ops::Buffer to{out.mutableBytes(), &resultType(), ops::Layout::Plain};
    std::vector<std::byte> scratch((*kernel)->scratchBytes() + 64);
    ops::RunContext run;
    run.scratch = reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
    (*kernel)->run(in, std::span<const ops::Buffer>(&to, 1), run);
    return out;
}

Outcome runLocal(const OneNode& node, const ops::LocalEmitter& emitter, const Placement& placement, Chip& chip) {
    Outcome outcome;
    const auto& type = node.resultType();
    const auto shape = ops::chipShape(type.shape);
    outcome.result = Tensor(type.element, type.shape);
    const auto cuts = emitter.cuts();
    for (const Range n : slices(shape[0], cuts.n ? placement.sliceN : 0))
        for (const Range c : slices(shape[1], cuts.c ? placement.sliceC : 0))
            for (const Range h : slices(shape[2], cuts.h ? placement.sliceH : 0)) {
                const Part result{n, c, h, {0, shape[3]}};
                int64_t used = 0;
                const auto place = [&](int64_t bytes) {
                    const int64_t at = used;
                    used = roundUp(used + bytes, kVectorBytes);
                    return static_cast<uint32_t>(at);
                };
                std::vector<LocalTensor> operands;
                for (size_t i = 0; i < node.operands().size(); ++i) {
                    const Tensor& data = node.operands()[i];
                    if (data.empty()) {
                        operands.emplace_back();
                        continue;
                    }
                    const auto whole = ops::chipShape(data.shape());
                    Part part = emitter.operandPart(i, result);
                    if (placement.grown) part = grownPart(part, whole);
                    const auto precision = ops::chipPrecision(data.type());
                    operands.push_back(alignedTensor(place(alignedBytes(precision, part)), precision,
                                                     ops::chipSigned(data.type()), part));
                }
                const auto precision = ops::chipPrecision(type.element);
                ops::LocalCall call;
                const int shared = emitter.inPlaceOperand();
                Part room = result;
                if (placement.loose) room.h.end += 3;
                call.output = placement.inPlace && shared >= 0 && operands[static_cast<size_t>(shared)].part == result
                                  ? operands[static_cast<size_t>(shared)]
                                  : alignedTensor(place(alignedBytes(precision, room)), precision, true, room);
                call.output.part = result;
                call.output.precision = precision;
                call.output.isSigned = ops::chipSigned(type.element);
                call.result = result;
                call.operands = operands;
                auto image = emitter.constants(result);
                if (!image) return outcome.error = "constants: " + image.error().what + " " + image.error().why, outcome;
                call.constants = place(image->width);
                std::vector<uint32_t> scratch;
                for (const int64_t bytes : emitter.scratchBytes(result))
                    scratch.push_back(place(bytes));
                call.scratch = scratch;
                if (used > kLaneBytes)
                    return outcome.error = "the test needs more than a lane", outcome.refused = true, outcome;
                Memory memory{used, rubbish(static_cast<size_t>(kLanes * used)), {}};
                for (size_t i = 0; i < operands.size(); ++i)
                    if (const Tensor& data = node.operands()[i]; !data.empty())
                        exchange(memory, operands[i], const_cast<std::byte*>(data.bytes()), ops::chipShape(data.shape()), true);
                for (int64_t lane = 0; lane < kLanes && image->width > 0; ++lane)
                    std::memcpy(memory.local.data() + lane * used + call.constants, image->bytes.data() + lane * image->width,
                                static_cast<size_t>(image->width));
                Assembler assembler;
                if (auto done = emitter.emit(call, assembler); !done)
                    return outcome.error = "emit: " + done.error().what + " " + done.error().why, outcome;
                auto program = assembler.finish();
                if (!program) return outcome.error = "finish: " + program.error().what + " " + program.error().why, outcome;
                outcome.commands += program->placed.size();
                if (outcome.error = chip.run(memory, *program); !outcome.error.empty()) return outcome;
                exchange(memory, call.output, outcome.result.mutableBytes(), shape, false);
            }
    return outcome;
}

Outcome runGlobal(const OneNode& node, const ops::GlobalEmitter& emitter, Chip& chip) {
    Outcome outcome;
    const auto& type = node.resultType();
    outcome.result = Tensor(type.element, type.shape);
    uint64_t used = 0;
    const auto place = [&](size_t bytes) {
        const uint64_t at = used;
        used = (used + bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
        return at;
    };
    auto constants = emitter.constants();
    if (!constants) return outcome.error = "constants: " + constants.error().what, outcome;
    std::vector<uint64_t> at;
    for (const Tensor& data : node.operands())
        at.push_back(data.empty() ? 0 : place(data.byteSize()));
    const uint64_t output = place(outcome.result.byteSize()), constant = place(constants->size());
    Memory memory{0, {}, rubbish(used)};
    std::vector<std::byte>& ddr = memory.ddr;
    ops::GlobalCall call;
    std::vector<GlobalTensor> operands;
    std::vector<ir::Shape> shapes;
    for (size_t i = 0; i < at.size(); ++i) {
        const Tensor& data = node.operands()[i];
        const ir::ValueId id = node.node().operands[i];
        shapes.push_back(id == ir::kNoValue ? ir::Shape{} : node.graph().value(id).type.shape);
        if (data.empty()) {
            operands.emplace_back();
            continue;
        }
        std::memcpy(ddr.data() + at[i], data.bytes(), data.byteSize());
        operands.push_back({kGlobalBase + at[i], ops::chipPrecision(data.type()), ops::chipSigned(data.type()),
                            ops::chipShape(data.shape())});
    }
    if (!constants->empty()) std::memcpy(ddr.data() + constant, constants->data(), constants->size());
    call.operands = operands;
    call.operandShapes = shapes;
    call.outputShape = type.shape;
    call.output = {kGlobalBase + output, ops::chipPrecision(type.element), ops::chipSigned(type.element),
                   ops::chipShape(type.shape)};
    call.constants = kGlobalBase + constant;
    Assembler assembler;
    if (auto done = emitter.emit(call, assembler); !done)
        return outcome.error = "emit: " + done.error().what + " " + done.error().why, outcome;
    auto program = assembler.finish();
    if (!program) return outcome.error = "finish: " + program.error().what + " " + program.error().why, outcome;
    outcome.commands = program->placed.size();
    if (outcome.error = chip.run(memory, *program); !outcome.error.empty()) return outcome;
    std::memcpy(outcome.result.mutableBytes(), ddr.data() + output, outcome.result.byteSize());
    // What the code generator takes instead of the commands.
    const auto view = emitter.viewOffset();
    if (view && std::memcmp(node.operands()[0].bytes() + *view, outcome.result.bytes(), outcome.result.byteSize()) != 0)
        outcome.error = "the result is not the view of the operand that it is said to be";
    return outcome;
}

Outcome runEmitted(const OneNode& node, const Placement& placement, Chip& chip) {
    const auto* def = ops::emitterTable().find(node.node().op);
    if (def != nullptr && def->alias) { // the operand's bytes under the result's shape
        Outcome outcome;
        outcome.result = Tensor(node.resultType().element, node.resultType().shape);
        if (outcome.result.byteSize() != node.operands()[0].byteSize()) return outcome.error = "its size changes", outcome;
        std::memcpy(outcome.result.mutableBytes(), node.operands()[0].bytes(), outcome.result.byteSize());
        return outcome;
    }
    Outcome outcome;
    outcome.error = "no emitter";
    outcome.refused = true;
    const auto refuse = [&](const Error& error) { outcome.error = error.what + ": " + error.why; };
    for (const bool global : {placement.global, !placement.global}) {
        if (def == nullptr) break;
        if (global && def->global != nullptr) {
            auto emitter = def->global(node.context());
            if (emitter) return runGlobal(node, **emitter, chip);
            refuse(emitter.error());
        }
        if (!global && def->local != nullptr) {
            auto emitter = def->local(node.context());
            if (emitter) return runLocal(node, **emitter, placement, chip);
            refuse(emitter.error());
        }
    }
    return outcome;
}

double elementAt(const Tensor& t, int64_t i) {
    switch (t.type()) {
    case ElementType::F16: return numeric::fromHalf(t.data<uint16_t>()[i]);
    case ElementType::BF16: return numeric::fromBfloat16(t.data<uint16_t>()[i]);
    case ElementType::F32: return t.data<float>()[i];
    case ElementType::I32: return t.data<int32_t>()[i];
    default: return ops::chipSigned(t.type()) ? double{t.data<int8_t>()[i] * 1.0} : t.data<uint8_t>()[i] * 1.0;
    }
}

double distance(const Tensor& a, const Tensor& b, double absolute, double relative) {
    if (a.elementCount() != b.elementCount() || a.empty() || b.empty()) return 1e30;
    double most = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i) {
        const double x = elementAt(a, i), y = elementAt(b, i);
        if (x == y || (std::isnan(x) && std::isnan(y))) continue;
        const double d = std::fabs(x - y) / (absolute + relative * std::fabs(y));
        most = std::max(most, std::isfinite(d) ? d : 1e30);
    }
    return most;
}

} // namespace wb::test
