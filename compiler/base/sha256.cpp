// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 after FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2. Constants are derived, not listed:
// the fractional bits of the square (state) and cube (round) roots of the first primes.
#include "compiler/base/file.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

namespace wb {
namespace {

struct Constants {
    std::array<uint32_t, 8> state{};
    std::array<uint32_t, 64> round{};

    Constants() {
        int found = 0;
        for (int n = 2; found < 64; ++n) {
            bool prime = true;
            for (int d = 2; d * d <= n; ++d)
                prime = prime && n % d != 0;
            if (!prime) continue;
            // Long double has a 64-bit mantissa: 32 fractional bits of roots below 18 are exact.
            const auto fraction = [](long double root) {
                return static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L);
            };
            if (found < 8) state[found] = fraction(std::sqrt(static_cast<long double>(n)));
            round[found++] = fraction(std::cbrt(static_cast<long double>(n)));
        }
    }
};

const Constants& constants() {
    static const Constants values;
    return values;
}

class Sha256 {
public:
    void add(const unsigned char* data, size_t size) {
        m_total += size;
        while (size > 0) {
            const size_t part = std::min(size, m_block.size() - m_fill);
            std::memcpy(m_block.data() + m_fill, data, part);
            m_fill += part;
            data += part;
            size -= part;
            if (m_fill == m_block.size()) {
                compress();
                m_fill = 0;
            }
        }
    }

    std::string hex() {
        const uint64_t bits = m_total * 8;
        const unsigned char one = 0x80;
        const unsigned char zero = 0;
        add(&one, 1);
        while (m_fill != 56)
            add(&zero, 1);
        for (int i = 7; i >= 0; --i) {
            const auto byte = static_cast<unsigned char>(bits >> (8 * i));
            add(&byte, 1);
        }
        std::string text;
        for (uint32_t word : m_state)
            for (int shift = 28; shift >= 0; shift -= 4)
                text += "0123456789abcdef"[(word >> shift) & 15];
        return text;
    }

private:
    void compress() {
        std::array<uint32_t, 64> w{};
        for (int i = 0; i < 16; ++i)
            w[i] = static_cast<uint32_t>(m_block[4 * i]) << 24 | m_block[4 * i + 1] << 16 |
                   m_block[4 * i + 2] << 8 | m_block[4 * i + 3];
        for (int i = 16; i < 64; ++i) {
            const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
            const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = m_state;
        for (int i = 0; i < 64; ++i) {
            const uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
            const uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants().round[i] + w[i];
            const uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
            const uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const std::array<uint32_t, 8> sum{a, b, c, d, e, f, g, h};
        for (int i = 0; i < 8; ++i)
            m_state[i] += sum[i];
    }

    std::array<uint32_t, 8> m_state = constants().state;
    std::array<unsigned char, 64> m_block{};
    size_t m_fill = 0;
    uint64_t m_total = 0;
};

} // namespace

std::string sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.add(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return hash.hex();
}

std::string sha256(std::string_view text) {
    return sha256(std::as_bytes(std::span(text.data(), text.size())));
}

Result<std::string> sha256OfFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{Code::FileNotFound, "the file cannot be opened"}.inFile(path.string());
    Sha256 hash;
    std::vector<char> buffer(1 << 20);
    while (in) {
        in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        hash.add(reinterpret_cast<const unsigned char*>(buffer.data()), static_cast<size_t>(in.gcount()));
    }
    return hash.hex();
}

} // namespace wb
