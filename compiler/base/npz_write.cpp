// SPDX-License-Identifier: GPL-3.0-or-later
// The zip part of writing .npz: stored members one after another, then the table of contents. Own
// code since libzip holds every member in memory until it closes the archive.
#include "compiler/base/npy_detail.h"

#include <cerrno>
#include <cstring>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

namespace wb {

/// Numbers and text one behind the other, little-endian.
class ZipBytes {
public:
    template <class T> ZipBytes& put(T value) {
        const auto* p = reinterpret_cast<const char*>(&value);
        m_text.append(p, sizeof value);
        return *this;
    }
    ZipBytes& text(const std::string& t) {
        m_text += t;
        return *this;
    }
    const std::string& str() const { return m_text; }

private:
    std::string m_text;
};

namespace {

constexpr uint32_t kMax32 = 0xffffffff;
constexpr uint16_t kDosDate = 1 << 5 | 1; // 1980-01-01, the zip format's first day

bool isAscii(const std::string& text) {
    for (char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

} // namespace

struct NpzWriter::State {
    std::filesystem::path path;
    std::string temporary;
    int fd = -1;
    uint64_t at = 0;
    uint64_t count = 0;
    ZipBytes directory;
    std::set<std::string> names;
    bool failed = false;

    ~State() {
        if (fd < 0) return;
        ::close(fd);
        ::unlink(temporary.c_str());
    }
    Error error(int number) {
        failed = true;
        const bool full = number == ENOSPC || number == EDQUOT;
        return Error{full ? Code::NoSpaceLeft : Code::FileNotWritable,
                     full ? "no space left to write the file" : "the file cannot be written"}
            .because(std::generic_category().message(number))
            .remedy(full ? "free space on the disk" : "choose a folder that you may write to")
            .inFile(path.string());
    }
    Status write(const void* data, size_t size) {
        const auto* p = static_cast<const char*>(data);
        for (size_t done = 0; done < size;) {
            const ssize_t n = ::write(fd, p + done, size - done);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return error(errno);
            done += static_cast<size_t>(n);
        }
        at += size;
        return {};
    }
};

NpzWriter::NpzWriter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
NpzWriter::NpzWriter(NpzWriter&&) noexcept = default;
NpzWriter& NpzWriter::operator=(NpzWriter&&) noexcept = default;
NpzWriter::~NpzWriter() = default;

Result<NpzWriter> NpzWriter::create(const std::filesystem::path& path) {
    std::error_code ec;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
    auto state = std::make_unique<State>();
    state->path = path;
    state->temporary = path.string() + ".XXXXXX";
    state->fd = mkstemp(state->temporary.data());
    if (state->fd < 0) return state->error(errno);
    return NpzWriter(std::move(state));
}

Status NpzWriter::add(const std::string& name, const NpyHeader& header, std::span<const std::byte> bytes) {
    State& s = *m_state;
    const std::string member = name + ".npy";
    if (s.fd < 0 || s.failed) return Error{Code::Internal, "the npz file is closed"}.inFile(s.path.string());
    if (npyItemSize(header.descr) == 0 || detail::npyByteCount(header) != bytes.size())
        return Error{Code::Internal, "the bytes of '" + name + "' do not fit its shape"}.inFile(s.path.string());
    if (member.size() > 0xffff || !s.names.insert(name).second)
        return Error{Code::Internal, "the name '" + name.substr(0, 200) + "' is too long or used before"}
            .inFile(s.path.string());
    const std::string front = formatNpyHeader(header);
    const uint64_t size = front.size() + bytes.size();
    uLong crc = crc32(0, nullptr, 0);
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(front.data()), front.size());
    if (!bytes.empty()) crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());

    const bool bigSize = size >= kMax32;
    const bool bigOffset = s.at >= kMax32;
    const uint16_t version = bigSize || bigOffset ? 45 : 20;
    const uint16_t flags = isAscii(member) ? 0 : 1 << 11; // names are UTF-8
    const auto size32 = bigSize ? kMax32 : static_cast<uint32_t>(size);
    ZipBytes extra;
    if (bigSize || bigOffset) {
        extra.put<uint16_t>(1).put(static_cast<uint16_t>((bigSize ? 16 : 0) + (bigOffset ? 8 : 0)));
        if (bigSize) extra.put(size).put(size);
        if (bigOffset) extra.put(s.at);
    }
    s.directory.put<uint32_t>(0x02014b50).put<uint16_t>(static_cast<uint16_t>(3 << 8 | version));
    s.directory.put(version).put(flags).put<uint16_t>(0).put<uint16_t>(0).put(kDosDate);
    s.directory.put(static_cast<uint32_t>(crc)).put(size32).put(size32);
    s.directory.put(static_cast<uint16_t>(member.size())).put(static_cast<uint16_t>(extra.str().size()));
    s.directory.put<uint16_t>(0).put<uint16_t>(0).put<uint16_t>(0).put<uint32_t>(0100644U << 16);
    s.directory.put(bigOffset ? kMax32 : static_cast<uint32_t>(s.at)).text(member).text(extra.str());
    ++s.count;

    ZipBytes local, localExtra;
    if (bigSize) localExtra.put<uint16_t>(1).put<uint16_t>(16).put(size).put(size);
    local.put<uint32_t>(0x04034b50).put<uint16_t>(bigSize ? 45 : 20).put(flags).put<uint16_t>(0);
    local.put<uint16_t>(0).put(kDosDate).put(static_cast<uint32_t>(crc)).put(size32).put(size32);
    local.put(static_cast<uint16_t>(member.size())).put(static_cast<uint16_t>(localExtra.str().size()));
    local.text(member).text(localExtra.str()).text(front);
    WB_TRY(s.write(local.str().data(), local.str().size()));
    return s.write(bytes.data(), bytes.size());
}

Status NpzWriter::finish() {
    State& s = *m_state;
    if (s.fd < 0 || s.failed) return Error{Code::Internal, "the npz file is closed"}.inFile(s.path.string());
    const uint64_t start = s.at;
    const uint64_t size = s.directory.str().size();
    WB_TRY(s.write(s.directory.str().data(), size));
    ZipBytes end;
    if (start >= kMax32 || size >= kMax32 || s.count >= 0xffff) {
        const uint64_t where = s.at;
        end.put<uint32_t>(0x06064b50).put<uint64_t>(44).put<uint16_t>(45).put<uint16_t>(45);
        end.put<uint32_t>(0).put<uint32_t>(0).put(s.count).put(s.count).put(size).put(start);
        end.put<uint32_t>(0x07064b50).put<uint32_t>(0).put(where).put<uint32_t>(1);
    }
    const auto count16 = static_cast<uint16_t>(std::min<uint64_t>(s.count, 0xffff));
    end.put<uint32_t>(0x06054b50).put<uint16_t>(0).put<uint16_t>(0).put(count16).put(count16);
    end.put(static_cast<uint32_t>(std::min<uint64_t>(size, kMax32)));
    end.put(static_cast<uint32_t>(std::min<uint64_t>(start, kMax32))).put<uint16_t>(0);
    WB_TRY(s.write(end.str().data(), end.str().size()));

    const mode_t mask = umask(0);
    umask(mask);
    if (::fchmod(s.fd, 0666 & ~mask) != 0 || ::fsync(s.fd) != 0) return s.error(errno);
    if (std::rename(s.temporary.c_str(), s.path.c_str()) != 0) return s.error(errno);
    ::close(s.fd);
    s.fd = -1;
    return {};
}

} // namespace wb
