// SPDX-License-Identifier: GPL-3.0-or-later
// What the comparison shows, from the candidates of every variant: boxes above the sliders' limits, their
// matches with the reference, one table row for each, sums over pictures, and notes that the numbers
// justify (rules M-2, M-3, M-4, M-8). Pure functions over values; no widgets.
#pragma once

#include "compiler/evaluate/match.h"
#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"
#include "visualizer/detection_view/picture_boxes.h"

#include <QCoreApplication>
#include <QString>
#include <QVector>
#include <map>

namespace wb::panels {

struct CompareLimits {
    double score = 0.5, nmsIou = 0.6, matchIou = 0.5;
};

/// Boxes of one picture and variant after score limit and suppression, best first.
std::vector<evaluate::Box> shownBoxes(const jobs::DetectionCandidates& candidates, const CompareLimits& limits);

/// One picture: the reference, and one other variant matched with it.
struct CompareRow {
    int classId = 0;
    std::optional<double> referenceScore, score;
    double scoreDelta = 0, iou = 0;    ///< of pairs
    evaluate::MatchState state = evaluate::MatchState::Match;
    evaluate::Box box;                 ///< of the variant, of the reference when missed
};

class Comparison {
public:
    using Pictures = std::map<QString, std::map<jobs::Variant, std::vector<evaluate::Box>>>;

    void set(const QVector<jobs::DetectionCandidates>& detections, const CompareLimits& limits);
    QStringList pictures() const;                     ///< in the order that they came
    QVector<jobs::Variant> variants() const;          ///< those with detections, source first
    const std::vector<evaluate::Box>& boxes(const QString& picture, jobs::Variant variant) const;
    evaluate::MatchResult match(const QString& picture, jobs::Variant reference, jobs::Variant variant) const;
    /// Over all pictures that both variants have.
    evaluate::MatchResult total(jobs::Variant reference, jobs::Variant variant) const;
    QVector<CompareRow> rows(const QString& picture, jobs::Variant reference, jobs::Variant variant) const;
    /// Boxes for a pane; rows are those of `rows(picture, reference, focus)`, so that panes select together.
    QVector<detection_view::PictureBox> paneBoxes(const QString& picture, jobs::Variant reference,
                                                  jobs::Variant variant, jobs::Variant focus,
                                                  const std::vector<std::string>& names, int classes) const;

private:
    CompareLimits m_limits;
    QStringList m_order;
    Pictures m_boxes;
};

struct Diagnosis {
    QString title, text;
};

class CompareWords {
    Q_DECLARE_TR_FUNCTIONS(wb::panels::CompareWords)
public:
    static QString variant(jobs::Variant variant);    ///< "INT8"
    static QString state(evaluate::MatchState state); ///< "missed"
    /// What the numbers of a variant say, each with its evidence; empty when nothing stands out.
    static QVector<Diagnosis> diagnose(const QVector<CompareRow>& rows, const evaluate::MatchResult& result);
};

/// "person", "class 7" without names.
QString classNameOf(int classId, const std::vector<std::string>& names, int classes);

} // namespace wb::panels
