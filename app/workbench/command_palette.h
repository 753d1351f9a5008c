// SPDX-License-Identifier: GPL-3.0-or-later
// One field for everything (rule H-2): actions by name in the language shown and in English, layers with @,
// stages with >, settings with #. Recently used ones come first.
#pragma once

#include <QFrame>
#include <QIcon>
#include <functional>
#include <vector>

class QLineEdit;
class QListView;
class QStandardItemModel;

namespace wb::workbench {

struct PaletteEntry {
    enum class Kind { Action, Layer, Stage, Setting } kind = Kind::Action;
    QString id;        ///< stable; what is remembered as recent
    QString title;     ///< as shown
    QString english;   ///< found as well; empty when the same
    QString hint;      ///< key or state, at the right
    QIcon icon = {};
    std::function<void()> run = {};
};

class CommandPalette : public QFrame {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* window);
    /// Shows it over the window, with these entries and this text.
    void open(std::vector<PaletteEntry> entries, const QString& text = {});
    int shown() const;
    QString titleAt(int row) const;
    void setRecent(const QStringList& ids) { m_recent = ids; }
    QStringList recent() const { return m_recent; } ///< newest first

signals:
    void recentChanged(const QStringList& ids);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fill();
    void place();
    void choose(int row);
    void retranslate();

    QLineEdit* m_edit;
    QListView* m_list;
    QStandardItemModel* m_model;
    std::vector<PaletteEntry> m_entries;
    QStringList m_recent;
};

} // namespace wb::workbench
