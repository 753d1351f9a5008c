// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/layer_table_model.h"

#include "visualizer/common/layer_text.h"
#include "widgets/theme/theme.h"

#include <cmath>

namespace wb::models {

using document::Document;
using jobs::Variant;
using visualizer::numberText;

namespace {

QString amountText(double value) {
    if (value >= 1e9) return QStringLiteral("%1 G").arg(value / 1e9, 0, 'f', 2);
    if (value >= 1e6) return QStringLiteral("%1 M").arg(value / 1e6, 0, 'f', 2);
    if (value >= 1e4) return QStringLiteral("%1 k").arg(value / 1e3, 0, 'f', 1);
    return QString::number(value, 'f', 0);
}

QString missingText() { return QStringLiteral("–"); }

} // namespace

std::optional<Quantity> LayerTableModel::quantityOf(int column) {
    switch (column) {
    case CosInt8: return Quantity::CosInt8;
    case CosMixed: return Quantity::CosMixed;
    case Delta: return Quantity::Delta;
    case Isolated: return Quantity::Isolated;
    case Sqnr: return Quantity::Sqnr;
    case Threshold: return Quantity::Threshold;
    case Min: return Quantity::Min;
    case Max: return Quantity::Max;
    case Scale: return Quantity::Scale;
    case ZeroPoint: return Quantity::ZeroPoint;
    case Macs: return Quantity::Macs;
    case Parameters: return Quantity::Parameters;
    case Cycles: return Quantity::Cycles;
    default: return {};
    }
}

LayerTableModel::LayerTableModel(Document* document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document), m_facts(document) {
    // Live results come up to thirty times a second; a sorted table that jumps that often cannot be read.
    m_soon.setSingleShot(true);
    m_soon.setInterval(100);
    connect(&m_soon, &QTimer::timeout, this, &LayerTableModel::refresh);
    const auto soon = [this] {
        if (!m_soon.isActive()) m_soon.start();
    };
    connect(document, &Document::opened, this, &LayerTableModel::reload);
    connect(document, &Document::networkChanged, this, &LayerTableModel::reload);
    connect(document, &Document::samplesChanged, this, soon);
    connect(document, &Document::precisionsChanged, this, soon);
    connect(document, &Document::stageChanged, this, soon);
    connect(document, &Document::deployChanged, this, soon);
    // The user's own edits show at once.
    connect(document, &Document::projectChanged, this, &LayerTableModel::refresh);
    m_rows = m_facts.count();
}

void LayerTableModel::reload() {
    beginResetModel();
    m_rows = m_facts.count();
    endResetModel();
}

void LayerTableModel::refresh() {
    if (m_rows != m_facts.count()) return reload();
    if (m_rows > 0) emit dataChanged(index(0, 0), index(m_rows - 1, ColumnCount - 1));
}

void LayerTableModel::retranslate() {
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    refresh();
}

int LayerTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

QString LayerTableModel::columnTitle(int column) {
    switch (column) {
    case Number: return tr("Number");
    case Name: return tr("Name");
    case Type: return tr("Type");
    case Shape: return tr("Output shape");
    case Requested: return tr("Requested precision");
    case Actual: return tr("Actual precision");
    case Reason: return tr("Reason");
    case Locked: return tr("Locked");
    case Threshold: return tr("Threshold");
    case Min: return tr("Minimum");
    case Max: return tr("Maximum");
    case Scale: return tr("Scale");
    case ZeroPoint: return tr("Zero point");
    case CosInt8: return tr("Cosine, INT8");
    case CosMixed: return tr("Cosine, mixed");
    case Delta: return tr("Mixed minus INT8");
    case Isolated: return tr("Isolated cosine, INT8");
    case Sqnr: return tr("SQNR, INT8 (dB)");
    case Macs: return tr("Multiply-accumulates");
    case Parameters: return tr("Weights");
    case Cycles: return tr("Cycles on the chip");
    case Note: return tr("Note");
    default: return {};
    }
}

QVariant LayerTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) return columnTitle(section);
    if (role == Qt::TextAlignmentRole) {
        if (quantityOf(section) || section == Number) return int(Qt::AlignRight | Qt::AlignVCenter);
        if (section == Requested || section == Actual || section == Locked) return int(Qt::AlignCenter);
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Number: return tr("№");
    case Requested: return tr("Req");
    case Actual: return tr("Act");
    case Shape: return tr("Shape");
    case Locked: return tr("Lock");
    case Min: return tr("Min");
    case Max: return tr("Max");
    case ZeroPoint: return tr("Zero");
    case CosInt8: return tr("cos INT8");
    case CosMixed: return tr("cos mixed");
    case Delta: return tr("Δ cos");
    case Isolated: return tr("isolated");
    case Sqnr: return tr("SQNR");
    case Macs: return tr("MACs");
    case Cycles: return tr("Cycles");
    default: return columnTitle(section);
    }
}

