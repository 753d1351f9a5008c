// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/solve.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace wb::improve {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix>;

constexpr double kLeastScale = 1e-5; ///< of a channel's weights, as the lowering bounds it
constexpr int kRescales = 3;

double meanDiagonal(const PatchMoments& m) {
    double sum = 0;
    for (int64_t i = 0; i < m.inner; ++i)
        sum += m.aa[static_cast<size_t>(i * m.inner + i)];
    return sum / static_cast<double>(std::max<int64_t>(1, m.inner));
}

/// Rounds rows to multiples of their scales, last column first, in an order in which columns of little weight come
/// last and so carry the others' errors.
class Rounder {
public:
    Rounder(const PatchMoments& m, double damping) : m_inner(m.inner), m_order(static_cast<size_t>(m.inner)) {
        std::iota(m_order.begin(), m_order.end(), int64_t{0});
        const auto diagonal = [&](int64_t i) { return m.aa[static_cast<size_t>(i * m.inner + i)]; };
        std::stable_sort(m_order.begin(), m_order.end(), [&](int64_t a, int64_t b) { return diagonal(a) < diagonal(b); });
        const double mean = meanDiagonal(m);
        if (!(mean > 0)) return;
        Matrix h(m.inner, m.inner);
        for (int64_t i = 0; i < m.inner; ++i)
            for (int64_t j = 0; j < m.inner; ++j)
                h(i, j) = m.aa[static_cast<size_t>(m_order[static_cast<size_t>(i)] * m.inner + m_order[static_cast<size_t>(j)])];
        h.diagonal().array() += damping * mean;
        const Eigen::LLT<Matrix> factor(h);
        if (factor.info() == Eigen::Success) m_lower = factor.matrixL();
    }

    /// Codes of one row; returns the largest magnitude.
    int round(const double* row, double scale, int8_t* codes) const {
        int most = 0;
        Eigen::VectorXd carried = Eigen::VectorXd::Zero(m_inner); // Σ over done columns of error · L
        for (int64_t i = m_inner; i-- > 0;) {
            const int64_t column = m_order[static_cast<size_t>(i)];
            const bool plain = m_lower.size() == 0;
            const double target = plain ? row[column] : row[column] + carried(i) / m_lower(i, i);
            const double code = std::clamp(std::round(target / scale), -127.0, 127.0);
            codes[column] = static_cast<int8_t>(code);
            most = std::max(most, static_cast<int>(std::fabs(code)));
            // What is left of this column: the error against the original weight goes to all columns before it.
            if (!plain) carried.head(i + 1) += (row[column] - code * scale) * m_lower.row(i).head(i + 1).transpose();
        }
        return most;
    }

private:
    int64_t m_inner;
    std::vector<int64_t> m_order; ///< rising diagonal: those that matter most are rounded first
    Matrix m_lower;               ///< empty: round each weight by itself
};

} // namespace

std::vector<double> compensated(std::span<const float> weights, int64_t rows, const PatchMoments& m,
                                const SolveOptions& options) {
    std::vector<double> result(weights.begin(), weights.end());
    const double mean = meanDiagonal(m);
    if (!options.compensate || !(mean > 0)) return result;
    Matrix h = ConstMap(m.aa.data(), m.inner, m.inner);
    h.diagonal().array() += options.ridge * mean;
    const Eigen::LLT<Matrix> factor(h);
    if (factor.info() != Eigen::Success) return result;
    Eigen::Map<Matrix> w(result.data(), rows, m.inner);
    const Matrix right = ConstMap(m.da.data(), m.inner, m.inner).transpose() * w.transpose();
    w += factor.solve(right).transpose();
    return result;
}

SolvedRows solveRows(std::span<const float> weights, std::span<const float> bias, int64_t rows, const PatchMoments& m,
                     const SolveOptions& options) {
    const std::vector<double> wanted = compensated(weights, rows, m, options);
    const Rounder rounder(m, options.damping);
    SolvedRows out;
    out.codes.resize(weights.size());
    out.scales.resize(static_cast<size_t>(rows));
    double moved = 0, all = 0;
    for (int64_t r = 0; r < rows; ++r) {
        const double* row = wanted.data() + r * m.inner;
        int8_t* codes = out.codes.data() + r * m.inner;
        double most = 0;
        for (int64_t i = 0; i < m.inner; ++i)
            most = std::max(most, std::fabs(row[i]));
        double& scale = out.scales[static_cast<size_t>(r)];
        scale = std::max(static_cast<double>(static_cast<float>(most / 127)), kLeastScale);
        // A channel should use all its codes, so that whoever derives the scale from the weights finds this one.
        for (int i = 0; i <= kRescales; ++i) {
            const int largest = rounder.round(row, scale, codes);
            const double finer = static_cast<double>(static_cast<float>(scale * largest / 127));
            if (largest == 127 || largest == 0 || finer <= kLeastScale || i == kRescales) break;
            scale = finer;
        }
        double shift = 0, inputShift = 0; // of the mean: by the new weights, by the input's error
        for (int64_t i = 0; i < m.inner; ++i) {
            const auto k = static_cast<size_t>(i);
            const double before = static_cast<double>(weights[static_cast<size_t>(r * m.inner) + k]);
            const double after = scale * static_cast<double>(codes[i]);
            moved += (after - before) * (after - before);
            all += before * before;
            if (m.meanA.empty()) continue;
            shift += (before - after) * m.meanA[k];
            inputShift += before * (m.meanF[k] - m.meanA[k]);
        }
        if (!m.meanA.empty() && !bias.empty())
            out.bias.push_back(static_cast<float>(static_cast<double>(bias[static_cast<size_t>(r)]) + shift +
                                                  options.meanShare * inputShift));
    }
    out.moved = all > 0 ? std::sqrt(moved / all) : 0;
    return out;
}

} // namespace wb::improve
