// SPDX-License-Identifier: GPL-3.0-or-later
// Preprocessing inside the compiled model (--fuse_preprocess, dossier section 2.2): inputs that take pictures become
// raw ones, uint8 as a camera or decoder gives them, and a top.Preprocess behind each does crop, layout, mean and
// scale. Resizing and padding stay with the host.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"
#include "compiler/ops/lowering.h"

#include <string>
#include <string_view>
#include <vector>

namespace wb::quantise {

/// Formats of the vendor's --customization_format, and where they exist.
struct RawFormat {
    const char* name;         ///< "RGB_PLANAR"
    const char* pixelFormat;  ///< order of the channels: rgb, bgr, gray, rgba
    bool packed;              ///< pixel after pixel, else plane after plane
    bool onBm168x;            ///< BM1684 and BM1684X have it; the others are of the CV18xx
};
const std::vector<RawFormat>& rawFormats();
const RawFormat* findRawFormat(std::string_view name);
/// What a network of this pixel and channel format takes if nothing else is asked for.
std::string defaultRawFormat(std::string_view pixelFormat, std::string_view channelFormat);

/// On a top graph with ranges. `format` empty: the network's own. Raw inputs are named `<x>_raw` and keep the host's
/// part of their preprocessing as attributes. PreprocessInvalid: no input takes pictures, or the format has other
/// channels than the network; CodegenUnsupported: the chip lacks the format.
Status fusePreprocess(ir::Graph& graph, const std::string& format, const ops::LoweringOptions& target);

} // namespace wb::quantise
