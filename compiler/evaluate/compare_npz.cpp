// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors of two sets are compared, and the sum of the verdicts.
#include "compiler/evaluate/compare.h"

#include "compiler/base/parallel.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace wb::evaluate {
namespace {

/// Named tensors, in memory or read one at a time.
struct Source {
    std::vector<std::string> names;
    std::map<std::string, size_t, std::less<>> places;
    std::function<Result<ir::Tensor>(size_t)> get;

    void index() {
        for (size_t i = 0; i < names.size(); ++i)
            places.insert_or_assign(names[i], i);
    }
};

Result<Source> sourceOf(const std::filesystem::path& path) {
    WB_ASSIGN(NpzReader opened, NpzReader::open(path));
    auto reader = std::make_shared<const NpzReader>(std::move(opened));
    Source source;
    for (const NpzReader::Member& member : reader->members())
        source.names.push_back(member.name);
    source.index();
    source.get = [reader, file = path.string()](size_t i) -> Result<ir::Tensor> {
        WB_ASSIGN(NpzArray array, reader->read(i));
        auto tensor = ir::toTensor(std::move(array));
        if (!tensor) return std::move(tensor).error().inFile(file);
        return tensor;
    };
    return source;
}

Source sourceOf(const std::vector<ir::NamedTensor>& tensors) {
    Source source;
    for (const auto& [name, tensor] : tensors)
        source.names.push_back(name);
    source.index();
    source.get = [&tensors](size_t i) -> Result<ir::Tensor> { return tensors[i].second; };
    return source;
}

std::string tuple(const ir::Shape& shape) {
    std::string text = "(";
    for (size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + (shape.size() == 1 ? ",)" : ")");
}

std::string some(const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(names.size(), 3); ++i)
        text += (i == 0 ? "'" : ", '") + names[i] + "'";
    return names.size() > 3 ? text + " …" : text.empty() ? "nothing" : text;
}

/// The vendor's thinning of long lists.
std::vector<std::string> thinned(const std::vector<std::string>& names) {
    constexpr size_t kMany = 200, kLast = 9;
    const size_t step = names.size() / kMany;
    if (names.size() <= kMany || step <= 1) return names;
    std::vector<std::string> out;
    for (size_t i = 0; i < names.size(); ++i)
        if (i % step == 0 || i + kLast >= names.size()) out.push_back(names[i]);
    return out;
}

/// Detections after suppression: only the rows that both have.
Result<LayerComparison> compareNamed(const std::string& name, ir::Tensor target, ir::Tensor reference,
                                     const CompareOptions& options) {
    const ir::Shape whole = target.shape();
    if (name.find("NonMaxSuppression") != std::string::npos && !target.shape().empty() &&
        !reference.shape().empty()) {
        const int64_t rows = std::min(target.shape()[0], reference.shape()[0]);
        for (ir::Tensor* t : {&target, &reference}) {
            ir::Shape shape = t->shape();
            shape[0] = rows;
            const auto keep = std::make_shared<ir::Tensor>(*t);
            *t = ir::Tensor(t->type(), shape,
                            std::shared_ptr<std::byte>(keep, const_cast<std::byte*>(keep->bytes())));
        }
    }
    LayerComparison layer = compareTensors(target, reference, options);
    layer.name = name;
    layer.targetShape = whole;
    if (layer.level == Level::NotMatch)
        layer.notes.push_back("Error: " + name + " in two npz file is not same shape. " + tuple(whole) + " v.s. " +
                              tuple(reference.shape()));
    return layer;
}

/// A table of boxes, as what is appended to a detector gives: [N,1,K,7].
bool isBoxTable(const ir::Shape& s) { return s.size() == 4 && s[1] == 1 && s[3] == 7; }

/// One side has boxes where the other has the network's own results.
Error postprocessed(const std::string& name, const std::string& side) {
    return Error{Code::ComparePostprocess, "post-processing was added to one of the two: only the " + side + " has boxes, '" + name + "'"}
        .because("a table of boxes and the heads that it is made of have different shapes")
        .remedy("transform without --post_handle_type")
        .remedy("compare without it: --excepts " + name)
        .atNode(name);
}

/// The first of `names` that is a table of boxes, if any. Only a few are looked at: outputs, not all layers of a network.
std::optional<std::string> boxTableOf(const Source& source, const std::vector<std::string>& names) {
    constexpr size_t kMost = 16;
    for (size_t i = 0; i < std::min(names.size(), kMost); ++i)
        if (const auto tensor = source.get(source.places.find(names[i])->second); tensor && isBoxTable(tensor->shape())) return names[i];
    return {};
}

Result<Comparison> compare(const Source& target, const Source& reference, const CompareNpzOptions& options,
                           const JobContext& context) {
    Comparison comparison;
    std::vector<std::string> names;
    for (const std::string& name : reference.names)
        if (!target.places.contains(name))
            comparison.onlyInReference.push_back(name);
        else if (!options.excepts.contains(name) && (options.key.empty() || options.key == name))
            names.push_back(name);
    for (const std::string& name : target.names)
        if (!reference.places.contains(name)) comparison.onlyInTarget.push_back(name);
    if (names.empty() && options.excepts.empty()) {
        if (const auto name = boxTableOf(target, comparison.onlyInTarget)) return postprocessed(*name, "first");
        if (const auto name = boxTableOf(reference, comparison.onlyInReference)) return postprocessed(*name, "second");
    }
    if (names.empty())
        return Error{Code::NothingCompared, "the two files have no tensor in common to compare"}
            .because("the first has " + some(target.names) + ", the second has " + some(reference.names) +
                     (options.excepts.empty() ? "" : "; " + std::to_string(options.excepts.size()) + " excepted"))
            .remedy("compare results of the same network")
            .remedy("keep every layer's values when running (--dump_all_tensors, --compare_all)")
            .field("target_count", std::to_string(target.names.size()))
            .field("reference_count", std::to_string(reference.names.size()));
    if (!options.forAll) names = thinned(names);

    comparison.layers.resize(names.size());
    std::vector<std::optional<Error>> errors(names.size());
    WB_TRY(parallelFor(static_cast<int64_t>(names.size()), 1, context, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
            const auto one = [&]() -> Status {
                WB_ASSIGN(ir::Tensor a, target.get(target.places.find(names[i])->second));
                WB_ASSIGN(ir::Tensor b, reference.get(reference.places.find(names[i])->second));
                if (isBoxTable(a.shape()) != isBoxTable(b.shape()))
                    return postprocessed(names[i], isBoxTable(a.shape()) ? "first" : "second");
                WB_ASSIGN(comparison.layers[i], compareNamed(names[i], std::move(a), std::move(b), options));
                return {};
            };
            if (Status status = one(); !status) errors[i] = std::move(status).error();
        }
    }));
    for (std::optional<Error>& error : errors)
        if (error) return std::move(*error);
    return comparison;
}

