// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/window.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

Prepared prepareMasked(const PrepareContext& c) {
    WB_ASSIGN(const Window w, readWindow(*c.graph, *c.node));
    const bool byColumn = c.node->attributes.integer("storage_order", 0) != 0;
    return makeKernel([=, s = w.shape](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t plane = s.in[0] * s.in[1] * s.in[2], area = s.out[0] * s.out[1] * s.out[2];
        work.forEach(s.batch * s.inChannels, 1, [&](int64_t begin, int64_t end) {
            for (int64_t p = begin; p < end; ++p)
                for (int64_t o = 0; o < area; ++o) {
                    const std::array<int64_t, 3> at{o / (s.out[1] * s.out[2]), o / s.out[2] % s.out[1], o % s.out[2]};
                    float most = -std::numeric_limits<float>::infinity();
                    int64_t where = -1;
                    const int64_t taps = s.kernel[0] * s.kernel[1] * s.kernel[2];
                    for (int64_t k = 0; k < taps; ++k) {
                        const std::array<int64_t, 3> tap{k / (s.kernel[1] * s.kernel[2]),
                                                         k / s.kernel[2] % s.kernel[1], k % s.kernel[2]};
                        std::array<int64_t, 3> x{};
                        bool inside = true;
                        for (size_t a = 0; a < 3; ++a) {
                            x[a] = at[a] * s.stride[a] - s.pad[a] + tap[a] * s.dilation[a];
                            inside = inside && x[a] >= 0 && x[a] < s.in[a];
                        }
                        if (!inside) continue;
                        const float v = in[0].as<float>()[p * plane + (x[0] * s.in[1] + x[1]) * s.in[2] + x[2]];
                        if (where >= 0 && !(v > most)) continue;
                        most = v;
                        where = p * plane + (byColumn ? (x[2] * s.in[1] + x[1]) * s.in[0] + x[0]
                                                      : (x[0] * s.in[1] + x[1]) * s.in[2] + x[2]);
                    }
                    out[0].as<float>()[p * area + o] = most;
                    out[1].as<float>()[p * area + o] = static_cast<float>(where);
                }
        });
    });
}

Prepared prepareUnpool(const PrepareContext& c) {
    const ir::Shape counted = c.node->attributes.integers("counted"), out = resultShape(c);
    if (counted.size() != out.size()) return shapeError(*c.graph, *c.node, "counted " + ir::toText(counted));
    return makeKernel([=, strides = stridesOf(out)](Inputs in, Outputs outputs, const kernels::Work&) {
        float* y = outputs[0].as<float>();
        std::fill(y, y + outputs[0].elementCount(), 0.0F);
        for (int64_t i = 0; i < in[0].elementCount(); ++i) {
            const float position = in[1].as<float>()[i];
            if (!(position >= 0 && position < 9e15F)) continue; // nowhere
            auto rest = static_cast<int64_t>(position);
            int64_t at = 0;
            bool inside = true;
            for (size_t d = counted.size(); d-- > 0;) {
                const int64_t index = d == 0 ? rest : rest % counted[d];
                rest /= counted[d];
                inside = inside && index < out[d];
                at += index * strides[d];
            }
            if (inside) y[at] = in[0].as<float>()[i];
        }
    });
}

} // namespace

void float_unpool(KernelTable& table);
void float_unpool(KernelTable& table) {
    table.add({.op = "top.MaxPoolWithMask", .prepare = prepareMasked});
    table.add({.op = "top.MaxUnpool", .prepare = prepareUnpool});
}

} // namespace wb::ops
