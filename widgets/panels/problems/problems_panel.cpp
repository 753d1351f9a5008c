// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/problems/problems_panel.h"

#include "widgets/document/stage_text.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <QtWidgets>

namespace wb::panels {

using theme::Token;

namespace {

// More rows than this tell nothing more; the log has them all.
constexpr int kRowsShown = 200;

QLabel* label(const QString& text, theme::TextRole role, Token ink) {
    auto* result = new QLabel(text);
    result->setFont(theme::font(role));
    QPalette palette = result->palette();
    palette.setColor(QPalette::WindowText, theme::color(ink));
    palette.setColor(QPalette::Text, theme::color(ink)); // of a label whose text can be selected
    result->setPalette(palette);
    result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return result;
}

} // namespace

ProblemsPanel::ProblemsPanel(document::Document* document, QWidget* parent)
    : QScrollArea(parent), m_document(document) {
    setObjectName(QStringLiteral("problemsPanel"));
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    connect(document, &document::Document::opened, this, [this] {
        m_list.clear();
        rebuild();
    });
    connect(document, &document::Document::problemsChanged, this, &ProblemsPanel::rebuild);
    connect(theme::notifier(), &theme::Notifier::changed, this, &ProblemsPanel::rebuild);
    rebuild();
}

void ProblemsPanel::rebuild() {
    const int before = openCount();
    m_list.update(m_document->problems());
    auto* body = new QWidget;
    body->setAutoFillBackground(true);
    body->setBackgroundRole(QPalette::Base);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    int shown = 0;
    for (const MergedProblem& problem : m_list.open())
        if (shown++ < kRowsShown) layout->addWidget(makeRow(problem, false));
    if (m_list.open().isEmpty()) {
        QLabel* empty = label(tr("No problems. What goes wrong is listed here with what you can do."),
                              theme::TextRole::Body, Token::Text3);
        empty->setAlignment(Qt::AlignCenter);
        layout->addWidget(empty, 1);
    }
    if (!m_list.resolved().isEmpty()) {
        auto* toggle = new QToolButton;
        toggle->setObjectName(QStringLiteral("problemsResolvedToggle"));
        toggle->setAutoRaise(true);
        toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        toggle->setIcon(theme::icon(m_showResolved ? QStringLiteral("collapse") : QStringLiteral("expand")));
        toggle->setText(tr("Resolved (%1)").arg(m_list.resolved().size()));
        connect(toggle, &QToolButton::clicked, this, [this] {
            m_showResolved = !m_showResolved;
            QMetaObject::invokeMethod(this, &ProblemsPanel::rebuild, Qt::QueuedConnection);
        });
        layout->addWidget(toggle, 0, Qt::AlignLeft);
        if (m_showResolved)
            for (const MergedProblem& problem : m_list.resolved()) layout->addWidget(makeRow(problem, true));
    }
    if (!m_list.open().isEmpty()) layout->addStretch(1);
    m_body = body;
    setWidget(body); // the old one is deleted
    setAccessibleName(tr("Problems"));
    if (before != openCount() || before == 0) emit countChanged(openCount());
}

QWidget* ProblemsPanel::makeRow(const MergedProblem& problem, bool resolved) {
    const Error& error = problem.error;
    auto* row = new QFrame;
    row->setObjectName(QStringLiteral("problemRow"));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 4, 12, 4);
    layout->setSpacing(8);
    const bool isError = error.severity == Severity::Error, isNote = error.severity == Severity::Note;
    const Token ink = resolved ? Token::Text3 : isError ? Token::Failed : isNote ? Token::Text2 : Token::Stale;
    auto* mark = new QLabel;
    mark->setPixmap(theme::iconPixmap(resolved  ? QStringLiteral("check")
                                      : isError ? QStringLiteral("error")
                                      : isNote  ? QStringLiteral("note")
                                                : QStringLiteral("problems"),
                                      16, theme::color(ink), devicePixelRatioF()));
    mark->setAccessibleName(isError ? tr("Error") : isNote ? tr("Note") : tr("Warning"));
    QStringList second;
    if (!error.why.empty()) second << QString::fromStdString(error.why);
    if (!error.file.empty()) second << QString::fromStdString(error.file);
    // Beside one line everything is centred; beside several it stands with the first.
    const bool advised = std::any_of(error.remedies.begin(), error.remedies.end(), [](const std::string& r) { return r != "Retry"; });
    const Qt::Alignment place = second.isEmpty() && (resolved || !advised) ? Qt::AlignVCenter : Qt::AlignTop;
    layout->addWidget(mark, 0, place);
    layout->addWidget(label(document::errorCode(error), theme::TextRole::Mono, Token::Text3), 0, place);

    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    QString sentence = document::errorText(error);
    if (problem.count > 1) sentence += QStringLiteral(" ") + tr("(%1 times)").arg(problem.count);
    QLabel* what = label(sentence, theme::TextRole::Body, resolved ? Token::Text3 : Token::Text);
    what->setWordWrap(true);
    words->addWidget(what);
    if (!second.isEmpty()) {
        QLabel* why = label(second.join(QStringLiteral(" · ")), theme::TextRole::Caption, Token::Text3);
        why->setWordWrap(true);
        words->addWidget(why);
    }
    layout->addLayout(words, 1);
    if (!problem.nodes.isEmpty()) {
        auto* link = new QPushButton(problem.nodes.first());
        link->setObjectName(QStringLiteral("problemNode"));
        link->setProperty("wbFlat", true);
        link->setToolTip(problem.nodes.join(u'\n'));
        connect(link, &QPushButton::clicked, this, [this, node = problem.nodes.first()] { emit layerRequested(node); });
        layout->addWidget(link, 0, place);
    }
    if (!resolved)
        for (const std::string& remedy : error.remedies) {
            if (remedy == "Retry") {
                auto* retry = new QPushButton(tr("Retry"));
                retry->setObjectName(QStringLiteral("problemRetry"));
                connect(retry, &QPushButton::clicked, this, &ProblemsPanel::retryRequested);
                layout->addWidget(retry, 0, place);
            } else {
                QLabel* advice = label(QStringLiteral("→ ") + QString::fromStdString(remedy), theme::TextRole::Caption, Token::Text2);
                words->addWidget(advice);
            }
        }
    return row;
}

void ProblemsPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) rebuild();
    QScrollArea::changeEvent(event);
}

} // namespace wb::panels
