// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's C model of the BM1684X, loaded in a child process at run time (it aborts on malformed commands).
// The test oracle for everything that writes instructions; never part of the product.
//
//   VendorCModel model;
//   if (const auto reason = model.start(); !reason.empty()) QSKIP(qPrintable(QString::fromStdString(reason)));
//   model.write(VendorCModel::Local, lane * kLaneBytes + offset, bytes);
//   model.write(VendorCModel::Global, ddrOffset, bytes);              // ddrOffset = address - 0x1'0000'0000
//   if (const auto fault = model.execute(Engine::Tiu, words); !fault.empty()) …   // text of the assert
//   model.read(VendorCModel::Local, offset, result);
//
// The child takes any number of cases. After a fault, or 120 seconds without an answer, its memory is
// lost; the next call starts a fresh one.
#pragma once

#include "compiler/target/bm1684x/machine.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace wb::interop {

class VendorCModel {
public:
    enum Space : uint32_t { Local, Static, L2, Global };

    /// `globalBytes` of DDR, from address 0x1'0000'0000.
    explicit VendorCModel(uint64_t globalBytes = 64 << 20);
    ~VendorCModel();
    VendorCModel(const VendorCModel&) = delete;
    VendorCModel& operator=(const VendorCModel&) = delete;

    /// Loads the library of $TPU_MLIR_ROOT; otherwise why that is not possible.
    std::string start();

    /// These return the reason of a failure, nothing when all is well.
    std::string write(Space space, uint64_t offset, std::span<const std::byte> bytes);
    std::string read(Space space, uint64_t offset, std::span<std::byte> bytes);
    /// The first `pitch` bytes of each lane, one lane after the other, in one piece of work for the child.
    std::string writeLanes(int64_t pitch, std::span<const std::byte> bytes);
    std::string readLanes(int64_t pitch, std::span<std::byte> bytes);
    /// One encoded command.
    std::string execute(bm1684x::Engine engine, std::span<const std::byte> words);
    /// Encoded commands, many at a time; `failed` is the index of the one at which the model gave up.
    struct Encoded {
        bm1684x::Engine engine;
        std::vector<std::byte> words;
    };
    std::string execute(std::span<const Encoded> commands, size_t& failed);

private:
    struct Message;
    struct Child;
    std::string request(const Message& message);
    void stop();
    std::string lastWords();

    uint64_t m_globalBytes;
    std::unique_ptr<Child> m_child;
};

} // namespace wb::interop