QString LayerTableModel::text(int layer, int column, bool full) const {
    const jobs::LayerInfo& info = m_facts.layer(layer);
    if (const auto quantity = quantityOf(column)) {
        const auto value = m_facts.number(layer, *quantity);
        if (!value) {
            if (full) return {};
            const bool int8 = column == CosInt8 || column == Isolated || column == Sqnr;
            const bool waits = int8 || column == CosMixed || column == Delta;
            const auto stage = m_document->stage(int8 ? jobs::Stage::Quantise : jobs::Stage::Mixed);
            const auto* sample = m_facts.sample(layer, int8 ? Variant::Int8 : Variant::Mixed);
            const bool pending = waits && stage.state == document::StageState::Running &&
                                 (!sample || (!sample->compared && sample->reason.empty()));
            return pending ? QStringLiteral("…") : missingText();
        }
        if (full) return QString::number(*value, 'g', 17);
        switch (*quantity) {
        case Quantity::CosInt8:
        case Quantity::CosMixed:
        case Quantity::Isolated: return numberText(*value, 6);
        case Quantity::Delta: return (*value > 0 ? QStringLiteral("+") : QString()) + numberText(*value, 6);
        case Quantity::Sqnr: return numberText(*value, 1);
        case Quantity::Macs:
        case Quantity::Parameters: return *value > 0 ? amountText(*value) : missingText();
        case Quantity::Cycles:
        case Quantity::ZeroPoint: return numberText(*value, 0);
        case Quantity::Scale: return numberText(*value, 7);
        default: return numberText(*value, 4);
        }
    }
    switch (column) {
    case Number: return QString::number(info.index);
    case Name: return m_facts.name(layer);
    case Type: return m_facts.type(layer);
    case Shape: return visualizer::shapeText(info.shape);
    case Requested: return m_facts.requested(layer);
    case Actual: {
        const QString actual = m_facts.actual(layer);
        return !actual.isEmpty() || full ? actual : missingText();
    }
    case Reason: {
        const QString reason = m_facts.reason(layer);
        return !reason.isEmpty() || full ? reason : missingText();
    }
    case Locked: return m_facts.isLocked(layer) ? (full ? QStringLiteral("1") : tr("locked")) : QString();
    case Note: return m_facts.note(layer);
    default: return {};
    }
}

QString LayerTableModel::toolTip(int layer, int column) const {
    switch (column) {
    case Name: return m_facts.name(layer);
    case CosInt8:
    case CosMixed:
    case Delta:
    case Isolated: {
        const auto* sample = m_facts.sample(layer, column == CosMixed || column == Delta ? Variant::Mixed : Variant::Int8,
                                            column == Isolated);
        if (!sample) return {};
        if (!sample->compared)
            return sample->reason.empty() ? QString()
                                          : tr("Not compared: %1").arg(visualizer::fromStd(sample->reason));
        return tr("Mean over the pictures %1, worst picture %2")
            .arg(numberText(sample->cosine, 6), numberText(sample->cosineMin, 6));
    }
    case Requested:
        if (m_facts.isPending(layer)) return tr("Edited, not applied yet");
        return m_facts.requested(layer) == u"auto" ? tr("Automatic: the network's own precision") : QString();
    case Actual:
    case Reason: {
        const QString reason = m_facts.reason(layer);
        if (reason.isEmpty()) return {};
        const QString detail = visualizer::fromStd(m_facts.precision(layer)->reasonText);
        return detail.isEmpty() ? reason : reason + QLatin1Char('\n') + detail;
    }
    case Note: return m_facts.note(layer);
    default: return {};
    }
}

