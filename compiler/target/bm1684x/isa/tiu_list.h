// SPDX-License-Identifier: GPL-3.0-or-later
// How the operands of a TIU command are put together; only for operands_tiu.cpp.
#pragma once

#include "compiler/target/bm1684x/isa/operands.h"

#include <utility>

namespace wb::bm1684x::detail {

using TiuShape = std::array<int64_t, 4>;

/// The one place where a layout code of a field becomes strides.
inline void layByCode(Operand& o, uint32_t layout, const TiuShape& strides) {
    switch (layout) {
    case code(LayoutCode::Aligned):
        return layAligned(o);
    case code(LayoutCode::Compact):
        return layCompact(o);
    case code(LayoutCode::PerChannel):
        o.stride = {0, 1, 0, 0};
        o.layout = "per channel";
        return;
    case code(LayoutCode::Free):
        o.stride = strides;
        o.layout = "free";
        return;
    default: // every lane has the same table, rows padded to 64 bytes
        layRowAligned(o);
        o.stride[0] = o.stride[1] = 0;
        o.layout = "table per lane";
    }
}

class TiuList {
public:
    Operand& result(uint64_t address, uint32_t precision, bool isSigned, const TiuShape& shape,
                    bool accumulates = false) {
        Operand& o = add("res0", address, precision, isSigned, shape);
        o.writes = true;
        o.reads = accumulates;
        return o;
    }
    Operand& second(uint64_t address, uint32_t precision, const TiuShape& shape) {
        Operand& o = add("res1", address, precision, false, shape);
        o.writes = true;
        return o;
    }
    Operand& read(const char* name, uint64_t address, uint32_t precision, bool isSigned,
                  const TiuShape& shape) {
        Operand& o = add(name, address, precision, isSigned, shape);
        o.reads = true;
        return o;
    }
    /// An operand that is an immediate if `constant` is set, else a compact tensor.
    void parameter(const char* name, bool constant, uint64_t address, uint32_t precision,
                   bool isSigned, const TiuShape& shape) {
        if (constant)
            immediate(name, address, precision, isSigned);
        else
            layCompact(read(name, address, precision, isSigned, shape));
    }
    void immediate(const char* name, uint64_t bits, uint32_t precision, bool isSigned) {
        Operand o;
        o.name = name;
        o.address = bits;
        o.precision = static_cast<Precision>(precision);
        o.isSigned = isSigned;
        m_list.push_back(o);
    }
    void everything() {
        Operand o;
        o.name = "any";
        o.space = Space::AnyLocal;
        o.reads = o.writes = true;
        o.layout = "anywhere";
        m_list.push_back(o);
    }
    std::vector<Operand> take() { return std::move(m_list); }

private:
    Operand& add(const char* name, uint64_t address, uint32_t precision, bool isSigned,
                 const TiuShape& shape) {
        Operand o;
        o.name = name;
        placeTiu(o, address);
        o.precision = static_cast<Precision>(precision);
        o.isSigned = isSigned;
        o.shape = shape;
        m_list.push_back(o);
        layAligned(m_list.back());
        return m_list.back();
    }
    std::vector<Operand> m_list;
};

} // namespace wb::bm1684x::detail
