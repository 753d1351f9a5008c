// SPDX-License-Identifier: GPL-3.0-or-later
// The calibration form (UX guide, 3.3): data set, method, what it will cost, the pictures used, and the
// table's import and export.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class CalibrationPanel : public QWidget {
    Q_OBJECT
public:
    explicit CalibrationPanel(document::Document* document, QWidget* parent = nullptr);
    ~CalibrationPanel() override;

signals:
    void runRequested(wb::jobs::Stage stage); ///< already started with Document::runTo()

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
