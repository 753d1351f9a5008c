// SPDX-License-Identifier: GPL-3.0-or-later
// The strip of test pictures, worst first; see detection_view.h.
#include "visualizer/common/layer_text.h"
#include "visualizer/detection_view/detection_view.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <algorithm>
#include <cmath>

namespace wb::detection_view {
using theme::Token;

namespace {

enum Role { PathRole = Qt::UserRole + 1, F1Role };

class FilmDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {160, 56}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF row = option.rect;
        const bool selected = option.state & QStyle::State_Selected;
        if (selected || option.state & QStyle::State_MouseOver)
            painter->fillRect(row, theme::color(!selected ? Token::Hover
                                                : option.state & QStyle::State_Active ? Token::Selection
                                                                                      : Token::SelectionInactive));
        if (selected)
            painter->fillRect(QRectF(row.left(), row.top(), 3, row.height()), theme::color(Token::Accent));
        const QRectF thumb(row.left() + 10, row.top() + 6, 62, 44);
        QPainterPath clip;
        clip.addRoundedRect(thumb, 3, 3);
        painter->save();
        painter->setClipPath(clip);
        painter->fillRect(thumb, theme::color(Token::Raised));
        const QPixmap picture = index.data(Qt::DecorationRole).value<QPixmap>();
        if (!picture.isNull()) {
            // Filled and cropped to the middle.
            const QSizeF size = QSizeF(picture.size()).scaled(thumb.size(), Qt::KeepAspectRatioByExpanding);
            painter->setRenderHint(QPainter::SmoothPixmapTransform);
            painter->drawPixmap(QRectF(thumb.center() - QPointF(size.width(), size.height()) / 2, size), picture,
                                QRectF(picture.rect()));
        }
        painter->restore();
        const double left = thumb.right() + 10, width = row.right() - 8 - left;
        const QFont name = theme::font(selected ? theme::TextRole::BodyStrong : theme::TextRole::Body);
        painter->setFont(name);
        painter->setPen(theme::color(Token::Text));
        painter->drawText(QRectF(left, row.top() + 8, width, 20), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetricsF(name).elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, width));
        const QFont caption = theme::font(theme::TextRole::Caption), mono = theme::font(theme::TextRole::Mono);
        const double baseline = row.top() + 42;
        painter->setFont(caption);
        painter->setPen(theme::color(Token::Text2));
        painter->drawText(QPointF(left, baseline), QStringLiteral("F1"));
        const double valueLeft = left + QFontMetricsF(caption).horizontalAdvance(QStringLiteral("F1 ")) + 2;
        const QVariant f1 = index.data(F1Role);
        painter->setFont(mono);
        if (!f1.isValid()) {
            painter->setPen(theme::color(Token::TextDisabled));
            painter->drawText(QPointF(valueLeft, baseline), QStringLiteral("–"));
        } else {
            const double value = f1.toDouble();
            painter->setPen(theme::color(Token::Text));
            const QString text = visualizer::numberText(value, 3);
            painter->drawText(QPointF(valueLeft, baseline), text);
            const double barLeft = valueLeft + QFontMetricsF(mono).horizontalAdvance(text) + 8;
            const QRectF track(barLeft, baseline - 5, std::max(0.0, row.right() - 8 - barLeft), 3);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme::color(Token::Raised));
            painter->drawRoundedRect(track, 1.5, 1.5);
            const theme::Band band = value >= 0.95   ? theme::Band::B0999
                                     : value >= 0.85 ? theme::Band::B099
                                     : value >= 0.70 ? theme::Band::B090
                                                     : theme::Band::Low;
            painter->setBrush(theme::bandInk(band));
            painter->drawRoundedRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(value, 0.0, 1.0), 3)),
                                     1.5, 1.5);
        }
        painter->restore();
    }
};

} // namespace

FilmStrip::FilmStrip(QWidget* parent) : QListView(parent), m_model(new QStandardItemModel(this)) {
    setObjectName(QStringLiteral("filmStrip"));
    setAccessibleName(tr("Test pictures, worst first"));
    setModel(m_model);
    setItemDelegate(new FilmDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    connect(theme::notifier(), &theme::Notifier::changed, viewport(), qOverload<>(&QWidget::update));
}

void FilmStrip::setItems(const QVector<FilmItem>& items) {
    const QString current = currentPath();
    m_filling = true;
    m_model->clear();
    QVector<const FilmItem*> sorted;
    for (const FilmItem& item : items)
        sorted.append(&item);
    std::stable_sort(sorted.begin(), sorted.end(), [](const FilmItem* a, const FilmItem* b) {
        return a->f1.value_or(2) < b->f1.value_or(2);
    });
    for (const FilmItem* item : sorted) {
        auto* row = new QStandardItem(item->name);
        row->setData(item->path, PathRole);
        if (item->f1)
            row->setData(*item->f1, F1Role);
        if (!item->thumbnail.isNull())
            row->setData(QPixmap::fromImage(item->thumbnail), Qt::DecorationRole);
        row->setToolTip(item->path);
        row->setData(item->f1 ? tr("%1, F1 %2").arg(item->name, visualizer::numberText(*item->f1, 3)) : item->name,
                     Qt::AccessibleTextRole);
        m_model->appendRow(row);
    }
    m_filling = false;
    setCurrentPath(current);
}

void FilmStrip::setCurrentPath(const QString& path) {
    m_filling = true;
    for (int i = 0; i < m_model->rowCount(); ++i)
        if (m_model->item(i)->data(PathRole).toString() == path)
            setCurrentIndex(m_model->index(i, 0));
    m_filling = false;
}

QString FilmStrip::currentPath() const { return currentIndex().data(PathRole).toString(); }

void FilmStrip::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (!m_filling && current.isValid())
        emit pictureSelected(current.data(PathRole).toString());
}

} // namespace wb::detection_view
