// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/execute/team.h"

#include "compiler/base/parallel.h"

#include <cstdlib>
#include <cstring>
#include <optional>

namespace wb::execute {

Result<Executor*> Team::take() {
    const std::lock_guard lock(m_mutex);
    if (m_idle.empty()) {
        WB_ASSIGN(auto sibling, m_first.sibling());
        m_siblings.push_back(std::move(sibling));
        return m_siblings.back().get();
    }
    Executor* executor = m_idle.back();
    m_idle.pop_back();
    return executor;
}

void Team::giveBack(Executor* executor) {
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(executor);
}

Status Team::forEach(size_t count, const JobContext& context, const Work& work) {
    std::vector<std::optional<Error>> errors(count);
    WB_TRY(parallelFor(static_cast<int64_t>(count), 1, context, [&](int64_t begin, int64_t end) {
        for (auto at = static_cast<size_t>(begin); at < static_cast<size_t>(end); ++at) {
            auto executor = take();
            if (!executor) {
                errors[at] = std::move(executor).error();
                continue;
            }
            if (Status status = work(at, **executor, context); !status) errors[at] = std::move(status).error();
            giveBack(*executor);
        }
    }));
    for (std::optional<Error>& error : errors)
        if (error) return std::move(*error);
    return {};
}

ir::Tensor blankTensor(ir::ElementType type, const ir::Shape& shape) {
    constexpr size_t kAlign = 64;
    const auto count = ir::checkedElementCount(shape);
    if (!count) return {type, shape};
    const size_t bytes = (static_cast<size_t>(*count) * ir::sizeInBytes(type) + kAlign) / kAlign * kAlign;
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(kAlign, bytes));
    if (memory == nullptr) return {type, shape}; // ends as any lack of memory does
    return {type, shape, std::shared_ptr<std::byte>(memory, [](std::byte* p) { std::free(p); })};
}

ir::Tensor detached(const ir::Tensor& tensor) {
    ir::Tensor copy = blankTensor(tensor.type(), tensor.shape());
    std::memcpy(copy.mutableBytes(), tensor.bytes(), tensor.byteSize());
    return copy;
}

} // namespace wb::execute