Error noTolerance(const std::string& text) {
    return Error{Code::UsageError, "'" + text.substr(0, 60) + "' is no tolerance"}.remedy(
        "write cosine and euclid, as in 0.99,0.90");
}

template <class Member> double least(const std::vector<LayerComparison>& layers, double start, Member member) {
    for (const LayerComparison& layer : layers)
        if (layer.level == Level::Similar || layer.level == Level::NotSimilar) start = std::min(start, layer.*member);
    return start;
}

} // namespace

Result<Tolerance> parseTolerance(const std::string& text) {
    std::vector<double> values;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end && values.size() < 4) {
        while (at < end && *at == ' ')
            ++at;
        double value = 0;
        const auto [stop, code] = std::from_chars(at, end, value);
        if (code != std::errc() || !(value > -1e9 && value < 1e9)) break;
        values.push_back(value);
        at = stop;
        if (at == end || *at != ',') break;
        if (++at == end) return noTolerance(text);
    }
    if (at != end || values.empty() || values.size() > 3) return noTolerance(text);
    return Tolerance{values[0], values.size() > 1 ? values[1] : values[0]};
}

size_t Comparison::count(Level level) const {
    return static_cast<size_t>(
        std::count_if(layers.begin(), layers.end(), [&](const LayerComparison& l) { return l.level == level; }));
}
size_t Comparison::passed() const {
    return static_cast<size_t>(
        std::count_if(layers.begin(), layers.end(), [](const LayerComparison& l) { return l.passed; }));
}
double Comparison::minCosine() const { return least(layers, 1, &LayerComparison::cosine); }
double Comparison::minEuclid() const { return least(layers, 1, &LayerComparison::euclid); }
double Comparison::minSqnrDb() const {
    return least(layers, std::numeric_limits<double>::infinity(), &LayerComparison::sqnrDb);
}
const LayerComparison* Comparison::firstBad() const {
    for (const LayerComparison& layer : layers)
        if (!layer.passed) return &layer;
    return nullptr;
}

