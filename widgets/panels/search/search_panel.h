// SPDX-License-Identifier: GPL-3.0-or-later
// The search for a precision table (UX guide, section 6), live: goal, every candidate as a dot of accuracy
// against float share, and the ranked layers with the gain each brought.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class SearchPanel : public QWidget {
    Q_OBJECT
public:
    explicit SearchPanel(document::Document* document, QWidget* parent = nullptr);
    ~SearchPanel() override;

    bool isSearching() const;

public slots:
    void start();
    void stopAndKeepBest();
    void discard();

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
