// SPDX-License-Identifier: GPL-3.0-or-later
// Heights, ranges and ticks; see cosine_scale.h.
#include "visualizer/cosine_plot/cosine_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::cosine_plot {
namespace {

double nines(double cosine) { return -std::log10(1 - cosine); }

} // namespace

double heightOf(Scale scale, double cosine, double sqnrDb, double top) {
    if (scale == Scale::Sqnr)
        return std::isinf(sqnrDb) ? (sqnrDb > 0 ? top : std::nan("")) : sqnrDb;
    if (!std::isfinite(cosine))
        return std::nan("");
    if (cosine >= kExactCosine)
        return top;
    return scale == Scale::Linear ? cosine : nines(cosine);
}

ScaleRange rangeFor(Scale scale, const QVector<double>& cosines, const QVector<double>& sqnr,
                    const QVector<double>& goals) {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    const auto take = [&](double height) {
        if (std::isfinite(height)) {
            low = std::min(low, height);
            high = std::max(high, height);
        }
    };
    for (int i = 0; i < cosines.size(); ++i)
        take(heightOf(scale, cosines[i], sqnr.value(i, std::nan("")), std::nan("")));
    if (scale != Scale::Sqnr)
        for (double goal : goals)
            take(heightOf(scale, goal, 0, std::nan("")));
    const bool any = low <= high;
    ScaleRange range;
    switch (scale) {
    case Scale::Nines:
        if (!any) {
            low = 1;
            high = 3;
        }
        range.low = low - std::max(0.2, (high - low) * 0.08);
        // Room between the best finite value and exact agreement, so that the two are never confused.
        range.top = std::clamp(high + 0.6, range.low + 1.5, 7.2);
        range.high = range.top + (range.top - range.low) * 0.03;
        break;
    case Scale::Linear:
        if (!any)
            low = 0.9;
        range.top = 1;
        range.low = low - std::max(1e-7, (1 - low) * 0.08);
        range.high = 1 + (1 - range.low) * 0.03;
        break;
    case Scale::Sqnr:
        if (!any) {
            low = 0;
            high = 40;
        }
        range.low = low - std::max(2.0, (high - low) * 0.08);
        range.top = high + std::max(3.0, (high - low) * 0.1);
        range.high = range.top + (range.top - range.low) * 0.03;
        break;
    }
    return range;
}

QVector<Tick> ticksFor(Scale scale, const ScaleRange& range, double gap) {
    QVector<Tick> candidates;
    candidates.append({range.top, scale == Scale::Sqnr ? QStringLiteral("∞") : QStringLiteral("1")});
    if (scale == Scale::Nines) {
        // Whole nines before halves.
        for (int n = 6; n >= 1; --n)
            candidates.append({static_cast<double>(n), QString::number(1 - std::pow(10.0, -n), 'f', n)});
        for (double cosine : {0.95, 0.5, 0.0, -1.0})
            candidates.append({nines(cosine), cosine < 0 ? QStringLiteral("−1") : QString::number(cosine)});
        for (int n = 2; n <= 5; ++n)
            candidates.append({nines(1 - 0.5 * std::pow(10.0, -n)),
                               QString::number(1 - 0.5 * std::pow(10.0, -n), 'f', n + 1)});
    } else {
        const double span = range.top - range.low;
        if (!(span > 0) || !std::isfinite(span))
            return {};
        const double rough = std::max(gap, span / 6);
        const double power = std::pow(10.0, std::floor(std::log10(rough)));
        const double step = rough / power <= 1 ? power : rough / power <= 2   ? 2 * power
                                                     : rough / power <= 5 ? 5 * power
                                                                          : 10 * power;
        const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 8);
        for (double v = std::floor(range.top / step) * step; v >= range.low && candidates.size() < 64; v -= step)
            candidates.append({v, QString::number(std::abs(v) < step / 1e3 ? 0 : v, 'f', digits)
                                      .replace(QLatin1Char('-'), QChar(0x2212))});
    }
    QVector<Tick> ticks;
    for (const Tick& tick : candidates) {
        const bool clear = std::all_of(ticks.begin(), ticks.end(), [&](const Tick& t) {
            return std::abs(t.height - tick.height) >= gap;
        });
        const bool inside = tick.height >= range.low && tick.height <= range.high;
        if (clear && inside && (ticks.isEmpty() || tick.height < range.top))
            ticks.append(tick);
    }
    return ticks;
}

double cosineAt(Scale scale, double height, double top) {
    if (height >= top)
        return 1;
    return scale == Scale::Linear ? height : 1 - std::pow(10.0, -height);
}

} // namespace wb::cosine_plot
