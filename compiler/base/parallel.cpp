// SPDX-License-Identifier: GPL-3.0-or-later
// A small pool: threads sleep on a condition variable and take chunks of the current task by an
// atomic counter. One task at a time; a second caller or a nested call works alone.
#include "compiler/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

namespace wb {
namespace {

struct Task {
    int64_t count = 0;
    int64_t grain = 1;
    const std::function<void(int64_t, int64_t)>* body = nullptr;
    std::stop_token stop;
    std::atomic<int64_t> next{0};
    std::atomic<int> helpers{0}; ///< pool threads that may still join

    void work() {
        for (;;) {
            const int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
            if (begin >= count || stop.stop_requested()) return;
            (*body)(begin, std::min(begin + grain, count));
        }
    }
};

thread_local bool insideTask = false;

class Pool {
public:
    static Pool& instance() {
        static Pool pool;
        return pool;
    }

    void run(Task& task, int threads) {
        std::unique_lock busy(m_busy, std::try_to_lock);
        if (threads <= 1 || insideTask || !busy.owns_lock() || task.count <= task.grain) {
            const bool outer = insideTask;
            insideTask = true;
            task.work();
            insideTask = outer;
            return;
        }
        {
            std::lock_guard lock(m_mutex);
            while (static_cast<int>(m_threads.size()) < threads - 1)
                m_threads.emplace_back([this](std::stop_token stop) { loop(stop); });
            task.helpers = threads - 1;
            m_task = &task;
            ++m_generation;
        }
        m_wake.notify_all();
        insideTask = true;
        task.work();
        insideTask = false;
        std::unique_lock lock(m_mutex);
        m_task = nullptr; // late wakers find nothing to do
        m_idle.wait(lock, [this] { return m_active == 0; });
    }

private:
    void loop(const std::stop_token& stop) {
        uint64_t seen = 0;
        insideTask = true;
        std::unique_lock lock(m_mutex);
        for (;;) {
            if (!m_wake.wait(lock, stop, [&] { return m_task != nullptr && m_generation != seen; }))
                return;
            seen = m_generation;
            Task* task = m_task;
            if (task->helpers.fetch_sub(1) <= 0) continue;
            ++m_active;
            lock.unlock();
            task->work();
            lock.lock();
            if (--m_active == 0) m_idle.notify_all();
        }
    }

    std::mutex m_busy;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable m_idle;
    Task* m_task = nullptr;
    uint64_t m_generation = 0;
    int m_active = 0;
    std::vector<std::jthread> m_threads; // last: joined before the rest goes
};

} // namespace

void parallelFor(int64_t count, int64_t grain, int threads,
                 const std::function<void(int64_t, int64_t)>& body) {
    Task task;
    task.count = count;
    task.grain = std::max<int64_t>(1, grain);
    task.body = &body;
    Pool::instance().run(task, threads);
}

Status parallelFor(int64_t count, int64_t grain, const JobContext& context,
                   const std::function<void(int64_t, int64_t)>& body) {
    Task task;
    task.count = count;
    task.grain = std::max<int64_t>(1, grain);
    task.body = &body;
    task.stop = context.stopToken();
    Pool::instance().run(task, context.threads());
    return context.checkStop();
}

} // namespace wb
