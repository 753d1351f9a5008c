// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/compare/compare_model.h"

#include "compiler/evaluate/detect_names.h"
#include "visualizer/common/layer_text.h"

#include <algorithm>

namespace wb::panels {

using evaluate::MatchState;
using jobs::Variant;
using visualizer::numberText;

namespace {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

detection_view::BoxState boxState(MatchState state) {
    using S = detection_view::BoxState;
    switch (state) {
    case MatchState::Match: return S::Match;
    case MatchState::Shifted: return S::Shifted;
    case MatchState::ClassChanged: return S::ClassChanged;
    case MatchState::Missed: return S::Missed;
    case MatchState::Extra: return S::Extra;
    }
    return S::Plain;
}

} // namespace

QString classNameOf(int classId, const std::vector<std::string>& names, int classes) {
    return QString::fromStdString(evaluate::className(classId, classes, names));
}

std::vector<evaluate::Box> shownBoxes(const jobs::DetectionCandidates& candidates, const CompareLimits& limits) {
    std::vector<evaluate::Box> boxes;
    boxes.reserve(candidates.boxes.size());
    for (const jobs::DetectionBox& b : candidates.boxes)
        if (b.score >= limits.score) boxes.push_back({b.classId, b.score, b.x, b.y, b.w, b.h});
    return evaluate::nonMaximumSuppression(std::move(boxes), limits.nmsIou, limits.score);
}

void Comparison::set(const QVector<jobs::DetectionCandidates>& detections, const CompareLimits& limits) {
    m_limits = limits;
    m_order.clear();
    m_boxes.clear();
    for (const jobs::DetectionCandidates& c : detections) {
        const QString picture = QString::fromStdString(c.picture);
        if (!m_boxes.contains(picture)) m_order << picture;
        m_boxes[picture][c.variant] = shownBoxes(c, limits);
    }
}

QStringList Comparison::pictures() const { return m_order; }

QVector<Variant> Comparison::variants() const {
    QVector<Variant> list;
    for (Variant v : {Variant::Source, Variant::Fp32, Variant::Int8, Variant::Mixed})
        if (std::any_of(m_boxes.begin(), m_boxes.end(), [v](const auto& entry) { return entry.second.contains(v); }))
            list << v;
    return list;
}

const std::vector<evaluate::Box>& Comparison::boxes(const QString& picture, Variant variant) const {
    static const std::vector<evaluate::Box> none;
    const auto entry = m_boxes.find(picture);
    if (entry == m_boxes.end()) return none;
    const auto list = entry->second.find(variant);
    return list == entry->second.end() ? none : list->second;
}

evaluate::MatchResult Comparison::match(const QString& picture, Variant reference, Variant variant) const {
    evaluate::MatchOptions options;
    options.iou = m_limits.matchIou;
    return evaluate::matchBoxes(boxes(picture, reference), boxes(picture, variant), options);
}

evaluate::MatchResult Comparison::total(Variant reference, Variant variant) const {
    std::vector<evaluate::MatchResult> results;
    for (const auto& [picture, variants] : m_boxes)
        if (variants.contains(reference) && variants.contains(variant)) results.push_back(match(picture, reference, variant));
    return evaluate::addMatches(results);
}

QVector<CompareRow> Comparison::rows(const QString& picture, Variant reference, Variant variant) const {
    const auto &left = boxes(picture, reference), &right = boxes(picture, variant);
    QVector<CompareRow> list;
    for (const evaluate::MatchRow& m : match(picture, reference, variant).rows) {
        CompareRow row;
        row.state = m.state;
        row.iou = m.iou;
        row.scoreDelta = m.scoreDelta;
        if (m.reference >= 0) {
            row.box = left[static_cast<size_t>(m.reference)];
            row.referenceScore = row.box.score;
        }
        if (m.variant >= 0) {
            row.box = right[static_cast<size_t>(m.variant)];
            row.score = row.box.score;
        }
        row.classId = row.box.classId;
        list << row;
    }
    return list;
}

QVector<detection_view::PictureBox> Comparison::paneBoxes(const QString& picture, Variant reference, Variant variant,
                                                          Variant focus, const std::vector<std::string>& names,
                                                          int classes) const {
    QVector<detection_view::PictureBox> list;
    const auto &left = boxes(picture, reference), &right = boxes(picture, variant);
    const auto make = [&](const evaluate::Box& b) {
        detection_view::PictureBox box;
        box.rect = QRectF(b.x, b.y, b.w, b.h);
        box.classId = b.classId;
        box.score = b.score;
        box.className = classNameOf(b.classId, names, classes);
        return box;
    };
    // Row numbers are those of the variant in focus; a reference box is the link between variants.
    const evaluate::MatchResult focused = match(picture, reference, focus);
    std::map<int, int> rowOfReference;
    for (size_t i = 0; i < focused.rows.size(); ++i)
        if (focused.rows[i].reference >= 0) rowOfReference[focused.rows[i].reference] = static_cast<int>(i);
    const auto rowOf = [&](int index) {
        const auto it = rowOfReference.find(index);
        return it == rowOfReference.end() ? -1 : it->second;
    };
    if (variant == reference) {
        for (size_t i = 0; i < left.size(); ++i) {
            auto box = make(left[i]);
            box.row = rowOf(static_cast<int>(i));
            list << box;
        }
        return list;
    }
    const evaluate::MatchResult own = variant == focus ? focused : match(picture, reference, variant);
    for (size_t i = 0; i < own.rows.size(); ++i) {
        const evaluate::MatchRow& m = own.rows[i];
        auto box = make(m.variant >= 0 ? right[static_cast<size_t>(m.variant)] : left[static_cast<size_t>(m.reference)]);
        box.state = boxState(m.state);
        box.row = variant == focus ? static_cast<int>(i) : m.reference >= 0 ? rowOf(m.reference) : -1;
        if (m.state == MatchState::ClassChanged)
            box.otherClass = classNameOf(left[static_cast<size_t>(m.reference)].classId, names, classes);
        list << box;
    }
    return list;
}

QString CompareWords::variant(Variant variant) {
    switch (variant) {
    case Variant::Source: return tr("Source runtime");
    case Variant::Fp32: return tr("FP32");
    case Variant::Int8: return tr("INT8");
    case Variant::Mixed: return tr("Mixed");
    }
    return {};
}

QString CompareWords::state(MatchState state) {
    switch (state) {
    case MatchState::Match: return tr("match");
    case MatchState::Shifted: return tr("shifted");
    case MatchState::ClassChanged: return tr("class changed");
    case MatchState::Missed: return tr("missed");
    case MatchState::Extra: return tr("extra");
    }
    return {};
}

QVector<Diagnosis> CompareWords::diagnose(const QVector<CompareRow>& rows, const evaluate::MatchResult& result) {
    QVector<Diagnosis> list;
    std::vector<double> deltas;
    int pairs = 0, changed = 0;
    for (const CompareRow& row : rows) {
        if (row.state == MatchState::Match || row.state == MatchState::Shifted) {
            deltas.push_back(row.scoreDelta);
            ++pairs;
        }
        changed += row.state == MatchState::ClassChanged ? 1 : 0;
    }
    // Fewer than three pairs show nothing.
    if (pairs >= 3 && median(deltas) < -0.05 && result.meanIou >= 0.8)
        list << Diagnosis{tr("Scores sink together"),
                          tr("Boxes agree (mean IoU %1) but the median score falls by %2 on this picture. Look at the "
                             "range of the head.")
                              .arg(numberText(result.meanIou, 3), numberText(-median(deltas), 3))};
    if (pairs >= 3 && result.meanIou < 0.75)
        list << Diagnosis{tr("Boxes are shifted"),
                          tr("%n pairs overlap by %1 on average. Resize or padding may differ between the variants.", nullptr, pairs)
                              .arg(numberText(result.meanIou, 3))};
    if (changed >= 3 && changed > pairs)
        list << Diagnosis{tr("Classes change"),
                          tr("%n boxes keep their place and change their class. Check the colour order.", nullptr, changed)};
    const int reference = result.matched + result.missed + result.classChanged;
    if (reference >= 3 && result.matched == 0 && changed == 0)
        list << Diagnosis{tr("Nothing is found"),
                          tr("None of the %n boxes of the reference is found. If the layers agree, look at the decoder and "
                             "its thresholds.", nullptr, reference)};
    return list;
}

} // namespace wb::panels
