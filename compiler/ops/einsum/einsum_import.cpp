// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling of sums of products: ONNX Einsum-12, written as Permute, Reduce, MatMul and Reshape, operand by
// operand. Labels are letters; the axes of "..." are numbered from the right.
#include "compiler/ops/import_compose.h"

#include <algorithm>
#include <cctype>

namespace wb::ops {
namespace {

using Labels = std::vector<int>;

constexpr int kEllipsis = 256; ///< label of its last axis; one more for each before

struct Term {
    Labels labels;
    ir::ValueId value = ir::kNoValue;
};

bool holds(const Labels& labels, int label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

/// Labels of one term; `rank` tells how many axes "..." stands for (-1: `hidden` of them).
std::optional<Labels> readLabels(const std::string& text, int64_t rank, int64_t& hidden) {
    const size_t dots = text.find("...");
    const auto letters = static_cast<int64_t>(text.size()) - (dots == std::string::npos ? 0 : 3);
    if (rank >= 0) {
        hidden = dots == std::string::npos ? 0 : rank - letters;
        if (hidden < 0 || letters + hidden != rank) return {};
    }
    Labels labels;
    for (size_t i = 0; i < text.size(); ++i) {
        if (i == dots) {
            for (int64_t k = hidden; k-- > 0;)
                labels.push_back(kEllipsis + static_cast<int>(k));
            i += 2;
        } else if (std::isalpha(static_cast<unsigned char>(text[i])) != 0) {
            labels.push_back(static_cast<unsigned char>(text[i]));
        } else {
            return {};
        }
    }
    return labels;
}

/// Axes in the order of `wanted`, which holds the same labels.
void arrange(Composer& c, Term& term, const Labels& wanted) {
    if (term.labels == wanted) return;
    std::vector<int64_t> order;
    for (int label : wanted)
        order.push_back(std::find(term.labels.begin(), term.labels.end(), label) - term.labels.begin());
    term.value = c.permute(term.value, order);
    term.labels = wanted;
}

/// A label that stands twice means the diagonal: of [n,n] flattened, every (n+1)th.
void takeDiagonals(Composer& c, Term& term) {
    for (size_t i = 0; i < term.labels.size(); ++i) {
        const auto second = std::find(term.labels.begin() + static_cast<ptrdiff_t>(i) + 1, term.labels.end(), term.labels[i]);
        if (second == term.labels.end()) continue;
        const auto j = static_cast<size_t>(second - term.labels.begin());
        const int label = term.labels[i];
        std::vector<int64_t> order;
        Labels rest;
        for (size_t d = 0; d < term.labels.size(); ++d)
            if (d != i && d != j) {
                order.push_back(static_cast<int64_t>(d));
                rest.push_back(term.labels[d]);
            }
        order.push_back(static_cast<int64_t>(i));
        order.push_back(static_cast<int64_t>(j));
        ir::ValueId turned = c.permute(term.value, order);
        ir::Shape shape = c.shape(turned);
        if (c.failed()) return;
        const int64_t n = shape.back();
        shape.pop_back();
        shape.back() *= n;
        turned = c.reshape(turned, shape);
        term.value = c.slice(turned, shape.size() - 1, 0, shape.back(), n + 1);
        term.labels = rest;
        term.labels.push_back(label);
        i = static_cast<size_t>(-1); // from the start again: a label may stand three times
    }
}

void sumOut(Composer& c, Term& term, const Labels& needed) {
    std::vector<int64_t> axes;
    Labels kept;
    for (size_t d = 0; d < term.labels.size(); ++d)
        if (holds(needed, term.labels[d])) kept.push_back(term.labels[d]);
        else axes.push_back(static_cast<int64_t>(d));
    if (axes.empty()) return;
    term.value = c.reduce("ReduceSum", term.value, axes, false);
    term.labels = kept;
}

Term multiply(Composer& c, Term a, Term b, const Labels& needed) {
    Labels batch, sum, left, right;
    for (int label : a.labels)
        (!holds(b.labels, label) ? left : holds(needed, label) ? batch : sum).push_back(label);
    for (int label : b.labels)
        if (!holds(a.labels, label)) right.push_back(label);
    const auto joined = [](Labels x, const Labels& y, const Labels& z) {
        x.insert(x.end(), y.begin(), y.end());
        x.insert(x.end(), z.begin(), z.end());
        return x;
    };
    arrange(c, a, joined(batch, left, sum));
    arrange(c, b, joined(batch, sum, right));
    const ir::Shape as = c.shape(a.value), bs = c.shape(b.value);
    if (c.failed()) return {};
    const auto size = [](const ir::Shape& s, size_t from, size_t count) {
        int64_t n = 1;
        for (size_t d = from; d < from + count; ++d)
            n *= s[d];
        return n;
    };
    const size_t nb = batch.size();
    ir::Shape matrixA(as.begin(), as.begin() + static_cast<ptrdiff_t>(nb)), matrixB(bs.begin(), bs.begin() + static_cast<ptrdiff_t>(nb));
    matrixA.insert(matrixA.end(), {size(as, nb, left.size()), size(as, nb + left.size(), sum.size())});
    matrixB.insert(matrixB.end(), {size(bs, nb, sum.size()), size(bs, nb + sum.size(), right.size())});
    Term result;
    result.value = c.matmul(c.reshape(a.value, matrixA), c.reshape(b.value, matrixB));
    ir::Shape out;
    for (size_t d = 0; d < nb; ++d)
        out.push_back(std::max(as[d], bs[d]));
    out.insert(out.end(), as.begin() + static_cast<ptrdiff_t>(nb), as.begin() + static_cast<ptrdiff_t>(nb + left.size()));
    out.insert(out.end(), bs.end() - static_cast<ptrdiff_t>(right.size()), bs.end());
    result.value = c.reshape(result.value, out);
    result.labels = joined(batch, left, right);
    return result;
}

Status importEinsum(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    std::string equation = node.string("equation", "");
    std::erase(equation, ' ');
    const auto bad = [&] { return attributeError(node, "equation '" + equation.substr(0, 200) + "'"); };
    const size_t arrow = equation.find("->");
    std::vector<std::string> texts{""};
    for (char letter : equation.substr(0, arrow))
        if (letter == ',') texts.emplace_back();
        else texts.back() += letter;
    if (texts.size() != node.inputs.size() || equation.size() > 1000) return bad();
    Composer c(node, builder);
    std::vector<Term> terms;
    int64_t hidden = 0;
    for (size_t i = 0; i < texts.size(); ++i) {
        Term term{{}, c.input(i)};
        int64_t own = 0;
        const auto labels = readLabels(texts[i], static_cast<int64_t>(c.shape(term.value).size()), own);
        if (c.failed()) return c.done(ir::kNoValue);
        if (!labels) return bad();
        hidden = std::max(hidden, own);
        term.labels = *labels;
        terms.push_back(std::move(term));
    }
    Labels output;
    if (arrow != std::string::npos) {
        const auto labels = readLabels(equation.substr(arrow + 2), -1, hidden);
        if (!labels) return bad();
        output = *labels;
    } else { // the ellipsis, then the labels that stand once, by the alphabet
        for (int64_t k = hidden; k-- > 0;)
            output.push_back(kEllipsis + static_cast<int>(k));
        for (int label = 0; label < kEllipsis; ++label) {
            int64_t count = 0;
            for (const Term& term : terms)
                count += std::count(term.labels.begin(), term.labels.end(), label);
            if (count == 1) output.push_back(label);
        }
    }
    for (Term& term : terms)
        takeDiagonals(c, term);
    Term result = terms.front();
    for (size_t i = 0; i < terms.size(); ++i) {
        Labels needed = output;
        for (size_t k = i + 1; k < terms.size(); ++k)
            needed.insert(needed.end(), terms[k].labels.begin(), terms[k].labels.end());
        if (i > 0) {
            Labels outside = needed;
            outside.insert(outside.end(), result.labels.begin(), result.labels.end());
            sumOut(c, terms[i], outside);
            result = multiply(c, result, terms[i], needed);
        }
        sumOut(c, result, needed);
    }
    for (int label : output)
        if (std::count(output.begin(), output.end(), label) != 1 || !holds(result.labels, label)) return bad();
    if (result.labels.size() != output.size() && !c.failed()) return bad();
    arrange(c, result, output);
    return c.done(result.value);
}

} // namespace

void import_einsum(ImportTable& table);
void import_einsum(ImportTable& table) { table.add(Framework::Onnx, "Einsum", importEinsum); }

} // namespace wb::ops
