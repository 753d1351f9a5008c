// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/layer_filter.h"

#include "visualizer/common/layer_text.h"

#include <QHash>
#include <algorithm>

namespace wb::models {
namespace {

const QHash<QString, Quantity>& quantities() {
    static const QHash<QString, Quantity> map{
        {QStringLiteral("cos"), Quantity::CosInt8},       {QStringLiteral("int8"), Quantity::CosInt8},
        {QStringLiteral("mixed"), Quantity::CosMixed},    {QStringLiteral("delta"), Quantity::Delta},
        {QStringLiteral("iso"), Quantity::Isolated},      {QStringLiteral("sqnr"), Quantity::Sqnr},
        {QStringLiteral("threshold"), Quantity::Threshold}, {QStringLiteral("min"), Quantity::Min},
        {QStringLiteral("max"), Quantity::Max},           {QStringLiteral("scale"), Quantity::Scale},
        {QStringLiteral("macs"), Quantity::Macs},         {QStringLiteral("params"), Quantity::Parameters},
        {QStringLiteral("time"), Quantity::Time},         {QStringLiteral("cycles"), Quantity::Cycles}};
    return map;
}

const QStringList& flags() {
    static const QStringList list{QStringLiteral("locked"), QStringLiteral("edited"), QStringLiteral("pending"),
                                  QStringLiteral("missing"), QStringLiteral("output"), QStringLiteral("input")};
    return list;
}

struct Piece {
    int start = 0;
    QString text;
};

/// A regular expression starts right after ':' (or alone) and ends with '/' before '|' or the end.
qsizetype regexEnd(const QString& text, qsizetype from, qsizetype limit) {
    for (qsizetype i = limit - 1; i > from + 1; --i)
        if (text[i] == u'/' && (i + 1 == limit || text[i + 1] == u'|')) return i;
    return -1;
}

/// Splits at blanks outside quotes.
QVector<Piece> termsOf(const QString& text) {
    QVector<Piece> list;
    qsizetype i = 0;
    while (i < text.size()) {
        while (i < text.size() && text[i].isSpace()) ++i;
        const qsizetype start = i;
        bool quoted = false;
        while (i < text.size() && (quoted || !text[i].isSpace())) {
            if (text[i] == u'"') quoted = !quoted;
            ++i;
        }
        if (i > start) list << Piece{static_cast<int>(start), text.mid(start, i - start)};
    }
    return list;
}

/// Splits a term at '|' outside quotes and regular expressions.
QStringList alternativesOf(const QString& text) {
    QStringList list;
    QString current;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool mayStart = i == 0 || text[i - 1] == u':' || text[i - 1] == u'|';
        if (!quoted && text[i] == u'/' && mayStart) {
            // The shortest end that is followed by '|' would break alternatives inside; take the whole
            // when the term ends with '/', else no expression.
            const qsizetype end = regexEnd(text, i, text.size());
            if (end == text.size() - 1) {
                current += text.mid(i, end - i + 1);
                i = end;
                continue;
            }
        }
        if (text[i] == u'"') quoted = !quoted;
        if (text[i] == u'|' && !quoted) {
            list << current;
            current.clear();
        } else {
            current += text[i];
        }
    }
    list << current;
    return list;
}

QString unquoted(QString value) {
    if (value.size() >= 2 && value.startsWith(u'"') && value.endsWith(u'"')) return value.mid(1, value.size() - 2);
    return value;
}

QString topBlock(const QString& block) {
    const QStringList parts = block.split(u'/', Qt::SkipEmptyParts);
    return parts.isEmpty() ? QString() : QLatin1Char('/') + parts.front();
}

} // namespace

int findLayer(const LayerFacts& facts, const QString& name) {
    const int exact = facts.document()->layerIndex(name);
    if (exact >= 0 || name.isEmpty()) return exact;
    int found = -1;
    for (int i = 0; i < facts.count(); ++i) {
        const QString own = facts.name(i), plain = visualizer::plainName(own);
        if (plain == name) return i;
        if (plain.endsWith(name, Qt::CaseInsensitive) || own.endsWith(name, Qt::CaseInsensitive))
            found = found == -1 ? i : -2;
    }
    return found >= 0 ? found : -1;
}

