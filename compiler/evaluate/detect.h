// SPDX-License-Identifier: GPL-3.0-or-later
// From a network's outputs to boxes: which outputs are detection heads (from their shapes), and their
// decoding (dossier section 9). Planning looks at shapes only, so that a project can tell what it will do
// before anything ran.
#pragma once

#include "compiler/base/result.h"
#include "compiler/evaluate/detect_box.h"
#include "compiler/ir/tensor.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wb::evaluate {

enum class Family : uint8_t {
    Auto,
    Yolov5,       ///< raw heads, xy = 2σ − 0.5, wh = (2σ)²·anchor; or one decoded tensor [1,N,5+classes]
    Yolov3,       ///< raw heads, xy = σ, wh = e^t·anchor (YOLOv3, tiny, YOLO-Fastest)
    Yolov8,       ///< one decoded tensor [1,4+classes,N] without objectness
    BoxesScores,  ///< [1,N,4] corners in 0…1 and [1,N,classes] with class 0 = background (UltraFace)
    None,
};
const char* spelling(Family family); ///< "auto", "yolov5", "yolov3", "yolov8", "boxes-scores", "none"
std::optional<Family> familyFromSpelling(std::string_view text);

struct Output {
    std::string name;
    ir::Shape shape;
};

struct DetectOptions {
    Family family = Family::Auto;
    /// Pixels of the network's input: w,h pairs, three for each head, those of the finest grid first.
    /// Empty: the family's own.
    std::vector<double> anchors;
    double lowScore = 0.001;     ///< candidates below are not kept
    size_t maxCandidates = 20000; ///< the best are kept
};

/// One raw head as it lies in memory: element (anchor a, field k, row y, column x).
struct RawHead {
    std::string name;
    int64_t rows = 0, columns = 0;
    double stride = 0;
    int64_t stepAnchor = 0, stepField = 0, stepRow = 0, stepColumn = 0; ///< in elements
    std::vector<double> anchors; ///< w,h pairs, pixels
};

struct DetectPlan {
    Family family = Family::None;
    int classes = 0;
    int64_t networkHeight = 0, networkWidth = 0;
    std::vector<RawHead> heads;  ///< finest grid first; empty for decoded tensors
    std::string decoded;         ///< name of the decoded tensor (or of the boxes), else ""
    std::string scores;          ///< BoxesScores: name of the scores
    std::string note;            ///< what was assumed, for the user; may be empty
};

/// DetectHeadUnknown, with all shapes, when the outputs fit no head of the family (or of any, for Auto), or
/// the family is None; UsageError when the number of anchors does not fit the heads.
Result<DetectPlan> planDetection(const std::vector<Output>& outputs, int64_t networkHeight,
                                 int64_t networkWidth, const DetectOptions& options = {});

using Outputs = std::map<std::string, ir::Tensor, std::less<>>;

/// All candidates with a score of at least options.lowScore in network pixels, best first; each place gives
/// its best class. Only the first picture of a batch. InputShapeWrong when an output is missing, not F32,
/// or smaller than planned.
Result<std::vector<Box>> decodeCandidates(const DetectPlan& plan, const Outputs& outputs,
                                          const DetectOptions& options = {});

/// What the outputs look like, for choosing a view: boxes, a list of classes, or only tensors.
enum class Task : uint8_t { Detection, Classification, Tensors };
Task guessTask(const std::vector<Output>& outputs, int64_t networkHeight, int64_t networkWidth);

struct ClassScore {
    int classId = 0;
    double score = 0; ///< probability
};
/// The `count` best classes of a classifier's output, best first. Values that do not sum to one over a range
/// of 0…1 are taken as logits (softmax).
std::vector<ClassScore> topClasses(const ir::Tensor& output, size_t count = 5);

} // namespace wb::evaluate
