// SPDX-License-Identifier: GPL-3.0-or-later
// Everything known of one layer, read from the document: what was wished, what was done, what was measured.
// The table, its filter and the inspector ask here, so that they cannot disagree. GUI thread.
#pragma once

#include "widgets/document/document.h"

#include <QCoreApplication>
#include <QString>
#include <optional>

namespace wb::models {

enum class Quantity {
    CosInt8, CosMixed, Delta, Isolated, Sqnr, Threshold, Min, Max, Scale, ZeroPoint, Macs, Parameters, Time, Cycles,
};

class LayerFacts {
    Q_DECLARE_TR_FUNCTIONS(wb::models::LayerFacts)
public:
    explicit LayerFacts(const document::Document* document) : m_document(document) {}

    const document::Document* document() const { return m_document; }
    int count() const;
    const jobs::LayerInfo& layer(int index) const;
    QString name(int index) const;
    QString type(int index) const;
    QString block(int index) const;

    jobs::LayerChoice choice(int index) const;
    QString requested(int index) const;  ///< "auto", "INT8", "F16", …
    bool isLocked(int index) const { return choice(index).locked; }
    QString note(int index) const;

    /// Of the mixed run when there is one, else of the INT8 run; null before both.
    const jobs::LayerPrecision* precision(int index) const;
    const jobs::LayerPrecision* precision(int index, jobs::Variant variant) const;
    QString actual(int index) const;     ///< "" when unknown or when the layer vanished
    /// The wish was changed after the run that the results are of.
    bool isPending(int index) const;
    bool isEdited(int index) const;      ///< has a precision, a lock or a note of the user's
    /// A precision was asked for and the finished run used another.
    bool isNotHonoured(int index) const;
    QString reasonCode(int index) const; ///< "" or "R01"…"R07"
    QString reason(int index) const;     ///< in the language shown, with the code in front

    /// Null when nothing is known; `compared` says whether the numbers hold.
    const jobs::LayerSample* sample(int index, jobs::Variant variant, bool isolated = false) const;
    std::optional<double> cosine(int index, jobs::Variant variant, bool isolated = false) const;
    std::optional<double> number(int index, Quantity quantity) const;
    /// 1 = worst of those compared; 0 when it was not.
    int rank(int index, jobs::Variant variant) const;
    int compared(jobs::Variant variant) const;

private:
    const document::Document* m_document;
};

/// Words for R01…R07 without the detail.
QString reasonName(const QString& code);
/// Why a chip cannot compute in a precision, or "" when it can (rule 3.4).
QString unavailableReason(const QString& chip, const QString& precision);
/// "BM1684X"
QString chipName(const std::string& chip);

/// What the table as edited will cost (rule T-6): arithmetic on shapes, no measurement.
struct Estimate {
    int changed = 0;                     ///< layers edited since the last run
    int floats = 0;                      ///< layers that will be float
    QString floatType;                   ///< the precision of all of them, "" when mixed
    double floatMacShare = 0;            ///< 0…1 of all multiply-accumulates
    double weightBytes = 0;
};
Estimate estimate(const LayerFacts& facts);
QString estimateText(const Estimate& estimate);

/// Layers reachable against or with the arrows, the layer included; in topological order.
QVector<int> upstream(const jobs::NetworkSnapshot& network, int layer);
QVector<int> downstream(const jobs::NetworkSnapshot& network, int layer);
/// All layers on a path between the two, both included; empty when neither leads to the other.
QVector<int> pathBetween(const jobs::NetworkSnapshot& network, int a, int b);

} // namespace wb::models
