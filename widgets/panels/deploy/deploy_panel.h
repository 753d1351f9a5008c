// SPDX-License-Identifier: GPL-3.0-or-later
// Deploy & verify: what to write for which chip, the run with its steps, and the card with what came out
// (rules 3.7, D-1…D-3). What this version has no value for is said, never left empty.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class DeployPanel : public QWidget {
    Q_OBJECT
public:
    explicit DeployPanel(document::Document* document, QWidget* parent = nullptr);
    ~DeployPanel() override;

    void saveCopy();                   ///< the bmodel under another name
    void showInFolder();

signals:
    void runRequested();
    void layerRequested(int layer);
    void compareRequested();
    void timelineRequested();

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
