// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold_arithmetic.h"

#include "compiler/import/fold_move.h"
#include "compiler/numeric/half.h"
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cmath>

namespace wb::importer {
namespace {

using ir::ElementType;
using ir::Tensor;
using ops::SourceNode;
using Inputs = std::vector<const Tensor*>;

bool isReal(ElementType type) {
    return ir::isFloat(type);
}

/// Numbers as double (float types) or int64 (the others), never rounded in between.
struct Numbers {
    ElementType type = ElementType::F32;
    ir::Shape shape;
    std::vector<double> reals;
    std::vector<int64_t> ints;
    bool real() const { return isReal(type); }
};

std::optional<Numbers> numbers(const Tensor& tensor) {
    Numbers n{tensor.type(), tensor.shape(), {}, {}};
    if (n.real()) {
        const auto values = ops::toReals(tensor);
        if (!values) return {};
        n.reals = *values;
    } else {
        const auto values = ops::toInts(tensor);
        if (!values) return {};
        n.ints = *values;
    }
    return n;
}

/// Towards zero, as ONNX Cast does it; what int64 does not hold saturates, NaN is 0.
int64_t truncated(double v) {
    if (std::isnan(v)) return 0;
    return v >= 9.2e18 ? INT64_MAX : v <= -9.2e18 ? INT64_MIN : static_cast<int64_t>(v);
}

/// int64 numbers in the storage of `type`; bools become 0 or 1.
Result<Tensor> store(ElementType type, const ir::Shape& shape, const std::vector<double>& reals,
                     const std::vector<int64_t>& ints) {
    WB_ASSIGN(Tensor result, Tensor::allocate(type, shape));
    const auto real = [&](size_t i) {
        return ints.empty() ? reals[i] : static_cast<double>(ints[i]);
    };
    const auto integer = [&](size_t i) { return ints.empty() ? truncated(reals[i]) : ints[i]; };
    const auto count = static_cast<size_t>(result.elementCount());
    for (size_t i = 0; i < count; ++i) {
        switch (type) {
        case ElementType::F32:
            result.mutableData<float>()[i] = static_cast<float>(real(i));
            break;
        case ElementType::F64:
            result.mutableData<double>()[i] = real(i);
            break;
        case ElementType::F16:
            result.mutableData<uint16_t>()[i] = numeric::toHalf(static_cast<float>(real(i)));
            break;
        case ElementType::BF16:
            result.mutableData<uint16_t>()[i] = numeric::toBfloat16(static_cast<float>(real(i)));
            break;
        case ElementType::I1:
            result.mutableData<uint8_t>()[i] = real(i) != 0.0 ? 1 : 0;
            break;
        default:
            switch (ir::sizeInBytes(type)) {
            case 1:
                result.mutableData<uint8_t>()[i] = static_cast<uint8_t>(integer(i));
                break;
            case 2:
                result.mutableData<uint16_t>()[i] = static_cast<uint16_t>(integer(i));
                break;
            case 4:
                result.mutableData<uint32_t>()[i] = static_cast<uint32_t>(integer(i));
                break;
            default:
                result.mutableData<int64_t>()[i] = integer(i);
            }
        }
    }
    return result;
}

// Integer arithmetic wraps as two's complement, as other runtimes do; no overflow is undefined
// here.
int64_t wrapAdd(int64_t a, int64_t b) {
    return static_cast<int64_t>(uint64_t(a) + uint64_t(b));
}
int64_t wrapSub(int64_t a, int64_t b) {
    return static_cast<int64_t>(uint64_t(a) - uint64_t(b));
}
int64_t wrapMul(int64_t a, int64_t b) {
    return static_cast<int64_t>(uint64_t(a) * uint64_t(b));
}
int64_t safeDiv(int64_t a, int64_t b) {
    return b == 0 ? 0 : b == -1 ? wrapSub(0, a) : a / b;
}
int64_t safeMod(int64_t a, int64_t b) { // sign of the divisor, as ONNX Mod with fmod = 0
    if (b == 0 || b == -1) return 0;
    const int64_t r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

int64_t signedMod(int64_t a, int64_t b) { // sign of the dividend, as with fmod = 1
    return b == 0 || b == -1 ? 0 : a % b;
}

struct Binary {
    const char* kind;
    double (*real)(double, double);
    int64_t (*integer)(int64_t, int64_t);
    bool truth; ///< result is a bool
};

constexpr Binary kBinary[] = {
    {"Add", [](double a, double b) { return a + b; }, wrapAdd, false},
    {"Sub", [](double a, double b) { return a - b; }, wrapSub, false},
    {"Mul", [](double a, double b) { return a * b; }, wrapMul, false},
    {"Div", [](double a, double b) { return a / b; }, safeDiv, false},
    {"Mod", [](double a, double b) { return std::fmod(a, b); }, safeMod, false},
    {"Pow", [](double a, double b) { return std::pow(a, b); },
     [](int64_t a, int64_t b) {
         return truncated(std::pow(static_cast<double>(a), static_cast<double>(b)));
     },
     false},
    {"Min", [](double a, double b) { return std::min(a, b); },
     [](int64_t a, int64_t b) { return std::min(a, b); }, false},
    {"Max", [](double a, double b) { return std::max(a, b); },
     [](int64_t a, int64_t b) { return std::max(a, b); }, false},
    {"Equal", [](double a, double b) { return double(a == b); },
     [](int64_t a, int64_t b) { return int64_t(a == b); }, true},
    {"Greater", [](double a, double b) { return double(a > b); },
     [](int64_t a, int64_t b) { return int64_t(a > b); }, true},
    {"GreaterOrEqual", [](double a, double b) { return double(a >= b); },
     [](int64_t a, int64_t b) { return int64_t(a >= b); }, true},
    {"Less", [](double a, double b) { return double(a < b); },
     [](int64_t a, int64_t b) { return int64_t(a < b); }, true},
    {"LessOrEqual", [](double a, double b) { return double(a <= b); },
     [](int64_t a, int64_t b) { return int64_t(a <= b); }, true},
    {"And", [](double a, double b) { return double(a != 0 && b != 0); },
     [](int64_t a, int64_t b) { return int64_t(a != 0 && b != 0); }, true},
    {"Or", [](double a, double b) { return double(a != 0 || b != 0); },
     [](int64_t a, int64_t b) { return int64_t(a != 0 || b != 0); }, true},
};

struct Unary {
    const char* kind;
    double (*real)(double);
};

constexpr Unary kUnary[] = {
    {"Neg", [](double v) { return -v; }},
    {"Abs", [](double v) { return std::fabs(v); }},
    {"Floor", [](double v) { return std::floor(v); }},
    {"Ceil", [](double v) { return std::ceil(v); }},
    {"Round", [](double v) { return std::nearbyint(v); }},
    {"Sqrt", [](double v) { return std::sqrt(v); }},
    {"Exp", [](double v) { return std::exp(v); }},
    {"Log", [](double v) { return std::log(v); }},
    {"Sin", [](double v) { return std::sin(v); }},
    {"Cos", [](double v) { return std::cos(v); }},
    {"Tanh", [](double v) { return std::tanh(v); }},
    {"Sigmoid", [](double v) { return 1.0 / (1.0 + std::exp(-v)); }},
    {"Reciprocal", [](double v) { return 1.0 / v; }},
    {"Not", [](double v) { return v == 0.0 ? 1.0 : 0.0; }},
    {"Relu", [](double v) { return std::max(v, 0.0); }},
    {"Sign", [](double v) { return double((v > 0) - (v < 0)); }},
};

/// Index of a broadcast operand for each element of the result shape.
class Broadcast {
public:
    Broadcast(const ir::Shape& operand, const ir::Shape& result)
        : m_shape(result)
        , m_strides(result.size(), 0)
        , m_index(result.size(), 0) {
        const auto own = rowMajorStrides(operand);
        for (size_t d = 0; d < own.size(); ++d)
            if (operand[d] != 1) m_strides[result.size() - own.size() + d] = own[d];
    }
    size_t next() {
        const auto at = static_cast<size_t>(m_at);
        for (size_t d = m_shape.size(); d-- > 0;) {
            m_at += m_strides[d];
            if (++m_index[d] < m_shape[d]) break;
            m_at -= m_strides[d] * m_shape[d];
            m_index[d] = 0;
        }
        return at;
    }

private:
    const ir::Shape& m_shape;
    std::vector<int64_t> m_strides, m_index;
    int64_t m_at = 0;
};

Folded foldBinary(const Binary& rule, const Tensor& a, const Tensor& b) {
    const auto x = numbers(a), y = numbers(b);
    const auto shape = ops::broadcastShapes(a.shape(), b.shape());
    if (!x || !y || !shape || x->type != y->type) return {};
    const auto count = ir::checkedElementCount(*shape);
    if (!count || *count > (int64_t{1} << 22)) return {};
    Broadcast left(a.shape(), *shape), right(b.shape(), *shape);
    std::vector<double> reals;
    std::vector<int64_t> ints;
    for (int64_t i = 0; i < *count; ++i) {
        const size_t l = left.next(), r = right.next();
        if (x->real())
            reals.push_back(rule.real(x->reals[l], y->reals[r]));
        else
            ints.push_back(rule.integer(x->ints[l], y->ints[r]));
    }
    return store(rule.truth ? ElementType::I1 : x->type, *shape, reals, ints);
}

Folded foldUnary(const Unary& rule, const Tensor& a) {
    auto x = numbers(a);
    if (!x) return {};
    if (x->real())
        for (double& v : x->reals)
            v = rule.real(v);
    else
        for (int64_t& v : x->ints)
            v = truncated(rule.real(static_cast<double>(v)));
    return store(x->type, x->shape, x->reals, x->ints);
}

ElementType castTarget(int64_t onnxType) {
    constexpr ElementType types[] = {ElementType::None, ElementType::F32,  ElementType::Ui8,
                                     ElementType::Si8,  ElementType::Ui16, ElementType::Si16,
                                     ElementType::Si32, ElementType::Si64, ElementType::None,
                                     ElementType::I1,   ElementType::F16,  ElementType::F64,
                                     ElementType::Ui32, ElementType::Ui64, ElementType::None,
                                     ElementType::None, ElementType::BF16};
    return onnxType > 0 && onnxType < static_cast<int64_t>(std::size(types)) ? types[onnxType]
                                                                             : ElementType::None;
}

Folded foldCast(const Tensor& x, ElementType target) {
    if (target == ElementType::None) return {};
    if (target == x.type()) return x;
    if (target == ElementType::F32) return ops::toFloat32(x);
    const auto n = numbers(x);
    if (!n) return {};
    return store(target, n->shape, n->reals, n->ints);
}

Folded foldWhere(const Tensor& condition, const Tensor& a, const Tensor& b) {
    const auto c = numbers(condition), x = numbers(a), y = numbers(b);
    if (!c || !x || !y || x->type != y->type) return {};
    const auto both = ops::broadcastShapes(a.shape(), b.shape());
    const auto shape = both ? ops::broadcastShapes(*both, condition.shape()) : std::nullopt;
    const auto count = shape ? ir::checkedElementCount(*shape) : std::nullopt;
    if (!count || *count > (int64_t{1} << 22)) return {};
    Broadcast ci(condition.shape(), *shape), xi(a.shape(), *shape), yi(b.shape(), *shape);
    std::vector<double> reals;
    std::vector<int64_t> ints;
    for (int64_t i = 0; i < *count; ++i) {
        const size_t k = ci.next(), l = xi.next(), r = yi.next();
        const bool yes = c->real() ? c->reals[k] != 0 : c->ints[k] != 0;
        if (x->real())
            reals.push_back(yes ? x->reals[l] : y->reals[r]);
        else
            ints.push_back(yes ? x->ints[l] : y->ints[r]);
    }
    return store(x->type, *shape, reals, ints);
}

Folded foldRange(const Inputs& in) {
    if (in.size() < 3) return {};
    const auto start = numbers(*in[0]), limit = numbers(*in[1]), delta = numbers(*in[2]);
    if (!start || !limit || !delta || in[0]->elementCount() != 1 || in[1]->elementCount() != 1 ||
        in[2]->elementCount() != 1)
        return {};
    const auto value = [](const Numbers& n) {
        return n.real() ? n.reals[0] : static_cast<double>(n.ints[0]);
    };
    if (value(*delta) == 0) return {};
    const double count = std::ceil((value(*limit) - value(*start)) / value(*delta));
    if (!(count <= 1e6)) return {};
    std::vector<double> reals;
    std::vector<int64_t> ints;
    for (int64_t i = 0; i < static_cast<int64_t>(std::max(count, 0.0)); ++i) {
        if (start->real())
            reals.push_back(start->reals[0] + static_cast<double>(i) * delta->reals[0]);
        else
            ints.push_back(wrapAdd(start->ints[0], wrapMul(i, delta->ints[0])));
    }
    const auto size = static_cast<int64_t>(std::max(count, 0.0));
    return store(start->type, {size}, reals, ints);
}

/// Products and the like over all axes or one list: only for the short lists of shape arithmetic.
Folded foldReduce(const SourceNode& node, const Tensor& x, const Tensor* axes) {
    const auto n = numbers(x);
    const bool all = x.shape().size() <= 1 || (!node.integers("axes") && axes == nullptr);
    if (!n || !all || x.elementCount() < 1) return {};
    const bool keep = node.integer("keepdims", 1) != 0;
    Numbers out{n->type, keep ? ir::Shape(x.shape().size(), 1) : ir::Shape{}, {}, {}};
    const auto combine = [&](auto values) {
        auto r = values.front();
        for (size_t i = 1; i < values.size(); ++i)
            r = node.kind == "ReduceProd"  ? r * values[i]
                : node.kind == "ReduceMax" ? std::max(r, values[i])
                : node.kind == "ReduceMin" ? std::min(r, values[i])
                                           : r + values[i];
        return std::vector{r};
    };
    if (n->real())
        out.reals = combine(n->reals);
    else {
        std::vector<uint64_t> wide(n->ints.begin(), n->ints.end()); // wraps
        if (node.kind == "ReduceMax" || node.kind == "ReduceMin")
            out.ints = combine(n->ints);
        else
            out.ints = {static_cast<int64_t>(combine(wide).front())};
    }
    return store(out.type, out.shape, out.reals, out.ints);
}

template <class Table> auto findRow(const Table& table, const std::string& kind) {
    return std::find_if(std::begin(table), std::end(table),
                        [&](const auto& row) { return kind == row.kind; });
}

} // namespace

Result<Tensor> storeNumbers(ElementType type, const ir::Shape& shape,
                            const std::vector<double>& reals, const std::vector<int64_t>& ints) {
    return store(type, shape, reals, ints);
}

bool isArithmetic(const std::string& kind) {
    static constexpr const char* others[] = {"Cast",      "CastLike", "Where",     "Range",    "ReduceProd",
                                             "ReduceMax", "ReduceMin", "ReduceSum"};
    return findRow(kBinary, kind) != std::end(kBinary) ||
           findRow(kUnary, kind) != std::end(kUnary) ||
           std::any_of(std::begin(others), std::end(others),
                       [&](const char* k) { return kind == k; });
}

Folded foldArithmetic(const SourceNode& node, const Inputs& in) {
    const std::string& k = node.kind;
    if (in.empty() || in[0] == nullptr) return {};
    const bool complete = std::find(in.begin(), in.end(), nullptr) == in.end();
    if (k == "CastLike") return in.size() == 2 && complete ? foldCast(*in[0], in[1]->type()) : Folded{};
    if (k == "Cast") return foldCast(*in[0], castTarget(node.integer("to", 0)));
    if (k == "Where")
        return in.size() >= 3 && complete ? foldWhere(*in[0], *in[1], *in[2]) : Folded{};
    if (k == "Range") return complete ? foldRange(in) : Folded{};
    if (k.starts_with("Reduce")) return foldReduce(node, *in[0], in.size() > 1 ? in[1] : nullptr);
    if (const auto row = findRow(kBinary, k); row != std::end(kBinary)) {
        Binary rule = *row;
        if (k == "Mod" && node.integer("fmod", 0) != 0) rule.integer = signedMod;
        return in.size() == 2 && complete ? foldBinary(rule, *in[0], *in[1]) : Folded{};
    }
    if (const auto row = findRow(kUnary, k); row != std::end(kUnary))
        return foldUnary(*row, *in[0]);
    return {};
}

} // namespace wb::importer
