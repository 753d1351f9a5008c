// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bmodel/info.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace wb::bmodel {
namespace {

using nlohmann::json;

std::string hex(uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

/// Names in files are any bytes; JSON takes valid UTF-8 only, terminals no control characters.
std::string printable(const std::string& name) {
    const std::string valid = json(name).dump(-1, ' ', false, json::error_handler_t::replace);
    std::string out = json::parse(valid).get<std::string>();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

json tensorJson(const Tensor& t) {
    json shapes = json::array();
    for (const Shape& shape : t.shapes)
        shapes.push_back(shape);
    return {{"name", printable(t.name)}, {"shapes", shapes},         {"dtype", spelling(t.dataType)},
            {"scale", t.scale},          {"zero_point", t.zeroPoint}, {"address", hex(t.address)},
            {"bytes", t.size},           {"memory_type", t.memoryType}, {"store_mode", t.storeMode}};
}

json tensorsJson(const std::vector<Tensor>& tensors) {
    json out = json::array();
    for (const Tensor& t : tensors)
        out.push_back(tensorJson(t));
    return out;
}

json groupsJson(const std::vector<CommandGroup>& groups) {
    json out = json::array();
    for (const CommandGroup& g : groups)
        out.push_back({{"tiu_commands", g.tiuCount},
                       {"gdma_commands", g.gdmaCount},
                       {"tiu_bytes", g.tiu.size()},
                       {"gdma_bytes", g.gdma.size()}});
    return out;
}

json coefficientsJson(const Coefficients& c) {
    json out{{"address", hex(c.address)}, {"bytes", c.bytes.size()}, {"encrypt_mode", c.encryptMode}};
    out["sha256"] = c.digest ? json(toHex(*c.digest)) : json();
    for (const Location& l : c.locations)
        out["locations"].push_back({{"name", printable(l.name)}, {"offset", l.offset}, {"bytes", l.size}});
    return out;
}

json subnetJson(const SubNet& s) {
    return {{"id", s.id},
            {"mode", s.mode == 0 ? "tpu" : s.mode == 1 ? "cpu" : "control"},
            {"dynamic", s.isDynamic != 0},
            {"next", s.next},
            {"inputs", tensorsJson(s.inputs)},
            {"outputs", tensorsJson(s.outputs)},
            {"command_groups", groupsJson(s.groups)},
            {"cpu_operators", s.cpu.size()},
            {"cores", s.cores.size()}};
}

json stageJson(const Stage& s) {
    json out{{"core_count", s.coreCount},
             {"dynamic", s.isDynamic != 0},
             {"inputs", tensorsJson(s.inputs)},
             {"outputs", tensorsJson(s.outputs)},
             {"ctx_address", hex(s.ctxAddress)},
             {"ctx_bytes", s.ctxBytes()},
             {"command_groups", groupsJson(s.groups)},
             {"profile_bytes", s.netProfile.size()},
             {"statistics_bytes", s.netStat.size()},
             {"tensor_location_bytes", s.tensorLocations.size()},
             {"dynamic_bytes", s.binaryIr.size()},
             {"io_address", hex(s.ioAddress)},
             {"io_bytes", s.ioSize},
             {"host_memory_bytes", s.cpuMemory}};
    out["coefficients"] = s.coefficients ? coefficientsJson(*s.coefficients) : json();
    out["subnets"] = json::array();
    for (const SubNet& subnet : s.subnets)
        out["subnets"].push_back(subnetJson(subnet));
    return out;
}

json moduleJson(const std::optional<Module>& module) {
    if (!module) return {};
    return {{"name", printable(module->fileName)}, {"bytes", module->bytes.size()}, {"mode", module->mode}};
}

std::string shapesText(const std::vector<Shape>& shapes) {
    std::string out;
    for (const Shape& shape : shapes) {
        out += out.empty() ? "[" : " or [";
        for (size_t i = 0; i < shape.size(); ++i)
            out += (i ? ", " : "") + std::to_string(shape[i]);
        out += ']';
    }
    return out.empty() ? "no shape" : out;
}

std::string number(float value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    return text;
}

void addTensors(std::string& out, const char* label, const std::vector<Tensor>& tensors) {
    for (const Tensor& t : tensors)
        out += std::string("  ") + label + " " + printable(t.name) + "  " + shapesText(t.shapes) + " " +
               spelling(t.dataType) + ", scale " + number(t.scale) + ", zero point " + std::to_string(t.zeroPoint) +
               ", " + std::to_string(t.size) + " bytes at " + hex(t.address) + "\n";
}

void addStage(std::string& out, const Stage& s, size_t index) {
    out += " stage " + std::to_string(index) + ": " + (s.isDynamic ? "dynamic" : "static") + ", " +
           std::to_string(s.coreCount) + (s.coreCount == 1 ? " core\n" : " cores\n");
    addTensors(out, "input ", s.inputs);
    addTensors(out, "output", s.outputs);
    uint64_t instructions = 0;
    for (const CommandGroup& g : s.groups) {
        instructions += g.tiu.size() + g.gdma.size();
        out += "  commands: TIU " + std::to_string(g.tiuCount) + " (" + std::to_string(g.tiu.size()) +
               " bytes), GDMA " + std::to_string(g.gdmaCount) + " (" + std::to_string(g.gdma.size()) + " bytes)\n";
    }
    if (s.coefficients) {
        const Coefficients& c = *s.coefficients;
        out += "  weights: " + std::to_string(c.bytes.size()) + " bytes at " + hex(c.address) + ", SHA-256 " +
               (c.digest ? toHex(*c.digest) : "none") + (c.encryptMode ? ", encrypted" : "") + "\n";
        for (const Location& l : c.locations)
            out += "   " + printable(l.name) + ": " + std::to_string(l.size) + " bytes at " + hex(l.offset) + "\n";
    }
    out += "  activations: " + std::to_string(s.ctxBytes()) + " bytes at " + hex(s.ctxAddress) + "\n";
    const uint64_t weights = s.coefficients ? s.coefficients->bytes.size() : 0;
    out += "  device memory: " +
           std::to_string(weights + instructions + s.ctxBytes() + s.ioSize) +
           " bytes (weights, commands, activations)\n";
    for (const SubNet& n : s.subnets)
        if (s.subnets.size() > 1 || n.mode != 0)
            out += "  subnet " + std::to_string(n.id) + ": " + (n.mode == 0 ? "TPU" : n.mode == 1 ? "CPU" : "control") +
                   ", " + std::to_string(n.inputs.size()) + " inputs, " + std::to_string(n.outputs.size()) +
                   " outputs\n";
}

} // namespace

json infoJson(const File& file) {
    json out{{"type", printable(file.type)},   {"version", printable(file.version)},
             {"time", printable(file.time)},   {"chip", printable(file.chip)},
             {"bytes", file.fileBytes},        {"neuron_bytes", file.neuronSize},
             {"devices", file.deviceCount},    {"bmodel_type", file.bmodelType},
             {"library_bytes", file.libBackend.size()}};
    out["kernel_module"] = moduleJson(file.kernelModule);
    out["cpuop_module"] = moduleJson(file.cpuopModule);
    out["networks"] = json::array();
    for (const Network& network : file.networks) {
        json stages = json::array();
        for (const Stage& stage : network.stages)
            stages.push_back(stageJson(stage));
        out["networks"].push_back(
            {{"name", printable(network.name)}, {"address_mode", network.addressMode}, {"stages", stages}});
        if (network.cascade)
            out["networks"].back()["cascade"] = {{"device", network.cascade->device},
                                                 {"step", network.cascade->step},
                                                 {"main", printable(network.cascade->mainName)}};
    }
    out["notes"] = json::array();
    for (const Error& note : file.notes)
        out["notes"].push_back(note.what + (note.node.empty() ? "" : " (" + printable(note.node) + ")"));
    return out;
}

std::string infoText(const File& file) {
    std::string out = "chip " + printable(file.chip) + ", bmodel " + printable(file.type) + " " +
                      printable(file.version) + ", made " + printable(file.time) + "\n";
    if (file.fileBytes) out += "file: " + std::to_string(file.fileBytes) + " bytes\n";
    out += "largest activation memory: " + std::to_string(file.neuronSize) + " bytes\n";
    for (const auto& module : {file.kernelModule, file.cpuopModule})
        if (module)
            out += "module " + printable(module->fileName) + ": " + std::to_string(module->bytes.size()) + " bytes\n";
    for (size_t i = 0; i < file.networks.size(); ++i) {
        const Network& network = file.networks[i];
        out += "network " + std::to_string(i) + ": " + printable(network.name) + ", " +
               std::to_string(network.stages.size()) + (network.stages.size() == 1 ? " stage" : " stages") +
               ", address mode " + std::to_string(network.addressMode) + "\n";
        if (network.cascade)
            out += " step " + std::to_string(network.cascade->step) + " of " + printable(network.cascade->mainName) +
                   " on device " + std::to_string(network.cascade->device) + "\n";
        for (size_t k = 0; k < network.stages.size(); ++k)
            addStage(out, network.stages[k], k);
    }
    for (const Error& note : file.notes)
        out += "note: " + note.what + (note.node.empty() ? "" : " (" + printable(note.node) + ")") + "\n";
    return out;
}

} // namespace wb::bmodel
