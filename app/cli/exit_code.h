// SPDX-License-Identifier: GPL-3.0-or-later
// Exit statuses of the command line (UX guide, section 16) from error codes.
#pragma once

#include "compiler/base/error.h"

namespace wb::cli {

enum ExitCode {
    kSuccess = 0,
    kInternal = 1,
    kUsage = 2,
    kInput = 3,
    kUnsupported = 4,
    kCalibration = 5,
    kBelowTolerance = 6,
    kNotOnTarget = 7,
    kOutput = 8,
    kGoalNotReached = 9,
    kSomeFailed = 10,
    kNotHonoured = 11,
    kCancelled = 130,
};

int exitCodeOf(Code code);

} // namespace wb::cli
