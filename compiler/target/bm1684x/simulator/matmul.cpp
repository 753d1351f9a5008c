// SPDX-License-Identifier: GPL-3.0-or-later
// sMM and sMM2: products of matrices. sMM has rows as batches, cut into pieces over the lanes; sMM2 has a row a lane.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"
#include "compiler/target/bm1684x/simulator/group_sum.h"

namespace wb::bm1684x::sim {
namespace {

/// out[m][n] (+)= Σ left[m][k] · (right[k][n] − zero) + bias[n].
struct Product {
    int64_t rows = 0, inner = 0, columns = 0;
    Precision in{}, out{};
    bool leftSigned = true, rightSigned = true, adds = false;
    int64_t zero = 0;
};

constexpr int64_t kMostElements = int64_t{1} << 24; ///< what local memory holds

/// Floats of 32 bits: the even and the odd products have a sum each, and the second one starts with the bias, or with the
/// result that is added to (the bias then comes last).
template <class Left, class Right, class Bias, class Out>
Status multiplySingles(const Context& x, const Product& p, const Left& left, const Right& right, const Bias& bias, const Out& out) {
    const auto number = [](const std::byte* at) { return floatOf(loadBits(at, 4), Precision::F32); };
    std::vector<float> factors(static_cast<size_t>(p.inner * p.columns));
    for (int64_t k = 0; k < p.inner; ++k)
        for (int64_t j = 0; j < p.columns; ++j) factors[static_cast<size_t>(k * p.columns + j)] = number(right(k, j));
    return x.forEach(p.rows, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> sums(static_cast<size_t>(2 * p.columns));
        for (int64_t m = begin; m < end && !x.job.stopRequested(); ++m) {
            for (int64_t j = 0; j < p.columns; ++j) {
                sums[static_cast<size_t>(j)] = 0;
                sums[static_cast<size_t>(p.columns + j)] = p.adds ? number(out(m, j)) : bias(j);
            }
            for (int64_t k = 0; k < p.inner; ++k) {
                const float a = number(left(m, k));
                float* to = sums.data() + k % 2 * p.columns;
                const float* row = factors.data() + k * p.columns;
                for (int64_t j = 0; j < p.columns; ++j) to[j] += a * row[j];
            }
            for (int64_t j = 0; j < p.columns; ++j) {
                float value = sums[static_cast<size_t>(j)] + sums[static_cast<size_t>(p.columns + j)];
                if (p.adds) value += bias(j);
                storeBits(out(m, j), 4, bitsOf(value, Precision::F32));
            }
        }
    });
}

/// Floats of 16 bits, in groups of the inner axis as a convolution has them.
template <class Left, class Right, class Out>
Status multiplyNarrow(const Context& x, const Product& p, const Left& left, const Right& right, const Out& out) {
    const int64_t inner = roundUp(p.inner, kGroup), size = bytesOf(p.out);
    const auto number = [&](const std::byte* at) { return floatOf(loadBits(at, 2), p.in); };
    std::vector<float> factors(static_cast<size_t>(inner * p.columns));
    for (int64_t j = 0; j < p.columns; ++j)
        for (int64_t k = 0; k < p.inner; ++k) factors[static_cast<size_t>(j * inner + k)] = number(right(k, j));
    return x.forEach(p.rows, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> row(static_cast<size_t>(inner));
        for (int64_t m = begin; m < end && !x.job.stopRequested(); ++m) {
            for (int64_t k = 0; k < p.inner; ++k) row[static_cast<size_t>(k)] = number(left(m, k));
            for (int64_t j = 0; j < p.columns; ++j) {
                float sum = 0;
                for (int64_t k = 0; k < inner; k += kGroup) sum += groupSum(row.data() + k, factors.data() + j * inner + k);
                std::byte* at = out(m, j);
                storeBits(at, size, bitsOf(sum, p.out));
            }
        }
    });
}

/// Codes. Their sums stay below 2^53: doubles hold them exactly.
template <class Left, class Right, class Out>
Status multiplyIntegers(const Context& x, const Product& p, const Left& left, const Right& right, const Out& out) {
    const auto number = [&](const std::byte* at, bool sign) { return static_cast<double>(integerOf(loadBits(at, 1), p.in, sign)); };
    std::vector<double> factors(static_cast<size_t>(p.inner * p.columns));
    for (int64_t k = 0; k < p.inner; ++k)
        for (int64_t j = 0; j < p.columns; ++j)
            factors[static_cast<size_t>(k * p.columns + j)] = number(right(k, j), p.rightSigned) - static_cast<double>(p.zero);
    return x.forEach(p.rows, 1, [&](int64_t begin, int64_t end) {
        std::vector<double> sums(static_cast<size_t>(p.columns));
        for (int64_t m = begin; m < end && !x.job.stopRequested(); ++m) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (int64_t k = 0; k < p.inner; ++k) {
                const double a = number(left(m, k), p.leftSigned);
                const double* row = factors.data() + k * p.columns;
                for (int64_t j = 0; j < p.columns; ++j) sums[static_cast<size_t>(j)] += a * row[j];
            }
            for (int64_t j = 0; j < p.columns; ++j) {
                std::byte* at = out(m, j);
                auto sum = static_cast<uint32_t>(static_cast<int64_t>(sums[static_cast<size_t>(j)]));
                if (p.adds) sum += loadBits(at, 4);
                storeBits(at, 4, sum);
            }
        }
    });
}

