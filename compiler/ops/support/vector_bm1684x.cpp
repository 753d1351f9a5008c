// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/vector_bm1684x.h"

#include "compiler/numeric/half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

uint32_t immediate(float number, Precision precision) {
    if (precision == Precision::F16) return numeric::toHalf(number);
    if (precision == Precision::Bf16) return numeric::toBfloat16(number);
    return std::bit_cast<uint32_t>(number);
}

bool isExact(float number, Precision precision) {
    if (precision == Precision::F16) return numeric::roundToHalf(number) == number;
    if (precision == Precision::Bf16) return numeric::roundToBfloat16(number) == number;
    return true;
}

bool isAligned(const LocalTensor& t) {
    const int64_t row = roundUp(t.h() * t.w(), kVectorBytes / bytesOf(t.precision));
    return t.offset() % kVectorBytes == 0 && t.wStride == 1 && (t.h() == 1 || t.hStride == t.w()) &&
           (t.rows() == 1 || t.cStride == row) && (t.n() == 1 || t.nStride == t.rows() * row);
}

LocalTensor seenAs(LocalTensor tensor, Precision precision) {
    tensor.precision = precision;
    return tensor;
}

LocalTensor scratchLike(const LocalTensor& like, uint32_t offset, Precision precision) {
    return alignedTensor(static_cast<uint32_t>(like.lane0() * kLaneBytes) + offset, precision, true, like.part);
}

LocalTensor laneTable(const LocalTensor& like, uint32_t offset, int64_t h, int64_t w) {
    LocalTensor t = scratchLike(like, offset, Precision::F32);
    t.part = {{0, 1}, {0, 1}, {0, h}, {0, w}};
    t.hStride = w;
    t.nStride = t.cStride = 0;
    return t;
}

LocalTensor perChannel(const LocalTensor& like, uint32_t offset, Precision precision) {
    LocalTensor t = scratchLike(like, offset, precision);
    t.part = {{0, 1}, like.part.c, {0, 1}, {0, 1}};
    t.cStride = 4 / bytesOf(precision);
    t.nStride = t.hStride = 0;
    return t;
}

std::vector<LocalTensor> rowPieces(const LocalTensor& tensor) {
    std::vector<LocalTensor> pieces;
    for (int64_t n = tensor.part.n.begin; n < tensor.part.n.end; ++n)
        for (int64_t c = tensor.part.c.begin; c < tensor.part.c.end; c += kLanes) {
            const Range channels{c, std::min(c + kLanes, tensor.part.c.end)};
            pieces.push_back(tensor.sub({{n, n + 1}, channels, tensor.part.h, tensor.part.w}));
        }
    return pieces;
}

/// What one AR command works on; absent boxes are numbers.
struct VectorUnit::Operands {
    uint32_t op = 0;
    Box to;
    const Box* a = nullptr;
    const Box* b = nullptr;
    uint32_t numberA = 0, numberB = 0;
    Precision precisionA = Precision::F32, precisionB = Precision::F32;
    uint32_t count = 2;          ///< operands
    uint32_t rounding = 0;       ///< or Newton steps
};

namespace {

/// Strides of an operand as the result walks: 0 where it repeats.
struct Walk {
    uint32_t address = 0;
    LayoutCode layout = LayoutCode::Aligned;
    int64_t n = 0, c = 0, h = 0, w = 0;
};

Walk walkOf(const LocalTensor& t, const LocalTensor& to) {
    Walk walk{t.address, LayoutCode::Free, t.nStride, t.cStride, t.hStride, t.wStride};
    const bool same = t.n() == to.n() && t.c() == to.c() && t.h() == to.h() && t.w() == to.w();
    if (same && isAligned(t)) walk.layout = LayoutCode::Aligned;
    if (t.n() == 1) walk.n = 0;
    if (t.c() == 1 && to.c() > 1) walk.c = 0;
    if (to.rows() == 1) walk.c = 0;
    if (t.h() == 1) walk.h = 0;
    if (t.w() == 1) walk.w = 0;
    return walk;
}

/// The part of a box that lies at index `i` of n, or at row `i` of 64 channels.
LocalTensor batchOf(LocalTensor t, int64_t i) {
    if (t.n() == 1) return t;
    t.address += static_cast<uint32_t>(i * t.nStride * bytesOf(t.precision));
    t.part.n = {t.part.n.begin + i, t.part.n.begin + i + 1};
    return t;
}

constexpr int64_t kMaxStride = 65535; // n and c strides of AR are 16 bits wide

bool strideFits(const LocalTensor& t) {
    return isAligned(t) || ((t.n() == 1 || t.nStride <= kMaxStride) && (t.rows() == 1 || t.cStride <= kMaxStride));
}

} // namespace

