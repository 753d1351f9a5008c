// SPDX-License-Identifier: GPL-3.0-or-later
// Camera, painting and mouse of one pane; see picture_pane.h.
#include "visualizer/detection_view/picture_pane.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace wb::detection_view {
using theme::Token;

PicturePane::PicturePane(DetectionView* view, int index) : QWidget(view), m_view(view), m_index(index) {
    setObjectName(QStringLiteral("picturePane%1").arg(index + 1));
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::NoFocus);
}

QRectF PicturePane::pictureArea() const { return QRectF(0, kPaneHeader, width(), std::max(1, height() - kPaneHeader)); }

void PicturePane::setContent(const PaneContent* content) {
    const bool sameSize = m_content && content && m_content->image.size() == content->image.size();
    m_content = content;
    m_alternate = nullptr;
    if (!sameSize || m_camera.isFitted)
        fit();
    setAccessibleName(content ? tr("%1, %n boxes", nullptr, static_cast<int>(content->boxes.size())).arg(content->title)
                              : QString());
    update();
}

void PicturePane::setAlternate(const PaneContent* content) {
    m_alternate = content;
    update();
}

void PicturePane::setCamera(const Camera& camera) {
    m_camera = camera;
    if (camera.isFitted)
        fit();
    limit();
    update();
}

void PicturePane::fit() {
    m_camera.isFitted = true;
    if (!m_content || m_content->image.isNull())
        return;
    const QSizeF picture = m_content->image.size();
    const QRectF area = pictureArea().adjusted(4, 4, -4, -4);
    m_camera.centre = QPointF(picture.width() / 2, picture.height() / 2);
    m_camera.zoom = std::clamp(std::min(area.width() / picture.width(), area.height() / picture.height()), 0.01, 64.0);
    update();
}

void PicturePane::zoomTo(const QRectF& rect) {
    if (!m_content || m_content->image.isNull() || rect.isEmpty())
        return;
    // Three times its size, but never larger than the pane nor smaller than the whole picture.
    const QRectF area = pictureArea();
    const double fitted = std::min(area.width() / m_content->image.width(), area.height() / m_content->image.height());
    const double most = std::min(area.width() / rect.width(), area.height() / rect.height()) * 0.8;
    m_camera.zoom = std::clamp(std::min(3 * std::max(1.0, fitted), most), std::min(fitted, most), 64.0);
    m_camera.centre = rect.center();
    m_camera.isFitted = false;
    limit();
    update();
}

void PicturePane::zoomBy(double factor, const QPointF& about) {
    const QPointF fixed = toPicture(about);
    m_camera.zoom = std::clamp(m_camera.zoom * factor, 0.02, 64.0);
    m_camera.centre = fixed - (about - pictureArea().center()) / m_camera.zoom;
    m_camera.isFitted = false;
    moved();
}

void PicturePane::limit() {
    if (!m_content || m_content->image.isNull())
        return;
    m_camera.centre.setX(std::clamp(m_camera.centre.x(), 0.0, static_cast<double>(m_content->image.width())));
    m_camera.centre.setY(std::clamp(m_camera.centre.y(), 0.0, static_cast<double>(m_content->image.height())));
}

void PicturePane::moved() {
    limit();
    update();
    m_view->share(this);
}

QPointF PicturePane::toPicture(const QPointF& pos) const {
    return (pos - pictureArea().center()) / m_camera.zoom + m_camera.centre;
}

QPointF PicturePane::toPane(const QPointF& picture) const {
    return (picture - m_camera.centre) * m_camera.zoom + pictureArea().center();
}

void PicturePane::setCross(const std::optional<QPointF>& position) {
    m_cross = position;
    update();
}

void PicturePane::paintHeader(QPainter& painter) {
    painter.fillRect(QRect(0, 0, width(), kPaneHeader), theme::color(Token::Window));
    painter.setPen(QPen(theme::color(Token::Line), 1));
    painter.drawLine(QPointF(0, kPaneHeader - 0.5), QPointF(width(), kPaneHeader - 0.5));
    const PaneContent* content = shown();
    if (!content)
        return;
    // Right part first: it must not be covered by a long title.
    const QFont caption = theme::font(theme::TextRole::Caption), strong = theme::font(theme::TextRole::MonoStrong);
    int count = 0;
    for (const PictureBox& box : content->boxes)
        count += box.state != BoxState::Missed;
    QString facts = tr("%n boxes", nullptr, count);
    double right = width() - 10;
    if (content->f1) {
        const QString value = visualizer::numberText(*content->f1, 3);
        painter.setFont(strong);
        painter.setPen(theme::color(Token::Text));
        right -= QFontMetricsF(strong).horizontalAdvance(value);
        painter.drawText(QRectF(right, 0, width() - right, kPaneHeader), Qt::AlignVCenter | Qt::AlignLeft, value);
        facts += QStringLiteral(" · F1 ");
    }
    painter.setFont(caption);
    painter.setPen(theme::color(Token::Text2));
    right -= QFontMetricsF(caption).horizontalAdvance(facts);
    painter.drawText(QRectF(right, 0, width() - right, kPaneHeader), Qt::AlignVCenter | Qt::AlignLeft, facts);

    const QFont title = theme::font(theme::TextRole::BodyStrong);
    painter.setFont(title);
    painter.setPen(theme::color(Token::Text));
    const QFontMetricsF metrics(title);
    const QString text = metrics.elidedText(content->title, Qt::ElideRight, std::max(20.0, right - 40));
    painter.drawText(QRectF(10, 0, right, kPaneHeader), Qt::AlignVCenter | Qt::AlignLeft, text);
    double x = 10 + metrics.horizontalAdvance(text) + 8;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::color(Token::Text2), 1.4, Qt::SolidLine, Qt::RoundCap));
    const QPointF c(x + 4, kPaneHeader / 2.0);
    const QPointF chevron[3] = {c + QPointF(-3.5, -1.8), c + QPointF(0, 1.8), c + QPointF(3.5, -1.8)};
    painter.drawPolyline(chevron, 3);
    x += 18;
    m_titleEnd = x;
    visualizer::Chip chip = visualizer::chipOf(content->precision);
    if (content->isReference) {
        chip.kind = visualizer::Chip::Kind::Int8; // the quiet form: text on `raised`
        chip.text = tr("reference");
    }
    const double width = visualizer::chipWidth(chip);
    if (width > 0 && x + width < right - 8)
        visualizer::drawChip(painter, QRectF(x, (kPaneHeader - visualizer::kChipHeight) / 2.0, width,
                                             visualizer::kChipHeight), chip);
}

