// SPDX-License-Identifier: GPL-3.0-or-later
// What keys, menus and the clipboard do to the layer table's rows (rules T-3, T-8, T-9). Each function is
// one undo step at most.
#pragma once

#include "widgets/models/layer_table_model.h"

#include <QString>
#include <QVector>

class QHeaderView;
class QMenu;

namespace wb::panels {

QStringList layerNames(const models::LayerFacts& facts, const QVector<int>& layers);

/// "Precision" entries with keys; those that the chip lacks are greyed and say why.
void addPrecisionActions(QMenu* menu, document::Document* document, const QStringList& layers);

/// Precision of the first layer to all others.
void fillDown(document::Document* document, const QVector<int>& layers);
/// Lines of "precision", given to `layers` in order, or of "name<tab>precision". How many were set; −1 when
/// the text is none of both.
int pastePrecisions(document::Document* document, const QString& text, const QVector<int>& layers);

/// Rows of the view in its order, visible columns in visual order, tab separated, full digits.
QString tsv(const QAbstractItemModel& model, const QHeaderView& header, const QList<int>& rows, bool withHeader,
            QChar separator = u'\t');

/// Layers of the same type or block as any of these.
QVector<int> sameType(const models::LayerFacts& facts, const QVector<int>& layers);
QVector<int> sameBlock(const models::LayerFacts& facts, const QVector<int>& layers);

} // namespace wb::panels
