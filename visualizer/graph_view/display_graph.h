// SPDX-License-Identifier: GPL-3.0-or-later
// What the graph view draws of a network: its blocks by name hierarchy (rule G-4), and for a set of
// closed blocks the nodes and edges that are left. Pure values; the layout works on layoutInput().
#pragma once

#include "compiler/jobs/snapshot.h"
#include "visualizer/graph_view/layout.h"

#include <QHash>
#include <QSet>
#include <QString>
#include <QVector>
#include <functional>

namespace wb::graph_view {

struct Block {
    QString path;                      ///< "/model.8/m.0"
    QString title;                     ///< path below the parent block: "m.0"
    int parent = -1;                   ///< has a smaller index
    int depth = 0;
    QVector<int> layers;               ///< all inside, also those of inner blocks
};

class BlockTree {
public:
    BlockTree() = default;
    explicit BlockTree(const jobs::NetworkSnapshot& network);
    const QVector<Block>& blocks() const { return m_blocks; }
    int innermost(int layer) const { return m_blockOf.value(layer, -1); }
    int indexOf(const QString& path) const { return m_byPath.value(path, -1); }
    /// Outermost block of the layer, -1 for none.
    int outermost(int layer) const;

private:
    QVector<Block> m_blocks;
    QVector<int> m_blockOf;
    QHash<QString, int> m_byPath;
};

struct DisplayNode {
    enum class Kind { Layer, Input, Output, Block };
    Kind kind = Kind::Layer;
    int layer = -1;                    ///< also of an output pill; -1 for blocks
    int block = -1;                    ///< for Kind::Block
    QString name, detail;              ///< first line; second line left part
    QSizeF size;
    int frame = -1;                    ///< index into DisplayGraph::frames
};

struct DisplayGraph {
    QVector<DisplayNode> nodes;
    QVector<LayoutEdge> edges;
    QVector<int> frames;               ///< open blocks, as indices into the tree
    QVector<int> nodeOfLayer;          ///< node that shows the layer, perhaps a closed block
    LayoutInput layoutInput(bool leftToRight) const;
    QVector<LayoutFrame> frameParents;
};

/// `widths` measures the first and second line of a node in pixels; tests may count letters.
struct TextWidths {
    std::function<double(const QString&)> name, detail;
};

inline constexpr double kNodeWidth = 186, kNodeHeight = 42, kBlockHeight = 54, kMaxNodeWidth = 266;

DisplayGraph displayGraph(const jobs::NetworkSnapshot& network, const BlockTree& tree,
                          const QSet<QString>& closed, const TextWidths& widths);

} // namespace wb::graph_view
