// SPDX-License-Identifier: GPL-3.0-or-later
// APFloat's decimal form is not the correctly rounded one: it truncates a long integer to about as
// many bits as the digits need and rounds the rest by one digit (0.3 is 0.29999999999999999, not
// 3.000000e-01). To print the vendor's bytes the same steps are made here, in a small big integer.
#include "compiler/ir/text/float_format.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace wb::ir::text {
namespace {

/// Natural number, least significant word first.
class BigNumber {
public:
    explicit BigNumber(uint64_t value) {
        for (; value != 0; value >>= 32)
            m_words.push_back(static_cast<uint32_t>(value));
    }
    bool isZero() const { return m_words.empty(); }
    int bits() const {
        return isZero() ? 0 : static_cast<int>(m_words.size() * 32) - std::countl_zero(m_words.back());
    }
    void multiply(uint32_t factor) {
        uint64_t carry = 0;
        for (uint32_t& w : m_words) {
            carry += static_cast<uint64_t>(w) * factor;
            w = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) m_words.push_back(static_cast<uint32_t>(carry));
    }
    uint32_t divide(uint32_t divisor) { ///< returns the remainder
        uint64_t rest = 0;
        for (size_t i = m_words.size(); i-- > 0;) {
            rest = rest << 32 | m_words[i];
            m_words[i] = static_cast<uint32_t>(rest / divisor);
            rest %= divisor;
        }
        while (!m_words.empty() && m_words.back() == 0)
            m_words.pop_back();
        return static_cast<uint32_t>(rest);
    }

private:
    std::vector<uint32_t> m_words;
};

struct Decimal {
    std::string digits; ///< least significant first, no zeros at that end
    int exponent = 0;   ///< of the least significant digit
};

Decimal toDecimal(double magnitude, int precision) {
    int exponent = 0;
    const double fraction = std::frexp(magnitude, &exponent); // [0.5, 1)
    auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, 53));
    exponent -= 53;
    const int zeros = std::countr_zero(mantissa);
    mantissa >>= zeros;
    exponent += zeros;

    BigNumber number(mantissa);
    Decimal decimal;
    for (int i = 0; i < exponent; ++i) // m · 2^e
        number.multiply(2);
    for (int i = 0; i < -exponent; ++i) // m · 2^-e = m · 5^e · 10^-e
        number.multiply(5);
    decimal.exponent = exponent < 0 ? exponent : 0;

    // First cut: whole powers of ten that are surely not needed, truncated.
    const int needed = (precision * 196 + 58) / 59;
    if (number.bits() > needed)
        for (int cut = (number.bits() - needed) * 59 / 196; cut > 0; --cut) {
            number.divide(10);
            ++decimal.exponent;
        }
    bool trailing = true;
    while (!number.isZero()) {
        const uint32_t digit = number.divide(10);
        if (digit == 0 && trailing) {
            ++decimal.exponent;
            continue;
        }
        trailing = false;
        decimal.digits += static_cast<char>('0' + digit);
    }
    // Second cut: to the precision, rounded by the first digit that goes.
    const int surplus = static_cast<int>(decimal.digits.size()) - precision;
    if (surplus <= 0) return decimal;
    std::string& d = decimal.digits;
    auto first = static_cast<size_t>(surplus);
    if (d[first - 1] < '5') {
        while (first < d.size() && d[first] == '0')
            ++first;
    } else {
        while (first < d.size() && d[first] == '9')
            ++first;
        if (first == d.size()) { // 99…9 becomes 1
            decimal.exponent += static_cast<int>(first);
            d = "1";
            return decimal;
        }
        ++d[first];
    }
    decimal.exponent += static_cast<int>(first);
    d.erase(0, first);
    return decimal;
}

