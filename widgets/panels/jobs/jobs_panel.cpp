// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/jobs/jobs_panel.h"

#include "widgets/document/stage_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

namespace wb::panels {

using theme::Token;

namespace {

/// Resident memory of a process in bytes; 0 where the system does not tell.
qint64 residentBytes(qint64 pid) {
    if (pid <= 0) return 0;
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (line.startsWith("VmRSS:")) return line.mid(6).simplified().split(' ').first().toLongLong() * 1024;
    return 0;
}

class ProgressDelegate : public QStyledItemDelegate {
public:
    ProgressDelegate(const JobsModel* model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem item = option;
        initStyleOption(&item, index);
        option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, option.widget);
        const double fraction = m_model->fraction(index.row());
        if (fraction < 0) return;
        const QRect r = option.rect.adjusted(6, 0, -6, 0);
        const QFont mono = theme::font(theme::TextRole::Mono);
        const QString text = QStringLiteral("%1 %").arg(qRound(fraction * 100));
        painter->setFont(mono);
        painter->setPen(theme::color(Token::Text));
        painter->drawText(r, Qt::AlignRight | Qt::AlignVCenter, text);
        const int width = qMax(20, r.width() - 52);
        const QRectF track(r.left(), r.center().y() - 1.5, width, 4);
        theme::fillRounded(painter, track, 2, theme::color(Token::Line));
        theme::fillRounded(painter, QRectF(track.left(), track.top(), qMax(4.0, width * fraction), 4), 2,
                           theme::color(Token::Running));
    }

private:
    const JobsModel* m_model;
};

} // namespace

JobsModel::JobsModel(document::Document* document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document) {
    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &JobsModel::tick);
    connect(document, &document::Document::jobStarted, this, [this](int id, const QString& title) {
        beginInsertRows({}, 0, 0);
        Job job;
        job.id = id;
        job.title = title;
        job.clock.start();
        m_jobs.prepend(job);
        endInsertRows();
        if (m_jobs.size() > kKept) {
            beginRemoveRows({}, kKept, static_cast<int>(m_jobs.size()) - 1);
            m_jobs.resize(kKept);
            endRemoveRows();
        }
        m_tick.start();
    });
    connect(document, &document::Document::jobProgress, this,
            [this](int id, double fraction, const QString& text, double remaining) {
                const int row = rowOf(id);
                if (row < 0) return;
                m_jobs[row].fraction = fraction;
                m_jobs[row].step = text;
                m_jobs[row].remaining = remaining;
                emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
            });
    connect(document, &document::Document::jobFinished, this, [this](int id, const QString& outcome) {
        const int row = rowOf(id);
        if (row < 0) return;
        m_jobs[row].outcome = outcome;
        m_jobs[row].seconds = double(m_jobs[row].clock.elapsed()) / 1000;
        m_jobs[row].remaining = -1;
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        if (!anyRunning()) m_tick.stop();
    });
}

int JobsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

int JobsModel::rowOf(int id) const {
    for (int row = 0; row < m_jobs.size(); ++row)
        if (m_jobs[row].id == id) return row;
    return -1;
}

bool JobsModel::anyRunning() const {
    return std::any_of(m_jobs.cbegin(), m_jobs.cend(), [](const Job& job) { return job.outcome.isEmpty(); });
}

double JobsModel::fraction(int row) const {
    return row < m_jobs.size() && m_jobs[row].outcome.isEmpty() ? m_jobs[row].fraction : -1;
}

void JobsModel::tick() {
    const qint64 memory = residentBytes(m_document->workerProcessId());
    for (int row = 0; row < m_jobs.size(); ++row) {
        if (!m_jobs[row].outcome.isEmpty()) continue;
        m_jobs[row].memory = qMax(m_jobs[row].memory, memory);
        emit dataChanged(index(row, Elapsed), index(row, Memory));
    }
}

