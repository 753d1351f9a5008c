// SPDX-License-Identifier: GPL-3.0-or-later
// See the header. Stricter than unzip programs are: two readers that find different contents in one file are how
// archives deceive, so only what has one reading is taken.
#include "compiler/import/torchscript/archive.h"

#include "compiler/base/zip_format.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace wb::importer {
namespace {

using namespace zip;

constexpr uint64_t kMaxDirectory = uint64_t{256} << 20;
constexpr uint64_t kMaxUnpacked = uint64_t{4} << 30; ///< of all packed entries together

Error damaged(std::string what) {
    return Error{Code::ModelDamaged, "the archive is damaged: " + std::move(what)}.remedy(
        "save the network again with torch.jit.save");
}

std::string_view rootOf(const std::vector<ArchiveEntry>& entries) {
    if (entries.empty()) return {};
    const std::string_view first = entries.front().name;
    const size_t slash = first.find('/');
    return slash == std::string_view::npos ? std::string_view() : first.substr(0, slash + 1);
}

/// Names are keys inside of the archive; one that would lead elsewhere has no honest purpose.
bool isPlainName(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos)
        return false;
    while (!name.empty()) {
        const std::string_view part = name.substr(0, name.find('/'));
        if (part == ".." || part == ".") return false;
        name.remove_prefix(std::min(name.size(), part.size() + 1));
    }
    return true;
}

struct Directory {
    uint64_t begin = 0, size = 0, entries = 0;
};

Result<Directory> findDirectory(uint64_t fileSize, const ByteSource& source) {
    const uint64_t tailSize = std::min<uint64_t>(fileSize, kEndSize + 0xffff);
    std::vector<std::byte> tail(tailSize);
    if (!source(fileSize - tailSize, tail)) return Error{Code::FileUnreadable, "the file cannot be read"};
    for (uint64_t at = tailSize < kEndSize ? 0 : tailSize - kEndSize + 1; at-- > 0;) {
        if (field<uint32_t>(tail, at) != kEndSignature || at + kEndSize + field<uint16_t>(tail, at + 20) != tailSize) continue;
        Directory found{field<uint32_t>(tail, at + 16), field<uint32_t>(tail, at + 12), field<uint16_t>(tail, at + 10)};
        uint64_t end = fileSize - tailSize + at;
        const uint64_t zip64 = kLocator64Size + kEnd64Size;
        if (end >= zip64) {
            std::vector<std::byte> wide(zip64);
            if (!source(end - zip64, wide)) return Error{Code::FileUnreadable, "the file cannot be read"};
            if (field<uint32_t>(wide, kEnd64Size) == kLocator64Signature) {
                if (field<uint32_t>(wide, 0) != kEnd64Signature || field<uint64_t>(wide, kEnd64Size + 8) != end - zip64)
                    return damaged("its end record stands elsewhere");
                found = {field<uint64_t>(wide, 48), field<uint64_t>(wide, 40), field<uint64_t>(wide, 32)};
                end -= zip64;
            }
        }
        if (found.size > end || found.begin != end - found.size || found.size > kMaxDirectory ||
            found.entries > found.size / kCentralSize)
            return damaged("its table of contents does not fit the file");
        return found;
    }
    return Error{Code::FileTruncated, "the file ends before its table of contents"}.remedy("write or copy the file again");
}

/// The 64-bit values of exactly those fields that are all ones.
void widen(ArchiveEntry& entry, std::span<const std::byte> extra) {
    for (uint64_t at = 0; extra.size() - at >= 4;) {
        const uint64_t length = field<uint16_t>(extra, at + 2);
        const uint16_t kind = field<uint16_t>(extra, at);
        at += 4;
        if (length > extra.size() - at) return;
        if (kind == 1) {
            uint64_t next = at;
            for (uint64_t* value : {&entry.size, &entry.packedSize, &entry.offset})
                if (*value == 0xffffffff && at + length - next >= 8) {
                    *value = field<uint64_t>(extra, next);
                    next += 8;
                }
        }
        at += length;
    }
}

Status checkPlace(const ArchiveEntry& entry, std::span<const std::byte> bytes, uint64_t& end) {
    if (entry.offset > bytes.size() || bytes.size() - entry.offset < kLocalSize)
        return damaged("'" + entry.name + "' lies beyond its end");
    const auto header = bytes.subspan(entry.offset);
    if (field<uint32_t>(header, 0) != kLocalSignature || field<uint16_t>(header, 8) != entry.method)
        return damaged("'" + entry.name + "' is not where the table of contents says");
    const uint64_t nameSize = field<uint16_t>(header, 26);
    const uint64_t begin = kLocalSize + nameSize + field<uint16_t>(header, 28);
    if (begin > header.size() || entry.packedSize > header.size() - begin)
        return damaged("'" + entry.name + "' lies beyond its end");
    if (nameSize != entry.name.size() || std::memcmp(header.data() + kLocalSize, entry.name.data(), nameSize) != 0)
        return damaged("'" + entry.name + "' has two names");
    end = entry.offset + begin + entry.packedSize;
    return {};
}

} // namespace

