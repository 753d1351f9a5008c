// SPDX-License-Identifier: GPL-3.0-or-later
// Asks what a model file does not say (UX guide, 3.1): free sizes and the outputs. Lists the operators that
// are not supported all at once.
#pragma once

#include "widgets/document/document.h"

#include <QDialog>
#include <memory>

namespace wb::panels {

class ImportDialog : public QDialog {
    Q_OBJECT
public:
    explicit ImportDialog(document::Document* document, QWidget* parent = nullptr);
    ~ImportDialog() override;

    /// Looks at the project's model without waiting. finished() comes from accept() after the choice was
    /// written into the project as one undo step.
    void inspect();

    void accept() override;

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
