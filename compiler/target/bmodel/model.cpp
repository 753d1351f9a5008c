// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bmodel/model.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace wb::bmodel {
namespace {

struct TypeFact {
    const char* spelling;
    int64_t bits;
};
constexpr TypeFact kTypes[] = {{"float32", 32}, {"float16", 16}, {"int8", 8},   {"uint8", 8},
                               {"int16", 16},   {"uint16", 16},  {"int32", 32}, {"uint32", 32},
                               {"bfloat16", 16}, {"int4", 4},    {"uint4", 4}};

const TypeFact* factOf(DataType type) {
    const auto i = static_cast<uint32_t>(type);
    return i < std::size(kTypes) ? &kTypes[i] : nullptr;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

} // namespace

Blob::Blob(std::vector<std::byte> bytes) {
    const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    m_bytes = *owner;
    m_owner = owner;
}

Blob::Blob(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
    : m_owner(std::move(owner))
    , m_bytes(bytes) {}

const char* spelling(DataType type) {
    const TypeFact* fact = factOf(type);
    return fact ? fact->spelling : "unknown";
}

int64_t bitsOf(DataType type) {
    const TypeFact* fact = factOf(type);
    return fact ? fact->bits : 0;
}

Digest digestOf(std::span<const std::byte> bytes) {
    const std::string hex = sha256(bytes);
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Digest digest{};
    for (size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::byte>(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    return digest;
}

std::string toHex(const Digest& digest) {
    std::string text;
    for (const std::byte b : digest) {
        text += "0123456789abcdef"[std::to_integer<int>(b) >> 4];
        text += "0123456789abcdef"[std::to_integer<int>(b) & 15];
    }
    return text;
}

uint64_t Stage::ctxBytes() const {
    return ctxSizes.empty() ? ctxSize : std::accumulate(ctxSizes.begin(), ctxSizes.end(), uint64_t{0});
}

Status mustBeFor(const File& file, const std::string& chip) {
    if (upper(file.chip) == upper(chip)) return {};
    return Error{Code::BmodelWrongChip, "the file is for " + file.chip + ", not for " + chip}
        .remedy("compile the network for " + chip)
        .field("chip", file.chip);
}

Stage simpleStage(std::vector<Tensor> inputs, std::vector<Tensor> outputs, std::vector<CommandGroup> commands,
                  Coefficients coefficients, uint64_t ctxAddress, uint64_t ctxSize) {
    Stage stage;
    SubNet subnet;
    subnet.mode = static_cast<int32_t>(SubNetMode::Tpu);
    subnet.id = 0;
    subnet.next = {-1};
    subnet.groups = commands;
    subnet.inputs = inputs;
    subnet.outputs = outputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
        subnet.inputs[i].hidden = static_cast<int32_t>(TensorRole::Input);
        subnet.inputs[i].index = static_cast<int32_t>(i);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
        subnet.outputs[i].hidden = static_cast<int32_t>(TensorRole::Output);
        subnet.outputs[i].index = static_cast<int32_t>(i);
    }
    stage.inputs = std::move(inputs);
    stage.outputs = std::move(outputs);
    stage.groups = std::move(commands);
    stage.subnets = {std::move(subnet)};
    stage.coefficients = std::move(coefficients);
    stage.ctxAddress = ctxAddress;
    stage.ctxSize = ctxSize;
    stage.ctxSizes = {ctxSize};
    return stage;
}

} // namespace wb::bmodel
