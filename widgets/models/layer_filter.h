// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar of the filter box (rule T-2): terms joined by blanks (and), alternatives by '|' (or), '-' in
// front of a term (not).
//
//   conv                    name or type contains it        type:Conv|Gemm   type is one of them
//   name:/model\.22/        regular expression              block:/model.8   block starts with it; head: the outputs'
//   cos<0.99 mixed>=0.999   INT8 and mixed cosine           iso, delta, sqnr, threshold, min, max, scale, macs,
//   cos<goal                the project's layer goal        params, time: numbers with < <= > >= = !=
//   prec:int8 actual:f16    actual precision                requested:f16 (or req:)   auto: automatic
//   actual!=requested       not honoured                    reason:R01       shape:80×80   note:"two words"
//   up:/m.24/Conv down:…    what leads to it, from it       worst:10         lowest cosine of the last run
//   locked edited pending   flags                           missing          not compared
#pragma once

#include "widgets/models/layer_facts.h"

#include <QRegularExpression>
#include <QSet>
#include <QString>
#include <QVector>
#include <optional>

namespace wb::models {

struct FilterError {
    int start = 0, length = 0; ///< of the term in the expression
    QString message;           ///< translated, one sentence
};

class LayerFilter {
    Q_DECLARE_TR_FUNCTIONS(wb::models::LayerFilter)
public:
    /// Reads an expression; terms that name layers or ranks are resolved against `facts` now.
    static LayerFilter parse(const QString& expression, const LayerFacts& facts,
                             std::optional<FilterError>& error);
    bool matches(const LayerFacts& facts, int layer) const;
    bool isEmpty() const { return m_terms.isEmpty(); }
    /// Depends on measured values, so it must be read again when they change.
    bool isLive() const { return m_live; }

private:
    enum class Kind { Text, Name, Type, Block, Shape, Note, Reason, Actual, Requested, Flag, Number, Set, NotHonoured };
    enum class Relation { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };
    struct Alternative {
        Kind kind = Kind::Text;
        QString text;              ///< lower case, or the flag's name
        bool isRegex = false;
        QRegularExpression regex;
        Quantity quantity = Quantity::CosInt8;
        Relation relation = Relation::Less;
        double number = 0;
        QSet<int> layers;
    };
    struct Term {
        bool negated = false;
        QVector<Alternative> alternatives;
    };

    static bool readAlternative(const QString& text, const LayerFacts& facts, QString& field, Alternative& out,
                                QString& problem);
    static bool readValue(const QString& field, QString value, const LayerFacts& facts, Alternative& out,
                          QString& problem);
    static bool test(const Alternative& alternative, const LayerFacts& facts, int layer);

    QVector<Term> m_terms;
    bool m_live = false;
};

/// The layer a user means: exact name, the name without what the exporter appended, or a unique tail.
int findLayer(const LayerFacts& facts, const QString& name);

} // namespace wb::models
