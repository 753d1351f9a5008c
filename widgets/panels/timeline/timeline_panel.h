// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline of a bmodel: of the project's own after Deploy & verify, or of any file. The worker computes it; the
// panel asks when it is first seen.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::timeline {
class TimelineView;
}

namespace wb::panels {

class TimelinePanel : public QWidget {
    Q_OBJECT
public:
    explicit TimelinePanel(document::Document* document, QWidget* parent = nullptr);
    ~TimelinePanel() override;

    /// This file from now on, instead of what the project deployed.
    void setFile(const QString& bmodel);
    /// Whether the project has a bmodel to show.
    bool hasFile() const;
    bool isReady() const;              ///< the shown times are those of the present file
    timeline::TimelineView* view() const;

public slots:
    void exportAs();

signals:
    void layerRequested(int layer);    ///< show it on the graph
    void availableChanged(bool available);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
