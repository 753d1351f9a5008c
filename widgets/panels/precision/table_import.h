// SPDX-License-Identifier: GPL-3.0-or-later
// Import of the vendor's tables: names that fit nothing are shown with suggested partners, and nothing is
// taken over before the user accepts (rules C-3, T-8).
#pragma once

#include "widgets/document/document.h"
#include "widgets/models/name_match.h"

#include <QDialog>

class QTableWidget;

namespace wb::panels {

/// Left theirs, right ours (a list to choose from). Used when not all names match exactly.
class MatchDialog : public QDialog {
    Q_OBJECT
public:
    MatchDialog(const QString& title, const QVector<models::NameMatch>& matches, const QStringList& ours,
                QWidget* parent);
    /// Partner of each row of the table, "" where the user wants none.
    QStringList partners() const;

private:
    QTableWidget* m_table;
};

/// Precisions of the table become the wishes of this project, as one undo step. With `ask` false suggestions
/// that are not exact are dropped instead of shown. How many rows were taken.
Result<int> importPrecisionTable(document::Document* document, const QString& file, QWidget* parent, bool ask = true);
/// Rows that differ from automatic; with `all` every layer with what it was last computed in.
Status exportPrecisionTable(document::Document* document, const QString& file, bool all = false);

/// The table becomes the project's imported table. When names had to be matched a renamed copy is written
/// beside the project's results and used.
Result<int> importCalibrationTable(document::Document* document, const QString& file, QWidget* parent, bool ask = true);
/// The table of the last calibration, or the imported one.
Status exportCalibrationTable(document::Document* document, const QString& file);

} // namespace wb::panels
