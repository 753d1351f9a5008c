// SPDX-License-Identifier: GPL-3.0-or-later
// One to four panes with the same picture as different variants see it, with linked pan, zoom, cursor and
// selection (rules M-1 to M-3), and the strip of test pictures (M-5). Takes pictures and boxes through
// setters, emits what the user selects; matches nothing itself.
#pragma once

#include "visualizer/detection_view/picture_boxes.h"

#include <QImage>
#include <QListView>
#include <QString>
#include <QVector>
#include <QWidget>
#include <optional>
#include <vector>

class QTimer;
class QStandardItemModel;

namespace wb::detection_view {

struct PaneContent {
    QString variant;                   ///< id, given back by the signals
    QString title;                     ///< "INT8 symmetric"
    QString precision;                 ///< chip: "INT8", "F16"; empty: none
    bool isReference = false;
    QImage image;
    QVector<PictureBox> boxes;
    std::optional<double> f1;          ///< against the reference
};

struct VariantChoice {
    QString id, title;
};

class PicturePane;

class DetectionView : public QWidget {
    Q_OBJECT
public:
    explicit DetectionView(QWidget* parent = nullptr);

    /// At most four are shown. The view (zoom, place) stays when the picture keeps its size.
    void setPanes(const QVector<PaneContent>& panes);
    const std::vector<PaneContent>& panes() const { return m_contents; }
    /// Offered in the menu of each pane's title.
    void setVariants(const QVector<VariantChoice>& variants) { m_variants = variants; }
    /// `zoom` brings the box of that row to three times its size in all panes (M-3). −1: none.
    void setSelectedRow(int row, bool zoom);
    int selectedRow() const { return m_selectedRow; }

    bool isLinked() const { return m_linked; }
    bool isBlinking() const;
    bool areBoxesVisible() const { return m_boxesVisible; }
    double zoom() const;               ///< of the first pane; 1: one picture pixel a logical pixel
    PicturePane* pane(int index) const { return m_panes.value(index); }

    /// All panes beside each other at the picture's own size, with captions.
    QImage renderSideBySide(double scale = 1) const;
    /// One pane's picture with its boxes, at the picture's own size; null for a pane that is not there.
    QImage renderPane(int pane) const;

public slots:
    void setLinked(bool linked);
    void setBlinking(bool on);         ///< off when the platform asks for reduced motion
    void setBoxesVisible(bool visible);
    void fit();
    void zoomIn();
    void zoomOut();

signals:
    void rowSelected(int row);
    void cursorMoved(bool inside, const QPointF& picturePosition);
    void zoomChanged(double zoom);
    void linkedChanged(bool linked);
    void blinkingChanged(bool on);
    void boxesVisibleChanged(bool visible);
    void variantRequested(int pane, const QString& variant);
    void paneCloseRequested(int pane);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    friend class PicturePane;
    void place();
    void share(PicturePane* from);     ///< its camera to the linked panes
    void shareCursor(const std::optional<QPointF>& position);
    void showVariantMenu(int pane, const QPoint& position);

    std::vector<PaneContent> m_contents; ///< panes point into it
    QVector<VariantChoice> m_variants;
    QVector<PicturePane*> m_panes;
    QTimer* m_blink;
    bool m_blinkPhase = false;
    bool m_linked = true, m_boxesVisible = true;
    int m_selectedRow = -1, m_hoveredRow = -1;
    int m_active = 0;                  ///< pane that was used last; it blinks against the reference
};

struct FilmItem {
    QString path, name;
    QImage thumbnail;
    std::optional<double> f1;
};

/// Test pictures, worst F1 first; those without a value last, in the given order.
class FilmStrip : public QListView {
    Q_OBJECT
public:
    explicit FilmStrip(QWidget* parent = nullptr);
    void setItems(const QVector<FilmItem>& items);
    void setCurrentPath(const QString& path);
    QString currentPath() const;

signals:
    void pictureSelected(const QString& path);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    QStandardItemModel* m_model;
    bool m_filling = false;
};

} // namespace wb::detection_view
