// SPDX-License-Identifier: GPL-3.0-or-later
// The zip part of reading .npz. Own code since libzip refuses what the vendor's native writer leaves
// (a Zip64 locator that points elsewhere). Every offset and size is tested against the file before
// it is used, and nothing is allocated that the file's bytes could not unpack to.
#include "compiler/base/npy_detail.h"
#include "compiler/base/zip_format.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

namespace wb {
namespace {

using namespace zip;

constexpr uint64_t kMaxDirectory = uint64_t{1} << 30;

} // namespace

struct NpzReader::File {
    std::string path;
    int fd = -1;
    uint64_t size = 0;

    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd >= 0) ::close(fd);
    }

    Result<std::vector<std::byte>> read(uint64_t offset, uint64_t count) const {
        if (offset > size || count > size - offset)
            return Error{Code::NpzDamaged, "the file refers to bytes beyond its end"}.inFile(path);
        std::vector<std::byte> bytes(count);
        for (uint64_t done = 0; done < count;) {
            const ssize_t n = ::pread(fd, bytes.data() + done, count - done,
                                      static_cast<off_t>(offset + done));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0)
                return Error{Code::FileUnreadable, "the file cannot be read"}
                    .because(n < 0 ? std::generic_category().message(errno) : "it became shorter")
                    .inFile(path);
            done += static_cast<uint64_t>(n);
        }
        return bytes;
    }
};

Error NpzReader::damaged(std::string what) const {
    return Error{Code::NpzDamaged, std::move(what)}.inFile(m_file->path);
}

Result<NpzReader> NpzReader::open(const std::filesystem::path& path) {
    auto file = std::make_shared<File>();
    file->path = path.string();
    file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file->fd < 0)
        return Error{errno == ENOENT || errno == ENOTDIR ? Code::FileNotFound : Code::FileUnreadable,
                     errno == ENOENT || errno == ENOTDIR ? "the file does not exist" : "the file cannot be read"}
            .because(std::generic_category().message(errno))
            .inFile(file->path);
    struct stat info{};
    if (::fstat(file->fd, &info) != 0 || !S_ISREG(info.st_mode))
        return Error{Code::FileUnreadable, "this is not a file"}.inFile(file->path);
    file->size = static_cast<uint64_t>(info.st_size);
    NpzReader reader;
    reader.m_file = std::move(file);
    WB_TRY(reader.readDirectory());
    return reader;
}

Status NpzReader::readDirectory() {
    const File& file = *m_file;
    // The end record: the last signature whose comment reaches the end of the file.
    const uint64_t tailSize = std::min<uint64_t>(file.size, kEndSize + 0xffff);
    WB_ASSIGN(const std::vector<std::byte> tail, file.read(file.size - tailSize, tailSize));
    size_t at = tail.size();
    bool found = false;
    if (tail.size() >= kEndSize)
        for (at = tail.size() - kEndSize;; --at) {
            found = field<uint32_t>(tail, at) == kEndSignature &&
                    at + kEndSize + field<uint16_t>(tail, at + 20) <= tail.size();
            if (found || at == 0) break;
        }
    if (!found) {
        std::vector<std::byte> head;
        if (auto bytes = file.read(0, std::min<uint64_t>(4, file.size))) head = std::move(*bytes);
        const bool zip = head.size() == 4 && field<uint32_t>(head, 0) == kLocalSignature;
        if (file.size == 0 || zip)
            return Error{Code::FileTruncated, file.size == 0 ? "the file is empty"
                                                             : "the file ends before its table of contents"}
                .inFile(file.path)
                .remedy("write or copy the file again");
        return damaged("this is not an npz file");
    }
    uint64_t end = file.size - tailSize + at; // where the directory must end
    uint64_t entries = field<uint16_t>(tail, at + 10);
    uint64_t size = field<uint32_t>(tail, at + 12);
    uint64_t offset = field<uint32_t>(tail, at + 16);
    if (at >= kLocator64Size && field<uint32_t>(tail, at - kLocator64Size) == kLocator64Signature) {
        // The vendor's locator points to a wrong place: then the record lies right before it.
        const uint64_t pointed = field<uint64_t>(tail, at - kLocator64Size + 8);
        for (uint64_t where : {pointed, end - std::min<uint64_t>(end, kLocator64Size + kEnd64Size)}) {
            if (where > file.size || file.size - where < kEnd64Size) continue;
            WB_ASSIGN(const std::vector<std::byte> record, file.read(where, kEnd64Size));
            if (field<uint32_t>(record, 0) != kEnd64Signature) continue;
            entries = field<uint64_t>(record, 32);
            size = field<uint64_t>(record, 40);
            offset = field<uint64_t>(record, 48);
            end = where;
            break;
        }
    }
    if (size > end || size > kMaxDirectory) return damaged("the table of contents has an impossible size");
    if (entries > size / kCentralSize) return damaged("the table of contents has an impossible length");
    // Bytes put in front of the archive move everything; the directory still ends at the end record.
    const uint64_t start = end - size;
    const uint64_t shift = offset <= start ? start - offset : 0;
    WB_ASSIGN(const std::vector<std::byte> directory, file.read(start, size));

    std::map<std::string, size_t, std::less<>> seen;
    size_t p = 0;
    for (uint64_t i = 0; i < entries; ++i) {
        if (directory.size() - p < kCentralSize || field<uint32_t>(directory, p) != kCentralSignature)
            return damaged("entry " + std::to_string(i) + " of the table of contents is broken");
        Member member;
        const uint16_t flags = field<uint16_t>(directory, p + 8);
        member.method = field<uint16_t>(directory, p + 10);
        member.crc = field<uint32_t>(directory, p + 16);
        member.packedSize = field<uint32_t>(directory, p + 20);
        member.size = field<uint32_t>(directory, p + 24);
        const size_t nameSize = field<uint16_t>(directory, p + 28);
        const size_t extraSize = field<uint16_t>(directory, p + 30);
        const size_t commentSize = field<uint16_t>(directory, p + 32);
        member.offset = field<uint32_t>(directory, p + 42);
        p += kCentralSize;
        if (directory.size() - p < nameSize + extraSize + commentSize)
            return damaged("entry " + std::to_string(i) + " of the table of contents is cut off");
        member.name.assign(reinterpret_cast<const char*>(directory.data() + p), nameSize);
        size_t e = p + nameSize;
        const size_t extraEnd = e + extraSize;
        p = extraEnd + commentSize;
        while (extraEnd - e >= 4) {
            const uint16_t kind = field<uint16_t>(directory, e);
            const size_t length = field<uint16_t>(directory, e + 2);
            e += 4;
            if (length > extraEnd - e) break;
            if (kind == 1) { // Zip64: the 64-bit values of exactly those fields that are all ones
                size_t f = e;
                for (uint64_t* value : {&member.size, &member.packedSize, &member.offset})
                    if (*value == 0xffffffff && e + length - f >= 8) {
                        *value = field<uint64_t>(directory, f);
                        f += 8;
                    }
            }
            e += length;
        }
        if (!member.name.ends_with(".npy")) continue; // a folder or a foreign file
        member.name.resize(member.name.size() - 4);
        if ((flags & kEncrypted) != 0) return damaged("the array '" + member.name + "' is encrypted");
        if (member.method != 0 && member.method != 8)
            return damaged("the array '" + member.name + "' is packed by method " +
                           std::to_string(member.method) + ", only stored and deflated are supported");
        if (member.offset > file.size - std::min(shift, file.size) || member.packedSize > file.size ||
            (member.method == 0 && member.size != member.packedSize) ||
            (member.method == 8 && member.size / kMaxInflation > member.packedSize))
            return damaged("the array '" + member.name + "' has an impossible position or size");
        member.offset += shift;
        if (const auto [it, fresh] = seen.try_emplace(member.name, m_members.size()); !fresh)
            m_members[it->second].method = 0xffff; // shadowed
        seen[member.name] = m_members.size();
        m_members.push_back(std::move(member));
    }
    std::erase_if(m_members, [](const Member& m) { return m.method == 0xffff; });
    return {};
}

