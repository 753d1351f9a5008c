// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes of inputs as text in the import dialog: what is typed, and what the error about free sizes asks for.
#pragma once

#include "compiler/base/error.h"
#include "compiler/ir/type.h"

#include <QString>

#include <optional>
#include <vector>

namespace wb::panels {

/// "1×3×640×640", "1,3,640,640", "1 3 640 640"; "1" of a scalar. Nothing when a size is missing, zero or absurd.
std::optional<ir::Shape> shapeOf(const QString& text);

struct AskedShape {
    QString input, pattern;  ///< "images", "?×3×?×?"
    QString proposal;        ///< "1×3×640×640", empty if there is none
};
/// All inputs of the network, from the fields that FreeDimensions has (import.cpp).
std::vector<AskedShape> askedShapes(const Error& error);

} // namespace wb::panels