Result<Comparison> compareNpz(const std::filesystem::path& target, const std::filesystem::path& reference,
                              const CompareNpzOptions& options, const JobContext& context) {
    WB_ASSIGN(const Source a, sourceOf(target));
    WB_ASSIGN(const Source b, sourceOf(reference));
    auto comparison = compare(a, b, options, context);
    if (!comparison) {
        Error error = std::move(comparison).error();
        if (error.code == Code::NothingCompared) error.file = target.string();
        return error;
    }
    comparison->target = target.string();
    comparison->reference = reference.string();
    return comparison;
}

Result<Comparison> compareSets(const std::vector<ir::NamedTensor>& target,
                               const std::vector<ir::NamedTensor>& reference, const CompareNpzOptions& options,
                               const JobContext& context) {
    return compare(sourceOf(target), sourceOf(reference), options, context);
}

Status verdict(const Comparison& comparison) {
    const LayerComparison* bad = comparison.firstBad();
    if (bad == nullptr) return {};
    return Error{Code::BelowTolerance, std::to_string(comparison.failed()) + " of " +
                                           std::to_string(comparison.layers.size()) +
                                           " tensors differ by more than the tolerance"}
        .because("the first is '" + bad->name + "': " + spelling(bad->level) + ", cosine " +
                 std::to_string(bad->cosine) + ", euclid " + std::to_string(bad->euclid))
        .atNode(bad->name)
        .inFile(comparison.target)
        .remedy("look at the first layer that differs and raise its precision")
        .field("failed", std::to_string(comparison.failed()))
        .field("compared", std::to_string(comparison.layers.size()));
}

Result<std::vector<FuzzyMatch>> fuzzyMatch(const std::filesystem::path& target, const std::filesystem::path& reference,
                                           const JobContext& context) {
    WB_ASSIGN(const Source a, sourceOf(target));
    WB_ASSIGN(const Source b, sourceOf(reference));
    std::vector<FuzzyMatch> matches;
    for (size_t i = 0; i < a.names.size(); ++i) {
        WB_ASSIGN(const ir::Tensor x, a.get(i));
        FuzzyMatch best;
        best.target = a.names[i];
        for (size_t j = 0; j < b.names.size() && !best.equal; ++j) {
            WB_TRY(context.checkStop());
            WB_ASSIGN(const ir::Tensor y, b.get(j));
            if (x.shape() != y.shape()) continue;
            const LayerComparison layer = compareTensors(x, y);
            best.equal = layer.level == Level::Equal;
            if (!best.equal && layer.cosine <= best.cosine) continue;
            best.reference = b.names[j];
            best.cosine = layer.cosine;
            best.euclid = layer.euclid;
        }
        matches.push_back(std::move(best));
    }
    return matches;
}

} // namespace wb::evaluate