bool LayerFilter::readValue(const QString& field, QString value, const LayerFacts& facts, Alternative& out,
                            QString& problem) {
    static const QHash<QString, Kind> kinds{
        {QStringLiteral("name"), Kind::Name},     {QStringLiteral("type"), Kind::Type},
        {QStringLiteral("block"), Kind::Block},   {QStringLiteral("shape"), Kind::Shape},
        {QStringLiteral("note"), Kind::Note},     {QStringLiteral("reason"), Kind::Reason},
        {QStringLiteral("prec"), Kind::Actual},   {QStringLiteral("actual"), Kind::Actual},
        {QStringLiteral("act"), Kind::Actual},    {QStringLiteral("requested"), Kind::Requested},
        {QStringLiteral("req"), Kind::Requested}, {QString(), Kind::Text}};
    value = unquoted(value);
    if (value.isEmpty()) {
        problem = tr("Nothing follows “%1:”.").arg(field);
        return false;
    }
    if (field == u"up" || field == u"down") {
        const int layer = findLayer(facts, value);
        if (layer < 0) {
            problem = tr("No layer, or more than one, is called “%1”.").arg(value);
            return false;
        }
        const auto& network = facts.document()->network();
        const QVector<int> list = field == u"up" ? upstream(network, layer) : downstream(network, layer);
        out.kind = Kind::Set;
        out.layers = QSet<int>(list.begin(), list.end());
        return true;
    }
    if (field == u"worst") {
        bool ok = false;
        const int wanted = value.toInt(&ok);
        if (!ok || wanted < 1) {
            problem = tr("“worst:” wants a number of layers, for example worst:10.");
            return false;
        }
        const bool mixed = facts.compared(jobs::Variant::Mixed) > 0;
        QVector<std::pair<double, int>> ranked;
        for (int i = 0; i < facts.count(); ++i)
            if (const auto cosine = facts.cosine(i, mixed ? jobs::Variant::Mixed : jobs::Variant::Int8))
                ranked << std::pair{*cosine, i};
        std::sort(ranked.begin(), ranked.end());
        out.kind = Kind::Set;
        for (qsizetype i = 0; i < ranked.size() && i < wanted; ++i) out.layers.insert(ranked[i].second);
        return true;
    }
    if (field == u"block" && value.toLower() == u"head") {
        QSet<QString> heads;
        for (int i = 0; i < facts.count(); ++i)
            if (facts.layer(i).isOutput) heads.insert(topBlock(facts.block(i)));
        out.kind = Kind::Set;
        for (int i = 0; i < facts.count(); ++i)
            if (facts.layer(i).isOutput || (!facts.block(i).isEmpty() && heads.contains(topBlock(facts.block(i)))))
                out.layers.insert(i);
        return true;
    }
    const auto kind = kinds.find(field);
    if (kind == kinds.end()) {
        problem = tr("“%1” is not a field. Fields: name, type, block, cos, mixed, iso, prec, requested, note, up, down.")
                      .arg(field);
        return false;
    }
    out.kind = *kind;
    if (value.size() > 2 && value.startsWith(u'/') && value.endsWith(u'/')) {
        out.isRegex = true;
        out.regex = QRegularExpression(value.mid(1, value.size() - 2), QRegularExpression::CaseInsensitiveOption);
        if (!out.regex.isValid()) {
            problem = tr("The regular expression is not valid: %1.").arg(out.regex.errorString());
            return false;
        }
    }
    out.text = value.toLower();
    if (out.kind == Kind::Shape) out.text.replace(u'x', QChar(0x00D7));
    return true;
}

