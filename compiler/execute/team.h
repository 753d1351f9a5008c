// SPDX-License-Identifier: GPL-3.0-or-later
// Several runs of one graph side by side: better use of the processors than threads inside a run, where
// layers are small.
#pragma once

#include "compiler/execute/executor.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace wb::execute {

class Team {
public:
    /// Uses `first` and makes siblings of it when they are needed; it must outlive the team.
    explicit Team(Executor& first) : m_idle{&first}, m_first(first) {}

    using Work = std::function<Status(size_t index, Executor& own, const JobContext& context)>;
    /// Calls work(index, executor) for each index below `count`, on as many threads as the context allows;
    /// loops inside of the runs stay in their thread. The first error in the order of indices is returned.
    Status forEach(size_t count, const JobContext& context, const Work& work);

private:
    Result<Executor*> take();
    void giveBack(Executor* executor);

    std::mutex m_mutex;
    std::vector<Executor*> m_idle;
    std::vector<std::unique_ptr<Executor>> m_siblings;
    Executor& m_first;
};

/// A tensor whose elements are not set yet.
ir::Tensor blankTensor(ir::ElementType type, const ir::Shape& shape);
/// A copy in memory of its own.
ir::Tensor detached(const ir::Tensor& tensor);

} // namespace wb::execute
