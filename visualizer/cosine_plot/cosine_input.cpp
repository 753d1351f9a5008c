// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, hover card, menu and language of the cosine plot (rules V-7, V-8).
#include "visualizer/common/layer_text.h"
#include "visualizer/cosine_plot/cosine_plot.h"
#include "visualizer/cosine_plot/plot_parts.h"
#include "visualizer/cosine_plot/plot_surface.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QTabBar>
#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {
using visualizer::fromStd;
using visualizer::numberText;

QStringList CosinePlot::cardLines(int layer) const {
    const auto& info = m_state->network.layers[layer];
    QStringList lines{visualizer::plainName(fromStd(info.name)) + QLatin1Char('\t') + fromStd(info.type) +
                      QLatin1Char(' ') + visualizer::shapeText(info.shape, true)};
    const auto strong = [](const QString& text) { return QLatin1Char('`') + text + QLatin1Char('`'); };
    QStringList cosines;
    for (SeriesKind kind : {SeriesKind::Fp32, SeriesKind::Int8, SeriesKind::Mixed}) {
        const double cosine = m_state->accumulated[static_cast<int>(kind)].cosine(layer);
        if (!std::isnan(cosine) && (kind != SeriesKind::Fp32 || cosines.isEmpty()))
            cosines.append(titleOf(kind) + QLatin1Char(' ') + strong(numberText(cosine, 6)));
    }
    const QString reason = m_state->gapReason(layer);
    if (!reason.isEmpty())
        cosines.append(tr("not compared: %1").arg(reason));
    if (cosines.isEmpty())
        cosines.append(tr("not compared yet"));
    lines.append(cosines.join(QStringLiteral(" · ")));
    QStringList third;
    for (SeriesKind kind : {SeriesKind::Mixed, SeriesKind::Int8}) {
        const double isolated = m_state->isolated[static_cast<int>(kind)].cosine(layer);
        if (!std::isnan(isolated)) {
            third.append(tr("isolated %1").arg(strong(numberText(isolated, 6))));
            break;
        }
    }
    if (const Series* active = m_state->active()) {
        if (const auto& sample = active->samples[layer]; sample.compared && sample.cosineMin < sample.cosineMax)
            lines.append(tr("over the pictures %1 to %2").arg(strong(numberText(sample.cosineMin, 6)), strong(numberText(sample.cosineMax, 6))));
        const double sqnr = active->sqnr(layer);
        if (std::isfinite(sqnr) && sqnr != 0)
            third.append(tr("SQNR %1 dB").arg(strong(numberText(sqnr, 1))));
        const int rank = m_state->rankOf(layer);
        if (rank == 1)
            third.append(tr("worst of %1").arg(active->compared));
        else if (rank > 1)
            third.append(tr("%1 of %2 from the worst").arg(rank).arg(active->compared));
    }
    const QString actual = m_state->precisions.value(layer), asked = m_state->requested.value(layer);
    if (!actual.isEmpty())
        third.prepend(!asked.isEmpty() && asked != QLatin1String("auto") && asked != actual
                          ? asked + QStringLiteral(" → ") + actual : actual);
    if (!third.isEmpty())
        lines.append(third.join(QStringLiteral(" · ")));
    return lines;
}

void CosinePlot::hover(int layer, const QPoint& position) {
    if (layer != m_state->hovered) {
        m_state->hovered = layer;
        m_surface->replot(QCustomPlot::rpQueuedReplot);
    }
    if (layer < 0 || layer >= m_state->count()) {
        m_card->hide();
        return;
    }
    m_card->setLines(cardLines(layer));
    // On the side away from the curve: if the point is high the card goes low, and to the side where there
    // is room; never under the pointer.
    const QRect area = m_surface->axisRect()->rect();
    const Series* active = m_state->active();
    const QPointF point = active ? m_surface->pointOf(*active, layer) : QPointF(0, std::nan(""));
    const double pointY = std::isfinite(point.y()) ? point.y() : area.bottom();
    const double x = m_surface->xAxis->coordToPixel(layer);
    const QSize size = m_card->size();
    const bool right = x + 16 + size.width() < area.right() || x - 16 - size.width() < area.left();
    int left = qRound(right ? x + 12 : x - 12 - size.width());
    left = std::clamp(left, 0, std::max(0, m_surface->width() - size.width()));
    const int top = pointY > area.center().y() ? area.top() : area.bottom() - size.height();
    m_card->move(left, std::max(0, top));
    if (m_card->geometry().contains(position))
        m_card->move(qRound(std::max(0.0, x - 12 - size.width())), m_card->y());
    m_card->show();
    m_card->raise();
}

void CosinePlot::stepTo(int layer) {
    if (layer < 0 || layer >= m_state->count())
        return;
    select({layer}, true);
    hover(layer, {-1, -1});
}

void CosinePlot::cycleScale() { setScale(static_cast<Scale>((static_cast<int>(m_state->scale) + 1) % 3)); }

void CosinePlot::fit() { m_surface->fitAll(); }

