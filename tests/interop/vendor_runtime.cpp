// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/interop/vendor_runtime.h"

#include "compiler/target/bmodel/reader.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace wb::interop {
namespace {

/// The runtime's public interface, as its documentation gives it.
struct RuntimeShape {
    int count = 0;
    int dims[8] = {};
};
using DeviceRequest = int (*)(void** handle, int device);
using Create = void* (*)(void* handle);
using Load = bool (*)(void* runtime, const char* path);
using Launch = bool (*)(void* runtime, const char* network, void* const inputs[], const RuntimeShape inputShapes[],
                        int inputCount, void* outputs[], RuntimeShape outputShapes[], int outputCount, bool ownMemory);

std::filesystem::path libraries() {
    const char* root = std::getenv("TPU_MLIR_ROOT");
    return root == nullptr || *root == 0 ? std::filesystem::path() : std::filesystem::path(root) / "lib";
}

[[noreturn]] void leave(const char* reason) {
    dprintf(STDERR_FILENO, "%s\n", reason);
    _exit(1);
}

template <class Function> Function symbol(void* library, const char* name) {
    void* found = dlsym(library, name);
    if (found == nullptr) leave(dlerror());
    return reinterpret_cast<Function>(found);
}

/// Memory that the child writes and the parent reads.
struct Shared {
    std::byte* begin = nullptr;
    size_t size = 0;
    explicit Shared(size_t bytes)
        : size(std::max<size_t>(bytes, 1)) {
        void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        begin = address == MAP_FAILED ? nullptr : static_cast<std::byte*>(address);
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() {
        if (begin != nullptr) munmap(begin, size);
    }
};

struct Request {
    std::string path, network;
    std::vector<const std::byte*> inputs;
    std::vector<RuntimeShape> inputShapes;
    std::vector<std::byte*> outputs; ///< in shared memory
};

[[noreturn]] void serve(const Request& request, int log) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    // Libraries find each other, and the C model, beside themselves.
    void* device = dlopen((libraries() / "libbmlib.so.0").c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (device == nullptr) leave(dlerror());
    void* runtime = dlopen((libraries() / "libbmrt.so").c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (runtime == nullptr) leave(dlerror());
    void* handle = nullptr;
    if (symbol<DeviceRequest>(device, "bm_dev_request")(&handle, 0) != 0) leave("no device");
    void* instance = symbol<Create>(runtime, "bmrt_create")(handle);
    if (instance == nullptr) leave("no runtime");
    if (!symbol<Load>(runtime, "bmrt_load_bmodel")(instance, request.path.c_str())) leave("the file does not load");
    std::vector<void*> inputs, outputs(request.outputs.begin(), request.outputs.end());
    for (const std::byte* input : request.inputs)
        inputs.push_back(const_cast<std::byte*>(input));
    std::vector<RuntimeShape> outputShapes(outputs.size());
    const bool done = symbol<Launch>(runtime, "bmrt_launch_data")(
        instance, request.network.c_str(), inputs.data(), request.inputShapes.data(), static_cast<int>(inputs.size()),
        outputs.data(), outputShapes.data(), static_cast<int>(outputs.size()), true);
    if (!done) leave("the network does not run");
    _exit(0);
}

/// What became of the child; nothing when it ended well.
std::string await(pid_t child, std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) break;
        if (ended < 0 && errno != EINTR) return "the child is lost";
        if (std::chrono::steady_clock::now() > end) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return "it did not end within " + std::to_string(limit.count()) + " s";
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (WIFSIGNALED(status)) return std::string("the runtime died: ") + strsignal(WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? std::string() : "the runtime refused";
}

std::string readLog(int fd) {
    std::string text(static_cast<size_t>(std::clamp<off_t>(lseek(fd, 0, SEEK_END), 0, 1 << 20)), ' ');
    const ssize_t got = pread(fd, text.data(), text.size(), 0);
    text.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return text;
}

} // namespace

std::string vendorRuntimeMissing() {
    if (libraries().empty()) return "TPU_MLIR_ROOT does not name the vendor's tool-chain";
    for (const char* name : {"libbmlib.so.0", "libbmrt.so", "libcmodel.so"})
        if (std::error_code ec; !std::filesystem::exists(libraries() / name, ec))
            return (libraries() / name).string() + " is missing";
    return {};
}

VendorRun runInVendorRuntime(const std::filesystem::path& bmodel, const std::vector<std::vector<std::byte>>& inputs,
                             const std::string& network, size_t stage, std::chrono::seconds limit) {
    VendorRun run;
    run.problem = vendorRuntimeMissing();
    if (!run.problem.empty()) return run;
    const auto file = bmodel::read(bmodel);
    if (!file) {
        run.problem = toText(file.error());
        return run;
    }
    const auto found = std::find_if(file->networks.begin(), file->networks.end(), [&](const bmodel::Network& n) {
        return network.empty() || n.name == network;
    });
    if (found == file->networks.end() || stage >= found->stages.size() ||
        found->stages[stage].inputs.size() != inputs.size()) {
        run.problem = "no such network or stage, or another number of inputs";
        return run;
    }
    Request request{bmodel.string(), found->name, {}, {}, {}};
    const bmodel::Stage& chosen = found->stages[stage];
    for (size_t i = 0; i < inputs.size(); ++i) {
        const bmodel::Tensor& tensor = chosen.inputs[i];
        if (inputs[i].size() != tensor.size || tensor.shapes.empty() || tensor.shapes[0].size() > 8) {
            run.problem = "input " + tensor.name + " has " + std::to_string(tensor.size) + " bytes, " +
                          std::to_string(inputs[i].size()) + " are given";
            return run;
        }
        RuntimeShape shape{static_cast<int>(tensor.shapes[0].size()), {}};
        std::copy(tensor.shapes[0].begin(), tensor.shapes[0].end(), shape.dims);
        request.inputs.push_back(inputs[i].data());
        request.inputShapes.push_back(shape);
    }
    size_t total = 0;
    for (const bmodel::Tensor& tensor : chosen.outputs)
        total += tensor.size;
    const Shared results(total);
    if (results.begin == nullptr) {
        run.problem = "no memory for the outputs";
        return run;
    }
    std::byte* at = results.begin;
    for (const bmodel::Tensor& tensor : chosen.outputs) {
        request.outputs.push_back(at);
        at += tensor.size;
    }
    const int log = memfd_create("log", MFD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0) serve(request, log);
    run.problem = child < 0 ? "no child process" : await(child, limit);
    run.log = readLog(log);
    close(log);
    if (!run.problem.empty()) return run;
    for (size_t i = 0; i < chosen.outputs.size(); ++i)
        run.outputs.emplace_back(request.outputs[i], request.outputs[i] + chosen.outputs[i].size);
    return run;
}

} // namespace wb::interop
