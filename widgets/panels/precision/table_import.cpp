// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/precision/table_import.h"

#include "compiler/base/file.h"
#include "compiler/jobs/stage_keys.h"
#include "compiler/jobs/table_files.h"
#include "widgets/models/layer_facts.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace wb::panels {

using models::MatchKind;

namespace {

QString kindText(MatchKind kind) {
    switch (kind) {
    case MatchKind::Exact: return MatchDialog::tr("same name");
    case MatchKind::Suffix: return MatchDialog::tr("similar name");
    case MatchKind::Order: return MatchDialog::tr("same place");
    case MatchKind::None: return MatchDialog::tr("no partner");
    }
    return {};
}

QStringList ownNames(const document::Document* document) {
    QStringList names;
    for (const auto& layer : document->network().layers) names << QString::fromStdString(layer.name);
    return names;
}

/// theirs → ours ("" where there is none); nothing when the user gave up.
std::optional<std::map<std::string, std::string>> partnersOf(const QStringList& theirs, document::Document* document,
                                                             QWidget* parent, bool ask) {
    const QStringList ours = ownNames(document);
    if (ours.isEmpty()) { // before Import nothing is known to differ
        std::map<std::string, std::string> same;
        for (const QString& name : theirs) same[name.toStdString()] = name.toStdString();
        return same;
    }
    const auto matches = models::matchNames(theirs, ours);
    const bool exact = std::all_of(matches.begin(), matches.end(), [](const auto& m) { return m.kind == MatchKind::Exact; });
    std::map<std::string, std::string> map;
    for (const auto& m : matches)
        map[m.theirs.toStdString()] = m.kind == MatchKind::Exact ? m.ours.toStdString() : std::string();
    if (exact || !ask) return map;
    MatchDialog dialog(MatchDialog::tr("Import table"), matches, ours, parent);
    if (dialog.exec() != QDialog::Accepted) return {};
    const QStringList partners = dialog.partners();
    for (qsizetype i = 0; i < partners.size(); ++i)
        map[matches[i].theirs.toStdString()] = partners[i].toStdString();
    return map;
}

} // namespace

MatchDialog::MatchDialog(const QString& title, const QVector<models::NameMatch>& matches, const QStringList& ours,
                         QWidget* parent)
    : QDialog(parent), m_table(new QTableWidget(static_cast<int>(matches.size()), 3)) {
    setObjectName(QStringLiteral("matchDialog"));
    setWindowTitle(title);
    int open = 0;
    for (int i = 0; i < matches.size(); ++i) {
        const auto& match = matches[i];
        open += match.kind == MatchKind::Exact ? 0 : 1;
        auto* theirs = new QTableWidgetItem(match.theirs);
        theirs->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        theirs->setFont(theme::font(theme::TextRole::Mono));
        theirs->setToolTip(match.theirs);
        m_table->setItem(i, 0, theirs);
        auto* kind = new QTableWidgetItem(kindText(match.kind));
        kind->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        m_table->setItem(i, 1, kind);
        if (match.kind == MatchKind::Exact) {
            auto* same = new QTableWidgetItem(match.ours);
            same->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            same->setFont(theme::font(theme::TextRole::Mono));
            m_table->setItem(i, 2, same);
            continue;
        }
        auto* choice = new QComboBox;
        choice->setObjectName(QStringLiteral("partner%1").arg(i));
        choice->setFont(theme::font(theme::TextRole::Mono));
        choice->addItem(tr("leave out"), QString());
        for (const QString& name : ours) choice->addItem(name, name);
        choice->setCurrentIndex(qMax(0, choice->findData(match.ours)));
        m_table->setCellWidget(i, 2, choice);
    }
    m_table->setObjectName(QStringLiteral("matchTable"));
    m_table->setHorizontalHeaderLabels({tr("In the table"), tr("Match"), tr("In this network")});
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(30);
    m_table->setShowGrid(false);
    m_table->setTextElideMode(Qt::ElideLeft);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
    m_table->setColumnWidth(1, 96);
    auto* text = new QLabel(tr("%n names of the table are not in this network. Check the suggested partners; nothing "
                               "changes before you accept.", nullptr, open));
    text->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* accept = buttons->addButton(tr("Accept"), QDialogButtonBox::AcceptRole);
    accept->setObjectName(QStringLiteral("matchAccept"));
    accept->setProperty("wbPrimary", true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(text);
    layout->addWidget(m_table, 1);
    layout->addWidget(buttons);
    resize(560, 420);
}

QStringList MatchDialog::partners() const {
    QStringList list;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto* choice = qobject_cast<QComboBox*>(m_table->cellWidget(row, 2));
        list << (choice ? choice->currentData().toString() : m_table->item(row, 2)->text());
    }
    return list;
}

