// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/name_match.h"

#include "visualizer/common/layer_text.h"

#include <QHash>
#include <QSet>

namespace wb::models {
namespace {

/// What two exporters' names of one layer share: the parts without suffix, in one writing.
QString canonical(const QString& name) {
    QString text = visualizer::plainName(name).toLower();
    for (QChar& c : text)
        if (c == u'/' || c == u'.' || c == u'_' || c == u':') c = u'/';
    while (text.startsWith(u'/')) text.remove(0, 1);
    return text;
}

bool isTail(const QString& longer, const QString& shorter) {
    return longer.size() > shorter.size() && longer.endsWith(QLatin1Char('/') + shorter);
}

} // namespace

QVector<NameMatch> matchNames(const QStringList& theirs, const QStringList& ours) {
    QVector<NameMatch> result;
    QVector<int> partner; // index into ours, −1 when free
    QHash<QString, int> known;
    for (int i = 0; i < ours.size(); ++i) known.insert(ours[i], i);
    QSet<int> taken;
    for (const QString& name : theirs) {
        const int at = known.value(name, -1);
        const bool free = at >= 0 && !taken.contains(at);
        result << NameMatch{name, free ? name : QString(), free ? MatchKind::Exact : MatchKind::None};
        partner << (free ? at : -1);
        if (free) taken.insert(at);
    }

    QStringList ownForms;
    for (const QString& name : ours) ownForms << canonical(name);
    for (int i = 0; i < result.size(); ++i) {
        if (partner[i] >= 0) continue;
        const QString form = canonical(theirs[i]);
        int found = -1;
        for (int k = 0; k < ours.size() && found > -2; ++k) {
            if (taken.contains(k)) continue;
            if (ownForms[k] == form || isTail(ownForms[k], form) || isTail(form, ownForms[k]))
                found = found == -1 ? k : -2;
        }
        if (found < 0) continue;
        partner[i] = found;
        taken.insert(found);
        result[i].ours = ours[found];
        result[i].kind = MatchKind::Suffix;
    }

    for (int i = 0; i < result.size();) {
        if (partner[i] >= 0) {
            ++i;
            continue;
        }
        int end = i;
        while (end < result.size() && partner[end] < 0) ++end;
        const int before = i > 0 ? partner[i - 1] : -1;
        const int after = end < result.size() ? partner[end] : static_cast<int>(ours.size());
        // Only a gap of the same size on both sides says which is which, and only between known ends.
        const bool anchored = i > 0 || end < result.size();
        if (anchored && after - before - 1 == end - i)
            for (int k = i; k < end; ++k) {
                const int own = before + 1 + (k - i);
                if (taken.contains(own)) continue;
                partner[k] = own;
                taken.insert(own);
                result[k].ours = ours[own];
                result[k].kind = MatchKind::Order;
            }
        i = end;
    }
    return result;
}

} // namespace wb::models
