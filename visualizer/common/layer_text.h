// SPDX-License-Identifier: GPL-3.0-or-later
// Short texts about layers that several views share: the name inside its block, shapes, cosines and other
// numbers in the notation of the visual design (× between sizes, U+2212 as minus). Pure functions.
#pragma once

#include "compiler/jobs/snapshot.h"

#include <QString>

namespace wb::visualizer {

/// "1×64×80×80"; `dropBatch` leaves out a leading 1 of shapes with more than two dimensions.
QString shapeText(const ir::Shape& shape, bool dropBatch = false);

/// Fixed digits, minus as U+2212; "NaN" when it is not a number.
QString numberText(double value, int digits);

/// The layer's name without what an exporter appended ("/a/conv/Conv_output_0_Conv" → "/a/conv/Conv").
QString plainName(const QString& layerName);

/// Name below `blockPath`, without the part that only repeats the operator:
/// "/model.8/cv2/act/Mul" in "/model.8" → "cv2/act"; a name of one part stays as it is.
QString nameInBlock(const QString& layerName, const QString& blockPath);

/// "INT8" → "I8", "BF16" → "B16"; others as they are.
QString shortPrecision(const QString& precision);

QString fromStd(const std::string& text);

} // namespace wb::visualizer
