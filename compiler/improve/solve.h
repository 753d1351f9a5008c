// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that undo the error of a layer's quantised input: linear algebra of one group of a convolution.
//
// With patches A (quantised network so far) and F (float network) of the same places, the rows W are drawn to the
// least squares solution W* = W + W · cov(F − A, A) · (cov(A, A) + λ)⁻¹, a ridge towards the original weights, and then
// rounded one after the other, each weight's error carried by those that are still free (GPTQ, Frantar et al. 2022,
// in the form of Babai's nearest plane on the Cholesky factor of cov(A, A)).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wb::improve {

struct SolveOptions {
    double ridge = 4;     ///< λ over the mean of cov(A, A)'s diagonal
    double damping = 0.01; ///< of the rounding, the same way
    bool compensate = true; ///< false: only round
    /// How much of the mean of the input's error the bias takes back. Where an input is clipped, its mean differs from
    /// picture to picture, and taking it back spoils the others.
    double meanShare = 0;
};

/// Sums over patches, K = length of a patch. Means may be left out (no bias to take them): empty, and the moments are
/// then not centred.
struct PatchMoments {
    int64_t inner = 0;
    std::vector<double> aa;            ///< [K][K]: mean of (A − μA)(A − μA)ᵀ
    std::vector<double> da;            ///< [K][K]: mean of (F − A − …)(A − μA)ᵀ
    std::vector<double> meanA, meanF;  ///< [K], or empty
};

struct SolvedRows {
    std::vector<int8_t> codes;  ///< [rows][K], −127…127
    std::vector<double> scales; ///< [rows]
    std::vector<float> bias;    ///< [rows]; empty without means
    double moved = 0;           ///< |scale · codes − W| / |W|
};

/// `weights` [rows][K], `bias` [rows] or empty.
SolvedRows solveRows(std::span<const float> weights, std::span<const float> bias, int64_t rows,
                     const PatchMoments& moments, const SolveOptions& options);

/// W*, without rounding (tests, reports).
std::vector<double> compensated(std::span<const float> weights, int64_t rows, const PatchMoments& moments,
                                const SolveOptions& options);

} // namespace wb::improve
