// SPDX-License-Identifier: GPL-3.0-or-later
// Vector forms of the element-wise operators: written once in Highway, compiled for each instruction
// set, chosen at run time. Operators without a vector formula here run their definition.
#include "compiler/kernels/f32_eltwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/f32_eltwise_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

#include "hwy/contrib/math/math-inl.h"

#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// exp(-x), leaner than the library's Exp: the argument is kept in ±87, where neither end of the exponent
// is reached (the quotients that use it are at the end of the float range there anyway). Range reduction by
// ln 2 in two parts and the polynomial of Moshier's Cephes expf: within 2 units in the last place.
HWY_INLINE V expNeg(D d, V x) {
    const V t = hn::Min(hn::Max(hn::Neg(x), hn::Set(d, -87.0f)), hn::Set(d, 87.0f));
    const V n = hn::Round(hn::Mul(t, hn::Set(d, 1.44269504088896341f)));
    V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), t);
    r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
    const V r2 = hn::Mul(r, r);
    const V high = hn::MulAdd(hn::MulAdd(hn::Set(d, 1.9875691500e-4f), r, hn::Set(d, 1.3981999507e-3f)), r2,
                              hn::MulAdd(hn::Set(d, 8.3334519073e-3f), r, hn::Set(d, 4.1665795894e-2f)));
    const V low = hn::MulAdd(hn::Set(d, 1.6666665459e-1f), r, hn::Set(d, 5.0000001201e-1f));
    const V p = hn::MulAdd(hn::MulAdd(high, r2, low), r2, hn::Add(r, hn::Set(d, 1.0f)));
    const hn::RebindToSigned<D> di;
    return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::ConvertTo(di, n))));
}

