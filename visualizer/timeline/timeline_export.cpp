// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline as picture, drawing and numbers.
#include "visualizer/timeline/timeline_view.h"

#include "widgets/theme/theme.h"

#include <QBuffer>
#include <QFileInfo>
#include <QSaveFile>
#include <QSvgGenerator>
#include <algorithm>

namespace wb::timeline {

namespace {

constexpr int kTitleHeight = 28;
constexpr QSize kLeastPicture{960, 300};

QByteArray csvField(const QString& text) {
    QByteArray field = text.toUtf8();
    if (field.contains(',') || field.contains('"') || field.contains('\n')) field = '"' + field.replace("\"", "\"\"") + '"';
    return field;
}

} // namespace

QByteArray TimelineView::toCsv() const {
    QByteArray csv = "engine,id,layer,class,command,start,end,cycles,bytes,commands,waited,waits_for_engine,waits_for_id,extrapolated\n";
    static constexpr const char* kClasses[] = {"load", "store", "copy", "convolution", "matrix", "element-wise",
                                               "pooling", "convert", "look-up", "move", "other"};
    const auto engine = [](const jobs::TimelineCommand& c) { return c.transfer ? "GDMA" : "TIU"; };
    for (int i = 0; i < static_cast<int>(m_scene.data().commands.size()); ++i) {
        const jobs::TimelineCommand& c = m_scene.command(i);
        csv += engine(c);
        csv += ',' + QByteArray::number(c.id) + ',' + csvField(m_scene.layerName(c.layer)) + ',' + kClasses[static_cast<int>(c.type)] + ',' +
               csvField(m_scene.kindName(c));
        for (const int64_t number : {c.start, c.end, c.cycles, c.bytes, static_cast<int64_t>(c.merged)})
            csv += ',' + QByteArray::number(static_cast<qlonglong>(number));
        if (c.waitsFor >= 0) {
            const jobs::TimelineCommand& other = m_scene.command(c.waitsFor);
            csv += ',' + QByteArray::number(static_cast<qlonglong>(m_scene.waitBefore(i))) + ',' + engine(other) + ',' + QByteArray::number(other.id);
        } else {
            csv += ",0,,"; // it waited for nothing
        }
        csv += c.estimated ? ",1\n" : ",0\n";
    }
    return csv;
}

QImage TimelineView::toImage(double scale) const {
    const QSize size = this->size().expandedTo(kLeastPicture) + QSize(0, kTitleHeight);
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(theme::color(theme::Token::Canvas));
    QPainter painter(&image);
    painter.setFont(theme::font(theme::TextRole::BodyStrong));
    painter.setPen(theme::color(theme::Token::Text));
    painter.drawText(QRect(12, 0, size.width() - 24, kTitleHeight), Qt::AlignVCenter | Qt::AlignLeft, m_title.isEmpty() ? tr("Timeline") : m_title);
    painter.translate(0, kTitleHeight);
    TimelineLook look = m_look;
    look.hovered = look.hoveredMemory = -1;
    look.place = TimelineGeometry(size - QSize(0, kTitleHeight));
    paintAll(painter, look, memoryImage(look, scale));
    return image;
}

QString TimelineView::exportTo(const QString& file, double pngScale) {
    const QString suffix = QFileInfo(file).suffix().toLower();
    if (suffix != u"csv" && suffix != u"png" && suffix != u"svg")
        return tr("The suffix .%1 is not known. Use .png, .svg or .csv.").arg(suffix);
    QByteArray bytes;
    if (suffix == u"csv") {
        bytes = toCsv();
    } else if (suffix == u"png") {
        QBuffer buffer(&bytes);
        toImage(std::clamp(pngScale, 1.0, 4.0)).save(&buffer, "PNG");
    } else {
        const QSize size = this->size().expandedTo(kLeastPicture) + QSize(0, kTitleHeight);
        QSvgGenerator svg;
        QBuffer buffer(&bytes);
        svg.setOutputDevice(&buffer);
        svg.setSize(size);
        svg.setViewBox(QRect(QPoint(), size));
        svg.setTitle(m_title.isEmpty() ? tr("Timeline") : m_title);
        QPainter painter(&svg);
        painter.fillRect(QRect(QPoint(), size), theme::color(theme::Token::Canvas));
        painter.setFont(theme::font(theme::TextRole::BodyStrong));
        painter.setPen(theme::color(theme::Token::Text));
        painter.drawText(QRect(12, 0, size.width() - 24, kTitleHeight), Qt::AlignVCenter | Qt::AlignLeft, svg.title());
        painter.translate(0, kTitleHeight);
        TimelineLook look = m_look;
        look.hovered = look.hoveredMemory = -1;
        look.place = TimelineGeometry(size - QSize(0, kTitleHeight));
        paintAll(painter, look, memoryImage(look, 2));
    }
    QSaveFile out(file);
    if (bytes.isEmpty() || !out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return tr("%1 cannot be written: %2").arg(file, out.errorString());
    return {};
}

} // namespace wb::timeline
