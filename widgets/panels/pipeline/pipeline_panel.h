// SPDX-License-Identifier: GPL-3.0-or-later
// The eight stages of a project: mark, name, one-line result, time, and a button that runs up to the
// stage (UX guide, section 3; rules F-1, F-2).
#pragma once

#include "compiler/jobs/stages.h"
#include "widgets/document/document.h"

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>

namespace wb::panels {

class StageModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit StageModel(document::Document* document, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 8; }
    /// DisplayRole: name. ToolTipRole and AccessibleTextRole: everything in words.
    QVariant data(const QModelIndex& index, int role) const override;
    document::StageStatus status(int row) const;
    /// The second line of a row: result, reason, or what the stage waits for.
    QString line(int row) const;
    void retranslate() { emit dataChanged(index(0), index(7)); }

private:
    document::Document* m_document;
};

class PipelinePanel : public QListView {
    Q_OBJECT
public:
    explicit PipelinePanel(document::Document* document, QWidget* parent = nullptr);

    jobs::Stage selectedStage() const;
    void selectStage(jobs::Stage stage);

signals:
    void stageSelected(wb::jobs::Stage stage);
    /// The button of a row, Enter or a double click.
    void runRequested(wb::jobs::Stage stage);
    /// A double click or Enter on the name: show the settings of the stage.
    void settingsRequested(wb::jobs::Stage stage);

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    StageModel* m_model;
};

} // namespace wb::panels
