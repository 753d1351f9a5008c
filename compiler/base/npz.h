// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's array files: .npy (one array) and .npz (a zip of them). Reads stored and deflated members,
// Zip64, and the faulty end records of the vendor's native writer (which libzip refuses); writes
// clean, stored zips with a fixed date, so that equal arrays give equal bytes.
// Sources: NumPy's format description (NEP 1), PKWARE APPNOTE 6.3.9.
#pragma once

#include "compiler/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb {

/// What an array holds: `descr` in NumPy's spelling, always little-endian here ("<f4", "|i1", "|u1",
/// "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f8", "|b1").
struct NpyHeader {
    std::string descr;
    std::vector<int64_t> shape; ///< outermost first; empty for a single number
    bool operator==(const NpyHeader&) const = default;
};

/// Row-major array; `bytes` has exactly product(shape) · itemSize(descr) bytes.
struct NpzArray : NpyHeader {
    std::vector<std::byte> bytes;
    bool operator==(const NpzArray&) const = default;
};

/// Bytes of one element, 0 for a spelling that is not supported.
size_t npyItemSize(std::string_view descr);

/// A whole .npy file in memory. Big-endian and column-major arrays are converted. NpzDamaged for a
/// broken header or a shape that does not fit the bytes, NpyUnsupported for other element kinds.
Result<NpzArray> parseNpy(std::span<const std::byte> file);
Result<NpzArray> readNpy(const std::filesystem::path& path);
/// The header as NumPy writes it: version 1.0 (2.0 when long), padded to 64 bytes.
std::string formatNpyHeader(const NpyHeader& header);
Status writeNpy(const std::filesystem::path& path, const NpzArray& array);

/// An open .npz. Arrays are read one at a time, so files larger than memory can be walked. Reading
/// is safe from several threads at once.
class NpzReader {
public:
    struct Member {
        std::string name;        ///< as stored without ".npy": opaque text, never a path to extract
        uint64_t offset = 0;     ///< of the local header
        uint64_t packedSize = 0; ///< bytes in the file
        uint64_t size = 0;       ///< bytes after unpacking, npy header included
        uint32_t crc = 0;
        uint16_t method = 0;     ///< 0 stored, 8 deflated
    };

    /// FileNotFound, FileUnreadable, FileTruncated (empty or no end record), NpzDamaged.
    static Result<NpzReader> open(const std::filesystem::path& path);

    /// In file order. Of members with equal names all but the last are left out (as NumPy reads them).
    const std::vector<Member>& members() const { return m_members; }
    std::optional<size_t> find(std::string_view name) const;
    Result<NpzArray> read(size_t index) const;
    /// Element kind and shape only; reads no more than the beginning of the member.
    Result<NpyHeader> describe(size_t index) const;

private:
    struct File;
    Result<std::vector<std::byte>> unpack(const Member& member, uint64_t limit) const;
    Status readDirectory();
    Error damaged(std::string what) const;

    std::shared_ptr<const File> m_file;
    std::vector<Member> m_members;
};

/// Writes an .npz one member after another into a temporary file beside the target; finish() puts it
/// in place. Without finish() nothing is left behind.
class NpzWriter {
public:
    static Result<NpzWriter> create(const std::filesystem::path& path);
    NpzWriter(NpzWriter&&) noexcept;
    NpzWriter& operator=(NpzWriter&&) noexcept;
    ~NpzWriter();

    /// Internal for a name used before or bytes that do not fit the shape; NoSpaceLeft, FileNotWritable.
    Status add(const std::string& name, const NpyHeader& header, std::span<const std::byte> bytes);
    Status finish();

private:
    struct State;
    explicit NpzWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace wb
