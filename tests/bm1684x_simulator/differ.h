// SPDX-License-Identifier: GPL-3.0-or-later
// Simulator and the vendor's C model side by side: both start from the same memory, run the same command, and are
// compared byte for byte over all of local memory and DDR.
#pragma once

#include "compiler/target/bm1684x/simulator/simulator.h"
#include "tests/interop/vendor_cmodel.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace wb::test {

/// Numbers that are the same on every machine.
class Dice {
public:
    explicit Dice(uint32_t seed) : m_engine(seed) {}
    uint32_t bits() { return static_cast<uint32_t>(m_engine()); }
    int64_t roll(int64_t least, int64_t greatest) { return least + static_cast<int64_t>(bits() % static_cast<uint64_t>(greatest - least + 1)); }
    bool chance(int percent) { return roll(0, 99) < percent; }
    template <class T> T of(std::initializer_list<T> list) { return list.begin()[roll(0, static_cast<int64_t>(list.size()) - 1)]; }
    /// About normal, with some outliers.
    float real() {
        const float sum = static_cast<float>(roll(-1000, 1000) + roll(-1000, 1000) + roll(-1000, 1000)) / 1000.0f;
        return chance(3) ? sum * 100 : sum;
    }

private:
    std::mt19937 m_engine;
};

/// What memory is filled with before a group of cases.
enum class Fill { Bytes, SmallIntegers16, F32, F16, Bf16 };

/// A group of cases of one kind.
struct Group {
    std::string name;
    Fill fill = Fill::Bytes;
    /// Of the elements that may differ; 0: equal bytes. Relative to the greater of the values, `floor` at least.
    bm1684x::Precision result = bm1684x::Precision::Int8;
    double tolerance = 0, floor = 1;
    std::function<bm1684x::Command(Dice&)> make;
};

struct Score {
    int cases = 0, equal = 0, close = 0, refused = 0, unknown = 0;
    double worst = 0;            ///< relative difference among the close ones
    std::string firstDifference; ///< what differs beyond tolerance
};

class Differ {
public:
    static constexpr uint64_t kGlobalBytes = 4 << 20;

    Differ();
    /// Why the C model cannot be used.
    std::string start() { return m_model.start(); }
    Score run(const Group& group, int cases, uint32_t seed);

private:
    void fill(const Group& group, Dice& dice);
    void send();
    bool compare(const Group& group, Score& score, const std::string& what);

    interop::VendorCModel m_model;
    std::vector<std::byte> m_local, m_global; ///< the C model's
    bm1684x::Machine m_machine;
};

/// Every kind of command that the simulator knows.
std::vector<Group> integerGroups();
std::vector<Group> floatGroups();
std::vector<Group> moveGroups();

} // namespace wb::test
