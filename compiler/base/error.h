// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, in the shape in which users read it: what happened, where, why, what to do.
// Plain data: the window translates by code and fields, the command line prints toText().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace wb {

/// Stable error codes; the thousands digit is the area. Tests and help pages cite them.
enum class Code : uint16_t {
    // 1xxx files
    FileNotFound = 1001,
    FileUnreadable = 1002,
    FileTruncated = 1003,
    FileUnknownKind = 1004,
    FileDamaged = 1005,
    FileNotWritable = 1006,
    NoSpaceLeft = 1007,
    NpzDamaged = 1010,
    NpyUnsupported = 1011,
    PictureUnreadable = 1020,
    // 2xxx import
    ModelDamaged = 2001,
    ModelEmpty = 2002,
    OpsetUnsupported = 2003,
    UnsupportedOperators = 2011,
    UnsupportedAttribute = 2012,
    ShapeMismatch = 2020,
    ShapeUnknown = 2021,
    FreeDimensions = 2030,
    OutputNotFound = 2040,
    GraphCycle = 2041,
    GraphInvalid = 2042,
    TextSyntax = 2050,
    WeightMissing = 2051,
    NotTorchScript = 2060,
    // 3xxx preprocessing
    PreprocessInvalid = 3001,
    InputNameUnknown = 3002,
    InputShapeWrong = 3003,
    // 4xxx calibration
    TableSyntax = 4001,
    TableNotFound = 4002,
    DatasetEmpty = 4003,
    DatasetMixed = 4004,
    DatasetUnreadable = 4005,
    ThresholdMissing = 4010,
    TableNamesUnknown = 4011,
    CalibrationSpace = 4015,
    PicturesTooFew = 4020,      ///< for one of a recipe's sets, or for the recipe
    GradientStopped = 4021,     ///< an operator without a gradient: errors before it count alike
    RecipeLimited = 4022,       ///< a way that the network or what is known of it does not allow
    // 5xxx precision
    PrecisionUnknown = 5001,
    PrecisionSyntax = 5002,
    PrecisionNameUnknown = 5003,
    PrecisionNotHonoured = 5004,
    PrecisionUnavailable = 5007,
    NothingToQuantise = 5010,
    SearchGoalNotReached = 5020,
    // 6xxx compile
    OperatorNotLowered = 6001,
    CodegenMissing = 6002,
    TargetUnknown = 6003,
    CodegenUnsupported = 6010,  ///< no emitter, or none for these attributes or types
    CodegenLimit = 6011,        ///< a field, an id or a size is beyond what the chip can express
    LocalMemoryFull = 6012,     ///< the smallest slice does not fit local memory
    CommandDamaged = 6020,      ///< a stream that does not decode
    CommandUnknown = 6021,      ///< the simulator does not know this command
    CommandFault = 6022,        ///< a command addresses memory that is not there, or a stream never ends
    BmodelDamaged = 6030,
    BmodelWrongChip = 6031,
    BmodelInputMismatch = 6032,
    // 7xxx compare
    BelowTolerance = 7001,
    NothingCompared = 7002,
    ComparePostprocess = 7006,
    DetectHeadUnknown = 7010,
    // 8xxx project
    ProjectDamaged = 8001,
    ProjectNewer = 8002,
    ProjectModelChanged = 8003,
    UsageError = 8090,
    // 9xxx internal
    Internal = 9001,
    OutOfMemory = 9002,
    WorkerDied = 9003,
    Cancelled = 9999,
};

enum class Severity : uint8_t { Note, Warning, Error };

struct Error {
    Code code = Code::Internal;
    std::string what;                          ///< one sentence, lower case, no full stop, with numbers
    std::string why = {};                      ///< one sentence, may be empty
    std::string file = {};                     ///< path as the user gave it, may be empty
    std::string node = {};                     ///< layer or framework node, may be empty
    std::vector<std::string> remedies = {};    ///< what the user can do, one to three
    std::map<std::string, std::string> fields = {}; ///< the values in the text, for translation
    Severity severity = Severity::Error;

    Error inFile(std::string path) && { file = std::move(path); return std::move(*this); }
    Error atNode(std::string name) && { node = std::move(name); return std::move(*this); }
    Error because(std::string text) && { why = std::move(text); return std::move(*this); }
    Error remedy(std::string text) && { remedies.push_back(std::move(text)); return std::move(*this); }
    Error field(std::string key, std::string value) && {
        fields.insert_or_assign(std::move(key), std::move(value));
        return std::move(*this);
    }
};

/// "E2011 model.onnx, node X: what. why (remedy; remedy)" on one line.
std::string toText(const Error& error);

inline bool isCancelled(const Error& error) { return error.code == Code::Cancelled; }

} // namespace wb
