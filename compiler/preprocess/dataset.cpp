// SPDX-License-Identifier: GPL-3.0-or-later
// Choice of samples (dataset.h).
#include "compiler/preprocess/dataset.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>

namespace wb::preprocess {
namespace {

namespace fs = std::filesystem;
constexpr uint32_t kSeed = 1684;
constexpr size_t kMostFiles = 10'000'000;

/// MT19937 seeded from an array of one word, as Python seeds it; std::mt19937 has no such seeding.
class PythonRandom {
public:
    explicit PythonRandom(uint32_t seed) {
        m_state[0] = 19650218;
        for (uint32_t i = 1; i < kSize; ++i)
            m_state[i] = 1812433253u * (m_state[i - 1] ^ (m_state[i - 1] >> 30)) + i;
        uint32_t at = 1;
        const auto step = [&](uint32_t factor) {
            return m_state[at] ^ ((m_state[at - 1] ^ (m_state[at - 1] >> 30)) * factor);
        };
        const auto advance = [&] {
            if (++at >= kSize) {
                m_state[0] = m_state[kSize - 1];
                at = 1;
            }
        };
        for (uint32_t n = 0; n < kSize; ++n, advance())
            m_state[at] = step(1664525u) + seed; // the key has one word, its index is always 0
        for (uint32_t n = 1; n < kSize; ++n, advance())
            m_state[at] = step(1566083941u) - at;
        m_state[0] = 0x80000000u;
    }

    /// Uniform in [0, limit); limit > 0.
    uint32_t below(uint32_t limit) {
        const int bits = std::bit_width(limit);
        uint32_t value;
        do
            value = next() >> (32 - bits);
        while (value >= limit);
        return value;
    }

private:
    static constexpr uint32_t kSize = 624;

