// SPDX-License-Identifier: GPL-3.0-or-later
// Imports a TensorFlow Lite network from bytes and runs it; tensors go in and come out in the file's order.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "tests/support/shared_data.h"

namespace wb::test {

inline Result<importer::ImportedModel> importTflite(const std::string& bytes, const std::filesystem::path& folder,
                                                    const importer::ImportOptions& options = {}) {
    const auto path = folder / "net.tflite";
    writeAll(path, bytes);
    return importer::importModel(path, options, {});
}

/// Elements of a picture moved from one order of axes to the other; other ranks as they are.
template <class T> std::vector<T> moved(const std::vector<T>& data, const ir::Shape& nhwc, bool toPicture) {
    if (nhwc.size() != 4) return data;
    std::vector<T> out(data.size());
    const int64_t n = nhwc[0], h = nhwc[1], w = nhwc[2], c = nhwc[3];
    size_t file = 0;
    for (int64_t b = 0; b < n; ++b)
        for (int64_t y = 0; y < h; ++y)
            for (int64_t x = 0; x < w; ++x)
                for (int64_t k = 0; k < c; ++k, ++file) {
                    const auto picture = static_cast<size_t>(((b * c + k) * h + y) * w + x);
                    if (toPicture) out[picture] = data[file];
                    else out[file] = data[picture];
                }
    return out;
}

inline ir::Shape channelsLast(const ir::Shape& s) { return s.size() == 4 ? ir::Shape{s[0], s[2], s[3], s[1]} : s; }

} // namespace wb::test