QVariant LayerTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_facts.count()) return {};
    const int layer = index.row(), column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(layer, column, false);
    case Qt::AccessibleTextRole: {
        const QString value = text(layer, column, false);
        return column == Locked && value.isEmpty() ? tr("not locked") : value;
    }
    case CopyRole: return text(layer, column, true);
    case LayerRole: return layer;
    case Qt::EditRole:
        if (column == Locked) return m_facts.isLocked(layer);
        return text(layer, column, true);
    case Qt::ToolTipRole: return toolTip(layer, column);
    case Qt::TextAlignmentRole: return headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
    case Qt::FontRole:
        return quantityOf(column) || column == Number || column == Shape ? theme::font(theme::TextRole::Mono)
                                                                         : theme::font(theme::TextRole::Body);
    case Qt::ForegroundRole:
        if (text(layer, column, false) == missingText()) return theme::color(theme::Token::TextDisabled);
        return theme::color(column == Number || column == Shape || column == Type || column == Reason
                                ? theme::Token::Text2
                                : theme::Token::Text);
    case SortRole: {
        if (column == Number) return layer;
        if (column == Locked) return m_facts.isLocked(layer) ? 0 : 1;
        if (const auto quantity = quantityOf(column)) {
            const auto value = m_facts.number(layer, *quantity);
            return value && !std::isnan(*value) ? QVariant(*value) : QVariant();
        }
        const QString value = text(layer, column, true);
        return value.isEmpty() ? QVariant() : QVariant(value);
    }
    default: return {};
    }
}

Qt::ItemFlags LayerTableModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.column() == Note) flags |= Qt::ItemIsEditable;
    return flags;
}

bool LayerTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole) return false;
    const QString name = m_facts.name(index.row());
    switch (index.column()) {
    case Note: {
        const std::string note = value.toString().toStdString();
        if (note == m_facts.choice(index.row()).note) return false;
        m_document->edit(tr("Note on %1").arg(name), [&](jobs::Project& project) {
            jobs::LayerChoice& choice = project.layers[name.toStdString()];
            choice.note = note;
            if (choice == jobs::LayerChoice{}) project.layers.erase(name.toStdString());
        });
        return true;
    }
    case Requested: {
        const QString wish = value.toString();
        m_document->setPrecision({name}, wish == u"auto" ? QString() : wish);
        return true;
    }
    case Locked: m_document->setLocked({name}, value.toBool()); return true;
    default: return false;
    }
}

// Filter -------------------------------------------------------------------------------------------

LayerFilterModel::LayerFilterModel(LayerTableModel* model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model) {
    setSortRole(LayerTableModel::SortRole);
    // Before the proxy hears of the change itself, so that ranks and paths are of the new values.
    const auto again = [this] {
        if (!m_filter.isLive()) return;
        std::optional<FilterError> error;
        LayerFilter next = LayerFilter::parse(m_expression, m_model->facts(), error);
        if (!error) m_filter = std::move(next);
    };
    connect(model, &QAbstractItemModel::dataChanged, this, again);
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, again);
    setSourceModel(model);
}

std::optional<FilterError> LayerFilterModel::setExpression(const QString& expression) {
    std::optional<FilterError> error;
    LayerFilter next = LayerFilter::parse(expression, m_model->facts(), error);
    if (error) return error;
    m_expression = expression;
    m_filter = std::move(next);
    invalidateFilter();
    return {};
}

QModelIndex LayerFilterModel::indexOf(int layer, int column) const {
    return mapFromSource(m_model->index(layer, column));
}

bool LayerFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
    return row < m_model->facts().count() && m_filter.matches(m_model->facts(), row);
}

bool LayerFilterModel::lessThan(const QModelIndex& a, const QModelIndex& b) const {
    const QVariant left = a.data(LayerTableModel::SortRole), right = b.data(LayerTableModel::SortRole);
    // Rows without a value stand last whichever way the column is sorted.
    if (left.isValid() != right.isValid()) return left.isValid() == (sortOrder() == Qt::AscendingOrder);
    if (left.isValid() && left.typeId() == QMetaType::QString) {
        const int order = QString::compare(left.toString(), right.toString(), Qt::CaseInsensitive);
        if (order != 0) return order < 0;
    } else if (left.isValid()) {
        const double x = left.toDouble(), y = right.toDouble();
        if (x != y) return x < y;
    }
    return sortOrder() == Qt::AscendingOrder ? a.row() < b.row() : a.row() > b.row();
}

} // namespace wb::models
