// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/measure.h"

#include "compiler/execute/team.h"
#include "compiler/improve/random.h"

#include <algorithm>
#include <cmath>

namespace wb::improve {
namespace {

constexpr double kMostDb = 200; ///< stands for equality
constexpr double kSuppression = 0.6;

double decibels(double signal, double noise) {
    if (!(noise > 0)) return kMostDb;
    if (!(signal > 0)) return -kMostDb;
    return std::clamp(10 * std::log10(signal / noise), -kMostDb, kMostDb);
}

struct Sums {
    double yy = 0, ee = 0, xy = 0, xx = 0;
    void add(std::span<const float> x, std::span<const float> y) {
        for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
            const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
            yy += b * b, ee += (a - b) * (a - b), xy += a * b, xx += a * a;
        }
    }
    double sqnr() const { return decibels(yy, ee); }
    double cosine() const {
        if (ee == 0) return 1;
        const double c = xy / (std::sqrt(xx) * std::sqrt(yy));
        return std::isfinite(c) ? c : 0;
    }
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

std::vector<evaluate::Box> boxesOf(const evaluate::DetectPlan& plan, const execute::TensorMap& outputs) {
    evaluate::DetectOptions options;
    options.lowScore = kScoreThreshold;
    auto candidates = evaluate::decodeCandidates(plan, outputs, options);
    if (!candidates) return {};
    return evaluate::nonMaximumSuppression(std::move(*candidates), kSuppression, kScoreThreshold);
}

/// Whether the plan makes sense of the float network's outputs: some heads have the shape of boxes and hold offsets.
bool givesBoxes(const evaluate::DetectPlan& plan, const std::vector<execute::TensorMap>& outputs) {
    size_t all = 0, good = 0;
    const double w = static_cast<double>(plan.networkWidth), h = static_cast<double>(plan.networkHeight);
    for (const execute::TensorMap& one : outputs)
        for (const evaluate::Box& box : boxesOf(plan, one)) {
            ++all;
            const double x = box.x + box.w / 2, y = box.y + box.h / 2;
            good += box.w > 0 && box.h > 0 && x >= 0 && x <= w && y >= 0 && y <= h ? 1 : 0;
        }
    return good * 2 >= all;
}

struct PictureResult {
    double sqnr = 0, cosine = 0;
    Sums scores;
    double topShift = 0;
    evaluate::MatchResult match;
    double shift = 0;
    size_t objects = 0;
};

/// Mean signed difference of the highest 0.1 % of the reference's scores.
double topDifference(const std::vector<float>& now, const std::vector<float>& before) {
    if (before.empty() || now.size() != before.size()) return 0;
    std::vector<size_t> order(before.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    const size_t count = std::max<size_t>(1, order.size() / 1000);
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count - 1), order.end(),
                     [&](size_t a, size_t b) { return before[a] > before[b]; });
    double sum = 0;
    for (size_t i = 0; i < count; ++i)
        sum += static_cast<double>(now[order[i]]) - static_cast<double>(before[order[i]]);
    return sum / static_cast<double>(count);
}

void compareBoxes(const evaluate::DetectPlan& plan, const execute::TensorMap& exact, const execute::TensorMap& now,
                  PictureResult& result) {
    const auto before = scoresOf(plan, exact), after = scoresOf(plan, now);
    result.scores.add(after, before);
    result.topShift = topDifference(after, before);
    const auto reference = boxesOf(plan, exact), found = boxesOf(plan, now);
    result.match = evaluate::matchBoxes(reference, found);
    result.objects = reference.size();
    std::vector<bool> paired(reference.size(), false);
    for (const evaluate::MatchRow& row : result.match.rows)
        if (row.state == evaluate::MatchState::Match || row.state == evaluate::MatchState::Shifted) {
            paired[static_cast<size_t>(row.reference)] = true;
            result.shift += std::fabs(row.scoreDelta);
        }
    for (size_t i = 0; i < reference.size(); ++i)
        if (!paired[i]) result.shift += reference[i].score;
}

Banded banded(const std::vector<Agreement>& runs, double Agreement::*field) {
    Banded b;
    for (const Agreement& run : runs)
        b.mean += run.*field / static_cast<double>(runs.size());
    for (const Agreement& run : runs)
        b.deviation += (run.*field - b.mean) * (run.*field - b.mean);
    if (runs.size() > 1) b.deviation = std::sqrt(b.deviation / static_cast<double>(runs.size() - 1));
    return b;
}

} // namespace

