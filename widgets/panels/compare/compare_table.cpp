// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/compare/compare_table.h"

#include "visualizer/common/layer_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>

namespace wb::panels {

using evaluate::MatchState;
using theme::Token;
using visualizer::numberText;

namespace {

/// A square in the class colour, or a sign for the state, before the text.
class SignDelegate : public RowDelegate {
public:
    SignDelegate(const CompareTableModel* model, bool ofState, QObject* parent)
        : RowDelegate(parent), m_model(model), m_ofState(ofState) {}

protected:
    void paintValue(QPainter& painter, const QRect& rect, const QModelIndex& index,
                    const QStyleOptionViewItem& item) const override {
        const int row = index.data(CompareTableModel::RowRole).toInt();
        if (row < 0 || row >= m_model->rows().size()) return;
        const CompareRow& data = m_model->rows()[row];
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF sign(rect.left(), rect.center().y() - 4.5, 10, 10);
        const QColor own = theme::detectionClassColor(data.classId);
        if (!m_ofState) {
            painter.setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(theme::color(Token::Outline), 1));
            painter.setBrush(own);
            painter.drawRoundedRect(sign.adjusted(1, 1, -1, -1), 1.5, 1.5);
        } else {
            painter.setBrush(Qt::NoBrush);
            switch (data.state) {
            case MatchState::Match: painter.setPen(QPen(theme::color(Token::Done), 1.6)); painter.drawRect(sign.adjusted(0, 1, 0, -1)); break;
            case MatchState::Shifted:
            case MatchState::ClassChanged: {
                QPen pen(theme::color(Token::Text2), 1.6);
                if (data.state == MatchState::Shifted) pen.setDashPattern({2, 1.5});
                painter.setPen(pen);
                painter.drawRect(sign.adjusted(0, 1, 0, -1));
                break;
            }
            case MatchState::Missed:
                painter.setPen(QPen(theme::color(Token::Missed), 1.8));
                painter.drawLine(sign.topLeft() + QPointF(1, 1), sign.bottomRight() - QPointF(1, 1));
                painter.drawLine(sign.topRight() + QPointF(-1, 1), sign.bottomLeft() + QPointF(1, -1));
                break;
            case MatchState::Extra:
                painter.setPen(QPen(theme::color(Token::Extra), 1.8));
                painter.drawLine(QPointF(sign.center().x(), sign.top()), QPointF(sign.center().x(), sign.bottom()));
                painter.drawLine(QPointF(sign.left(), sign.center().y()), QPointF(sign.right(), sign.center().y()));
                break;
            }
        }
        painter.setRenderHint(QPainter::Antialiasing, false);
        RowDelegate::paintValue(painter, rect.adjusted(18, 0, 0, 0), index, item);
    }

private:
    const CompareTableModel* m_model;
    bool m_ofState;
};

QString dash() { return QStringLiteral("–"); }

} // namespace

void CompareTableModel::setRows(const QVector<CompareRow>& rows, const std::vector<std::string>& names, int classes) {
    beginResetModel();
    m_rows = rows;
    m_names = names;
    m_classes = classes;
    endResetModel();
}

void CompareTableModel::retranslate() {
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!m_rows.isEmpty()) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

QVariant CompareTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == Number || (section >= ReferenceScore && section <= Iou);
        return int(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Number: return tr("№");
    case Class: return tr("Class");
    case ReferenceScore: return tr("Ref score");
    case Score: return tr("Score");
    case Delta: return tr("Δ score");
    case Iou: return tr("IoU");
    case State: return tr("State");
    case Place: return tr("Box x, y, w, h (px)");
    default: return {};
    }
}

QVariant CompareTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_rows.size()) return {};
    const CompareRow& row = m_rows[index.row()];
    const bool pair = row.referenceScore && row.score;
    const auto number = [](const std::optional<double>& value) { return value ? numberText(*value, 3) : dash(); };
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Number: return QString::number(index.row() + 1);
        case Class: return classNameOf(row.classId, m_names, m_classes);
        case ReferenceScore: return number(row.referenceScore);
        case Score: return number(row.score);
        case Delta: return pair ? numberText(row.scoreDelta, 3) : dash();
        case Iou: return pair ? numberText(row.iou, 3) : dash();
        case State: return CompareWords::state(row.state);
        case Place:
            return QStringLiteral("%1, %2, %3, %4").arg(qRound(row.box.x)).arg(qRound(row.box.y)).arg(qRound(row.box.w)).arg(qRound(row.box.h));
        default: return {};
        }
    case Qt::TextAlignmentRole: return headerData(index.column(), Qt::Horizontal, role);
    case Qt::FontRole:
        return theme::font(index.column() == Class || index.column() == State ? theme::TextRole::Body : theme::TextRole::Mono);
    case Qt::ForegroundRole:
        if (data(index, Qt::DisplayRole).toString() == dash()) return theme::color(Token::TextDisabled);
        return theme::color(index.column() == Number ? Token::Text2 : Token::Text);
    case RowRole: return index.row();
    case SortRole:
        switch (index.column()) {
        case Number: return index.row();
        case Class: return classNameOf(row.classId, m_names, m_classes);
        case ReferenceScore: return row.referenceScore ? QVariant(*row.referenceScore) : QVariant();
        case Score: return row.score ? QVariant(*row.score) : QVariant();
        case Delta: return pair ? QVariant(row.scoreDelta) : QVariant();
        case Iou: return pair ? QVariant(row.iou) : QVariant();
        // What went wrong first: missed, extra, class changed, shifted, match.
        case State: return row.state == MatchState::Missed ? 0 : row.state == MatchState::Extra ? 1 : row.state == MatchState::ClassChanged ? 2 : row.state == MatchState::Shifted ? 3 : 4;
        case Place: return row.box.x;
        default: return {};
        }
    default: return {};
    }
}

