// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/import/tflite_net.h"

#include <tuple>

namespace wb::test {
namespace {

using Ints = TfliteBuilder::Ints;

/// Operands of one direction of an LSTM up to its projection: gates i f c o of inputs, states, (peepholes) and biases.
void addGates(Net& n, Ints& operands, int in, int hidden, bool coupled) {
    for (const int columns : {in, hidden})
        for (int gate = 0; gate < 4; ++gate) operands.push_back(gate == 0 && coupled ? -1 : n.weight({hidden, columns}));
    operands.insert(operands.end(), 3, -1);
    for (int gate = 0; gate < 4; ++gate) operands.push_back(gate == 0 && coupled ? -1 : n.weight({hidden}));
    operands.insert(operands.end(), 2, -1);
}

void lstms(List& list) {
    for (const auto& [name, stepsFirst, coupled, clip] : {std::tuple("sequence lstm", false, false, 0.0F), std::tuple("sequence lstm, steps first", true, false, 0.0F),
                                                          std::tuple("sequence lstm without input gate", false, true, 0.0F),
                                                          std::tuple("sequence lstm, cells clipped", false, false, 0.5F)})
        list.add(name, {2, 3, 4}, [stepsFirst = stepsFirst, coupled = coupled, clip = clip](Net& n) {
            const int batch = stepsFirst ? 3 : 2;
            Ints operands{n.x};
            addGates(n, operands, 4, 5, coupled);
            operands.push_back(n.b.state({batch, 5}));
            operands.push_back(n.b.state({batch, 5}));
            operands.insert(operands.end(), 4, -1);
            n.b.op(wire::Kind_UNIDIRECTIONAL_SEQUENCE_LSTM, operands, {n.out({2, 3, 5})}, wire::Options_SequenceLstmOptions,
                   wire::CreateSequenceLstmOptions(n.fb(), wire::Activation_TANH, clip, 0, stepsFirst));
        });
    for (const bool merged : {false, true})
        list.add(merged ? "lstm both ways, joined" : "lstm both ways", {2, 3, 4}, [=](Net& n) {
            Ints operands{n.x};
            addGates(n, operands, 4, 5, false);
            addGates(n, operands, 4, 5, false);
            for (int i = 0; i < 4; ++i) operands.push_back(n.b.state({2, 5}));
            operands.insert(operands.end(), 9, -1);
            const Ints results = merged ? Ints{n.out({2, 3, 10})} : Ints{n.out({2, 3, 5}), n.out({2, 3, 5})};
            n.b.op(wire::Kind_BIDIRECTIONAL_SEQUENCE_LSTM, operands, results, wire::Options_BothWaysLstmOptions,
                   wire::CreateBothWaysLstmOptions(n.fb(), wire::Activation_TANH, 0, 0, merged, false));
        });
    for (const auto& [name, function] : {std::pair("sequence rnn", wire::Activation_TANH), std::pair("sequence rnn relu", wire::Activation_RELU)})
        list.add(name, {2, 3, 4}, [function = function](Net& n) {
            n.b.op(wire::Kind_UNIDIRECTIONAL_SEQUENCE_RNN, {n.x, n.weight({5, 4}), n.weight({5, 5}), n.weight({5}), n.b.state({2, 5})}, {n.out({2, 3, 5})},
                   wire::Options_SequenceRnnOptions, wire::CreateSequenceRnnOptions(n.fb(), false, function));
        });
}

void volumes(List& list) {
    const auto conv = [&](const char* name, wire::Border border, int stride, const Ints& out) {
        list.add(name, {1, 4, 5, 6, 3}, [=](Net& n) {
            n.b.op(wire::Kind_CONV_3D, {n.x, n.weight({2, 3, 3, 3, 4}), n.weight({4})}, {n.out(out)}, wire::Options_VolumeOptions,
                   wire::CreateVolumeOptions(n.fb(), border, stride, stride, stride, wire::Activation_RELU));
        });
    };
    conv("conv 3d same", wire::Border_SAME, 1, {1, 4, 5, 6, 4});
    conv("conv 3d valid", wire::Border_VALID, 1, {1, 3, 3, 4, 4});
    conv("conv 3d stride", wire::Border_SAME, 2, {1, 2, 3, 3, 4});
}

void positions(List& list) {
    list.add("l2 normalization", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_L2_NORMALIZATION, {n.x}, {n.out({1, 6, 5, 4})}, wire::Options_NormOptions, wire::CreateNormOptions(n.fb()));
    });
    list.add("l2 normalization of rows", {3, 7}, [](Net& n) {
        n.b.op(wire::Kind_L2_NORMALIZATION, {n.x}, {n.out({3, 7})}, wire::Options_NormOptions, wire::CreateNormOptions(n.fb()));
    });
    for (const bool reverse : {false, true})
        list.add(reverse ? "cumsum from behind" : "cumsum", {1, 3, 4, 5}, [=](Net& n) {
            n.b.op(wire::Kind_CUMSUM, {n.x, n.b.scalar(2)}, {n.out({1, 3, 4, 5})}, wire::Options_CumsumOptions,
                   wire::CreateCumsumOptions(n.fb(), reverse, reverse));
        });
    list.add("gather nd", {3, 4, 5}, [](Net& n) {
        n.b.op(wire::Kind_GATHER_ND, {n.x, n.b.constant<int32_t>({2, 2}, wire::Element_Int32, {2, 1, 0, 3})}, {n.out({2, 5})});
    });
    list.add("top k values", {2, 9}, [](Net& n) {
        n.b.op(wire::Kind_TOPK_V2, {n.x, n.b.scalar(3)}, {n.out({2, 3}), n.b.tensor({2, 3}, wire::Element_Int32)});
    });
}

} // namespace

void addSequences(List& list) {
    lstms(list);
    volumes(list);
    positions(list);
}

} // namespace wb::test
