// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the comparison. Detail of compare_*.cpp.
#pragma once

#include "visualizer/detection_view/detection_view.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/compare/compare_model.h"
#include "widgets/panels/compare/compare_panel.h"
#include "widgets/panels/compare/compare_table.h"

#include <QFutureWatcher>
#include <QHash>
#include <QTimer>

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSlider;
class QStackedLayout;
class QTableWidget;
class QToolButton;
class QVBoxLayout;

namespace wb::panels {

/// Label, number and slider of one limit, 0…1.
class LimitSlider : public QWidget {
    Q_OBJECT
public:
    LimitSlider(const char* name, double least, double most, QWidget* parent = nullptr);
    void setLabel(const QString& text, const QString& toolTip);
    void setValue(double value);

signals:
    void edited(double value);

private:
    QLabel* m_label;
    QDoubleSpinBox* m_spin;
    QSlider* m_slider;
};

/// A diagnosis with an amber edge.
class NoteCard : public QWidget {
    Q_OBJECT
public:
    explicit NoteCard(const Diagnosis& note, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// Tells when it is narrower than its content, so that parts can give way before they are cut.
class WidthWatch : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

signals:
    void resized(int width);

protected:
    void resizeEvent(QResizeEvent* event) override {
        QWidget::resizeEvent(event);
        emit resized(width());
    }
};

struct ComparePanel::Private {
    ComparePanel* q = nullptr;
    document::Document* document = nullptr;
    Comparison comparison;
    WidthWatch* totals = nullptr;
    QString picture;                   ///< as the project names it
    QVector<jobs::Variant> panes;      ///< shown, at most four
    jobs::Variant reference = jobs::Variant::Fp32, judged = jobs::Variant::Int8;
    bool referenceChosen = false, judgedChosen = false, panesChosen = false, filling = false;
    QImage image;
    QFutureWatcher<QImage> imageReader;
    QHash<QString, QImage> thumbnails;
    QFutureWatcher<std::pair<QString, QImage>> thumbnailReader;
    QTimer soon;

    MessageBar* message = nullptr;
    QStackedLayout* stack = nullptr;
    QLabel* empty = nullptr;
    detection_view::FilmStrip* strip = nullptr;
    detection_view::DetectionView* view = nullptr;
    CompareTableModel* rows = nullptr;
    CompareTable* table = nullptr;
    QLabel *counts = nullptr, *means = nullptr, *zoomText = nullptr, *cursor = nullptr, *stripTitle = nullptr, *stripOrder = nullptr;
    QToolButton *link = nullptr, *blink = nullptr, *boxes = nullptr, *zoomOut = nullptr, *zoomIn = nullptr, *fit = nullptr,
                *addPane = nullptr, *exportButton = nullptr;
    QComboBox *referenceBox = nullptr, *judgedBox = nullptr;
    QLabel *referenceLabel = nullptr, *judgedLabel = nullptr, *allTitle = nullptr, *goal = nullptr, *notesTitle = nullptr;
    LimitSlider *score = nullptr, *nms = nullptr, *iou = nullptr;
    QTableWidget* all = nullptr;
    QWidget* notesHolder = nullptr;
    QVBoxLayout* notes = nullptr;

    // compare_panel.cpp
    void build();
    QWidget* buildTools();
    void fitTools(int width);          ///< words beside the icons only where all have room
    void fitTotals();                  ///< on two lines where one would be cut
    QWidget* buildSettings();
    void connectAll();
    void retranslate();

    // compare_update.cpp
    void update();                     ///< everything from the document
    void chooseVariants(const QVector<jobs::Variant>& variants);
    void showPicture();
    void showPanes();
    void showStrip();
    void showTotals();
    void showNotes();
    void readThumbnails(const QStringList& pictures);
    CompareLimits limits() const;
    int classCount() const;
    QString absolute(const QString& path) const;
    void editLimit(const QString& name, const std::function<void(jobs::DetectSettings&)>& change, const char* key);
};

} // namespace wb::panels
