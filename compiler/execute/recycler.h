// SPDX-License-Identifier: GPL-3.0-or-later
// Memory of an executor: aligned, and that of result tensors used again once callers have let them go.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>

namespace wb::execute {

inline std::byte* allocateAligned(size_t bytes) {
    return static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 64) / 64 * 64));
}

/// Memory of returned tensors; comes back when the last copy of the tensor goes.
class Recycler : public std::enable_shared_from_this<Recycler> {
public:
    ~Recycler() {
        for (auto& [bytes, memory] : m_free)
            std::free(memory);
    }
    std::shared_ptr<std::byte> take(size_t bytes) {
        std::byte* memory = nullptr;
        {
            std::lock_guard lock(m_mutex);
            if (const auto it = m_free.find(bytes); it != m_free.end()) {
                memory = it->second;
                m_free.erase(it);
            }
        }
        if (memory == nullptr) memory = allocateAligned(bytes);
        if (memory == nullptr) return {};
        return {memory, [self = shared_from_this(), bytes](std::byte* p) { self->giveBack(bytes, p); }};
    }

private:
    void giveBack(size_t bytes, std::byte* memory) {
        std::lock_guard lock(m_mutex);
        if (m_free.size() < kKept)
            m_free.emplace(bytes, memory);
        else
            std::free(memory);
    }
    static constexpr size_t kKept = 16;
    std::mutex m_mutex;
    std::multimap<size_t, std::byte*> m_free;
};

} // namespace wb::execute
