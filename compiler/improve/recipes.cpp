// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/recipes.h"

#include "compiler/improve/exact_ratios.h"
#include "compiler/improve/float_part.h"
#include "compiler/improve/notes.h"
#include "compiler/improve/search_ranges.h"
#include "compiler/quantise/sum_activations.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace wb::improve {
namespace {

constexpr std::array<std::pair<Recipe, std::string_view>, 5> kSpellings{{{Recipe::Vendor, "vendor"},
                                                                         {Recipe::Ranges, "ranges"},
                                                                         {Recipe::Weights, "weights"},
                                                                         {Recipe::Both, "ranges+weights"},
                                                                         {Recipe::Auto, "auto"}}};
constexpr double kSoftNegative = 0.1;   ///< how errors of leaky halves count in the second choice of ranges
/// How weights are rewritten: the ridge over PortfolioOptions', and how much of the input's mean error the bias takes.
struct Way {
    const char* name;
    double ridge, meanShare;
};
/// The second holds on to the original: few pictures say more about themselves than about others.
constexpr std::array kWays{Way{"weights and means", 1, 1}, Way{"weights, held", 4, 0}};
constexpr double kFreeFloats = 0.02;    ///< share of the elements that zero points may send to float: their cost is lost in the rest
constexpr size_t kGradientPictures = 16; ///< more do not change the costs

std::string decibelText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f dB", value);
    return text;
}

bool hasLeaky(const std::vector<RangeClass>& classes) {
    for (const RangeClass& tensors : classes)
        for (const ClassMember& member : tensors.members)
            if (member.rounding == Rounding::Negative || member.through.kind == kernels::Unary::LeakyRelu) return true;
    return false;
}

class Runner {
public:
    Runner(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& vendor, const PictureSets& pictures,
           const PortfolioOptions& options, const JobContext& context)
        : m_top(std::move(top)), m_vendor(vendor), m_pictures(pictures), m_options(options), m_context(context) {}

    Result<Portfolio> run() {
        m_result.calibrationPictures = m_pictures.calibration.size();
        m_result.validationPictures = m_pictures.validation.size();
        m_result.testPictures = m_pictures.test.size();
        m_begin = std::chrono::steady_clock::now();
        if (!m_pictures.validation.empty()) {
            WB_ASSIGN(m_validation, Reference::create(m_top, m_pictures.validation, m_context));
            if (!m_validation->detects())
                note(notes::noHead(m_validation->noHead()));
        }
        Candidate vendor;
        vendor.name = "vendor";
        vendor.ranges = m_vendor;
        vendor.top = m_top;
        WB_TRY(finish(std::move(vendor)));
        const Status status = improve();
        if (!status && !isCancelled(status.error())) return status.error();
        m_result.cancelled = !status;
        choose();
        if (!m_result.cancelled) {
            if (const Status tested = test(); !tested) {
                if (!isCancelled(tested.error())) return tested.error();
                m_result.cancelled = true;
            }
        }
        return std::move(m_result);
    }

private:
    void note(Error problem) {
        m_context.diagnostics().add(problem);
        m_result.notes.push_back(std::move(problem));
    }

    /// Measures a candidate and takes it into the list.
    Status finish(Candidate candidate) {
        candidate.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count();
        if (m_validation) {
            WB_ASSIGN(candidate.validation, measured(*m_validation, candidate, m_options.repeats));
            if (!candidate.planKey.empty()) // it is one run
                candidate.validation = withBandOf(*candidate.validation, *m_result.candidates[candidate.table].validation);
        }
        m_begin = std::chrono::steady_clock::now();
        m_result.candidates.push_back(std::move(candidate));
        m_context.progress({"recipes", static_cast<double>(m_result.candidates.size()), kExpected,
                            m_result.candidates.back().name});
        return {};
    }

    /// Runs with jittered scales; one of rewritten weights.
    Result<BandedAgreement> measured(const Reference& reference, const Candidate& candidate, int repeats) const {
        return measureBanded(reference, *candidate.top, candidate.ranges, m_options.precisions, formOf(candidate.asymmetric),
                             candidate.planKey.empty() ? repeats : 1, m_context);
    }

