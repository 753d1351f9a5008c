// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/log/log_panel.h"

#include "widgets/document/stage_text.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::panels {

using theme::Token;

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_lines.size()) return {};
    const Line& line = m_lines[index.row()];
    if (role == Qt::FontRole) return theme::font(theme::TextRole::Mono);
    if (role == Qt::ForegroundRole) {
        if (line.level == u"error" && index.column() <= Level) return theme::color(Token::Failed);
        if (line.level == u"warning" && index.column() <= Level) return theme::color(Token::Stale);
        return theme::color(index.column() == Text ? Token::Text : Token::Text3);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
    case Time: return line.time.toString(QStringLiteral("HH:mm:ss.zzz"));
    case Level: return line.level;
    case StageName: return line.stage;
    case Text: return line.text;
    default: return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Time: return tr("Time");
    case Level: return tr("Level");
    case StageName: return tr("Stage");
    case Text: return tr("Text");
    default: return {};
    }
}

void LogModel::append(const QString& level, const QString& stage, const QString& text) {
    for (const QString& part : text.split(u'\n', Qt::SkipEmptyParts))
        m_waiting << Line{QTime::currentTime(), level, stage, part};
    if (m_timer.isActive()) return;
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &LogModel::flush, Qt::UniqueConnection);
    m_timer.start(100);
}

void LogModel::flush() {
    if (m_waiting.isEmpty()) return;
    const int count = static_cast<int>(m_lines.size()), more = static_cast<int>(m_waiting.size());
    if (count + more > kLimit) {
        // The oldest tenth goes at once; row by row would move the whole list each time.
        const int drop = qMin(count, qMax(kLimit / 10, count + more - kLimit));
        beginRemoveRows({}, 0, drop - 1);
        m_lines.remove(0, drop);
        endRemoveRows();
    }
    const int first = static_cast<int>(m_lines.size());
    beginInsertRows({}, first, first + more - 1);
    m_lines << std::exchange(m_waiting, {});
    endInsertRows();
}

QString LogModel::textOf(int row) const {
    const Line& line = m_lines[row];
    return QStringLiteral("%1 %2 %3 %4")
        .arg(line.time.toString(QStringLiteral("HH:mm:ss.zzz")), line.level, line.stage, line.text);
}

void LogFilter::setLevel(const QString& level) { m_level = level; invalidateFilter(); }
void LogFilter::setStage(const QString& stage) { m_stage = stage; invalidateFilter(); }
void LogFilter::setText(const QString& text) { m_text = text; invalidateFilter(); }

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto cell = [&](int column) {
        return sourceModel()->index(row, column, parent).data(Qt::DisplayRole).toString();
    };
    if (!m_level.isEmpty() && cell(LogModel::Level) != m_level) return false;
    if (!m_stage.isEmpty() && cell(LogModel::StageName) != m_stage) return false;
    return m_text.isEmpty() || cell(LogModel::Text).contains(m_text, Qt::CaseInsensitive);
}

LogPanel::LogPanel(document::Document* document, QWidget* parent)
    : QWidget(parent), m_model(new LogModel(this)), m_filter(new LogFilter(this)), m_view(new QTableView),
      m_level(new QComboBox), m_stage(new QComboBox), m_text(new QLineEdit), m_copy(new QPushButton),
      m_save(new QPushButton) {
    setObjectName(QStringLiteral("logPanel"));
    m_filter->setSourceModel(m_model);
    m_view->setObjectName(QStringLiteral("logTable"));
    m_view->setModel(m_filter);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(22);
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setProperty("wbCompact", true);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setColumnWidth(LogModel::Time, 110);
    m_view->setColumnWidth(LogModel::Level, 70);
    m_view->setColumnWidth(LogModel::StageName, 100);
    m_level->setObjectName(QStringLiteral("logLevel"));
    m_stage->setObjectName(QStringLiteral("logStage"));
    m_text->setObjectName(QStringLiteral("logFilter"));
    m_text->setClearButtonEnabled(true);
    m_text->setMaximumWidth(320);
    m_copy->setObjectName(QStringLiteral("logCopy"));
    m_copy->setIcon(theme::icon(QStringLiteral("copy")));
    m_save->setObjectName(QStringLiteral("logSave"));
    m_save->setIcon(theme::icon(QStringLiteral("save")));
    for (int i = 0; i < 4; ++i) m_level->addItem({});
    for (int i = 0; i < 9; ++i) m_stage->addItem({});
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 4, 12, 4);
    bar->setSpacing(8);
    bar->addWidget(m_level);
    bar->addWidget(m_stage);
    bar->addWidget(m_text, 1);
    bar->addStretch();
    bar->addWidget(m_copy);
    bar->addWidget(m_save);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);
    connect(document, &document::Document::logLine, m_model, &LogModel::append);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this](int row) {
        static const QString kLevels[] = {{}, QStringLiteral("info"), QStringLiteral("warning"), QStringLiteral("error")};
        m_filter->setLevel(kLevels[qBound(0, row, 3)]);
    });
    connect(m_stage, &QComboBox::currentIndexChanged, this, [this](int row) {
        m_filter->setStage(row <= 0 ? QString()
                                    : QString::fromUtf8(jobs::spelling(jobs::kStages[static_cast<size_t>(row - 1)])));
    });
    connect(m_text, &QLineEdit::textChanged, m_filter, &LogFilter::setText);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(allText()); });
    connect(m_save, &QPushButton::clicked, this, [this] {
        const QString name = QFileDialog::getSaveFileName(this, tr("Save log"), QStringLiteral("workbench.log"));
        if (name.isEmpty()) return;
        QSaveFile file(name);
        const QByteArray text = allText().toUtf8();
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
            QMessageBox::warning(this, tr("Save log"), tr("The log could not be written to %1.").arg(name));
    });
    // Follow the end unless the reader has scrolled away.
    connect(m_model, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar* bar2 = m_view->verticalScrollBar();
        m_view->setProperty("wbFollow", bar2->value() >= bar2->maximum() - 2);
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_view->property("wbFollow").toBool()) m_view->scrollToBottom();
    }, Qt::QueuedConnection);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    retranslateUi();
}

QString LogPanel::allText() const {
    QString text;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        text += m_model->textOf(m_filter->mapToSource(m_filter->index(row, 0)).row()) + u'\n';
    return text;
}

void LogPanel::retranslateUi() {
    m_view->setAccessibleName(tr("Log"));
    const QString levels[] = {tr("All levels"), tr("Info"), tr("Warnings"), tr("Errors")};
    for (int i = 0; i < 4; ++i) m_level->setItemText(i, levels[i]);
    m_stage->setItemText(0, tr("All stages"));
    for (size_t i = 0; i < jobs::kStages.size(); ++i)
        m_stage->setItemText(static_cast<int>(i) + 1, document::stageName(jobs::kStages[i]));
    m_level->setAccessibleName(tr("Level"));
    m_stage->setAccessibleName(tr("Stage"));
    m_text->setPlaceholderText(tr("Filter"));
    m_copy->setText(tr("Copy"));
    m_save->setText(tr("Save…"));
    emit m_model->headerDataChanged(Qt::Horizontal, 0, LogModel::ColumnCount - 1);
}

void LogPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
