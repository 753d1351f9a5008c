// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/interop/vendor_cmodel.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace wb::interop {
namespace {

constexpr size_t kWindow = 16 << 20; ///< shared between parent and child; longer transfers go in pieces
constexpr time_t kPatience = 120;    ///< seconds for one command; a large convolution takes many on a busy machine
constexpr size_t kWords = 256;       ///< a command is at most 128 bytes; the model may look a little further
constexpr size_t kBatch = 512;       ///< commands in one message
constexpr size_t kSlot = kWords + 16; ///< of a command in a batch: engine, size, words

/// The functions of the library that are used.
struct Library {
    std::byte* spaces[4] = {};
    uint64_t sizes[4] = {};
    int (*execute)(int, const void*, unsigned) = nullptr;

    /// Empty, or what is missing.
    std::string open(const std::string& path, uint64_t globalBytes) {
        void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) return dlerror();
        const auto init = reinterpret_cast<int (*)(int, int64_t)>(dlsym(handle, "cmodel_init"));
        execute = reinterpret_cast<int (*)(int, const void*, unsigned)>(dlsym(handle, "execute_command"));
        const auto memory = [&](const char* name) -> void* {
            const auto call = reinterpret_cast<void* (*)(int)>(dlsym(handle, name));
            return call == nullptr ? nullptr : call(0);
        };
        if (init == nullptr || execute == nullptr) return path + " is not the C model";
        init(0, static_cast<int64_t>(globalBytes));
        auto* local = static_cast<std::byte**>(memory("get_local_mem")); // first member of a structure
        if (local == nullptr) return path + " has no local memory";
        spaces[VendorCModel::Local] = *local;
        spaces[VendorCModel::Static] = static_cast<std::byte*>(memory("get_static_memaddr_by_node"));
        spaces[VendorCModel::L2] = static_cast<std::byte*>(memory("get_l2_sram"));
        spaces[VendorCModel::Global] = static_cast<std::byte*>(memory("get_global_memaddr"));
        sizes[VendorCModel::Local] = bm1684x::kLocalBytes;
        sizes[VendorCModel::Static] = bm1684x::kStaticBytes;
        sizes[VendorCModel::L2] = bm1684x::kL2Bytes;
        sizes[VendorCModel::Global] = globalBytes;
        return std::all_of(std::begin(spaces), std::end(spaces), [](auto* p) { return p != nullptr; })
                   ? std::string()
                   : path + " lacks a memory";
    }
};

bool sendAll(int socket, const void* data, size_t size) {
    for (const auto* at = static_cast<const char*>(data); size > 0;) {
        const ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent;
        size -= static_cast<size_t>(sent);
    }
    return true;
}

bool receiveAll(int socket, void* data, size_t size) {
    for (auto* at = static_cast<char*>(data); size > 0;) {
        const ssize_t got = recv(socket, at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= static_cast<size_t>(got);
    }
    return true;
}

} // namespace

struct VendorCModel::Message {
    enum Kind : uint32_t { Write, Read, Execute, WriteLanes, ReadLanes, ExecuteAll } kind;
    uint32_t space = 0;  ///< or the engine
    uint64_t offset = 0;
    uint64_t size = 0;   ///< bytes, bytes of a lane, or commands
};

struct VendorCModel::Child {
    pid_t pid = -1;
    int socket = -1;
    int log = -1; ///< what the child prints
    std::byte* window = nullptr;

