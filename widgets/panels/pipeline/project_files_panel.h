// SPDX-License-Identifier: GPL-3.0-or-later
// The files that the project refers to, with what they weigh: model, pictures, tables, stored results.
#pragma once

#include "widgets/document/document.h"

#include <QFutureWatcher>
#include <QListView>

class QStandardItemModel;

namespace wb::panels {

class ProjectFilesPanel : public QListView {
    Q_OBJECT
public:
    explicit ProjectFilesPanel(document::Document* document, QWidget* parent = nullptr);

    struct Entry {
        QString icon, name, path, amount;
        bool missing = false;
    };

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void show(const QVector<Entry>& entries);

    document::Document* m_document;
    QStandardItemModel* m_model;
    QFutureWatcher<QVector<Entry>> m_watcher;
    bool m_again = false;
};

} // namespace wb::panels
