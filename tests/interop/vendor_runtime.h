// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's runtime and C model, loaded in a child process at run time: takes a bmodel and inputs, gives outputs,
// as a device would. A test oracle; never part of the product.
//
//   if (const auto reason = vendorRuntimeMissing(); !reason.empty()) QSKIP(reason.c_str());
//   const VendorRun run = runInVendorRuntime("x.bmodel", {inputBytes});
//   QVERIFY2(run.problem.empty(), run.text().c_str());
//   run.outputs[0] …
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace wb::interop {

/// Why there is no vendor's runtime; nothing when $TPU_MLIR_ROOT has one.
std::string vendorRuntimeMissing();

struct VendorRun {
    std::string problem;                          ///< empty when all is well
    std::string log;                              ///< what the runtime printed
    std::vector<std::vector<std::byte>> outputs;  ///< in the order of the stage's outputs, as the file's types say
    std::string text() const { return problem + "\n" + log; }
};

/// Runs one network (the first, when `network` is empty) once. Inputs are bytes in the types of the file, as many as
/// the stage's tensors have. The child is killed after `limit` (a stream with a wrong dependency may never end).
VendorRun runInVendorRuntime(const std::filesystem::path& bmodel, const std::vector<std::vector<std::byte>>& inputs,
                             const std::string& network = {}, size_t stage = 0,
                             std::chrono::seconds limit = std::chrono::seconds(120));

} // namespace wb::interop
