// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/exit_code.h"

namespace wb::cli {

int exitCodeOf(Code code) {
    switch (code) {
    case Code::Cancelled: return kCancelled;
    case Code::UsageError: return kUsage;
    case Code::FileNotWritable:
    case Code::NoSpaceLeft: return kOutput;
    case Code::OpsetUnsupported:
    case Code::UnsupportedOperators:
    case Code::UnsupportedAttribute:
    case Code::ShapeMismatch:
    case Code::ShapeUnknown:
    case Code::FreeDimensions: return kUnsupported;
    case Code::CommandDamaged:
    case Code::CommandFault:
    case Code::BmodelDamaged:
    case Code::BmodelInputMismatch: return kInput;
    case Code::OutputNotFound:
    case Code::PreprocessInvalid:
    case Code::InputNameUnknown: return kUsage;
    case Code::PrecisionNotHonoured: return kNotHonoured;
    case Code::PrecisionUnavailable:
    case Code::OperatorNotLowered:
    case Code::CodegenMissing:
    case Code::CodegenUnsupported:
    case Code::CodegenLimit:
    case Code::LocalMemoryFull:
    case Code::CommandUnknown:
    case Code::BmodelWrongChip:
    case Code::NothingToQuantise:
    case Code::TargetUnknown: return kNotOnTarget;
    case Code::SearchGoalNotReached: return kGoalNotReached;
    case Code::BelowTolerance:
    case Code::NothingCompared:
    case Code::ComparePostprocess: return kBelowTolerance;
    case Code::Internal:
    case Code::OutOfMemory:
    case Code::WorkerDied: return kInternal;
    default: break;
    }
    switch (static_cast<unsigned>(code) / 1000) {
    case 1:
    case 2:
    case 3:
    case 8: return kInput;
    case 4: return kCalibration;
    case 5: return kInput;
    default: return kInternal;
    }
}

} // namespace wb::cli
