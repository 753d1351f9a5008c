// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of the normalisations. Means and variances are summed in double, each by one thread.
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// y = x·factor[c] + offset[c]: what BatchNorm and Scale come down to for constant parameters.
Prepared perChannel(const PrepareContext& c, bool batchNorm) {
    const ir::Shape shape = resultShape(c);
    const int64_t channels = shape[1];
    const int64_t pixels = product(shape, 2, shape.size());
    const auto epsilon = static_cast<float>(c.node->attributes.real("epsilon", 1e-5));
    const Layout layout = c.outputLayouts[0];
    const int64_t block = blockOf(layout);
    return makeKernel([=, relu = fusedRelu(*c.node)](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t blocks = (channels + block - 1) / block;
        std::vector<float> factor(static_cast<size_t>(blocks * block), 1.0f);
        std::vector<float> offset(static_cast<size_t>(blocks * block), 0.0f);
        auto parameter = [&](size_t index, int64_t ch, float otherwise) {
            return index < in.size() && in[index].data != nullptr ? in[index].as<float>()[ch] : otherwise;
        };
        for (int64_t ch = 0; ch < channels; ++ch) {
            const auto i = static_cast<size_t>(ch);
            if (batchNorm) {
                factor[i] = parameter(3, ch, 1.0f) / std::sqrt(parameter(2, ch, 1.0f) + epsilon);
                offset[i] = parameter(4, ch, 0.0f) - parameter(1, ch, 0.0f) * factor[i];
            } else {
                factor[i] = parameter(1, ch, 1.0f);
                offset[i] = parameter(2, ch, 0.0f);
            }
        }
        const int64_t strip = std::min<int64_t>(std::max<int64_t>(pixels, 1), 4096);
        const int64_t strips = (pixels + strip - 1) / strip;
        const int64_t grain = std::max<int64_t>(1, 8192 / (strip * block));
        work.forEach(shape[0] * blocks * strips, grain, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t first = unit % strips * strip;
                const int64_t count = std::min(strip, pixels - first);
                const float* f = factor.data() + unit / strips % blocks * block;
                const float* o = offset.data() + unit / strips % blocks * block;
                const int64_t at = (unit / strips * pixels + first) * block;
                const float* x = in[0].as<float>() + at;
                float* y = out[0].as<float>() + at;
                if (block == 1) {
                    kernels::f32Unary({kernels::Unary::Affine, *f, *o}, x, y, count);
                } else {
                    for (int64_t p = 0; p < count; ++p)
                        for (int64_t l = 0; l < block; ++l)
                            y[p * block + l] = x[p * block + l] * f[l] + o[l];
                }
                if (relu.kind != kernels::Unary::None) kernels::f32Unary(relu, y, y, count * block);
            }
        });
    });
}

Prepared prepareBatchNorm(const PrepareContext& c) { return perChannel(c, true); }
Prepared prepareScale(const PrepareContext& c) { return perChannel(c, false); }

std::vector<Layout> layoutsNorm(const ir::Graph&, const ir::Node&) { return {Layout::Plain, blockedLayout()}; }

Prepared prepareLrn(const PrepareContext& c) {
    const ir::Shape shape = resultShape(c);
    const int64_t size = c.node->attributes.integer("size", 1);
    const auto alpha = static_cast<float>(c.node->attributes.real("alpha", 1e-4));
    const auto beta = static_cast<float>(c.node->attributes.real("beta", 0.75));
    const auto bias = static_cast<float>(c.node->attributes.real("bias", 1));
    const int64_t channels = shape[1];
    const int64_t pixels = product(shape, 2, shape.size());
    if (size < 1) return shapeError(*c.graph, *c.node, "size " + std::to_string(size));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        // x · (bias + s)^-beta; for the usual beta = 3/4 that is 1 / sqrt(t · sqrt(t)), t = bias + s.
        const bool threeQuarters = beta == 0.75f;
        work.forEach(shape[0] * channels, 1, [&](int64_t begin, int64_t end) {
            std::vector<float> sum(static_cast<size_t>(pixels));
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t ch = unit % channels;
                const int64_t from = std::max<int64_t>(0, ch - (size - 1) / 2);
                const int64_t to = std::min(channels - 1, ch + size / 2);
                const float* image = x + unit / channels * channels * pixels;
                std::fill(sum.begin(), sum.end(), 0.0f);
                for (int64_t k = from; k <= to; ++k)
                    for (int64_t p = 0; p < pixels; ++p)
                        sum[static_cast<size_t>(p)] += image[k * pixels + p] * image[k * pixels + p];
                for (int64_t p = 0; p < pixels; ++p) {
                    const float t = bias + alpha / static_cast<float>(size) * sum[static_cast<size_t>(p)];
                    const float power = threeQuarters ? std::sqrt(t * std::sqrt(t)) : std::pow(t, beta);
                    y[unit * pixels + p] = image[ch * pixels + p] / power;
                }
            }
        });
    });
}

