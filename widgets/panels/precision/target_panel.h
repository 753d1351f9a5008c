// SPDX-License-Identifier: GPL-3.0-or-later
// Chip, kind of INT8, what "float" means and the goals (UX guide, 3.4). What the chip or this
// version lacks is shown greyed, with the reason.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class TargetPanel : public QWidget {
    Q_OBJECT
public:
    explicit TargetPanel(document::Document* document, QWidget* parent = nullptr);
    ~TargetPanel() override;

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