Verdict compare(const Banded& a, const Banded& b) {
    const double band = 2 * std::sqrt(a.deviation * a.deviation + b.deviation * b.deviation);
    const double gain = b.mean - a.mean;
    return !(std::fabs(gain) > band) ? Verdict::Same : gain > 0 ? Verdict::Better : Verdict::Worse;
}

const char* spelling(Verdict verdict) {
    switch (verdict) {
    case Verdict::Better: return "better";
    case Verdict::Worse: return "worse";
    case Verdict::Same: break;
    }
    return "no measurable difference";
}

std::vector<float> scoresOf(const evaluate::DetectPlan& plan, const evaluate::Outputs& outputs) {
    std::vector<float> scores;
    const auto tensor = [&](const std::string& name) -> const ir::Tensor* {
        const auto it = outputs.find(name);
        return it == outputs.end() || it->second.type() != ir::ElementType::F32 ? nullptr : &it->second;
    };
    for (const evaluate::RawHead& head : plan.heads) {
        const ir::Tensor* t = tensor(head.name);
        if (t == nullptr) continue;
        for (int64_t a = 0; a < static_cast<int64_t>(head.anchors.size() / 2); ++a)
            for (int64_t y = 0; y < head.rows; ++y)
                for (int64_t x = 0; x < head.columns; ++x) {
                    const float* cell = t->data<float>() + a * head.stepAnchor + y * head.stepRow + x * head.stepColumn;
                    const double objectness = sigmoid(static_cast<double>(cell[4 * head.stepField]));
                    for (int64_t k = 0; k < plan.classes; ++k)
                        scores.push_back(static_cast<float>(
                            objectness * sigmoid(static_cast<double>(cell[(5 + k) * head.stepField]))));
                }
    }
    if (!plan.decoded.empty()) {
        const bool corners = plan.family == evaluate::Family::BoxesScores;
        const ir::Tensor* t = tensor(corners ? plan.scores : plan.decoded);
        if (t == nullptr || t->shape().size() != 3) return scores;
        const float* from = t->data<float>();
        const int64_t rows = t->shape()[1], width = t->shape()[2];
        if (plan.family == evaluate::Family::Yolov8) { // [4 + classes][N]
            scores.assign(from + 4 * width, from + rows * width);
        } else if (corners) {
            for (int64_t i = 0; i < rows; ++i)
                scores.insert(scores.end(), from + i * width + 1, from + (i + 1) * width);
        } else {
            for (int64_t i = 0; i < rows; ++i)
                for (int64_t k = 5; k < width; ++k)
                    scores.push_back(from[i * width + 4] * from[i * width + k]);
        }
    }
    return scores;
}

Result<Reference> Reference::create(std::shared_ptr<const ir::Graph> top, Inputs pictures, const JobContext& context) {
    Reference r;
    r.m_top = std::move(top);
    r.m_pictures = std::move(pictures);
    r.m_outputs.resize(r.m_pictures.size());
    WB_ASSIGN(const auto executor, execute::Executor::create(r.m_top, {}, context));
    WB_TRY(execute::Team(*executor).forEach(r.m_pictures.size(), context,
                                            [&](size_t i, execute::Executor& own, const JobContext& job) -> Status {
                                                WB_ASSIGN(r.m_outputs[i], own.run(r.m_pictures[i], job));
                                                return {};
                                            }));
    std::vector<evaluate::Output> outputs;
    for (const ir::ValueId id : r.m_top->outputs)
        outputs.push_back({r.m_top->value(id).name, r.m_top->value(id).type.shape});
    const auto inputs = r.m_top->inputs();
    const ir::Shape shape = inputs.empty() ? ir::Shape() : r.m_top->value(inputs[0]).type.shape;
    if (shape.size() != 4) {
        r.m_noHead = "the network takes no picture";
        return r;
    }
    auto plan = evaluate::planDetection(outputs, shape[2], shape[3]);
    if (!plan)
        r.m_noHead = plan.error().what;
    else if (!givesBoxes(*plan, r.m_outputs))
        r.m_noHead = "what its outputs decode to are no boxes inside of the picture";
    else
        r.m_plan = std::move(*plan);
    return r;
}

