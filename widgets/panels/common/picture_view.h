// SPDX-License-Identifier: GPL-3.0-or-later
// A picture with a caption above it on the canvas, scaled to fit; and a strip of thumbnails.
#pragma once

#include <QFutureWatcher>
#include <QImage>
#include <QListWidget>
#include <QWidget>

namespace wb::panels {

class PictureView : public QWidget {
    Q_OBJECT
public:
    explicit PictureView(QWidget* parent = nullptr);
    void setCaption(const QString& caption);
    void setPicture(const QImage& picture, const QString& instead = {});
    const QImage& picture() const { return m_picture; }
    QSize sizeHint() const override { return {200, 190}; }
    QSize minimumSizeHint() const override { return {72, 96}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_caption, m_instead;
    QImage m_picture;
};

/// Thumbnails of files, read in the background. Unreadable ones stay, marked, with the reason as tool tip.
class PictureStrip : public QListWidget {
    Q_OBJECT
public:
    explicit PictureStrip(QWidget* parent = nullptr);
    ~PictureStrip() override;
    void setFiles(const QStringList& files);
    void markUnreadable(const QString& file, const QString& reason);
    int unreadable() const;

signals:
    void read(); ///< all thumbnails are there

private:
    struct Thumbnail {
        int index = 0;
        QImage image;
        QString error;
    };
    void take(int index);
    QFutureWatcher<Thumbnail> m_reader;
};

/// A picture file at most `largest` pixels wide or high, turned as its metadata say. Empty on error.
QImage readPicture(const QString& file, int largest, QString* error = nullptr);
/// Names of the pictures in a folder, sorted; at most `limit`.
QStringList picturesIn(const QString& folder, int limit);
/// Lines of a list file, relative ones against its folder.
QStringList picturesOfList(const QString& file, int limit);

} // namespace wb::panels
