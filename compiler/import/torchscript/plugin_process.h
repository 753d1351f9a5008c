// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the TorchScript plug-in (plugin_interface.h) in a child process: libtorch was not written for files that mean
// harm, so what goes wrong in it costs that process. The child gets the archive in memory and may open no file,
// no socket and no program once libtorch is loaded.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/type.h"

#include <filesystem>
#include <span>
#include <vector>

namespace wb::importer {

/// wb_torchscript.so: beside the program, in its lib/tpu-workbench, or in ../lib/tpu-workbench; empty if it is not
/// there.
std::filesystem::path torchPlugin();

/// The plug-in's answer. `kinds`: operators that there are rules for, a line each; libtorch takes others apart if it can.
/// FileUnknownKind without the plug-in, ModelDamaged when the child dies, OutOfMemory, Cancelled.
Result<std::vector<std::byte>> runTorchPlugin(std::span<const std::byte> archive, const std::vector<ir::Shape>& shapes,
                                              const std::string& kinds, const JobContext& context);

} // namespace wb::importer
