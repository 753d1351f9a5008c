// SPDX-License-Identifier: GPL-3.0-or-later
// The graph as a small picture: blocks in band colours, scaled to the card.
#include "visualizer/graph_view/graph_view.h"
#include "visualizer/graph_view/layout.h"

#include <QPainter>
#include <algorithm>

namespace wb::graph_view {

QImage renderThumbnail(const jobs::NetworkSnapshot& network, const QVector<jobs::LayerSample>& samples,
                       const QSize& size, double devicePixelRatio) {
    QImage image((QSizeF(size) * devicePixelRatio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(Qt::transparent);
    if (network.layers.empty() || size.isEmpty())
        return image;
    LayerData data;
    data.network = &network;
    data.samples.resize(static_cast<int>(network.layers.size()));
    for (const auto& s : samples)
        if (s.index >= 0 && s.index < data.samples.size()) {
            data.samples[s.index] = s;
            data.hasSamples = true;
        }
    data.precisions.resize(data.samples.size());
    const BlockTree tree; // no frames: at this size they would only be noise
    const auto constant = [](const QString&) { return 0.0; };
    const DisplayGraph graph = displayGraph(network, tree, {}, {constant, constant});
    // Wider than tall cards get a graph that runs to the right.
    const LayoutInput input = graph.layoutInput(size.width() > size.height());
    const GraphLayout layout = assemble(input, placeSimply(input));
    const QVector<NodeLook> looks = nodeLooks(graph, tree, data, Colouring::Cosine);

    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area(4, 4, size.width() - 8, size.height() - 8);
    double sx = area.width() / std::max(1.0, layout.bounds.width());
    double sy = area.height() / std::max(1.0, layout.bounds.height());
    // A network is a long thread: it is widened so that its branches show.
    sx = std::min({sx, sy * 30, 0.5});
    sy = std::min({sy, sx * 30, 0.5});
    const auto map = [&](const QPointF& p) {
        return area.center() + QPointF((p.x() - layout.bounds.center().x()) * sx,
                                       (p.y() - layout.bounds.center().y()) * sy);
    };
    painter.setPen(QPen(theme::color(theme::Token::Edge), 1));
    for (const QPolygonF& edge : layout.edges) {
        QPolygonF points;
        for (const QPointF& p : edge)
            points << map(p);
        painter.drawPolyline(points);
    }
    for (int i = 0; i < layout.nodes.size(); ++i) {
        QRectF rect(map(layout.nodes[i].topLeft()), map(layout.nodes[i].bottomRight()));
        rect.setWidth(std::max(1.5, rect.width()));
        rect.setHeight(std::max(1.5, rect.height()));
        painter.setBrush(looks[i].hasColor ? looks[i].fill : theme::color(theme::Token::Outline));
        painter.setPen(theme::isDark() || !looks[i].hasColor || rect.width() < 4
                           ? QPen(Qt::NoPen) : QPen(looks[i].ink, 0.8));
        painter.drawRoundedRect(rect, 1, 1);
    }
    return image;
}

} // namespace wb::graph_view
