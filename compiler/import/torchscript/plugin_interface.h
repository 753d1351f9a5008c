// SPDX-License-Identifier: GPL-3.0-or-later
// What the importer and its TorchScript plug-in say to each other: one C function, and a stream of records
// that the function writes. The plug-in is the only part of the product that knows libtorch; it runs in a
// process of its own (plugin_process.h), so what it writes is read like any other input: with suspicion.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// The archive in memory, and the shapes of its tensor inputs one after another.
struct WbTorchRequest {
    const void* bytes;
    size_t size;
    const int64_t* dims;   ///< of all inputs, one after another
    const uint32_t* ranks; ///< of each input
    uint32_t inputs;       ///< 0: only the inputs' names are wanted
    const char* kinds;     ///< operators that the importer has rules for, a line each
};

/// Takes the next bytes of the answer; 0 when the reader has gone.
using WbTorchSink = int (*)(void* to, const void* bytes, size_t size);

/// Called before the process gives up its right to open files.
using WbTorchPrepare = void (*)();
/// Never throws; every failure is an Error record of the answer.
using WbTorchRead = void (*)(const WbTorchRequest* request, WbTorchSink sink, void* to);
}

namespace wb::torchscript {

inline constexpr const char* kPrepareName = "wbTorchPrepare";
inline constexpr const char* kReadName = "wbTorchRead";
inline constexpr const char* kVersionName = "wbTorchInterface"; ///< a uint32_t
inline constexpr uint32_t kVersion = 2;

/// The answer: records, each a tag and its fields. Numbers are little-endian; a text or an array is its
/// length in 64 bits and then its elements.
enum class Record : uint8_t {
    Input = 'I',    ///< name, rank as u32 (kUnknownRank: no shape was given), dims as i64
    Constant = 'C', ///< name, torch's number of the element type as u8, dims, bytes
    Node = 'N',     ///< kind, inputs, outputs, attributes (key, AttributeKind, value)
    Output = 'O',   ///< name
    Error = 'X',    ///< code as u32, what, why, node, remedies; ends the answer
    End = 'E',
};

enum class AttributeKind : uint8_t { Integer = 'i', Real = 'r', Text = 't', Integers = 'I', Reals = 'R' };

inline constexpr uint32_t kUnknownRank = UINT32_MAX;

/// Shapes of a node's results as libtorch has them, rank first, one after another; the importer holds its own
/// against them. Absent where libtorch could not tell.
inline constexpr const char* kShapesKey = "result shapes";
/// 1 when the first result is of an integer type, 2 when it is bool.
inline constexpr const char* kIntegerKey = "result is integer";

} // namespace wb::torchscript
