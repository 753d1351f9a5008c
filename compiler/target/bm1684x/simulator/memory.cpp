// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/memory.h"

#include <algorithm>
#include <new>

namespace wb::bm1684x {
namespace {

std::byte* within(uint64_t base, std::vector<std::byte>& bytes, uint64_t address, uint64_t count) {
    if (address < base || address - base > bytes.size() || count > bytes.size() - (address - base)) return nullptr;
    return bytes.data() + (address - base);
}

} // namespace

Memory::Memory() : m_local(kLocalBytes), m_static(kStaticBytes), m_l2(kL2Bytes) { fillStaticMemory(m_static); }

Status Memory::map(uint64_t address, uint64_t bytes) {
    const auto problem = [&](std::string why) {
        return Error{.code = Code::CommandFault,
                     .what = "no DDR area of " + std::to_string(bytes) + " bytes at " + std::to_string(address),
                     .why = std::move(why)};
    };
    if (address < kGlobalBase || address >= kGlobalEnd || bytes > kGlobalEnd - address)
        return problem("it is outside of the DDR window");
    const auto at = std::find_if(m_global.begin(), m_global.end(), [&](const Area& a) { return a.address >= address; });
    if ((at != m_global.end() && at->address - address < bytes) ||
        (at != m_global.begin() && address - (at - 1)->address < (at - 1)->bytes.size()))
        return problem("it overlaps another area");
    try {
        m_global.insert(at, Area{address, std::vector<std::byte>(bytes)});
    } catch (const std::bad_alloc&) {
        return Error{.code = Code::OutOfMemory, .what = "no memory for " + std::to_string(bytes) + " bytes of DDR"};
    }
    return {};
}

std::byte* Memory::find(uint64_t address, uint64_t bytes) {
    if (auto* p = within(kLocalBase, m_local, address, bytes)) return p;
    if (auto* p = within(kStaticBase, m_static, address, bytes)) return p;
    if (auto* p = within(kL2Base, m_l2, address, bytes)) return p;
    auto after = std::upper_bound(m_global.begin(), m_global.end(), address,
                                  [](uint64_t value, const Area& a) { return value < a.address; });
    return after == m_global.begin() ? nullptr : within((after - 1)->address, (after - 1)->bytes, address, bytes);
}

} // namespace wb::bm1684x
