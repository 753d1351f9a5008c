// SPDX-License-Identifier: GPL-3.0-or-later
// Small ONNX networks, operator by operator, for comparisons of a chip's arithmetic with the vendor's tools.
#pragma once

#include "tests/import/onnx_builder.h"

#include <set>
#include <string>
#include <vector>

namespace wb::test {

inline constexpr int kChipCaseSide = 12;
inline const OnnxBuilder::Ints kChipCasePicture{1, 4, kChipCaseSide, kChipCaseSide};

struct ChipCase {
    OnnxBuilder net{13, kChipCasePicture};
    std::vector<std::string> inputs{"x"};
    Random random{5};

    std::string numbers(const OnnxBuilder::Ints& shape, float low = -1, float high = 1) {
        int64_t count = 1;
        for (const int64_t d : shape)
            count *= d;
        std::vector<float> values(static_cast<size_t>(count));
        for (auto& v : values)
            v = random.real(low, high);
        return net.weight(shape, values);
    }
    std::string add(const std::string& kind, std::vector<std::string> operands, const std::string& out,
                    const OnnxBuilder::Attributes& attributes = {}) {
        net.output(net.node(kind, std::move(operands), out, attributes));
        return out;
    }
    std::string conv(const std::string& in, const std::string& out, const OnnxBuilder::Ints& filter, OnnxBuilder::Attributes a = {}) {
        return add("Conv", {in, numbers(filter), numbers({filter[0]})}, out, a);
    }
    std::string relu(const std::string& kind, std::vector<std::string> operands, const std::string& out,
                     const OnnxBuilder::Attributes& attributes = {}) {
        return add("Relu", {net.node(kind, std::move(operands), out + "_", attributes)}, out);
    }
    std::string smaller(const std::string& in, const std::string& out) {
        return add("MaxPool", {in}, out, {{"kernel_shape", OnnxBuilder::Ints{2, 2}}, {"strides", OnnxBuilder::Ints{2, 2}}});
    }
    void second() {
        net.addInput("y", kChipCasePicture);
        inputs.emplace_back("y");
    }
};

struct ChipCaseRow {
    const char* name;
    void (*make)(ChipCase&);
    std::set<std::string> ours = {};     ///< other than the vendor's, which compares codes of different scales
    std::set<std::string> rounded = {};  ///< in F32 by coordinates that are rounded otherwise: equal but for the last bits
    std::set<std::string> inFloat = {};  ///< on BM1684 sums of floats, which the vendor's tool adds in another order
    /// As the model says; on BM1684 the vendor's tool takes pixel centres whatever coordinates it names.
    std::set<std::string> oursOnBm1684 = {};
};
const std::vector<ChipCaseRow>& chipCaseRows();

} // namespace wb::test
