// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions, transposed convolutions and pools.
#include "tests/emitters_float/cases.h"

namespace wb::test {
namespace {

using E = ir::ElementType;

struct Window {
    const char* name;
    int64_t n, ic, h, w, oc, kh, kw, sy, sx, top, left, bottom, right, dy, dx, group;
    bool bias, relu;
};

constexpr Window kConvs[] = {
    {"1x1", 1, 3, 5, 7, 5, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, true, false},
    {"1x1 of a pixel", 4, 130, 1, 1, 67, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, true, true},
    {"3x3", 2, 67, 11, 13, 71, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, true, true},
    {"3x3 without bias", 1, 7, 11, 13, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, false, false},
    {"5x3 stride 2x3", 1, 5, 17, 19, 9, 5, 3, 2, 3, 2, 1, 1, 0, 1, 1, 1, true, false},
    {"dilated", 1, 5, 17, 19, 9, 3, 3, 1, 1, 2, 3, 2, 3, 2, 3, 1, true, false},
    {"asymmetric pads", 1, 3, 9, 10, 4, 3, 3, 2, 2, 0, 0, 1, 1, 1, 1, 1, true, true},
    {"one column", 2, 65, 23, 1, 3, 5, 1, 2, 1, 2, 0, 2, 0, 1, 1, 1, true, false},
    {"grouped", 2, 12, 7, 9, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3, true, true},
    {"grouped, many", 1, 140, 5, 6, 210, 3, 1, 1, 1, 1, 0, 1, 0, 1, 1, 7, true, false},
    {"depthwise", 2, 67, 11, 13, 67, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 67, true, true},
    {"depthwise stride 2", 1, 130, 12, 9, 130, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 130, false, false},
    {"depthwise 5x5 dilated", 1, 5, 19, 17, 5, 5, 5, 1, 1, 4, 4, 4, 4, 2, 2, 5, true, false},
    {"depthwise multiplier", 1, 6, 9, 8, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6, true, false},
};

constexpr Window kDeconvs[] = { // h, w are the operand's
    {"2x2 stride 2", 1, 7, 5, 6, 9, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, true, true},
    {"3x3 stride 2", 2, 67, 5, 7, 65, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, true, false},
    {"4x4 stride 2", 1, 5, 6, 5, 3, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 1, false, false},
    {"3x5 stride 3x1", 1, 5, 6, 5, 3, 3, 5, 3, 1, 0, 2, 0, 2, 1, 1, 1, true, false},
    {"depthwise", 1, 70, 6, 5, 70, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 70, true, false},
    {"grouped", 1, 6, 6, 5, 8, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 2, true, false},
};

/// Sums of k products of numbers below 1 (factors of std 0.58² / 3), in any order: float32 keeps 2^-24·k^½ of each, F16
/// and BF16 one rounding of the result, which sums of other order can turn.
void tolerate(Case& c, E element, double terms) {
    c.absolute = 1e-7 * terms + 1e-6;
    c.relative = element == E::F16 ? 0x1p-10 : element == E::BF16 ? 0x1p-7 : 2e-6;
}

void common(OneNode& node, const Window& w) {
    node.ints("kernel_shape", {w.kh, w.kw}).ints("strides", {w.sy, w.sx}).ints("pads", {w.top, w.left, w.bottom, w.right});
    node.ints("dilations", {w.dy, w.dx}).set("group", w.group).set("do_relu", w.relu).set("relu_limit", -1.0);
}

constexpr Placement kPlacements[] = {{}, {64, 2, 1, true, false}, {64, 0, 0, false, false}, {0, 3, 0, true, false}};

void add(std::vector<Case>& cases, const std::string& name, E element, double terms, std::function<OneNode()> make) {
    for (size_t i = 0; i < std::size(kPlacements); ++i) {
        Case c{name + "." + nameOf(element) + (i == 0 ? "" : ".cut" + std::to_string(i)), make, 0, 0, kPlacements[i]};
        tolerate(c, element, terms);
        cases.push_back(std::move(c));
    }
}

constexpr Window kPools[] = {
    {"2x2 stride 2", 2, 67, 12, 14, 0, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, false, false},
    {"3x3 stride 2", 1, 65, 13, 15, 0, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, false, true},
    {"5x5", 1, 3, 13, 13, 0, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1, false, false},
    {"13x13", 1, 3, 13, 11, 0, 13, 13, 1, 1, 6, 6, 6, 6, 1, 1, 1, false, false},
    {"whole", 4, 131, 7, 7, 0, 7, 7, 1, 1, 0, 0, 0, 0, 1, 1, 1, false, false},
    {"3x2 uneven", 2, 5, 11, 13, 0, 3, 2, 2, 1, 0, 0, 1, 1, 1, 1, 1, false, false},
    {"one pixel", 1, 70, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, false, false},
    {"wide", 1, 2, 3, 500, 0, 1, 500, 1, 1, 0, 0, 0, 0, 1, 1, 1, false, false},
};

} // namespace

std::vector<Case> convCases() {
    std::vector<Case> cases;
    for (const E element : {E::F32, E::F16, E::BF16}) {
        for (const Window& w : kConvs)
            add(cases, std::string("Conv ") + w.name, element, static_cast<double>(w.ic / w.group * w.kh * w.kw), [=] {
                OneNode node("tpu.Conv2D");
                node.input({w.n, w.ic, w.h, w.w}, element).weight({w.oc, w.ic / w.group, w.kh, w.kw}, element);
                w.bias ? node.weight({1, w.oc, 1, 1}, E::F32) : node.absent();
                common(node, w);
                const int64_t oh = (w.h + w.top + w.bottom - (w.kh - 1) * w.dy - 1) / w.sy + 1;
                const int64_t ow = (w.w + w.left + w.right - (w.kw - 1) * w.dx - 1) / w.sx + 1;
                return node.result({w.n, w.oc, oh, ow}, element);
            });
        for (const Window& w : kDeconvs)
            for (const int64_t extra : {0, 1}) {
                if (extra >= w.sy || extra >= w.sx) continue;
                add(cases, std::string("Deconv ") + w.name + (extra ? " padded" : ""), element,
                    static_cast<double>(w.ic / w.group * w.kh * w.kw), [=] {
                        OneNode node("tpu.Deconv");
                        node.input({w.n, w.ic, w.h, w.w}, element).weight({w.oc / w.group, w.ic, w.kh, w.kw}, element);
                        w.bias ? node.weight({1, w.oc, 1, 1}, E::F32) : node.absent();
                        common(node, w);
                        node.ints("output_padding", {extra, extra});
                        const int64_t oh = (w.h - 1) * w.sy + w.kh + extra - w.top - w.bottom;
                        const int64_t ow = (w.w - 1) * w.sx + w.kw + extra - w.left - w.right;
                        return node.result({w.n, w.oc, oh, ow}, element);
                    });
            }
        add(cases, "Conv of a sequence", element, 15, [=] {
            OneNode node("tpu.Conv2D");
            node.input({2, 5, 29}, element).weight({7, 5, 3}, element).weight({1, 7, 1}, E::F32);
            node.ints("kernel_shape", {3}).ints("strides", {2}).ints("pads", {1, 1}).ints("dilations", {1}).set("group", 1);
            return node.result({2, 7, 15}, element);
        });
        add(cases, "Scale", element, 1, [=] {
            return OneNode("tpu.Scale").input({2, 67, 2, 3, 5}, element).weight({67}, element).weight({67}, element)
                .set("do_relu", true).set("relu_limit", -1.0).result({2, 67, 2, 3, 5}, element);
        });
    }
    return cases;
}

std::vector<Case> poolCases() {
    std::vector<Case> cases;
    for (const E element : {E::F32, E::F16, E::BF16})
        for (const Window& w : kPools)
            for (const char* mode : {"Max", "Avg", "Avg counting"}) {
                const size_t first = cases.size();
                add(cases, std::string("Pool ") + mode + " " + w.name, element, static_cast<double>(w.kh * w.kw) / 10, [=] {
                    OneNode node("tpu.Pool2D");
                    node.input({w.n, w.ic, w.h, w.w}, element);
                    common(node, w);
                    node.set("pool_mode", ir::Attribute(ir::EnumAttr{"tpu", "pool_mode", mode[0] == 'M' ? "Max" : "Avg"}));
                    node.set("count_include_pad", std::string(mode) == "Avg counting");
                    return node.result({w.n, w.ic, (w.h + w.top + w.bottom - w.kh) / w.sy + 1,
                                        (w.w + w.left + w.right - w.kw) / w.sx + 1}, element);
                });
                for (size_t i = first; i < cases.size() && mode[0] == 'M'; ++i) // moves numbers
                    cases[i].absolute = cases[i].relative = 0;
            }
    return cases;
}

} // namespace wb::test
