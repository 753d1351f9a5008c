// SPDX-License-Identifier: GPL-3.0-or-later
// Several networks in one file, and one network out of it.
#pragma once

#include "compiler/target/bmodel/model.h"

namespace wb::bmodel {

/// One file with the networks of all, in order. Networks of the same name become stages of one network: their
/// inputs must have the same names and types and other shapes. Program modules are those of the first file that
/// has them. BmodelWrongChip when the files are for different chips, UsageError when networks of the same name do
/// not go together.
Result<File> combine(const std::vector<File>& files);

/// A file with one network, or with one stage of it. UsageError when there is no such network or stage.
Result<File> extract(const File& file, const std::string& network, std::optional<size_t> stage = {});

/// The largest ctx area of all stages (File::neuronSize).
uint64_t largestCtx(const File& file);

} // namespace wb::bmodel
