// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the Deploy page. Detail of deploy_panel.cpp (form and run) and deploy_result.cpp (the card).
#pragma once

#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/deploy/deploy_panel.h"
#include "widgets/theme/painting.h"

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace wb::panels {

/// The steps of the run with their marks, in one row.
class DeploySteps : public QWidget {
    Q_OBJECT
public:
    enum Step { Quantise, Compile, Simulate, Compare, Count };
    explicit DeploySteps(QWidget* parent = nullptr);
    /// `at` runs, those before it are done; Count: all done; −1: none has begun.
    void setState(int at, theme::Mark mark, double fraction = 0);
    /// Which step a word of the job's progress belongs to; −1 for an unknown word.
    static int stepOf(const QString& word);
    QSize sizeHint() const override { return {480, 32}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int m_at = -1;
    theme::Mark m_mark = theme::Mark::NotRun;
    double m_fraction = 0;
};

/// A box with an edge in the colour of the verdict.
class DeployCard : public QWidget {
    Q_OBJECT
public:
    enum class Verdict { None, Passed, Failed, Missing };
    using QWidget::QWidget;
    void setVerdict(Verdict verdict) {
        m_verdict = verdict;
        update();
    }
    Verdict verdict() const { return m_verdict; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Verdict m_verdict = Verdict::None;
};

struct DeployPanel::Private {
    DeployPanel* q = nullptr;
    document::Document* document = nullptr;
    bool filling = false;

    MessageBar* message = nullptr;
    QLabel *what = nullptr, *chipLabel = nullptr, *precisionLabel = nullptr, *inputLabel = nullptr, *rawLabel = nullptr, *outputLabel = nullptr,
           *fileLabel = nullptr, *existsLabel = nullptr, *check = nullptr, *cosineLabel = nullptr, *euclidLabel = nullptr;
    TokenLabel *chipNote = nullptr, *precisionNote = nullptr, *rawNote = nullptr, *ioNote = nullptr, *checkNote = nullptr;
    QComboBox *chip = nullptr, *precision = nullptr, *rawFormat = nullptr, *exists = nullptr;
    QCheckBox *quantInput = nullptr, *rawInput = nullptr, *quantOutput = nullptr;
    QLineEdit* file = nullptr;
    QToolButton* browse = nullptr;
    QDoubleSpinBox *cosine = nullptr, *euclid = nullptr;
    QPushButton *command = nullptr, *run = nullptr;

    QBoxLayout* columns = nullptr;     ///< form and result: beside or below each other
    DeploySteps* steps = nullptr;
    int runningStep = -1;
    DeployCard* card = nullptr;
    QLabel* verdict = nullptr;
    TokenLabel* verdictDetail = nullptr;
    FactList* facts = nullptr;
    QPushButton *folder = nullptr, *copy = nullptr, *compare = nullptr, *timeline = nullptr, *raise = nullptr, *tolerance = nullptr;

    // deploy_panel.cpp
    void build();
    QWidget* buildForm();
    void connectAll();
    void retranslate();
    void fill();
    void fillRawFormats(const jobs::Project& project);
    void edit(const QString& name, const std::function<void(jobs::Project&)>& change, const QString& key = {}) {
        if (!filling) document->edit(name, change, key);
    }
    QString target() const;            ///< where the file goes
    QString written() const;           ///< where it lies now; empty when there is none

    // deploy_result.cpp
    QWidget* buildCard();
    void showState();
    void showReport(const document::DeployReport& report);
    QVector<FactList::Fact> factsOf(const document::DeployReport& report) const;
    QVector<int> worstLayers(int count) const;
    void retranslateCard();
};

} // namespace wb::panels
