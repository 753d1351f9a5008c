// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/import.h"
#include "tests/fuzz/fuzz.h"

#include <cstring>

/// The bytes as a network's text without weights, then as the weights of a network that needs some.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace wb;
    static constexpr const char* kNetwork = R"(name: "n" input: "x" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
layer { name: "b" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "f" type: "InnerProduct" bottom: "c" top: "f" inner_product_param { num_output: 5 } })";
    (void)importer::importModel(fuzz::file(data, size, ".prototxt"), {}, {});
    importer::ImportOptions options;
    options.weights = fuzz::file(data, size, ".caffemodel");
    static const auto network = fuzz::file(reinterpret_cast<const uint8_t*>(kNetwork), std::strlen(kNetwork), ".fixed.prototxt");
    (void)importer::importModel(network, options, {});
    return 0;
}
