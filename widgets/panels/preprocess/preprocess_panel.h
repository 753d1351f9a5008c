// SPDX-License-Identifier: GPL-3.0-or-later
// The preprocessing form (UX guide, 3.2) with a live preview: the picture, the picture as resized, the
// tensor as a picture, and statistics of its channels.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class PreprocessPanel : public QWidget {
    Q_OBJECT
public:
    explicit PreprocessPanel(document::Document* document, QWidget* parent = nullptr);
    ~PreprocessPanel() override;

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