void PicturePane::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Canvas));
    paintHeader(painter);
    const PaneContent* content = shown();
    const QRectF area = pictureArea();
    painter.setClipRect(area);
    if (!content || content->image.isNull()) {
        painter.setFont(theme::font(theme::TextRole::Body));
        painter.setPen(theme::color(Token::Text3));
        painter.drawText(area, Qt::AlignCenter, tr("No picture for this variant yet."));
        return;
    }
    // Only the part in view, so that a deep zoom into a large picture stays quick.
    const QRectF seen(toPicture(area.topLeft()), toPicture(area.bottomRight()));
    const QRectF source = QRectF(seen.toAlignedRect()).intersected(QRectF(content->image.rect()));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, m_camera.zoom < 2);
    if (!source.isEmpty())
        painter.drawImage(QRectF(toPane(source.topLeft()), toPane(source.bottomRight())), content->image, source);
    if (m_view->m_boxesVisible) {
        QTransform transform;
        transform.translate(area.center().x(), area.center().y());
        transform.scale(m_camera.zoom, m_camera.zoom);
        transform.translate(-m_camera.centre.x(), -m_camera.centre.y());
        // Labels are placed within the pane's own area.
        painter.translate(0, kPaneHeader);
        transform *= QTransform::fromTranslate(0, -kPaneHeader);
        paintBoxes(painter, content->boxes, transform, m_view->m_selectedRow, m_view->m_hoveredRow);
        painter.translate(0, -kPaneHeader);
    }
    if (m_cross) {
        const QPointF p = toPane(*m_cross);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(visualizer::withAlpha(theme::detectionClassColor(0), 0.28), 1));
        painter.drawLine(QLineF(area.left(), p.y(), area.right(), p.y()));
        painter.drawLine(QLineF(p.x(), area.top(), p.x(), area.bottom()));
    }
}

void PicturePane::mousePressEvent(QMouseEvent* event) {
    m_view->m_active = m_index;
    m_press = m_last = event->position();
    m_moved = false;
    m_pressed = event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton;
    if (m_press.y() < kPaneHeader && event->button() == Qt::LeftButton && m_press.x() < m_titleEnd) {
        m_pressed = false;
        m_view->showVariantMenu(m_index, mapToGlobal(QPoint(8, kPaneHeader)));
    }
}

void PicturePane::mouseMoveEvent(QMouseEvent* event) {
    const QPointF pos = event->position();
    if (m_pressed) {
        if (!m_moved && (pos - m_press).manhattanLength() < 4)
            return;
        m_moved = true;
        setCursor(Qt::ClosedHandCursor);
        m_camera.centre -= (pos - m_last) / m_camera.zoom;
        m_camera.isFitted = false;
        m_last = pos;
        moved();
        return;
    }
    const bool inside = pictureArea().contains(pos);
    setCursor(inside ? Qt::CrossCursor : pos.x() < m_titleEnd ? Qt::PointingHandCursor : Qt::ArrowCursor);
    m_view->shareCursor(inside ? std::optional<QPointF>(toPicture(pos)) : std::nullopt);
    if (inside && shown()) {
        const int box = boxAt(shown()->boxes, toPicture(pos), 3 / m_camera.zoom);
        const int row = box >= 0 ? shown()->boxes[box].row : -1;
        if (row != m_view->m_hoveredRow) {
            m_view->m_hoveredRow = row;
            for (PicturePane* pane : m_view->m_panes)
                pane->update();
        }
    }
}

void PicturePane::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = m_pressed && !m_moved && event->button() == Qt::LeftButton;
    m_pressed = false;
    setCursor(Qt::CrossCursor);
    if (!click || event->position().y() < kPaneHeader || !shown())
        return;
    const int box = boxAt(shown()->boxes, toPicture(event->position()), 3 / m_camera.zoom);
    const int row = box >= 0 ? shown()->boxes[box].row : -1;
    m_view->setSelectedRow(row, false);
    emit m_view->rowSelected(row);
}

void PicturePane::mouseDoubleClickEvent(QMouseEvent* event) {
    m_pressed = false;
    if (event->position().y() < kPaneHeader)
        return;
    fit();
    m_view->share(this);
}

void PicturePane::wheelEvent(QWheelEvent* event) {
    zoomBy(std::pow(1.15, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void PicturePane::resizeEvent(QResizeEvent*) {
    if (m_camera.isFitted)
        fit();
}

void PicturePane::leaveEvent(QEvent*) { m_view->shareCursor(std::nullopt); }

void PicturePane::contextMenuEvent(QContextMenuEvent* event) {
    m_pressed = false;
    m_view->showVariantMenu(m_index, event->globalPos());
}

} // namespace wb::detection_view
