// SPDX-License-Identifier: GPL-3.0-or-later
// The panes together: same size, linked camera and cursor, blinking; see detection_view.h.
#include "visualizer/detection_view/detection_view.h"

#include "visualizer/common/paint.h"
#include "visualizer/detection_view/picture_pane.h"
#include "widgets/theme/theme.h"

#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyle>
#include <QTimer>
#include <algorithm>
#include <utility>

namespace wb::detection_view {
using theme::Token;

namespace {
constexpr int kMostPanes = 4;
constexpr int kBlinkInterval = 250; // ms: two full changes a second
}

DetectionView::DetectionView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("detectionView"));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 160);
    m_blink = new QTimer(this);
    m_blink->setInterval(kBlinkInterval);
    connect(m_blink, &QTimer::timeout, this, [this] {
        m_blinkPhase = !m_blinkPhase;
        const PaneContent* other = nullptr;
        for (const PaneContent& content : m_contents)
            if (&content - m_contents.data() != m_active && (!other || content.isReference))
                other = &content;
        if (PicturePane* blinking = m_panes.value(m_active))
            blinking->setAlternate(m_blinkPhase ? other : nullptr);
    });
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] {
        for (PicturePane* pane : m_panes)
            pane->update();
        update();
    });
    setAccessibleName(tr("Pictures with boxes, one pane a variant"));
}

void DetectionView::setPanes(const QVector<PaneContent>& panes) {
    // Panes point into m_contents: let go first.
    for (PicturePane* pane : m_panes)
        pane->setAlternate(nullptr);
    const std::vector<PaneContent> old = std::exchange(
        m_contents, std::vector<PaneContent>(panes.begin(), panes.begin() + std::min<qsizetype>(panes.size(), kMostPanes)));
    const auto count = static_cast<qsizetype>(m_contents.size());
    while (m_panes.size() > count)
        delete m_panes.takeLast();
    const bool hadPanes = !m_panes.isEmpty();
    while (m_panes.size() < count) {
        auto* pane = new PicturePane(this, static_cast<int>(m_panes.size()));
        m_panes.append(pane);
        pane->show();
    }
    m_active = std::clamp(m_active, 0, std::max(0, static_cast<int>(count) - 1));
    const Camera camera = hadPanes ? m_panes.front()->camera() : Camera();
    const QSize before = old.empty() ? QSize() : old.front().image.size();
    for (int i = 0; i < m_panes.size(); ++i) {
        m_panes[i]->setContent(&m_contents[i]);
        if (m_linked && hadPanes && !camera.isFitted && m_contents[i].image.size() == before)
            m_panes[i]->setCamera(camera);
    }
    place();
    emit zoomChanged(zoom());
}

void DetectionView::place() {
    const int count = static_cast<int>(m_panes.size());
    if (count == 0)
        return;
    const int columns = count == 4 ? 2 : count, rows = count == 4 ? 2 : 1;
    // Always the same size, one pixel apart; what does not divide stays free at the edge.
    const int w = (width() - (columns - 1)) / columns, h = (height() - (rows - 1)) / rows;
    for (int i = 0; i < count; ++i)
        m_panes[i]->setGeometry((i % columns) * (w + 1), (i / columns) * (h + 1), w, h);
}

void DetectionView::resizeEvent(QResizeEvent*) {
    place();
    emit zoomChanged(zoom());
}

void DetectionView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(m_panes.isEmpty() ? Token::Canvas : Token::Line));
    if (m_panes.isEmpty()) {
        painter.setPen(theme::color(Token::Text3));
        painter.setFont(theme::font(theme::TextRole::Body));
        painter.drawText(rect(), Qt::AlignCenter, tr("Run the network on a test picture to see its boxes."));
    }
}

void DetectionView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Pictures with boxes, one pane a variant"));
        for (PicturePane* pane : m_panes)
            pane->update();
    }
    QWidget::changeEvent(event);
}

double DetectionView::zoom() const { return m_panes.isEmpty() ? 1 : m_panes.front()->camera().zoom; }

void DetectionView::share(PicturePane* from) {
    if (m_linked)
        for (PicturePane* pane : m_panes)
            if (pane != from)
                pane->setCamera(from->camera());
    emit zoomChanged(from->camera().zoom);
}

void DetectionView::shareCursor(const std::optional<QPointF>& position) {
    for (PicturePane* pane : m_panes)
        pane->setCross(m_linked ? position : std::nullopt);
    emit cursorMoved(position.has_value(), position.value_or(QPointF()));
}

void DetectionView::setSelectedRow(int row, bool zoomToIt) {
    m_selectedRow = row;
    if (row >= 0 && zoomToIt) {
        // The variant's own box may be missing; then the reference's place is shown everywhere.
        QRectF place;
        for (const PaneContent& content : m_contents)
            for (const PictureBox& box : content.boxes)
                if (box.row == row && (place.isEmpty() || content.isReference))
                    place = box.rect;
        for (PicturePane* pane : m_panes)
            pane->zoomTo(place);
        emit zoomChanged(zoom());
    }
    for (PicturePane* pane : m_panes)
        pane->update();
}