/// Rows of `width` numbers, each normalised by its own mean and deviation.
struct RowNorm {
    int64_t rows = 0, width = 0;
    float epsilon = 0;
    std::function<int64_t(int64_t row, int64_t i)> parameter; ///< index into gamma and beta
};

Prepared makeRowNorm(RowNorm n) {
    return makeKernel([n = std::move(n)](Inputs in, Outputs out, const kernels::Work& work) {
        const float* gamma = in.size() > 1 ? in[1].as<float>() : nullptr;
        const float* beta = in.size() > 2 ? in[2].as<float>() : nullptr;
        work.forEach(n.rows, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, n.width)), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                const float* x = in[0].as<float>() + row * n.width;
                float* y = out[0].as<float>() + row * n.width;
                double sum = 0;
                for (int64_t i = 0; i < n.width; ++i)
                    sum += x[i];
                const double mean = sum / static_cast<double>(n.width);
                double squares = 0;
                for (int64_t i = 0; i < n.width; ++i)
                    squares += (x[i] - mean) * (x[i] - mean);
                const double factor = 1.0 / std::sqrt(squares / static_cast<double>(n.width) + n.epsilon);
                for (int64_t i = 0; i < n.width; ++i) {
                    const int64_t p = n.parameter(row, i);
                    const auto v = static_cast<float>((x[i] - mean) * factor);
                    y[i] = v * (gamma == nullptr ? 1.0f : gamma[p]) + (beta == nullptr ? 0.0f : beta[p]);
                }
            }
        });
    });
}

Prepared prepareInstanceNorm(const PrepareContext& c) {
    const ir::Shape& shape = resultShape(c);
    RowNorm n;
    n.rows = shape[0] * shape[1];
    n.width = product(shape, 2, shape.size());
    n.epsilon = static_cast<float>(c.node->attributes.real("eps", 1e-5));
    n.parameter = [channels = shape[1]](int64_t row, int64_t) { return row % channels; };
    return makeRowNorm(std::move(n));
}

Prepared prepareGroupNorm(const PrepareContext& c) {
    const ir::Shape& shape = resultShape(c);
    const int64_t groups = c.node->attributes.integer("num_groups", 1);
    if (groups < 1 || shape[1] % groups != 0) return shapeError(*c.graph, *c.node, "num_groups");
    const int64_t pixels = product(shape, 2, shape.size());
    RowNorm n;
    n.rows = shape[0] * groups;
    n.width = shape[1] / groups * pixels;
    n.epsilon = static_cast<float>(c.node->attributes.real("eps", 1e-5));
    n.parameter = [groups, pixels, perGroup = shape[1] / groups](int64_t row, int64_t i) {
        return row % groups * perGroup + i / pixels;
    };
    return makeRowNorm(std::move(n));
}

Prepared prepareLayerNorm(const PrepareContext& c) {
    const ir::Shape& shape = resultShape(c);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", -1), shape.size());
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    RowNorm n;
    n.rows = product(shape, 0, static_cast<size_t>(*axis));
    n.width = product(shape, static_cast<size_t>(*axis), shape.size());
    n.epsilon = static_cast<float>(c.node->attributes.real("eps", 1e-5));
    for (size_t i = 1; i < c.node->operands.size(); ++i)
        if (hasOperand(*c.node, i) && c.graph->value(c.node->operands[i]).type.elementCount() != n.width)
            return shapeError(*c.graph, *c.node, "parameters of LayerNorm that repeat");
    n.parameter = [](int64_t, int64_t i) { return i; };
    return makeRowNorm(std::move(n));
}

} // namespace

void float_norm(KernelTable& table);
void float_norm(KernelTable& table) {
    table.add({.op = "top.BatchNorm", .prepare = prepareBatchNorm, .layouts = layoutsNorm, .inPlace = true});
    table.add({.op = "top.Scale", .prepare = prepareScale, .layouts = layoutsNorm, .inPlace = true});
    table.add({.op = "top.LRN", .prepare = prepareLrn});
    table.add({.op = "top.InstanceNorm", .prepare = prepareInstanceNorm});
    table.add({.op = "top.GroupNorm", .prepare = prepareGroupNorm});
    table.add({.op = "top.LayerNorm", .prepare = prepareLayerNorm});
}

} // namespace wb::ops