Result<int> importPrecisionTable(document::Document* document, const QString& file, QWidget* parent, bool ask) {
    WB_ASSIGN(const auto entries,
              jobs::readPrecisionEntries(file.toStdString(), document->project().target.chip));
    QStringList theirs;
    for (const auto& entry : entries) theirs << QString::fromStdString(entry.name);
    const auto partners = partnersOf(theirs, document, parent, ask);
    if (!partners) return Error{Code::Cancelled, "cancelled"};
    int taken = 0;
    document->edit(MatchDialog::tr("Import precision table %1").arg(QFileInfo(file).fileName()), [&](jobs::Project& project) {
        // The table says everything: layers it does not name are automatic, except locked ones.
        for (auto it = project.layers.begin(); it != project.layers.end();) {
            if (!it->second.locked) it->second.precision.clear();
            it = it->second == jobs::LayerChoice{} ? project.layers.erase(it) : std::next(it);
        }
        for (const auto& entry : entries) {
            const auto partner = partners->find(entry.name);
            if (partner == partners->end() || partner->second.empty()) continue;
            jobs::LayerChoice& choice = project.layers[partner->second];
            if (!choice.locked) choice.precision = entry.precision;
            ++taken;
        }
    });
    return taken;
}

Status exportPrecisionTable(document::Document* document, const QString& file, bool all) {
    const models::LayerFacts facts(document);
    std::vector<jobs::PrecisionEntry> entries;
    for (int i = 0; i < facts.count(); ++i) {
        QString precision = facts.requested(i);
        if (all && precision == u"auto") precision = facts.actual(i);
        if (precision.isEmpty() || precision == u"auto") continue;
        entries.push_back({facts.layer(i).name, precision.toStdString()});
    }
    const auto& target = document->project().target;
    return jobs::writePrecisionEntries(file.toStdString(), entries, target.chip, target.floatType);
}

Result<int> importCalibrationTable(document::Document* document, const QString& file, QWidget* parent, bool ask) {
    WB_ASSIGN(const auto names, jobs::calibrationNames(file.toStdString()));
    QStringList theirs;
    for (const auto& name : names) theirs << QString::fromStdString(name);
    std::string used = QFileInfo(file).absoluteFilePath().toStdString();
    int taken = static_cast<int>(names.size());
    if (!document->network().layers.empty()) {
        const auto partners = partnersOf(theirs, document, parent, ask);
        if (!partners) return Error{Code::Cancelled, "cancelled"};
        std::map<std::string, std::string> renamed;
        for (const auto& [name, partner] : *partners) {
            if (name != partner) renamed[name] = partner;
            if (partner.empty()) --taken;
        }
        const bool substituted =
            std::any_of(renamed.begin(), renamed.end(), [](const auto& pair) { return !pair.second.empty(); });
        if (substituted) {
            const auto folder = jobs::resultsFolder(document->resultsBase().toStdString()) / "imported";
            std::error_code ec;
            std::filesystem::create_directories(folder, ec);
            const auto copy = folder / QFileInfo(file).fileName().toStdString();
            WB_TRY(jobs::renameCalibration(file.toStdString(), copy, renamed));
            used = copy.string();
        }
    }
    document->edit(MatchDialog::tr("Use calibration table %1").arg(QFileInfo(file).fileName()),
                   [&](jobs::Project& project) { project.calibration.importedTable = used; });
    return taken;
}

Status exportCalibrationTable(document::Document* document, const QString& file) {
    const auto& imported = document->project().calibration.importedTable;
    std::filesystem::path source;
    const std::filesystem::path base = document->resultsBase().toStdString();
    if (!imported.empty()) {
        source = jobs::resolvePath(base, imported);
    } else {
        const auto stage = document->stage(jobs::Stage::Calibrate);
        if (!stage.result || !stage.result->files.contains("table"))
            return Error{Code::TableNotFound, "the project has not been calibrated yet"}.remedy("run the stage Calibrate");
        source = jobs::stageFolder(base, jobs::Stage::Calibrate, stage.result->key) / stage.result->files.at("table");
    }
    return jobs::renameCalibration(source, file.toStdString(), {});
}

} // namespace wb::panels
