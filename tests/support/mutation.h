// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of readers on damaged bytes share: how many mutations, kinds of them beside mutate() (shared_data.h),
// and how much memory was taken. The same seed makes the same bytes on every machine.
#pragma once

#include "tests/support/shared_data.h"

#include <sys/resource.h>

namespace wb::test {

/// Mutations of a run: `quick` in the usual test, as many as WB_MUTATIONS says in the long one (wb_mutations in helpers.cmake).
inline int mutationCount(int quick) {
    const int wanted = qEnvironmentVariableIntValue("WB_MUTATIONS");
    return wanted > 0 ? wanted : quick;
}

/// One to three single bytes from `begin` on, which leaves more of the structure alone than mutate() does.
inline std::string withOtherBytes(std::string bytes, Random& random, size_t begin = 0) {
    for (uint64_t n = 1 + random.below(3); n > 0 && bytes.size() > begin; --n)
        bytes[begin + random.below(bytes.size() - begin)] = static_cast<char>(random.next());
    return bytes;
}

/// Every second time the one, every second time the other.
inline std::string damaged(const std::string& whole, Random& random, int round, size_t begin = 0) {
    return round % 2 == 0 ? mutate(whole, random) : withOtherBytes(whole, random, begin);
}

/// The most memory that this process had at once. Nothing under the address sanitizer, which keeps what was freed.
inline int64_t peakBytes() {
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
#endif
}

} // namespace wb::test
