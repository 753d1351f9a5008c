// SPDX-License-Identifier: GPL-3.0-or-later
// A small bmodel that uses every kind of field, made by hand.
#pragma once

#include "compiler/target/bmodel/model.h"

#include <string>

namespace wb::bmodel::test {

inline Blob blobOf(size_t bytes, int seed) {
    std::vector<std::byte> out(bytes);
    for (size_t i = 0; i < bytes; ++i)
        out[i] = static_cast<std::byte>((i * 7 + static_cast<size_t>(seed) * 31) & 0xff);
    return Blob(std::move(out));
}

inline Tensor tensor(const std::string& name, DataType type, Shape shape, uint64_t address) {
    Tensor t;
    t.name = name;
    t.dataType = type;
    t.address = address;
    t.size = static_cast<uint64_t>(bitsOf(type)) / 8;
    for (const uint64_t d : shape)
        t.size *= d;
    t.shapes = {std::move(shape)};
    t.scale = 0.25F;
    t.zeroPoint = -3;
    return t;
}

/// The smallest sensible stage; `seed` varies streams and weights, `height` the shapes.
inline Stage stageOf(int seed, uint64_t height) {
    CommandGroup commands;
    commands.tiuCount = 3;
    commands.gdmaCount = 2;
    commands.tiu = blobOf(128, seed);
    commands.gdma = blobOf(256, seed + 1);
    Coefficients weights;
    weights.address = 0x1'0000'0000;
    weights.bytes = blobOf(5000, seed + 2);
    weights.locations = {{"coeff", 0, 5000}};
    return simpleStage({tensor("in", DataType::Int8, {1, 3, height, 8}, 0x1'0000'2000)},
                       {tensor("out", DataType::F32, {1, 10}, 0x1'0000'3000)}, {commands}, weights, 0x1'0000'2000, 8192);
}

inline File fileOf(const std::string& name, int seed, uint64_t height = 8) {
    File file;
    file.time = "2026-01-02";
    file.networks = {Network{name, 0, {stageOf(seed, height)}, {}}};
    file.neuronSize = 8192;
    return file;
}

/// Every table and every optional field once.
inline File fullFile() {
    File file = fileOf("full", 1);
    file.version = "2.2+own";
    file.deviceCount = 1;
    file.bmodelType = 3;
    file.kernelModule = Module{"kernel.so", blobOf(9000, 20), 1};
    file.cpuopModule = Module{"cpuop.so", blobOf(70, 21), 0};
    file.libBackend = blobOf(33, 22);
    file.networks[0].cascade = Cascade{2, 1, "main"};
    file.networks[0].addressMode = 1;
    Stage stage = stageOf(5, 16);
    stage.isDynamic = stage.nDynamic = stage.hwDynamic = 1;
    stage.netProfile = blobOf(10, 30);
    stage.netStat = blobOf(11, 31);
    stage.tensorLocations = blobOf(12, 32);
    stage.stageIr = {{1, 2, 3, 4, 5}};
    stage.binaryIr = blobOf(13, 33);
    stage.cpuMemory = 14;
    stage.coreCount = 2;
    stage.ioAddress = 0x1'0100'0000;
    stage.ioSize = 15;
    stage.dynamicCtxAddress = 16;
    stage.dynamicCoeffOffset = 17;
    stage.dynamicCombinedCoeffOffset = 18;
    stage.groups[0].relocations = {{1, 2, 3}, {4, 5, 6}};
    stage.coefficients->encryptMode = 1;
    stage.coefficients->decryptedSize = 4990;
    stage.coefficients->digest = digestOf(stage.coefficients->bytes.bytes().first(100));
    stage.inputs[0].shapes.push_back({2, 3, 16, 8});
    stage.inputs[0].relocation = Relocation{7, 8, 9};
    stage.inputs[0].storeMode = 2;
    stage.inputs[0].memoryType = kInDeviceMemory | kInHostMemory;
    stage.inputs[0].hostAddress = 77;
    stage.inputs[0].padH = 5;
    SubNet& tpu = stage.subnets[0];
    tpu.isDynamic = tpu.nDynamic = tpu.hwDynamic = 1;
    tpu.irOffset = 3;
    tpu.irBytes = 4;
    tpu.next = {1};
    tpu.runCore = 1;
    tpu.cores = {CoreCommands{{tpu.groups[0]}, {blobOf(20, 40)}, {blobOf(21, 41), {}}, {blobOf(22, 42)}}};
    SubNet cpu;
    cpu.mode = static_cast<int32_t>(SubNetMode::Cpu);
    cpu.id = 1;
    cpu.next = {-1};
    const CpuConstant anchors{"anchors", blobOf(51, 51), {std::byte{1}, std::byte{2}}};
    cpu.cpu = {CpuParameter{6, blobOf(50, 50), {anchors}, 1}};
    cpu.inputs = {tensor("out", DataType::F32, {1, 10}, 0x1'0000'3000)};
    cpu.merge = {{1, 2}, {3}};
    cpu.switches = SwitchParameter{{1, 0}, {2}};
    stage.subnets.push_back(cpu);
    file.networks[0].stages.push_back(stage);
    return file;
}

/// Where two files differ, "" if nowhere: all values and all bytes, not where the bytes lie.
inline std::string difference(const Blob& a, const Blob& b, const char* what) {
    return a.size() == b.size() && std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin()) ? "" : what;
}

