// SPDX-License-Identifier: GPL-3.0-or-later
// Two arrays: fitting shapes and types, closeness, the three measures.
#include "compiler/evaluate/compare.h"

#include "compiler/numeric/half.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <numeric>

namespace wb::evaluate {
namespace {

using ir::ElementType;
using ir::Shape;
using ir::Tensor;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kClosest = 5, kCloseEnough = 3, kLoosest = 2;

bool isInt8(ElementType type) { return type == ElementType::I8 || type == ElementType::Si8; }
bool isInt32(ElementType type) { return type == ElementType::I32 || type == ElementType::Si32; }

/// Calls visit(index, value as double or float) for every element.
template <class Out> void convert(const Tensor& tensor, std::vector<Out>& out) {
    out.resize(static_cast<size_t>(tensor.elementCount()));
    const auto copy = [&]<class T>(const T* data, auto each) {
        for (size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<Out>(each(data[i]));
    };
    const auto same = [](auto v) { return v; };
    switch (tensor.type()) {
    case ElementType::F32: return copy(tensor.data<float>(), same);
    case ElementType::F64: return copy(tensor.data<double>(), same);
    case ElementType::F16: return copy(tensor.data<uint16_t>(), numeric::fromHalf);
    case ElementType::BF16:
    case ElementType::Ui16: return copy(tensor.data<uint16_t>(), numeric::fromBfloat16);
    case ElementType::I16:
    case ElementType::Si16: return copy(tensor.data<int16_t>(), same);
    case ElementType::I32:
    case ElementType::Si32: return copy(tensor.data<int32_t>(), same);
    case ElementType::Ui32: return copy(tensor.data<uint32_t>(), same);
    case ElementType::I64:
    case ElementType::Si64: return copy(tensor.data<int64_t>(), same);
    case ElementType::Ui64: return copy(tensor.data<uint64_t>(), same);
    case ElementType::I1:
    case ElementType::Ui4:
    case ElementType::Ui8: return copy(tensor.data<uint8_t>(), same);
    default:
        if (sizeInBytes(tensor.type()) == 1) copy(tensor.data<int8_t>(), same);
    }
}

/// NumPy's cast to a narrower integer: toward zero, then the low bits.
template <class Int> void wrap(std::vector<double>& values) {
    for (double& v : values)
        v = std::isfinite(v) && std::abs(v) < 9e18 ? static_cast<Int>(static_cast<int64_t>(v)) : 0;
}

template <class T> std::vector<T> cropped(const std::vector<T>& values, const Shape& from, const Shape& to) {
    std::vector<T> out;
    out.reserve(static_cast<size_t>(ir::checkedElementCount(to).value_or(0)));
    Shape index(from.size(), 0);
    for (size_t i = 0; i < values.size(); ++i) {
        bool inside = true;
        for (size_t d = 0; d < to.size(); ++d)
            inside = inside && index[d] < to[d];
        if (inside) out.push_back(values[i]);
        for (size_t d = from.size(); d-- > 0;) {
            if (++index[d] < from[d]) break;
            index[d] = 0;
        }
    }
    return out;
}

struct Sums {
    double dot = 0, aa = 0, bb = 0, dd = 0, ss = 0, a = 0, d = 0;
    size_t unequal = 0;
    std::array<size_t, kClosest + 1> apart{}; ///< elements not close at each order
    double maxAbs = 0;
    size_t maxAt = 0;
};

constexpr std::array<double, kClosest + 1> kRelative{0, 0, 1e-2, 1e-3, 1e-4, 1e-5};

/// One pass. Differences in the arrays' own type, as NumPy's; four lanes so that the compiler can use
/// vector registers while the order of the sums stays fixed.
template <class T> Sums sumsOf(const T* a, const T* b, size_t count) {
    constexpr size_t kLanes = 4;
    struct Lane {
        double dot = 0, aa = 0, bb = 0, dd = 0, ss = 0, a = 0, d = 0;
    };
    std::array<Lane, kLanes> lanes;
    Sums s;
    const auto one = [](Lane& lane, T x, T y) {
        const T difference = x - y, half = (x + y) / 2;
        const double dx = x, dy = y, dd = difference, dh = half;
        lane.dot += dx * dy;
        lane.aa += dx * dx;
        lane.bb += dy * dy;
        lane.dd += dd * dd;
        lane.ss += dh * dh;
        lane.a += dx;
        lane.d += dd;
    };
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (size_t l = 0; l < kLanes; ++l)
            one(lanes[l], a[i + l], b[i + l]);
    for (; i < count; ++i)
        one(lanes[0], a[i], b[i]);
    for (const Lane& lane : lanes) {
        s.dot += lane.dot, s.aa += lane.aa, s.bb += lane.bb, s.dd += lane.dd;
        s.ss += lane.ss, s.a += lane.a, s.d += lane.d;
    }
    const auto apart = [&](size_t k, size_t order) {
        return !(std::abs(a[k] - b[k]) <= static_cast<T>(1e-8) + static_cast<T>(kRelative[order]) * std::abs(b[k]));
    };
    for (size_t k = 0; k < count; ++k) {
        const T difference = std::abs(a[k] - b[k]);
        s.unequal += !(a[k] == b[k]);
        s.apart[kClosest] += apart(k, kClosest);
        if (difference > s.maxAbs) s.maxAbs = difference, s.maxAt = k;
    }
    if (s.apart[kClosest] == 0) return s; // then nothing is apart by a looser measure
    for (size_t order = kLoosest; order < kClosest; ++order)
        for (size_t k = 0; k < count; ++k)
            s.apart[order] += apart(k, order);
    return s;
}

/// allclose with its rules for what is not finite: equal infinities and pairs of NaN are close.
template <class T> size_t apartWithNonFinite(const T* a, const T* b, size_t count, int order) {
    size_t apart = 0;
    for (size_t i = 0; i < count; ++i) {
        const bool finite = std::isfinite(a[i]) && std::isfinite(b[i]);
        const bool close = finite ? std::abs(a[i] - b[i]) <=
                                        static_cast<T>(1e-8) + static_cast<T>(kRelative[static_cast<size_t>(order)]) * std::abs(b[i])
                                  : a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
        apart += !close;
    }
    return apart;
}

/// Sum of squares around the mean. From the sums, or in a second pass when they cancel.
template <class Value> double spread(double squares, double sum, size_t count, Value value) {
    const double mean = sum / static_cast<double>(count);
    const double quick = squares - mean * sum;
    if (quick > 1e-7 * squares) return quick;
    double exact = 0;
    for (size_t i = 0; i < count; ++i) {
        const double v = value(i) - mean;
        exact += v * v;
    }
    return exact <= 1e-30 * squares ? 0 : exact;
}

template <class T> void measure(const T* a, const T* b, size_t count, const Sums& s, LayerComparison& out) {
    if (s.aa == 0 || s.bb == 0) {
        out.cosine = 0;
    } else {
        const float c = static_cast<float>(s.dot) /
                        (static_cast<float>(std::sqrt(s.aa)) * static_cast<float>(std::sqrt(s.bb)));
        const bool single = std::isfinite(c) && s.aa > FLT_MIN && s.bb > FLT_MIN; // else outside of float32
        out.cosine = single ? static_cast<float>(1 - (1 - c)) : s.dot / (std::sqrt(s.aa) * std::sqrt(s.bb));
    }
    const double distance = std::sqrt(static_cast<double>(static_cast<float>(s.dd)));
    const double size = std::sqrt(static_cast<double>(static_cast<float>(s.ss))) + 1e-7;
    out.euclid = std::isinf(distance) || std::isinf(size) ? 0 : 1 - distance / size;
    const double signal = spread(s.aa, s.a, count, [&](size_t i) { return static_cast<double>(a[i]); });
    const double noise = spread(s.dd, s.d, count, [&](size_t i) { return static_cast<double>(a[i] - b[i]); });
    const auto f = static_cast<float>(signal), g = static_cast<float>(noise);
    const bool single = std::is_same_v<T, float> && std::isnormal(f) && std::isnormal(g);
    out.sqnrDb = signal == 0 || noise == 0 ? kInfinity : 10.0 * (single ? std::log10(f / g) : std::log10(signal / noise));
}

template <class T> void replaceNonFinite(std::vector<T>& values) {
    for (T& v : values) {
        if (std::isnan(v)) v = 0;
        if (std::isinf(v)) v = v > 0 ? static_cast<T>(10000) : static_cast<T>(-10000);
    }
}

template <class T>
void keepTop(const T* a, const T* b, size_t count, const CompareOptions& options, LayerComparison& out) {
    const size_t keep = std::min(count, static_cast<size_t>(std::max(options.top, 0)));
    const auto largest = [&](const T* values) {
        std::vector<int64_t> order(count);
        std::iota(order.begin(), order.end(), 0);
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(keep), order.end(),
                          [&](int64_t x, int64_t y) {
                              return values[x] != values[y] ? values[x] > values[y] : x < y;
                          });
        order.resize(keep);
        return order;
    };
    if (keep == 0) return;
    const std::vector<int64_t> ta = largest(a), tb = largest(b);
    for (size_t i = 0; i < keep; ++i)
        out.top.push_back({ta[i], tb[i], static_cast<double>(a[ta[i]]), static_cast<double>(b[tb[i]])});
}

/// Level and measures of one slice.
template <class T>
LayerComparison compareSlice(const T* a, const T* b, size_t count, const CompareOptions& options, bool int8) {
    LayerComparison out;
    const Sums s = sumsOf(a, b, count);
    out.maxAbs = s.maxAbs;
    out.maxAbsIndex = static_cast<int64_t>(s.maxAt);
    if (s.unequal == 0) {
        out.level = Level::Equal;
        out.cosine = out.euclid = 1;
        out.sqnrDb = kInfinity;
        out.passed = true;
        return out;
    }
    const bool finite = std::isfinite(s.aa) && std::isfinite(s.bb);
    int order = kClosest;
    for (; order > kLoosest; --order)
        if ((finite ? s.apart[static_cast<size_t>(order)] : apartWithNonFinite(a, b, count, order)) == 0) break;
    std::vector<T> cleanA, cleanB;
    if (finite) {
        measure(a, b, count, s, out);
    } else {
        cleanA.assign(a, a + count);
        cleanB.assign(b, b + count);
        replaceNonFinite(cleanA);
        replaceNonFinite(cleanB);
        a = cleanA.data();
        b = cleanB.data();
        const Sums clean = sumsOf(a, b, count);
        out.maxAbs = clean.maxAbs;
        out.maxAbsIndex = static_cast<int64_t>(clean.maxAt);
        measure(a, b, count, clean, out);
    }
    if (int8 && options.int8MustEqual) {
        out.level = Level::NotEqual;
    } else if (order >= kCloseEnough) {
        out.level = Level::Close;
        out.closeOrder = order;
        out.passed = true;
        return out;
    } else {
        out.passed = out.cosine > options.tolerance.cosine && out.euclid > options.tolerance.euclid;
        out.level = out.passed ? Level::Similar : Level::NotSimilar;
    }
    if (!out.passed) keepTop(a, b, count, options, out);
    return out;
}

template <class T>
LayerComparison compareArrays(const T* a, const T* b, const Shape& shape, const CompareOptions& options, bool int8) {
    const auto count = static_cast<size_t>(ir::checkedElementCount(shape).value_or(0));
    const bool sliced = options.perAxis >= 0 && static_cast<size_t>(options.perAxis) < shape.size() && !int8;
    if (!sliced || count == 0) return compareSlice(a, b, count, options, int8);
    size_t outer = 1;
    for (size_t d = 0; d <= static_cast<size_t>(options.perAxis); ++d)
        outer *= static_cast<size_t>(shape[d]);
    const size_t inner = count / outer;
    if (std::equal(a, a + count, b)) return compareSlice(a, b, count, options, int8);
    // The failing slice of least cosine, or else the last one.
    LayerComparison result;
    double least = 1;
    for (size_t i = 0; i < outer; ++i) {
        LayerComparison slice = compareSlice(a + i * inner, b + i * inner, inner, options, int8);
        if (slice.level == Level::Equal) { // the vendor knows "equal" for whole arrays only
            slice.level = Level::Close;
            slice.closeOrder = kClosest;
        }
        slice.slice = static_cast<int64_t>(i);
        slice.axis = options.perAxis;
        const bool worse = !slice.passed && slice.cosine < least;
        if (worse) least = slice.cosine;
        if (worse || (i + 1 == outer && least == 1)) result = std::move(slice);
    }
    return result;
}

const char* numpyName(ElementType type) {
    switch (type) {
    case ElementType::F32: return "float32";
    case ElementType::F16: return "float16";
    case ElementType::F64: return "float64";
    case ElementType::I1: return "bool";
    case ElementType::BF16:
    case ElementType::Ui16: return "uint16";
    case ElementType::Ui4:
    case ElementType::Ui8: return "uint8";
    case ElementType::I16:
    case ElementType::Si16: return "int16";
    case ElementType::I32:
    case ElementType::Si32: return "int32";
    case ElementType::I64:
    case ElementType::Si64: return "int64";
    case ElementType::Ui32: return "uint32";
    case ElementType::Ui64: return "uint64";
    default: return "int8";
    }
}

} // namespace

std::string pythonTuple(const Shape& shape) {
    std::string text = "(";
    for (size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + (shape.size() == 1 ? ",)" : ")");
}

LayerComparison compareTensors(const Tensor& target, const Tensor& reference, const CompareOptions& options) {
    Shape shape = target.shape();
    const Shape& other = reference.shape();
    std::vector<std::string> notes;
    bool crop = false;
    if (target.elementCount() != reference.elementCount()) {
        const auto within = [](const Shape& a, const Shape& b) {
            return a.size() == b.size() &&
                   std::equal(a.begin(), a.end(), b.begin(), [](int64_t x, int64_t y) { return x <= y; });
        };
        notes.push_back("WARRING: not the same shape  " + pythonTuple(shape) + " v.s. " + pythonTuple(other));
        crop = within(shape, other) || within(other, shape);
        if (within(other, shape)) shape = other;
    }
    LayerComparison out;
    const bool int8 = isInt8(target.type()) || isInt8(reference.type());
    const bool int32 = isInt32(target.type()) || isInt32(reference.type());
    const bool fits = notes.empty() || crop;
    if (fits && target.type() == ElementType::F32 && reference.type() == ElementType::F32 && !crop) {
        out = compareArrays(target.data<float>(), reference.data<float>(), shape, options, false);
    } else if (fits) {
        const auto both = [&]<class T>(std::vector<T> a, std::vector<T> b) {
            convert(target, a);
            convert(reference, b);
            if constexpr (std::is_same_v<T, double>) {
                int8 ? wrap<int8_t>(a) : wrap<int32_t>(a);
                int8 ? wrap<int8_t>(b) : wrap<int32_t>(b);
            }
            if (crop) {
                a = cropped(a, target.shape(), shape);
                b = cropped(b, other, shape);
            }
            return compareArrays(a.data(), b.data(), shape, options, int8);
        };
        out = int8 || int32 ? both(std::vector<double>(), std::vector<double>())
                            : both(std::vector<float>(), std::vector<float>());
    }
    out.targetShape = target.shape();
    out.referenceShape = other;
    out.elementName = numpyName(target.type());
    out.notes = std::move(notes);
    out.wholeNumbers = int8 || int32;
    if (isInt8(target.type())) {
        out.int8 = true;
        for (int8_t v : target.span<int8_t>()) {
            out.saturatedHigh += v == 127;
            out.saturatedLow += v == -128;
            out.zeros += v == 0;
            out.small += v >= -8 && v <= 8;
        }
        out.small += out.saturatedLow; // NumPy's abs(-128) is -128 in int8
    }
    return out;
}

double similarity(const Tensor& a, const Tensor& b) {
    if (a.elementCount() != b.elementCount() || a.elementCount() == 0) return 0.5;
    const auto of = [&](const float* x, const float* y) {
        const Sums s = sumsOf(x, y, static_cast<size_t>(a.elementCount()));
        const double cosine = s.dot / (std::sqrt(s.aa) * std::sqrt(s.bb));
        return 0.5 + 0.5 * (std::isfinite(cosine) ? cosine : 0);
    };
    if (a.type() == ElementType::F32 && b.type() == ElementType::F32) return of(a.data<float>(), b.data<float>());
    std::vector<float> x, y;
    convert(a, x);
    convert(b, y);
    return of(x.data(), y.data());
}

} // namespace wb::evaluate
