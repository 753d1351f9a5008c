// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/context.h"

#include "compiler/base/parallel.h"

#include <cstdio>

namespace wb::bm1684x::sim {
namespace {

std::string title(const Context& c) {
    const auto id = field(c.command, "cmd_id").value_or(0);
    return std::string(engineOf(c.command) == Engine::Tiu ? "TIU" : "GDMA") + " command " + std::to_string(id) + " (" +
           formatOf(c.command).name + " " + operationName(c.command) + "): ";
}

} // namespace

Error Context::fault(const std::string& what) const {
    return Error{.code = Code::CommandFault, .what = title(*this) + what};
}

Error Context::unknown(const std::string& what) const {
    return Error{.code = Code::CommandUnknown, .what = title(*this) + what + " is not simulated"};
}

Status Context::forEach(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) const {
    WB_TRY(parallelFor(count, grain, job, body));
    return job.checkStop(); // a body may have ended early
}

Four stridesOf(Layout layout, const Four& shape, int64_t lane0, Precision precision) {
    const int64_t vector = kVectorBytes / bytesOf(precision);
    const int64_t rows = ceilDiv(lane0 + shape[1], kLanes);
    switch (layout) {
    case Layout::PerChannel: return {0, 1, 0, 0};
    case Layout::Compact: return {rows * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1};
    case Layout::RowAligned: {
        const int64_t h = roundUp(shape[3], vector);
        return {rows * shape[2] * h, shape[2] * h, h, 1};
    }
    case Layout::Aligned: break;
    }
    const int64_t channel = roundUp(shape[2] * shape[3], vector);
    return {rows * channel, channel, shape[3], 1};
}

Result<Precision> precisionOf(const Context& c, const char* name, uint32_t code) {
    if (code > static_cast<uint32_t>(Precision::Bf16))
        return c.unknown(std::string(name) + " of precision " + std::to_string(code));
    return static_cast<Precision>(code);
}

Result<View> constantView(const Context& c, const Operand& operand) {
    WB_ASSIGN(const auto precision, precisionOf(c, operand.name, operand.precision));
    View v;
    v.precision = precision;
    v.isSigned = operand.isSigned;
    v.constant = true;
    v.bits = operand.address;
    v.shape = operand.shape;
    return v;
}

Result<View> localView(const Context& c, const Operand& operand, const Four& strides) {
    WB_ASSIGN(const auto precision, precisionOf(c, operand.name, operand.precision));
    char where[64];
    std::snprintf(where, sizeof where, "%s at 0x%x ", operand.name, operand.address);
    for (const int64_t size : operand.shape)
        if (size < 1) return c.fault(std::string(where) + "has no elements");
    if (operand.address >= kLocalBytes) return c.fault(std::string(where) + "is not in local memory");
    View v;
    v.precision = precision;
    v.isSigned = operand.isSigned;
    v.shape = operand.shape;
    v.strides = strides;
    v.local = c.memory.local().data();
    v.lane0 = operand.address / kLaneBytes;
    v.offset = operand.address % kLaneBytes;
    const int64_t size = v.itemBytes();
    if (v.offset % size != 0) return c.fault(std::string(where) + "is not aligned to its elements");
    const int64_t last = (operand.shape[0] - 1) * strides[0] + (v.lane0 + operand.shape[1] - 1) / kLanes * strides[1] +
                         (operand.shape[2] - 1) * strides[2] + (operand.shape[3] - 1) * strides[3];
    if (v.offset + (last + 1) * size > kLaneBytes)
        return c.fault(std::string(where) + "ends behind its lane, at byte " +
                       std::to_string(v.offset + (last + 1) * size));
    return v;
}

Result<View> localView(const Context& c, const Operand& operand, Layout layout) {
    WB_ASSIGN(const auto precision, precisionOf(c, operand.name, operand.precision));
    return localView(c, operand, stridesOf(layout, operand.shape, operand.address / kLaneBytes, precision));
}

Result<View> localView(const Context& c, const Operand& operand, uint32_t layoutCode, const Four& freeStrides) {
    switch (static_cast<LayoutCode>(layoutCode)) {
    case LayoutCode::Aligned: return localView(c, operand, Layout::Aligned);
    case LayoutCode::Compact: return localView(c, operand, Layout::Compact);
    case LayoutCode::PerChannel: return localView(c, operand, Layout::PerChannel);
    case LayoutCode::Free: return localView(c, operand, freeStrides);
    default: return c.unknown(std::string(operand.name) + " in layout " + std::to_string(layoutCode));
    }
}

} // namespace wb::bm1684x::sim
