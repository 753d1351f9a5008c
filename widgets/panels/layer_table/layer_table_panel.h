// SPDX-License-Identifier: GPL-3.0-or-later
// The layer table (UX guide, section 5): filter box, rows, several layers edited at once, and the bar that
// says what the edits will cost and applies them.
#pragma once

#include "widgets/document/document.h"

#include <QWidget>
#include <memory>

namespace wb::panels {

class LayerTablePanel : public QWidget {
    Q_OBJECT
public:
    explicit LayerTablePanel(document::Document* document, QWidget* parent = nullptr);
    ~LayerTablePanel() override;

    QByteArray saveState() const;      ///< order, width and visibility of the columns, and the sort
    bool restoreState(const QByteArray& state);
    void setFilter(const QString& expression);
    QString filter() const;
    int notHonoured() const;           ///< layers whose requested precision was not met (tab badge)

public slots:
    void apply();                      ///< runs up to Mixed (Ctrl+Enter)
    void importPrecisionTable(const QString& file = {}); ///< asks for the file when none is given
    void exportPrecisionTable();

signals:
    void notHonouredChanged(int count);
    void tensorRequested(int layer);   ///< show the layer's values
    void graphRequested(int layer);    ///< show the layer in the graph

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace wb::panels
