// SPDX-License-Identifier: GPL-3.0-or-later
// A small pool: threads take chunks of the current task by an atomic counter. One task at a time; a second
// caller or a nested call works alone. A thread without work spins for some microseconds before it sleeps
// on a condition variable, since the next loop of a network follows sooner than a sleeper wakes.
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

constexpr int kSpins = 2000; // with the pause below some 20 to 80 microseconds

inline void spinPause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
}

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
        bool sleepers = false;
        {
            std::lock_guard lock(m_mutex);
            while (static_cast<int>(m_threads.size()) < threads - 1)
                m_threads.emplace_back([this](std::stop_token stop) { loop(stop); });
            task.helpers = threads - 1;
            m_task = &task;
            m_generation.fetch_add(1, std::memory_order_release);
            sleepers = m_sleeping > 0;
        }
        if (sleepers) m_wake.notify_all();
        insideTask = true;
        task.work();
        insideTask = false;
        {
            std::lock_guard lock(m_mutex);
            m_task = nullptr; // late wakers find nothing to do
        }
        for (int i = 0; i < kSpins; ++i) {
            if (m_active.load(std::memory_order_acquire) == 0) return;
            spinPause();
        }
        std::unique_lock lock(m_mutex);
        m_idle.wait(lock, [this] { return m_active.load(std::memory_order_acquire) == 0; });
    }

private:
    void loop(const std::stop_token& stop) {
        uint64_t seen = 0;
        insideTask = true;
        for (;;) {
            for (int i = 0; i < kSpins && m_generation.load(std::memory_order_acquire) == seen; ++i)
                spinPause();
            std::unique_lock lock(m_mutex);
            if (m_task == nullptr && m_generation.load(std::memory_order_relaxed) != seen) {
                seen = m_generation.load(std::memory_order_relaxed); // too late for that one
                continue;
            }
            ++m_sleeping;
            const bool work = m_wake.wait(
                lock, stop, [&] { return m_task != nullptr && m_generation.load(std::memory_order_relaxed) != seen; });
            --m_sleeping;
            if (!work) return;
            seen = m_generation.load(std::memory_order_relaxed);
            Task* task = m_task;
            if (task->helpers.fetch_sub(1) <= 0) continue;
            m_active.fetch_add(1, std::memory_order_relaxed); // under the mutex: run() sees it or no task is taken
            lock.unlock();
            task->work();
            if (m_active.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                lock.lock(); // so that run() is either before its test or asleep
                m_idle.notify_all();
            }
        }
    }

    std::mutex m_busy;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable m_idle;
    Task* m_task = nullptr;
    std::atomic<uint64_t> m_generation{0}; ///< changed under the mutex, watched without
    std::atomic<int> m_active{0};
    int m_sleeping = 0;
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
