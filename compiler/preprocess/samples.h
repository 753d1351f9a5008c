// SPDX-License-Identifier: GPL-3.0-or-later
// The chosen samples as the network's inputs, batch by batch. Prepared once, in parallel; kept in memory
// as far as a budget reaches and prepared again beyond it.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"
#include "compiler/preprocess/dataset.h"
#include "compiler/preprocess/preprocess.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wb::preprocess {

struct NetworkInput {
    std::string name;
    ir::Shape shape;                    ///< batch first
    std::optional<Settings> settings;   ///< nothing: takes tensors only
};
/// The inputs of a top graph with the settings that its top.Input nodes carry.
std::vector<NetworkInput> networkInputs(const ir::Graph& graph);

/// Inputs of one run by name, F32.
using InputMap = std::map<std::string, ir::Tensor, std::less<>>;

struct SkippedSample {
    std::string file;
    std::string reason;
};

class SampleSource {
public:
    /// Reads every sample once. What cannot be read is skipped: listed, warned of, and told as event
    /// "calibration-picture" {"path", "ok", "reason"}. Pictures that do not fill the last batch are filled
    /// up with the last one; npz and npy samples that do not are left out, as the vendor does.
    /// DatasetUnreadable when nothing is left, PreprocessInvalid, Cancelled.
    static Result<SampleSource> open(const Dataset& dataset, std::vector<NetworkInput> inputs,
                                     const JobContext& context, size_t budgetBytes = size_t{512} << 20);

    size_t count() const { return m_batches.size(); }  ///< runs, not pictures
    /// Thread-safe. Errors of the readers (a file may have gone since).
    Result<InputMap> load(size_t run) const;
    /// Files of a run, for messages and the strip of pictures.
    const std::vector<std::string>& files(size_t run) const { return m_batches[run].files; }

    const std::vector<SkippedSample>& skipped() const { return m_skipped; }
    size_t duplicates() const { return m_duplicates; } ///< files whose content occurred before

private:
    struct Batch {
        std::vector<std::string> files;          ///< for messages
        std::vector<size_t> samples;             ///< indices into m_samples, one a place of the batch
    };
    Result<InputMap> prepareSample(size_t sample) const;

    SampleKind m_kind = SampleKind::Picture;
    std::vector<NetworkInput> m_inputs;
    std::vector<std::vector<std::string>> m_samples;
    std::vector<InputMap> m_kept;                ///< empty where the budget ended
    std::vector<Batch> m_batches;
    std::vector<SkippedSample> m_skipped;
    size_t m_duplicates = 0;
};

} // namespace wb::preprocess
