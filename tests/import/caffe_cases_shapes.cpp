// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's layers that change shapes, look through windows or put pixels elsewhere.
#include "tests/import/caffe_cases.h"

namespace wb::test {

std::vector<CaffeCase> caffeShapes() {
    return {
        {"reduction sum", layer("Reduction", "reduction_param { axis: 2 coeff: 0.5 }"), {},
         perChannel([](const float* p, int n) { return 0.5F * std::accumulate(p, p + n, 0.0F); }), {1, 6}},
        {"reduction mean", layer("Reduction", "reduction_param { operation: MEAN axis: -2 }"), {},
         perChannel([](const float* p, int n) { return std::accumulate(p, p + n, 0.0F) / static_cast<float>(n); }), {1, 6}},
        {"reduction asum", layer("Reduction", "reduction_param { operation: ASUM axis: 2 }"), {},
         perChannel([](const float* p, int n) { return std::accumulate(p, p + n, 0.0F, [](float a, float v) { return a + std::abs(v); }); }), {1, 6}},
        {"reduction sumsq of all", layer("Reduction", "reduction_param { operation: SUMSQ }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             return Numbers{std::accumulate(x.begin(), x.end(), 0.0F, [](float a, float v) { return a + v * v; })};
         }, {1}},
        {"argmax of channels", layer("ArgMax", "argmax_param { axis: 1 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y(kPlane, 0);
             for (size_t p = 0; p < kPlane; ++p)
                 for (size_t c = 1; c < kC; ++c)
                     if (x[c * kPlane + p] > x[static_cast<size_t>(y[p]) * kPlane + p]) y[p] = static_cast<float>(c);
             return y;
         }, {1, 1, 13, 11}},
        {"argmax and value", layer("ArgMax", "argmax_param { out_max_val: true }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             const auto most = std::max_element(x.begin(), x.end());
             return Numbers{static_cast<float>(most - x.begin()), *most};
         }, {1, 2, 1}},
        {"argmax of five", layer("ArgMax", "argmax_param { out_max_val: true top_k: 5 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             std::vector<size_t> order(x.size());
             std::iota(order.begin(), order.end(), size_t{0});
             std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] > x[b]; });
             Numbers y(10);
             for (size_t i = 0; i < 5; ++i) y[i] = static_cast<float>(order[i]), y[5 + i] = x[order[i]];
             return y;
         }, {1, 2, 5}},
        {"argmax value along", layer("ArgMax", "argmax_param { out_max_val: true axis: -1 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (size_t i = 0; i < x.size(); i += kW) y.push_back(*std::max_element(x.begin() + static_cast<long>(i), x.begin() + static_cast<long>(i) + kW));
             return y;
         }, {1, 6, 13, 1}},
        {"tile", layer("Tile", "tile_param { axis: 2 tiles: 3 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < 3; ++i) y.insert(y.end(), x.begin() + c * kPlane, x.begin() + (c + 1) * kPlane);
             return y;
         }, {1, 6, 39, 11}},
        {"reverse", layer("Reverse", "reverse_param { axis: 1 }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (int c = kC - 1; c >= 0; --c) y.insert(y.end(), x.begin() + c * kPlane, x.begin() + (c + 1) * kPlane);
             return y;
         }, {1, 6, 13, 11}},
        {"flatten in the middle", layer("Flatten", "flatten_param { axis: 1 end_axis: -2 }"), {}, each([](float v) { return v; }), {1, 78, 11}},
        {"crop both", "layer { name: \"p\" type: \"Pooling\" bottom: \"data\" top: \"p\" pooling_param { kernel_size: 2 stride: 2 } }\n" +
                          layer("Crop", "crop_param { axis: 2 offset: 3 offset: 1 }", "bottom: \"data\" bottom: \"p\""),
         {}, {}, {1, 6, 7, 6}},
        {"eltwise of three", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\" }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\" }\n" +
                                 layer("Eltwise", "eltwise_param { operation: SUM coeff: -1 coeff: 0.5 coeff: -2 }", "bottom: \"a\" bottom: \"b\" bottom: \"data\""),
         {}, {}, {}},
        {"inner product of the last axis", layer("InnerProduct", "inner_product_param { num_output: 5 axis: 3 transpose: true }"), {{"y", {{11, 5}, {5}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t row = 0; row < x.size() / kW; ++row)
                 for (size_t o = 0; o < 5; ++o) {
                     float sum = b[1][o];
                     for (size_t k = 0; k < kW; ++k) sum += x[row * kW + k] * b[0][k * 5 + o];
                     y.push_back(sum);
                 }
             return y;
         }, {1, 6, 13, 5}},
        {"embed", "layer { name: \"p\" type: \"ArgMax\" bottom: \"data\" top: \"p\" argmax_param { axis: 1 } }\n" +
                      layer("Embed", "embed_param { num_output: 4 input_dim: 6 }", "bottom: \"p\""),
         {{"y", {{6, 4}, {4}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t p = 0; p < kPlane; ++p) {
                 size_t best = 0;
                 for (size_t c = 1; c < kC; ++c)
                     if (x[c * kPlane + p] > x[best * kPlane + p]) best = c;
                 for (size_t k = 0; k < 4; ++k) y.push_back(b[0][best * 4 + k] + b[1][k]);
             }
             return y;
         }, {1, 1, 13, 11, 4}},
        {"parameter", "layer { name: \"w\" type: \"Parameter\" top: \"w\" parameter_param { shape { dim: 1 dim: 6 dim: 13 dim: 11 } } }\n" +
                          layer("Eltwise", "eltwise_param { operation: PROD }", "bottom: \"data\" bottom: \"w\""),
         {{"w", {{1, 6, 13, 11}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] * b[0][i]);
             return y;
         }, {}},
        {"dummy data", "layer { name: \"w\" type: \"DummyData\" top: \"w\" dummy_data_param { shape { dim: 1 dim: 6 dim: 13 dim: 11 } data_filler { type: \"constant\" value: 0.5 } } }\n" +
                           layer("Eltwise", "", "bottom: \"data\" bottom: \"w\""),
         {}, each([](float v) { return v + 0.5F; }), {}},
    };
}

