// SPDX-License-Identifier: GPL-3.0-or-later
// Positions computed at run time may be anything: they are brought onto the axis. Scatter goes through the
// updates in their order, so that the last of several at one place wins.
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace wb::ops {
namespace {

int64_t place(float wanted, int64_t size) {
    if (std::isnan(wanted)) return 0;
    const auto limit = static_cast<float>(size);
    auto index = static_cast<int64_t>(std::clamp(wanted, -limit, limit));
    if (index < 0) index += size;
    return std::clamp<int64_t>(index, 0, size - 1);
}

using Combine = float (*)(float, float);

Combine combineOf(const std::string& mode) {
    if (mode == "add") return [](float a, float b) { return a + b; };
    if (mode == "mul") return [](float a, float b) { return a * b; };
    if (mode == "max") return [](float a, float b) { return std::max(a, b); };
    if (mode == "min") return [](float a, float b) { return std::min(a, b); };
    return [](float, float b) { return b; };
}

/// For each element of `indices` in order: its own offset and the offset in x that it names.
template <class Each>
void walkElements(const ir::Shape& x, const ir::Shape& indices, size_t axis, const float* data, Each each) {
    const auto strides = stridesOf(x);
    const int64_t count = product(indices, 0, indices.size());
    for (int64_t i = 0; i < count; ++i) {
        int64_t rest = i, at = 0;
        for (size_t d = indices.size(); d-- > 0;) {
            const int64_t own = rest % indices[d];
            rest /= indices[d];
            at += (d == axis ? place(data[i], x[d]) : own) * strides[d];
        }
        each(i, at);
    }
}

/// Offset in x of the slice that coordinate number `c` names.
int64_t sliceAt(const ir::Shape& x, const std::vector<int64_t>& strides, const ir::Shape& indices, int64_t batch,
                const float* data, int64_t c) {
    const int64_t depth = indices.back();
    int64_t at = 0;
    if (batch > 0) { // the leading axes of indices are those of x
        int64_t rest = c;
        for (size_t d = indices.size() - 1; d-- > 0;) {
            if (static_cast<int64_t>(d) < batch) at += rest % indices[d] * strides[d];
            rest /= indices[d];
        }
    }
    for (int64_t k = 0; k < depth; ++k) {
        const auto d = static_cast<size_t>(batch + k);
        at += place(data[c * depth + k], x[d]) * strides[d];
    }
    return at;
}

Prepared prepareGatherElements(const PrepareContext& c) {
    const ir::Shape x = operandShape(c, 0), indices = operandShape(c, 1);
    const auto axis = static_cast<size_t>(normaliseAxis(c.node->attributes.integer("axis", 0), x.size()).value_or(0));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work&) {
        walkElements(x, indices, axis, in[1].as<float>(),
                     [&](int64_t i, int64_t at) { out[0].as<float>()[i] = in[0].as<float>()[at]; });
    });
}

Prepared prepareScatterElements(const PrepareContext& c) {
    const ir::Shape x = operandShape(c, 0), indices = operandShape(c, 1);
    const auto axis = static_cast<size_t>(normaliseAxis(c.node->attributes.integer("axis", 0), x.size()).value_or(0));
    const Combine combine = combineOf(c.node->attributes.string("reduction", "none"));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work&) {
        float* y = out[0].as<float>();
        std::memcpy(y, in[0].data, static_cast<size_t>(out[0].elementCount()) * sizeof(float));
        walkElements(x, indices, axis, in[1].as<float>(),
                     [&](int64_t i, int64_t at) { y[at] = combine(y[at], in[2].as<float>()[i]); });
    });
}

Prepared prepareGatherNd(const PrepareContext& c) {
    const ir::Shape x = operandShape(c, 0), indices = operandShape(c, 1);
    const int64_t batch = c.node->attributes.integer("batch_dims", 0);
    const int64_t inner = product(x, static_cast<size_t>(batch + indices.back()), x.size());
    const int64_t count = product(indices, 0, indices.size() - 1);
    return makeKernel([=, strides = stridesOf(x)](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(count, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, inner)), [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                std::memcpy(out[0].as<float>() + i * inner,
                            in[0].as<float>() + sliceAt(x, strides, indices, batch, in[1].as<float>(), i),
                            static_cast<size_t>(inner) * sizeof(float));
        });
    });
}

Prepared prepareScatterNd(const PrepareContext& c) {
    const ir::Shape x = operandShape(c, 0), indices = operandShape(c, 1);
    const int64_t inner = product(x, static_cast<size_t>(indices.back()), x.size());
    const int64_t count = product(indices, 0, indices.size() - 1);
    const Combine combine = combineOf(c.node->attributes.string("reduction", "none"));
    return makeKernel([=, strides = stridesOf(x)](Inputs in, Outputs out, const kernels::Work&) {
        float* y = out[0].as<float>();
        std::memcpy(y, in[0].data, static_cast<size_t>(out[0].elementCount()) * sizeof(float));
        for (int64_t i = 0; i < count; ++i) {
            float* to = y + sliceAt(x, strides, indices, 0, in[1].as<float>(), i);
            for (int64_t k = 0; k < inner; ++k)
                to[k] = combine(to[k], in[2].as<float>()[i * inner + k]);
        }
    });
}

} // namespace

void float_indexed(KernelTable& table);
void float_indexed(KernelTable& table) {
    table.add({.op = "top.GatherElements", .prepare = prepareGatherElements});
    table.add({.op = "top.GatherND", .prepare = prepareGatherNd});
    table.add({.op = "top.ScatterElements", .prepare = prepareScatterElements});
    table.add({.op = "top.ScatterND", .prepare = prepareScatterNd});
}

} // namespace wb::ops
