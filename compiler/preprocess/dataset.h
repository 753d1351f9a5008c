// SPDX-License-Identifier: GPL-3.0-or-later
// Which files a calibration or search uses: --dataset, --data_list and --input_num choose exactly what the
// vendor's tools choose (dossier section 3.1).
#pragma once

#include "compiler/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wb::preprocess {

struct DatasetRequest {
    std::string folder;     ///< --dataset: searched with its subfolders
    std::string listFile;   ///< --data_list: one sample a line, goes before the folder
    int64_t inputNum = 0;   ///< --input_num; 0: all
};

enum class SampleKind : uint8_t { Picture, Npz, Npy };

struct Dataset {
    SampleKind kind = SampleKind::Picture;
    /// One sample each: a file for every input of the network, or one npz for all.
    std::vector<std::vector<std::string>> samples;
    size_t available = 0;   ///< how many there were to choose from
};

/// Folder: the files with a known ending, sorted by path, shuffled as Python's random.seed(1684) does it,
/// the first inputNum. List: its lines in order; a relative path counts from the working directory, or
/// from the list's folder if there is no such file.
/// UsageError (neither given), FileNotFound, DatasetEmpty, DatasetMixed, FileUnknownKind (a line of the
/// list that is none of the kinds).
Result<Dataset> selectSamples(const DatasetRequest& request);

/// The order in which Python's random.shuffle leaves 0 … count−1 after random.seed(seed).
std::vector<size_t> pythonShuffle(size_t count, uint32_t seed);

} // namespace wb::preprocess