    Status improve() {
        const Recipe recipe = m_options.recipe;
        if (recipe == Recipe::Vendor) return {};
        if (recipe == Recipe::Auto && !m_validation) {
            note(notes::nothingHeldOut());
            return {};
        }
        const bool ranges = recipe != Recipe::Weights, weights = recipe != Recipe::Ranges;
        if (ranges) WB_TRY(chooseRanges());
        if (ranges && weights && m_options.equalise) WB_TRY(equaliseBest());
        if (weights) WB_TRY(rewriteWeights());
        return {};
    }

    quantise::LowerOptions formOf(bool asymmetric) const {
        quantise::LowerOptions form = int8Options(asymmetric);
        form.target.chip = m_options.chip;
        return form;
    }

    Inputs somePictures() const {
        const auto count = static_cast<std::ptrdiff_t>(std::min(kGradientPictures, m_pictures.calibration.size()));
        return {m_pictures.calibration.begin(), m_pictures.calibration.begin() + count};
    }

    /// Measures chosen ranges, moved by what makes the ratios of sums exact.
    Status finishRanges(Candidate candidate, const std::vector<RangeClass>& classes) {
        WB_ASSIGN(ExactRatios exact,
                  withExactRatios(*candidate.top, candidate.ranges, classes, formOf(candidate.asymmetric), m_context));
        candidate.ranges = std::move(exact.ranges);
        return finish(std::move(candidate));
    }

    Status chooseRanges() {
        WB_ASSIGN(const auto classes, rangeClasses(*m_top, m_vendor, formOf(false), m_context));
        WB_ASSIGN(const Spreads spreads, collectSpreads(m_top, m_vendor, classes, somePictures(), m_context));
        for (const auto& [op, why] : spreads.stopped)
            note(notes::gradientStopped(op.substr(op.find('.') + 1), why));
        const auto add = [&](std::string name, const RangeOptions& options) -> Status {
            Candidate candidate;
            candidate.name = std::move(name);
            candidate.recipe = Recipe::Ranges;
            candidate.top = m_top;
            candidate.ranges = pickRanges(m_vendor, classes, spreads, options, &candidate.picked);
            return finishRanges(std::move(candidate), classes);
        };
        WB_TRY(add("ranges", {}));
        if (hasLeaky(classes)) {
            RangeOptions soft;
            soft.negativeWeight = kSoftNegative;
            WB_TRY(add("ranges, leaky halves light", soft));
        }
        if (m_options.asymmetric) WB_TRY(chooseSpans(spreads));
        const Candidate& from = m_result.candidates[bestOf(0, m_result.candidates.size())];
        if (!m_options.searchRanges || from.asymmetric || from.marked) return {};
        Candidate candidate;
        candidate.name = "ranges, worst searched";
        candidate.recipe = Recipe::Ranges;
        candidate.top = m_top;
        WB_ASSIGN(candidate.ranges, searchRanges(m_top, from.ranges, classes, m_pictures.calibration, {}, m_context));
        if (candidate.ranges == from.ranges) return {};
        return finish(std::move(candidate));
    }

    /// Whether zero points leave the network in codes: what they send to float costs next to nothing.
    Result<bool> allowsZeroPoints(const ir::Graph& top) {
        const auto plain = floatPart(*m_top, m_vendor, formOf(false), m_context);
        const auto now = floatPart(top, m_vendor, formOf(true), m_context);
        if (!now && isCancelled(now.error())) return now.error();
        if (!plain || !now) {
            note(notes::noZeroPoints((now ? plain : now).error().what));
            return false;
        }
        const size_t more = now->layers - std::min(now->layers, plain->layers);
        const double share = now->share - plain->share;
        if (share > kFreeFloats) note(notes::tooManyFloats(more, share));
        else if (more > 0) note(notes::fewFloats(more, share));
        return share <= kFreeFloats;
    }

