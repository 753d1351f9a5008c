// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe could not do with a network and its pictures, and what it did instead: coded diagnostics that stop
// nothing (Severity::Note).
#pragma once

#include "compiler/base/error.h"

#include <cstddef>
#include <string>

namespace wb::improve::notes {

Error noHead(const std::string& why);
Error gradientStopped(const std::string& op, const std::string& why);
Error nothingHeldOut();                  ///< of an automatic run
Error noneToHoldOut(size_t contents);    ///< pictures given, told apart by content
Error noneToTest(size_t contents);
Error fewToCalibrate(size_t pictures);
Error noZeroPoints(const std::string& why);
Error tooManyFloats(size_t layers, double share); ///< with zero points
Error fewFloats(size_t layers, double share);
Error dearActivations(size_t alone);     ///< with codes of their own, but no convolution that takes them
Error askedByName();

} // namespace wb::improve::notes
