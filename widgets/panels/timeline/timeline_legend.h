// SPDX-License-Identifier: GPL-3.0-or-later
// Which colour stands for which work, of the kinds that occur.
#pragma once

#include "visualizer/timeline/timeline_scene.h"

#include <QWidget>

namespace wb::panels {

class TimelineLegend : public QWidget {
    Q_OBJECT
public:
    explicit TimelineLegend(QWidget* parent = nullptr);
    /// Classes with their share of the cycles of both engines; most first.
    void setScene(const timeline::TimelineScene& scene);
    QStringList entries() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, 24}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Entry {
        jobs::CommandClass type;
        int64_t cycles;
    };
    int widthOf(const Entry& entry) const;
    QVector<Entry> m_entries;
};

} // namespace wb::panels
