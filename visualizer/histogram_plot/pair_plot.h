// SPDX-License-Identifier: GPL-3.0-or-later
// Values of one tensor in two computations (rule L-2): a field of pairs with the diagonal, or the histogram of
// their differences. All values are counted, none is sampled.
#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

namespace wb::histogram_plot {

struct PairCounts {
    int size = 0;                      ///< rows and columns of the grid; row: reference value
    double low = 0, high = 0;          ///< of both axes
    QVector<qint64> counts;            ///< size², row by row
    double most = 0;                   ///< largest absolute difference
    QVector<qint64> differences;       ///< over [−most, most]
    bool isEmpty() const { return size <= 0 || counts.size() != qsizetype(size) * size; }
};

class PairPlot : public QWidget {
    Q_OBJECT
public:
    enum class Shows { Pairs, Differences };
    explicit PairPlot(QWidget* parent = nullptr);
    void setCounts(const PairCounts& counts);
    void setShows(Shows shows);
    void setNames(const QString& reference, const QString& variant);
    QSize sizeHint() const override { return {280, 264}; }
    QSize minimumSizeHint() const override { return {180, 180}; }
    /// Values on the diagonal's cells, 0…1; NaN without values.
    double diagonalShare() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintPairs(QPainter& painter, const QRectF& area) const;
    void paintDifferences(QPainter& painter, const QRectF& area) const;
    void describe();

    PairCounts m_counts;
    Shows m_shows = Shows::Pairs;
    QString m_reference, m_variant;
};

} // namespace wb::histogram_plot
