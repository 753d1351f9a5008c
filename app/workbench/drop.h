// SPDX-License-Identifier: GPL-3.0-or-later
// What a dropped file is, told from its content, and the sheet that says so before release (rule W-7).
#pragma once

#include <QStringList>
#include <QWidget>

namespace wb::workbench {

enum class DropKind { Unknown, Project, Model, Bmodel, CalibrationImages, CalibrationTable, PrecisionTable };

struct Drop {
    DropKind kind = DropKind::Unknown;
    QStringList files; ///< the folder or the pictures for CalibrationImages; of a Caffe model the layers first, then the weights
    int images = 0;
};

/// Looks at names and at the first kilobytes; counts at most 100,000 pictures.
Drop classify(const QStringList& files);
QString dropText(const Drop& drop); ///< "Use as calibration images (128 files)"

class DropOverlay : public QWidget {
    Q_OBJECT
public:
    explicit DropOverlay(QWidget* parent);
    void showFor(const Drop& drop);
    QString text() const { return m_text; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString m_text;
    bool m_known = false;
};

} // namespace wb::workbench
