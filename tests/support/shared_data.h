// SPDX-License-Identifier: GPL-3.0-or-later
// Where tests find the optional folder with real models and reference results, and small helpers
// around files. Header only; needs Qt Test.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTest>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace wb::test {

/// The folder named by WB_SHARED, or "shared" beside the source tree; empty if there is none.
inline std::filesystem::path sharedFolder() {
    std::error_code ec;
    const QByteArray named = qgetenv("WB_SHARED");
    const std::filesystem::path path =
        named.isEmpty() ? std::filesystem::path(WB_SOURCE_DIR) / ".." / "shared"
                        : std::filesystem::path(named.toStdString());
    return std::filesystem::is_directory(path, ec) ? std::filesystem::weakly_canonical(path, ec)
                                                   : std::filesystem::path();
}

inline std::string readAll(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void writeAll(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

/// A small generator with a printed seed: the same numbers on every machine (SplitMix64).
class Random {
public:
    explicit Random(uint64_t seed) : m_state(seed) {}
    uint64_t next() {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    uint64_t below(uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
    float real(float low, float high) {
        return low + (high - low) * static_cast<float>(next() >> 40) / 16777216.0F;
    }

private:
    uint64_t m_state;
};

/// One to four random edits of bytes: overwrite, erase, double, cut.
inline std::string mutate(std::string text, Random& random) {
    for (uint64_t n = 1 + random.below(4); n > 0 && !text.empty(); --n) {
        const size_t at = random.below(text.size());
        const size_t length = 1 + random.below(8);
        switch (random.below(5)) {
        case 0: text[at] = static_cast<char>(random.next()); break;
        case 1: text.erase(at, length); break;
        case 2: text.insert(at, text.substr(random.below(text.size()), length)); break;
        case 3: text.resize(at); break;
        default: text[at] = text[random.below(text.size())]; break;
        }
    }
    return text;
}

} // namespace wb::test

/// Skips the running test when the optional folder lacks `relative`; otherwise declares `variable`.
#define WB_SHARED_OR_SKIP(variable, relative)                                                      \
    const std::filesystem::path variable = wb::test::sharedFolder() / (relative);                  \
    if (wb::test::sharedFolder().empty() || !std::filesystem::exists(variable))                    \
    QSKIP("the optional folder of models and reference results is absent (set WB_SHARED)")
