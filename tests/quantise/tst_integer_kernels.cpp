// SPDX-License-Identifier: GPL-3.0-or-later
// The fast convolution of codes against its definition, over odd sizes, groups, strides, dilations,
// both layouts, both signs, with and without ReLU and table.
#include "compiler/kernels/s8_conv_fast.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cstring>

using namespace wb;
using kernels::S8Conv;
using kernels::S8ConvShape;

namespace {

struct Case {
    S8ConvShape shape;
    bool inSigned, weightsSigned, outSigned, relu, table;
    int32_t zero;
    int form = 0; ///< 1: in float32, 2: of two pairs, 3: with lines
};

int64_t outSize(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                int64_t after) {
    return (in + before + after - (kernel - 1) * dilation - 1) / stride + 1;
}

Case randomCase(test::Random& random) {
    Case c{};
    auto& s = c.shape;
    const auto pick = [&](int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random.below(static_cast<uint64_t>(high - low + 1)));
    };
    do {
        const int kind = static_cast<int>(random.below(3)); // plain, depthwise, groups
        s.batch = pick(1, 2);
        s.groups = kind == 0 ? 1 : pick(2, kind == 1 ? 37 : 4);
        s.inChannels = kind == 1 ? s.groups : s.groups * pick(1, kind == 0 ? 40 : 9);
        s.outChannels = kind == 1 ? s.groups : s.groups * pick(1, kind == 0 ? 40 : 21);
        for (size_t i = 0; i < 2; ++i) {
            s.in[i] = pick(1, 17);
            s.kernel[i] = pick(1, 5);
            s.stride[i] = pick(1, 3);
            s.dilation[i] = pick(1, 3);
            s.pad[i] = pick(0, 3);
            s.out[i] =
                outSize(s.in[i], s.kernel[i], s.stride[i], s.dilation[i], s.pad[i], pick(0, 3));
        }
    } while (s.out[0] < 1 || s.out[1] < 1);
    c.inSigned = random.below(2) != 0;
    c.weightsSigned = random.below(4) != 0;
    c.outSigned = random.below(2) != 0;
    c.relu = random.below(2) != 0;
    c.table = random.below(2) != 0;
    if (random.below(2) != 0) { // zero points
        s.border = static_cast<int32_t>(random.below(256)) - (c.inSigned ? 128 : 0);
        c.zero = static_cast<int32_t>(random.below(256)) - (c.outSigned ? 128 : 0);
    }
    c.form = std::max(0, static_cast<int>(random.below(6)) - 2);
    return c;
}

/// What sums become in float32, of random numbers.
std::shared_ptr<const kernels::SumForm> randomForm(const Case& c, test::Random& random) {
    using Line = kernels::SumForm::Line;
    kernels::SumForm form;
    form.outSigned = c.outSigned;
    form.least = c.outSigned ? -128 : 0;
    form.greatest = form.least + 255;
    if (c.relu) form.least = std::max(form.least, static_cast<float>(c.zero));
    const float wide = c.form == 3 ? 200 : 1;
    for (int64_t o = 0; o < c.shape.outChannels * (c.form == 2 ? 2 : 1); ++o) {
        form.scales.push_back(wide * random.real(-0.002F, 0.01F));
        form.offsets.push_back(wide * random.real(-50, 150));
    }
    for (int i = 0; c.form == 3 && i < 8; ++i)
        form.lines.push_back({random.real(-0.001F, 0.01F), random.real(-60, 60),
                              i < 2   ? Line::Left
                              : i < 4 ? Line::Right
                              : i < 6 ? Line::UnderLeft
                                      : i < 7 ? Line::UnderRight
                                              : Line::Middle});
    return std::make_shared<const kernels::SumForm>(form);
}

/// NCHW to NHWC.
std::vector<std::byte> turned(const std::vector<std::byte>& in, int64_t batch, int64_t channels,
                              int64_t pixels) {
    std::vector<std::byte> out(in.size());
    for (int64_t n = 0; n < batch; ++n)
        for (int64_t c = 0; c < channels; ++c)
            for (int64_t p = 0; p < pixels; ++p)
                out[static_cast<size_t>((n * pixels + p) * channels + c)] =
                    in[static_cast<size_t>((n * channels + c) * pixels + p)];
    return out;
}

} // namespace

