// SPDX-License-Identifier: GPL-3.0-or-later
// What the vendor's model_tool and bmodel_dis do with bmodel files.
#pragma once

#include "compiler/base/job_context.h"

#include <filesystem>
#include <string>
#include <vector>

namespace wb::jobs {

/// Both streams of every network, one command a line; as JSON: an array of streams. CommandDamaged with the place.
Result<std::string> disassembleBmodel(const std::filesystem::path& file, bool json, JobContext& context);

/// One file with the networks of all.
Status combineBmodels(const std::vector<std::filesystem::path>& files, const std::filesystem::path& output);

/// A file for each stage of each network, "<network>.bmodel" or "<network>_<stage>.bmodel" in `folder`; their paths.
Result<std::vector<std::filesystem::path>> extractBmodels(const std::filesystem::path& file,
                                                          const std::filesystem::path& folder);

} // namespace wb::jobs
