// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/numeric/rounding.h"

namespace wb::numeric {
namespace {

/// Whether a positive or negative number exactly between two integers goes to the upper one.
bool tieGoesUp(Round mode, bool negative, bool lowerIsOdd) {
    switch (mode) {
    case Round::HalfAwayFromZero:
        return !negative;
    case Round::HalfUp:
        return true;
    case Round::HalfDown:
        return false;
    case Round::HalfToEven:
        return lowerIsOdd;
    case Round::HalfToOdd:
        return !lowerIsOdd;
    case Round::HalfTowardsZero:
        return negative;
    default:
        return false;
    }
}

} // namespace

double round(double value, Round mode) {
    switch (mode) {
    case Round::HalfAwayFromZero:
        return std::round(value);
    case Round::TowardsZero:
        return std::trunc(value);
    case Round::AwayFromZero:
        return value < 0 ? std::floor(value) : std::ceil(value);
    case Round::Up:
        return std::ceil(value);
    case Round::Down:
        return std::floor(value);
    default:
        break;
    }
    const double lower = std::floor(value);
    const double part = value - lower; // exact: floor and value share their binade or part is small
    if (part < 0.5) return lower;
    if (part > 0.5) return lower + 1;
    const bool lowerIsOdd = std::fmod(lower, 2.0) != 0;
    return tieGoesUp(mode, value < 0, lowerIsOdd) ? lower + 1 : lower;
}

int64_t shiftRight(int64_t value, int shift, Round mode) {
    if (shift == 0) return value;
    if (shift < 0)
        return static_cast<int64_t>(static_cast<uint64_t>(value) << std::min(-shift, 63));
    shift = std::min(shift, 63);
    const int64_t lower = value >> shift;
    const uint64_t part = static_cast<uint64_t>(value) & ((uint64_t{1} << shift) - 1);
    const uint64_t half = uint64_t{1} << (shift - 1);
    if (part == 0) return lower;
    switch (mode) {
    case Round::TowardsZero:
        return value < 0 ? lower + 1 : lower;
    case Round::AwayFromZero:
        return value < 0 ? lower : lower + 1;
    case Round::Up:
        return lower + 1;
    case Round::Down:
        return lower;
    default:
        break;
    }
    if (part < half) return lower;
    if (part > half) return lower + 1;
    return tieGoesUp(mode, value < 0, (lower & 1) != 0) ? lower + 1 : lower;
}

} // namespace wb::numeric