std::string sixDigits(const Decimal& decimal) {
    constexpr size_t kPrecision = 6;
    const std::string& d = decimal.digits;
    std::string text{d.back(), '.'};
    text.append(d.rbegin() + 1, d.rend());
    text.append(kPrecision + 2 - text.size(), '0');
    const int exponent = decimal.exponent + static_cast<int>(d.size()) - 1;
    char tail[16];
    std::snprintf(tail, sizeof tail, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return text + tail;
}

std::string allDigits(const Decimal& decimal, int precision) {
    constexpr int kMaxPadding = 3;
    const std::string digits(decimal.digits.rbegin(), decimal.digits.rend());
    const int count = static_cast<int>(digits.size());
    const int leading = decimal.exponent + count - 1; // power of the first digit
    const bool scientific = decimal.exponent >= 0
                                ? decimal.exponent > kMaxPadding || count + decimal.exponent > precision
                                : leading < 0 && -leading > kMaxPadding;
    if (scientific)
        return digits.substr(0, 1) + "." + (count == 1 ? "0" : digits.substr(1)) + "E" +
               (leading < 0 ? "-" : "+") + std::to_string(std::abs(leading));
    if (decimal.exponent >= 0) return digits + std::string(static_cast<size_t>(decimal.exponent), '0');
    const int whole = decimal.exponent + count;
    if (whole > 0) return digits.substr(0, static_cast<size_t>(whole)) + "." + digits.substr(static_cast<size_t>(whole));
    return "0." + std::string(static_cast<size_t>(-whole), '0') + digits;
}

/// Bits of explicit precision, hidden one included.
int significantBits(ElementType type) {
    switch (type) {
    case ElementType::F32: return 24;
    case ElementType::F16: return 11;
    case ElementType::BF16: return 8;
    default: return 53;
    }
}

/// `value` rounded to the type (to nearest even, subnormals too).
double roundTo(double value, ElementType type) {
    if (type == ElementType::F32) return static_cast<float>(value);
    if (type == ElementType::F64 || value == 0 || !std::isfinite(value)) return value;
    const bool half = type == ElementType::F16;
    int exponent = 0;
    std::frexp(value, &exponent);
    const int lowest = half ? -24 : -133; // exponent of the smallest subnormal
    const int unit = std::max(exponent - significantBits(type), lowest);
    const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
    const double largest = half ? 65504.0 : 0x1.FEp127;
    return std::abs(rounded) > largest ? std::copysign(HUGE_VAL, rounded) : rounded;
}

std::string hexadecimal(double value, ElementType type) {
    uint64_t bits = std::bit_cast<uint64_t>(value);
    int digits = 16;
    const uint64_t sign = bits >> 63;
    const bool nan = std::isnan(value);
    if (type == ElementType::F32) {
        bits = std::bit_cast<uint32_t>(static_cast<float>(value));
        digits = 8;
    } else if (type == ElementType::BF16) {
        bits = std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16;
        digits = 4;
    } else if (type == ElementType::F16) {
        const double magnitude = std::abs(value); // infinite, not a number, or a whole number below 65536
        uint64_t low = nan ? 0x7e00 : 0x7c00;
        if (std::isfinite(value)) {
            int exponent = 0;
            const double fraction = std::frexp(magnitude, &exponent);
            low = static_cast<uint64_t>(std::ldexp(fraction, 11)) - 1024 +
                  (static_cast<uint64_t>(exponent + 14) << 10);
        }
        bits = sign << 15 | low;
        digits = 4;
    }
    char text[24];
    std::snprintf(text, sizeof text, "0x%0*llX", digits, static_cast<unsigned long long>(bits));
    return text;
}

} // namespace

std::string formatFloat(double value, ElementType type) {
    value = roundTo(value, type);
    if (!std::isfinite(value)) return hexadecimal(value, type);
    const std::string sign = std::signbit(value) ? "-" : "";
    if (value == 0) return sign + "0.000000e+00";
    const double magnitude = std::abs(value);
    std::string text = sixDigits(toDecimal(magnitude, 6));
    const auto back = parseFloat(text);
    if (back && roundTo(*back, type) == magnitude) return sign + text;
    const int precision = 2 + significantBits(type) * 59 / 196;
    text = allDigits(toDecimal(magnitude, precision), precision);
    if (text.find('.') == std::string::npos) return hexadecimal(value, type);
    return sign + text;
}

std::optional<double> parseFloat(std::string_view text) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return {};
    if (code == std::errc::result_out_of_range) {
        // from_chars refuses subnormal underflow too; strtod gives the nearest
        const std::string copy(text);
        value = std::strtod(copy.c_str(), nullptr);
        if (!std::isfinite(value)) return {};
        return value;
    }
    if (code != std::errc() || !std::isfinite(value)) return {};
    return value;
}

std::optional<double> floatFromBits(uint64_t bits, ElementType type) {
    switch (type) {
    case ElementType::F64: return std::bit_cast<double>(bits);
    case ElementType::F32:
        if (bits >> 32 != 0) return {};
        return std::bit_cast<float>(static_cast<uint32_t>(bits));
    case ElementType::BF16:
        if (bits >> 16 != 0) return {};
        return std::bit_cast<float>(static_cast<uint32_t>(bits << 16));
    case ElementType::F16: {
        if (bits >> 16 != 0) return {};
        const int exponent = static_cast<int>(bits >> 10 & 31);
        const auto fraction = static_cast<double>(bits & 1023);
        double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
        if (exponent == 31) value = fraction == 0 ? HUGE_VAL : std::nan("");
        return (bits >> 15 & 1) != 0 ? -value : value;
    }
    default: return {};
    }
}

} // namespace wb::ir::text
