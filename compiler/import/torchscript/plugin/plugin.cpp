// SPDX-License-Identifier: GPL-3.0-or-later
// The plug-in's entrance: loads the archive from memory, walks its forward method, turns every failure into a record.
#include "compiler/import/torchscript/plugin/walker.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

namespace wb::torchscript {
namespace {

namespace jit = torch::jit;

/// The archive, which lies in memory already.
class Archive final : public caffe2::serialize::ReadAdapterInterface {
public:
    explicit Archive(std::span<const char> bytes) : m_bytes(bytes) {}
    size_t size() const override { return m_bytes.size(); }
    size_t read(uint64_t at, void* to, size_t count, const char*) const override {
        const size_t begin = std::min<uint64_t>(at, m_bytes.size());
        const size_t taken = std::min(count, m_bytes.size() - begin);
        std::memcpy(to, m_bytes.data() + begin, taken);
        return taken;
    }

private:
    std::span<const char> m_bytes;
};

std::string firstLines(const std::string& text) {
    size_t end = 0;
    for (int i = 0; i < 3 && end != std::string::npos; ++i)
        end = text.find('\n', end == 0 ? 0 : end + 1);
    std::string lines = text.substr(0, std::min<size_t>(end, 400));
    std::replace(lines.begin(), lines.end(), '\n', ' ');
    return lines;
}

Error loadError(const std::string& message) {
    constexpr std::string_view kUnknown = "Unknown builtin op: ";
    if (const size_t at = message.find(kUnknown); at != std::string::npos) {
        const size_t begin = at + kUnknown.size();
        std::string op = message.substr(begin, message.find_first_of(" \n", begin) - begin);
        while (op.ends_with('.'))
            op.pop_back();
        return Error{Code::UnsupportedOperators, "the network uses " + op + ", which this libtorch (1.13) does not know"}
            .remedy("export the network without it, or as ONNX");
    }
    return Error{Code::ModelDamaged, "libtorch cannot load the archive"}.because(firstLines(message)).remedy(
        "save the network again with torch.jit.save, as it was before torch.jit.optimize_for_inference, or export it as ONNX");
}

jit::Module load(std::span<const char> bytes) {
    try {
        return jit::load(std::make_shared<Archive>(bytes), c10::Device(c10::kCPU));
    } catch (const c10::Error& e) {
        throw Failure(loadError(e.what_without_backtrace()));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        throw Failure(loadError(e.what()));
    }
}

void writeInput(StreamWriter& writer, const std::string& name, std::optional<std::vector<int64_t>> shape) {
    writer.tag(Record::Input);
    writer.text(name);
    writer.number(shape ? static_cast<uint32_t>(shape->size()) : kUnknownRank);
    if (shape) writer.bytes(shape->data(), shape->size() * sizeof(int64_t));
}

std::vector<std::vector<int64_t>> shapesOf(const WbTorchRequest& request) {
    std::vector<std::vector<int64_t>> shapes;
    const int64_t* next = request.dims;
    for (uint32_t i = 0; i < request.inputs; ++i) {
        shapes.emplace_back(next, next + request.ranks[i]);
        next += request.ranks[i];
    }
    return shapes;
}

void read(const WbTorchRequest& request, StreamWriter& writer) {
    jit::Module module = load({static_cast<const char*>(request.bytes), request.size});
    module.eval();
    for (const at::Tensor parameter : module.parameters())
        if (parameter.scalar_type() == at::kHalf || parameter.scalar_type() == at::kBFloat16) {
            module.to(at::kFloat); // once, that parameters keep their identity
            break;
        }
    const auto method = module.find_method("forward");
    if (!method) throw Failure(Error{Code::ModelEmpty, "the archive has no forward method"});
    const auto graph = method->graph()->copy();
    jit::Inline(*graph);

    std::set<std::string> known;
    for (std::string_view rest = request.kinds == nullptr ? "" : request.kinds; !rest.empty();) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        known.emplace(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    Walker walker(writer, std::move(known));
    const auto shapes = shapesOf(request);
    const auto& arguments = method->function().getSchema().arguments();
    std::vector<const jit::Value*> tensors;
    walker.bind(graph->inputs()[0], Item::constantOf(module._ivalue(), ""));
    for (size_t i = 1; i < graph->inputs().size(); ++i) {
        const jit::Value* value = graph->inputs()[i];
        const auto otherwise = i < arguments.size() ? arguments[i].default_value() : c10::nullopt;
        if (otherwise) {
            walker.bind(value, fromIValue(*otherwise, value->debugName()));
        } else if (value->type()->isSubtypeOf(*c10::TensorType::get())) {
            tensors.push_back(value);
        } else if (value->type()->kind() == c10::TypeKind::OptionalType) {
            walker.bind(value, Item::constantOf(c10::IValue(), value->debugName()));
        } else {
            throw Failure(Error{Code::UnsupportedAttribute,
                                "the input '" + value->debugName() + "' is a " + value->type()->str() + ", not a tensor"}
                              .atNode(value->debugName())
                              .remedy("export the network with one argument a tensor"));
        }
    }
    const bool fits = shapes.size() == tensors.size();
    for (size_t i = 0; i < tensors.size(); ++i) {
        const std::string name = tensors[i]->debugName();
        writeInput(writer, name, fits ? std::optional(shapes[i]) : std::nullopt);
        if (fits) walker.bind(tensors[i], Item::runtime(name, at::empty(shapes[i], at::TensorOptions().device(at::kMeta))));
    }
    if (fits) {
        walker.run(graph->block());
        for (const jit::Value* output : graph->outputs())
            for (const std::string& name : walker.tensorNames(output)) {
                writer.tag(Record::Output);
                writer.text(name);
            }
    }
    writer.tag(Record::End);
}

} // namespace
} // namespace wb::torchscript

using namespace wb;
using namespace wb::torchscript;

extern "C" {

__attribute__((visibility("default"))) extern const uint32_t wbTorchInterface;
const uint32_t wbTorchInterface = kVersion;

__attribute__((visibility("default"))) void wbTorchPrepare() {
    try {
        // One thread: the process was forked, and threads that others had started are not in it.
        at::set_num_threads(1);
        // The first arithmetic asks the system about the processor.
        (void)at::conv2d(at::ones({1, 1, 3, 3}), at::ones({1, 1, 3, 3})).matmul(at::ones({1, 1}));
    } catch (...) { // then reading will say why
    }
}

__attribute__((visibility("default"))) void wbTorchRead(const WbTorchRequest* request, WbTorchSink sink, void* to) {
    StreamWriter writer(sink, to);
    const auto fail = [&](const Error& error) {
        try {
            writer.error(error);
        } catch (...) { // nobody reads
        }
    };
    try {
        const at::NoGradGuard noGradients;
        read(*request, writer);
    } catch (const Failure& failure) {
        fail(failure.error);
    } catch (const std::bad_alloc&) {
        fail(Error{Code::OutOfMemory, "there is not enough memory to open the network"});
    } catch (const c10::Error& e) {
        fail(Error{Code::ModelDamaged, "libtorch cannot read the network"}.because(firstLines(e.what_without_backtrace())));
    } catch (const std::exception& e) {
        fail(Error{Code::ModelDamaged, "the network cannot be read"}.because(firstLines(e.what())));
    } catch (...) {
        fail(Error{Code::Internal, "libtorch failed without saying why"});
    }
}
}
