// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/layer_table/table_edits.h"

#include <QHeaderView>
#include <QMenu>
#include <QRegularExpression>

namespace wb::panels {

namespace {

/// "f16", "I8", "auto", "" → the project's spelling; nothing when it is no precision.
std::optional<QString> precisionWord(const QString& text) {
    const QString word = text.trimmed().toUpper();
    if (word == u"AUTO" || word == u"AUTOMATIC" || word == u"0") return QString();
    if (word == u"INT8" || word == u"I8") return QStringLiteral("INT8");
    if (word == u"BF16" || word == u"B16") return QStringLiteral("BF16");
    if (word == u"F16" || word == u"F32") return word;
    return {};
}

template <class Key> QVector<int> sameAs(const models::LayerFacts& facts, const QVector<int>& layers, Key key) {
    QSet<QString> wanted;
    for (int layer : layers) wanted.insert(key(layer));
    QVector<int> list;
    for (int i = 0; i < facts.count(); ++i)
        if (wanted.contains(key(i))) list << i;
    return list;
}

} // namespace

QStringList layerNames(const models::LayerFacts& facts, const QVector<int>& layers) {
    QStringList names;
    for (int layer : layers)
        if (layer >= 0 && layer < facts.count()) names << facts.name(layer);
    return names;
}

void addPrecisionActions(QMenu* menu, document::Document* document, const QStringList& layers) {
    menu->setToolTipsVisible(true);
    const QString chip = QString::fromStdString(document->project().target.chip);
    const std::pair<QString, QString> entries[] = {{QString(), QStringLiteral("0")},
                                                   {QStringLiteral("INT8"), QStringLiteral("1")},
                                                   {QStringLiteral("F16"), QStringLiteral("2")},
                                                   {QStringLiteral("BF16"), QStringLiteral("3")},
                                                   {QStringLiteral("F32"), QStringLiteral("4")}};
    for (const auto& [precision, key] : entries) {
        const QString title = precision.isEmpty() ? models::LayerTableModel::tr("Automatic") : precision;
        QAction* action = menu->addAction(title + QLatin1Char('\t') + key);
        action->setObjectName(QStringLiteral("precision%1").arg(precision.isEmpty() ? QStringLiteral("Auto") : precision));
        const QString reason = models::unavailableReason(chip, precision);
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason);
        QObject::connect(action, &QAction::triggered, document,
                         [document, layers, wanted = precision] { document->setPrecision(layers, wanted); });
    }
}

void fillDown(document::Document* document, const QVector<int>& layers) {
    if (layers.size() < 2) return;
    const models::LayerFacts facts(document);
    const QString first = facts.requested(layers.front());
    document->setPrecision(layerNames(facts, layers.mid(1)), first == u"auto" ? QString() : first);
}

int pastePrecisions(document::Document* document, const QString& text, const QVector<int>& layers) {
    const models::LayerFacts facts(document);
    const QStringList lines = text.split(QRegularExpression(QStringLiteral("[\r\n]+")), Qt::SkipEmptyParts);
    std::map<std::string, std::string> wishes;
    qsizetype next = 0;
    for (const QString& line : lines) {
        const QStringList cells = line.split(QRegularExpression(QStringLiteral("[\t ,;]+")), Qt::SkipEmptyParts);
        if (cells.isEmpty()) continue;
        const auto precision = precisionWord(cells.back());
        if (cells.size() == 1) {
            if (!precision) return -1;
            // One word for many rows is meant for all of them.
            const bool all = lines.size() == 1;
            for (; next < layers.size(); ++next) {
                wishes[facts.layer(layers[next]).name] = precision->toStdString();
                if (!all) {
                    ++next;
                    break;
                }
            }
            continue;
        }
        const int layer = document->layerIndex(cells.front());
        if (precision && layer >= 0) wishes[cells.front().toStdString()] = precision->toStdString();
    }
    if (wishes.empty()) return -1;
    document->edit(models::LayerTableModel::tr("Paste precisions of %n layers", nullptr, static_cast<int>(wishes.size())),
                   [&](jobs::Project& project) {
                       for (const auto& [name, precision] : wishes) {
                           jobs::LayerChoice& choice = project.layers[name];
                           choice.precision = precision;
                           if (choice == jobs::LayerChoice{}) project.layers.erase(name);
                       }
                   });
    return static_cast<int>(wishes.size());
}

QString tsv(const QAbstractItemModel& model, const QHeaderView& header, const QList<int>& rows, bool withHeader,
            QChar separator) {
    QList<int> columns;
    for (int visual = 0; visual < header.count(); ++visual)
        if (!header.isSectionHidden(header.logicalIndex(visual))) columns << header.logicalIndex(visual);
    const auto cell = [separator](QString text) {
        if (separator == u'\t') return text.replace(u'\t', u' ').replace(u'\n', u' ');
        if (text.contains(separator) || text.contains(u'"') || text.contains(u'\n'))
            return QLatin1Char('"') + text.replace(u'"', QLatin1String("\"\"")) + QLatin1Char('"');
        return text;
    };
    QString out;
    if (withHeader) {
        QStringList titles;
        for (int column : columns) titles << cell(model.headerData(column, Qt::Horizontal).toString());
        out += titles.join(separator) + QLatin1Char('\n');
    }
    for (int row : rows) {
        QStringList values;
        for (int column : columns)
            values << cell(model.index(row, column).data(models::LayerTableModel::CopyRole).toString());
        out += values.join(separator) + QLatin1Char('\n');
    }
    return out;
}

QVector<int> sameType(const models::LayerFacts& facts, const QVector<int>& layers) {
    return sameAs(facts, layers, [&](int i) { return facts.type(i); });
}

QVector<int> sameBlock(const models::LayerFacts& facts, const QVector<int>& layers) {
    return sameAs(facts, layers, [&](int i) { return facts.block(i); });
}

} // namespace wb::panels
