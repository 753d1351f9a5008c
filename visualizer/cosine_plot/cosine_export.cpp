// SPDX-License-Identifier: GPL-3.0-or-later
// Export of the cosine plot: PDF as vectors, PNG at a scale, CSV with full digits (rule V-10).
#include "visualizer/common/layer_text.h"
#include "visualizer/cosine_plot/cosine_plot.h"
#include "visualizer/cosine_plot/plot_parts.h"
#include "visualizer/cosine_plot/plot_surface.h"
#include "widgets/theme/theme.h"

#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <cmath>

namespace wb::cosine_plot {
using visualizer::fromStd;

namespace {

constexpr int kTitleHeight = 26, kLegendHeight = 24;

QByteArray csvField(const std::string& text) {
    QByteArray field = QByteArray::fromStdString(text);
    if (field.contains(',') || field.contains('"') || field.contains('\n'))
        field = '"' + field.replace("\"", "\"\"") + '"';
    return field;
}

} // namespace

QByteArray CosinePlot::toCsv() const {
    struct Column {
        QByteArray name;
        const Series* series;
        bool sqnr;
    };
    QVector<Column> columns;
    for (bool isolated : {false, true})
        for (int k = 0; k < kSeriesCount; ++k) {
            const Series& s = (isolated ? m_state->isolated : m_state->accumulated)[k];
            if (!s.hasData)
                continue;
            const QByteArray name = keyOf(s.kind).toUtf8() + (isolated ? "_isolated" : "");
            columns.append({name + "_cosine", &s, false});
            columns.append({name + "_sqnr_db", &s, true});
        }
    QByteArray csv = "index,name,type,requested,actual";
    for (const Column& c : columns)
        csv += ',' + c.name;
    csv += '\n';
    for (int i = 0; i < m_state->count(); ++i) {
        const auto& layer = m_state->network.layers[i];
        csv += QByteArray::number(i) + ',' + csvField(layer.name) + ',' + csvField(layer.type) + ',' +
               m_state->requested.value(i).toUtf8() + ',' + m_state->precisions.value(i).toUtf8();
        for (const Column& c : columns) {
            const double value = c.sqnr ? c.series->sqnr(i) : c.series->cosine(i);
            // An empty field is "not compared"; no number stands for it.
            csv += ',' + (std::isnan(value) ? QByteArray() : QByteArray::number(value, 'g', 17));
        }
        csv += '\n';
    }
    return csv;
}

void CosinePlot::paintExport(QPainter& painter, const QSize& size, bool vector) const {
    painter.fillRect(QRect(QPoint(), size), theme::color(theme::Token::Canvas));
    QStringList parts;
    for (const QString& part : {m_exportInfo.title.isEmpty() ? tr("Cosine plot") : m_exportInfo.title,
                                m_exportInfo.model, m_exportInfo.target, m_exportInfo.date})
        if (!part.isEmpty())
            parts.append(part);
    painter.setFont(theme::font(theme::TextRole::BodyStrong));
    painter.setPen(theme::color(theme::Token::Text));
    painter.drawText(QRect(kLeftMargin, 0, size.width() - kLeftMargin - 8, kTitleHeight),
                     Qt::AlignVCenter | Qt::AlignLeft, parts.join(QStringLiteral(" · ")));
    LegendRow::paintEntries(painter, QRectF(kLeftMargin, kTitleHeight, size.width() - kLeftMargin, kLegendHeight),
                            *m_state, -1);
    const int top = kTitleHeight + kLegendHeight;
    // The tags of the goals are widgets; in a picture their words stand at the end of the lines.
    const auto goalText = [&](const std::optional<double>& goal, const QString& text) {
        if (!goal || m_state->scale == Scale::Sqnr)
            return;
        const double y = top + m_surface->yAxis->coordToPixel(heightOf(m_state->scale, *goal, 0, m_state->range.top));
        painter.setFont(theme::font(theme::TextRole::Caption));
        painter.setPen(theme::color(theme::Token::Text2));
        painter.drawText(QRectF(size.width() - kRightMargin + 6, y - 10, kRightMargin - 8, 20),
                         Qt::AlignVCenter | Qt::AlignLeft, text);
    };
    const auto goals = [&] {
        goalText(m_state->outputGoal,
                 tr("output goal %1").arg(visualizer::numberText(m_state->outputGoal.value_or(0), 4)));
        goalText(m_state->layerGoal,
                 tr("layer goal %1").arg(visualizer::numberText(m_state->layerGoal.value_or(0), 4)));
    };
    if (!vector) {
        // The plot draws its own pixels at the scale of the picture.
        const double scale = painter.device()->devicePixelRatioF();
        QPixmap plot = m_surface->toPixmap(size.width(), size.height() - top, scale);
        painter.drawPixmap(QPointF(0, top), plot);
        goals();
        return;
    }
    goals();
    painter.translate(0, top);
}

QImage CosinePlot::toImage(double scale) const {
    const QSize size(std::max(640, m_surface->width()),
                     std::max(200, m_surface->height()) + kTitleHeight + kLegendHeight);
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    paintExport(painter, size, false);
    return image;
}

QString CosinePlot::exportTo(const QString& file, double pngScale) {
    const QString suffix = QFileInfo(file).suffix().toLower();
    if (suffix != QLatin1String("csv") && suffix != QLatin1String("png") && suffix != QLatin1String("pdf"))
        return tr("The suffix .%1 is not known. Use .pdf, .png or .csv.").arg(suffix);
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        return tr("%1 cannot be written: %2").arg(file, out.errorString());
    bool done = false;
    if (suffix == QLatin1String("csv")) {
        const QByteArray csv = toCsv();
        done = out.write(csv) == csv.size();
    } else if (suffix == QLatin1String("png")) {
        done = toImage(std::clamp(pngScale, 1.0, 4.0)).save(&out, "PNG");
    } else {
        const QSize size(std::max(640, m_surface->width()),
                         std::max(200, m_surface->height()) + kTitleHeight + kLegendHeight);
        QPdfWriter pdf(&out);
        pdf.setTitle(m_exportInfo.title.isEmpty() ? tr("Cosine plot") : m_exportInfo.title);
        pdf.setCreator(QStringLiteral("TPU Workbench"));
        pdf.setResolution(96);
        pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
        pdf.setPageSize(QPageSize(QSizeF(size) * 72 / 96, QPageSize::Point, {}, QPageSize::ExactMatch));
        QCPPainter painter;
        done = painter.begin(&pdf);
        if (done) {
            painter.setMode(QCPPainter::pmVectorized);
            painter.setMode(QCPPainter::pmNoCaching);
            paintExport(painter, size, true);
            m_surface->toPainter(&painter, size.width(), size.height() - kTitleHeight - kLegendHeight);
            done = painter.end();
        }
    }
    if (!done || !out.commit())
        return tr("%1 cannot be written: %2").arg(file, out.errorString());
    return {};
}

} // namespace wb::cosine_plot