    uint32_t next() {
        if (m_at == kSize) {
            for (uint32_t i = 0; i < kSize; ++i) {
                const uint32_t mixed =
                    (m_state[i] & 0x80000000u) | (m_state[(i + 1) % kSize] & 0x7fffffffu);
                m_state[i] = m_state[(i + 397) % kSize] ^ (mixed >> 1) ^ ((mixed & 1) ? 0x9908b0dfu : 0);
            }
            m_at = 0;
        }
        uint32_t y = m_state[m_at++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    std::array<uint32_t, kSize> m_state{};
    uint32_t m_at = kSize;
};

enum class Kind : uint8_t { Picture, Npz, Npy, Yuv };

std::optional<Kind> kindOf(const std::string& file) {
    std::string ending = file.substr(file.rfind('.') + 1);
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == "npz") return Kind::Npz;
    if (ending == "npy") return Kind::Npy;
    if (ending == "yuv") return Kind::Yuv;
    for (const char* picture : {"jpg", "bmp", "png", "jpeg", "jfif"})
        if (ending == picture) return Kind::Picture;
    return {};
}

std::string trimmed(const std::string& text) {
    constexpr const char* kBlanks = " \t\r\n\v\f";
    const size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Error emptyDataset(const std::string& where) {
    return Error{Code::DatasetEmpty, "there are no samples"}
        .inFile(where)
        .because("no file ends in jpg, jpeg, jfif, png, bmp, npz or npy")
        .remedy("choose a folder with pictures, or npz files with the network's inputs");
}

Result<std::vector<std::vector<std::string>>> fromFolder(const DatasetRequest& request, size_t& available) {
    std::error_code problem;
    if (!fs::is_directory(request.folder, problem))
        return Error{Code::FileNotFound, "the data set is not a folder"}.inFile(request.folder);
    std::vector<std::string> files;
    const auto options = fs::directory_options::skip_permission_denied;
    fs::recursive_directory_iterator it(request.folder, options, problem), end;
    for (; !problem && it != end; it.increment(problem)) {
        std::error_code ignored;
        if (!it->is_regular_file(ignored))
            continue;
        std::string path = it->path().generic_string();
        if (kindOf(path) && files.size() < kMostFiles)
            files.push_back(std::move(path));
    }
    if (problem && files.empty())
        return Error{Code::FileUnreadable, "the folder cannot be read"}
            .inFile(request.folder)
            .because(problem.message());
    if (files.empty())
        return emptyDataset(request.folder);
    std::sort(files.begin(), files.end());
    available = files.size();
    const auto wanted = static_cast<uint64_t>(std::max<int64_t>(request.inputNum, 0));
    const size_t count = wanted == 0 ? files.size() : std::min<uint64_t>(wanted, files.size());
    std::vector<std::vector<std::string>> samples;
    for (const size_t index : pythonShuffle(files.size(), kSeed)) {
        if (samples.size() == count)
            break;
        samples.push_back({files[index]});
    }
    return samples;
}

/// As given, or beside the list when only that exists.
std::string resolved(const std::string& file, const fs::path& listFolder) {
    std::error_code ignored;
    const fs::path path(file);
    if (path.is_relative() && !fs::exists(path, ignored) && fs::exists(listFolder / path, ignored))
        return (listFolder / path).generic_string();
    return file;
}

Result<std::vector<std::vector<std::string>>> fromList(const DatasetRequest& request, size_t& available) {
    WB_ASSIGN(const std::string text, readTextFile(request.listFile, uint64_t{1} << 28));
    const fs::path folder = fs::path(request.listFile).parent_path();
    std::vector<std::vector<std::string>> samples;
    size_t line = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        const std::string whole = trimmed(text.substr(at, end - at));
        at = end + 1;
        ++line;
        if (whole.empty())
            continue;
        ++available;
        if (request.inputNum > 0 && static_cast<int64_t>(samples.size()) >= request.inputNum)
            continue;
        std::vector<std::string> files;
        for (size_t from = 0; from <= whole.size();) {
            const size_t comma = std::min(whole.find(',', from), whole.size());
            const std::string file = trimmed(whole.substr(from, comma - from));
            from = comma + 1;
            if (!kindOf(file))
                return Error{Code::FileUnknownKind, "line " + std::to_string(line) + " of the data list, \"" +
                                                        file + "\", is no picture, npz or npy"}
                    .inFile(request.listFile)
                    .remedy("write one file a line, or one for each input separated by commas");
            files.push_back(resolved(file, folder));
        }
        samples.push_back(std::move(files));
    }
    if (samples.empty())
        return emptyDataset(request.listFile);
    return samples;
}

} // namespace

std::vector<size_t> pythonShuffle(size_t count, uint32_t seed) {
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    PythonRandom random(seed);
    for (size_t i = count; i-- > 1;)
        std::swap(order[i], order[random.below(static_cast<uint32_t>(i + 1))]);
    return order;
}

Result<Dataset> selectSamples(const DatasetRequest& request) {
    if (request.folder.empty() && request.listFile.empty())
        return Error{Code::UsageError, "no data set is given"}
            .remedy("give a folder with --dataset")
            .remedy("give a list of files with --data_list");
    Dataset dataset;
    const bool list = !request.listFile.empty();
    WB_ASSIGN(dataset.samples, list ? fromList(request, dataset.available)
                                    : fromFolder(request, dataset.available));
    std::set<Kind> kinds;
    for (const auto& sample : dataset.samples)
        for (const std::string& file : sample)
            kinds.insert(*kindOf(file));
    const std::string& where = list ? request.listFile : request.folder;
    if (kinds.size() != 1)
        return Error{Code::DatasetMixed, "the samples are of different kinds"}
            .inFile(where)
            .because("pictures, npz and npy files cannot be mixed")
            .remedy("keep one kind in the folder or list");
    if (kinds.contains(Kind::Yuv))
        return Error{Code::DatasetUnreadable, "raw YUV frames are not read"}
            .inFile(where)
            .remedy("convert them to PNG");
    dataset.kind = kinds.contains(Kind::Picture) ? SampleKind::Picture
                   : kinds.contains(Kind::Npz)   ? SampleKind::Npz
                                                 : SampleKind::Npy;
    return dataset;
}

} // namespace wb::preprocess
