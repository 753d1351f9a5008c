// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_simulator/differ.h"

#include "compiler/base/error.h"
#include "compiler/numeric/half.h"

#include <cmath>
#include <cstring>

namespace wb::test {
namespace {

using namespace bm1684x;
using interop::VendorCModel;

double numberAt(const std::byte* at, Precision precision) {
    if (precision == Precision::F32) {
        float f;
        std::memcpy(&f, at, 4);
        return f;
    }
    uint16_t h;
    std::memcpy(&h, at, 2);
    return precision == Precision::F16 ? numeric::fromHalf(h) : numeric::fromBfloat16(h);
}

std::string describe(const Command& command) {
    std::string text = formatOf(command).name;
    forEachField(command, [&](std::string_view name, uint64_t value) {
        if (value != 0) text += " " + std::string(name) + "=" + std::to_string(value);
    });
    return text;
}

} // namespace

Differ::Differ() : m_model(kGlobalBytes), m_local(kLocalBytes), m_global(kGlobalBytes) {
    if (const auto mapped = m_machine.memory().map(kGlobalBase, kGlobalBytes); !mapped) std::abort();
}

void Differ::fill(const Group& group, Dice& dice) {
    const auto put = [&](std::span<std::byte> memory) {
        // Random numbers are dear: a period of 1 MiB and a bit is enough, and differs from lane to lane.
        std::vector<std::byte> period((1 << 20) + 4 * 37);
        for (size_t i = 0; i < period.size(); i += 4) {
            uint32_t word = dice.bits();
            if (group.fill == Fill::SmallIntegers16) word &= 0x003f'003f;
            if (group.fill == Fill::F32) {
                const float f = dice.real();
                std::memcpy(&word, &f, 4);
            } else if (group.fill == Fill::F16) {
                word = numeric::toHalf(dice.real()) | uint32_t{numeric::toHalf(dice.real())} << 16;
            } else if (group.fill == Fill::Bf16) {
                word = numeric::toBfloat16(dice.real()) | uint32_t{numeric::toBfloat16(dice.real())} << 16;
            }
            std::memcpy(period.data() + i, &word, 4);
        }
        for (size_t i = 0; i < memory.size(); i += period.size())
            std::memcpy(memory.data() + i, period.data(), std::min(period.size(), memory.size() - i));
    };
    put(m_local);
    put(m_global);
}

void Differ::send() {
    (void)m_model.write(VendorCModel::Local, 0, m_local);
    (void)m_model.write(VendorCModel::Global, 0, m_global);
    (void)m_model.write(VendorCModel::Static, 0, m_machine.memory().staticMemory());
    std::memcpy(m_machine.memory().local().data(), m_local.data(), m_local.size());
    std::memcpy(m_machine.memory().find(kGlobalBase, kGlobalBytes), m_global.data(), m_global.size());
}

bool Differ::compare(const Group& group, Score& score, const std::string& what) {
    bool same = true, close = true;
    const std::span<std::byte> ours[2] = {m_machine.memory().local(),
                                          {m_machine.memory().find(kGlobalBase, kGlobalBytes), kGlobalBytes}};
    const std::span<std::byte> theirs[2] = {m_local, m_global};
    for (int space = 0; space < 2; ++space) {
        if (std::memcmp(ours[space].data(), theirs[space].data(), ours[space].size()) == 0) continue;
        same = false;
        const auto size = group.tolerance > 0 ? static_cast<size_t>(bytesOf(group.result)) : 1;
        for (size_t i = 0; i < ours[space].size(); i += size) {
            if (std::memcmp(&ours[space][i], &theirs[space][i], size) == 0) continue;
            double difference = INFINITY;
            if (group.tolerance > 0) {
                const double a = numberAt(&ours[space][i], group.result), b = numberAt(&theirs[space][i], group.result);
                difference = std::abs(a - b) / std::max({std::abs(a), std::abs(b), group.floor});
                if (std::isnan(a) && std::isnan(b)) difference = 0;
            }
            if (difference <= group.tolerance) {
                score.worst = std::max(score.worst, difference);
                continue;
            }
            close = false;
            if (score.firstDifference.empty()) {
                score.firstDifference = what + ": at " + (space == 0 ? "lane " + std::to_string(i / kLaneBytes) + " byte " + std::to_string(i % kLaneBytes) : "DDR byte " + std::to_string(i));
                score.firstDifference += group.tolerance > 0 ? " " + std::to_string(numberAt(&ours[space][i], group.result)) + ", not " + std::to_string(numberAt(&theirs[space][i], group.result))
                                                             : " " + std::to_string(std::to_integer<int>(ours[space][i])) + ", not " + std::to_string(std::to_integer<int>(theirs[space][i]));
            }
            break;
        }
        std::memcpy(ours[space].data(), theirs[space].data(), ours[space].size());
    }
    if (same) ++score.equal;
    else if (close) ++score.close;
    return same || close;
}

Score Differ::run(const Group& group, int cases, uint32_t seed) {
    Dice dice(seed);
    Score score;
    fill(group, dice);
    send();
    for (; score.cases < cases; ++score.cases) {
        const Command command = group.make(dice);
        const std::string what = describe(command);
        std::vector<std::byte> words(encodedBytes(command));
        if (const auto encoded = encode(command, words); !encoded) {
            score.firstDifference = toText(encoded.error());
            return score;
        }
        const auto ours = m_machine.execute(command);
        if (!ours && ours.error().code == Code::CommandUnknown) {
            ++score.unknown;
            if (score.firstDifference.empty()) score.firstDifference = toText(ours.error());
            continue;
        }
        const std::string theirs = m_model.execute(engineOf(command), words);
        if (!theirs.empty() || !ours) {
            // Neither should take what the other refuses.
            if (!theirs.empty() && !ours) ++score.refused;
            else if (score.firstDifference.empty())
                score.firstDifference = what + (ours ? ": refused by the C model, " + theirs : ": " + toText(ours.error()));
            if (!theirs.empty()) (void)m_model.start();
            send();
            continue;
        }
        (void)m_model.read(VendorCModel::Local, 0, m_local);
        (void)m_model.read(VendorCModel::Global, 0, m_global);
        (void)compare(group, score, what);
    }
    return score;
}

} // namespace wb::test
