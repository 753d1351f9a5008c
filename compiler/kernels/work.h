// SPDX-License-Identifier: GPL-3.0-or-later
// How kernels share out their loops: a thread budget and, when a job stands behind it, its stop flag.
#pragma once

#include "compiler/base/parallel.h"

namespace wb::kernels {

struct Work {
    int threads = 1;
    const JobContext* job = nullptr; ///< its stop flag is tested before each chunk

    /// Calls body(begin, end) for chunks of `grain` in [0, count). Chunks left out after a stop request
    /// leave their part of the result unwritten; the executor throws such a result away.
    void forEach(int64_t count, int64_t grain,
                 const std::function<void(int64_t begin, int64_t end)>& body) const {
        if (job == nullptr) {
            parallelFor(count, grain, threads, body);
            return;
        }
        parallelFor(count, grain, threads, [&](int64_t begin, int64_t end) {
            if (!job->stopRequested()) body(begin, end);
        });
    }
};

} // namespace wb::kernels