class TestIntegerKernels : public QObject {
    Q_OBJECT

private slots:
    void fastConvolutionEqualsDefinition();
    void refusesWhatCouldOverflow();
};

void TestIntegerKernels::fastConvolutionEqualsDefinition() {
    constexpr uint64_t kSeed = 1684;
    qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
    test::Random random(kSeed);
    int compared = 0;
    for (int round = 0; round < 400; ++round) {
        const Case c = randomCase(random);
        const auto& s = c.shape;
        const int64_t inPixels = s.in[0] * s.in[1], outPixels = s.out[0] * s.out[1];
        std::vector<std::byte> in(static_cast<size_t>(s.batch * s.inChannels * inPixels));
        for (auto& byte : in)
            byte = static_cast<std::byte>(random.next());
        std::vector<int8_t> weights(static_cast<size_t>(s.outChannels * (s.inChannels / s.groups) *
                                                        s.kernel[0] * s.kernel[1]));
        for (auto& w : weights)
            w = static_cast<int8_t>(random.next());
        kernels::S8Requant requant;
        requant.outSigned = c.outSigned;
        requant.relu = c.relu;
        requant.zero = c.zero;
        for (int64_t o = 0; o < s.outChannels; ++o) {
            requant.bias.push_back(static_cast<int32_t>(random.below(20001)) - 10000);
            requant.multipliers.push_back(static_cast<int32_t>(1 + random.below(1 << 22)));
            requant.shifts.push_back(static_cast<int32_t>(24 + random.below(9)));
        }
        if (c.form != 0) requant.form = randomForm(c, random);
        std::optional<std::array<uint8_t, 256>> table;
        if (c.table) {
            table.emplace();
            for (auto& code : *table)
                code = static_cast<uint8_t>(random.next());
        }
        std::vector<std::byte> expected(static_cast<size_t>(s.batch * s.outChannels * outPixels));
        kernels::s8ConvScalar(s, in.data(), c.inSigned, weights.data(), c.weightsSigned, requant,
                              expected.data(), {});
        if (table)
            for (auto& byte : expected)
                byte = static_cast<std::byte>((*table)[static_cast<size_t>(byte)]);
        const auto fast =
            S8Conv::create(s, c.inSigned, weights.data(), c.weightsSigned, requant, table);
        QVERIFY2(fast != nullptr, "the numbers of this test fit 32 bits");
        const auto inTurned = turned(in, s.batch, s.inChannels, inPixels);
        const auto expectedTurned = turned(expected, s.batch, s.outChannels, outPixels);
        for (int layouts = 0; layouts < 4; ++layouts) {
            const bool inPlain = (layouts & 1) != 0, outPlain = (layouts & 2) != 0;
            std::vector<std::byte> got(expected.size());
            fast->run({inPlain ? in.data() : inTurned.data(), inPlain, got.data(), outPlain},
                      {1 + layouts % 3, nullptr});
            QVERIFY2(got == (outPlain ? expected : expectedTurned),
                     qPrintable(QString("round %1 layouts %2 in %3x%4x%5 out %6 groups %7")
                                    .arg(round)
                                    .arg(layouts)
                                    .arg(s.inChannels)
                                    .arg(s.in[0])
                                    .arg(s.in[1])
                                    .arg(s.outChannels)
                                    .arg(s.groups)));
            ++compared;
        }
    }
    QCOMPARE(compared, 1600);
}

void TestIntegerKernels::refusesWhatCouldOverflow() {
    S8ConvShape s;
    const int8_t weight = 127;
    kernels::S8Requant requant;
    requant.multipliers = {1 << 30};
    requant.shifts = {1};
    QVERIFY(S8Conv::create(s, true, &weight, true, requant, {}) == nullptr);
    requant.shifts = {40};
    QVERIFY(S8Conv::create(s, true, &weight, true, requant, {}) == nullptr);
    requant.shifts = {30};
    QVERIFY(S8Conv::create(s, true, &weight, true, requant, {}) != nullptr);
}

QTEST_APPLESS_MAIN(TestIntegerKernels)
#include "tst_integer_kernels.moc"
