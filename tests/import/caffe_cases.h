// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe layers as rows of a table: a description, blobs, and what the layer is by its definition.
#pragma once

#include "tests/import/caffe_files.h"

#include <cmath>
#include <functional>
#include <numeric>

namespace wb::test {

using Numbers = std::vector<float>;
/// What a layer makes of the input [1,6,13,11] and its blobs, behind one another.
using Reference = std::function<Numbers(const Numbers& x, const std::vector<Numbers>& blobs)>;

inline constexpr int kC = 6, kH = 13, kW = 11, kPlane = kH * kW;

struct CaffeCase {
    const char* name;
    std::string layers;
    std::vector<BlobSpec> blobs;
    Reference reference; ///< none: OpenCV reads it
    std::vector<int64_t> shape; ///< of the result, empty: not looked at
};

inline std::string layer(const std::string& type, const std::string& rest, const std::string& bottoms = "bottom: \"data\"") {
    return "layer { name: \"y\" type: \"" + type + "\" " + bottoms + " top: \"y\" " + rest + " }\n";
}

inline Reference each(std::function<float(float)> f) {
    return [f](const Numbers& x, const std::vector<Numbers>&) {
        Numbers y;
        for (const float v : x) y.push_back(f(v));
        return y;
    };
}

/// Sums of a kind over all pixels of a channel.
inline Reference perChannel(std::function<float(const float*, int)> f) {
    return [f](const Numbers& x, const std::vector<Numbers>&) {
        Numbers y;
        for (int c = 0; c < kC; ++c) y.push_back(f(x.data() + c * kPlane, kPlane));
        return y;
    };
}

std::vector<CaffeCase> caffeActivations();
std::vector<CaffeCase> caffeNorms();
std::vector<CaffeCase> caffeShapes();
std::vector<CaffeCase> caffeWindows();
std::vector<CaffeCase> caffeSequences();

} // namespace wb::test
