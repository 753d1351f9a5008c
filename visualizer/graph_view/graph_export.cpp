// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/graph_view/graph_export.h"

#include "visualizer/graph_view/graph_canvas.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace wb::graph_view {
namespace {

struct ExportWords {
    Q_DECLARE_TR_FUNCTIONS(wb::graph_view::GraphExport)
};

constexpr double kMargin = 24, kMostPixels = 32'000;

} // namespace

QString exportGraph(const GraphCanvas& canvas, const QString& file, GraphPart part, double scale) {
    const GraphLayout& layout = canvas.graphLayout();
    if (layout.nodes.isEmpty()) return ExportWords::tr("There is no graph to export yet.");
    const bool whole = part == GraphPart::Whole;
    // The whole graph with all its words; the visible part as it is seen.
    const double zoom = whole ? 1.0 : canvas.zoom();
    const QRectF scene = whole ? layout.bounds.adjusted(-kMargin, -kMargin, kMargin, kMargin) : canvas.visibleScene();
    const QSizeF size = scene.size() * zoom;
    const QString kind = QFileInfo(file).suffix().toLower();
    const auto paint = [&](QPaintDevice* device, double factor) {
        QPainter painter(device);
        painter.scale(factor, factor);
        painter.fillRect(QRectF(QPointF(), size), theme::color(theme::Token::Canvas));
        canvas.paintScene(painter, scene, zoom, false);
    };
    if (kind == u"png") {
        if (size.width() * scale > kMostPixels || size.height() * scale > kMostPixels)
            return ExportWords::tr("The picture would be %1 × %2 pixels. Export SVG or PDF, or the visible part.")
                .arg(qRound64(size.width() * scale)).arg(qRound64(size.height() * scale));
        QImage image((size * scale).toSize(), QImage::Format_RGB32);
        if (image.isNull()) return ExportWords::tr("There is not enough memory for this picture.");
        paint(&image, scale);
        return image.save(file) ? QString() : ExportWords::tr("%1 cannot be written.").arg(file);
    }
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly)) return ExportWords::tr("%1 cannot be written.").arg(file);
    if (kind == u"svg") {
        QSvgGenerator svg;
        svg.setOutputDevice(&out);
        svg.setSize(size.toSize());
        svg.setViewBox(QRectF(QPointF(), size));
        svg.setTitle(QString::fromStdString(canvas.network().name));
        paint(&svg, 1);
    } else if (kind == u"pdf") {
        constexpr double kPointsPerPixel = 0.75; // 96 pixels, 72 points an inch
        QPdfWriter pdf(&out);
        pdf.setTitle(QString::fromStdString(canvas.network().name));
        pdf.setPageSize(QPageSize(size * kPointsPerPixel, QPageSize::Point));
        pdf.setPageMargins(QMarginsF());
        pdf.setResolution(96);
        paint(&pdf, 1);
    } else {
        return ExportWords::tr("Choose a name that ends in .svg, .pdf or .png.");
    }
    return out.commit() ? QString() : ExportWords::tr("%1 cannot be written.").arg(file);
}

} // namespace wb::graph_view
