// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of one operator while they are written.
#pragma once

#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/support/shared_data.h"

#include <functional>
#include <numeric>

namespace wb::test {

/// One network while it is written; `x` is its first input, a picture of 6 × 5 with 4 channels unless said otherwise.
struct Net {
    using Ints = TfliteBuilder::Ints;

    TfliteBuilder b;
    Random random{20260101};
    std::vector<int> inputs, outputs;
    int x = 0;

    explicit Net(const Ints& shape = {1, 6, 5, 4}) { x = input(shape); }

    flatbuffers::FlatBufferBuilder& fb() { return b.fb(); }
    int input(const Ints& shape) {
        inputs.push_back(b.tensor(shape));
        return inputs.back();
    }
    int out(const Ints& shape) {
        outputs.push_back(b.tensor(shape));
        return outputs.back();
    }
    int weight(const Ints& shape) {
        std::vector<float> data(static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>())));
        for (float& v : data)
            v = random.real(-1, 1);
        return b.floats(shape, data);
    }
    std::string bytes() {
        if (!b.inner()) b.ends(inputs, outputs); // else it was said when the next network began
        return b.bytes();
    }
};

struct List {
    using Ints = TfliteBuilder::Ints;

    std::vector<TfliteCase> cases;

    void add(const std::string& name, const Ints& shape, const std::function<void(Net&)>& write) {
        Net net(shape);
        write(net);
        cases.push_back({name, net.bytes(), false, 0});
    }
};

/// Layers over sequences, volumes, norms, and operators by position (tflite_cases_sequence.cpp).
void addSequences(List& list);
/// Loops, branches, and what Keras' layers become (tflite_cases_control.cpp).
void addControl(List& list);

} // namespace wb::test
