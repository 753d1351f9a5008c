// SPDX-License-Identifier: GPL-3.0-or-later
// Every fast float kernel against its plain twin, over sizes that do not suit it: one channel, a lane more
// or less, pads on one side only, strides wider than the kernel, dilation, groups across blocks.
#include "compiler/kernels/f32_conv.h"
#include "compiler/kernels/f32_gemm.h"
#include "compiler/kernels/f32_pool.h"
#include "compiler/kernels/transpose.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <random>

using namespace wb::kernels;

namespace {

constexpr unsigned kSeed = 20240611;

class Random {
public:
    explicit Random(unsigned salt) : m_engine(kSeed + salt) {}
    int64_t pick(std::initializer_list<int64_t> from) {
        return *(from.begin() + static_cast<ptrdiff_t>(m_engine() % from.size()));
    }
    std::vector<float> floats(int64_t count, float low = -1, float high = 1) {
        std::uniform_real_distribution<float> spread(low, high);
        std::vector<float> values(static_cast<size_t>(count));
        for (float& v : values)
            v = spread(m_engine);
        return values;
    }

private:
    std::mt19937 m_engine;
};

std::vector<float> toBlocked(const std::vector<float>& plain, int64_t n, int64_t channels, int64_t pixels) {
    const int64_t block = convBlock();
    const int64_t blocks = (channels + block - 1) / block;
    // Unused lanes are poisoned: a kernel that reads them cannot pass.
    std::vector<float> out(static_cast<size_t>(n * blocks * block * pixels), std::nanf(""));
    for (int64_t i = 0; i < n * channels; ++i)
        for (int64_t p = 0; p < pixels; ++p) {
            const int64_t c = i % channels;
            out[static_cast<size_t>(((i / channels * blocks + c / block) * pixels + p) * block + c % block)] =
                plain[static_cast<size_t>(i * pixels + p)];
        }
    return out;
}

std::vector<float> fromBlocked(const std::vector<float>& blocked, int64_t n, int64_t channels, int64_t pixels) {
    const int64_t block = convBlock();
    const int64_t blocks = (channels + block - 1) / block;
    std::vector<float> out(static_cast<size_t>(n * channels * pixels));
    for (int64_t i = 0; i < n * channels; ++i)
        for (int64_t p = 0; p < pixels; ++p) {
            const int64_t c = i % channels;
            out[static_cast<size_t>(i * pixels + p)] =
                blocked[static_cast<size_t>(((i / channels * blocks + c / block) * pixels + p) * block + c % block)];
        }
    return out;
}

/// Largest difference, relative to the largest magnitude of both (not below one).
double distance(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return INFINITY;
    double most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const double scale = std::max({1.0, std::fabs(double(a[i])), std::fabs(double(b[i]))});
        const double d = std::fabs(double(a[i]) - double(b[i])) / scale;
        if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
    }
    return most;
}

std::string text(const WindowShape& s) {
    return "ic " + std::to_string(s.inChannels) + " oc " + std::to_string(s.outChannels) + " g " +
           std::to_string(s.groups) + " in " + std::to_string(s.in[1]) + "x" + std::to_string(s.in[2]) + " k " +
           std::to_string(s.kernel[1]) + "x" + std::to_string(s.kernel[2]) + " s " + std::to_string(s.stride[1]) +
           "x" + std::to_string(s.stride[2]) + " p " + std::to_string(s.pad[1]) + "," + std::to_string(s.pad[2]) +
           " d " + std::to_string(s.dilation[1]) + "x" + std::to_string(s.dilation[2]) + " out " +
           std::to_string(s.out[1]) + "x" + std::to_string(s.out[2]);
}

/// A window with pads of its own at each side; false when it does not fit.
bool draw(Random& random, WindowShape& s, std::array<int64_t, 3>& padAfter) {
    s.batch = random.pick({1, 1, 2});
    for (size_t a : {1, 2}) {
        s.in[a] = random.pick({1, 2, 5, 7, 8, 13, 20, 31});
        s.kernel[a] = random.pick({1, 1, 2, 3, 3, 5});
        s.stride[a] = random.pick({1, 1, 2, 3});
        s.dilation[a] = random.pick({1, 1, 2, 3});
        s.pad[a] = random.pick({0, 0, 1, 2});
        padAfter[a] = random.pick({0, 0, 1, 3});
        const int64_t room = s.in[a] + s.pad[a] + padAfter[a] - (s.dilation[a] * (s.kernel[a] - 1) + 1);
        if (room < 0) return false;
        s.out[a] = room / s.stride[a] + 1;
    }
    return true;
}

} // namespace