void CosinePlot::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers() & Qt::ControlModifier;
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const int current = m_state->selection.isEmpty() ? -1 : m_state->selection.back();
    if (event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left: stepTo(current < 0 ? m_state->count() - 1 : current - 1); return;
    case Qt::Key_Right: stepTo(current + 1); return;
    case Qt::Key_Home: stepTo(0); return;
    case Qt::Key_End: stepTo(m_state->count() - 1); return;
    case Qt::Key_N:
        if (!control)
            return stepTo(m_state->nextBelowGoal(current, shift));
        break;
    case Qt::Key_W:
        if (!control)
            return stepTo(m_state->worstLayer());
        break;
    case Qt::Key_D:
        if (!control)
            return stepTo(m_state->largestDrop());
        break;
    case Qt::Key_Y:
        if (!control)
            return cycleScale();
        break;
    case Qt::Key_I:
        if (!control && shift)
            return setTogether(!m_state->showTogether);
        if (!control)
            return setIsolated(!m_state->showIsolated);
        break;
    case Qt::Key_0:
        if (control)
            return fit();
        break;
    case Qt::Key_C:
        if (control && !shift)
            return copyImage();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (current >= 0 && !control) {
            emit layerActivated(current);
            return;
        }
        break;
    case Qt::Key_Escape: hover(-1, {}); break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

void CosinePlot::showMenu(const QPoint& position) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("cosineMenu"));
    menu.addAction(tr("Show everything") + QStringLiteral("\tCtrl+0"), this, &CosinePlot::fit);
    menu.addAction(tr("Go to the worst layer") + QStringLiteral("\tW"), this,
                   [this] { stepTo(m_state->worstLayer()); });
    menu.addAction(tr("Go to the largest drop") + QStringLiteral("\tD"), this,
                   [this] { stepTo(m_state->largestDrop()); });
    if (const jobs::LayerSample* sample = spread())
        menu.addAction(tr("Show its worst picture"), this, [this, picture = sample->worstImage] { emit pictureRequested(picture); });
    menu.addSeparator();
    QAction* together = menu.addAction(tr("Isolated error as bars") + QStringLiteral("\tShift+I"), this,
                                       [this] { setTogether(!m_state->showTogether); });
    together->setCheckable(true);
    together->setChecked(m_state->showTogether);
    menu.addSeparator();
    menu.addAction(tr("Copy as picture") + QStringLiteral("\tCtrl+C"), this, &CosinePlot::copyImage);
    menu.addAction(tr("Export…") + QStringLiteral("\tCtrl+E"), this, [this] {
        const QString file = QFileDialog::getSaveFileName(
            this, tr("Export the cosine plot"), m_exportInfo.model + QStringLiteral("_cosine.pdf"),
            tr("PDF (*.pdf);;PNG picture (*.png);;CSV table (*.csv)"));
        if (file.isEmpty())
            return;
        const QString error = exportTo(file);
        if (!error.isEmpty())
            QMessageBox::warning(this, tr("Export the cosine plot"), error);
    });
    menu.exec(position);
}

void CosinePlot::copyImage() { QApplication::clipboard()->setImage(toImage(2)); }

bool CosinePlot::event(QEvent* event) {
    // Single letters act here only while the plot has the focus; arrows must not leave it.
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        static const QSet<int> own{Qt::Key_N, Qt::Key_W, Qt::Key_D, Qt::Key_Y, Qt::Key_I, Qt::Key_Left, Qt::Key_Right};
        if (!(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) && own.contains(key->key())) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void CosinePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslateUi();
        redraw();
    } else if (event->type() == QEvent::FontChange) {
        m_surface->applyTheme();
        m_count->setFont(theme::font(theme::TextRole::Caption));
        redraw();
    }
    QWidget::changeEvent(event);
}

void CosinePlot::resizeEvent(QResizeEvent*) {
    m_card->hide();
    // In a narrow dock the count gives way to the controls.
    m_count->setVisible(width() > 760);
    placeTags();
}

void CosinePlot::focusInEvent(QFocusEvent* event) { QWidget::focusInEvent(event); }

void CosinePlot::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    hover(-1, {});
}

void CosinePlot::retranslateUi() {
    setAccessibleName(tr("Cosine plot"));
    m_mode->setTabText(0, tr("Accumulated"));
    m_mode->setTabText(1, tr("Isolated"));
    m_mode->setTabToolTip(0, tr("Error as it arrives in the running network (I)"));
    m_mode->setTabToolTip(1, tr("Error of each layer fed with the FP32 input (I)"));
    m_mode->setAccessibleName(tr("Kind of error"));
    m_scaleBar->setTabText(static_cast<int>(Scale::Nines), tr("Nines"));
    m_scaleBar->setTabText(static_cast<int>(Scale::Linear), tr("Linear"));
    m_scaleBar->setTabText(static_cast<int>(Scale::Sqnr), QStringLiteral("SQNR"));
    m_scaleBar->setTabToolTip(0, tr("−log10(1 − cosine): every nine is as high as the last (Y)"));
    m_scaleBar->setTabToolTip(1, tr("The cosine itself, zoomed to the data (Y)"));
    m_scaleBar->setTabToolTip(2, tr("Signal to quantisation noise in decibels (Y)"));
    m_scaleBar->setAccessibleName(tr("Scale"));
    m_legend->setAccessibleName(tr("Series shown"));
    m_legend->setToolTip(tr("Click shows or hides, Alt+click shows alone"));
    m_outputTag->setToolTip(tr("Expected cosine of the outputs. Drag it, or use the arrow keys."));
    m_layerTag->setToolTip(tr("Minimum cosine of a layer. Drag it, or use the arrow keys."));
}

} // namespace wb::cosine_plot
