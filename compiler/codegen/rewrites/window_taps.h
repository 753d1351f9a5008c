// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions whose taps lie far apart: those that never meet the picture are left out, and where the others are further
// apart than a dilation can be, each tap's view of the picture is channels of its own, of a kernel without gaps.
#pragma once

#include "compiler/codegen/rewrites/window.h"

namespace wb::codegen {

/// Without rows and columns of taps that no result has on the picture. Large dilations on small pictures leave one tap.
void cropTaps(Steps& steps, Window& w);

/// Rows or columns of the kernel more than `most` apart become channels: each tap's view of the picture is one run of it,
/// so that it is copied whole.
void tapsAsChannels(Steps& steps, Window w, int64_t most);

} // namespace wb::codegen