QVariant JobsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_jobs.size()) return {};
    const Job& job = m_jobs[index.row()];
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (index.column() >= Elapsed && index.column() <= Memory ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::FontRole && index.column() >= Elapsed && index.column() <= Memory)
        return theme::font(theme::TextRole::Mono);
    if (role == Qt::ForegroundRole && index.column() == State) {
        if (job.outcome == u"failed" || job.outcome == u"died") return theme::color(Token::Failed);
        if (job.outcome == u"done") return theme::color(Token::Done);
        if (job.outcome.isEmpty()) return theme::color(Token::Running);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
    case Name: return job.title;
    case Step: return job.step;
    case Elapsed:
        return document::secondsText(job.outcome.isEmpty() ? double(job.clock.elapsed()) / 1000 : job.seconds);
    case Remaining: return job.remaining >= 0 ? document::secondsText(job.remaining) : QString();
    case Memory: return job.memory > 0 ? QStringLiteral("%1 MB").arg(job.memory / 1'000'000) : QString();
    case State:
        if (job.outcome.isEmpty()) return tr("Running");
        if (job.outcome == u"done") return tr("Done");
        if (job.outcome == u"cancelled") return tr("Cancelled");
        if (job.outcome == u"died") return tr("Stopped unexpectedly");
        return tr("Failed");
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section >= Elapsed && section <= Memory ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name: return tr("Job");
    case Step: return tr("Stage");
    case Progress: return tr("Progress");
    case Elapsed: return tr("Elapsed");
    case Remaining: return tr("Remaining");
    case Memory: return tr("Memory");
    case State: return tr("State");
    default: return {};
    }
}

void JobsModel::retranslate() {
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!m_jobs.isEmpty()) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

JobsPanel::JobsPanel(document::Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(new JobsModel(document, this)), m_view(new QTableView),
      m_empty(new QLabel), m_cancel(new QPushButton), m_retry(new QPushButton) {
    setObjectName(QStringLiteral("jobsPanel"));
    m_view->setObjectName(QStringLiteral("jobsTable"));
    m_view->setModel(m_model);
    m_view->setItemDelegateForColumn(JobsModel::Progress, new ProgressDelegate(m_model, m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setAlternatingRowColors(true);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(26);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(JobsModel::Step, QHeaderView::Stretch);
    m_view->setColumnWidth(JobsModel::Name, 220);
    m_view->setColumnWidth(JobsModel::Progress, 200);
    m_view->setColumnWidth(JobsModel::State, 160);
    m_empty->setObjectName(QStringLiteral("jobsEmpty"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_cancel->setObjectName(QStringLiteral("jobsCancel"));
    m_cancel->setIcon(theme::icon(QStringLiteral("cancel")));
    m_retry->setObjectName(QStringLiteral("jobsRetry"));
    m_retry->setIcon(theme::icon(QStringLiteral("retry")));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 4, 12, 4);
    bar->setSpacing(8);
    bar->addStretch();
    bar->addWidget(m_retry);
    bar->addWidget(m_cancel);
    auto* stack = new QStackedLayout;
    stack->addWidget(m_empty);
    stack->addWidget(m_view);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(stack, 1);
    layout->addLayout(bar);
    connect(m_cancel, &QPushButton::clicked, document, &document::Document::cancel);
    connect(m_retry, &QPushButton::clicked, this, &JobsPanel::retryRequested);
    connect(m_model, &QAbstractItemModel::rowsInserted, stack, [stack] { stack->setCurrentIndex(1); });
    connect(document, &document::Document::busyChanged, this, &JobsPanel::updateButtons);
    connect(document, &document::Document::opened, this, &JobsPanel::updateButtons);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    retranslateUi();
    updateButtons();
}

void JobsPanel::updateButtons() {
    m_cancel->setEnabled(m_document->isBusy());
    m_retry->setEnabled(!m_document->isBusy() && m_document->isOpen());
}

void JobsPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_document->isBusy()) return m_document->cancel();
    QWidget::keyPressEvent(event);
}

void JobsPanel::retranslateUi() {
    m_view->setAccessibleName(tr("Jobs"));
    m_empty->setText(tr("Jobs appear here when something runs. Press F5 to run the stages."));
    m_cancel->setText(tr("Cancel"));
    m_retry->setText(tr("Run again"));
    m_model->retranslate();
}

void JobsPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
