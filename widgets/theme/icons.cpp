// SPDX-License-Identifier: GPL-3.0-or-later
// Icons from SVG, rendered at exactly the pixels asked for and in the colour of the moment, so that a
// change of scheme or screen needs no new QIcon.
#include "widgets/theme/scheme.h"
#include "widgets/theme/theme.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

namespace wb::theme {
namespace {

struct Key {
    QString name;
    int pixels;
    QRgb colour;
    bool operator==(const Key&) const = default;
};

size_t qHash(const Key& key, size_t seed = 0) {
    return qHashMulti(seed, key.name, key.pixels, key.colour);
}

QHash<Key, QPixmap>& cache() {
    static QHash<Key, QPixmap> instance;
    return instance;
}

QByteArray svgText(const QString& name) {
    static QHash<QString, QByteArray> texts;
    const auto known = texts.constFind(name);
    if (known != texts.constEnd()) return *known;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    QByteArray text;
    if (file.open(QIODevice::ReadOnly)) text = file.readAll();
    texts.insert(name, text);
    return text;
}

QPixmap render(const QString& name, int pixels, const QColor& colour) {
    const Key key{name, pixels, colour.rgba()};
    const auto known = cache().constFind(key);
    if (known != cache().constEnd()) return *known;
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QByteArray text = svgText(name);
    text.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(text);
    if (renderer.isValid()) {
        QPainter painter(&pixmap);
        painter.setOpacity(colour.alphaF());
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    }
    cache().insert(key, pixmap);
    return pixmap;
}

class SvgIconEngine : public QIconEngine {
public:
    explicit SvgIconEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        const int size = qMin(rect.width(), rect.height());
        const QPixmap pixmap = iconPixmap(m_name, size, colourOf(mode, state), ratio);
        painter->drawPixmap(rect.x() + (rect.width() - size) / 2,
                            rect.y() + (rect.height() - size) / 2, pixmap);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return render(m_name, qMin(size.width(), size.height()), colourOf(mode, state));
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state,
                         qreal ratio) override {
        QPixmap result = pixmap(size, mode, state); // size is in device pixels here
        result.setDevicePixelRatio(ratio);
        return result;
    }
    QIconEngine* clone() const override { return new SvgIconEngine(*this); }
    QString key() const override { return QStringLiteral("wb-svg"); }
    bool isNull() override { return svgText(m_name).isEmpty(); }

private:
    static QColor colourOf(QIcon::Mode mode, QIcon::State state) {
        switch (mode) {
        case QIcon::Disabled: return color(Token::TextDisabled);
        case QIcon::Selected: return color(Token::OnAccent);
        case QIcon::Active: return color(Token::Text);
        case QIcon::Normal: break;
        }
        return color(state == QIcon::On ? Token::Text : Token::Text2);
    }

    QString m_name;
};

} // namespace

QIcon icon(const QString& name) { return QIcon(new SvgIconEngine(name)); }

QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal ratio) {
    QPixmap result = render(name, qMax(1, qRound(size * ratio)), colour);
    result.setDevicePixelRatio(ratio);
    return result;
}

QStringList iconNames() {
    QStringList names;
    for (const QString& file : QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")}))
        names << file.chopped(4);
    names.sort();
    return names;
}

void clearIconCache() { cache().clear(); }

} // namespace wb::theme