void VectorUnit::add(const Operands& o) {
    const auto fits = [](const Box* box) { return box == nullptr || strideFits(*box); };
    if (o.to.n() > 1 && !(strideFits(o.to) && fits(o.a) && fits(o.b))) {
        for (int64_t i = 0; i < o.to.n(); ++i) {
            Operands one = o;
            one.to = batchOf(o.to, i);
            const Box a = o.a ? batchOf(*o.a, i) : Box{}, b = o.b ? batchOf(*o.b, i) : Box{};
            one.a = o.a ? &a : nullptr;
            one.b = o.b ? &b : nullptr;
            add(one);
        }
        return;
    }
    SAr c;
    c.tsk_eu_typ = o.op;
    c.tsk_opd_num = o.count;
    c.res0_prec = code(o.to.precision);
    c.opd0_prec = code(o.precisionA);
    c.opd1_prec = code(o.precisionB);
    c.opd0_sign = o.a == nullptr || o.a->isSigned;
    c.opd1_sign = o.b == nullptr || o.b->isSigned;
    c.opd2_sign = o.to.isSigned;
    c.opd2_n_str = o.rounding;
    c.res0_n = static_cast<uint32_t>(o.to.n());
    c.res0_c = static_cast<uint32_t>(o.to.c());
    c.res0_h = static_cast<uint32_t>(o.to.h());
    c.res0_w = static_cast<uint32_t>(o.to.w());
    const Walk to = walkOf(o.to, o.to);
    c.res0_addr = to.address;
    c.res0_str = code(to.layout);
    if (to.layout == LayoutCode::Free) {
        c.res0_n_str = static_cast<uint32_t>(to.n);
        c.res0_c_str = static_cast<uint32_t>(to.c);
        c.res0_h_str = static_cast<uint32_t>(to.h);
        c.res0_w_str = static_cast<uint32_t>(to.w);
    }
    if (o.a == nullptr) {
        c.opd0_const = 1;
        c.opd0_addr = o.numberA;
    } else {
        const Walk a = walkOf(*o.a, o.to);
        c.opd0_addr = a.address;
        c.opd0_str = code(a.layout);
        if (a.layout == LayoutCode::Free) {
            c.opd0_n_str = static_cast<uint32_t>(a.n);
            c.opd0_c_str = static_cast<uint32_t>(a.c);
            c.opd0_h_str = static_cast<uint32_t>(a.h);
            c.opd0_w_str = static_cast<uint32_t>(a.w);
        }
    }
    if (o.b == nullptr) {
        if (o.count > 1) {
            c.opd1_const = 1;
            c.opd1_addr = o.numberB;
        }
    } else {
        const Walk b = walkOf(*o.b, o.to);
        c.opd1_addr = b.address;
        c.opd1_str = code(b.layout);
        if (b.layout == LayoutCode::Free) {
            c.opd1_n_str = static_cast<uint32_t>(b.n);
            c.opd1_c_str = static_cast<uint32_t>(b.c);
            c.opd1_h_str = static_cast<uint32_t>(b.h);
            c.opd1_w_str = static_cast<uint32_t>(b.w);
        }
    }
    m_out.add(c);
}

namespace {
/// Newton steps of a float division less one: three more would change nothing.
constexpr uint32_t kDivisionSteps = 3;
uint32_t stepsOf(uint32_t op) { return op == static_cast<uint32_t>(ArOp::Div) ? kDivisionSteps : 0; }
} // namespace

void VectorUnit::apply(uint32_t op, const Box& to, const Box& a, const Box& b) {
    add({op, to, &a, &b, 0, 0, a.precision, b.precision, 2, stepsOf(op)});
}

void VectorUnit::apply(uint32_t op, const Box& to, const Box& a, float number) {
    add({op, to, &a, nullptr, 0, immediate(number, a.precision), a.precision, a.precision, 2, stepsOf(op)});
}

void VectorUnit::apply(uint32_t op, const Box& to, float number, const Box& b) {
    add({op, to, nullptr, &b, immediate(number, b.precision), 0, b.precision, b.precision, 2, stepsOf(op)});
}

void VectorUnit::applyBits(uint32_t op, const Box& to, const Box& a, uint32_t bits) {
    add({op, to, &a, nullptr, 0, bits, a.precision, a.precision, 2, code(Rounding::Down)});
}

void VectorUnit::applyBits(uint32_t op, const Box& to, uint32_t bits, const Box& b) {
    add({op, to, nullptr, &b, bits, 0, b.precision, b.precision, 2, code(Rounding::Down)});
}

void VectorUnit::abs(const Box& to, const Box& a) {
    add({ArOp::Abs, to, &a, nullptr, 0, 0, a.precision, a.precision, 1, 0});
}

void VectorUnit::copy(const Box& to, const Box& a) {
    add({ArOp::Copy, to, &a, nullptr, 0, 0, a.precision, a.precision, 1, 0});
}

