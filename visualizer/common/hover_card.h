// SPDX-License-Identifier: GPL-3.0-or-later
// The card under the pointer that cosine plot and timeline share: a name in mono with a word at its right, then lines
// in which numbers stand out.
#pragma once

#include <QStringList>
#include <QWidget>

class QPainter;

namespace wb::visualizer {

/// Three lines about one layer: name and type, the two cosines, isolated error and rank.
class HoverCard : public QWidget {
    Q_OBJECT
public:
    explicit HoverCard(QWidget* parent);
    /// Line 0 is "name\ttype". In the others, words in back quotes are numbers: drawn strong.
    void setLines(const QStringList& lines);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintRich(QPainter& painter, QPointF at, const QString& line) const;
    QStringList m_lines;
};

} // namespace wb::visualizer
