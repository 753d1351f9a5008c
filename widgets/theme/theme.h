// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, fonts and icons by meaning. The one place where a colour is written as a number; everything else
// asks for a token at paint time and repaints on Notifier::changed(). GUI thread only.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPen>

class QApplication;
class QCustomPlot;

namespace wb::theme {

enum class Token {
    // surfaces
    Canvas, Base, BaseAlt, Window, Raised, Control, Hover, Node, Selection, SelectionInactive,
    // text and lines
    Text, Text2, Text3, TextDisabled, Line, Outline, Edge, Grid, NodeBorder, Accent, OnAccent,
    // cosine bands: fill, and ink for text, marks and outlines
    Band0999, Band099, Band095, Band090, BandLow,
    Ink0999, Ink099, Ink095, Ink090, InkLow,
    OnBand,
    // precisions and variants
    Source, Fp32, F16, Bf16, Int8, Mixed, Int8Strip,
    // states and detections
    Done, Running, Stale, Failed, Extra, Missed, BoxUnderlay, Shadow,
};

enum class Choice { FollowSystem, Light, Dark };

/// Cosine bands of the UX guide, best first; NotCompared is drawn as hatch.
enum class Band { B0999, B099, B095, B090, Low, NotCompared };
Band bandOf(double cosine, bool compared = true);
QColor bandFill(Band band);
QColor bandInk(Band band);
QString bandMark(Band band); ///< "", "·", "▲", "▲▲", "✕", "?"

QColor color(Token token);
QColor detectionClassColor(int classId);
bool isDark();

/// Text roles of the visual design, section 2; sizes are offsets from the system size.
enum class TextRole { Caption, Body, BodyStrong, Mono, MonoStrong, Value, Section, Page };
QFont font(TextRole role);

/// Line pattern and colour of a series: "source", "fp32", "f16", "bf16", "int8", "mixed", "ghost".
QPen variantPen(const QString& variant);

/// An icon drawn by us (resources/icons/NAME.svg), recoloured at paint time: normal text2, active text,
/// disabled textDisabled, selected onAccent.
QIcon icon(const QString& name);
QPixmap iconPixmap(const QString& name, int size, const QColor& color, qreal devicePixelRatio);

/// Installs style, palette and fonts; call once after QApplication is made.
void install(QApplication& application, Choice choice);
void setChoice(Choice choice);
Choice choice();

/// Axis, grid, fonts and background of a plot from the tokens; call at creation and on changed().
void apply(QCustomPlot* plot);

class Notifier : public QObject {
    Q_OBJECT
signals:
    void changed();
};
Notifier* notifier();

} // namespace wb::theme
