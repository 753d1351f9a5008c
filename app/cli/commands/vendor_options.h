// SPDX-License-Identifier: GPL-3.0-or-later
// Options of the vendor's tools (TPU-MLIR 1.30) that have no counterpart here. A script that was written for those tools
// either runs, and is told which of its words change nothing, or stops before any work with the reason and another way.
#pragma once

#include "compiler/base/job_context.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}

namespace wb::cli {

inline constexpr const char* kAny = "*"; ///< whatever is asked for is so already, or does not matter

struct VendorOption {
    const char* name;    ///< "--num_core"
    bool isFlag;         ///< else it takes a value
    /// Values that ask for what is done anyhow, "1,auto"; kAny: any, and a flag. Empty: the option cannot be honoured.
    const char* granted;
    const char* reason;  ///< why it changes nothing, or why it is not possible
    const char* instead; ///< what to do; empty where nothing is to be done
};

class VendorOptions {
public:
    /// Not listed in --help, which says that there are more.
    void declare(CLI::App& app, std::span<const VendorOption> options);
    /// A warning for each that changes nothing; UsageError for the first one that cannot be honoured.
    Status check(const JobContext& context) const;

private:
    std::vector<std::pair<const VendorOption*, CLI::Option*>> m_declared;
};

std::span<const VendorOption> transformVendorOptions();
std::span<const VendorOption> calibrateVendorOptions();
std::span<const VendorOption> searchVendorOptions();
std::span<const VendorOption> deployVendorOptions();
std::span<const VendorOption> runVendorOptions();

} // namespace wb::cli