    /// Ranges with zero points: codes of one-sided tensors, as SiLU's results are, lose no half. On BM1684X results also
    /// come from sums, with zero points or, where these would send layers to float, without.
    Status chooseSpans(const Spreads& spreads) {
        Candidate candidate;
        candidate.top = m_top;
        size_t alone = 0;
        if (auto marked = m_options.chip == ops::Chip::BM1684X ? quantise::withOwnSums(*m_top, alone) : nullptr) {
            candidate.top = std::move(marked);
            candidate.marked = true;
        }
        WB_ASSIGN(candidate.asymmetric, allowsZeroPoints(*candidate.top));
        if (!candidate.asymmetric && !candidate.marked) return {};
        const auto form = formOf(candidate.asymmetric);
        WB_ASSIGN(const auto classes, rangeClasses(*candidate.top, m_vendor, form, m_context));
        candidate.name = candidate.asymmetric ? "ranges with zero points" : "ranges";
        if (candidate.marked) candidate.name += ", results from sums";
        candidate.recipe = Recipe::Ranges;
        const Spreads* own = &spreads;
        Spreads marked;
        if (candidate.marked) {
            if (alone > 0) note(notes::dearActivations(alone));
            WB_ASSIGN(marked, collectSpreads(candidate.top, m_vendor, classes, somePictures(), m_context));
            own = &marked;
        }
        candidate.ranges = candidate.asymmetric ? pickSpans(m_vendor, classes, *own, {}, &candidate.picked)
                                                : pickRanges(m_vendor, classes, *own, {}, &candidate.picked);
        return finishRanges(std::move(candidate), classes);
    }

    /// The best table, with equalised channels in those of its worst tensors where that takes their damage away.
    Status equaliseBest() {
        const Candidate from = m_result.candidates[bestOf(0, m_result.candidates.size())];
        if (convPairs(*from.top).empty()) return {};
        WB_ASSIGN(const auto classes, rangeClasses(*from.top, m_vendor, formOf(from.asymmetric), m_context));
        WB_ASSIGN(const Spreads spreads, collectSpreads(from.top, m_vendor, classes, somePictures(), m_context));
        EqualiseOptions options;
        options.asymmetric = from.asymmetric;
        WB_ASSIGN(Equalised found,
                  equalise(from.top, m_vendor, from.ranges, classes, spreads, somePictures(), options, m_context));
        if (found.applied() == 0) return {};
        Candidate candidate;
        candidate.name = (from.recipe == Recipe::Vendor ? std::string() : from.name + " + ") + "equalised";
        candidate.recipe = Recipe::Both;
        candidate.ranges = std::move(found.ranges);
        candidate.top = found.top;
        candidate.asymmetric = from.asymmetric;
        candidate.marked = from.marked;
        candidate.picked = from.picked;
        candidate.equalised = std::move(found.tensors);
        return finishRanges(std::move(candidate), classes);
    }

    /// Weights for the best table in both ways, and for the vendor's in the better one.
    Status rewriteWeights() {
        const size_t tables = m_result.candidates.size();
        size_t way = 0;
        if (tables > 1) {
            const size_t best = bestOf(1, tables);
            for (size_t i = 0; i < kWays.size(); ++i)
                WB_TRY(rewriteFor(best, kWays[i]));
            if (m_validation) way = bestOf(tables, tables + kWays.size()) - tables;
        }
        if (m_options.recipe == Recipe::Both) return {};
        WB_TRY(rewriteFor(0, kWays[way]));
        return tables > 1 ? Status{} : rewriteFor(0, kWays[1]);
    }

    Status rewriteFor(size_t source, const Way& way) {
        const Candidate from = m_result.candidates[source];
        ReweightOptions options;
        options.solve.ridge = m_options.ridge * way.ridge;
        options.solve.meanShare = way.meanShare;
        options.form = formOf(from.asymmetric);
        WB_ASSIGN(Reweighted weights, reweight(*from.top, from.ranges, m_options.precisions, m_pictures.calibration, options, m_context));
        Candidate candidate;
        candidate.name = (source == 0 ? std::string() : from.name + " + ") + way.name;
        candidate.recipe = source == 0 ? Recipe::Weights : Recipe::Both;
        WB_ASSIGN(candidate.ranges, withScales(from.ranges, m_options.precisions, from.asymmetric, weights));
        candidate.asymmetric = from.asymmetric;
        candidate.marked = from.marked;
        candidate.top = weights.top;
        candidate.planKey = weights.planKey;
        candidate.table = source;
        candidate.solve = options.solve;
        candidate.layers = std::move(weights.layers);
        candidate.picked = from.picked;
        candidate.equalised = from.equalised;
        return finish(std::move(candidate));
    }

    double figure(size_t i) const {
        const auto& validation = m_result.candidates[i].validation;
        return validation ? figureOf(*validation).mean : 0;
    }
    size_t bestOf(size_t first, size_t last) const {
        size_t best = first;
        for (size_t i = first; i < last; ++i)
            if (figure(i) > figure(best)) best = i;
        return best;
    }

