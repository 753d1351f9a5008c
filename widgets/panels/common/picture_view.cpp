// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/common/picture_view.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QPainter>
#include <QTextStream>
#include <QtConcurrent>

namespace wb::panels {

using theme::Token;

QImage readPicture(const QString& file, int largest, QString* error) {
    QImageReader reader(file);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    if (largest > 0 && size.isValid() && (size.width() > largest || size.height() > largest))
        reader.setScaledSize(size.scaled(largest, largest, Qt::KeepAspectRatio));
    const QImage image = reader.read();
    if (image.isNull() && error) *error = reader.errorString();
    return image;
}

QStringList picturesIn(const QString& folder, int limit) {
    QStringList filters;
    for (const char* suffix : {"jpg", "jpeg", "png", "bmp", "JPEG", "JPG"})
        filters << QStringLiteral("*.") + QLatin1String(suffix);
    QStringList files = QDir(folder).entryList(filters, QDir::Files, QDir::Name);
    if (files.size() > limit) files = files.mid(0, limit);
    for (QString& file : files) file = folder + u'/' + file;
    return files;
}

QStringList picturesOfList(const QString& path, int limit) {
    QFile file(path);
    QStringList list;
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text)) return list;
    const QDir folder = QFileInfo(path).absoluteDir();
    QTextStream text(&file);
    while (!text.atEnd() && list.size() < limit) {
        const QString line = text.readLine(4096).trimmed();
        if (!line.isEmpty()) list << folder.absoluteFilePath(line);
    }
    return list;
}

PictureView::PictureView(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
}

void PictureView::setCaption(const QString& caption) {
    m_caption = caption;
    setAccessibleName(caption);
    update();
}

void PictureView::setPicture(const QImage& picture, const QString& instead) {
    m_picture = picture;
    m_instead = instead;
    update();
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::font(theme::TextRole::Caption));
    painter.setPen(theme::color(Token::Text3));
    QString caption = m_caption;
    if (!m_picture.isNull()) caption += QStringLiteral(" · %1×%2").arg(m_picture.width()).arg(m_picture.height());
    painter.drawText(QRect(0, 0, width(), 20), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(caption, Qt::ElideRight, width()));
    const QRect area(0, 20, width(), height() - 20);
    painter.fillRect(area, theme::color(Token::Canvas));
    if (m_picture.isNull()) {
        painter.drawText(area.adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, m_instead);
        return;
    }
    const QSizeF size = QSizeF(m_picture.size()).scaled(area.size(), Qt::KeepAspectRatio);
    const QRectF target(area.left() + (area.width() - size.width()) / 2, area.top() + (area.height() - size.height()) / 2,
                        size.width(), size.height());
    painter.setRenderHint(QPainter::SmoothPixmapTransform, size.width() < m_picture.width() * 2);
    painter.drawImage(target, m_picture);
}

PictureStrip::PictureStrip(QWidget* parent) : QListWidget(parent) {
    setViewMode(IconMode);
    setFlow(LeftToRight);
    setWrapping(false);
    setMovement(Static);
    setIconSize({62, 44});
    setSpacing(4);
    setFixedHeight(76);
    setUniformItemSizes(true);
    setFrameShape(NoFrame);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(&m_reader, &QFutureWatcher<Thumbnail>::resultReadyAt, this, &PictureStrip::take);
    connect(&m_reader, &QFutureWatcher<Thumbnail>::finished, this, &PictureStrip::read);
}

PictureStrip::~PictureStrip() {
    m_reader.cancel();
    m_reader.waitForFinished();
}

void PictureStrip::setFiles(const QStringList& files) {
    m_reader.cancel();
    m_reader.waitForFinished();
    clear();
    QVector<std::pair<int, QString>> work;
    for (const QString& file : files) {
        auto* item = new QListWidgetItem(this);
        item->setSizeHint({66, 52});
        item->setToolTip(file);
        item->setData(Qt::UserRole, file);
        item->setData(Qt::AccessibleTextRole, QFileInfo(file).fileName());
        work << std::pair{count() - 1, file};
    }
    m_reader.setFuture(QtConcurrent::mapped(work, [](const std::pair<int, QString>& entry) {
        Thumbnail thumbnail;
        thumbnail.index = entry.first;
        thumbnail.image = readPicture(entry.second, 124, &thumbnail.error);
        return thumbnail;
    }));
}

void PictureStrip::take(int index) {
    const Thumbnail thumbnail = m_reader.resultAt(index);
    QListWidgetItem* target = item(thumbnail.index);
    if (!target) return;
    if (thumbnail.image.isNull()) return markUnreadable(target->data(Qt::UserRole).toString(), thumbnail.error);
    // Cut to the thumbnail's shape around the middle.
    const QImage scaled = thumbnail.image.scaled(124, 88, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    QPixmap pixmap = QPixmap::fromImage(scaled.copy((scaled.width() - 124) / 2, (scaled.height() - 88) / 2, 124, 88));
    pixmap.setDevicePixelRatio(2);
    target->setIcon(QIcon(pixmap));
}

void PictureStrip::markUnreadable(const QString& file, const QString& reason) {
    for (int i = 0; i < count(); ++i)
        if (item(i)->data(Qt::UserRole).toString() == file) {
            item(i)->setIcon(theme::icon(QStringLiteral("error")));
            item(i)->setToolTip(file + u'\n' + reason);
            item(i)->setData(Qt::UserRole + 1, reason.isEmpty() ? tr("unreadable") : reason);
        }
}

int PictureStrip::unreadable() const {
    int n = 0;
    for (int i = 0; i < count(); ++i) n += item(i)->data(Qt::UserRole + 1).isValid() ? 1 : 0;
    return n;
}

} // namespace wb::panels