std::optional<size_t> NpzReader::find(std::string_view name) const {
    for (size_t i = 0; i < m_members.size(); ++i)
        if (m_members[i].name == name) return i;
    return {};
}

Result<std::vector<std::byte>> NpzReader::unpack(const Member& member, uint64_t limit) const {
    WB_ASSIGN(const std::vector<std::byte> local, m_file->read(member.offset, kLocalSize));
    if (field<uint32_t>(local, 0) != kLocalSignature)
        return damaged("the array '" + member.name + "' is not where the table of contents says");
    const uint64_t start = member.offset + kLocalSize + field<uint16_t>(local, 26) +
                           field<uint16_t>(local, 28);
    const uint64_t wanted = std::min(limit, member.size);
    if (member.method == 0) return m_file->read(start, wanted);

    const uint64_t packedWanted = limit < member.size ? std::min<uint64_t>(member.packedSize, limit + 1024)
                                                      : member.packedSize;
    WB_ASSIGN(std::vector<std::byte> packed, m_file->read(start, packedWanted));
    std::vector<std::byte> out(wanted);
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return Error{Code::OutOfMemory, "no memory to unpack '" + member.name + "'"}.inFile(m_file->path);
    uint64_t in = 0, done = 0;
    int state = Z_OK;
    constexpr uint64_t piece = uint64_t{1} << 30; // zlib counts in 32 bits
    while (done < wanted && state == Z_OK) {
        stream.next_in = reinterpret_cast<Bytef*>(packed.data() + in);
        stream.avail_in = static_cast<uInt>(std::min(piece, packed.size() - in));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
        stream.avail_out = static_cast<uInt>(std::min(piece, wanted - done));
        const uInt givenIn = stream.avail_in, givenOut = stream.avail_out;
        state = inflate(&stream, Z_NO_FLUSH);
        in += givenIn - stream.avail_in;
        done += givenOut - stream.avail_out;
        if (givenIn == stream.avail_in && givenOut == stream.avail_out) break;
    }
    inflateEnd(&stream);
    if (done < wanted && limit >= member.size)
        return damaged("the array '" + member.name + "' ends after " + std::to_string(done) + " of " +
                       std::to_string(wanted) + " bytes");
    out.resize(done);
    return out;
}

Result<NpzArray> NpzReader::read(size_t index) const {
    const Member& member = m_members[index];
    WB_ASSIGN(std::vector<std::byte> bytes, unpack(member, member.size));
    uLong crc = crc32(0, nullptr, 0);
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    if (static_cast<uint32_t>(crc) != member.crc)
        return damaged("the checksum of the array '" + member.name + "' is wrong");
    auto array = detail::takeNpy(std::move(bytes));
    if (!array) {
        Error error = std::move(array).error();
        error.what = "array '" + member.name + "': " + error.what;
        return std::move(error).inFile(m_file->path);
    }
    return array;
}

Result<NpyHeader> NpzReader::describe(size_t index) const {
    constexpr uint64_t enough = 4096; // 32 dimensions fit in a tenth of it
    WB_ASSIGN(const std::vector<std::byte> bytes, unpack(m_members[index], enough));
    auto layout = detail::parseNpyHeader(bytes);
    if (!layout) return std::move(layout).error().inFile(m_file->path);
    return std::move(layout->header);
}

} // namespace wb
