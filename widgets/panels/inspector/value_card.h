// SPDX-License-Identifier: GPL-3.0-or-later
// A cosine at the top of the inspector: caption, number with its mark, and a 4 px edge in the band's colour.
#pragma once

#include <QWidget>
#include <optional>

namespace wb::panels {

class ValueCard : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// Nothing measured shows as a hatched edge and a dash.
    void setValue(const QString& caption, std::optional<double> cosine, const QString& missing);
    QSize sizeHint() const override { return {140, 46}; }
    QSize minimumSizeHint() const override { return {110, 46}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_caption, m_missing;
    std::optional<double> m_cosine;
};

} // namespace wb::panels
