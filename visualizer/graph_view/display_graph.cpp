// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks from names, and the graph that remains when some are closed; see display_graph.h.
#include "visualizer/graph_view/display_graph.h"

#include "visualizer/common/layer_text.h"

#include <QStringList>
#include <algorithm>
#include <cmath>
#include <map>

namespace wb::graph_view {
using visualizer::fromStd;

namespace {

constexpr int kMinLayers = 3;          // a block of fewer would hide nothing
constexpr int kMaxDepth = 3;

struct Trie {
    std::map<QString, int> children;
    QVector<int> layers;
    QString path;
    int first = 0;                     // first layer, for an order that follows the network
};

QString blockPathOf(const jobs::LayerInfo& layer) {
    QString path = fromStd(layer.block);
    if (path.isEmpty()) {
        const QString name = visualizer::plainName(fromStd(layer.name));
        path = name.left(std::max<qsizetype>(0, name.lastIndexOf(QLatin1Char('/'))));
    }
    return path;
}

} // namespace

BlockTree::BlockTree(const jobs::NetworkSnapshot& network) {
    const int count = static_cast<int>(network.layers.size());
    m_blockOf.fill(-1, count);
    QVector<Trie> trie(1);
    for (int i = 0; i < count; ++i) {
        if (network.layers[i].isInput)
            continue;
        const QString path = blockPathOf(network.layers[i]);
        int at = 0;
        trie[0].layers.append(i);
        qsizetype end = 0;
        while (end < path.size()) {
            qsizetype next = path.indexOf(QLatin1Char('/'), end + 1);
            if (next < 0)
                next = path.size();
            const QString key = path.left(next);
            end = next;
            auto found = trie[at].children.find(key);
            if (found == trie[at].children.end()) {
                Trie fresh;
                fresh.path = key;
                fresh.first = i;
                trie.append(fresh);
                found = trie[at].children.emplace(key, static_cast<int>(trie.size()) - 1).first;
            }
            at = found->second;
            trie[at].layers.append(i);
        }
    }
    struct Step {
        int node, parent, depth;
    };
    QVector<Step> open{{0, -1, 0}};
    while (!open.isEmpty()) {
        const Step step = open.takeFirst();
        const Trie& node = trie[step.node];
        const int outside = step.parent < 0 ? count : static_cast<int>(m_blocks[step.parent].layers.size());
        const bool isBlock = step.node != 0 && node.layers.size() >= kMinLayers &&
                             node.layers.size() < outside &&
                             !(step.parent < 0 && node.layers.size() >= trie[0].layers.size()) &&
                             step.depth < kMaxDepth;
        int parent = step.parent;
        if (isBlock) {
            Block block;
            block.path = node.path;
            block.parent = step.parent;
            block.depth = step.depth;
            block.layers = node.layers;
            block.title = step.parent < 0 ? node.path : node.path.mid(m_blocks[step.parent].path.size() + 1);
            parent = static_cast<int>(m_blocks.size());
            m_byPath.insert(block.path, parent);
            for (int layer : block.layers)
                m_blockOf[layer] = parent;
            m_blocks.append(block);
        }
        QVector<int> children;
        for (const auto& [key, child] : node.children)
            children.append(child);
        std::stable_sort(children.begin(), children.end(),
                         [&](int a, int b) { return trie[a].first < trie[b].first; });
        for (int child : children)
            open.append({child, parent, isBlock ? step.depth + 1 : step.depth});
    }
}

int BlockTree::outermost(int layer) const {
    int block = innermost(layer);
    while (block >= 0 && m_blocks[block].parent >= 0)
        block = m_blocks[block].parent;
    return block;
}

LayoutInput DisplayGraph::layoutInput(bool leftToRight) const {
    LayoutInput input;
    input.leftToRight = leftToRight;
    for (const auto& n : nodes)
        input.nodes.append({n.size, n.frame});
    input.edges = edges;
    input.frames = frameParents;
    return input;
}

DisplayGraph displayGraph(const jobs::NetworkSnapshot& network, const BlockTree& tree,
                          const QSet<QString>& closed, const TextWidths& widths) {
    DisplayGraph graph;
    const int count = static_cast<int>(network.layers.size());
    const auto& blocks = tree.blocks();
    QVector<int> shownAs(blocks.size(), -1), frameOf(blocks.size(), -1), closedBy(blocks.size(), -1);
    for (int b = 0; b < blocks.size(); ++b) {
        const int parent = blocks[b].parent;
        closedBy[b] = parent >= 0 && closedBy[parent] >= 0 ? closedBy[parent]
                      : closed.contains(blocks[b].path)    ? b
                                                           : -1;
        if (closedBy[b] < 0) {
            frameOf[b] = static_cast<int>(graph.frames.size());
            graph.frames.append(b);
            graph.frameParents.append(LayoutFrame{parent >= 0 ? frameOf[parent] : -1});
        }
    }
    const auto widen = [](double need) {
        const double extra = std::ceil(std::max(0.0, need - kNodeWidth) / 16) * 16;
        return std::min(kMaxNodeWidth, kNodeWidth + extra);
    };
    graph.nodeOfLayer.fill(-1, count);
    for (int i = 0; i < count; ++i) {
        const jobs::LayerInfo& layer = network.layers[i];
        const int block = tree.innermost(i);
        const int hidden = block >= 0 ? closedBy[block] : -1;
        if (hidden >= 0 && shownAs[hidden] >= 0) {
            graph.nodeOfLayer[i] = shownAs[hidden];
            continue;
        }
        DisplayNode node;
        if (hidden >= 0) {
            node.kind = DisplayNode::Kind::Block;
            node.block = hidden;
            node.name = blocks[hidden].title;
            node.size = QSizeF(widen(widths.name(node.name) + 120), kBlockHeight);
            const int parent = blocks[hidden].parent;
            node.frame = parent >= 0 ? frameOf[parent] : -1;
            shownAs[hidden] = static_cast<int>(graph.nodes.size());
        } else {
            node.kind = layer.isInput ? DisplayNode::Kind::Input : DisplayNode::Kind::Layer;
            node.layer = i;
            node.frame = block >= 0 ? frameOf[block] : -1;
            const QString shape = visualizer::shapeText(layer.shape, !layer.isInput);
            if (layer.isInput) {
                node.name = fromStd(layer.name);
                node.detail = shape;
            } else {
                node.name = visualizer::nameInBlock(fromStd(layer.name),
                                                    block >= 0 ? blocks[block].path : QString());
                node.detail = fromStd(layer.type) + QLatin1Char(' ') + shape;
            }
            // Chip of up to six letters on the first line, mark and four digits on the second.
            const double need = layer.isInput
                                    ? std::max(widths.name(node.name), widths.detail(node.detail)) + 40
                                    : std::max(widths.name(node.name) + 14 + 8 + 26 + 8,
                                               widths.detail(node.detail) + 14 + 8 + 56 + 8);
            node.size = QSizeF(widen(need), kNodeHeight);
        }
        graph.nodeOfLayer[i] = static_cast<int>(graph.nodes.size());
        graph.nodes.append(node);
    }
    QSet<std::pair<int, int>> known;
    for (int i = 0; i < count; ++i)
        for (int source : network.layers[i].inputs) {
            if (source < 0 || source >= count)
                continue;
            const LayoutEdge edge{graph.nodeOfLayer[source], graph.nodeOfLayer[i]};
            if (edge.from == edge.to || known.contains({edge.from, edge.to}))
                continue;
            known.insert({edge.from, edge.to});
            graph.edges.append(edge);
        }
    for (int i = 0; i < count; ++i) {
        if (!network.layers[i].isOutput)
            continue;
        DisplayNode pill;
        pill.kind = DisplayNode::Kind::Output;
        pill.layer = i;
        pill.name = visualizer::nameInBlock(fromStd(network.layers[i].name), {});
        pill.detail = visualizer::shapeText(network.layers[i].shape);
        pill.size =
            QSizeF(widen(std::max(widths.name(pill.name), widths.detail(pill.detail)) + 40), kNodeHeight);
        graph.edges.append({graph.nodeOfLayer[i], static_cast<int>(graph.nodes.size())});
        graph.nodes.append(pill);
    }
    return graph;
}

} // namespace wb::graph_view
