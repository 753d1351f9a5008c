// SPDX-License-Identifier: GPL-3.0-or-later
// The BM1684X as a code generator sees it: lanes, banks, address windows. Sizes come from the public register
// tables that ship with TPU-MLIR and were checked by running commands on the vendor's C model.
#pragma once

#include <cstdint>

namespace wb::bm1684x {

// Local memory: 64 lanes ("NPU") of 256 KiB each, 16 banks a lane. One instruction drives all lanes.
inline constexpr int64_t kLanes = 64;
inline constexpr int64_t kLaneBytes = 256 * 1024;
inline constexpr int64_t kBanks = 16;
inline constexpr int64_t kBankBytes = kLaneBytes / kBanks;
inline constexpr int64_t kVectorBytes = 64;  ///< width of a lane's vector unit; alignment of channel rows

// Windows. TIU commands name local memory by its offset from kLocalBase, static memory by its full address;
// GDMA commands name everything by full address.
inline constexpr uint64_t kLocalBase = 0x0800'0000;
inline constexpr uint64_t kLocalBytes = static_cast<uint64_t>(kLanes * kLaneBytes);
inline constexpr uint64_t kStaticBase = 0x0900'0000;
inline constexpr uint64_t kStaticBytes = 16 * 1024;
inline constexpr uint64_t kL2Base = 0x1000'0000;
inline constexpr uint64_t kL2Bytes = 2 * 1024 * 1024;
inline constexpr uint64_t kGlobalBase = 0x1'0000'0000;  ///< DDR as bmodels are laid out; relocated at load
inline constexpr uint64_t kGlobalEnd = 0x3'0000'0000;

inline constexpr int64_t kMaxId = (1 << 20) - 1;    ///< command ids are 20 bits wide
inline constexpr int64_t kMaxDimension = 65535;     ///< shape fields are 16 bits wide
inline constexpr int64_t kMaxPad = 15;              ///< pads, strides, insertions are 4 bits wide
inline constexpr uint64_t kPageBytes = 4096;        ///< alignment of DDR areas and tensors

/// What cost models add for starting a command; the vendor's listings show 3 to 5 between short commands.
inline constexpr double kIssueCycles = 4;

/// Element codes of instructions (3 bits); sign is a bit of its own.
enum class Precision : uint8_t { Int8 = 0, F16 = 1, F32 = 2, Int16 = 3, Int32 = 4, Bf16 = 5, Int4 = 6 };
constexpr int64_t bytesOf(Precision p) {
    return p == Precision::F32 || p == Precision::Int32                            ? 4
           : p == Precision::F16 || p == Precision::Bf16 || p == Precision::Int16 ? 2
                                                                                  : 1;
}

enum class Rounding : uint8_t { HalfToEven = 0, HalfAwayFromZero = 1, TowardZero = 2, Down = 3, Up = 4, HalfUp = 5, HalfDown = 6 };

/// How an operand lies in local memory (field *_str).
enum class LayoutCode : uint8_t {
    Aligned = 0,      ///< channel rows start at multiples of 64 bytes
    Compact = 1,      ///< channel rows back to back
    PerChannel = 2,   ///< one element a channel, broadcast over h and w
    Free = 3,         ///< strides as given
    TablePerLane = 4, ///< gather: every lane has its own copy of the table
};

enum class Engine : uint8_t { Tiu, Gdma };

constexpr uint32_t u32(int64_t value) { return static_cast<uint32_t>(value); } ///< fields of commands are unsigned
constexpr int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t roundUp(int64_t a, int64_t b) { return ceilDiv(a, b) * b; }

} // namespace wb::bm1684x
