// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace wb {
namespace {

Error fileError(Code code, const std::filesystem::path& path, std::string what, int number = 0) {
    Error error{code, std::move(what)};
    error.file = path.string();
    if (number != 0) error.why = std::generic_category().message(number);
    return error;
}

Error writeError(const std::filesystem::path& path, int number) {
    if (number == ENOSPC || number == EDQUOT) {
        Error error = fileError(Code::NoSpaceLeft, path, "no space left to write the file", number);
        error.remedies = {"free space on the disk", "write to another folder"};
        return error;
    }
    return fileError(Code::FileNotWritable, path, "the file cannot be written", number);
}

} // namespace

Result<std::vector<std::byte>> readFile(const std::filesystem::path& path, uint64_t limitBytes) {
    std::error_code ec;
    const auto status = std::filesystem::status(path, ec);
    if (ec || !std::filesystem::exists(status))
        return fileError(Code::FileNotFound, path, "the file does not exist");
    if (std::filesystem::is_directory(status))
        return fileError(Code::FileUnreadable, path, "this is a folder, a file is needed");
    const uint64_t size = std::filesystem::file_size(path, ec);
    if (ec) return fileError(Code::FileUnreadable, path, "the file cannot be read", ec.value());
    if (size > limitBytes)
        return fileError(Code::FileUnreadable, path,
                         "the file has " + std::to_string(size) + " bytes, the limit is " +
                             std::to_string(limitBytes));
    std::ifstream in(path, std::ios::binary);
    if (!in) return fileError(Code::FileUnreadable, path, "the file cannot be read", errno);
    std::vector<std::byte> bytes(size);
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (static_cast<uint64_t>(in.gcount()) != size)
        return fileError(Code::FileUnreadable, path,
                         "the file ends after " + std::to_string(in.gcount()) + " of " +
                             std::to_string(size) + " bytes");
    return bytes;
}

Result<std::string> readTextFile(const std::filesystem::path& path, uint64_t limitBytes) {
    WB_ASSIGN(const std::vector<std::byte> bytes, readFile(path, limitBytes));
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    return writePiecesAtomically(path, std::span(&bytes, 1));
}

Status writePiecesAtomically(const std::filesystem::path& path, std::span<const std::span<const std::byte>> pieces) {
    std::error_code ec;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
    std::string pattern = path.string() + ".XXXXXX";
    const int fd = mkstemp(pattern.data());
    if (fd < 0) return writeError(path, errno);
    int failure = 0;
    for (const std::span<const std::byte> bytes : pieces) {
        size_t done = 0;
        while (done < bytes.size() && failure == 0) {
            const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
            if (n < 0 && errno != EINTR) failure = errno;
            if (n > 0) done += static_cast<size_t>(n);
        }
    }
    const mode_t mask = umask(0);
    umask(mask);
    if (failure == 0 && fchmod(fd, 0666 & ~mask) != 0) failure = errno;
    if (failure == 0 && fsync(fd) != 0) failure = errno;
    if (::close(fd) != 0 && failure == 0) failure = errno;
    if (failure == 0 && std::rename(pattern.c_str(), path.c_str()) != 0) failure = errno;
    if (failure != 0) {
        ::unlink(pattern.c_str());
        return writeError(path, failure);
    }
    return {};
}

Status writeTextAtomically(const std::filesystem::path& path, std::string_view text) {
    return writeFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

} // namespace wb
