// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's C model as a chip: commands in the order of the program.
#pragma once

#include "tests/emitters_float/one_node.h"
#include "tests/interop/vendor_cmodel.h"

namespace wb::test {

class VendorChip final : public Chip {
public:
    std::string start() { return m_model.start(); } ///< why there is none
    std::string run(Memory& memory, const bm1684x::Program& program) override;

private:
    interop::VendorCModel m_model;
};

} // namespace wb::test