struct NoneOp {
    HWY_INLINE V operator()(D, V x) const { return x; }
};
struct ReluOp {
    HWY_INLINE V operator()(D d, V x) const { return hn::Max(x, hn::Zero(d)); }
};
struct ClipOp {
    float lo, hi;
    HWY_INLINE V operator()(D d, V x) const {
        return hn::Min(hn::Max(x, hn::Set(d, lo)), hn::Set(d, hi));
    }
};
struct LeakyOp {
    float a;
    HWY_INLINE V operator()(D d, V x) const {
        return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, hn::Set(d, a)), x);
    }
};
struct AffineOp {
    float a, b;
    HWY_INLINE V operator()(D d, V x) const {
        return hn::Add(hn::Mul(x, hn::Set(d, a)), hn::Set(d, b));
    }
};
struct SigmoidOp {
    float a, b;
    HWY_INLINE V operator()(D d, V x) const {
        const V s = hn::Div(hn::Set(d, 1.0f), hn::Add(hn::Set(d, 1.0f), expNeg(d, x)));
        return hn::Add(hn::Mul(s, hn::Set(d, a)), hn::Set(d, b));
    }
};
struct SwishOp {
    float a;
    HWY_INLINE V operator()(D d, V x) const {
        return hn::Div(x, hn::Add(hn::Set(d, 1.0f), expNeg(d, hn::Mul(x, hn::Set(d, a)))));
    }
};
struct SiluOp {
    HWY_INLINE V operator()(D d, V x) const {
        return hn::Div(x, hn::Add(hn::Set(d, 1.0f), expNeg(d, x)));
    }
};
struct TanhOp {
    HWY_INLINE V operator()(D d, V x) const {
        // (1 - e) / (1 + e) with e = exp(-2|x|); near zero the difference cancels, so the odd series
        // x - x³/3 + 2x⁵/15 - 17x⁷/315 takes over.
        const V ax = hn::Abs(x);
        const V e = hn::Exp(d, hn::Max(hn::Mul(ax, hn::Set(d, -2.0f)), hn::Set(d, -87.0f)));
        const V one = hn::Set(d, 1.0f);
        const V big = hn::Div(hn::Sub(one, e), hn::Add(one, e));
        const V x2 = hn::Mul(x, x);
        V p = hn::MulAdd(x2, hn::Set(d, -17.0f / 315.0f), hn::Set(d, 2.0f / 15.0f));
        p = hn::MulAdd(p, x2, hn::Set(d, -1.0f / 3.0f));
        const V small = hn::MulAdd(hn::Mul(p, x2), ax, ax);
        return hn::CopySign(hn::IfThenElse(hn::Lt(ax, hn::Set(d, 0.15f)), small, big), x);
    }
};
struct ExpOp {
    HWY_INLINE V operator()(D d, V x) const {
        const V y = hn::Exp(d, hn::Min(x, hn::Set(d, 88.7f)));
        return hn::IfThenElse(hn::Gt(x, hn::Set(d, 88.722839f)),
                              hn::Set(d, std::numeric_limits<float>::infinity()), y);
    }
};
struct AbsOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Abs(x); }
};
struct NegOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Neg(x); }
};
struct SqrtOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Sqrt(x); }
};
struct FloorOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Floor(x); }
};
struct CeilOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Ceil(x); }
};
struct RoundOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Round(x); }
};
struct SquareOp {
    HWY_INLINE V operator()(D, V x) const { return hn::Mul(x, x); }
};
struct ReciprocalOp {
    float a;
    HWY_INLINE V operator()(D d, V x) const { return hn::Div(hn::Set(d, a), x); }
};
struct SubFromOp {
    float a;
    HWY_INLINE V operator()(D d, V x) const { return hn::Sub(hn::Set(d, a), x); }
};
struct HardSigmoidOp {
    float a, b;
    HWY_INLINE V operator()(D d, V x) const {
        const V y = hn::Add(hn::Mul(x, hn::Set(d, a)), hn::Set(d, b));
        return hn::Min(hn::Max(y, hn::Zero(d)), hn::Set(d, 1.0f));
    }
};
struct HardSwishOp {
    HWY_INLINE V operator()(D d, V x) const {
        const V y = hn::Add(hn::Div(x, hn::Set(d, 6.0f)), hn::Set(d, 0.5f));
        return hn::Mul(x, hn::Min(hn::Max(y, hn::Zero(d)), hn::Set(d, 1.0f)));
    }
};
struct MishOp {
    HWY_INLINE V operator()(D d, V x) const {
        // tanh(log(1 + e^x)) = (e^2x + 2e^x) / (e^2x + 2e^x + 2); from 20 on it is 1.
        const V e = hn::Exp(d, hn::Min(hn::Max(x, hn::Set(d, -87.0f)), hn::Set(d, 20.0f)));
        const V n = hn::Mul(e, hn::Add(e, hn::Set(d, 2.0f)));
        return hn::Mul(x, hn::Div(n, hn::Add(n, hn::Set(d, 2.0f))));
    }
};

template <class Op> HWY_NOINLINE void apply(Op op, const float* in, float* out, int64_t count) {
    const D d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(op(d, hn::LoadU(d, in + i)), d, out + i);
    if (i < count) {
        HWY_ALIGN float tail[HWY_MAX_BYTES / sizeof(float)] = {};
        const size_t rest = static_cast<size_t>(count - i);
        for (size_t k = 0; k < rest; ++k)
            tail[k] = in[i + static_cast<int64_t>(k)];
        hn::Store(op(d, hn::Load(d, tail)), d, tail);
        for (size_t k = 0; k < rest; ++k)
            out[i + static_cast<int64_t>(k)] = tail[k];
    }
}

