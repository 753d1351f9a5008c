// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/improve_pictures.h"

#include "compiler/base/file.h"
#include "compiler/improve/split.h"
#include "compiler/preprocess/samples.h"

namespace wb::jobs {
namespace {

/// Runs of one folder, with the hash of their files.
struct Pictures {
    improve::Inputs inputs;
    improve::NamedPictures named;
};

Result<Pictures> readPictures(const std::string& set, const preprocess::DatasetRequest& request, const ir::Graph& top,
                              const JobContext& context) {
    WB_ASSIGN(const auto dataset, preprocess::selectSamples(request));
    WB_ASSIGN(const auto source, preprocess::SampleSource::open(dataset, preprocess::networkInputs(top), context));
    Pictures pictures;
    pictures.named.set = set;
    for (size_t run = 0; run < source.count(); ++run) {
        WB_TRY(context.checkStop());
        WB_ASSIGN(execute::TensorMap inputs, source.load(run));
        std::string hashes, files;
        for (const std::string& file : source.files(run)) {
            WB_ASSIGN(const std::string hash, sha256OfFile(file));
            hashes += hash;
            files += (files.empty() ? "" : ", ") + file;
        }
        pictures.inputs.push_back(std::move(inputs));
        pictures.named.files.push_back(std::move(files));
        pictures.named.hashes.push_back(std::move(hashes));
    }
    return pictures;
}

improve::Inputs take(const improve::Inputs& all, const std::vector<size_t>& which) {
    improve::Inputs some;
    for (const size_t i : which)
        some.push_back(all[i]);
    return some;
}

} // namespace

Result<improve::PictureSets> pictureSets(const ir::Graph& top, const CalibrationSettings& calibration,
                                         const std::string& validation, const std::string& test,
                                         std::vector<Error>& notes, const JobContext& context) {
    const preprocess::DatasetRequest chosen{calibration.dataset, calibration.dataList, calibration.inputNum};
    WB_ASSIGN(Pictures all, readPictures("calibration", chosen, top, context));
    improve::PictureSets sets;
    std::vector<improve::NamedPictures> named{all.named};
    const auto given = [&](const char* set, const std::string& folder, improve::Inputs& inputs) -> Status {
        if (folder.empty()) return {};
        WB_ASSIGN(Pictures pictures, readPictures(set, {folder, "", 0}, top, context));
        inputs = std::move(pictures.inputs);
        named.push_back(std::move(pictures.named));
        return {};
    };
    WB_TRY(given("validation", validation, sets.validation));
    WB_TRY(given("test", test, sets.test));
    WB_TRY(improve::checkDisjoint(named));
    if (!sets.validation.empty()) {
        sets.calibration = std::move(all.inputs);
        return sets;
    }
    const improve::Sets divided = improve::divide(all.named.hashes);
    notes.insert(notes.end(), divided.notes.begin(), divided.notes.end());
    sets.calibration = take(all.inputs, divided.calibration);
    sets.validation = take(all.inputs, divided.validation);
    if (sets.test.empty()) sets.test = take(all.inputs, divided.test);
    return sets;
}

} // namespace wb::jobs