void DetectionView::setLinked(bool linked) {
    if (m_linked == linked)
        return;
    m_linked = linked;
    if (linked && !m_panes.isEmpty())
        share(m_panes.value(m_active, m_panes.front()));
    emit linkedChanged(linked);
}

bool DetectionView::isBlinking() const { return m_blink->isActive(); }

void DetectionView::setBlinking(bool on) {
    const bool reduced = style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) <= 0;
    on = on && !reduced && m_contents.size() > 1;
    if (on == isBlinking())
        return;
    if (on)
        m_blink->start();
    else
        m_blink->stop();
    m_blinkPhase = false;
    for (PicturePane* pane : m_panes)
        pane->setAlternate(nullptr);
    emit blinkingChanged(on);
}

void DetectionView::setBoxesVisible(bool visible) {
    if (m_boxesVisible == visible)
        return;
    m_boxesVisible = visible;
    for (PicturePane* pane : m_panes)
        pane->update();
    emit boxesVisibleChanged(visible);
}

void DetectionView::fit() {
    for (PicturePane* pane : m_panes)
        pane->fit();
    emit zoomChanged(zoom());
}

void DetectionView::zoomIn() {
    if (PicturePane* pane = m_panes.value(m_active))
        pane->zoomBy(1.25, pane->pictureArea().center());
}

void DetectionView::zoomOut() {
    if (PicturePane* pane = m_panes.value(m_active))
        pane->zoomBy(0.8, pane->pictureArea().center());
}

void DetectionView::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers() & Qt::ControlModifier;
    const int key = event->key();
    if (control && key == Qt::Key_0)
        fit();
    else if (control && key == Qt::Key_1) {
        if (PicturePane* pane = m_panes.value(m_active))
            pane->zoomBy(1 / pane->camera().zoom, pane->pictureArea().center());
    } else if (control || event->modifiers() & Qt::AltModifier)
        QWidget::keyPressEvent(event);
    else if (key == Qt::Key_S)
        setLinked(!m_linked);
    else if (key == Qt::Key_B)
        setBlinking(!isBlinking());
    else if (key == Qt::Key_Space)
        setBoxesVisible(!m_boxesVisible);
    else if (key == Qt::Key_Plus || key == Qt::Key_Equal)
        zoomIn();
    else if (key == Qt::Key_Minus)
        zoomOut();
    else
        QWidget::keyPressEvent(event);
}

void DetectionView::showVariantMenu(int index, const QPoint& position) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("variantMenu"));
    for (const VariantChoice& choice : m_variants) {
        QAction* action = menu.addAction(choice.title, this, [this, index, id = choice.id] {
            emit variantRequested(index, id);
        });
        action->setCheckable(true);
        action->setChecked(index < static_cast<int>(m_contents.size()) && m_contents[index].variant == choice.id);
    }
    if (m_contents.size() > 1) {
        menu.addSeparator();
        menu.addAction(tr("Close this pane"), this, [this, index] { emit paneCloseRequested(index); });
    }
    if (!menu.isEmpty())
        menu.exec(position);
}

QImage DetectionView::renderSideBySide(double scale) const {
    const int captions = 28, gap = 8;
    int total = 0, tallest = 0;
    for (const PaneContent& content : m_contents) {
        total += qRound(content.image.width() * scale) + (total > 0 ? gap : 0);
        tallest = std::max(tallest, qRound(content.image.height() * scale));
    }
    if (total <= 0 || tallest <= 0 || total > 32000 || tallest > 32000)
        return {};
    QImage stitched(total, tallest + captions, QImage::Format_RGB32);
    stitched.fill(theme::color(Token::Canvas));
    QPainter painter(&stitched);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    int x = 0;
    for (const PaneContent& content : m_contents) {
        const QSize size = (QSizeF(content.image.size()) * scale).toSize();
        painter.setPen(theme::color(Token::Text));
        painter.setFont(theme::font(theme::TextRole::BodyStrong));
        QString caption = content.title;
        if (content.f1)
            caption += QStringLiteral(" · F1 %1").arg(*content.f1, 0, 'f', 3);
        caption += QStringLiteral(" · %1 %").arg(qRound(scale * 100));
        painter.drawText(QRect(x + 4, 0, size.width() - 8, captions), Qt::AlignVCenter | Qt::AlignLeft, caption);
        painter.save();
        painter.translate(x, captions);
        painter.setClipRect(QRect(QPoint(), size));
        painter.drawImage(QRect(QPoint(), size), content.image);
        paintBoxes(painter, content.boxes, QTransform::fromScale(scale, scale), -1, -1);
        painter.restore();
        x += size.width() + gap;
    }
    return stitched;
}

QImage DetectionView::renderPane(int pane) const {
    if (pane < 0 || pane >= static_cast<int>(m_contents.size()) || m_contents[pane].image.isNull())
        return {};
    QImage image = m_contents[pane].image.convertToFormat(QImage::Format_RGB32);
    image.setDevicePixelRatio(1);
    QPainter painter(&image);
    paintBoxes(painter, m_contents[pane].boxes, {}, -1, -1);
    return image;
}

} // namespace wb::detection_view
