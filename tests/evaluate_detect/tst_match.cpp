// SPDX-License-Identifier: GPL-3.0-or-later
// Overlap, suppression and matching of boxes, on boxes whose answers can be worked out by hand.
#include "compiler/evaluate/detect_box.h"
#include "compiler/evaluate/match.h"

#include <QtTest>
#include <cmath>
#include <limits>

using namespace wb::evaluate;

namespace {
Box box(int classId, double score, double x, double y, double w = 10, double h = 10) {
    return {classId, score, x, y, w, h};
}
} // namespace

class TestMatch : public QObject {
    Q_OBJECT

private slots:
    void overlaps() {
        QCOMPARE(iou(box(0, 1, 0, 0), box(0, 1, 0, 0)), 1.0);
        QCOMPARE(iou(box(0, 1, 0, 0), box(0, 1, 5, 0)), 50.0 / 150);
        QCOMPARE(iou(box(0, 1, 0, 0), box(0, 1, 10, 0)), 0.0);
        QCOMPARE(iou(box(0, 1, 0, 0, 0, 0), box(0, 1, 0, 0, 0, 0)), 0.0);
        // Counted inclusively the sides are 11: 6 x 11 of 121 + 121 − 66.
        QCOMPARE(iouInclusive(box(0, 1, 0, 0), box(0, 1, 5, 0)), 66.0 / 176);
    }

    void suppressionKeepsTheBestOfEachClass() {
        const std::vector<Box> boxes{box(0, 0.6, 1, 0), box(0, 0.9, 0, 0), box(1, 0.8, 1, 0),
                                     box(0, 0.5, 40, 0), box(0, 0.01, 80, 0)};
        const auto kept = nonMaximumSuppression(boxes, 0.5, 0.1);
        QCOMPARE(kept.size(), size_t{3});
        QCOMPARE(kept[0], boxes[1]);
        QCOMPARE(kept[1], boxes[2]);
        QCOMPARE(kept[2], boxes[3]);
        const auto agnostic = nonMaximumSuppression(boxes, 0.5, 0.1, NmsMode::VendorAgnostic);
        QCOMPARE(agnostic.size(), size_t{2}); // the other class goes too
        QCOMPARE(agnostic[1], boxes[3]);
    }

    void suppressionSurvivesNumbersThatAreNone() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto kept = nonMaximumSuppression({box(0, nan, 0, 0), box(0, 0.5, nan, 0), box(0, 0.4, 0, 0)}, 0.5);
        QCOMPARE(kept.size(), size_t{2});
        QCOMPARE(kept[0].score, 0.5);
    }

    void equalScoresKeepTheirOrder() {
        const auto kept = nonMaximumSuppression({box(0, 0.5, 100, 0), box(0, 0.5, 0, 0)}, 0.5);
        QCOMPARE(kept[0].x, 100.0);
    }

    void letterboxIsUndone() {
        const auto boxes = toPicture({box(0, 1, 20, 60, 40, 10)}, {0.5, 0.25, 10, 50});
        QCOMPARE(boxes[0], box(0, 1, 20, 40, 80, 40));
    }

    void everyStateOccurs() {
        const std::vector<Box> reference{box(0, 0.90, 0, 0), box(0, 0.80, 100, 0), box(1, 0.70, 200, 0),
                                         box(2, 0.60, 300, 0), box(0, 0.50, 400, 0)};
        const std::vector<Box> variant{box(0, 0.88, 0, 0),    // match
                                       box(0, 0.80, 102, 0),  // shifted by place
                                       box(3, 0.70, 201, 0),  // class changed
                                       box(0, 0.30, 400, 0),  // shifted by score
                                       box(1, 0.40, 500, 0)}; // extra; (2, 300) is missed
        const auto result = matchBoxes(reference, variant);
        QCOMPARE(result.rows.size(), size_t{6});
        const auto is = [&](size_t row, MatchState state, int r, int v) {
            return result.rows[row].state == state && result.rows[row].reference == r &&
                   result.rows[row].variant == v;
        };
        QVERIFY(is(0, MatchState::Match, 0, 0));
        QVERIFY(is(1, MatchState::Shifted, 1, 1));
        QVERIFY(is(2, MatchState::ClassChanged, 2, 2));
        QVERIFY(is(3, MatchState::Missed, 3, -1));
        QVERIFY(is(4, MatchState::Shifted, 4, 3));
        QVERIFY(is(5, MatchState::Extra, -1, 4));
        QCOMPARE(result.matched, 3);
        QCOMPARE(result.shifted, 2);
        QCOMPARE(result.classChanged, 1);
        QCOMPARE(result.missed, 1);
        QCOMPARE(result.extra, 1);
        QCOMPARE(result.meanIou, (1 + 80.0 / 120 + 1) / 3);
        QVERIFY(std::abs(result.meanAbsScoreDelta - (0.02 + 0 + 0.2) / 3) < 1e-12);
        QCOMPARE(result.precision, 3.0 / 5);
        QCOMPARE(result.recall, 3.0 / 5);
        QCOMPARE(result.f1, 3.0 / 5);
    }

    void theBetterOverlapWinsAndEachBoxPairsOnce() {
        const std::vector<Box> reference{box(0, 0.9, 0, 0), box(0, 0.9, 3, 0)};
        const auto result = matchBoxes(reference, std::vector<Box>{box(0, 0.8, 3, 0), box(0, 0.7, 1, 0)});
        QCOMPARE(result.rows[0].variant, 1);
        QCOMPARE(result.rows[1].variant, 0);
        QCOMPARE(result.rows[1].iou, 1.0);
    }

    void emptySidesAreSensible() {
        const std::vector<Box> none, one{box(0, 0.9, 0, 0)};
        QCOMPARE(matchBoxes(none, none).f1, 1.0);
        QCOMPARE(matchBoxes(one, none).f1, 0.0);
        QCOMPARE(matchBoxes(one, none).missed, 1);
        QCOMPARE(matchBoxes(none, one).precision, 0.0);
    }

    void sumsOfPicturesWeighByPairs() {
        const std::vector<Box> a{box(0, 0.9, 0, 0), box(0, 0.9, 50, 0)}, b{box(0, 0.9, 0, 0)};
        const std::vector<MatchResult> parts{matchBoxes(a, a), matchBoxes(b, std::vector<Box>{box(0, 0.5, 2, 0)})};
        const auto sum = addMatches(parts);
        QCOMPARE(sum.matched, 3);
        QCOMPARE(sum.meanIou, (2 + 80.0 / 120) / 3);
        QVERIFY(std::abs(sum.meanAbsScoreDelta - 0.4 / 3) < 1e-12);
        QCOMPARE(sum.f1, 1.0);
    }
};

QTEST_GUILESS_MAIN(TestMatch)
#include "tst_match.moc"
