// SPDX-License-Identifier: GPL-3.0-or-later
// Painting of boxes and labels; see picture_boxes.h.
#include "visualizer/detection_view/picture_boxes.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace wb::detection_view {
using theme::Token;

namespace {

constexpr double kLabelHeight = 16, kLabelFrom = 40;

QFont labelFont() {
    QFont font = theme::font(theme::TextRole::Caption);
    font.setWeight(QFont::DemiBold);
    return font;
}

void paintFrame(QPainter& painter, const QRectF& rect, const PictureBox& box, bool selected) {
    painter.setBrush(Qt::NoBrush);
    if (selected) {
        painter.setPen(QPen(theme::color(Token::Accent), 3));
        painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 4, 4);
    }
    painter.setPen(QPen(visualizer::withAlpha(theme::color(Token::BoxUnderlay), 0.55), 4));
    painter.drawRoundedRect(rect, 2, 2);
    const QColor color = boxColor(box);
    QPen pen(color, 2, Qt::SolidLine, Qt::FlatCap);
    if (box.state == BoxState::Shifted)
        pen.setDashPattern({3.5, 2}); // 7 on 4 off in widths of 2
    painter.setPen(pen);
    painter.drawRoundedRect(rect, 2, 2);
    if (box.state == BoxState::Missed) {
        const double arm = std::min({6.0, rect.width() / 3, rect.height() / 3});
        const QPointF c = rect.center();
        for (const QPen& cross : {QPen(visualizer::withAlpha(theme::color(Token::BoxUnderlay), 0.55), 4.5), QPen(color, 2.4)}) {
            painter.setPen(cross);
            painter.drawLine(c + QPointF(-arm, -arm), c + QPointF(arm, arm));
            painter.drawLine(c + QPointF(-arm, arm), c + QPointF(arm, -arm));
        }
    }
}

} // namespace

QColor boxColor(const PictureBox& box) {
    switch (box.state) {
    case BoxState::Missed: return theme::color(Token::Missed);
    case BoxState::Extra: return theme::color(Token::Extra);
    default: return theme::detectionClassColor(box.classId);
    }
}

QString boxLabel(const PictureBox& box) {
    const QString score = visualizer::numberText(box.score, 2);
    switch (box.state) {
    case BoxState::Missed:
        return QStringLiteral("✕ ") + QCoreApplication::translate("DetectionView", "%1 missed").arg(box.className);
    case BoxState::Extra: return QStringLiteral("+ %1 %2").arg(box.className, score);
    case BoxState::ClassChanged:
        return QStringLiteral("%1 → %2 %3").arg(box.otherClass, box.className, score);
    default: return QStringLiteral("%1 %2").arg(box.className, score);
    }
}

void paintBoxes(QPainter& painter, const QVector<PictureBox>& boxes, const QTransform& toWidget,
                int selectedRow, int hoveredRow) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // Large boxes first, so that small ones lie on top; the selected one last.
    QVector<int> order(boxes.size());
    for (int i = 0; i < order.size(); ++i)
        order[i] = i;
    const auto area = [&](int i) { return boxes[i].rect.width() * boxes[i].rect.height(); };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const bool sa = boxes[a].row >= 0 && boxes[a].row == selectedRow;
        const bool sb = boxes[b].row >= 0 && boxes[b].row == selectedRow;
        return sa != sb ? sb : area(a) > area(b);
    });
    for (int i : order)
        paintFrame(painter, toWidget.mapRect(boxes[i].rect), boxes[i],
                   boxes[i].row >= 0 && boxes[i].row == selectedRow);

    const QFont font = labelFont();
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    QVector<QRectF> taken;
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
        const PictureBox& box = boxes[*it];
        const QRectF rect = toWidget.mapRect(box.rect);
        const bool asked = box.row >= 0 && (box.row == selectedRow || box.row == hoveredRow);
        if (rect.width() < kLabelFrom && !asked && box.state != BoxState::Missed && box.state != BoxState::Extra)
            continue;
        const QString text = boxLabel(box);
        const double width = metrics.horizontalAdvance(text) + 8;
        // Inside the picture's part of the pane, so that no label is cut at its edge.
        const QRectF room = painter.hasClipping() ? painter.clipBoundingRect() : QRectF(painter.window());
        const double left = std::max(room.left(), std::min(rect.left() - 1, room.right() - width));
        // Above the box; if taken one step up, one down, under the box.
        const double tops[] = {rect.top() - kLabelHeight - 1, rect.top() - 2 * kLabelHeight - 1,
                               rect.top() + 1, rect.bottom() + 1};
        QRectF label(left, tops[0], width, kLabelHeight);
        for (double top : tops) {
            const QRectF candidate(left, top, width, kLabelHeight);
            const bool clash = std::any_of(taken.begin(), taken.end(),
                                           [&](const QRectF& t) { return t.intersects(candidate); });
            if (!clash && candidate.top() >= 0) {
                label = candidate;
                break;
            }
        }
        if (label.top() < 0)
            label.moveTop(std::max(0.0, rect.top() + 1));
        taken.append(label);
        painter.setPen(Qt::NoPen);
        painter.setBrush(boxColor(box));
        painter.drawRoundedRect(label, 2, 2);
        painter.setPen(theme::color(Token::OnBand));
        painter.drawText(label, Qt::AlignCenter, text);
    }
    painter.restore();
}

int boxAt(const QVector<PictureBox>& boxes, const QPointF& point, double slack) {
    int best = -1;
    double smallest = 0;
    for (int i = 0; i < boxes.size(); ++i) {
        const double area = boxes[i].rect.width() * boxes[i].rect.height();
        if (boxes[i].rect.adjusted(-slack, -slack, slack, slack).contains(point) && (best < 0 || area < smallest)) {
            best = i;
            smallest = area;
        }
    }
    return best;
}

} // namespace wb::detection_view
