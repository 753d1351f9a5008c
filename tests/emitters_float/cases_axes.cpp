// SPDX-License-Identifier: GPL-3.0-or-later
// Operators along axes, products of matrices, normalisations.
#include "tests/emitters_float/cases.h"

namespace wb::test {
namespace {

using E = ir::ElementType;

double step(E element) { return element == E::F16 ? 0x1p-10 : element == E::BF16 ? 0x1p-7 : 3e-6; }

void addSoftmax(std::vector<Case>& cases) {
    struct Row {
        ir::Shape shape;
        int64_t axis;
    };
    const Row rows[] = {{{1, 1000}, 1}, {{4, 7}, 1},       {{2, 4420, 2}, 2}, {{1, 21, 19, 13}, 1}, {{2, 3, 5, 7}, 2},
                        {{2, 3, 5, 7}, 3}, {{3, 5, 7}, 0}, {{1, 1, 1, 1}, 1}, {{2, 8, 130, 65}, 3}, {{1, 4, 70, 70}, 1},
                        {{130, 17}, 1},   {{1, 6000}, 1},   {{1, 197, 197}, 2}, {{2, 70, 3, 49}, 3}, {{1, 40, 2, 300}, 3}, {{2, 64, 16}, 2}};
    for (const Row& row : rows) {
        for (const E element : {E::F32, E::F16, E::BF16})
            for (const bool log : {false, true})
                cases.push_back({"Softmax " + ir::toText(row.shape) + " axis " + std::to_string(row.axis) + (log ? " log" : "") + "." + nameOf(element),
                                 [=] {
                                     OneNode node("tpu.Softmax");
                                     node.input(row.shape, element, 6);
                                     for (int i = 0; i < 5; ++i) node.absent();
                                     return node.set("axis", row.axis).set("beta", 1.0).set("log", log).result(row.shape, element);
                                 },
                                 log ? 3e-6 : 1e-6, step(element), {}});
        for (const E from : {E::Si8, E::Ui8})
            cases.push_back({"Softmax " + ir::toText(row.shape) + " axis " + std::to_string(row.axis) + "." + nameOf(from) + (from == E::Ui8 ? "u" : ""),
                             [=] {
                                 OneNode node("tpu.Softmax", 9);
                                 node.input(row.shape, from).quantised(0.03);
                                 node.powers(0.03);
                                 for (int i = 0; i < 4; ++i) node.absent();
                                 return node.set("axis", row.axis).set("beta", 1.0).set("log", false)
                                     .result(row.shape, from).quantised(row.shape[static_cast<size_t>(row.axis)] > 100 ? 3.1e-5 : 0.0023);
                             },
                             0, 0, {}});
    }
}

void addReductions(std::vector<Case>& cases) {
    struct Row {
        ir::Shape shape;
        std::vector<int64_t> axes;
        bool keep;
        ir::Shape result;
    };
    const Row rows[] = {{{2, 67, 7, 5}, {2, 3}, false, {2, 67}}, {{2, 67, 7, 5}, {2, 3}, true, {2, 67, 1, 1}},
                        {{2, 67, 7, 5}, {1}, true, {2, 1, 7, 5}}, {{2, 67, 7, 5}, {3}, false, {2, 67, 7}},
                        {{2, 67, 7, 5}, {0}, false, {67, 7, 5}},  {{3, 1, 5}, {0, 2}, false, {1}},
                        {{2, 3, 4, 5, 6}, {2, 3}, false, {2, 3, 6}}, {{1, 3000}, {-1}, false, {1}},
                        {{1, 5, 80, 90}, {1}, false, {1, 80, 90}}};
    for (const char* mode : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"})
        for (const Row& row : rows)
            for (const E element : {E::F32, E::F16, E::BF16}) {
                const std::string name = mode;
                const bool product = name == "ReduceProd";
                cases.push_back({name + " " + ir::toText(row.shape) + " " + ir::toText(row.axes) + "." + nameOf(element),
                                 [=] {
                                     OneNode node("tpu.Reduce");
                                     node.input(row.shape, element, product ? 0.05 : 1, product ? 1 : 0).absent().absent();
                                     return node.ints("axes", row.axes).set("keepdims", row.keep).set("mode", name).result(row.result, element);
                                 },
                                 name == "ReduceMean" ? 1e-6 : 2e-4, element == E::F32 ? 4e-6 : step(element), {}});
                if (name == "ReduceMax" || name == "ReduceMin") cases.back().absolute = cases.back().relative = 0;
            }
    for (const char* mode : {"ArgMax", "ArgMin"})
        for (const bool last : {false, true})
            for (const auto& [shape, axis, result] :
                 {std::tuple<ir::Shape, int64_t, ir::Shape>{{2, 67, 7, 5}, 1, {2, 1, 7, 5}}, {{3, 1000}, 1, {3, 1}}, {{2, 5, 130, 3}, 2, {2, 5, 1, 3}}})
                cases.push_back({std::string(mode) + (last ? " last " : " ") + ir::toText(shape),
                                 [=, shape = shape, axis = axis, result = result, name = std::string(mode)] {
                                     return OneNode("tpu.Arg").repetitive(shape).set("axis", axis).set("keepdims", true)
                                         .set("mode", name).set("select_last_index", last).result(result, E::F32);
                                 },
                                 0, 0, {}});
}

void addProducts(std::vector<Case>& cases) {
    struct Row {
        const char* name;
        ir::Shape left, right, result;
        bool leftTransposed, rightTransposed, constant, bias;
    };
    const Row rows[] = {
        {"classifier", {1, 131}, {131, 67}, {1, 67}, false, false, true, true},
        {"classifier transposed", {4, 67}, {10, 67}, {4, 10}, false, true, true, true},
        {"square", {37, 41}, {41, 43}, {37, 43}, false, false, false, false},
        {"constant", {37, 41}, {41, 43}, {37, 43}, false, false, true, true},
        {"tall", {3, 50, 70}, {70, 5}, {3, 50, 5}, false, false, true, true},
        {"rows in lanes", {2, 131, 70}, {70, 52}, {2, 131, 52}, false, false, true, true},
        {"matrices of rows in lanes", {2, 70, 40}, {2, 40, 33}, {2, 70, 33}, false, false, true, true},
        {"matrices of one row", {2, 1, 64}, {2, 256, 64}, {2, 1, 256}, false, true, true, false},
        {"rows in lanes transposed", {1, 64, 96}, {200, 96}, {1, 64, 200}, false, true, true, false},
        {"batches", {2, 3, 17, 33}, {2, 3, 33, 19}, {2, 3, 17, 19}, false, false, false, false},
        {"batches transposed", {2, 3, 17, 33}, {2, 3, 19, 33}, {2, 3, 17, 19}, false, true, false, false},
        {"batches repeated", {2, 1, 17, 33}, {3, 33, 19}, {2, 3, 17, 19}, false, false, false, true},
        {"left transposed", {33, 17}, {33, 19}, {17, 19}, true, false, false, false},
        {"large", {70, 100}, {100, 8300}, {70, 8300}, false, false, false, true},
        {"one", {1, 1}, {1, 1}, {1, 1}, false, false, false, false},
    };
    for (const Row& row : rows)
        for (const E element : {E::F32, E::F16, E::BF16, E::Si8}) {
            const bool codes = element == E::Si8;
            if (codes && row.leftTransposed) continue; // its integer model has no such form
            if (codes && row.left.size() == 4 && row.left[1] != row.right[row.right.size() == 4 ? 1 : 0]) continue;
            for (const bool relu : {false, true})
                cases.push_back({std::string("MatMul ") + row.name + (relu ? " relu" : "") + "." + nameOf(element),
                                 [=] {
                                     OneNode node("tpu.MatMul");
                                     node.input(row.left, element);
                                     row.constant ? node.weight(row.right, element) : node.input(row.right, element);
                                     if (row.bias && !(codes && !row.constant))
                                         node.weight({1, row.result.back()}, codes ? E::I32 : element, codes ? 1000 : 1);
                                     else
                                         node.absent();
                                     node.absent().absent().set("left_transpose", row.leftTransposed)
                                         .set("right_transpose", row.rightTransposed).set("do_relu", relu).set("relu_limit", -1.0);
                                     if (codes) node.ints("multipliers", {1234567891}).ints("rshifts", {42});
                                     return node.result(row.result, element);
                                 },
                                 codes ? 0 : 1e-7 * static_cast<double>(row.left.back()) + 1e-6, codes ? 0 : step(element), {}});
        }
}

void addNorms(std::vector<Case>& cases) {
    const auto add = [&](std::string name, E element, std::function<OneNode()> make, Placement placement = {}) {
        cases.push_back({name + "." + nameOf(element) + (placement.grown ? ".cut" : ""), std::move(make), 6e-6, step(element), placement});
    };
    for (const E element : {E::F32, E::BF16}) {
        for (const ir::Shape& shape : {ir::Shape{2, 67, 33}, ir::Shape{1, 5, 130}, ir::Shape{300, 7}, ir::Shape{1, 197, 192}, ir::Shape{2, 40, 3, 270}})
            for (const bool parameters : {false, true})
                add("LayerNorm " + ir::toText(shape) + (parameters ? "" : " plain"), element, [=] {
                    OneNode node("tpu.LayerNorm");
                    node.input(shape, element, 3, 1);
                    const ir::Shape last{shape.back()};
                    parameters ? node.weight(last, element).weight(last, element) : node.absent().absent();
                    return node.set("axis", static_cast<int64_t>(shape.size()) - 1).set("eps", 1e-5).result(shape, element);
                });
        add("InstanceNorm", element, [=] {
            return OneNode("tpu.InstanceNorm").input({2, 67, 9, 7}, element, 3, 1).weight({1, 67, 1, 1}, element).weight({1, 67, 1, 1}, element)
                .absent().absent().set("eps", 1e-5).result({2, 67, 9, 7}, element);
        });
        // Rows that no lane holds: all lanes share one.
        for (const int64_t width : {int64_t{25536}, int64_t{21010}})
            add("LayerNorm of long rows " + std::to_string(width), element, [=] {
                return OneNode("tpu.LayerNorm").input({2, width}, element, 3, 1).weight({width}, element).weight({width}, element)
                    .set("axis", int64_t{1}).set("eps", 1e-5).result({2, width}, element);
            });
        add("InstanceNorm of large pictures", element, [=] {
            return OneNode("tpu.InstanceNorm").input({2, 3, 168, 152}, element, 3, 1).weight({1, 3, 1, 1}, element).weight({1, 3, 1, 1}, element)
                .absent().absent().set("eps", 1e-5).result({2, 3, 168, 152}, element);
        });
        add("GroupNorm of large pictures", element, [=] {
            return OneNode("tpu.GroupNorm").input({1, 4, 100, 144}, element, 3, 1).weight({1, 4, 1, 1}, element).weight({1, 4, 1, 1}, element)
                .set("num_groups", int64_t{2}).set("eps", 1e-5).result({1, 4, 100, 144}, element);
        });
        for (const int64_t channels : {int64_t{64}, int64_t{130}})
            for (const bool parameters : {false, true})
                add("GroupNorm of one group " + std::to_string(channels) + (parameters ? "" : " plain"), element, [=] {
                    OneNode node("tpu.GroupNorm");
                    node.input({2, channels, 9, 21}, element, 3, 1);
                    const ir::Shape each{1, channels, 1, 1};
                    parameters ? node.weight(each, element).weight(each, element) : node.absent().absent();
                    return node.set("num_groups", int64_t{1}).set("eps", 1e-5).result({2, channels, 9, 21}, element);
                });
        add("GroupNorm", element, [=] {
            return OneNode("tpu.GroupNorm").input({2, 68, 5, 7}, element, 3, 1).weight({1, 68, 1, 1}, element).weight({1, 68, 1, 1}, element)
                .set("num_groups", int64_t{17}).set("eps", 1e-5).result({2, 68, 5, 7}, element);
        });
    }
    for (const Placement placement : {Placement{}, Placement{64, 2, 1, true, false}}) {
        add("BatchNorm", E::F32, [] {
            OneNode node("tpu.BatchNorm");
            node.input({2, 67, 5, 7}, E::F32, 3);
            for (int i = 0; i < 4; ++i) node.weight({67}, E::F32, 0.5, 1);
            return node.set("epsilon", 1e-5).result({2, 67, 5, 7}, E::F32);
        }, placement);
        for (const double beta : {0.75, 0.5})
            add("LRN " + std::to_string(beta), E::F32, [=] {
                return OneNode("tpu.LRN").input({2, 67, 5, 7}, E::F32, 30).absent().absent().set("size", int64_t{5}).set("alpha", 0.01)
                    .set("beta", beta).set("bias", 1.0).result({2, 67, 5, 7}, E::F32);
            }, placement);
    }
}

/// Whole numbers from below the axis to beyond it.
ir::Tensor indicesAround(int64_t size, const ir::Shape& shape) {
    ir::Tensor t(E::F32, shape);
    for (int64_t i = 0; i < t.elementCount(); ++i)
        t.mutableData<float>()[i] = static_cast<float>(i * 7 % (2 * size + 5) - size - 2);
    return t;
}

/// Rows picked by indices that are known at run time only; parts of a concatenation that are known before.
void addPicks(std::vector<Case>& cases) {
    struct Row {
        ir::Shape table;
        int64_t axis;
        ir::Shape indices, result;
        bool constant;
    };
    const Row rows[] = {{{200, 32}, 0, {1, 16}, {1, 16, 32}, true},     {{200, 32}, 0, {1, 16}, {1, 16, 32}, false},
                        {{3, 7, 5}, 1, {4}, {3, 4, 5}, true},           {{2, 9, 4, 3}, 2, {2, 3}, {2, 9, 2, 3, 3}, false},
                        {{5, 11}, 1, {9000}, {5, 9000}, true},          {{40000, 2}, 0, {33}, {33, 2}, true},
                        {{1, 1}, 0, {1}, {1, 1}, true}};
    for (const Row& row : rows)
        for (const E element : {E::F32, E::F16, E::Si8})
            cases.push_back({"Gather " + ir::toText(row.table) + " axis " + std::to_string(row.axis) + " of " + ir::toText(row.indices) +
                                 (row.constant ? "" : " computed") + "." + nameOf(element),
                             [=] {
                                 OneNode node("tpu.Gather");
                                 row.constant ? node.weight(row.table, element) : node.input(row.table, element);
                                 node.input(indicesAround(row.table[static_cast<size_t>(row.axis)], row.indices)).absent();
                                 return node.set("axis", row.axis).set("keepdims", true).result(row.result, element);
                             },
                             0, 0, {}});
    for (const E element : {E::F32, E::F16})
        for (const int64_t axis : {int64_t{1}, int64_t{2}}) {
            const ir::Shape fixed = axis == 1 ? ir::Shape{2, 1, 6} : ir::Shape{2, 5, 1};
            cases.push_back({"Concat with a constant, axis " + std::to_string(axis) + "." + nameOf(element),
                             [=] {
                                 OneNode node("tpu.Concat");
                                 node.weight(fixed, element).input({2, 5, 6}, element).weight(fixed, element);
                                 return node.set("axis", axis).set("do_relu", false)
                                     .result(axis == 1 ? ir::Shape{2, 7, 6} : ir::Shape{2, 5, 8}, element);
                             },
                             0, 0, {}});
        }
    for (const char* rounding : {"TowardsZero", "HalfAwayFromZero"})
        cases.push_back({std::string("Cast to whole numbers ") + rounding,
                         [=] {
                             return OneNode("tpu.Cast").input({2, 67, 5, 7}, E::F32, 9)
                                 .set("round_mode", ir::Attribute(ir::EnumAttr{"tpu", "round_mode", rounding}))
                                 .set("with_scale", true).result({2, 67, 5, 7}, E::I32);
                         },
                         0, 0, {}});
    cases.push_back({"Cast from whole numbers",
                     [] {
                         return OneNode("tpu.Cast").input({2, 67, 5, 7}, E::I32, 100000).set("with_scale", true).result({2, 67, 5, 7}, E::F32);
                     },
                     0, 0, {}});
}

} // namespace

std::vector<Case> axisCases() {
    std::vector<Case> cases;
    addSoftmax(cases);
    addReductions(cases);
    addProducts(cases);
    addNorms(cases);
    addPicks(cases);
    return cases;
}

} // namespace wb::test