void unaryImpl(const UnaryOp& op, const float* in, float* out, int64_t count) {
    switch (op.kind) {
    case Unary::None:
        if (in != out) apply(NoneOp{}, in, out, count);
        return;
    case Unary::Relu:
        if (op.a < 0)
            apply(ReluOp{}, in, out, count);
        else
            apply(ClipOp{0.0f, op.a}, in, out, count);
        return;
    case Unary::Clip: apply(ClipOp{op.a, op.b}, in, out, count); return;
    case Unary::LeakyRelu: apply(LeakyOp{op.a}, in, out, count); return;
    case Unary::Affine: apply(AffineOp{op.a, op.b}, in, out, count); return;
    case Unary::Sigmoid: apply(SigmoidOp{op.a, op.b}, in, out, count); return;
    case Unary::Silu: apply(SiluOp{}, in, out, count); return;
    case Unary::Swish: apply(SwishOp{op.a}, in, out, count); return;
    case Unary::QuickGelu: apply(SwishOp{1.702f}, in, out, count); return;
    case Unary::Tanh: apply(TanhOp{}, in, out, count); return;
    case Unary::Exp: apply(ExpOp{}, in, out, count); return;
    case Unary::Abs: apply(AbsOp{}, in, out, count); return;
    case Unary::Neg: apply(NegOp{}, in, out, count); return;
    case Unary::Sqrt: apply(SqrtOp{}, in, out, count); return;
    case Unary::Floor: apply(FloorOp{}, in, out, count); return;
    case Unary::Ceil: apply(CeilOp{}, in, out, count); return;
    case Unary::Round: apply(RoundOp{}, in, out, count); return;
    case Unary::Square: apply(SquareOp{}, in, out, count); return;
    case Unary::Reciprocal: apply(ReciprocalOp{op.a}, in, out, count); return;
    case Unary::SubFrom: apply(SubFromOp{op.a}, in, out, count); return;
    case Unary::HardSigmoid: apply(HardSigmoidOp{op.a, op.b}, in, out, count); return;
    case Unary::HardSwish: apply(HardSwishOp{}, in, out, count); return;
    case Unary::Mish: apply(MishOp{}, in, out, count); return;
    default: f32UnaryScalar(op, in, out, count); return;
    }
}

struct AddB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Add(a, b); }
};
struct SubB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Sub(a, b); }
};
struct MulB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Mul(a, b); }
};
struct DivB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Div(a, b); }
};
struct MinB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Min(a, b); }
};
struct MaxB {
    HWY_INLINE V operator()(V a, V b) const { return hn::Max(a, b); }
};

template <class Op>
HWY_NOINLINE void rowOf(Op op, Binary kind, const float* a, int aStep, const float* b, int bStep, float* out,
                        int64_t count) {
    const D d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t i = 0;
    if (aStep == 1 && bStep == 1) {
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(op(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i);
    } else if (aStep == 1) {
        const V same = hn::Set(d, *b);
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(op(hn::LoadU(d, a + i), same), d, out + i);
    } else if (bStep == 1) {
        const V same = hn::Set(d, *a);
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(op(same, hn::LoadU(d, b + i)), d, out + i);
    }
    f32BinaryRowScalar(kind, a + i * aStep, aStep, b + i * bStep, bStep, out + i, count - i);
}

void binaryImpl(Binary op, const float* a, int aStep, const float* b, int bStep, float* out, int64_t count) {
    switch (op) {
    case Binary::Add: rowOf(AddB{}, op, a, aStep, b, bStep, out, count); return;
    case Binary::Sub: rowOf(SubB{}, op, a, aStep, b, bStep, out, count); return;
    case Binary::Mul: rowOf(MulB{}, op, a, aStep, b, bStep, out, count); return;
    case Binary::Div: rowOf(DivB{}, op, a, aStep, b, bStep, out, count); return;
    case Binary::Min: rowOf(MinB{}, op, a, aStep, b, bStep, out, count); return;
    case Binary::Max: rowOf(MaxB{}, op, a, aStep, b, bStep, out, count); return;
    default: f32BinaryRowScalar(op, a, aStep, b, bStep, out, count); return;
    }
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(unaryImpl);
HWY_EXPORT(binaryImpl);

void f32Unary(const UnaryOp& op, const float* in, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(unaryImpl)(op, in, out, count);
}

void f32BinaryRow(Binary op, const float* a, int aStep, const float* b, int bStep, float* out,
                  int64_t count) {
    HWY_DYNAMIC_DISPATCH(binaryImpl)(op, a, aStep, b, bStep, out, count);
}

void f32Epilogue(const Epilogue& epilogue, const float* residual, float* row, int64_t count) {
    if (epilogue.first.kind != Unary::None) f32Unary(epilogue.first, row, row, count);
    if (epilogue.residual) f32BinaryRow(Binary::Add, row, 1, residual, 1, row, count);
    if (epilogue.second.kind != Unary::None) f32Unary(epilogue.second, row, row, count);
}

} // namespace wb::kernels
#endif
