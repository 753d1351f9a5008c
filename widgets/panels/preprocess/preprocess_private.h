// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the preprocessing form. Detail of preprocess_*.cpp.
#pragma once

#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/common/picture_view.h"
#include "widgets/panels/preprocess/preprocess_panel.h"

#include <QTimer>
#include <array>
#include <nlohmann/json_fwd.hpp>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;
class QTableWidget;
class QToolButton;

namespace wb::panels {

struct PreprocessPanel::Private {
    PreprocessPanel* q = nullptr;
    document::Document* document = nullptr;
    bool filling = false;
    MessageBar* message = nullptr;

    QLabel *presetLabel = nullptr, *pictureSection = nullptr, *orderLabel = nullptr, *layoutLabel = nullptr,
           *sizeLabel = nullptr, *aspectLabel = nullptr, *padLabel = nullptr, *numberSection = nullptr,
           *meanLabel = nullptr, *scaleLabel = nullptr;
    QComboBox *preset = nullptr, *order = nullptr, *layout = nullptr, *ratioMode = nullptr, *padPlace = nullptr;
    QToolButton* presetMenu = nullptr;
    QSpinBox *height = nullptr, *width = nullptr, *padValue = nullptr;
    QCheckBox* aspect = nullptr;
    std::array<QLineEdit*, 3> mean{}, scale{};
    TokenLabel *numberNote = nullptr, *hint = nullptr;
    QLabel* formula = nullptr;

    QComboBox* picture = nullptr;
    QToolButton* choose = nullptr;
    QLabel* pictureLabel = nullptr;
    PictureView *source = nullptr, *resized = nullptr, *tensor = nullptr;
    QTableWidget* channels = nullptr;
    QTimer soon;
    bool dirty = true;

    // preprocess_panel.cpp
    void build();
    void retranslate();
    void fill();                       ///< the project's settings into the fields
    void edit(const QString& name, const std::function<void(jobs::PreprocessSettings&)>& change, const QString& key = {});
    void commitNumbers(bool ofMean);
    void showNumbers();
    void fillPresets();
    void fillPresetMenu();
    void updateEnabled();
    void showHints();

    // preprocess_preview.cpp
    void buildPreview(QWidget* into);
    void fillPictures();
    QString picturePath() const;
    void later();                      ///< new preview soon, if it can be seen
    void ask();
    void show(const nlohmann::json& answer);
};

} // namespace wb::panels