    /// The window's last bytes tell the parent how far it came.
    std::byte* progress() const { return window + kWindow - sizeof(uint64_t); }
    void executeAll(const Library& library, uint64_t count) const {
        for (uint64_t i = 0; i < count; ++i) {
            std::memcpy(progress(), &i, sizeof i);
            const std::byte* slot = window + i * kSlot;
            uint64_t head[2];
            std::memcpy(head, slot, sizeof head);
            alignas(128) std::byte words[kWords] = {};
            std::memcpy(words, slot + sizeof head, std::min<size_t>(head[1], kWords));
            library.execute(0, words, static_cast<unsigned>(head[0]));
        }
    }
    [[noreturn]] void serve(const std::string& path, uint64_t globalBytes) const {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // A test program's own handlers would attach a debugger to a child that merely refuses a command.
        for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, SIG_DFL);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        Library library;
        const std::string missing = library.open(path, globalBytes);
        if (!missing.empty()) {
            dprintf(STDERR_FILENO, "%s\n", missing.c_str());
            _exit(1);
        }
        const char done = 0;
        if (!sendAll(socket, &done, 1)) _exit(0);
        Message m{};
        while (receiveAll(socket, &m, sizeof m)) {
            if (m.kind == Message::Execute) {
                alignas(128) std::byte words[kWords] = {};
                std::memcpy(words, window, std::min<size_t>(m.size, kWords));
                library.execute(0, words, m.space);
            } else if (m.kind == Message::ExecuteAll) {
                executeAll(library, m.size);
            } else if (m.kind == Message::WriteLanes || m.kind == Message::ReadLanes) {
                for (uint64_t lane = 0; lane < static_cast<uint64_t>(bm1684x::kLanes); ++lane) {
                    std::byte* there = library.spaces[Local] + lane * static_cast<uint64_t>(bm1684x::kLaneBytes);
                    std::byte* here = window + lane * m.size;
                    if (m.kind == Message::WriteLanes) std::memcpy(there, here, m.size);
                    else std::memcpy(here, there, m.size);
                }
            } else {
                if (m.space > Global || m.offset > library.sizes[m.space] ||
                    m.size > library.sizes[m.space] - m.offset) {
                    dprintf(STDERR_FILENO, "memory %u has no bytes %llu + %llu\n", m.space,
                            static_cast<unsigned long long>(m.offset), static_cast<unsigned long long>(m.size));
                    _exit(1);
                }
                std::byte* there = library.spaces[m.space] + m.offset;
                if (m.kind == Message::Write) std::memcpy(there, window, m.size);
                else std::memcpy(window, there, m.size);
            }
            if (!sendAll(socket, &done, 1)) break;
        }
        _exit(0);
    }
};

VendorCModel::VendorCModel(uint64_t globalBytes) : m_globalBytes(globalBytes) {}
VendorCModel::~VendorCModel() { stop(); }

