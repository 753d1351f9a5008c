// SPDX-License-Identifier: GPL-3.0-or-later
// The filter box: a line of text, how many rows it leaves, and a wavy line under a term that is wrong.
#pragma once

#include "widgets/models/layer_filter.h"

#include <QLineEdit>

class QLabel;

namespace wb::panels {

class FilterEdit : public QLineEdit {
    Q_OBJECT
public:
    explicit FilterEdit(QWidget* parent = nullptr);
    void setCount(const QString& text);
    void setError(const std::optional<models::FilterError>& error);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void place();
    QLabel* m_count;
    QAction* m_icon;
};

} // namespace wb::panels
