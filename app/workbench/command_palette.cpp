// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/command_palette.h"

#include "app/workbench/fuzzy.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::workbench {

using theme::Token;

namespace {

constexpr int kWidth = 560, kRow = 30, kMostRows = 12, kMostRecent = 20;
enum Role { EntryRole = Qt::UserRole + 1, HintRole };

/// Title left, key right in mono.
class EntryDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem item = option;
        initStyleOption(&item, index);
        const QRect r = item.rect;
        painter->save();
        if (item.state & QStyle::State_Selected) {
            painter->fillRect(r, theme::color(Token::Selection));
            painter->fillRect(QRect(r.left(), r.top(), 3, r.height()), theme::color(Token::Accent));
        }
        item.icon.paint(painter, QRect(r.left() + 12, r.center().y() - 8, 16, 16));
        const QString hint = index.data(HintRole).toString();
        const QFont mono = theme::font(theme::TextRole::Mono);
        const int hintWidth = hint.isEmpty() ? 0 : QFontMetrics(mono).horizontalAdvance(hint) + 12;
        painter->setFont(mono);
        painter->setPen(theme::color(Token::Text2));
        painter->drawText(r.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter, hint);
        const bool name = index.data(Qt::FontRole).isValid();
        const QFont font = theme::font(name ? theme::TextRole::Mono : theme::TextRole::Body);
        painter->setFont(font);
        painter->setPen(theme::color(Token::Text));
        const QRect text = r.adjusted(40, 0, -12 - hintWidth, 0);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(font).elidedText(item.text, name ? Qt::ElideLeft : Qt::ElideRight, text.width()));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {kWidth, kRow}; }
};

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window), m_edit(new QLineEdit), m_list(new QListView), m_model(new QStandardItemModel(this)) {
    setObjectName(QStringLiteral("commandPalette"));
    setAutoFillBackground(false);
    m_edit->setObjectName(QStringLiteral("paletteEdit"));
    m_edit->addAction(theme::icon(QStringLiteral("palette")), QLineEdit::LeadingPosition);
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);
    hide();
    m_edit->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::fill);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { choose(index.row()); });
    retranslate();
}

void CommandPalette::retranslate() {
    m_edit->setPlaceholderText(tr("Action, @layer, >stage or #setting"));
    m_edit->setAccessibleName(tr("Command palette"));
    m_list->setAccessibleName(tr("Found"));
}

void CommandPalette::open(std::vector<PaletteEntry> entries, const QString& text) {
    m_entries = std::move(entries);
    {
        const QSignalBlocker quiet(m_edit);
        m_edit->setText(text);
    }
    fill();
    show();
    raise();
    m_edit->setFocus();
}

int CommandPalette::shown() const { return m_model->rowCount(); }
QString CommandPalette::titleAt(int row) const { return m_model->index(row, 0).data().toString(); }

void CommandPalette::fill() {
    using Kind = PaletteEntry::Kind;
    QString text = m_edit->text().trimmed();
    std::optional<Kind> only;
    if (text.startsWith(u'@')) only = Kind::Layer;
    else if (text.startsWith(u'>')) only = Kind::Stage;
    else if (text.startsWith(u'#')) only = Kind::Setting;
    if (only) text = text.mid(1).trimmed();
    struct Hit {
        int score, entry;
    };
    std::vector<Hit> hits;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        const PaletteEntry& entry = m_entries[i];
        if (only ? entry.kind != *only : (text.isEmpty() && entry.kind == Kind::Layer)) continue;
        int score = qMax(fuzzyScore(text, entry.title), entry.english.isEmpty() ? -1 : fuzzyScore(text, entry.english));
        if (score < 0) continue;
        // Among many layers the actions must not drown.
        if (!only && entry.kind == Kind::Layer) score /= 2;
        if (const qsizetype recent = m_recent.indexOf(entry.id); recent >= 0) score += 200 - 8 * static_cast<int>(recent);
        hits.push_back({score, static_cast<int>(i)});
    }
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
    m_model->clear();
    constexpr size_t kMost = 200; // nobody reads on
    for (size_t i = 0; i < std::min(hits.size(), kMost); ++i) {
        const PaletteEntry& entry = m_entries[static_cast<size_t>(hits[i].entry)];
        auto* item = new QStandardItem(entry.icon, entry.title);
        item->setData(hits[i].entry, EntryRole);
        item->setData(entry.hint, HintRole);
        item->setToolTip(entry.english.isEmpty() ? entry.title : entry.english);
        if (entry.kind == Kind::Layer) item->setFont(theme::font(theme::TextRole::Mono));
        m_model->appendRow(item);
    }
    m_list->setCurrentIndex(m_model->index(0, 0));
    place();
}

void CommandPalette::place() {
    const int rows = qBound(1, m_model->rowCount(), kMostRows);
    m_list->setFixedHeight(rows * kRow);
    const int width = qMin(kWidth, parentWidget()->width() - 32);
    setGeometry((parentWidget()->width() - width) / 2, 72, width, rows * kRow + m_edit->sizeHint().height() + 24);
}

void CommandPalette::choose(int row) {
    const QModelIndex index = m_model->index(row, 0);
    if (!index.isValid()) return;
    const PaletteEntry entry = m_entries[static_cast<size_t>(index.data(EntryRole).toInt())];
    hide();
    if (entry.kind != PaletteEntry::Kind::Layer) {
        m_recent.removeAll(entry.id);
        m_recent.prepend(entry.id);
        m_recent = m_recent.mid(0, kMostRecent);
        emit recentChanged(m_recent);
    }
    if (parentWidget()) parentWidget()->setFocus();
    if (entry.run) entry.run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    if (watched != m_edit) return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason) hide();
    if (event->type() != QEvent::KeyPress) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const int row = m_list->currentIndex().row();
    switch (key->key()) {
    case Qt::Key_Escape: hide(); parentWidget()->setFocus(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(row); return true;
    case Qt::Key_Down:
    case Qt::Key_Up: {
        const int step = key->key() == Qt::Key_Down ? 1 : -1, count = m_model->rowCount();
        if (count > 0) m_list->setCurrentIndex(m_model->index((row + step + count) % count, 0));
        return true;
    }
    case Qt::Key_PageDown: m_list->setCurrentIndex(m_model->index(qMin(m_model->rowCount() - 1, row + kMostRows), 0)); return true;
    case Qt::Key_PageUp: m_list->setCurrentIndex(m_model->index(qMax(0, row - kMostRows), 0)); return true;
    default: return false;
    }
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    theme::fillRounded(&painter, QRectF(rect()), 6, theme::color(Token::Raised), theme::color(Token::Outline));
}

void CommandPalette::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

} // namespace wb::workbench