QString CompareTableModel::csv(const QString& picture) const {
    QString out = QStringLiteral("picture,number,class,class_name,reference_score,score,score_delta,iou,state,x,y,w,h\n");
    const auto exact = [](double v) { return QString::number(v, 'g', 17); };
    const auto quoted = [](QString text) {
        return text.contains(u',') || text.contains(u'"') ? QLatin1Char('"') + text.replace(u'"', QLatin1String("\"\"")) + QLatin1Char('"') : text;
    };
    for (int i = 0; i < m_rows.size(); ++i) {
        const CompareRow& r = m_rows[i];
        const bool pair = r.referenceScore && r.score;
        const QStringList cells{quoted(picture), QString::number(i + 1), QString::number(r.classId),
                                quoted(classNameOf(r.classId, m_names, m_classes)),
                                r.referenceScore ? exact(*r.referenceScore) : QString(), r.score ? exact(*r.score) : QString(),
                                pair ? exact(r.scoreDelta) : QString(), pair ? exact(r.iou) : QString(),
                                QString::fromLatin1(evaluate::spelling(r.state)),
                                exact(r.box.x), exact(r.box.y), exact(r.box.w), exact(r.box.h)};
        out += cells.join(u',') + u'\n';
    }
    return out;
}

QString CompareTableModel::json(const QString& picture) const {
    QJsonArray boxes;
    const auto number = [](const std::optional<double>& v) { return v ? QJsonValue(*v) : QJsonValue(); };
    for (const CompareRow& r : m_rows) {
        const bool pair = r.referenceScore && r.score;
        boxes.append(QJsonObject{{QStringLiteral("class"), r.classId},
                                 {QStringLiteral("class_name"), classNameOf(r.classId, m_names, m_classes)},
                                 {QStringLiteral("reference_score"), number(r.referenceScore)},
                                 {QStringLiteral("score"), number(r.score)},
                                 {QStringLiteral("score_delta"), pair ? QJsonValue(r.scoreDelta) : QJsonValue()},
                                 {QStringLiteral("iou"), pair ? QJsonValue(r.iou) : QJsonValue()},
                                 {QStringLiteral("state"), QLatin1String(evaluate::spelling(r.state))},
                                 {QStringLiteral("box"), QJsonArray{r.box.x, r.box.y, r.box.w, r.box.h}}});
    }
    return QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("picture"), picture}, {QStringLiteral("boxes"), boxes}}).toJson());
}

CompareTable::CompareTable(CompareTableModel* model, QWidget* parent)
    : QTableView(parent), m_model(model), m_sorted(new QSortFilterProxyModel(this)) {
    setObjectName(QStringLiteral("compareTable"));
    m_sorted->setSourceModel(model);
    m_sorted->setSortRole(CompareTableModel::SortRole);
    setModel(m_sorted);
    setItemDelegate(new RowDelegate(this));
    setItemDelegateForColumn(CompareTableModel::Class, new SignDelegate(model, false, this));
    setItemDelegateForColumn(CompareTableModel::State, new SignDelegate(model, true, this));
    setItemDelegateForColumn(CompareTableModel::Delta, new DeltaDelegate(CompareTableModel::SortRole, 0.3, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(NoFrame);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setSortingEnabled(true);
    sortByColumn(CompareTableModel::State, Qt::AscendingOrder);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(26);
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setFixedHeight(26);
    header->setStretchLastSection(true);
    const int widths[] = {40, 150, 80, 80, 130, 72, 130, 160};
    for (int i = 0; i < CompareTableModel::ColumnCount; ++i) header->resizeSection(i, widths[i]);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        if (!m_setting && current.isValid()) emit rowChosen(current.data(CompareTableModel::RowRole).toInt());
    });
}

void CompareTable::setCurrentRow(int row) {
    const QScopedValueRollback<bool> guard(m_setting, true);
    if (row < 0 || row >= m_model->rowCount()) return clearSelection();
    const QModelIndex index = m_sorted->mapFromSource(m_model->index(row, 0));
    setCurrentIndex(index);
    selectRow(index.row());
    scrollTo(index);
}

} // namespace wb::panels
