// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of top operators put together by code: shapes come from the operators' own rules, weights are random.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"
#include "compiler/ops/lowering.h"
#include "compiler/quantise/lower.h"

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wb::test {

class ZooBuilder {
public:
    using Id = ir::ValueId;
    using Attributes = std::initializer_list<std::pair<const char*, ir::Attribute>>;
    explicit ZooBuilder(ir::Shape input);

    Id input() const { return m_input; }
    const ir::Shape& shape(Id id) const { return m_graph.value(id).type.shape; }
    /// Any operator; the first error stops everything and is returned by lower().
    Id op(const std::string& name, std::vector<Id> operands, Attributes attributes = {});
    Id weight(ir::Shape shape, float low, float high);
    Id constant(ir::Tensor tensor);

    struct Window {
        std::vector<int64_t> kernel{3, 3}, stride{1, 1}, pads{}, dilation{1, 1}; ///< no pads: as many as keep the size
        int64_t group = 1;
        bool relu = false;
    };
    Id conv(Id in, int64_t channels, const Window& window);
    Id conv(Id in, int64_t channels) { return conv(in, channels, Window{}); }
    Id one(Id in, int64_t channels, bool relu = false) { return conv(in, channels, {.kernel = {1, 1}, .relu = relu}); }
    Id deconv(Id in, int64_t channels, const Window& window, std::vector<int64_t> outputPadding = {});
    Id maxPool(Id in, const Window& window);
    Id averagePool(Id in, const Window& window, bool countPadding = false);
    Id globalPool(Id in);
    Id dense(Id in, int64_t columns); ///< of the last axis
    Id reshape(Id in, ir::Shape shape);
    Id permute(Id in, std::vector<int64_t> order);
    Id concat(std::vector<Id> in, int64_t axis = 1);
    Id add(Id a, Id b, bool relu = false);
    Id mul(Id a, Id b);

    /// Outputs are named; every tensor has the range [-2, 2], or [-1.5, 2.5] with a zero point.
    Result<std::shared_ptr<const ir::Graph>> lower(std::vector<Id> outputs, ops::Precision precision,
                                                   const quantise::PrecisionTable& precisions = {}, bool asymmetric = false);
    /// Results in order, for tables of precisions.
    std::vector<std::string> layers() const;

private:
    ir::Graph m_graph;
    Id m_input = ir::kNoValue;
    int m_count = 0;
    std::optional<Error> m_error;
};

} // namespace wb::test
