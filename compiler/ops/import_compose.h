// SPDX-License-Identifier: GPL-3.0-or-later
// For import rules that write an operator of the source as several of ours: values in, values out, the first
// error kept to the end. Intermediate results are called "<output>_<op><number>"; the one made after last() gets
// the node's own result name.
//
//   Composer c(node, builder);
//   const ir::ValueId x = c.input(0);
//   return c.done(c.last().add(c.constant(x, "AddConst", 1.0), x));
#pragma once

#include "compiler/ops/import_help.h"

namespace wb::ops {

class Composer {
public:
    using Id = ir::ValueId;

    Composer(const SourceNode& node, ImportBuilder& builder)
        : m_node(node)
        , m_builder(builder) {}

    /// An input that must be there; kNoValue and an error otherwise.
    Id input(size_t index);
    bool has(size_t index) const { return !inputName(m_node, index).empty(); }
    ir::Shape shape(Id id) const;

    /// Any op with one result.
    Id op(const char* name, std::vector<Id> operands, ir::AttributeMap attributes = {});
    Id add(Id a, Id b) { return op("top.Add", {a, b}, arithmeticAttributes()); }
    Id sub(Id a, Id b) { return op("top.Sub", {a, b}, arithmeticAttributes(true)); }
    Id mul(Id a, Id b) { return op("top.Mul", {a, b}, arithmeticAttributes()); }
    Id div(Id a, Id b) { return op("top.Div", {a, b}, arithmeticAttributes(true)); }
    /// AddConst, SubConst, MulConst, MaxConst, MinConst with a number.
    Id number(const char* name, Id x, double value);
    Id compare(const char* mode, Id a, Id b);
    Id compareNumber(const char* mode, Id x, double value);
    Id where(Id condition, Id yes, Id no) { return op("top.Where", {condition, yes, no}, whereAttributes()); }
    Id whereNumber(Id condition, Id yes, double no);
    Id clip(Id x, double low, double high);
    /// Towards zero, as numbers are cast to whole ones.
    Id whole(Id x);
    Id reduce(const char* mode, Id x, const std::vector<int64_t>& axes, bool keep);
    Id reshape(Id x, const ir::Shape& shape);
    Id permute(Id x, const std::vector<int64_t>& order);
    Id matmul(Id a, Id b);
    /// Elements begin, begin+step, … before end of one axis.
    Id slice(Id x, size_t axis, int64_t begin, int64_t end, int64_t step = 1);
    Id concat(std::vector<Id> parts, int64_t axis);
    Id tensor(const ir::Shape& shape, const std::vector<float>& values);

    Composer& last() {
        m_last = true;
        return *this;
    }
    void fail(Error error) {
        if (!m_error) m_error = std::move(error);
    }
    bool failed() const { return m_error.has_value(); }
    /// Binds output 0 (or another) to the value; the first error if there was one.
    Status done(Id id, size_t output = 0);

private:
    static ir::AttributeMap whereAttributes();

    const SourceNode& m_node;
    ImportBuilder& m_builder;
    std::optional<Error> m_error;
    int m_serial = 0;
    bool m_last = false;
};

/// max(x, 0) + slopes · min(x, 0), slopes of any shape that repeats into x.
Composer::Id slopesBelowZero(Composer& c, Composer::Id x, Composer::Id slopes);

} // namespace wb::ops