inline std::string difference(const std::vector<CommandGroup>& a, const std::vector<CommandGroup>& b) {
    if (a.size() != b.size()) return "number of command groups";
    std::string out;
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i].tiuCount != b[i].tiuCount || a[i].gdmaCount != b[i].gdmaCount) return "command counts";
        if (a[i].relocations != b[i].relocations) return "relocations";
        out += difference(a[i].tiu, b[i].tiu, "TIU stream ") + difference(a[i].gdma, b[i].gdma, "GDMA stream ");
    }
    return out;
}

inline std::string difference(const std::vector<Blob>& a, const std::vector<Blob>& b, const char* what) {
    if (a.size() != b.size()) return what;
    std::string out;
    for (size_t i = 0; i < a.size(); ++i)
        out += difference(a[i], b[i], what);
    return out;
}

inline std::string difference(const SubNet& a, const SubNet& b) {
    if (a.mode != b.mode || a.id != b.id || a.next != b.next || a.runCore != b.runCore) return "subnet";
    if (a.isDynamic != b.isDynamic || a.nDynamic != b.nDynamic || a.hwDynamic != b.hwDynamic) return "subnet dynamic";
    if (a.irOffset != b.irOffset || a.irBytes != b.irBytes) return "subnet ir";
    if (a.inputs != b.inputs || a.outputs != b.outputs) return "subnet tensors";
    if (a.merge != b.merge || a.switches.has_value() != b.switches.has_value()) return "merge or switch";
    if (a.switches && (a.switches->outputFrom != b.switches->outputFrom ||
                       a.switches->outputBranch != b.switches->outputBranch))
        return "switch";
    if (a.cpu.size() != b.cpu.size() || a.cores.size() != b.cores.size()) return "cpu or core count";
    std::string out = difference(a.groups, b.groups);
    for (size_t i = 0; i < a.cpu.size(); ++i) {
        const CpuParameter &x = a.cpu[i], &y = b.cpu[i];
        if (x.operatorType != y.operatorType || x.isCustom != y.isCustom || x.constants.size() != y.constants.size())
            return "cpu operator";
        out += difference(x.parameter, y.parameter, "cpu parameter ");
        for (size_t k = 0; k < x.constants.size(); ++k) {
            if (x.constants[k].name != y.constants[k].name || x.constants[k].checkCode != y.constants[k].checkCode)
                return "cpu constant";
            out += difference(x.constants[k].bytes, y.constants[k].bytes, "cpu constant ");
        }
    }
    for (size_t i = 0; i < a.cores.size(); ++i) {
        const CoreCommands &x = a.cores[i], &y = b.cores[i];
        out += difference(x.groups, y.groups) + difference(x.sdma, y.sdma, "sdma ") +
               difference(x.hau, y.hau, "hau ") + difference(x.cdma, y.cdma, "cdma ");
    }
    return out;
}

