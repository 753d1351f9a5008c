// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector (UX guide, section 8): what is known of the selected layer, or of several, and the values
// of its tensor in FP32 and INT8.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class InspectorPanel : public QWidget {
    Q_OBJECT
public:
    explicit InspectorPanel(document::Document* document, QWidget* parent = nullptr);
    ~InspectorPanel() override;

    enum Tab { Overview, Tensor };
    void setTab(Tab tab);
    bool isPinned() const;             ///< keeps its layer while another is selected (rule L-6)
    void setPinned(bool pinned);
    int layer() const;                 ///< the one shown, −1 when none

signals:
    void pictureRequested(int picture); ///< of the project's test pictures

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
