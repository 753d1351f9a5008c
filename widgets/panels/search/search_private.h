// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the search panel. Detail of search_*.cpp.
#pragma once

#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/search/front_plot.h"
#include "widgets/panels/search/search_panel.h"
#include "widgets/panels/search/search_state.h"

#include <QTimer>
#include <nlohmann/json_fwd.hpp>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace wb::panels {

struct SearchPanel::Private {
    SearchPanel* q = nullptr;
    document::Document* document = nullptr;
    bool filling = false, keep = false, paused = false;
    int job = -1;
    double remaining = -1;
    QVector<SearchCandidate> candidates;
    QTimer redraw;
    MessageBar* message = nullptr;
    QLabel *goalLabel = nullptr, *layerLabel = nullptr, *picturesLabel = nullptr, *limitLabel = nullptr, *methodLabel = nullptr;
    QDoubleSpinBox *goal = nullptr, *layerGoal = nullptr;
    QSpinBox *pictures = nullptr, *limit = nullptr;
    QComboBox* method = nullptr;
    QPushButton *start = nullptr, *pause = nullptr, *stop = nullptr, *discard = nullptr, *use = nullptr;
    FrontPlot* front = nullptr;
    QTableWidget* ranked = nullptr;
    QLabel *status = nullptr, *difference = nullptr;

    void build();
    void retranslate();
    void fill();
    void update();
    void addStep(const SearchStep& step);
    void showDifference();
    void finished(Result<nlohmann::json> result);
    void takeTable(const SearchCandidate& candidate);
    void setPaused(bool on);
    void edit(const QString& name, const std::function<void(jobs::SearchSettings&)>& change, const char* key) {
        if (!filling)
            document->edit(name, [&](jobs::Project& p) { change(p.search); }, QStringLiteral("search:") + QLatin1String(key));
    }
};

} // namespace wb::panels
