// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX networks of random operators with random attributes on random shapes, as no person would draw them: what meets
// what in groups, rewrites and views is left to chance. The same seed makes the same network on every machine.
#pragma once

#include "tests/import/onnx_builder.h"

namespace wb::test {

class RandomNetwork {
public:
    /// About `steps` operators on one input of three or four axes.
    RandomNetwork(uint64_t seed, int steps);
    const OnnxBuilder& builder() const { return m_builder; }
    const ir::Shape& input() const { return m_pool.front().shape; }

private:
    using Ints = OnnxBuilder::Ints;
    struct Tensor {
        std::string name;
        ir::Shape shape;
        bool used = false;
    };
    using Step = bool (RandomNetwork::*)();

    int64_t between(int64_t least, int64_t most) { return least + static_cast<int64_t>(m_random.below(static_cast<uint64_t>(most - least + 1))); }
    bool oneIn(uint64_t n) { return m_random.below(n) == 0; }
    template <class T> const T& oneOf(const std::vector<T>& list) { return list[m_random.below(list.size())]; }

    std::string fresh() { return "t" + std::to_string(++m_count); }
    /// A tensor of the pool, the newer the likelier; of that many axes if any are given. Nothing: -1.
    int pick(std::initializer_list<size_t> ranks = {});
    std::string use(int index);
    std::string numbers(const ir::Shape& shape, double low, double high);
    /// Adds the node, and its result to the pool; false without a node where the result would be too large.
    bool push(const std::string& kind, std::vector<std::string> inputs, ir::Shape result, const OnnxBuilder::Attributes& attributes = {});

    bool conv();
    bool deconv();
    bool pool();
    bool globalPool();
    bool resize();
    bool norm();
    bool layerNorm();
    bool unary();
    bool composed();
    bool binary();
    bool withConstant();
    bool where();
    bool concat();
    bool split();
    bool slice();
    bool pad();
    bool transpose();
    bool reshape();
    bool axes();
    bool gather();
    bool expand();
    bool blocks();
    bool softmax();
    bool matmul();
    bool attention();
    bool reduce();
    bool recurrent();
    bool logarithms();
    bool shrink();
    bool groupNorm();
    bool constants();
    bool longWindow();
    bool shuffled();
    bool mixed();
    bool turned();
    bool features();
    bool grouped();

    OnnxBuilder m_builder;
    Random m_random;
    std::vector<Tensor> m_pool;
    int m_count = 0;
};

} // namespace wb::test