void VectorUnit::fill(const Box& to, float number) {
    add({ArOp::Copy, to, nullptr, nullptr, immediate(number, to.precision), 0, to.precision, to.precision, 1, 0});
}

void VectorUnit::cast(const Box& to, const Box& a, Rounding rounding) {
    if (to.precision == a.precision) return copy(to, a);
    add({ArOp::Cast, to, &a, nullptr, 0, 0, a.precision, a.precision, 1, code(rounding)});
}

void VectorUnit::select(uint32_t op, const Box& to, Choice a, Choice b, Choice c, Choice d) {
    SCmp m;
    m.tsk_eu_typ = op;
    m.opd0_prec = m.opd2_prec = code(Precision::F32);
    m.opd0_sign = 1;
    m.res0_n = static_cast<uint32_t>(to.n());
    m.res0_c = static_cast<uint32_t>(to.c());
    m.res0_h = static_cast<uint32_t>(to.h());
    m.res0_w = static_cast<uint32_t>(to.w());
    m.res0_addr = to.address;
    const auto bits = [](const Choice& x) { return x.box ? x.box->address : std::bit_cast<uint32_t>(x.number); };
    m.opd0_const = a.box == nullptr;
    m.opd1_const = b.box == nullptr;
    m.opd2_const = c.box == nullptr;
    m.opd3_const = d.box == nullptr;
    m.opd0_addr = bits(a);
    m.opd1_addr = bits(b);
    m.opd2_addr = bits(c);
    m.opd3_addr = bits(d);
    m_out.add(m);
}

void VectorUnit::polynomial(const Box& to, const Box& a, uint32_t table, int64_t count) {
    SSfu s;
    s.tsk_eu_typ = SfuOp::Taylor4x;
    s.res0_prec = s.opd0_prec = code(Precision::F32);
    s.res0_n = static_cast<uint32_t>(to.n());
    s.res0_c = static_cast<uint32_t>(to.c());
    s.res0_h = static_cast<uint32_t>(to.h());
    s.res0_w = static_cast<uint32_t>(to.w());
    s.opd1_n = static_cast<uint32_t>(count);
    s.res0_addr = to.address;
    s.opd0_addr = a.address;
    s.opd1_addr = static_cast<uint32_t>(to.lane0() * kLaneBytes) + table;
    m_out.add(s);
}

void VectorUnit::reciprocalRoot(const Box& to, const Box& a) {
    SSfu s;
    s.tsk_eu_typ = SfuOp::Rsqrt;
    s.res0_prec = s.opd0_prec = code(Precision::F32);
    s.opd2_n_str = 3;
    s.res0_n = static_cast<uint32_t>(to.n());
    s.res0_c = static_cast<uint32_t>(to.c());
    s.res0_h = static_cast<uint32_t>(to.h());
    s.res0_w = static_cast<uint32_t>(to.w());
    s.res0_addr = to.address;
    s.opd0_addr = a.address;
    m_out.add(s);
}

uint32_t LaneTables::add(std::span<const float> words) {
    m_words.resize(static_cast<size_t>(roundUp(static_cast<int64_t>(m_words.size()), kVectorBytes / 4)));
    const auto offset = static_cast<uint32_t>(m_words.size() * 4);
    m_words.insert(m_words.end(), words.begin(), words.end());
    return offset;
}

LaneImage LaneTables::image() const {
    LaneImage image;
    image.width = roundUp(static_cast<int64_t>(m_words.size() * 4), kVectorBytes);
    image.bytes.resize(static_cast<size_t>(kLanes * image.width));
    for (int64_t lane = 0; lane < kLanes && !m_words.empty(); ++lane)
        std::memcpy(image.bytes.data() + lane * image.width, m_words.data(), m_words.size() * 4);
    return image;
}

std::vector<float> chebyshev(double (*f)(double), double from, double to, int degree) {
    const auto count = static_cast<size_t>(degree) + 1;
    const double pi = std::acos(-1.0);
    // Newton's divided differences at the Chebyshev points, then expanded.
    std::vector<double> x(count), d(count);
    for (size_t i = 0; i < count; ++i) {
        const double angle = pi * (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        x[i] = 0.5 * (from + to) + 0.5 * (to - from) * std::cos(angle);
        d[i] = f(x[i]);
    }
    for (size_t order = 1; order < count; ++order)
        for (size_t i = count - 1; i >= order; --i)
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - order]);
    std::vector<double> p(count, 0.0);
    for (size_t i = count; i-- > 0;) { // p = p · (t - x[i]) + d[i]
        for (size_t k = count - 1; k > 0; --k)
            p[k] = p[k - 1] - x[i] * p[k];
        p[0] = d[i] - x[i] * p[0];
    }
    return {p.begin(), p.end()};
}

} // namespace wb::ops
