// SPDX-License-Identifier: GPL-3.0-or-later
// Detections of the variants side by side on the test pictures (UX guide, section 9): panes, film strip,
// table of boxes, sliders and totals.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class ComparePanel : public QWidget {
    Q_OBJECT
public:
    explicit ComparePanel(document::Document* document, QWidget* parent = nullptr);
    ~ComparePanel() override;

    void setPicture(const QString& path);
    QString picture() const;
    int writeSingles(const QString& folder) const; ///< how many were written

public slots:
    void exportPicture();              ///< stitched PNG with captions (rule M-7)
    void exportSingles();              ///< <image>_<variant>.jpg, one a pane, into a folder
    void exportTable();                ///< the boxes as CSV or JSON

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
