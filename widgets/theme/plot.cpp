// SPDX-License-Identifier: GPL-3.0-or-later
// A QCustomPlot in the colours and fonts of the window.
#include "widgets/theme/theme.h"

#include <qcustomplot.h>

namespace wb::theme {

void apply(QCustomPlot* plot) {
    if (!plot) return;
    plot->setBackground(QBrush(color(Token::Canvas)));
    const QFont caption = font(TextRole::Caption);
    for (QCPAxisRect* rect : plot->axisRects()) {
        rect->setBackground(Qt::NoBrush);
        for (QCPAxis* axis : rect->axes()) {
            axis->setBasePen(Qt::NoPen);
            axis->setTickPen(Qt::NoPen);
            axis->setSubTickPen(Qt::NoPen);
            axis->setSelectedBasePen(Qt::NoPen);
            axis->setSelectedTickPen(Qt::NoPen);
            axis->setSelectedSubTickPen(Qt::NoPen);
            axis->setTickLabelColor(color(Token::Text3));
            axis->setSelectedTickLabelColor(color(Token::Text3));
            axis->setLabelColor(color(Token::Text2));
            axis->setSelectedLabelColor(color(Token::Text2));
            axis->setTickLabelFont(caption);
            axis->setSelectedTickLabelFont(caption);
            axis->setLabelFont(caption);
            axis->setSelectedLabelFont(caption);
            const bool vertical = axis->orientation() == Qt::Vertical;
            axis->grid()->setPen(vertical ? QPen(color(Token::Grid), 1) : QPen(Qt::NoPen));
            axis->grid()->setSubGridPen(Qt::NoPen);
            axis->grid()->setZeroLinePen(Qt::NoPen);
            axis->grid()->setAntialiased(false);
        }
    }
    if (plot->legend) {
        plot->legend->setBrush(Qt::NoBrush);
        plot->legend->setBorderPen(Qt::NoPen);
        plot->legend->setTextColor(color(Token::Text2));
        plot->legend->setFont(caption);
        plot->legend->setSelectedBorderPen(Qt::NoPen);
        plot->legend->setSelectedFont(caption);
        plot->legend->setSelectedTextColor(color(Token::Text));
    }
    for (int i = 0; i < plot->plottableCount(); ++i) {
        QCPSelectionDecorator* decorator = plot->plottable(i)->selectionDecorator();
        if (!decorator) continue;
        decorator->setPen(QPen(color(Token::Accent), 2));
        decorator->setBrush(Qt::NoBrush);
    }
    if (plot->selectionRect()) {
        QColor inside = color(Token::Accent);
        plot->selectionRect()->setPen(QPen(inside, 1));
        inside.setAlphaF(0.12f);
        plot->selectionRect()->setBrush(inside);
    }
    plot->setNoAntialiasingOnDrag(true);
    plot->setPlottingHint(QCP::phCacheLabels, true);
}

} // namespace wb::theme
