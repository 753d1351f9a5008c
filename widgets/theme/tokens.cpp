// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of colours, dark and light beside each other (visual design, section 1).
#include "widgets/theme/scheme.h"
#include "widgets/theme/theme.h"

#include <array>
#include <cmath>

namespace wb::theme {
namespace {

struct Pair {
    QRgb dark, light;
};

constexpr QRgb rgb(unsigned value) { return 0xFF000000u | value; }

// In the order of enum Token.
constexpr Pair kTable[] = {
    // surfaces: canvas, base, baseAlt, window, raised, control, hover, node, selection, inactive
    {rgb(0x15171A), rgb(0xF8F8FA)},
    {rgb(0x1B1E22), rgb(0xFFFFFF)},
    {rgb(0x1F2226), rgb(0xF8F9FA)},
    {rgb(0x23272C), rgb(0xF1F2F4)},
    {rgb(0x2B3036), rgb(0xE6E8EB)},
    {rgb(0x373D45), rgb(0xFFFFFF)},
    {rgb(0x2A2F35), rgb(0xEDEEF1)},
    {rgb(0x262A30), rgb(0xFFFFFF)},
    {rgb(0x37335A), rgb(0xE2DEFA)},
    {rgb(0x31353C), rgb(0xE4E6EA)},
    // text, text2, text3, disabled, line, outline, edge, grid, nodeBorder, accent, onAccent
    {rgb(0xE7E9EC), rgb(0x1B1E23)},
    {rgb(0xB4BAC3), rgb(0x4A515B)},
    {rgb(0x959DA8), rgb(0x5F6772)},
    {rgb(0x646B76), rgb(0x9AA1AB)},
    {rgb(0x3A4048), rgb(0xD3D7DC)},
    {rgb(0x707986), rgb(0x7C848F)},
    {rgb(0x626A76), rgb(0x868E99)},
    {rgb(0x262B30), rgb(0xE9EBEE)},
    {rgb(0x454C56), rgb(0xB6BDC7)},
    {rgb(0xA99CFF), rgb(0x5B47CE)},
    {rgb(0x15171A), rgb(0xFFFFFF)},
    // cosine bands: fills
    {rgb(0x2BC59B), rgb(0x009E73)},
    {rgb(0x7CC7F2), rgb(0x56B4E9)},
    {rgb(0xF5EC7A), rgb(0xF0E442)},
    {rgb(0xFFB52E), rgb(0xE69F00)},
    {rgb(0xFF7A33), rgb(0xD55E00)},
    // inks
    {rgb(0x2BC59B), rgb(0x00734F)},
    {rgb(0x7CC7F2), rgb(0x1A6FA8)},
    {rgb(0xF5EC7A), rgb(0x7A6C00)},
    {rgb(0xFFB52E), rgb(0x8F5B00)},
    {rgb(0xFF7A33), rgb(0xB34700)},
    // text on a band
    {rgb(0x15171A), rgb(0x15171A)},
    // source, fp32, f16, bf16, int8, mixed, int8 in strips
    {rgb(0x959DA8), rgb(0x5F6772)},
    {rgb(0xB4BAC3), rgb(0x4A515B)},
    {rgb(0xC792EA), rgb(0x7A2FA8)},
    {rgb(0xE2C6F4), rgb(0x9450BC)},
    {rgb(0xF08DB6), rgb(0xB8336F)},
    {rgb(0xE7E9EC), rgb(0x1B1E23)},
    {rgb(0x5A6470), rgb(0xB9C0C9)},
    // done, running, stale, failed, extra, missed, underlay of boxes, shadow
    {rgb(0x2BC59B), rgb(0x00734F)},
    {rgb(0xA99CFF), rgb(0x5B47CE)},
    {rgb(0xFFB52E), rgb(0x8F5B00)},
    {rgb(0xFF6B6B), rgb(0xC42B2B)},
    {rgb(0x56A8FF), rgb(0x56A8FF)},
    {rgb(0xFFB52E), rgb(0xFFB52E)},
    {0x8C15171Au, 0x8C15171Au},
    {0x73000000u, 0x29000000u},
};

constexpr size_t kTokens = static_cast<size_t>(Token::Shadow) + 1;
static_assert(std::size(kTable) == kTokens);

constexpr std::array<QRgb, 6> kClassColors{rgb(0xF2F4F7), rgb(0xC792EA), rgb(0xF08DB6),
                                           rgb(0x7FD7C4), rgb(0xD7E36C), rgb(0x5FD6E6)};

} // namespace

QColor colorIn(Token token, bool dark) {
    const Pair& pair = kTable[static_cast<size_t>(token)];
    return QColor::fromRgba(dark ? pair.dark : pair.light);
}

int tokenCount() { return static_cast<int>(kTokens); }

QColor color(Token token) { return colorIn(token, isDark()); }

Band bandOf(double cosine, bool compared) {
    if (!compared || std::isnan(cosine)) return Band::NotCompared;
    if (cosine >= 0.999) return Band::B0999;
    if (cosine >= 0.99) return Band::B099;
    if (cosine >= 0.95) return Band::B095;
    if (cosine >= 0.90) return Band::B090;
    return Band::Low;
}

QColor bandFill(Band band) {
    if (band == Band::NotCompared) return color(Token::Text2);
    return color(static_cast<Token>(static_cast<int>(Token::Band0999) + static_cast<int>(band)));
}

QColor bandInk(Band band) {
    if (band == Band::NotCompared) return color(Token::Text2);
    return color(static_cast<Token>(static_cast<int>(Token::Ink0999) + static_cast<int>(band)));
}

QString bandMark(Band band) {
    switch (band) {
    case Band::B0999: return {};
    case Band::B099: return QStringLiteral("·");
    case Band::B095: return QStringLiteral("▲");
    case Band::B090: return QStringLiteral("▲▲");
    case Band::Low: return QStringLiteral("✕");
    case Band::NotCompared: return QStringLiteral("?");
    }
    return {};
}

QColor detectionClassColor(int classId) {
    const int count = static_cast<int>(kClassColors.size());
    const int index = ((classId % (2 * count)) + 2 * count) % (2 * count);
    const QColor full = QColor::fromRgba(kClassColors[static_cast<size_t>(index % count)]);
    if (index < count) return full;
    float h = 0, s = 0, l = 0;
    full.getHslF(&h, &s, &l);
    return QColor::fromHslF(h, s, l * 0.7f);
}

QPen variantPen(const QString& variant) {
    // Dash lengths are in units of the pen's width (Qt), the table of the design gives pixels.
    const auto pen = [](Token token, double width, QVector<qreal> pixels) {
        QPen result(color(token), width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
        if (!pixels.isEmpty()) {
            for (qreal& length : pixels) length /= width;
            result.setDashPattern(pixels);
        }
        return result;
    };
    if (variant == u"source") return pen(Token::Source, 1.0, {1, 2});
    if (variant == u"fp32") return pen(Token::Fp32, 1.2, {1, 3});
    if (variant == u"f16") return pen(Token::F16, 1.5, {6, 3});
    if (variant == u"bf16") return pen(Token::Bf16, 1.5, {2, 2});
    if (variant == u"int8") return pen(Token::Int8, 1.5, {});
    if (variant == u"mixed") return pen(Token::Mixed, 1.8, {});
    QPen ghost = pen(Token::Text3, 1.0, {2, 2});
    QColor faded = ghost.color();
    faded.setAlphaF(0.75f);
    ghost.setColor(faded);
    return ghost;
}

} // namespace wb::theme