std::vector<CaffeCase> caffeWindows() {
    const std::string regions = "layer { name: \"at\" type: \"Parameter\" top: \"at\" }\n"
                                "layer { name: \"of\" type: \"DummyData\" top: \"of\" dummy_data_param { shape { dim: 7 dim: 1 } } }\n"
                                "layer { name: \"rois\" type: \"Concat\" bottom: \"of\" bottom: \"at\" top: \"rois\" }\n";
    const std::string masks = "layer { name: \"p\" type: \"Pooling\" bottom: \"data\" top: \"p\" top: \"k\" pooling_param { kernel_size: 2 stride: 2 } }\n"
                              "layer { name: \"t\" type: \"Power\" bottom: \"p\" top: \"t\" power_param { scale: 2 shift: 1 } }\n";
    return {
        {"pool stochastic in use", "layer { name: \"s\" type: \"Sigmoid\" bottom: \"data\" top: \"s\" }\n" + layer("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 3 stride: 2 }", "bottom: \"s\""), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < 6; ++i)
                     for (int j = 0; j < 5; ++j) {
                         double sum = 0, squares = 0;
                         for (int u = 2 * i; u < std::min(kH, 2 * i + 3); ++u)
                             for (int v = 2 * j; v < std::min(kW, 2 * j + 3); ++v) {
                                 const double s = 1 / (1 + std::exp(-x[static_cast<size_t>((c * kH + u) * kW + v)]));
                                 sum += s, squares += s * s;
                             }
                         y.push_back(static_cast<float>(squares / sum));
                     }
             return y;
         }, {1, 6, 6, 5}},
        {"pool floor", layer("Pooling", "pooling_param { pool: AVE kernel_size: 4 stride: 2 round_mode: FLOOR }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < 5; ++i)
                     for (int j = 0; j < 4; ++j) {
                         float sum = 0;
                         for (int u = 0; u < 4; ++u)
                             for (int v = 0; v < 4; ++v) sum += x[static_cast<size_t>((c * kH + 2 * i + u) * kW + 2 * j + v)];
                         y.push_back(sum / 16);
                     }
             return y;
         }, {1, 6, 5, 4}},
        {"pool h w", layer("Pooling", "pooling_param { kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0 }"), {}, {}, {}},
        {"pyramid", layer("SPP", "spp_param { pyramid_height: 3 pool: MAX }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y;
             for (const int bins : {1, 2, 4}) {
                 const int kh = (kH + bins - 1) / bins, kw = (kW + bins - 1) / bins, ph = (kh * bins - kH + 1) / 2, pw = (kw * bins - kW + 1) / 2;
                 for (int c = 0; c < kC; ++c)
                     for (int i = 0; i < bins; ++i)
                         for (int j = 0; j < bins; ++j) {
                             float most = -1e9F;
                             for (int u = std::max(0, i * kh - ph); u < std::min(kH, (i + 1) * kh - ph); ++u)
                                 for (int v = std::max(0, j * kw - pw); v < std::min(kW, (j + 1) * kw - pw); ++v)
                                     most = std::max(most, x[static_cast<size_t>((c * kH + u) * kW + v)]);
                             y.push_back(most);
                         }
             }
             return y;
         }, {1, 126}},
        {"unpooling", masks + layer("Upsample", "upsample_param { scale: 2 upsample_h: 13 upsample_w: 11 }", "bottom: \"t\" bottom: \"k\""), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             Numbers y(x.size(), 0);
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < 7; ++i)
                     for (int j = 0; j < 6; ++j) {
                         size_t best = static_cast<size_t>((c * kH + 2 * i) * kW + 2 * j);
                         for (int u = 2 * i; u < std::min(kH, 2 * i + 2); ++u)
                             for (int v = 2 * j; v < std::min(kW, 2 * j + 2); ++v)
                                 if (const auto at = static_cast<size_t>((c * kH + u) * kW + v); x[at] > x[best]) best = at;
                         y[best] = 2 * x[best] + 1;
                     }
             return y;
         }, {1, 6, 13, 11}},
        {"positions of maxima", "layer { name: \"p\" type: \"Pooling\" bottom: \"data\" top: \"p\" top: \"k\" pooling_param { kernel_size: 13 stride: 1 kernel_h: 13 kernel_w: 11 } }\n"
                                "layer { name: \"z\" type: \"Silence\" bottom: \"p\" }\n", {},
         perChannel([](const float* p, int n) { return static_cast<float>(std::max_element(p, p + n) - p); }), {1, 6, 1, 1}},
        {"deconvolution, depthwise, bilinear by name", layer("Deconvolution", "convolution_param { num_output: 6 group: 6 kernel_size: 4 stride: 2 pad: 1 bias_term: false weight_filler { type: \"bilinear\" } }"), {},
         [](const Numbers& x, const std::vector<Numbers>&) {
             const float taps[] = {0.25F, 0.75F, 0.75F, 0.25F};
             Numbers y(static_cast<size_t>(kC * 26 * 22), 0);
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < kH; ++i)
                     for (int j = 0; j < kW; ++j)
                         for (int u = 0; u < 4; ++u)
                             for (int v = 0; v < 4; ++v) {
                                 const int h = 2 * i + u - 1, w = 2 * j + v - 1;
                                 if (h >= 0 && w >= 0 && h < 26 && w < 22)
                                     y[static_cast<size_t>((c * 26 + h) * 22 + w)] += taps[u] * taps[v] * x[static_cast<size_t>((c * kH + i) * kW + j)];
                             }
             return y;
         }, {1, 6, 26, 22}},
        {"region pooling", regions + layer("ROIPooling", "roi_pooling_param { pooled_h: 3 pooled_w: 2 spatial_scale: 0.5 }", "bottom: \"data\" bottom: \"rois\""),
         {{"at", {{7, 4}}, 0.0F, 24.0F}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t r = 0; r < 7; ++r) {
                 const auto edge = [&](size_t i) { return static_cast<int>(std::round(b[0][r * 4 + i] * 0.5F)); };
                 const float high = static_cast<float>(std::max(edge(3) - edge(1) + 1, 1)) / 3, wide = static_cast<float>(std::max(edge(2) - edge(0) + 1, 1)) / 2;
                 for (int c = 0; c < kC; ++c)
                     for (int i = 0; i < 3; ++i)
                         for (int j = 0; j < 2; ++j) {
                             float most = 0;
                             bool any = false;
                             for (int u = std::max(0, edge(1) + static_cast<int>(std::floor(static_cast<float>(i) * high)));
                                  u < std::min(kH, edge(1) + static_cast<int>(std::ceil(static_cast<float>(i + 1) * high))); ++u)
                                 for (int v = std::max(0, edge(0) + static_cast<int>(std::floor(static_cast<float>(j) * wide)));
                                      v < std::min(kW, edge(0) + static_cast<int>(std::ceil(static_cast<float>(j + 1) * wide))); ++v) {
                                     const float value = x[static_cast<size_t>((c * kH + u) * kW + v)];
                                     most = any ? std::max(most, value) : value;
                                     any = true;
                                 }
                             y.push_back(most);
                         }
             }
             return y;
         }, {7, 6, 3, 2}},
        {"region pooling, parts of their own", regions + "layer { name: \"e\" type: \"Concat\" bottom: \"data\" bottom: \"data\" top: \"e\" }\n" +
             layer("PSROIPooling", "psroi_pooling_param { output_dim: 3 group_size: 2 spatial_scale: 0.5 }", "bottom: \"e\" bottom: \"rois\""),
         {{"at", {{7, 4}}, 0.0F, 24.0F}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (size_t r = 0; r < 7; ++r) {
                 const auto edge = [&](size_t i) { return std::round(b[0][r * 4 + i]); };
                 const float left = edge(0) * 0.5F, top = edge(1) * 0.5F;
                 const float high = std::max((edge(3) + 1) * 0.5F - top, 0.1F) / 2, wide = std::max((edge(2) + 1) * 0.5F - left, 0.1F) / 2;
                 for (int k = 0; k < 12; ++k) { // channel (k / 4), part k % 4, of the picture's six channels twice
                     const int i = k % 4 / 2, j = k % 2;
                     double sum = 0;
                     int count = 0;
                     for (int u = std::clamp(static_cast<int>(std::floor(static_cast<float>(i) * high + top)), 0, kH); u < std::clamp(static_cast<int>(std::ceil(static_cast<float>(i + 1) * high + top)), 0, kH); ++u)
                         for (int v = std::clamp(static_cast<int>(std::floor(static_cast<float>(j) * wide + left)), 0, kW); v < std::clamp(static_cast<int>(std::ceil(static_cast<float>(j + 1) * wide + left)), 0, kW); ++v, ++count)
                             sum += x[static_cast<size_t>((k % kC * kH + u) * kW + v)];
                     y.push_back(count == 0 ? 0 : static_cast<float>(sum / count));
                 }
             }
             return y;
         }, {7, 3, 2, 2}},
        {"deconvolution, groups", layer("Deconvolution", "convolution_param { num_output: 4 group: 2 kernel_size: 3 stride: 2 }"), {{"y", {{6, 2, 3, 3}, {4}}}}, {}, {}},
        {"convolution of three axes",
         "layer { name: \"r\" type: \"Reshape\" bottom: \"data\" top: \"r\" reshape_param { shape { dim: 1 dim: 1 dim: 6 dim: 13 dim: 11 } } }\n" +
             layer("Convolution", "convolution_param { num_output: 1 kernel_size: 3 kernel_size: 1 kernel_size: 2 bias_term: false pad: 1 pad: 0 pad: 0 }", "bottom: \"r\""),
         {{"y", {{1, 1, 3, 1, 2}}}},
         [](const Numbers& x, const std::vector<Numbers>& b) {
             Numbers y;
             for (int c = 0; c < kC; ++c)
                 for (int i = 0; i < kH; ++i)
                     for (int j = 0; j + 1 < kW; ++j) {
                         float sum = 0;
                         for (int d = 0; d < 3; ++d)
                             for (int v = 0; v < 2; ++v)
                                 if (const int at = c + d - 1; at >= 0 && at < kC) sum += b[0][static_cast<size_t>(d * 2 + v)] * x[static_cast<size_t>((at * kH + i) * kW + j + v)];
                         y.push_back(sum);
                     }
             return y;
         }, {1, 1, 6, 13, 10}},
    };
}

} // namespace wb::test
