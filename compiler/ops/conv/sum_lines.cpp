// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/sum_lines.h"

#include <array>
#include <cmath>

namespace wb::ops {
namespace {

using Line = kernels::SumForm::Line;
constexpr size_t kPoints = 4096;
constexpr std::array kTolerances{0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6}; ///< codes
constexpr double kMostError = 1; ///< codes: beyond, rounding the argument to a code costs no more
constexpr double kFlat = 0.05; ///< codes: where the curve has come to its end

/// The curve on a grid.
struct Grid {
    std::vector<double> x, y, slope;
    double clamped(double value) const { return std::clamp(value, least, greatest); }
    double least = 0, greatest = 0;
};

struct Region {
    size_t begin, end;
    bool hollow;
};

/// Runs of one curvature; points without any belong to the run before.
std::vector<Region> regionsOf(const Grid& grid) {
    std::vector<Region> regions;
    for (size_t i = 1; i + 1 < grid.y.size(); ++i) {
        const double bend = grid.y[i + 1] - 2 * grid.y[i] + grid.y[i - 1];
        if (std::fabs(bend) < 1e-9) continue;
        if (regions.empty()) regions.push_back({0, grid.y.size(), bend > 0});
        if (regions.back().hollow == (bend > 0)) continue;
        regions.back().end = i;
        regions.push_back({i, grid.y.size(), bend > 0});
    }
    return regions;
}

/// Tangents moved by `tolerance`, from one point of the grid to another, each as far as the curve stays within the band. An
/// arched end begins where it meets the hollow middle; there its line goes on above the curve, up to four times as far as
/// at the meeting point.
void addLines(const Grid& grid, size_t from, size_t to, bool hollow, Line::Part part, double tolerance, std::vector<Line>& lines) {
    const double sign = hollow ? 1 : -1;
    const auto next = [&](size_t at) { return from < to ? at + 1 : at - 1; };
    const auto gap = [&](size_t at, size_t touch) {
        return sign * (grid.y[at] - grid.y[touch] - grid.slope[touch] * (grid.x[at] - grid.x[touch]));
    };
    double most = hollow ? 2 * tolerance : 0.5 * tolerance;
    for (size_t at = from; at != to; most = 2 * tolerance) {
        size_t touch = at;
        while (touch != to && gap(at, touch) < most) touch = next(touch);
        size_t last = touch;
        while (last != to && gap(last, touch) < 2 * tolerance) last = next(last);
        const double offset = grid.y[touch] + sign * tolerance - grid.slope[touch] * grid.x[touch];
        lines.push_back({static_cast<float>(grid.slope[touch]), static_cast<float>(offset), part});
        at = last == at ? next(at) : last;
    }
}

/// A middle line that rises above the curve over an arched end stays under that side.
bool rises(const Grid& grid, const Line& line, const Region& region, double tolerance) {
    for (size_t i = region.begin; i < region.end; ++i)
        if (static_cast<double>(line.slope) * grid.x[i] + static_cast<double>(line.offset) > grid.y[i] + 1.2 * tolerance) return true;
    return false;
}

std::vector<Line> linesWithin(const Grid& grid, const std::vector<Region>& regions, double tolerance) {
    const bool left = !regions.front().hollow, right = !regions.back().hollow;
    const Region& middle = regions[left ? 1 : 0];
    std::vector<Line> lines;
    if (left) {
        size_t begin = 0;
        const double flat = std::nearbyint(grid.y.front());
        if (std::fabs(grid.y.front() - flat) <= kFlat) { // it begins flat
            lines.push_back({0, static_cast<float>(flat), Line::Left});
            while (begin + 1 < regions.front().end && flat - grid.y[begin] < tolerance) ++begin;
        }
        addLines(grid, regions.front().end - 1, begin, false, Line::Left, tolerance, lines);
    }
    if (right) addLines(grid, regions.back().begin, regions.back().end - 1, false, Line::Right, tolerance, lines);
    std::vector<Line> hollow;
    addLines(grid, middle.begin, middle.end - 1, true, Line::Middle, tolerance, hollow);
    for (Line& line : hollow) {
        if (left && rises(grid, line, regions.front(), tolerance)) line.part = Line::UnderLeft;
        else if (right && rises(grid, line, regions.back(), tolerance)) line.part = Line::UnderRight;
        lines.push_back(line);
    }
    return lines;
}

double errorOf(const Grid& grid, const std::vector<Line>& lines) {
    kernels::SumForm form;
    form.lines = lines;
    double error = 0;
    for (size_t i = 0; i < grid.x.size(); ++i) {
        const auto value = static_cast<double>(kernels::curveOf(form, static_cast<float>(grid.x[i])));
        error = std::max(error, std::fabs(grid.clamped(value) - grid.clamped(grid.y[i])));
    }
    return error;
}

/// The part of the curve beyond which its codes stay as they are.
std::optional<Grid> gridOf(const std::function<double(double)>& f, double scale, double zero, double least, double greatest) {
    Grid grid;
    grid.least = least;
    grid.greatest = greatest;
    const auto codeAt = [&](double x) { return f(x) / scale + zero; };
    const double far = std::max(30.0, 2 * (greatest - least) * scale), step = 2 * far / static_cast<double>(kPoints);
    double low = -far, high = far;
    while (low < high && std::fabs(grid.clamped(codeAt(low + step)) - grid.clamped(codeAt(-far))) < kFlat) low += step;
    while (low < high && std::fabs(grid.clamped(codeAt(high - step)) - grid.clamped(codeAt(far))) < kFlat) high -= step;
    if (!(low < high) || !std::isfinite(codeAt(low)) || !std::isfinite(codeAt(high))) return {};
    for (size_t i = 0; i < kPoints; ++i) {
        const double x = low + (high - low) * static_cast<double>(i) / static_cast<double>(kPoints - 1);
        grid.x.push_back(x);
        grid.y.push_back(codeAt(x));
        if (!std::isfinite(grid.y.back())) return {};
    }
    for (size_t i = 0; i < kPoints; ++i) {
        const size_t a = i == 0 ? 0 : i - 1, b = std::min(i + 1, kPoints - 1);
        grid.slope.push_back((grid.y[b] - grid.y[a]) / (grid.x[b] - grid.x[a]));
    }
    return grid;
}

} // namespace

std::optional<CurveLines> linesOf(const std::function<double(double)>& f, double scale, double zero, double least, double greatest,
                                  size_t most) {
    if (!(scale > 0)) return {};
    const auto grid = gridOf(f, scale, zero, least, greatest);
    if (!grid) return {};
    const auto regions = regionsOf(*grid);
    if (regions.empty() || regions.size() > 3) return {};
    const bool left = !regions.front().hollow;
    if (regions.size() == 1 ? left : regions.size() == 3 && !left) return {};
    if (regions.size() == 2 && left == !regions.back().hollow) return {};
    std::optional<CurveLines> best;
    for (const double tolerance : kTolerances) {
        CurveLines now{linesWithin(*grid, regions, tolerance), std::max(std::fabs(grid->x.front()), std::fabs(grid->x.back())), 0};
        const auto sloped = static_cast<size_t>(
            std::count_if(now.lines.begin(), now.lines.end(), [](const Line& line) { return line.slope != 0; }));
        if (sloped > most) continue;
        now.error = errorOf(*grid, now.lines);
        if (!best || now.error < best->error) best = std::move(now);
    }
    if (best && best->error > kMostError) best.reset();
    return best;
}

} // namespace wb::ops
