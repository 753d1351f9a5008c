// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/torchscript/plugin_process.h"

#include "compiler/import/torchscript/plugin_interface.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace wb::importer {
namespace {

namespace fs = std::filesystem;
using namespace torchscript;

constexpr const char* kFile = "wb_torchscript.so";
constexpr int kPollMilliseconds = 50;
/// Address space of the child beyond the archive: libtorch itself, shapes and folded constants.
constexpr rlim_t kMemory = rlim_t{8} << 30;
constexpr rlim_t kMemoryPerByte = 8;
/// What a child may answer at most, beyond a multiple of the archive: constants computed from shapes.
constexpr size_t kMaxAnswer = size_t{4} << 30;

struct Pipe {
    int ends[2] = {-1, -1};
    ~Pipe() {
        for (int end : ends)
            if (end >= 0) ::close(end);
    }
    void close(int which) {
        ::close(ends[which]);
        ends[which] = -1;
    }
};

int writeAll(void* to, const void* bytes, size_t size) {
    const int out = *static_cast<const int*>(to);
    const auto* next = static_cast<const char*>(bytes);
    while (size > 0) {
        const ssize_t n = ::write(out, next, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        next += n;
        size -= static_cast<size_t>(n);
    }
    return 1;
}

/// Small records go out together.
struct Buffer {
    int out;
    std::vector<char> bytes;
    static int take(void* to, const void* data, size_t size) {
        auto& self = *static_cast<Buffer*>(to);
        constexpr size_t kFull = size_t{1} << 20;
        if (self.bytes.size() + size > kFull && !self.flush()) return 0;
        if (size >= kFull) return writeAll(&self.out, data, size);
        self.bytes.insert(self.bytes.end(), static_cast<const char*>(data), static_cast<const char*>(data) + size);
        return 1;
    }
    bool flush() {
        const bool done = writeAll(&out, bytes.data(), bytes.size()) != 0;
        bytes.clear();
        return done;
    }
};

void putText(Buffer& to, std::string_view text) {
    const uint64_t size = text.size();
    Buffer::take(&to, &size, sizeof size);
    Buffer::take(&to, text.data(), text.size());
}

/// An Error record written without the plug-in, which could not be loaded.
void putLoadError(Buffer& to, const char* why) {
    const auto tag = static_cast<uint8_t>(Record::Error);
    const auto code = static_cast<uint32_t>(Code::FileUnknownKind);
    const uint64_t none = 0;
    Buffer::take(&to, &tag, sizeof tag);
    Buffer::take(&to, &code, sizeof code);
    putText(to, "the TorchScript importer cannot be loaded");
    putText(to, why == nullptr ? "" : why);
    putText(to, "");
    Buffer::take(&to, &none, sizeof none);
}

void limit(int what, rlim_t value) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource>(what), &now) != 0) return;
    now.rlim_cur = std::min(now.rlim_max, value);
    if (what == RLIMIT_NOFILE) now.rlim_max = now.rlim_cur; // for good
    ::setrlimit(static_cast<__rlimit_resource>(what), &now);
}

[[noreturn]] void child(int out, const fs::path& plugin, const WbTorchRequest& request) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
        ::signal(signal, SIG_DFL);
    ::signal(SIGPIPE, SIG_IGN);
    // The caller's streams may carry its own protocol.
    if (const int nothing = ::open("/dev/null", O_RDWR); nothing >= 0)
        for (int stream : {0, 1, 2})
            ::dup2(nothing, stream);
    limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__ // which reserves terabytes
    limit(RLIMIT_AS, kMemory + kMemoryPerByte * request.size);
