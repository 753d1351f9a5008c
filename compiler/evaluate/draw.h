// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes drawn into a copy of the picture, in the style of the vendor's sample programs, and pictures put
// side by side with captions. Pictures are Ui8 tensors [height, width, 3], red first.
#pragma once

#include "compiler/base/result.h"
#include "compiler/evaluate/detect_box.h"
#include "compiler/evaluate/match.h"
#include "compiler/ir/tensor.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace wb::evaluate {

/// The colour of a class, red first; eighty of them, then they repeat.
std::array<uint8_t, 3> classColour(int classId);

struct DrawOptions {
    double minScore = 0.5;      ///< boxes below are not drawn
    int thickness = 1;          ///< 1 as detect_yolov5, 2 as detect_yolov3
    int classes = 80;           ///< for names, see className()
    std::vector<std::string> names;
};

/// Each box as a rectangle in its class colour and a label "name:xx.x%" on a darker ground.
Result<ir::Tensor> drawBoxes(const ir::Tensor& picture, std::span<const Box> boxes,
                             const DrawOptions& options = {});
/// "person:60.7%", as the label and as the vendor's programs print it.
std::string boxLabel(const Box& box, const DrawOptions& options);

struct Captioned {
    std::string caption; ///< one line, ASCII
    ir::Tensor picture;
};
/// Panes from left to right, all as high as the first, a caption above each. UsageError without a picture.
Result<ir::Tensor> sideBySide(std::span<const Captioned> panes);

} // namespace wb::evaluate
