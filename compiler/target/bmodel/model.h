// SPDX-License-Identifier: GPL-3.0-or-later
// What a bmodel says, as plain values: networks, their stages (one an input shape), instruction streams, weights.
// Every field that files of Sophgo's tools carry has a place here, so that reading and writing lose nothing. Layout
// and slot numbers follow files written by TPU-MLIR 1.30 (bmodel.fbs has the names as they stand in files).
#pragma once

#include "compiler/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wb::bmodel {

/// Bytes that are shared, not copied: of a mapped file or of memory. Cheap to copy.
class Blob {
public:
    Blob() = default;
    explicit Blob(std::vector<std::byte> bytes);
    /// A view into memory that `owner` keeps alive.
    Blob(std::shared_ptr<const void> owner, std::span<const std::byte> bytes);

    std::span<const std::byte> bytes() const { return m_bytes; }
    uint64_t size() const { return m_bytes.size(); }
    bool empty() const { return m_bytes.empty(); }

private:
    std::shared_ptr<const void> m_owner;
    std::span<const std::byte> m_bytes;
};

/// Element types as tensors of a file name them (not the precision codes of instructions).
enum class DataType : uint32_t {
    F32 = 0, F16 = 1, Int8 = 2, UInt8 = 3, Int16 = 4, UInt16 = 5, Int32 = 6, UInt32 = 7, Bf16 = 8, Int4 = 9, UInt4 = 10,
};
const char* spelling(DataType type);       ///< "float32", "int8"…; "unknown" for a number not in the list
int64_t bitsOf(DataType type);             ///< 4, 8, 16, 32; 0 for a number not in the list

using Shape = std::vector<uint64_t>;

/// A place in a stream that a loader patches.
struct Relocation {
    uint32_t baseId = 0, addressOffset = 0, commandOffset = 0;
    bool operator==(const Relocation&) const = default;
};

/// Bits of Tensor::memoryType.
inline constexpr uint32_t kInDeviceMemory = 1;
inline constexpr uint32_t kInHostMemory = 2;

/// What Tensor::hidden says of a subnet's tensor.
enum class TensorRole : int32_t { Internal = 0, Input = 1, Output = 2 };

struct Tensor {
    std::string name;
    DataType dataType = DataType::F32;
    int32_t storeMode = 0;              ///< 1, 2: batches packed into words, only on BM1684
    uint64_t address = 0;               ///< in DDR as laid out by the compiler; relocated at load
    uint64_t size = 0;                  ///< bytes
    std::vector<Shape> shapes;          ///< one in networks of fixed shapes
    uint32_t memoryType = kInDeviceMemory;
    float scale = 1.0F;                 ///< real = scale · (stored − zeroPoint)
    int32_t zeroPoint = 0;
    uint32_t hostAddress = 0;
    uint32_t padH = 0;
    int32_t hidden = 0;                 ///< a TensorRole
    int32_t index = 0;
    std::optional<Relocation> relocation;
    bool operator==(const Tensor&) const = default;
};

/// Two streams that run side by side. Counts include the END command; blobs are multiples of 128 bytes.
struct CommandGroup {
    uint32_t tiuCount = 0, gdmaCount = 0;
    Blob tiu, gdma;
    std::vector<Relocation> relocations;
};

/// The streams of one core, on chips of several.
struct CoreCommands {
    std::vector<CommandGroup> groups;
    std::vector<Blob> sdma, hau, cdma;
};

using Digest = std::array<std::byte, 32>;  ///< SHA-256
Digest digestOf(std::span<const std::byte> bytes);
std::string toHex(const Digest& digest);

struct Location {
    std::string name;
    uint64_t offset = 0, size = 0;
    bool operator==(const Location&) const = default;
};

/// The weights. A runtime takes blobs of equal digest for the same, so the writer computes it (unless encrypted).
struct Coefficients {
    uint64_t address = 0;               ///< where in DDR the commands expect them
    Blob bytes;
    std::optional<Digest> digest;       ///< as the file says; ignored by the writer for blobs not encrypted
    std::vector<Location> locations;    ///< named parts
    int32_t encryptMode = 0;
    uint64_t decryptedSize = 0;
};