ByteSource sourceOf(std::span<const std::byte> bytes) {
    return [bytes](uint64_t at, std::span<std::byte> to) {
        if (at > bytes.size() || to.size() > bytes.size() - at) return false;
        if (!to.empty()) std::memcpy(to.data(), bytes.data() + at, to.size());
        return true;
    };
}

Result<std::vector<ArchiveEntry>> archiveEntries(uint64_t fileSize, const ByteSource& source) {
    WB_ASSIGN(const Directory found, findDirectory(fileSize, source));
    std::vector<std::byte> directory(found.size);
    if (!source(found.begin, directory)) return Error{Code::FileUnreadable, "the file cannot be read"};
    std::vector<ArchiveEntry> entries;
    uint64_t at = 0;
    for (uint64_t i = 0; i < found.entries; ++i) {
        const std::string where = "entry " + std::to_string(i) + " of its table of contents is broken";
        if (directory.size() - at < kCentralSize || field<uint32_t>(directory, at) != kCentralSignature) return damaged(where);
        ArchiveEntry entry;
        entry.flags = field<uint16_t>(directory, at + 8);
        entry.method = field<uint16_t>(directory, at + 10);
        entry.packedSize = field<uint32_t>(directory, at + 20);
        entry.size = field<uint32_t>(directory, at + 24);
        entry.offset = field<uint32_t>(directory, at + 42);
        const uint64_t nameSize = field<uint16_t>(directory, at + 28), extraSize = field<uint16_t>(directory, at + 30),
                       commentSize = field<uint16_t>(directory, at + 32);
        at += kCentralSize;
        if (directory.size() - at < nameSize + extraSize + commentSize) return damaged(where);
        entry.name.assign(reinterpret_cast<const char*>(directory.data() + at), nameSize);
        widen(entry, std::span(directory).subspan(at + nameSize, extraSize));
        at += nameSize + extraSize + commentSize;
        entries.push_back(std::move(entry));
    }
    if (at != directory.size()) return damaged("its table of contents has bytes left over");
    return entries;
}

bool isTorchScript(const std::vector<ArchiveEntry>& entries) {
    const std::string root(rootOf(entries));
    return !root.empty() && std::any_of(entries.begin(), entries.end(), [&](const ArchiveEntry& entry) {
        return entry.name == root + "constants.pkl" || entry.name.starts_with(root + "code/");
    });
}

bool holdsPickle(const std::vector<ArchiveEntry>& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const ArchiveEntry& e) { return e.name.ends_with(".pkl"); });
}

Status checkArchive(std::span<const std::byte> bytes) {
    WB_ASSIGN(const std::vector<ArchiveEntry> entries, archiveEntries(bytes.size(), sourceOf(bytes)));
    const std::string root(rootOf(entries));
    std::set<std::string_view> names;
    std::vector<std::pair<uint64_t, uint64_t>> places;
    uint64_t unpacked = 0;
    for (const ArchiveEntry& entry : entries) {
        if (!isPlainName(entry.name)) return damaged("the name '" + entry.name + "' leads out of it");
        if (!entry.name.starts_with(root)) return damaged("'" + entry.name + "' is in another folder than the rest");
        if (!names.insert(entry.name).second) return damaged("'" + entry.name + "' stands twice");
        if ((entry.flags & kEncrypted) != 0) return damaged("'" + entry.name + "' is encrypted");
        if (entry.method != 0 && entry.method != 8)
            return damaged("'" + entry.name + "' is packed by method " + std::to_string(entry.method));
        if (entry.method == 0 && entry.size != entry.packedSize) return damaged("'" + entry.name + "' has two sizes");
        if (entry.method == 8) {
            if (entry.size / kMaxInflation > entry.packedSize) return damaged("'" + entry.name + "' has an impossible size");
            unpacked += entry.size;
            if (unpacked > kMaxUnpacked)
                return Error{Code::OutOfMemory, "the archive unpacks to more than " + std::to_string(kMaxUnpacked >> 30) + " GiB"};
        }
        uint64_t end = 0;
        WB_TRY(checkPlace(entry, bytes, end));
        places.emplace_back(entry.offset, end);
    }
    std::sort(places.begin(), places.end());
    for (size_t i = 1; i < places.size(); ++i)
        if (places[i].first < places[i - 1].second) return damaged("two of its entries overlap");
    return {};
}

} // namespace wb::importer
