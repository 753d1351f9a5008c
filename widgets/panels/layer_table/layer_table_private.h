// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the layer table panel. Detail of layer_table_*.cpp.
#pragma once

#include "widgets/models/layer_table_model.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/layer_table/filter_edit.h"
#include "widgets/panels/layer_table/layer_table_panel.h"

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedLayout>
#include <QTableView>
#include <QTimer>
#include <QToolButton>

namespace wb::panels {

struct LayerTablePanel::Private {
    LayerTablePanel* q = nullptr;
    document::Document* document = nullptr;
    models::LayerTableModel* model = nullptr;
    models::LayerFilterModel* filtered = nullptr;
    FilterEdit* filter = nullptr;
    QToolButton* saved = nullptr;
    QToolButton* more = nullptr;
    QLabel* filterProblem = nullptr;
    MessageBar* message = nullptr;
    QTableView* view = nullptr;
    QStackedLayout* stack = nullptr;
    QLabel* empty = nullptr;
    QLabel* estimate = nullptr;
    QLabel* key = nullptr;
    QPushButton* apply = nullptr;
    QTimer autoApply;
    bool settingSelection = false;
    bool nameSized = false;            ///< the user gave the name column a width
    bool fitting = false;
    int notHonoured = 0;

    // layer_table_panel.cpp
    void build();
    void retranslate();
    void fitName();
    void updateEmpty();
    void updateFooter();
    void fitFooter();                  ///< the key goes before the estimate is cut
    void updateCount();
    void applyFilter();
    void takeSelection();              ///< the document's selection into the view
    void giveSelection();
    QVector<int> selected() const;     ///< in the order of the rows shown
    void saveColumns() const;

    // layer_table_menus.cpp
    void fillSavedFilters(QMenu* menu);
    void fillMore(QMenu* menu);
    void fillColumns(QMenu* menu);
    void showRowMenu(const QPoint& at);
    void saveFilter();
    bool handleKey(QKeyEvent* event);
    void copy();
    void paste();
    void exportCsv();
    void select(const QVector<int>& layers);
};

} // namespace wb::panels
