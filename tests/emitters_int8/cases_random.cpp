// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_int8/cases.h"

namespace wb::test {
namespace {

int64_t between(Random& random, int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random.below(static_cast<uint64_t>(high - low + 1)));
}

/// Channel counts around the number of lanes are as likely as all others together.
int64_t channels(Random& random) {
    static constexpr int64_t kEdges[] = {1, 2, 3, 63, 64, 65, 127, 128, 129, 130};
    return random.below(2) == 0 ? kEdges[random.below(10)] : between(random, 1, 200);
}

ConvShape randomConv(Random& random, bool transposed) {
    for (;;) {
        ConvShape s;
        s.n = between(random, 1, 3);
        s.ic = channels(random);
        s.oc = channels(random);
        const auto kind = random.below(4);
        if (kind == 0) s.groups = s.oc = s.ic;
        if (kind == 1 && !transposed) {
            s.groups = between(random, 2, 20);
            s.ic = s.groups * between(random, 1, 12);
            s.oc = s.groups * between(random, 1, 12);
        }
        s.h = between(random, 1, 30);
        s.w = between(random, 1, 30);
        s.kh = between(random, 1, 6);
        s.kw = between(random, 1, 6);
        s.sy = between(random, 1, random.below(4) == 0 ? 15 : 3);
        s.sx = between(random, 1, random.below(4) == 0 ? 15 : 3);
        s.dy = between(random, 1, random.below(3) == 0 ? 4 : 1);
        s.dx = between(random, 1, random.below(3) == 0 ? 4 : 1);
        for (auto& pad : s.pads) pad = between(random, 0, random.below(4) == 0 ? 15 : 2);
        s.inSigned = random.below(2) == 0;
        s.filterSigned = random.below(4) != 0;
        s.outSigned = random.below(2) == 0;
        s.relu = random.below(2) == 0;
        s.bias = random.below(4) != 0;
        const int64_t high = (s.kh - 1) * s.dy + 1, wide = (s.kw - 1) * s.dx + 1;
        if (transposed) {
            if (s.pads[0] >= high || s.pads[2] >= high || s.pads[1] >= wide || s.pads[3] >= wide) continue;
            if ((s.h - 1) * s.sy + high <= s.pads[0] + s.pads[2] || (s.w - 1) * s.sx + wide <= s.pads[1] + s.pads[3])
                continue;
        } else if (s.h + s.pads[0] + s.pads[2] < high || s.w + s.pads[1] + s.pads[3] < wide) {
            continue;
        }
        return s;
    }
}

PoolShape randomPool(Random& random) {
    for (;;) {
        PoolShape s;
        s.n = between(random, 1, 3);
        s.c = channels(random);
        s.h = between(random, 1, 40);
        s.w = between(random, 1, 40);
        s.kh = between(random, 1, 9);
        s.kw = between(random, 1, 9);
        s.sy = between(random, 1, random.below(4) == 0 ? 15 : 3);
        s.sx = between(random, 1, random.below(4) == 0 ? 15 : 3);
        for (size_t i = 0; i < 4; ++i) s.pads[i] = between(random, 0, (i % 2 == 0 ? s.kh : s.kw) - 1);
        s.maximum = random.below(2) == 0;
        s.countPadding = random.below(2) == 0;
        s.inSigned = random.below(2) == 0;
        s.outSigned = s.maximum ? s.inSigned : random.below(2) == 0;
        s.relu = random.below(3) == 0;
        if (s.h + s.pads[0] + s.pads[2] >= s.kh && s.w + s.pads[1] + s.pads[3] >= s.kw) return s;
    }
}

ir::Shape randomShape(Random& random) {
    return {between(random, 1, 3), channels(random), between(random, 1, 20), between(random, 1, 20)};
}

ir::Shape sometimesOne(ir::Shape shape, Random& random) {
    for (auto& size : shape)
        if (random.below(5) == 0) size = 1;
    return shape;
}

} // namespace

Case randomCase(uint64_t index) {
    Random r(index * 7919 + 1);
    Cutting cutting;
    cutting.n = between(r, 0, 2);
    cutting.c = r.below(2) == 0 ? 64 : 0;
    cutting.h = r.below(2) == 0 ? between(r, 1, 9) : 0;
    cutting.grown = r.below(2) == 0;
    cutting.inPlace = r.below(2) == 0;
    cutting.loose = r.below(2) == 0;
    Case made{"random " + std::to_string(index), {}, {cutting}, true};
    const auto kind = r.below(10);
    const bool a = r.below(2) == 0, b = r.below(2) == 0, out = r.below(2) == 0;
    if (kind < 4) {
        made.make = [s = randomConv(r, false)](Random& random) { return makeConv(s, random); };
    } else if (kind == 4) {
        made.make = [s = randomConv(r, true)](Random& random) { return makeDeconv(s, random); };
    } else if (kind < 7) {
        made.make = [s = randomPool(r)](Random& random) { return makePool(s, random); };
    } else if (kind == 7) {
        static constexpr const char* kOps[] = {"tpu.Lut", "tpu.LeakyRelu", "tpu.Relu", "tpu.Active", "tpu.MulShift",
                                               "tpu.AddConst", "tpu.MaxConst", "tpu.MinConst", "tpu.PReluOp"};
        const std::string op = kOps[r.below(9)];
        made.make = [=, s = randomShape(r)](Random& random) { return makeFunction(op, s, a, out, random); };
    } else if (kind == 8) {
        static constexpr ir::ElementType kNumbers[] = {ir::ElementType::F32, ir::ElementType::F16, ir::ElementType::BF16};
        const auto number = kNumbers[r.below(3)], code = codeElement(a);
        const int64_t zero = r.below(2) == 0 ? 0 : a ? between(r, -128, 127) : between(r, 0, 255);
        made.make = [=, s = randomShape(r)](Random& random) {
            return b ? makeCast(s, number, code, zero, random) : makeCast(s, code, number, zero, random);
        };
    } else {
        static constexpr const char* kOps[] = {"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Max", "tpu.Min"};
        const std::string op = kOps[r.below(5)];
        const auto s = randomShape(r);
        const auto constants = static_cast<uint32_t>(r.below(3));
        const auto left = sometimesOne(s, r), right = sometimesOne(s, r);
        auto whole = s;
        for (size_t i = 0; i < 4; ++i) whole[i] = std::max(left[i], right[i]);
        made.make = [=](Random& random) { return makeBinary(op, {left, right}, {a, b}, constants, whole, out, random); };
    }
    return made;
}

} // namespace wb::test
