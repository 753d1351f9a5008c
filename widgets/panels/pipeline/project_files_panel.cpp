// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/pipeline/project_files_panel.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QtConcurrent>
#include <QtWidgets>

namespace wb::panels {

using theme::Token;

namespace {

enum Role { kAmount = Qt::UserRole + 1, kMissing, kPath, kIcon };

/// Raw facts; words come later, on the GUI thread.
struct Wish {
    QString icon, path;
    enum class Kind { File, Pictures, List, Results } kind = Kind::File;
    int count = 0;
};

QString sizeText(qint64 bytes) {
    if (bytes < 1000) return QStringLiteral("%1 B").arg(bytes);
    if (bytes < 1'000'000) return QStringLiteral("%1 kB").arg(bytes / 1000);
    return QStringLiteral("%1 MB").arg(double(bytes) / 1e6, 0, 'f', bytes < 100'000'000 ? 1 : 0);
}

qint64 folderBytes(const QString& folder) {
    qint64 total = 0;
    QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        it.next();
        total += it.fileInfo().size();
    }
    return total;
}

int pictureCount(const QString& folder) {
    static const QStringList kSuffixes{QStringLiteral("jpg"), QStringLiteral("jpeg"), QStringLiteral("png"),
                                       QStringLiteral("bmp"), QStringLiteral("npz")};
    int count = 0;
    QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        it.next();
        if (kSuffixes.contains(it.fileInfo().suffix().toLower())) ++count;
    }
    return count;
}

class FileDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, 24}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem item = option;
        initStyleOption(&item, index);
        item.viewItemPosition = QStyleOptionViewItem::OnlyOne;
        option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, option.widget);
        const QRect r = option.rect;
        const bool missing = index.data(kMissing).toBool();
        theme::drawIcon(painter, missing ? QStringLiteral("problems") : index.data(kIcon).toString(),
                        QRect(r.left() + 12, r.top(), 16, r.height()), 14,
                        theme::color(missing ? Token::Failed : Token::Text2));
        const QString amount = index.data(kAmount).toString();
        const QFont caption = theme::font(theme::TextRole::Caption);
        const int width = QFontMetrics(caption).horizontalAdvance(amount);
        painter->setFont(caption);
        painter->setPen(theme::color(missing ? Token::Failed : Token::Text3));
        painter->drawText(QRect(r.right() - 12 - width, r.top(), width, r.height()), Qt::AlignVCenter, amount);
        const QFont mono = theme::font(theme::TextRole::Body);
        painter->setFont(mono);
        painter->setPen(theme::color(Token::Text));
        const QRect text(r.left() + 36, r.top(), r.width() - 36 - 20 - width, r.height());
        painter->drawText(text, Qt::AlignVCenter,
                          QFontMetrics(mono).elidedText(index.data().toString(), Qt::ElideLeft, text.width()));
    }
};

} // namespace

ProjectFilesPanel::ProjectFilesPanel(document::Document* document, QWidget* parent)
    : QListView(parent), m_document(document), m_model(new QStandardItemModel(this)) {
    setObjectName(QStringLiteral("projectFiles"));
    setAccessibleName(tr("Project files"));
    setModel(m_model);
    setItemDelegate(new FileDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(NoFrame);
    setUniformItemSizes(true);
    setEditTriggers(NoEditTriggers);
    connect(document, &document::Document::opened, this, &ProjectFilesPanel::refresh);
    connect(document, &document::Document::projectChanged, this, &ProjectFilesPanel::refresh);
    connect(document, &document::Document::jobFinished, this, &ProjectFilesPanel::refresh);
    connect(&m_watcher, &QFutureWatcher<QVector<Entry>>::finished, this, [this] {
        show(m_watcher.result());
        if (std::exchange(m_again, false)) refresh();
    });
    connect(theme::notifier(), &theme::Notifier::changed, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QListView::doubleClicked, this, [](const QModelIndex& index) {
        const QFileInfo info(index.data(kPath).toString());
        QDesktopServices::openUrl(QUrl::fromLocalFile(info.isDir() ? info.filePath() : info.path()));
    });
}

void ProjectFilesPanel::refresh() {
    if (!m_document->isOpen()) return show({});
    if (m_watcher.isRunning()) {
        m_again = true;
        return;
    }
    const jobs::Project& project = m_document->project();
    const QDir folder = QFileInfo(m_document->resultsBase()).absoluteDir();
    QVector<Wish> wishes;
    const auto add = [&](const QString& icon, const std::string& path, Wish::Kind kind, int count = 0) {
        if (!path.empty()) wishes << Wish{icon, QDir::cleanPath(folder.absoluteFilePath(QString::fromStdString(path))), kind, count};
    };
    add(QStringLiteral("graph"), project.model.path, Wish::Kind::File);
    add(QStringLiteral("graph"), project.model.dataPath, Wish::Kind::File);
    add(QStringLiteral("images"), project.calibration.dataset, Wish::Kind::Pictures);
    add(QStringLiteral("log"), project.calibration.dataList, Wish::Kind::File);
    if (!project.testImages.empty()) {
        const std::string& first = project.testImages.front();
        const size_t slash = first.rfind('/');
        if (project.testImages.size() == 1 || slash == std::string::npos)
            add(QStringLiteral("images"), first, Wish::Kind::File);
        else
            add(QStringLiteral("images"), first.substr(0, slash), Wish::Kind::List,
                static_cast<int>(project.testImages.size()));
    }
    add(QStringLiteral("table"), project.calibration.importedTable, Wish::Kind::File);
    const QString results = m_document->resultsBase() + QStringLiteral(".d");
    if (QFileInfo::exists(results)) wishes << Wish{QStringLiteral("database"), results, Wish::Kind::Results, 0};
    m_watcher.setFuture(QtConcurrent::run([wishes] {
        QVector<Entry> entries;
        for (const Wish& wish : wishes) {
            const QFileInfo info(wish.path);
            Entry entry{wish.icon, info.fileName(), wish.path, {}, !info.exists()};
            if (info.isDir()) entry.name += u'/';
            if (entry.missing) entry.amount.clear();
            else if (wish.kind == Wish::Kind::Pictures)
                entry.amount = QStringLiteral("#%1").arg(pictureCount(wish.path));
            else if (wish.kind == Wish::Kind::List) entry.amount = QStringLiteral("#%1").arg(wish.count);
            else entry.amount = sizeText(info.isDir() ? folderBytes(wish.path) : info.size());
            entries << entry;
        }
        return entries;
    }));
}

void ProjectFilesPanel::show(const QVector<Entry>& entries) {
    m_model->clear();
    for (const Entry& entry : entries) {
        auto* item = new QStandardItem(entry.name);
        QString amount = entry.amount;
        if (entry.missing) amount = tr("missing");
        else if (amount.startsWith(u'#')) amount = tr("%n images", nullptr, amount.mid(1).toInt());
        item->setData(amount, kAmount);
        item->setData(entry.missing, kMissing);
        item->setData(entry.path, kPath);
        item->setData(entry.icon, kIcon);
        item->setToolTip(entry.path);
        item->setData(entry.name + QStringLiteral(", ") + amount, Qt::AccessibleTextRole);
        m_model->appendRow(item);
    }
}

void ProjectFilesPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Project files"));
        refresh();
    }
    QListView::changeEvent(event);
}

} // namespace wb::panels