std::string VendorCModel::start() {
    if (m_child) return {};
    const char* root = std::getenv("TPU_MLIR_ROOT");
    if (root == nullptr || *root == '\0') return "TPU_MLIR_ROOT is not set";
    const std::string path = std::string(root) + "/lib/libcmodel_bm1684x.so";
    if (!std::filesystem::exists(path)) return path + " does not exist";

    auto child = std::make_unique<Child>();
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return std::strerror(errno);
    child->log = memfd_create("cmodel", MFD_CLOEXEC);
    void* window = mmap(nullptr, kWindow, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (child->log < 0 || window == MAP_FAILED) return std::strerror(errno);
    child->window = static_cast<std::byte*>(window);
    child->pid = fork();
    if (child->pid == 0) {
        close(sockets[0]);
        child->socket = sockets[1];
        child->serve(path, m_globalBytes);
    }
    close(sockets[1]);
    child->socket = sockets[0];
    // A command that the model never finishes counts as refused.
    const timeval patience{kPatience, 0};
    setsockopt(child->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    m_child = std::move(child);
    char done = 1;
    if (m_child->pid > 0 && receiveAll(m_child->socket, &done, 1)) return {};
    return "the C model does not start: " + lastWords();
}

void VendorCModel::stop() {
    if (!m_child) return;
    close(m_child->socket);
    if (m_child->pid > 0) waitpid(m_child->pid, nullptr, 0);
    close(m_child->log);
    munmap(m_child->window, kWindow);
    m_child.reset();
}

std::string VendorCModel::lastWords() {
    bool endless = false;
    close(m_child->socket);
    m_child->socket = -1;
    if (m_child->pid > 0) {
        // Closing the socket ends a child that listens; one that still calculates has to be ended.
        int ended = 0;
        for (int i = 0; i < 100 && (ended = waitpid(m_child->pid, nullptr, WNOHANG)) == 0; ++i) usleep(10'000);
        endless = ended == 0;
        if (endless) {
            kill(m_child->pid, SIGKILL);
            waitpid(m_child->pid, nullptr, 0);
        }
    }
    m_child->pid = -1;
    std::string text;
    char part[4096];
    lseek(m_child->log, 0, SEEK_SET);
    for (ssize_t got; (got = ::read(m_child->log, part, sizeof part)) > 0;)
        text.append(part, static_cast<size_t>(got));
    stop();
    if (const size_t frames = text.find("\nObtained "); frames != std::string::npos) text.resize(frames);
    if (text.empty()) return endless ? "it did not end within " + std::to_string(kPatience) + " s" : "it ended without a word";
    return text;
}

std::string VendorCModel::request(const Message& message) {
    char done = 1;
    if (sendAll(m_child->socket, &message, sizeof message) && receiveAll(m_child->socket, &done, 1)) return {};
    return lastWords();
}

std::string VendorCModel::write(Space space, uint64_t offset, std::span<const std::byte> bytes) {
    if (auto reason = start(); !reason.empty()) return reason;
    for (size_t at = 0; at < bytes.size(); at += kWindow) {
        const auto piece = bytes.subspan(at, std::min(kWindow, bytes.size() - at));
        std::memcpy(m_child->window, piece.data(), piece.size());
        if (auto reason = request({Message::Write, space, offset + at, piece.size()}); !reason.empty()) return reason;
    }
    return {};
}

std::string VendorCModel::read(Space space, uint64_t offset, std::span<std::byte> bytes) {
    if (auto reason = start(); !reason.empty()) return reason;
    for (size_t at = 0; at < bytes.size(); at += kWindow) {
        const auto piece = bytes.subspan(at, std::min(kWindow, bytes.size() - at));
        if (auto reason = request({Message::Read, space, offset + at, piece.size()}); !reason.empty()) return reason;
        std::memcpy(piece.data(), m_child->window, piece.size());
    }
    return {};
}

std::string VendorCModel::writeLanes(int64_t pitch, std::span<const std::byte> bytes) {
    if (auto reason = start(); !reason.empty()) return reason;
    if (pitch <= 0) return {};
    std::memcpy(m_child->window, bytes.data(), static_cast<size_t>(pitch * bm1684x::kLanes));
    return request({Message::WriteLanes, Local, 0, static_cast<uint64_t>(pitch)});
}

std::string VendorCModel::readLanes(int64_t pitch, std::span<std::byte> bytes) {
    if (auto reason = start(); !reason.empty()) return reason;
    if (pitch <= 0) return {};
    if (auto reason = request({Message::ReadLanes, Local, 0, static_cast<uint64_t>(pitch)}); !reason.empty()) return reason;
    std::memcpy(bytes.data(), m_child->window, static_cast<size_t>(pitch * bm1684x::kLanes));
    return {};
}

std::string VendorCModel::execute(std::span<const Encoded> commands, size_t& failed) {
    for (size_t at = 0; at < commands.size(); at += kBatch) {
        if (auto reason = start(); !reason.empty()) return reason;
        const auto batch = commands.subspan(at, std::min(kBatch, commands.size() - at));
        for (size_t i = 0; i < batch.size(); ++i) {
            const uint64_t head[2] = {batch[i].engine == bm1684x::Engine::Tiu ? 0u : 1u, std::min(batch[i].words.size(), kWords)};
            std::memcpy(m_child->window + i * kSlot, head, sizeof head);
            std::memcpy(m_child->window + i * kSlot + sizeof head, batch[i].words.data(), head[1]);
        }
        char done = 1;
        const Message message{Message::ExecuteAll, 0, 0, batch.size()};
        if (sendAll(m_child->socket, &message, sizeof message) && receiveAll(m_child->socket, &done, 1)) continue;
        uint64_t reached = 0;
        std::memcpy(&reached, m_child->progress(), sizeof reached);
        failed = at + std::min<size_t>(reached, batch.size() - 1);
        return lastWords();
    }
    return {};
}

std::string VendorCModel::execute(bm1684x::Engine engine, std::span<const std::byte> words) {
    if (auto reason = start(); !reason.empty()) return reason;
    const size_t size = std::min(words.size(), kWords);
    std::memcpy(m_child->window, words.data(), size);
    return request({Message::Execute, engine == bm1684x::Engine::Tiu ? 0u : 1u, 0, size});
}

} // namespace wb::interop
