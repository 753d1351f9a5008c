// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of the kinds that people deploy, small enough to run on the simulator, and single operators in places where
// they meet the chip's limits.
#pragma once

#include "tests/codegen/zoo_builder.h"

#include <functional>

namespace wb::test {

struct ZooNet {
    std::string name;
    ir::Shape input; ///< of one picture
    std::function<std::vector<ir::ValueId>(ZooBuilder&)> build;
    bool quick = false; ///< run always
};

std::vector<ZooNet> zooNetworks(); ///< whole networks
std::vector<ZooNet> zooFamilies(); ///< more of those (zoo_families.cpp)
std::vector<ZooNet> zooTokens();   ///< attention (zoo_tokens.cpp)
std::vector<ZooNet> zooSequences(); ///< windows over one axis (zoo_sequences.cpp)
std::vector<ZooNet> zooSpread();    ///< more pixels than before (zoo_spread.cpp)
std::vector<ZooNet> zooLimits();   ///< single operators

} // namespace wb::test
