// SPDX-License-Identifier: GPL-3.0-or-later
// Float tensors of tests. The same seed makes the same numbers on every machine.
#pragma once

#include "compiler/ir/graph.h"
#include "tests/support/shared_data.h"

namespace wb::test {

inline ir::TensorType f32(ir::Shape shape) { return {ir::ElementType::F32, std::move(shape), true, {}}; }

/// Numbers in [-most, most).
inline ir::Tensor randomNumbers(ir::Shape shape, uint64_t seed, float most = 1) {
    Random random(seed);
    ir::Tensor t(ir::ElementType::F32, std::move(shape));
    for (int64_t i = 0; i < t.elementCount(); ++i)
        t.mutableData<float>()[i] = random.real(-most, most);
    return t;
}

} // namespace wb::test
