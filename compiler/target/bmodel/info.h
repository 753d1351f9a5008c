// SPDX-License-Identifier: GPL-3.0-or-later
// What a file says, for people and for programs: chip, networks, shapes, types, scales, sizes, command counts, digests.
#pragma once

#include "compiler/target/bmodel/model.h"

#include <nlohmann/json_fwd.hpp>

namespace wb::bmodel {

/// Lines, each ended by a line feed.
std::string infoText(const File& file);
/// The same facts. Addresses are strings ("0x100000000"), sizes numbers of bytes. Keys are listed in info.cpp.
nlohmann::json infoJson(const File& file);

} // namespace wb::bmodel
