// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/inspector/inspector_panel.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/panels/common/row_delegates.h"
#include "widgets/panels/inspector/inspector_private.h"
#include "widgets/panels/inspector/tensor_tab.h"
#include "widgets/panels/inspector/value_card.h"
#include "widgets/theme/painting.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QStackedLayout>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QToolButton>

namespace wb::panels {

using document::Document;
using jobs::Variant;
using theme::Token;

void InspectorHead::setLayers(const QVector<int>& layers) {
    m_layers = layers;
    if (layers.size() == 1)
        setAccessibleName(m_facts->name(layers[0]) + QLatin1String(", ") + m_facts->type(layers[0]));
    setToolTip(layers.size() == 1 ? m_facts->name(layers[0]) : QString());
    update();
}

void InspectorHead::paintEvent(QPaintEvent*) {
    if (m_layers.isEmpty() || m_layers.back() >= m_facts->count()) return;
    QPainter painter(this);
    const QRect first(12, 4, width() - 12 - 36, 20), second(12, 24, width() - 24, 20);
    QString detail;
    if (m_layers.size() == 1) {
        const int layer = m_layers[0];
        drawLayerName(painter, first, visualizer::plainName(m_facts->name(layer)), true, false);
        detail = m_facts->type(layer) + QStringLiteral(" · ") + visualizer::shapeText(m_facts->layer(layer).shape);
        const auto chip = visualizer::chipFor(m_facts->precision(layer), m_facts->layer(layer).followsInput, true);
        const double w = visualizer::chipWidth(chip);
        visualizer::drawChip(painter, QRectF(width() - 12 - w, 26, w, visualizer::kChipHeight), chip);
    } else {
        painter.setFont(theme::font(theme::TextRole::BodyStrong));
        painter.setPen(theme::color(Token::Text));
        painter.drawText(first, Qt::AlignLeft | Qt::AlignVCenter, tr("%n layers", nullptr, static_cast<int>(m_layers.size())));
        QMap<QString, int> types;
        for (int layer : m_layers) ++types[m_facts->type(layer)];
        QStringList parts;
        for (auto it = types.begin(); it != types.end(); ++it) parts << QStringLiteral("%1 %2").arg(it.key()).arg(it.value());
        detail = parts.join(QStringLiteral(" · "));
    }
    painter.setFont(theme::font(theme::TextRole::Body));
    painter.setPen(theme::color(Token::Text2));
    painter.drawText(second, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(detail, Qt::ElideRight, second.width() - 60));
}

InspectorPanel::InspectorPanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    d->facts = std::make_unique<models::LayerFacts>(document);
    setObjectName(QStringLiteral("inspectorPanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
    d->follow();
}

InspectorPanel::~InspectorPanel() { releaseParts(this); }

void InspectorPanel::Private::build() {
    head = new InspectorHead(facts.get());
    head->setObjectName(QStringLiteral("inspectorHead"));
    pin = new QToolButton;
    pin->setObjectName(QStringLiteral("inspectorPin"));
    pin->setCheckable(true);
    pin->setProperty("wbFlat", true);
    pin->setIcon(theme::icon(QStringLiteral("pin")));
    pin->setFixedSize(24, 24);
    auto* corner = new QHBoxLayout(head);
    corner->setContentsMargins(0, 0, 8, 0);
    corner->addWidget(pin, 0, Qt::AlignTop | Qt::AlignRight);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(0, 4, 0, 0);
    top->addWidget(head, 1);

    int8Card = new ValueCard;
    int8Card->setObjectName(QStringLiteral("int8Card"));
    mixedCard = new ValueCard;
    mixedCard->setObjectName(QStringLiteral("mixedCard"));
    auto* cards = new QHBoxLayout;
    cards->setContentsMargins(12, 4, 12, 8);
    cards->setSpacing(8);
    cards->addWidget(int8Card, 1);
    cards->addWidget(mixedCard, 1);

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(8);
    wishLabel = new TokenLabel(Token::Text2, theme::TextRole::Body);
    wishLabel->setFixedWidth(104);
    wish = new QComboBox;
    wish->setObjectName(QStringLiteral("inspectorPrecision"));
    wishLabel->setBuddy(wish);
    locked = new QCheckBox;
    locked->setObjectName(QStringLiteral("inspectorLocked"));
    locked->setTristate(false);
    auto* wishRow = new QHBoxLayout;
    wishRow->setSpacing(8);
    wishRow->addWidget(wishLabel);
    wishRow->addWidget(wish, 1);
    overview = new FactList(104);
    overview->setObjectName(QStringLiteral("inspectorFacts"));
    noteLabel = new TokenLabel(Token::Text, theme::TextRole::BodyStrong);
    note = new QPlainTextEdit;
    note->setObjectName(QStringLiteral("inspectorNote"));
    note->setTabChangesFocus(true);
    note->setFixedHeight(56);
    noteLabel->setBuddy(note);
    column->addLayout(wishRow);
    auto* lockRow = new QHBoxLayout;
    lockRow->setContentsMargins(112, 0, 0, 0); // under the field
    lockRow->addWidget(locked);
    lockRow->addStretch();
    column->addLayout(lockRow);
    column->addWidget(overview);
    column->addSpacing(4);
    column->addWidget(noteLabel);
    column->addWidget(note);
    column->addStretch();

    tensor = new TensorTab(document);
    tabs = new QTabWidget;
    tabs->setObjectName(QStringLiteral("inspectorTabs"));
    tabs->setDocumentMode(true);
    tabs->addTab(scrolled(content), {});
    tabs->addTab(scrolled(tensor), {});

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(cards);
    layout->addWidget(tabs, 1);
    empty = new QLabel;
    empty->setObjectName(QStringLiteral("inspectorEmpty"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setMargin(24);
    empty->setForegroundRole(QPalette::PlaceholderText);
    stack = new QStackedLayout(q);
    stack->addWidget(empty);
    stack->addWidget(page);

    soon.setSingleShot(true);
    soon.setInterval(50);
    QObject::connect(&soon, &QTimer::timeout, q, [this] { show(); });
    noteTimer.setSingleShot(true);
    noteTimer.setInterval(800);
    QObject::connect(&noteTimer, &QTimer::timeout, q, [this] { commitNote(); });
    const auto later = [this] {
        if (!soon.isActive()) soon.start();
    };
    QObject::connect(document->selection(), &document::LayerSelection::changed, q, [this] { follow(); });
    QObject::connect(document, &Document::samplesChanged, q, later);
    QObject::connect(document, &Document::precisionsChanged, q, later);
    QObject::connect(document, &Document::projectChanged, q, later);
    QObject::connect(document, &Document::networkChanged, q, [this] {
        layers.clear();
        follow();
    });
    QObject::connect(document, &Document::opened, q, [this] {
        layers.clear();
        q->setPinned(false);
        follow();
    });
    QObject::connect(document, &Document::stageChanged, q, [this](jobs::Stage stage) {
        const bool values = stage == jobs::Stage::Reference || stage == jobs::Stage::Quantise || stage == jobs::Stage::Mixed;
        if (values && document->stage(stage).state == document::StageState::Done) tensor->refresh();
    });
    QObject::connect(pin, &QToolButton::toggled, q, &InspectorPanel::setPinned);
    QObject::connect(tabs, &QTabWidget::currentChanged, q, [this](int tab) { tensor->setActive(tab == Tensor); });
    QObject::connect(overview, &FactList::linkActivated, q, [this](const QString& link) { openLink(link); });
    QObject::connect(wish, &QComboBox::activated, q, [this](int index) {
        document->setPrecision(names(), wish->itemData(index).toString());
    });
    QObject::connect(locked, &QCheckBox::clicked, q, [this](bool on) { document->setLocked(names(), on); });
    QObject::connect(note, &QPlainTextEdit::textChanged, q, [this] {
        if (filling) return;
        noteEdited = true;
        noteTimer.start();
    });
    QObject::connect(theme::notifier(), &theme::Notifier::changed, q, [this] { show(); });
}

void InspectorPanel::Private::retranslate() {
    pin->setToolTip(InspectorPanel::tr("Keep this layer while another is selected"));
    pin->setAccessibleName(pin->toolTip());
    wishLabel->setText(InspectorPanel::tr("Requested"));
    wish->setPlaceholderText(InspectorPanel::tr("several"));
    locked->setText(InspectorPanel::tr("Locked"));
    locked->setToolTip(InspectorPanel::tr("The search leaves locked layers as they are"));
    noteLabel->setText(InspectorPanel::tr("Note"));
    note->setPlaceholderText(InspectorPanel::tr("What should be remembered of this layer"));
    tabs->setTabText(Overview, InspectorPanel::tr("Overview"));
    tabs->setTabText(Tensor, InspectorPanel::tr("Tensor"));
    empty->setText(InspectorPanel::tr("Select a layer in the graph, the table or the plot to see what is known of it."));
    tensor->retranslate();
    show();
}

void InspectorPanel::Private::follow() {
    if (!pinned || layers.isEmpty()) {
        commitNote();
        layers = document->selection()->layers();
    }
    show();
}

QStringList InspectorPanel::Private::names() const {
    QStringList list;
    for (int layer : layers) list << facts->name(layer);
    return list;
}

void InspectorPanel::Private::show() {
    layers.removeIf([this](int layer) { return layer < 0 || layer >= facts->count(); });
    stack->setCurrentIndex(layers.isEmpty() ? 0 : 1);
    if (layers.isEmpty()) {
        tensor->setLayer(-1);
        return;
    }
    const bool one = layers.size() == 1;
    head->setLayers(layers);
    showCards();
    showWish();
    overview->setFacts(one ? factsOfOne(layers[0]) : factsOfSeveral());
    note->setEnabled(one);
    if (!noteEdited) { // else the user is typing
        const QScopedValueRollback<bool> guard(filling, true);
        const QString text = one ? facts->note(layers[0]) : QString();
        if (note->toPlainText() != text) note->setPlainText(text);
    }
    tensor->setLayer(one ? layers[0] : -1);
}

void InspectorPanel::Private::showCards() {
    const QString none = InspectorPanel::tr("not measured yet");
    if (layers.size() == 1) {
        const int layer = layers[0];
        const auto text = [&](Variant variant) {
            const auto* s = facts->sample(layer, variant);
            return s && !s->compared && !s->reason.empty() ? visualizer::fromStd(s->reason) : none;
        };
        const auto int8 = facts->cosine(layer, Variant::Int8), mixed = facts->cosine(layer, Variant::Mixed);
        const int rank = facts->rank(layer, Variant::Int8), of = facts->compared(Variant::Int8);
        const QString place = rank == 1 ? InspectorPanel::tr("INT8 · worst of %1").arg(of)
                              : rank > 1 ? InspectorPanel::tr("INT8 · rank %1 of %2").arg(rank).arg(of)
                                         : InspectorPanel::tr("INT8");
        int8Card->setValue(place, int8, text(Variant::Int8));
        QString caption = InspectorPanel::tr("Mixed");
        if (int8 && mixed)
            caption = InspectorPanel::tr("Mixed · %1").arg((*mixed >= *int8 ? QStringLiteral("+") : QString()) +
                                                           visualizer::numberText(*mixed - *int8, 6));
        mixedCard->setValue(caption, mixed, text(Variant::Mixed));
        return;
    }
    const auto least = [&](Variant variant) {
        std::optional<double> value;
        for (int layer : layers)
            if (const auto c = facts->cosine(layer, variant)) value = value ? std::min(*value, *c) : *c;
        return value;
    };
    int8Card->setValue(InspectorPanel::tr("INT8 · lowest"), least(Variant::Int8), none);
    mixedCard->setValue(InspectorPanel::tr("Mixed · lowest"), least(Variant::Mixed), none);
}

void InspectorPanel::Private::showWish() {
    const QScopedValueRollback<bool> guard(filling, true);
    const QString chip = QString::fromStdString(document->project().target.chip);
    wish->clear();
    wish->addItem(InspectorPanel::tr("Automatic"), QString());
    auto* items = qobject_cast<QStandardItemModel*>(wish->model());
    for (const char* precision : {"INT8", "F16", "BF16", "F32"}) {
        const QString text = QLatin1String(precision);
        wish->addItem(text, text);
        const QString reason = models::unavailableReason(chip, text);
        if (reason.isEmpty() || !items) continue;
        QStandardItem* item = items->item(wish->count() - 1);
        item->setEnabled(false);
        item->setToolTip(reason);
    }
    QSet<QString> wishes;
    int locks = 0;
    for (int layer : layers) {
        wishes.insert(facts->requested(layer));
        locks += facts->isLocked(layer) ? 1 : 0;
    }
    const QString only = wishes.size() == 1 ? *wishes.begin() : QString();
    wish->setCurrentIndex(wishes.size() > 1 ? -1 : only == u"auto" ? 0 : wish->findData(only));
    locked->setCheckState(locks == 0 ? Qt::Unchecked : locks == layers.size() ? Qt::Checked : Qt::PartiallyChecked);
    locked->setTristate(false);
}

void InspectorPanel::Private::commitNote() {
    noteTimer.stop();
    if (!std::exchange(noteEdited, false) || layers.size() != 1) return;
    const QString name = facts->name(layers[0]), text = note->toPlainText().trimmed();
    document->edit(InspectorPanel::tr("Note on %1").arg(name),
                   [&](jobs::Project& project) {
                       jobs::LayerChoice& choice = project.layers[name.toStdString()];
                       choice.note = text.toStdString();
                       if (choice == jobs::LayerChoice{}) project.layers.erase(name.toStdString());
                   },
                   QStringLiteral("note:") + name);
}

void InspectorPanel::Private::openLink(const QString& link) {
    const int layer = link.section(u':', 1).toInt();
    if (link.startsWith(u"picture:")) {
        emit q->pictureRequested(layer);
        return;
    }
    q->setPinned(false);
    document->selection()->set({layer}, q);
}

void InspectorPanel::setTab(Tab tab) { d->tabs->setCurrentIndex(tab); }
bool InspectorPanel::isPinned() const { return d->pinned; }
int InspectorPanel::layer() const { return d->layers.size() == 1 ? d->layers[0] : -1; }

void InspectorPanel::setPinned(bool pinned) {
    if (d->pinned == pinned) return;
    d->pinned = pinned;
    d->pin->setChecked(pinned);
    d->pin->setIcon(theme::icon(pinned ? QStringLiteral("pin-filled") : QStringLiteral("pin")));
    if (!pinned) d->follow();
}

void InspectorPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