template <class Left, class Right, class Out>
Status multiply(const Context& x, const Product& p, const Left& left, const Right& right, const Out& out) {
    return isFloat(p.in) ? multiplyNarrow(x, p, left, right, out) : multiplyIntegers(x, p, left, right, out);
}

/// Element (row, column) of a matrix with a row a lane.
auto rowsInLanes(const View& v) {
    return [&v](int64_t row, int64_t column) { return v.plane(0, row) + column * v.itemBytes(); };
}
/// Element (row, column) of a matrix in pieces of v.shape[3] columns.
auto pieces(const View& v) {
    return [&v](int64_t row, int64_t column) {
        return v.plane(row, column / v.shape[3]) + column % v.shape[3] * v.itemBytes();
    };
}
template <class At> auto transposed(const At& at) {
    return [&at](int64_t row, int64_t column) { return at(column, row); };
}

} // namespace

Status execute(const Context& x, const SMm2& c) {
    Product p;
    p.rows = c.res0_c;
    p.columns = c.res0_w;
    const bool nn = c.tsk_eu_typ == Mm2Op::Nn;
    if (!nn && c.tsk_eu_typ != Mm2Op::Nt) return x.unknown("this operation");
    p.inner = nn ? c.opd1_c : c.opd1_w;
    if ((nn ? c.opd1_w : c.opd1_c) != c.res0_w) return x.fault("the columns of opd1 are not those of the result");
    if (c.opd0_const || c.opd1_const) return x.unknown("a constant matrix");
    const Four left{1, p.rows, 1, p.inner};
    WB_ASSIGN(const View a, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0, left}, Layout::Aligned));
    WB_ASSIGN(const View b, localView(x, {"opd1", c.opd1_addr, c.opd0_prec, c.opd1_sign != 0, {1, c.opd1_c, 1, c.opd1_w}}, Layout::Aligned));
    WB_ASSIGN(const View r, localView(x, {"res0", c.res0_addr, c.res0_prec, true, {1, c.res0_c, 1, c.res0_w}}, Layout::Aligned));
    p.in = a.precision;
    p.out = r.precision;
    p.leftSigned = a.isSigned;
    p.rightSigned = b.isSigned;
    p.adds = c.res_add != 0;
    const bool real = isFloat(p.in);
    if (real ? p.in == Precision::F32 || (p.out != p.in && p.out != Precision::F32)
             : p.in != Precision::Int8 || p.out != Precision::Int32)
        return x.unknown("a product of these precisions");
    if (real && p.adds) return x.unknown("adding to floats");
    if (!real && !c.opd2_const) return x.unknown("a table of zero points");
    if (!real) p.zero = integerOf(c.opd2_addr, Precision::Int8, c.opd1_sign != 0);
    if (p.inner > kMostElements / std::max<int64_t>(p.columns, 1)) return x.fault("opd1 is larger than local memory");
    const auto la = rowsInLanes(a), ra = rowsInLanes(b), out = rowsInLanes(r);
    if (nn) return multiply(x, p, la, ra, out);
    return multiply(x, p, la, transposed(ra), out);
}

Status execute(const Context& x, const SMm& c) {
    if (c.tsk_eu_typ != MmOp::Normal) return x.unknown("this operation");
    if (c.opd0_c < 1 || c.opd0_w < 1 || c.opd1_w < 1 || c.opd1_w > c.opd0_w) return x.fault("opd0 has no elements");
    if (c.opd0_const) return x.unknown("a constant matrix");
    const int64_t leftColumns = int64_t{c.opd0_w} * (int64_t{c.opd0_c} - 1) + c.opd1_w;
    Product p;
    p.rows = c.left_tran ? leftColumns : c.opd0_n;
    p.inner = c.left_tran ? c.opd0_n : leftColumns;
    p.columns = int64_t{c.res0_c} * c.res0_w;
    if (c.opd0_prec != code(Precision::F32) || c.res0_prec != code(Precision::F32)) return x.unknown("a product of these precisions");
    p.in = p.out = Precision::F32;
    p.adds = c.res_add != 0;
    const Four right{p.inner, c.res0_c, 1, c.res0_w};
    WB_ASSIGN(const View a, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, true, {c.opd0_n, c.opd0_c, 1, c.opd0_w}}, Layout::Aligned));
    WB_ASSIGN(const View b, localView(x, {"opd1", c.opd1_addr, c.opd0_prec, true, right}, Layout::Aligned));
    WB_ASSIGN(const View r, localView(x, {"res0", c.res0_addr, c.res0_prec, true, {p.rows, c.res0_c, 1, c.res0_w}}, Layout::Aligned));
    const Operand bias{"opd2", c.opd2_addr, c.opd0_prec, true, {1, c.res0_c, 1, c.res0_w}};
    View offsets;
    if (c.opd2_const) { WB_ASSIGN(offsets, constantView(x, bias)); }
    else { WB_ASSIGN(offsets, localView(x, bias, Layout::Aligned)); }
    if (p.inner > kMostElements / std::max<int64_t>(p.columns, 1)) return x.fault("opd1 is larger than local memory");
    const auto la = pieces(a), ra = pieces(b), out = pieces(r), row = pieces(offsets);
    const auto add = [&](int64_t j) {
        return floatOf(offsets.constant ? offsets.bits : loadBits(row(0, j), 4), Precision::F32);
    };
    if (c.left_tran) return multiplySingles(x, p, transposed(la), ra, add, out);
    return multiplySingles(x, p, la, ra, add, out);
}

} // namespace wb::bm1684x::sim
