// SPDX-License-Identifier: GPL-3.0-or-later
// What a change of a few tensors makes of the network's outputs, measured on some pictures by running only what lies behind it.
#pragma once

#include "compiler/base/parallel.h"
#include "compiler/improve/backward.h"

#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace wb::improve {

/// For each value whether it stays as it is when these change: neither computed from one of them nor from what is. The
/// changed values themselves count as staying.
std::vector<bool> staysWhen(const ir::Graph& graph, std::span<const ir::ValueId> changed);

/// The float network's values on at most `most` pictures, and outputs measured against them.
class Probe {
public:
    static Result<Probe> create(std::shared_ptr<const ir::Graph> top, std::span<const execute::TensorMap> pictures, size_t most,
                                const JobContext& context);

    const ir::Graph& top() const { return *m_top; }
    const std::vector<Values>& values() const { return m_values; }

    /// Mean over pictures and outputs of the error's share of the energy. `part` lies behind the change: inputs named as the
    /// network's values, whose tensors `feed` gives (nothing: as they are), outputs named as its outputs, with or without
    /// `suffix`.
    using Feed = std::function<ir::Tensor(ir::ValueId, const Values&)>;
    Result<double> damage(std::shared_ptr<const ir::Graph> part, const Feed& feed, std::string_view suffix,
                          const JobContext& context) const;

private:
    std::shared_ptr<const ir::Graph> m_top;
    std::vector<Values> m_values;
};

/// One number for each of `count` tasks, side by side; the first error in their order.
template <class Task> Result<std::vector<double>> sideBySide(size_t count, const JobContext& context, const Task& task) {
    std::vector<double> values(count);
    std::vector<std::optional<Error>> errors(count);
    WB_TRY(parallelFor(static_cast<int64_t>(count), 1, context, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
            Result<double> value = task(i);
            if (value)
                values[i] = *value;
            else
                errors[i] = std::move(value).error();
        }
    }));
    for (auto& error : errors)
        if (error) return std::move(*error);
    return values;
}

} // namespace wb::improve