class TestF32Kernels : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { qInfo("seed %u, block %lld", kSeed, static_cast<long long>(convBlock())); }

    void convEqualsItsTwin() {
        Random random(1);
        int done = 0;
        while (done < 400) {
            WindowShape s;
            std::array<int64_t, 3> padAfter{};
            if (!draw(random, s, padAfter)) continue;
            s.groups = random.pick({1, 1, 1, 2, 3, 5});
            s.inChannels = random.pick({1, 3, 4, 7, 8, 9, 16, 17, 40}) * s.groups;
            s.outChannels = random.pick({1, 3, 7, 8, 9, 15, 16, 24, 25, 33}) * s.groups;
            if (done % 5 == 0) s.groups = s.outChannels = s.inChannels; // depthwise
            if (done % 7 == 0) s.kernel = {1, 1, 1}, s.stride = {1, 1, 1}, s.pad = {0, 0, 0}, s.out = s.in;
            ++done;
            const int64_t inPixels = s.in[1] * s.in[2];
            const int64_t outPixels = s.out[1] * s.out[2];
            const auto in = random.floats(s.batch * s.inChannels * inPixels);
            const auto weights = random.floats(s.outChannels * (s.inChannels / s.groups) * s.kernel[1] * s.kernel[2]);
            const auto bias = random.floats(s.outChannels);
            const auto residual = random.floats(s.batch * s.outChannels * outPixels);
            Epilogue epilogue;
            epilogue.first.kind = std::array{Unary::None, Unary::Relu, Unary::Silu}[static_cast<size_t>(done) % 3];
            epilogue.first.a = -1;
            epilogue.residual = done % 2 == 0;
            if (done % 4 == 0) epilogue.second = {Unary::Relu, 0.5f};

            std::vector<float> expected(residual.size());
            f32ConvScalar(s, in.data(), weights.data(), bias.data(), epilogue.first, expected.data(), {});
            for (size_t i = 0; i < expected.size(); ++i) {
                if (epilogue.residual) expected[i] += residual[i];
                expected[i] = unaryValue(epilogue.second, expected[i]);
            }
            const auto conv = BlockedConv::create(s, weights.data(), bias.data(), epilogue);
            const auto residualBlocked = toBlocked(residual, s.batch, s.outChannels, outPixels);
            const auto inBlocked = toBlocked(in, s.batch, s.inChannels, inPixels);
            const bool depthwise = s.groups > 1 && s.groups == s.inChannels && s.groups == s.outChannels;
            std::vector<float> first;
            for (int threads : {1, 2, 3}) {
                std::vector<float> out(residualBlocked.size());
                conv->run(inBlocked.data(), false, epilogue.residual ? residualBlocked.data() : nullptr, out.data(),
                          {threads, nullptr});
                const auto plain = fromBlocked(out, s.batch, s.outChannels, outPixels);
                QVERIFY2(distance(plain, expected) < 2e-5, text(s).c_str());
                if (first.empty()) first = plain;
                QVERIFY2(std::memcmp(first.data(), plain.data(), plain.size() * sizeof(float)) == 0,
                         ("threads change the result: " + text(s)).c_str());
            }
            if (depthwise) continue;
            std::vector<float> out(residualBlocked.size());
            conv->run(in.data(), true, epilogue.residual ? residualBlocked.data() : nullptr, out.data(), {2, nullptr});
            QVERIFY2(distance(fromBlocked(out, s.batch, s.outChannels, outPixels), expected) < 2e-5,
                     ("plain input: " + text(s)).c_str());
        }
    }

    void poolEqualsItsTwin() {
        Random random(2);
        int done = 0;
        while (done < 300) {
            WindowShape s;
            PoolOptions options;
            if (!draw(random, s, options.padAfter)) continue;
            ++done;
            s.inChannels = s.outChannels = random.pick({1, 7, 8, 9, 16, 21});
            options.max = done % 2 == 0;
            options.countPadding = done % 3 == 0;
            if (done % 5 == 0) options.after = {Unary::Relu, -1};
            const auto in = random.floats(s.batch * s.inChannels * s.in[1] * s.in[2]);
            std::vector<float> expected(static_cast<size_t>(s.batch * s.inChannels * s.out[1] * s.out[2]));
            f32PoolScalar(s, options, in.data(), expected.data(), {});
            const auto blocked = toBlocked(in, s.batch, s.inChannels, s.in[1] * s.in[2]);
            std::vector<float> out(toBlocked(expected, s.batch, s.inChannels, s.out[1] * s.out[2]).size());
            f32PoolBlocked(s, options, blocked.data(), out.data(), {2, nullptr});
            const auto got = fromBlocked(out, s.batch, s.inChannels, s.out[1] * s.out[2]);
            // A window that lies in the padding alone is -infinity in both.
            for (size_t i = 0; i < got.size(); ++i)
                QVERIFY2(got[i] == expected[i] || std::fabs(got[i] - expected[i]) < 1e-6f, text(s).c_str());
        }
    }

    void unaryEqualsItsDefinition() {
        Random random(3);
        const std::vector<UnaryOp> ops = {
            {Unary::None}, {Unary::Relu, -1}, {Unary::Relu, 6}, {Unary::Clip, -0.5f, 0.25f}, {Unary::LeakyRelu, 0.1f},
            {Unary::Affine, 1.7f, -0.3f}, {Unary::Sigmoid, 1, 0}, {Unary::Sigmoid, 2, -1}, {Unary::LogSigmoid},
            {Unary::Silu}, {Unary::Swish, 1.5f}, {Unary::Tanh}, {Unary::Exp}, {Unary::Abs}, {Unary::Neg},
            {Unary::Floor}, {Unary::Ceil}, {Unary::Round}, {Unary::Sign}, {Unary::Square}, {Unary::Reciprocal, 2},
            {Unary::SubFrom, 3}, {Unary::HardSigmoid, 0.2f, 0.5f}, {Unary::HardSwish}, {Unary::Elu, 1},
            {Unary::Softplus}, {Unary::Softsign}, {Unary::Mish}, {Unary::Gelu}, {Unary::GeluTanh},
            {Unary::QuickGelu}, {Unary::Erf}, {Unary::LogicalNot}};
        for (const UnaryOp& op : ops)
            for (float range : {0.05f, 1.0f, 8.0f, 120.0f})
                for (int64_t count : {1, 7, 8, 9, 1000}) {
                    const auto in = random.floats(count, -range, range);
                    std::vector<float> expected(in.size());
                    std::vector<float> out(in.size());
                    f32UnaryScalar(op, in.data(), expected.data(), count);
                    f32Unary(op, in.data(), out.data(), count);
                    for (size_t i = 0; i < in.size(); ++i) {
                        const float error = std::fabs(out[i] - expected[i]);
                        const bool same = out[i] == expected[i] ||
                                          error <= 1e-6f * std::max({1e-30f, std::fabs(expected[i]), std::fabs(op.b)}) || error < 1e-30f;
                        QVERIFY2(same, qPrintable(QString("kind %1 of %2: %3 instead of %4")
                                                      .arg(int(op.kind)).arg(in[i]).arg(out[i]).arg(expected[i])));
                    }
                }
    }

    void unaryAtTheEnds() {
        const float inf = std::numeric_limits<float>::infinity();
        const std::vector<float> in = {-inf, -1e30f, -104, -88, 0, 88, 104, 1e30f, inf};
        std::vector<float> out(in.size());
        f32Unary({Unary::Sigmoid, 1, 0}, in.data(), out.data(), 9);
        for (size_t i = 0; i < 4; ++i)
            QVERIFY(out[i] >= 0 && out[i] < 1e-37f);
        for (size_t i = 5; i < 9; ++i)
            QCOMPARE(out[i], 1.0f);
        f32Unary({Unary::Exp}, in.data(), out.data(), 9);
        QCOMPARE(out[0], 0.0f);
        QCOMPARE(out[8], inf);
        f32Unary({Unary::Tanh}, in.data(), out.data(), 9);
        QCOMPARE(out[0], -1.0f);
        QCOMPARE(out[8], 1.0f);
        f32Unary({Unary::Silu}, in.data(), out.data(), 9);
        QCOMPARE(out[7], 1e30f);
        QVERIFY(std::fabs(out[2]) < 1e-35f);
    }

    void binaryBroadcasts() {
        Random random(4);
        for (int round = 0; round < 300; ++round) {
            BroadcastPlan plan;
            plan.op = static_cast<Binary>(round % 6);
            for (int d = 0; d < 4; ++d) {
                const int64_t size = random.pick({1, 2, 3, 7, 9});
                plan.outShape.push_back(size);
                plan.aShape.push_back(random.pick({1, size}));
                plan.bShape.push_back(plan.aShape.back() == 1 ? size : random.pick({1, size}));
            }
            while (!plan.bShape.empty() && plan.bShape.front() == 1 && round % 3 == 0)
                plan.bShape.erase(plan.bShape.begin());
            auto count = [](const std::vector<int64_t>& shape) {
                int64_t n = 1;
                for (int64_t d : shape)
                    n *= d;
                return n;
            };
            const auto a = random.floats(count(plan.aShape), 0.5f, 2);
            const auto b = random.floats(count(plan.bShape), 0.5f, 2);
            std::vector<float> out(static_cast<size_t>(count(plan.outShape)));
            f32Binary(plan, a.data(), b.data(), out.data(), false, {2, nullptr});
            auto at = [&](const std::vector<int64_t>& shape, int64_t index) {
                int64_t offset = 0, pitch = 1;
                for (size_t d = 4; d-- > 0;) {
                    const int64_t i = index % plan.outShape[d];
                    index /= plan.outShape[d];
                    const size_t missing = 4 - shape.size();
                    if (d < missing) continue;
                    if (shape[d - missing] != 1) offset += i * pitch;
                    pitch *= shape[d - missing];
                }
                return static_cast<size_t>(offset);
            };
            for (size_t i = 0; i < out.size(); ++i) {
                const auto index = static_cast<int64_t>(i);
                QCOMPARE(out[i], binaryValue(plan.op, a[at(plan.aShape, index)], b[at(plan.bShape, index)]));
            }
        }
    }

    void gemmEqualsItsTwin() {
        Random random(5);
        for (int round = 0; round < 60; ++round) {
            GemmShape s;
            s.rows = random.pick({1, 2, 7, 49, 100});
            s.columns = random.pick({1, 3, 16, 130, 600});
            s.inner = random.pick({1, 5, 64, 257});
            s.transposeA = round % 2 == 0;
            s.transposeB = round % 3 == 0;
            const auto a = random.floats(s.rows * s.inner);
            const auto b = random.floats(s.inner * s.columns);
            std::vector<float> expected(static_cast<size_t>(s.rows * s.columns));
            f32GemmScalar(s, a.data(), b.data(), expected.data(), {});
            std::vector<float> one(expected.size()), three(expected.size());
            f32Gemm(s, a.data(), b.data(), one.data(), {1, nullptr});
            f32Gemm(s, a.data(), b.data(), three.data(), {3, nullptr});
            QVERIFY(distance(one, expected) < 2e-5);
            QVERIFY(std::memcmp(one.data(), three.data(), one.size() * sizeof(float)) == 0);
        }
    }

    void deconvUndoesNothingButTheDefinition() {
        // One input pixel spreads the filter; two of them overlap by addition.
        WindowShape s;
        s.inChannels = s.outChannels = 1;
        s.in = {1, 1, 2};
        s.kernel = {1, 1, 3};
        s.stride = {1, 1, 2};
        s.out = {1, 1, 5};
        const std::vector<float> in = {1, 10}, weights = {1, 2, 3};
        const float bias = 0.5f;
        std::vector<float> out(5);
        f32DeconvScalar(s, in.data(), weights.data(), &bias, {}, out.data(), {});
        QCOMPARE(out, (std::vector<float>{1.5f, 2.5f, 13.5f, 20.5f, 30.5f}));
    }

    void transposesAreInverse() {
        Random random(6);
        for (int64_t channels : {1, 3, 8, 13, 16, 40})
            for (int64_t pixels : {1, 7, 8, 65}) {
                const int64_t block = (channels + 7) / 8 * 8;
                const auto in = random.floats(channels * pixels);
                std::vector<float> turned(static_cast<size_t>(block * pixels), -7), back(in.size());
                channelsToPixels(reinterpret_cast<const std::byte*>(in.data()),
                                 reinterpret_cast<std::byte*>(turned.data()), 4, channels, block, pixels, pixels);
                for (int64_t p = 0; p < pixels; ++p)
                    for (int64_t c = 0; c < block; ++c)
                        QCOMPARE(turned[static_cast<size_t>(p * block + c)],
                                 c < channels ? in[static_cast<size_t>(c * pixels + p)] : 0.0f);
                pixelsToChannels(reinterpret_cast<const std::byte*>(turned.data()),
                                 reinterpret_cast<std::byte*>(back.data()), 4, channels, block, pixels, pixels);
                QCOMPARE(back, in);
            }
    }
};

QTEST_APPLESS_MAIN(TestF32Kernels)
#include "tst_f32_kernels.moc"