Result<Agreement> Reference::measure(std::shared_ptr<const ir::Graph> lowered, const JobContext& context) const {
    if (lowered->outputs.size() != m_top->outputs.size())
        return Error{Code::Internal, "the quantised network has other outputs"};
    WB_ASSIGN(const auto executor, execute::Executor::create(lowered, {}, context));
    std::vector<PictureResult> results(m_pictures.size());
    const auto one = [&](size_t i, execute::Executor& own, const JobContext& job) -> Status {
        WB_ASSIGN(const execute::TensorMap raw, own.run(m_pictures[i], job));
        execute::TensorMap named; // under the top graph's names, as float32
        PictureResult& result = results[i];
        for (size_t k = 0; k < lowered->outputs.size(); ++k) {
            const ir::Value& value = lowered->value(lowered->outputs[k]);
            const std::string& name = m_top->value(m_top->outputs[k]).name;
            const ir::Tensor now = execute::toFloat(raw.at(value.name), value.type);
            Sums sums;
            if (now.type() == ir::ElementType::F32 && m_outputs[i].at(name).type() == ir::ElementType::F32)
                sums.add(now.span<float>(), m_outputs[i].at(name).span<float>());
            result.sqnr += sums.sqnr() / static_cast<double>(lowered->outputs.size());
            result.cosine += sums.cosine() / static_cast<double>(lowered->outputs.size());
            named.insert_or_assign(name, now);
        }
        if (m_plan) compareBoxes(*m_plan, m_outputs[i], named, result);
        return {};
    };
    WB_TRY(execute::Team(*executor).forEach(m_pictures.size(), context, one));
    Agreement all;
    all.pictures = results.size();
    all.leastSqnr = kMostDb;
    all.detects = m_plan.has_value();
    Sums scores;
    std::vector<evaluate::MatchResult> matches;
    const auto count = static_cast<double>(std::max<size_t>(1, results.size()));
    for (const PictureResult& r : results) {
        all.sqnr += r.sqnr / count;
        all.cosine += r.cosine / count;
        all.leastSqnr = std::min(all.leastSqnr, r.sqnr);
        all.pictureSqnr.push_back(r.sqnr);
        all.topShift += r.topShift / count;
        all.scoreShift += r.shift;
        all.objects += r.objects;
        scores.yy += r.scores.yy, scores.ee += r.scores.ee;
        matches.push_back(r.match);
    }
    all.similarity = 0.5 + 0.5 * all.cosine;
    if (all.detects) {
        all.scoreSqnr = scores.sqnr();
        all.f1 = evaluate::addMatches(matches).f1;
        all.scoreShift /= static_cast<double>(std::max<size_t>(1, all.objects));
    }
    return all;
}

Result<BandedAgreement> measureBanded(const Reference& reference, const ir::Graph& weights,
                                      const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                                      const quantise::LowerOptions& form, int repeats, const JobContext& context) {
    BandedAgreement result;
    JobContext quiet(context.stopToken());
    quiet.setThreads(context.threads());
    for (int run = 0; run < std::max(1, repeats); ++run) {
        quantise::RangeTable table = ranges;
        Random random(static_cast<uint64_t>(run));
        if (run > 0)
            for (auto& [name, range] : table) {
                const double factor = 1 + kJitter * (2 * random.unit() - 1);
                range.threshold *= factor;
                range.min *= factor;
                range.max *= factor;
            }
        WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(weights, table, precisions, form, quiet));
        WB_ASSIGN(Agreement one, reference.measure(lowered.graph, context));
        result.runs.push_back(std::move(one));
    }
    result.sqnr = banded(result.runs, &Agreement::sqnr);
    result.cosine = banded(result.runs, &Agreement::cosine);
    result.scoreSqnr = banded(result.runs, &Agreement::scoreSqnr);
    result.f1 = banded(result.runs, &Agreement::f1);
    result.scoreShift = banded(result.runs, &Agreement::scoreShift);
    return result;
}

BandedAgreement withBandOf(BandedAgreement one, const BandedAgreement& table) {
    for (Banded BandedAgreement::*field : {&BandedAgreement::sqnr, &BandedAgreement::cosine, &BandedAgreement::scoreSqnr,
                                           &BandedAgreement::f1, &BandedAgreement::scoreShift})
        (one.*field).deviation = (table.*field).deviation;
    return one;
}

} // namespace wb::improve
