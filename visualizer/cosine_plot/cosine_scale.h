// SPDX-License-Identifier: GPL-3.0-or-later
// The three y scales of the cosine plot (rule V-1) as pure functions: value to height, the line that a
// cosine of exactly 1 sits on, and the labelled values.
#pragma once

#include <QString>
#include <QVector>

namespace wb::cosine_plot {

enum class Scale { Nines, Linear, Sqnr };

/// From here on a cosine prints as 1.000000 and sits on the top line.
inline constexpr double kExactCosine = 1 - 5e-7;

struct ScaleRange {
    double low = 0, high = 1;          ///< what the axis shows, in heights
    double top = 1;                    ///< height of the line of cosine 1
};

/// Heights: nines = −log10(1−cos), linear = cos, SQNR = dB. Not a number stays that. `top` is used for
/// exact agreement, whose nines and decibels are infinite.
double heightOf(Scale scale, double cosine, double sqnrDb, double top);

/// Range that shows all the values (NaN ignored) and goals; `cosines` and `sqnr` have the same length.
ScaleRange rangeFor(Scale scale, const QVector<double>& cosines, const QVector<double>& sqnr,
                    const QVector<double>& goals);

struct Tick {
    double height = 0;
    QString label;
};

/// Labelled values inside the range, at least `gap` heights apart, the top line's first.
QVector<Tick> ticksFor(Scale scale, const ScaleRange& range, double gap);

/// The cosine that a height stands for (drag of a goal); only for the two cosine scales.
double cosineAt(Scale scale, double height, double top);

} // namespace wb::cosine_plot
