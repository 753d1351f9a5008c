// SPDX-License-Identifier: GPL-3.0-or-later
// What converters make of Keras' layers: loops that fill a list, branches, enlarging by tiles, dilation by batches.
#include "tests/import/tflite_net.h"

namespace wb::test {
namespace {

using Ints = TfliteBuilder::Ints;

/// h ← tanh(x[i] + h) for every row of x [3,1,4]; all of them in a list, or the last one.
void loop(Net& n, bool list) {
    const auto whole = wire::Element_Int32;
    const Ints rows = list ? Ints{3, 1, 4} : Ints{1, 1, 4};
    const int count = n.b.tensor({}, whole), all = n.out(rows), last = n.out({1, 4}), same = n.b.tensor({3, 1, 4});
    n.b.op(wire::Kind_WHILE, {n.b.scalar(0), n.b.floats(rows, std::vector<float>(list ? 12 : 4, 0.0F)), n.b.floats({1, 4}, {1, 2, 3, 4}), n.x},
           {count, all, last, same}, wire::Options_WhileOptions, wire::CreateWhileOptions(n.fb(), 1, 2));
    n.b.ends(n.inputs, n.outputs);

    n.b.nextGraph(); // whether it goes on
    Ints in{n.b.tensor({}, whole), n.b.tensor(rows), n.b.tensor({1, 4}), n.b.tensor({3, 1, 4})};
    const int less = n.b.tensor({}, wire::Element_Bool);
    n.b.op(wire::Kind_LESS, {in[0], n.b.scalar(3)}, {less});
    n.b.ends(in, {less});

    n.b.nextGraph();
    in = {n.b.tensor({}, whole), n.b.tensor(rows), n.b.tensor({1, 4}), n.b.tensor({3, 1, 4})};
    const int next = n.b.tensor({}, whole), x = n.b.tensor({1, 4}), sum = n.b.tensor({1, 4}), h = n.b.tensor({1, 4}), row = n.b.tensor({1, 1, 4});
    n.b.op(wire::Kind_ADD, {in[0], n.b.scalar(1)}, {next}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
    n.b.op(wire::Kind_GATHER, {in[3], in[0]}, {x}, wire::Options_GatherOptions, wire::CreateGatherOptions(n.fb()));
    n.b.op(wire::Kind_ADD, {x, in[2]}, {sum}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
    n.b.op(wire::Kind_TANH, {sum}, {h});
    n.b.op(wire::Kind_RESHAPE, {h, n.b.ints({1, 1, 4})}, {row});
    int written = row;
    if (list) {
        const auto listed = [&](int index, const Ints& rest) {
            const int one = n.b.tensor({1}, whole), several = n.b.tensor({3}, whole);
            n.b.op(wire::Kind_RESHAPE, {index, n.b.ints({1})}, {one});
            n.b.op(wire::Kind_CONCATENATION, {one, n.b.ints(rest)}, {several}, wire::Options_ConcatenationOptions, wire::CreateConcatenationOptions(n.fb(), 0));
            return several;
        };
        const int before = n.b.tensor({}), after = n.b.tensor({});
        n.b.op(wire::Kind_SLICE, {in[1], n.b.ints({0, 0, 0}), listed(in[0], {-1, -1})}, {before});
        n.b.op(wire::Kind_SLICE, {in[1], listed(next, {0, 0}), n.b.ints({-1, -1, -1})}, {after});
        written = n.b.tensor(rows);
        n.b.op(wire::Kind_CONCATENATION, {before, row, after}, {written}, wire::Options_ConcatenationOptions, wire::CreateConcatenationOptions(n.fb(), 0));
    }
    n.b.ends(in, {next, written, h, in[3]});
}

/// x + 1 where the sum of x is positive, else 2x; or one of them as a constant says.
void branches(Net& n, bool known) {
    int condition = n.b.constant<uint8_t>({}, wire::Element_Bool, {1});
    if (!known) {
        const int sum = n.b.tensor({});
        n.b.op(wire::Kind_SUM, {n.x, n.b.ints({0, 1})}, {sum}, wire::Options_ReducerOptions, wire::CreateReducerOptions(n.fb()));
        condition = n.b.tensor({}, wire::Element_Bool);
        n.b.op(wire::Kind_GREATER, {sum, n.b.floats({}, {0})}, {condition});
    }
    n.b.op(wire::Kind_IF, {condition, n.x}, {n.out({2, 3})}, wire::Options_IfOptions, wire::CreateIfOptions(n.fb(), 1, 2));
    n.b.ends(n.inputs, n.outputs);
    for (const bool then : {true, false}) {
        n.b.nextGraph();
        const int x = n.b.tensor({2, 3}), y = n.b.tensor({2, 3});
        if (then) n.b.op(wire::Kind_ADD, {x, n.b.floats({}, {1})}, {y}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
        else n.b.op(wire::Kind_ADD, {x, x}, {y}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
        n.b.ends({x}, {y});
    }
}

/// Rows, then columns, repeated, as Keras' UpSampling2D is written; shapes computed from the network's own.
void enlarged(Net& n) {
    const auto repeat = [&](int x, const Ints& shape, int axis, int times) {
        Ints wide = shape, tile(5, 1), large = shape;
        wide.insert(wide.begin() + axis + 1, 1);
        tile[static_cast<size_t>(axis) + 1] = times;
        large[static_cast<size_t>(axis)] *= times;
        const int apart = n.b.tensor(wide);
        wide[static_cast<size_t>(axis) + 1] = times;
        const int all = n.b.tensor(wide), y = n.b.tensor(large);
        n.b.op(wire::Kind_EXPAND_DIMS, {x, n.b.scalar(axis + 1)}, {apart});
        n.b.op(wire::Kind_TILE, {apart, n.b.ints(tile)}, {all});
        n.b.op(wire::Kind_RESHAPE, {all, n.b.ints({-1, large[1], large[2], large[3]})}, {y});
        return y;
    };
    const int rows = repeat(n.x, {1, 3, 4, 2}, 1, 3), both = repeat(rows, {1, 9, 4, 2}, 2, 2);
    n.b.op(wire::Kind_CONV_2D, {both, n.weight({3, 1, 1, 2}), n.weight({3})}, {n.out({1, 9, 8, 3})}, wire::Options_ConvOptions,
           wire::CreateConvOptions(n.fb(), wire::Border_VALID, 1, 1));
}

/// A sequence in two batches, each convolved without border, and put together again.
void dilatedSequence(Net& n) {
    const int parts = n.b.tensor({2, 6, 3}), wide = n.b.tensor({2, 1, 6, 3}), conv = n.b.tensor({2, 1, 4, 5}), narrow = n.b.tensor({2, 4, 5});
    n.b.op(wire::Kind_SPACE_TO_BATCH_ND, {n.x, n.b.ints({2}), n.b.constant<int32_t>({1, 2}, wire::Element_Int32, {2, 2})}, {parts});
    n.b.op(wire::Kind_EXPAND_DIMS, {parts, n.b.scalar(-3)}, {wide});
    n.b.op(wire::Kind_CONV_2D, {wide, n.weight({5, 1, 3, 3}), n.weight({5})}, {conv}, wire::Options_ConvOptions,
           wire::CreateConvOptions(n.fb(), wire::Border_VALID, 1, 1, wire::Activation_RELU));
    n.b.op(wire::Kind_RESHAPE, {conv, n.b.ints({-1, 4, 5})}, {narrow});
    n.b.op(wire::Kind_BATCH_TO_SPACE_ND, {narrow, n.b.ints({2}), n.b.constant<int32_t>({1, 2}, wire::Element_Int32, {0, 0})}, {n.out({1, 8, 5})});
}

void volumeTransposeConv(Net& n, wire::Border border, int stride, const Ints& out) {
    n.b.op(wire::Kind_CONV_3D_TRANSPOSE, {n.b.ints(out), n.weight({3, 2, 3, 4, 3}), n.x, n.weight({4})}, {n.out(out)}, wire::Options_VolumeOptions,
           wire::CreateVolumeOptions(n.fb(), border, stride, stride, stride));
}

} // namespace

void addControl(List& list) {
    list.add("loop over rows", {3, 1, 4}, [](Net& n) { loop(n, true); });
    list.add("loop to the last row", {3, 1, 4}, [](Net& n) { loop(n, false); });
    list.add("branch of a constant", {2, 3}, [](Net& n) { branches(n, true); });
    list.add("branch of a number", {2, 3}, [](Net& n) { branches(n, false); });
    list.add("enlarged by tiles", {1, 3, 4, 2}, enlarged);
    list.add("dilated sequence", {1, 8, 3}, dilatedSequence);
    list.add("conv 3d transpose same", {1, 3, 2, 4, 3}, [](Net& n) { volumeTransposeConv(n, wire::Border_SAME, 2, {1, 6, 4, 8, 4}); });
    list.add("conv 3d transpose valid", {1, 3, 2, 4, 3}, [](Net& n) { volumeTransposeConv(n, wire::Border_VALID, 1, {1, 5, 3, 6, 4}); });
    list.add("whole part, said by the tensors only", {2, 3}, [](Net& n) {
        const int scaled = n.b.tensor({2, 3}), whole = n.b.tensor({2, 3}, wire::Element_Int32);
        n.b.op(wire::Kind_ADD, {n.x, n.x}, {scaled}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
        n.b.op(wire::Kind_CAST, {scaled}, {whole});
        n.b.op(wire::Kind_CAST, {whole}, {n.out({2, 3})});
    });
    list.add("slopes one an element", {1, 3, 4, 2}, [](Net& n) {
        const int y = n.b.tensor({1, 3, 4, 2});
        n.b.op(wire::Kind_CONV_2D, {n.x, n.weight({2, 1, 1, 2}), n.weight({2})}, {y}, wire::Options_ConvOptions,
               wire::CreateConvOptions(n.fb(), wire::Border_VALID, 1, 1));
        n.b.op(wire::Kind_PRELU, {y, n.weight({3, 4, 2})}, {n.out({1, 3, 4, 2})});
    });
    list.add("slopes of rows", {2, 5, 3}, [](Net& n) { n.b.op(wire::Kind_PRELU, {n.x, n.weight({1, 3})}, {n.out({2, 5, 3})}); });
    list.add("quotients rounded down", {2, 3}, [](Net& n) { n.b.op(wire::Kind_FLOOR_DIV, {n.x, n.b.floats({3}, {0.7F, -1.3F, 2})}, {n.out({2, 3})}); });
    list.add("scattered rows", {2, 4}, [](Net& n) {
        n.b.op(wire::Kind_SCATTER_ND, {n.b.constant<int32_t>({2, 1}, wire::Element_Int32, {3, 1}), n.x, n.b.ints({5, 4})}, {n.out({5, 4})});
    });
    list.add("zeros like it", {2, 4}, [](Net& n) {
        const int zeros = n.b.tensor({2, 4});
        n.b.op(wire::Kind_ZEROS_LIKE, {n.x}, {zeros});
        n.b.op(wire::Kind_MAXIMUM, {n.x, zeros}, {n.out({2, 4})});
    });
    list.add("sequences reversed", {2, 5, 3}, [](Net& n) {
        n.b.op(wire::Kind_REVERSE_SEQUENCE, {n.x, n.b.ints({3, 4})}, {n.out({2, 5, 3})}, wire::Options_ReverseOptions, wire::CreateReverseOptions(n.fb(), 1, 0));
    });
    for (const int rank : {1, 2})
        list.add("svdf " + std::to_string(rank), {2, 3}, [=](Net& n) {
            n.b.op(wire::Kind_SVDF, {n.x, n.weight({4, 3}), n.weight({4, 5}), n.weight({4 / rank}), n.b.state({2, 20})}, {n.out({2, 4 / rank})},
                   wire::Options_MemoryOptions, wire::CreateMemoryOptions(n.fb(), rank, wire::Activation_RELU));
        });
    list.add("shape of a number", {2, 3}, [](Net& n) {
        const int all = n.b.tensor({1, 1}), number = n.b.tensor({});
        n.b.op(wire::Kind_SUM, {n.x, n.b.ints({0, 1})}, {all}, wire::Options_ReducerOptions, wire::CreateReducerOptions(n.fb(), true));
        n.b.op(wire::Kind_RESHAPE, {all, n.b.constant<int32_t>({0}, wire::Element_Int32, {})}, {number});
        n.b.op(wire::Kind_ADD, {n.x, number}, {n.out({2, 3})}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
    });
}

} // namespace wb::test