    /// The best on validation pictures; of those within its noise the one that changes least.
    void choose() {
        auto& all = m_result.candidates;
        if (!m_validation) {
            m_result.best = m_options.recipe == Recipe::Auto ? 0 : all.size() - 1;
            for (size_t i = 0; i < all.size(); ++i)
                all[i].reason = i == m_result.best ? "kept, not measured: there were no held-out pictures" : "not measured";
            return;
        }
        const auto beaten = [&](size_t i) {
            return std::any_of(all.begin(), all.end(), [&](const Candidate& other) {
                return compare(figureOf(*all[i].validation), figureOf(*other.validation)) == Verdict::Better;
            });
        };
        size_t best = bestOf(0, all.size()); // nothing beats it
        for (size_t i = 0; i < all.size(); ++i) {
            if (beaten(i)) continue;
            const bool simpler = all[i].recipe < all[best].recipe;
            if (simpler || (all[i].recipe == all[best].recipe && figure(i) > figure(best))) best = i;
        }
        if (m_options.recipe != Recipe::Auto && m_options.recipe != Recipe::Vendor)
            note(notes::askedByName());
        m_result.best = best;
        const Banded kept = figureOf(*all[best].validation);
        for (size_t i = 0; i < all.size(); ++i) {
            const Banded own = figureOf(*all[i].validation);
            const std::string by = decibelText(std::fabs(own.mean - kept.mean));
            switch (i == best ? Verdict::Same : compare(own, kept)) {
            case Verdict::Better: all[i].reason = by + " behind the one that was kept"; break;
            case Verdict::Worse: all[i].reason = by + " ahead of the one that was kept"; break;
            case Verdict::Same:
                all[i].reason = i == best ? (best == 0 ? "kept: no other is measurably better" : "kept: the best on validation pictures")
                                          : "no measurable difference to the one that was kept";
            }
        }
    }

    Status test() {
        if (m_pictures.test.empty()) return {};
        WB_ASSIGN(const Reference reference, Reference::create(m_top, m_pictures.test, m_context));
        const int repeats = m_options.repeats + 2;
        WB_ASSIGN(m_result.testVendor, measured(reference, m_result.candidates.front(), repeats));
        const Candidate& chosen = m_result.chosen();
        if (m_result.best == 0) {
            m_result.testBest = m_result.testVendor;
            return {};
        }
        WB_ASSIGN(m_result.testBest, measured(reference, chosen, repeats));
        if (chosen.planKey.empty()) return {};
        const Candidate& table = m_result.candidates[chosen.table];
        if (chosen.table == 0) {
            m_result.testBest = withBandOf(*m_result.testBest, *m_result.testVendor);
            return {};
        }
        WB_ASSIGN(const BandedAgreement band, measured(reference, table, repeats));
        m_result.testBest = withBandOf(*m_result.testBest, band);
        return {};
    }

    static constexpr double kExpected = 8; ///< candidates of an automatic run
    std::shared_ptr<const ir::Graph> m_top;
    const quantise::RangeTable& m_vendor;
    const PictureSets& m_pictures;
    const PortfolioOptions& m_options;
    const JobContext& m_context;
    std::optional<Reference> m_validation;
    Portfolio m_result;
    std::chrono::steady_clock::time_point m_begin;
};

} // namespace

const char* spelling(Recipe recipe) {
    for (const auto& [value, text] : kSpellings)
        if (value == recipe) return text.data();
    return "";
}

std::optional<Recipe> recipeFromSpelling(std::string_view text) {
    for (const auto& [value, name] : kSpellings)
        if (text == name) return value;
    return {};
}

Banded figureOf(const BandedAgreement& agreement) {
    if (!agreement.first().detects) return agreement.sqnr;
    const Banded &a = agreement.sqnr, &b = agreement.scoreSqnr;
    return {(a.mean + b.mean) / 2, std::sqrt(a.deviation * a.deviation + b.deviation * b.deviation) / 2};
}

Result<Portfolio> runPortfolio(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& vendor,
                               const PictureSets& pictures, const PortfolioOptions& options, const JobContext& context) {
    if (pictures.calibration.empty()) return Error{Code::DatasetEmpty, "there is no picture to calibrate with"};
    return Runner(std::move(top), vendor, pictures, options, context).run();
}

} // namespace wb::improve
