// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/fuzzy.h"

#include <QStringList>

namespace wb::workbench {
namespace {

// A word that stands there as typed beats any scattering of its letters: kWhole is more than those can collect.
constexpr int kContiguous = 8, kWordStart = 10, kWhole = 2000, kLetter = 1;

bool startsWord(const QString& text, qsizetype i) {
    if (i == 0) return true;
    const QChar before = text[i - 1];
    return !before.isLetterOrNumber() || (before.isLower() && text[i].isUpper());
}

int wordScore(const QString& word, const QString& text) {
    const qsizetype whole = text.indexOf(word, 0, Qt::CaseInsensitive);
    if (whole >= 0) return kWhole + static_cast<int>(word.size()) * kContiguous + (startsWord(text, whole) ? kWordStart : 0);
    int score = 0;
    qsizetype at = 0, last = -2;
    for (const QChar letter : word) {
        while (at < text.size() && text[at].toCaseFolded() != letter.toCaseFolded()) ++at;
        if (at == text.size()) return -1;
        score += kLetter + (at == last + 1 ? kContiguous : 0) + (startsWord(text, at) ? kWordStart : 0);
        last = at++;
    }
    return score;
}

} // namespace

int fuzzyScore(const QString& pattern, const QString& text) {
    int sum = 0;
    for (const QString& word : pattern.split(u' ', Qt::SkipEmptyParts)) {
        const int score = wordScore(word, text);
        if (score < 0) return -1;
        sum += score;
    }
    // Of two names that fit alike the shorter is meant.
    return sum * 16 + qMax(0, 15 - static_cast<int>(text.size()) / 8);
}

} // namespace wb::workbench
