// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's functions of one number, its norms and scales, and its recurrent layers.
#include "tests/import/caffe_cases.h"

namespace wb::test {
namespace {

Numbers lrnWithin(const Numbers& x, int size, float alpha, float beta) {
    Numbers y(x.size());
    for (int c = 0; c < kC; ++c)
        for (int i = 0; i < kH; ++i)
            for (int j = 0; j < kW; ++j) {
                double sum = 0;
                for (int u = std::max(0, i - size / 2); u <= std::min(kH - 1, i + size / 2); ++u)
                    for (int v = std::max(0, j - size / 2); v <= std::min(kW - 1, j + size / 2); ++v)
                        sum += std::pow(x[static_cast<size_t>((c * kH + u) * kW + v)], 2);
                const auto at = static_cast<size_t>((c * kH + i) * kW + j);
                y[at] = x[at] * static_cast<float>(std::pow(1 + alpha / static_cast<double>(size * size) * sum, -beta));
            }
    return y;
}

/// LSTM over 13 steps of 6 sequences with 11 numbers each; marks [13,6] may be empty.
Numbers lstm(const Numbers& x, const Numbers& w, const Numbers& bias, const Numbers& r, const Numbers& marks, int H) {
    const int T = 6, B = 13, I = kW; // the input [1,6,13,11] as [6,13,11]
    const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
    Numbers y;
    std::vector<double> h(static_cast<size_t>(B * H), 0), c = h;
    for (int t = 0; t < T; ++t) {
        const std::vector<double> before = h;
        for (int b = 0; b < B; ++b)
            for (int k = 0; k < H; ++k) {
                const double mark = marks.empty() ? (t > 0) : marks[static_cast<size_t>(t * B + b)];
                double gates[4];
                for (int g = 0; g < 4; ++g) {
                    const int row = g * H + k;
                    gates[g] = bias[static_cast<size_t>(row)];
                    for (int i = 0; i < I; ++i) gates[g] += w[static_cast<size_t>(row * I + i)] * x[static_cast<size_t>((t * B + b) * I + i)];
                    for (int i = 0; i < H; ++i) gates[g] += mark * r[static_cast<size_t>(row * H + i)] * before[static_cast<size_t>(b * H + i)];
                }
                double& cell = c[static_cast<size_t>(b * H + k)];
                cell = mark * sigmoid(gates[1]) * cell + sigmoid(gates[0]) * std::tanh(gates[3]);
                h[static_cast<size_t>(b * H + k)] = sigmoid(gates[2]) * std::tanh(cell);
            }
        y.insert(y.end(), h.begin(), h.end());
    }
    return y;
}

const char* const kSequence = "layer { name: \"s\" type: \"Reshape\" bottom: \"data\" top: \"s\" reshape_param { shape { dim: 6 dim: 13 dim: 11 } } }\n";
const char* const kMarks = "layer { name: \"m\" type: \"ContinuationIndicator\" top: \"m\" continuation_indicator_param { time_step: 6 batch_size: 13 } }\n";
/// Marks that depend on the picture: its first column less than 0.2.
const char* const kOwnMarks = "layer { name: \"p\" type: \"Slice\" bottom: \"s\" top: \"p\" top: \"q\" slice_param { axis: 2 slice_point: 1 } }\n"
                              "layer { name: \"z\" type: \"Silence\" bottom: \"q\" }\n"
                              "layer { name: \"n\" type: \"Threshold\" bottom: \"p\" top: \"n\" threshold_param { threshold: 0.2 } }\n"
                              "layer { name: \"m\" type: \"Reshape\" bottom: \"n\" top: \"m\" reshape_param { shape { dim: 6 dim: 13 } } }\n";

Numbers ownMarks(const Numbers& x) {
    Numbers marks;
    for (size_t i = 0; i < 6 * 13; ++i) marks.push_back(x[i * kW] > 0.2F ? 1.0F : 0.0F);
    return marks;
}

} // namespace

std::vector<CaffeCase> caffeActivations() {
    return {
        {"bnll", layer("BNLL", ""), {}, each([](float v) { return std::log1p(std::exp(v)); }), {}},
        {"exp of base 2", layer("Exp", "exp_param { base: 2 scale: 0.5 shift: 1 }"), {}, each([](float v) { return std::exp2(1 + 0.5F * v); }), {}},
        {"exp", layer("Exp", "exp_param { shift: -1 }"), {}, each([](float v) { return std::exp(v - 1); }), {}},
        {"log of base 10", layer("Log", "log_param { base: 10 scale: 2 shift: 3 }"), {}, each([](float v) { return std::log10(3 + 2 * v); }), {}},
        {"log", layer("Log", "log_param { shift: 2 }"), {}, each([](float v) { return std::log(v + 2); }), {}},
        {"swish", layer("Swish", ""), {}, each([](float v) { return v / (1 + std::exp(-v)); }), {}},
        {"swish beta", layer("Swish", "swish_param { beta: 1.5 }"), {}, each([](float v) { return v / (1 + std::exp(-1.5F * v)); }), {}},
        {"threshold", layer("Threshold", "threshold_param { threshold: 0.25 }"), {}, each([](float v) { return v > 0.25F ? 1.0F : 0.0F; }), {}},
        {"clip", layer("Clip", "clip_param { min: -0.25 max: 0.5 }"), {}, each([](float v) { return std::clamp(v, -0.25F, 0.5F); }), {}},
        {"mish", layer("Mish", ""), {}, {}, {}},
        {"elu alpha", layer("ELU", "elu_param { alpha: 0.7 }"), {}, each([](float v) { return v > 0 ? v : 0.7F * std::expm1(v); }), {}},
        {"power 3", layer("Power", "power_param { power: 3 scale: 0.5 shift: -0.25 }"), {}, each([](float v) { return std::pow(0.5F * v - 0.25F, 3.0F); }), {}},
        {"power 0", layer("Power", "power_param { power: 0 }"), {}, each([](float) { return 1.0F; }), {}},
        {"prelu shared", layer("PReLU", "prelu_param { channel_shared: true }"), {{"y", {{1}}, 0.1F, 0.4F}}, {}, {}},
        {"dropout in place", "layer { name: \"y\" type: \"Dropout\" bottom: \"data\" top: \"data\" }\nlayer { name: \"t\" type: \"TanH\" bottom: \"data\" top: \"data\" }\n",
         {}, each([](float v) { return std::tanh(v); }), {}},
    };
}

std::vector<CaffeCase> caffeNorms() {
    const auto scaled = [](const Numbers& x, const Numbers& scale, const Numbers& shift) {
        Numbers y;
        for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] * scale[i / kPlane] + (shift.empty() ? 0.0F : shift[i / kPlane]));
        return y;
    };
    const auto normalised = [](const Numbers& x, const Numbers& mean, const Numbers& variance, const Numbers& gamma, const Numbers& beta, float eps) {
        Numbers y;
        for (size_t i = 0; i < x.size(); ++i) {
            const size_t c = i / kPlane;
            y.push_back((x[i] - mean[c]) / std::sqrt(variance[c] + eps) * (gamma.empty() ? 1 : gamma[c]) + (beta.empty() ? 0 : beta[c]));
        }
        return y;
    };
    return {
        {"batch norm eps", layer("BatchNorm", "batch_norm_param { eps: 0.01 use_global_stats: true }"), {{"y", {{6}, {6}, {1}}, 0.5F, 2.0F}}, {}, {}},
        // Statistics of a layer that never ran count as zeros: x / √eps, as Caffe has it.
        {"batch norm factor 0", layer("BatchNorm", "batch_norm_param { eps: 0.25 }"), {{"y", {{6}, {6}, {1}}, 0.0F, 0.0F}}, each([](float v) { return 2 * v; }), {}},
        {"batch norm with scale (NVIDIA)", layer("BatchNorm", "batch_norm_param { eps: 0.001 scale_bias: true }"),
         {{"y", {{6}, {6}, {1}, {6}, {6}}, 0.5F, 2.0F}},
         [=](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers mean = b[0], variance = b[1];
             for (size_t c = 0; c < kC; ++c) mean[c] /= b[2][0], variance[c] /= b[2][0];
             return normalised(x, mean, variance, b[3], b[4], 0.001F);
         }, {}},
        {"bn of four (PSPNet)", layer("BN", "bn_param { eps: 0.001 frozen: true }"), {{"y", {{1, 6, 1, 1}, {1, 6, 1, 1}, {1, 6, 1, 1}, {1, 6, 1, 1}}, 0.5F, 2.0F}},
         [=](const Numbers& x, const std::vector<Numbers>& b) { return normalised(x, b[2], b[3], b[0], b[1], 0.001F); }, {}},
        {"bn of two (SegNet)", layer("BN", "bn_param { bn_mode: INFERENCE }"), {{"y", {{1, 6, 1, 1}, {1, 6, 1, 1}}}},
         [=](const Numbers& x, const std::vector<Numbers>& b) { return scaled(x, b[0], b[1]); }, {}},
        {"scale and bias", layer("Scale", "scale_param { bias_term: true }"), {{"y", {{6}, {6}}}}, {}, {}},
        {"scale of rows", layer("Scale", "scale_param { axis: 2 bias_term: true }"), {{"y", {{13}, {13}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] * b[0][i / kW % kH] + b[1][i / kW % kH]);
             return y;
         }, {}},
        {"scale of all", layer("Scale", "scale_param { axis: 1 num_axes: -1 }"), {{"y", {{6, 13, 11}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] * b[0][i]);
             return y;
         }, {}},
        {"scale by one number", layer("Scale", "scale_param { num_axes: 0 }"), {{"y", {{1}}, 0.3F, 0.4F}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (const float v : x) y.push_back(v * b[0][0]);
             return y;
         }, {}},
        {"scale by a bottom, with bias",
         "layer { name: \"g\" type: \"Pooling\" bottom: \"data\" top: \"g\" pooling_param { pool: AVE global_pooling: true } }\n"
         "layer { name: \"f\" type: \"Flatten\" bottom: \"g\" top: \"f\" }\n" +
             layer("Scale", "scale_param { axis: 0 bias_term: true }", "bottom: \"data\" bottom: \"f\""),
         {{"y", {{1, 6}}}},
         [=](const Numbers& x, const std::vector<Numbers>& b) {
             return scaled(x, perChannel([](const float* p, int n) { return std::accumulate(p, p + n, 0.0F) / static_cast<float>(n); })(x, {}), b[0]);
         }, {}},
        {"bias of rows", layer("Bias", "bias_param { axis: 2 }"), {{"y", {{13}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] + b[0][i / kW % kH]);
             return y;
         }, {}},
        {"axpy",
         "layer { name: \"g\" type: \"Pooling\" bottom: \"data\" top: \"g\" pooling_param { pool: AVE global_pooling: true } }\n"
         "layer { name: \"t\" type: \"TanH\" bottom: \"data\" top: \"t\" }\n" +
             layer("Axpy", "", "bottom: \"g\" bottom: \"data\" bottom: \"t\""),
         {},
         [=](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y = scaled(x, perChannel([](const float* p, int n) { return std::accumulate(p, p + n, 0.0F) / static_cast<float>(n); })(x, {}), {});
             for (size_t i = 0; i < x.size(); ++i) y[i] += std::tanh(x[i]);
             return y;
         }, {}},
        {"lrn k", layer("LRN", "lrn_param { local_size: 5 alpha: 0.2 beta: 0.5 k: 2 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (int c = 0; c < kC; ++c)
                 for (int p = 0; p < kPlane; ++p) {
                     double sum = 0;
                     for (int k = std::max(0, c - 2); k <= std::min(kC - 1, c + 2); ++k) sum += std::pow(x[static_cast<size_t>(k * kPlane + p)], 2);
                     y.push_back(x[static_cast<size_t>(c * kPlane + p)] / static_cast<float>(std::sqrt(2 + 0.2 / 5 * sum)));
                 }
             return y;
         }, {}},
        {"lrn within", layer("LRN", "lrn_param { local_size: 3 alpha: 2 beta: 0.75 norm_region: WITHIN_CHANNEL }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) { return lrnWithin(x, 3, 2, 0.75F); }, {}},
        {"mvn", layer("MVN", ""), {}, {}, {}},
        {"mvn across", layer("MVN", "mvn_param { across_channels: true }"), {}, {}, {}},
        {"mvn mean", layer("MVN", "mvn_param { normalize_variance: false }"), {}, {}, {}},
    };
}

std::vector<CaffeCase> caffeSequences() {
    const std::vector<BlobSpec> blobs{{"y", {{20, 11}, {20}, {20, 5}}}};
    const char* const recurrent = "recurrent_param { num_output: 5 }";
    return {
        {"lstm", kSequence + std::string(kMarks) + layer("LSTM", recurrent, "bottom: \"s\" bottom: \"m\""), blobs,
         [](const Numbers& x, const std::vector<Numbers>& b) { return lstm(x, b[0], b[1], b[2], {}, 5); }, {6, 13, 5}},
        {"lstm with marks of its own", kSequence + std::string(kOwnMarks) + layer("LSTM", recurrent, "bottom: \"s\" bottom: \"m\""), blobs,
         [](const Numbers& x, const std::vector<Numbers>& b) { return lstm(x, b[0], b[1], b[2], ownMarks(x), 5); }, {6, 13, 5}},
        {"lstm of a fork", kSequence + layer("Lstm", "lstm_param { num_output: 5 }", "bottom: \"s\""), {{"y", {{20, 11}, {20, 5}, {20}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) { return lstm(x, b[0], b[2], b[1], {}, 5); }, {6, 13, 5}},
        {"rnn", kSequence + std::string(kMarks) + layer("RNN", "recurrent_param { num_output: 4 }", "bottom: \"s\" bottom: \"m\""),
         {{"y", {{4, 11}, {4}, {4, 4}, {4, 4}, {4}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers h(13 * 4, 0), y;
             for (size_t t = 0; t < 6; ++t) {
                 const Numbers before = h;
                 for (size_t n = 0; n < 13; ++n)
                     for (size_t k = 0; k < 4; ++k) {
                         double sum = b[1][k];
                         for (size_t i = 0; i < kW; ++i) sum += b[0][k * kW + i] * x[(t * 13 + n) * kW + i];
                         for (size_t i = 0; i < 4; ++i) sum += b[2][k * 4 + i] * before[n * 4 + i];
                         h[n * 4 + k] = static_cast<float>(std::tanh(sum));
                     }
                 for (size_t n = 0; n < 13; ++n)
                     for (size_t k = 0; k < 4; ++k) {
                         double sum = b[4][k];
                         for (size_t i = 0; i < 4; ++i) sum += b[3][k * 4 + i] * h[n * 4 + i];
                         y.push_back(static_cast<float>(std::tanh(sum)));
                     }
             }
             return y;
         }, {6, 13, 4}},
    };
}

} // namespace wb::test