#endif
    Buffer buffer{out, {}};
    void* library = ::dlopen(plugin.c_str(), RTLD_LAZY | RTLD_LOCAL);
    const auto* version = library == nullptr ? nullptr : static_cast<const uint32_t*>(::dlsym(library, kVersionName));
    const auto prepare = library == nullptr ? nullptr : reinterpret_cast<WbTorchPrepare>(::dlsym(library, kPrepareName));
    const auto read = library == nullptr ? nullptr : reinterpret_cast<WbTorchRead>(::dlsym(library, kReadName));
    if (library == nullptr) {
        putLoadError(buffer, ::dlerror());
    } else if (version == nullptr || *version != kVersion || prepare == nullptr || read == nullptr) {
        putLoadError(buffer, "it belongs to another version of the program");
    } else {
        prepare();
        limit(RLIMIT_NOFILE, 0); // open descriptors stay; nothing can be opened any more
        read(&request, &Buffer::take, &buffer);
    }
    buffer.flush();
    ::_exit(0);
}

Error diedBy(int status) {
    Error error{Code::ModelDamaged, "libtorch broke down while it read the archive"};
    if (WIFSIGNALED(status)) error.why = "it ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
    error.remedies.push_back("save the network again with torch.jit.save, as it was before torch.jit.optimize_for_inference, or export it as ONNX");
    return error;
}

Result<std::vector<std::byte>> collect(int from, size_t most, const JobContext& context) {
    std::vector<std::byte> answer;
    std::vector<std::byte> piece(size_t{1} << 20);
    for (;;) {
        WB_TRY(context.checkStop());
        pollfd waiting{from, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, kPollMilliseconds);
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        const ssize_t n = ::read(from, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return Error{Code::Internal, "the importer's answer cannot be read"}.because(std::generic_category().message(errno));
        if (n == 0) return answer;
        if (answer.size() + static_cast<size_t>(n) > most)
            return Error{Code::OutOfMemory, "the network's constants need more than " + std::to_string(most >> 20) + " MiB"};
        answer.insert(answer.end(), piece.begin(), piece.begin() + n);
    }
}

} // namespace

fs::path torchPlugin() {
    std::error_code code;
    const fs::path program = fs::read_symlink("/proc/self/exe", code);
    if (code) return {};
    const fs::path folder = program.parent_path();
    for (const fs::path& place : {folder, folder / "lib/tpu-workbench", folder.parent_path() / "lib/tpu-workbench"})
        if (fs::exists(place / kFile, code)) return place / kFile;
    return {};
}

Result<std::vector<std::byte>> runTorchPlugin(std::span<const std::byte> archive, const std::vector<ir::Shape>& shapes,
                                              const std::string& kinds, const JobContext& context) {
    const fs::path plugin = torchPlugin();
    if (plugin.empty())
        return Error{Code::FileUnknownKind, "the TorchScript importer is not installed"}
            .because(std::string(kFile) + " is built where the package libtorch-dev is there")
            .remedy("install libtorch-dev and build again (./workbench does both)")
            .remedy("export the network as ONNX");
    std::vector<int64_t> dims;
    std::vector<uint32_t> ranks;
    for (const ir::Shape& shape : shapes) {
        dims.insert(dims.end(), shape.begin(), shape.end());
        ranks.push_back(static_cast<uint32_t>(shape.size()));
    }
    const WbTorchRequest request{archive.data(), archive.size(), dims.data(), ranks.data(), static_cast<uint32_t>(ranks.size()),
                                 kinds.c_str()};
    Pipe pipe;
    if (::pipe2(pipe.ends, O_CLOEXEC) != 0)
        return Error{Code::Internal, "no pipe to the importer"}.because(std::generic_category().message(errno));
    const pid_t process = ::fork();
    if (process < 0)
        return Error{Code::OutOfMemory, "the importer cannot be started"}.because(std::generic_category().message(errno));
    if (process == 0) child(pipe.ends[1], plugin, request);
    pipe.close(1);
    auto answer = collect(pipe.ends[0], kMaxAnswer + kMemoryPerByte * archive.size(), context);
    if (!answer) ::kill(process, SIGKILL);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (answer && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) return diedBy(status);
    return answer;
}

} // namespace wb::importer