bool LayerFilter::readAlternative(const QString& text, const LayerFacts& facts, QString& field, Alternative& out,
                                  QString& problem) {
    if (text.isEmpty()) {
        problem = tr("Something is missing beside “|”.");
        return false;
    }
    static const QRegularExpression compare(QStringLiteral("^([a-z0-9]+)(<=|>=|!=|<|>|=)(.*)$"),
                                            QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression named(QStringLiteral("^([A-Za-z]+):(.*)$"));
    if (const auto m = named.match(text); m.hasMatch()) {
        field = m.captured(1).toLower();
        return readValue(field, m.captured(2), facts, out, problem);
    }
    if (const auto m = compare.match(text); m.hasMatch()) {
        const QString left = m.captured(1).toLower(), sign = m.captured(2), right = m.captured(3).toLower();
        const auto quantity = quantities().find(left);
        const auto side = [](const QString& word) {
            return word == u"actual" || word == u"act" ? 1 : word == u"requested" || word == u"req" ? 2 : 0;
        };
        if (side(left) && side(right) && side(left) != side(right) && sign == u"!=") {
            out.kind = Kind::NotHonoured;
            return true;
        }
        if (quantity == quantities().end()) {
            problem = tr("“%1” has no number to compare. Numbers: cos, mixed, delta, iso, sqnr, threshold, min, max, "
                         "scale, macs, params, time.").arg(m.captured(1));
            return false;
        }
        QString digits = right;
        double factor = 1;
        if (digits.endsWith(u'k')) factor = 1e3;
        else if (digits.endsWith(u'm')) factor = 1e6;
        else if (digits.endsWith(u'g')) factor = 1e9;
        if (factor > 1) digits.chop(1);
        bool ok = false;
        out.number = digits.toDouble(&ok) * factor;
        if (digits == u"goal") {
            const auto& goals = facts.document()->project().goals;
            const auto goal = goals.find("layer");
            out.number = goal == goals.end() ? 0.99 : goal->second;
            ok = true;
        }
        if (!ok) {
            problem = right.isEmpty() ? tr("A number must follow “%1”.").arg(m.captured(1) + sign)
                                      : tr("“%1” is not a number.").arg(m.captured(3));
            return false;
        }
        out.kind = Kind::Number;
        out.quantity = *quantity;
        out.relation = sign == u"<"    ? Relation::Less
                       : sign == u"<=" ? Relation::LessEqual
                       : sign == u">"  ? Relation::Greater
                       : sign == u">=" ? Relation::GreaterEqual
                       : sign == u"="  ? Relation::Equal
                                       : Relation::NotEqual;
        return true;
    }
    if (field.isEmpty() && flags().contains(text.toLower())) {
        out.kind = Kind::Flag;
        out.text = text.toLower();
        return true;
    }
    // "type:Conv|Gemm": what follows belongs to the field before it.
    return readValue(field, text, facts, out, problem);
}

LayerFilter LayerFilter::parse(const QString& expression, const LayerFacts& facts,
                               std::optional<FilterError>& error) {
    LayerFilter filter;
    error.reset();
    for (const Piece& piece : termsOf(expression)) {
        QString problem;
        Term term;
        QString body = piece.text;
        if (body.startsWith(u'-')) {
            term.negated = true;
            body.remove(0, 1);
        }
        if (body.isEmpty()) problem = tr("A term must follow “-”.");
        if (body.count(u'"') % 2 != 0) problem = tr("A quotation mark is not closed.");
        QString field;
        if (problem.isEmpty())
            for (const QString& text : alternativesOf(body)) {
                Alternative alternative;
                if (!readAlternative(text, facts, field, alternative, problem)) break;
                filter.m_live = filter.m_live || alternative.kind == Kind::Number || alternative.kind == Kind::Set ||
                                alternative.kind == Kind::Actual || alternative.kind == Kind::NotHonoured ||
                                alternative.kind == Kind::Reason || alternative.kind == Kind::Flag;
                term.alternatives << alternative;
            }
        if (!problem.isEmpty()) {
            error = FilterError{piece.start, static_cast<int>(piece.text.size()), problem};
            return {};
        }
        filter.m_terms << term;
    }
    return filter;
}

bool LayerFilter::test(const Alternative& a, const LayerFacts& facts, int layer) {
    const auto contains = [&](const QString& text) {
        return a.isRegex ? a.regex.match(text).hasMatch() : text.contains(a.text, Qt::CaseInsensitive);
    };
    const auto equals = [&](const QString& text) {
        return a.isRegex ? a.regex.match(text).hasMatch() : text.compare(a.text, Qt::CaseInsensitive) == 0;
    };
    switch (a.kind) {
    case Kind::Text: return contains(facts.name(layer)) || contains(facts.type(layer));
    case Kind::Name: return contains(facts.name(layer));
    case Kind::Type: return equals(facts.type(layer));
    case Kind::Block: {
        const QString block = facts.block(layer);
        if (a.isRegex) return contains(block);
        const QString wanted = a.text.startsWith(u'/') ? a.text : QLatin1Char('/') + a.text;
        const QString own = (block.startsWith(u'/') ? block : QLatin1Char('/') + block).toLower();
        return own == wanted || own.startsWith(wanted + QLatin1Char('/')) ||
               (!a.text.contains(u'/') && own.contains(QLatin1Char('/') + a.text + QLatin1Char('/')));
    }
    case Kind::Shape: return contains(visualizer::shapeText(facts.layer(layer).shape));
    case Kind::Note: return contains(facts.note(layer));
    case Kind::Reason: return equals(facts.reasonCode(layer)) || contains(facts.reason(layer));
    case Kind::Actual: {
        const QString actual = facts.actual(layer);
        return equals(actual) || equals(visualizer::shortPrecision(actual));
    }
    case Kind::Requested: return equals(facts.requested(layer)) || equals(visualizer::shortPrecision(facts.requested(layer)));
    case Kind::Flag:
        if (a.text == u"locked") return facts.isLocked(layer);
        if (a.text == u"edited") return facts.isEdited(layer);
        if (a.text == u"pending") return facts.isPending(layer);
        if (a.text == u"output") return facts.layer(layer).isOutput;
        if (a.text == u"input") return facts.layer(layer).isInput;
        return !facts.cosine(layer, jobs::Variant::Int8);
    case Kind::Set: return a.layers.contains(layer);
    case Kind::NotHonoured: return facts.isNotHonoured(layer);
    case Kind::Number: {
        const auto value = facts.number(layer, a.quantity);
        if (!value) return false;
        switch (a.relation) {
        case Relation::Less: return *value < a.number;
        case Relation::LessEqual: return *value <= a.number;
        case Relation::Greater: return *value > a.number;
        case Relation::GreaterEqual: return *value >= a.number;
        case Relation::Equal: return *value == a.number;
        case Relation::NotEqual: return *value != a.number;
        }
    }
    }
    return false;
}

bool LayerFilter::matches(const LayerFacts& facts, int layer) const {
    for (const Term& term : m_terms) {
        const bool hit = std::any_of(term.alternatives.begin(), term.alternatives.end(),
                                     [&](const Alternative& a) { return test(a, facts, layer); });
        if (hit == term.negated) return false;
    }
    return true;
}

} // namespace wb::models
