// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the inspector. Detail of inspector_*.cpp.
#pragma once

#include "widgets/models/layer_facts.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/inspector/inspector_panel.h"

#include <QTimer>

class QCheckBox;
class QComboBox;
class QPlainTextEdit;
class QStackedLayout;
class QTabWidget;
class QToolButton;

namespace wb::panels {

class TensorTab;
class ValueCard;

/// Name, type and shape, chip: painted, because the name elides at its left.
class InspectorHead : public QWidget {
    Q_OBJECT
public:
    explicit InspectorHead(const models::LayerFacts* facts, QWidget* parent = nullptr)
        : QWidget(parent), m_facts(facts) {}
    void setLayers(const QVector<int>& layers);
    QSize sizeHint() const override { return {200, 48}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const models::LayerFacts* m_facts;
    QVector<int> m_layers;
};

struct InspectorPanel::Private {
    InspectorPanel* q = nullptr;
    document::Document* document = nullptr;
    std::unique_ptr<models::LayerFacts> facts;
    QVector<int> layers;               ///< shown
    QStackedLayout* stack = nullptr;
    QLabel* empty = nullptr;
    InspectorHead* head = nullptr;
    QToolButton* pin = nullptr;
    ValueCard *int8Card = nullptr, *mixedCard = nullptr;
    QTabWidget* tabs = nullptr;
    TensorTab* tensor = nullptr;
    QLabel *wishLabel = nullptr, *noteLabel = nullptr;
    QComboBox* wish = nullptr;
    QCheckBox* locked = nullptr;
    FactList* overview = nullptr;
    QPlainTextEdit* note = nullptr;
    QTimer soon, noteTimer;
    bool pinned = false, filling = false, noteEdited = false;

    void build();
    void retranslate();
    void follow();                     ///< the document's selection, unless pinned
    void show();
    void showCards();
    void showWish();
    void commitNote();
    void openLink(const QString& link);
    QVector<FactList::Fact> factsOfOne(int layer) const;
    QVector<FactList::Fact> factsOfSeveral() const;
    QStringList names() const;
    QString links(const std::vector<int>& list) const;
};

} // namespace wb::panels