inline std::string difference(const Stage& a, const Stage& b) {
    if (a.inputs != b.inputs || a.outputs != b.outputs) return "stage tensors";
    if (a.ctxAddress != b.ctxAddress || a.ctxSize != b.ctxSize || a.ctxSizes != b.ctxSizes) return "ctx";
    if (a.coreCount != b.coreCount || a.cpuMemory != b.cpuMemory || a.ioAddress != b.ioAddress || a.ioSize != b.ioSize)
        return "stage numbers";
    if (a.isDynamic != b.isDynamic || a.nDynamic != b.nDynamic || a.hwDynamic != b.hwDynamic ||
        a.dynamicCtxAddress != b.dynamicCtxAddress || a.dynamicCoeffOffset != b.dynamicCoeffOffset ||
        a.dynamicCombinedCoeffOffset != b.dynamicCombinedCoeffOffset)
        return "stage dynamic";
    if (a.coefficients.has_value() != b.coefficients.has_value()) return "coefficients";
    std::string out = difference(a.groups, b.groups) + difference(a.netProfile, b.netProfile, "profile ") +
                      difference(a.netStat, b.netStat, "statistics ") +
                      difference(a.tensorLocations, b.tensorLocations, "locations ") +
                      difference(a.binaryIr, b.binaryIr, "ir ");
    if (a.coefficients) {
        const Coefficients &x = *a.coefficients, &y = *b.coefficients;
        if (x.address != y.address || x.locations != y.locations || x.encryptMode != y.encryptMode ||
            x.decryptedSize != y.decryptedSize)
            return "coefficients";
        out += difference(x.bytes, y.bytes, "weights ");
    }
    if (a.stageIr.size() != b.stageIr.size() || a.subnets.size() != b.subnets.size()) return "stage counts";
    for (size_t i = 0; i < a.stageIr.size(); ++i)
        if (a.stageIr[i] != b.stageIr[i]) return "stage ir";
    for (size_t i = 0; i < a.subnets.size(); ++i)
        out += difference(a.subnets[i], b.subnets[i]);
    return out;
}

inline std::string difference(const std::optional<Module>& a, const std::optional<Module>& b) {
    if (a.has_value() != b.has_value()) return "module";
    if (!a) return "";
    return a->fileName == b->fileName && a->mode == b->mode ? difference(a->bytes, b->bytes, "module ") : "module";
}

inline std::string difference(const File& a, const File& b) {
    if (a.type != b.type || a.version != b.version || a.time != b.time || a.chip != b.chip) return "file strings";
    if (a.neuronSize != b.neuronSize || a.deviceCount != b.deviceCount || a.bmodelType != b.bmodelType)
        return "file numbers";
    if (a.networks.size() != b.networks.size()) return "number of networks";
    std::string out = difference(a.kernelModule, b.kernelModule) + difference(a.cpuopModule, b.cpuopModule) +
                      difference(a.libBackend, b.libBackend, "library ");
    for (size_t i = 0; i < a.networks.size(); ++i) {
        const Network &x = a.networks[i], &y = b.networks[i];
        if (x.name != y.name || x.addressMode != y.addressMode || x.stages.size() != y.stages.size() ||
            x.cascade.has_value() != y.cascade.has_value())
            return "network";
        if (x.cascade && (x.cascade->device != y.cascade->device || x.cascade->step != y.cascade->step ||
                          x.cascade->mainName != y.cascade->mainName))
            return "cascade";
        for (size_t k = 0; k < x.stages.size(); ++k)
            out += difference(x.stages[k], y.stages[k]);
    }
    return out;
}

} // namespace wb::bmodel::test
