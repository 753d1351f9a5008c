// SPDX-License-Identifier: GPL-3.0-or-later
// DOT out, plain in; see dot_text.h. Plain format: https://graphviz.org/docs/outputs/plain/
#include "visualizer/graph_view/dot_text.h"

#include <QHash>
#include <algorithm>
#include <cmath>
#include <utility>

namespace wb::graph_view {
namespace {

constexpr double kPointsPerInch = 72; // one scene pixel is one point here
constexpr double kLimit = 1e7;        // no drawing is wider; keeps damaged numbers out

Error damaged(const char* why) {
    Error error;
    error.code = Code::Internal;
    error.what = "The answer of Graphviz cannot be read.";
    error.why = why;
    return error;
}

QByteArray inches(double pixels) { return QByteArray::number(pixels / kPointsPerInch, 'f', 4); }

void writeFrame(QByteArray& out, const LayoutInput& input, int frame,
                const QVector<QVector<int>>& members, const QVector<QVector<int>>& inner) {
    out += "subgraph cluster_" + QByteArray::number(frame) + " { margin=" +
           QByteArray::number(input.leftToRight ? 32 : kFramePad + 2) + ";\n";
    for (int node : members[frame])
        out += "n" + QByteArray::number(node) + ";";
    for (int child : inner[frame])
        writeFrame(out, input, child, members, inner);
    out += "}\n";
}

/// Words of one line of the plain format, without copies.
class Words {
public:
    explicit Words(QByteArrayView line) : m_rest(line) {}
    QByteArrayView next() {
        qsizetype start = 0;
        while (start < m_rest.size() && m_rest[start] == ' ')
            ++start;
        qsizetype end = start;
        while (end < m_rest.size() && m_rest[end] != ' ')
            ++end;
        const QByteArrayView word = m_rest.sliced(start, end - start);
        m_rest = m_rest.sliced(end);
        return word;
    }
    bool number(double& value) {
        bool ok = false;
        value = next().toByteArray().toDouble(&ok);
        return ok && std::isfinite(value) && std::abs(value) < kLimit;
    }
    bool node(int& index, qsizetype count) {
        const QByteArray word = next().toByteArray();
        bool ok = word.startsWith('n');
        if (ok)
            index = word.mid(1).toInt(&ok);
        return ok && index >= 0 && index < count;
    }

private:
    QByteArrayView m_rest;
};

struct Drawn {
    QVector<double> x, y;                       // node centres, inches, y upwards
    QHash<std::pair<int, int>, QVector<QPointF>> splines;
};

/// Equal heights above the page are one rank; returns the rank of each node, top first.
QVector<int> ranksOf(const QVector<double>& y, QVector<double>& levels) {
    levels = y;
    std::sort(levels.begin(), levels.end(), std::greater<>());
    QVector<double> distinct;
    for (double value : levels)
        if (distinct.isEmpty() || distinct.back() - value > 0.02)
            distinct.append(value);
    levels = distinct;
    QVector<int> rank(y.size());
    for (int i = 0; i < y.size(); ++i) {
        const auto at = std::lower_bound(levels.begin(), levels.end(), y[i] + 0.02, std::greater<>());
        rank[i] = std::min<int>(static_cast<int>(at - levels.begin()), static_cast<int>(levels.size()) - 1);
    }
    return rank;
}

/// Where a spline (Bézier segments, as control points) crosses a height; x in inches.
double crossing(const QVector<QPointF>& spline, double y) {
    double best = spline.front().x(), distance = 1e18;
    for (qsizetype s = 0; s + 3 < spline.size(); s += 3)
        for (int step = 0; step <= 12; ++step) {
            const double t = step / 12.0, u = 1 - t;
            const QPointF p = u * u * u * spline[s] + 3 * u * u * t * spline[s + 1] +
                              3 * u * t * t * spline[s + 2] + t * t * t * spline[s + 3];
            if (std::abs(p.y() - y) < distance) {
                distance = std::abs(p.y() - y);
                best = p.x();
            }
        }
    return best;
}

Result<Drawn> readPlain(const QByteArray& text, const LayoutInput& input) {
    Drawn drawn;
    const qsizetype count = input.nodes.size();
    drawn.x.fill(0, count);
    drawn.y.fill(0, count);
    QVector<bool> seen(count, false);
    bool stopped = false, headed = false;
    qsizetype at = 0;
    while (at < text.size() && !stopped) {
        qsizetype end = text.indexOf('\n', at);
        if (end < 0)
            end = text.size();
        qsizetype length = end - at;
        if (length > 0 && text[at + length - 1] == '\r')
            --length;
        Words words(QByteArrayView(text).sliced(at, length));
        at = end + 1;
        const QByteArrayView kind = words.next();
        if (kind == QByteArrayView("stop")) {
            stopped = true;
        } else if (kind == QByteArrayView("graph")) {
            headed = true;
        } else if (kind == QByteArrayView("node")) {
            int node = 0;
            double x = 0, y = 0;
            if (!words.node(node, count) || !words.number(x) || !words.number(y))
                return damaged("A node line is malformed.");
            drawn.x[node] = x;
            drawn.y[node] = y;
            seen[node] = true;
        } else if (kind == QByteArrayView("edge")) {
            int from = 0, to = 0;
            double points = 0;
            if (!words.node(from, count) || !words.node(to, count) || !words.number(points) ||
                points < 2 || points > 100000)
                return damaged("An edge line is malformed.");
            QVector<QPointF> spline;
            for (int i = 0; i < static_cast<int>(points); ++i) {
                double x = 0, y = 0;
                if (!words.number(x) || !words.number(y))
                    return damaged("An edge has fewer points than it says.");
                spline.append({x, y});
            }
            drawn.splines.insert({from, to}, spline);
        } else if (!kind.isEmpty()) {
            return damaged("A line is of no known kind.");
        }
    }
    if (!headed || !stopped)
        return damaged("It is cut short.");
    if (seen.contains(false))
        return damaged("A node is missing.");
    return drawn;
}

} // namespace

QByteArray toDot(const LayoutInput& input) {
    // Always top-down: a layout from left to right is the same one with sides exchanged (layout.cpp).
    QByteArray out = "digraph g {\ngraph [rankdir=TB, nodesep=" + inches(kSiblingGap) + ", ranksep=" +
                     inches(kChainGap + 6) + ", splines=true, nslimit=4, mclimit=2];\n"
                     "node [shape=box, fixedsize=true, label=\"\"];\nedge [arrowhead=none];\n";
    for (int i = 0; i < input.nodes.size(); ++i) {
        QSizeF size = input.nodes[i].size;
        if (input.leftToRight)
            size.transpose();
        out += "n" + QByteArray::number(i) + " [width=" + inches(size.width()) +
               ",height=" + inches(size.height()) + "];\n";
    }
    QVector<QVector<int>> members(input.frames.size()), inner(input.frames.size());
    for (int i = 0; i < input.nodes.size(); ++i)
        if (input.nodes[i].frame >= 0)
            members[input.nodes[i].frame].append(i);
    QVector<int> outermost;
    for (int f = 0; f < input.frames.size(); ++f)
        (input.frames[f].parent >= 0 ? inner[input.frames[f].parent] : outermost).append(f);
    for (int frame : outermost)
        writeFrame(out, input, frame, members, inner);

    QVector<int> fanIn(input.nodes.size(), 0), fanOut(input.nodes.size(), 0);
    for (const auto& e : input.edges) {
        ++fanOut[e.from];
        ++fanIn[e.to];
    }
    for (const auto& e : input.edges) {
        out += "n" + QByteArray::number(e.from) + " -> n" + QByteArray::number(e.to);
        // Chains straight, skips free to bend.
        if (fanOut[e.from] == 1 && fanIn[e.to] == 1)
            out += " [weight=8]";
        else if (fanOut[e.from] == 1 || fanIn[e.to] == 1)
            out += " [weight=3]";
        out += ";\n";
    }
    out += "}\n";
    return out;
}

Result<Placement> parseDotPlain(const QByteArray& text, const LayoutInput& input) {
    WB_ASSIGN(Drawn drawn, readPlain(text, input));
    Placement placement;
    QVector<double> levels;
    placement.rank = ranksOf(drawn.y, levels);
    for (double x : drawn.x)
        placement.x.append(std::round(x * kPointsPerInch));
    // dot wavers by a point or two along a chain; pull those straight.
    for (const auto& e : input.edges)
        if (placement.rank[e.to] == placement.rank[e.from] + 1 &&
            std::abs(placement.x[e.to] - placement.x[e.from]) <= 2)
            placement.x[e.to] = placement.x[e.from];
    placement.lanes.resize(input.edges.size());
    for (int i = 0; i < input.edges.size(); ++i) {
        const auto& e = input.edges[i];
        const auto spline = drawn.splines.constFind({e.from, e.to});
        if (spline == drawn.splines.constEnd())
            continue;
        const int top = std::min(placement.rank[e.from], placement.rank[e.to]);
        const int bottom = std::max(placement.rank[e.from], placement.rank[e.to]);
        // A few samples are enough: lanes are straight for most of their way.
        const int step = std::max(1, (bottom - top) / 6);
        for (int r = top + 1; r < bottom; r += step)
            placement.lanes[i].append(std::round(crossing(*spline, levels[r]) * kPointsPerInch));
    }
    return placement;
}

} // namespace wb::graph_view
