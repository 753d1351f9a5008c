// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bmodel/combine.h"

#include <algorithm>

namespace wb::bmodel {
namespace {

Error doNotFit(const std::string& name, std::string why) {
    return Error{Code::UsageError, "two networks named " + name + " cannot be one"}
        .because(std::move(why))
        .remedy("compile one of them under another name");
}

bool sameInterface(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& x, const Tensor& y) {
        return x.name == y.name && x.dataType == y.dataType;
    });
}

bool sameShapes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Tensor& x, const Tensor& y) { return x.shapes == y.shapes; });
}

Status addStages(Network& to, const Network& from) {
    if (to.addressMode != from.addressMode) return doNotFit(to.name, "they place inputs and outputs differently");
    for (const Stage& stage : from.stages) {
        for (const Stage& other : to.stages) {
            if (!sameInterface(stage.inputs, other.inputs) || !sameInterface(stage.outputs, other.outputs))
                return doNotFit(to.name, "their inputs or outputs have different names or types");
            if (sameShapes(stage.inputs, other.inputs)) return doNotFit(to.name, "their inputs have the same shapes");
        }
        to.stages.push_back(stage);
    }
    return {};
}

} // namespace

uint64_t largestCtx(const File& file) {
    uint64_t largest = 0;
    for (const Network& network : file.networks)
        for (const Stage& stage : network.stages)
            largest = std::max(largest, stage.ctxBytes());
    return largest;
}

Result<File> combine(const std::vector<File>& files) {
    if (files.empty()) return Error{Code::UsageError, "no file is given"};
    File out = files.front();
    out.fileBytes = 0;
    out.notes.clear();
    for (size_t i = 1; i < files.size(); ++i) {
        const File& file = files[i];
        WB_TRY(mustBeFor(file, out.chip));
        if (!out.kernelModule) out.kernelModule = file.kernelModule;
        if (!out.cpuopModule) out.cpuopModule = file.cpuopModule;
        if (out.libBackend.empty()) out.libBackend = file.libBackend;
        out.deviceCount = std::max(out.deviceCount, file.deviceCount);
        out.bmodelType |= file.bmodelType;
        for (const Network& network : file.networks) {
            const auto same = std::find_if(out.networks.begin(), out.networks.end(),
                                           [&](const Network& n) { return n.name == network.name; });
            if (same == out.networks.end()) out.networks.push_back(network);
            else WB_TRY(addStages(*same, network));
        }
    }
    out.neuronSize = largestCtx(out);
    return out;
}

Result<File> extract(const File& file, const std::string& network, std::optional<size_t> stage) {
    const auto found = std::find_if(file.networks.begin(), file.networks.end(),
                                    [&](const Network& n) { return n.name == network; });
    if (found == file.networks.end()) {
        Error error{Code::UsageError, "the file has no network named " + network};
        for (const Network& n : file.networks)
            error.why += (error.why.empty() ? "it has " : ", ") + n.name;
        return error;
    }
    if (stage && *stage >= found->stages.size())
        return Error{Code::UsageError, "network " + network + " has no stage " + std::to_string(*stage)}.because(
            "it has " + std::to_string(found->stages.size()) + ", counted from 0");
    File out = file;
    out.fileBytes = 0;
    out.notes.clear();
    out.networks = {*found};
    if (stage) out.networks.front().stages = {found->stages[*stage]};
    out.neuronSize = largestCtx(out);
    return out;
}

} // namespace wb::bmodel
