// SPDX-License-Identifier: GPL-3.0-or-later
// A curve as straight lines (kernels/sum_form.h): tangents moved by a tolerance, so that the curve runs through the middle of
// the band; hollow parts are the largest of theirs, arched ones the least.
#pragma once

#include "compiler/kernels/sum_form.h"

#include <functional>
#include <optional>

namespace wb::ops {

struct CurveLines {
    std::vector<kernels::SumForm::Line> lines; ///< in codes, of a real argument
    double reach = 0;                          ///< arguments beyond give the same codes
    double error = 0;                          ///< largest distance from the curve, in codes
};

/// The function in codes: f(x) / scale + zero, between two codes. As exact as `most` lines that are not flat allow; nothing
/// if that is far off, or the curve is not hollow in the middle (arched ends are allowed).
std::optional<CurveLines> linesOf(const std::function<double(double)>& f, double scale, double zero, double least, double greatest,
                                  size_t most);

inline constexpr size_t kMostSumLines = 10; ///< with more, a table of codes in vector steps costs less

} // namespace wb::ops