struct CpuConstant {
    std::string name;
    Blob bytes;
    std::vector<std::byte> checkCode;
};
struct CpuParameter {
    int32_t operatorType = 0;
    Blob parameter;
    std::vector<CpuConstant> constants;
    int32_t isCustom = 0;
};
struct SwitchParameter {
    std::vector<int32_t> outputFrom, outputBranch;
};

enum class SubNetMode : int32_t { Tpu = 0, Cpu = 1 }; ///< further numbers: control flow

/// A part of a stage that runs on one processor. A network of fixed shapes that the chip runs alone has one.
struct SubNet {
    int32_t mode = 0;                   ///< a SubNetMode
    std::vector<CommandGroup> groups;   ///< shares the blobs of the stage's groups
    std::vector<CpuParameter> cpu;
    std::vector<Tensor> inputs, outputs;
    int32_t isDynamic = 0, nDynamic = 0, hwDynamic = 0;
    uint32_t irOffset = 0, irBytes = 0;
    int32_t id = -1;
    std::vector<int32_t> next;          ///< ids; -1 ends
    std::optional<std::vector<std::vector<int32_t>>> merge;
    std::optional<SwitchParameter> switches;
    std::vector<CoreCommands> cores;
    uint32_t runCore = 0;
};

struct StageIr {
    uint32_t bytes = 0;
    int32_t heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0;
    bool operator==(const StageIr&) const = default;
};

/// One network for one set of input shapes.
struct Stage {
    std::vector<Tensor> inputs, outputs;
    uint64_t ctxAddress = 0;            ///< DDR area of activations; page aligned, behind the weights
    uint64_t ctxSize = 0;
    std::vector<uint64_t> ctxSizes;     ///< supersedes ctxSize when there
    std::optional<Coefficients> coefficients;
    std::vector<CommandGroup> groups;
    std::vector<SubNet> subnets;
    uint32_t coreCount = 1;
    int32_t isDynamic = 0, nDynamic = 0, hwDynamic = 0;
    Blob netProfile, netStat;           ///< layers and tensors; the compiler's estimate of time
    Blob tensorLocations;
    std::vector<StageIr> stageIr;       ///< of dynamic networks
    Blob binaryIr;
    uint32_t cpuMemory = 0;
    uint64_t ioAddress = 0, ioSize = 0;
    uint64_t dynamicCtxAddress = 0, dynamicCoeffOffset = 0, dynamicCombinedCoeffOffset = 0;

    uint64_t ctxBytes() const;
};

struct Cascade {
    uint32_t device = 0, step = 0;
    std::string mainName;
};

/// 0 everything moves together, 1 inputs and outputs in memory of their own, 2 and 3 by tags in addresses.
struct Network {
    std::string name;
    int32_t addressMode = 0;
    std::vector<Stage> stages;
    std::optional<Cascade> cascade;
};

/// A program for a processor beside the engines; opaque.
struct Module {
    std::string fileName;
    Blob bytes;
    int32_t mode = 0;
};

struct File {
    std::string type = "B";
    std::string version = "2.2";
    std::string time;
    std::string chip = "BM1684X";
    std::vector<Network> networks;
    uint64_t neuronSize = 0;            ///< the largest ctx of all stages
    uint32_t deviceCount = 0;
    uint32_t bmodelType = 0;
    std::optional<Module> kernelModule, cpuopModule;
    Blob libBackend;

    uint64_t fileBytes = 0;             ///< of the file that was read; 0 otherwise
    std::vector<Error> notes;           ///< warnings of the reader: a digest that is wrong, bytes that nobody names
};

/// BmodelWrongChip when the file is for another chip (case does not matter).
Status mustBeFor(const File& file, const std::string& chip);

/// The smallest stage that a runtime takes: one subnet with the same inputs, outputs and streams, one ctx area behind the weights.
Stage simpleStage(std::vector<Tensor> inputs, std::vector<Tensor> outputs, std::vector<CommandGroup> commands,
                  Coefficients coefficients, uint64_t ctxAddress, uint64_t ctxSize);

} // namespace wb::bmodel
