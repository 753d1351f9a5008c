// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/drop.h"

#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QPainter>
#include <QRegularExpression>

namespace wb::workbench {
namespace {

constexpr qint64 kLookAt = 64 * 1024;
constexpr int kMostImages = 100'000;

/// The first word of a bmodel (compiler/target/bmodel/reader.h), little-endian.
const QByteArray kBmodelMagic("\xee\xaa\x55\xff", 4);

bool isPicture(const QString& file) {
    static const QStringList kSuffixes{QStringLiteral("jpg"), QStringLiteral("jpeg"), QStringLiteral("png"), QStringLiteral("bmp")};
    return kSuffixes.contains(QFileInfo(file).suffix().toLower());
}

int countPictures(const QString& folder) {
    int count = 0;
    QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext() && count < kMostImages)
        if (isPicture(it.next())) ++count;
    return count;
}

/// Tables are text: a name and three numbers a line for calibration, a name and a mode for precision.
DropKind kindOfText(const QByteArray& head) {
    static const QRegularExpression kRange(QStringLiteral("^\\S+\\s+[-+.0-9eE]+\\s+[-+.0-9eE]+\\s+[-+.0-9eE]+\\s*$"));
    static const QRegularExpression kMode(QStringLiteral("^\\S+\\s+(INT8|INT4|F16|BF16|F32|W8F16|W8BF16|F8E4M3|F8E5M2)\\s*$"));
    int ranges = 0, modes = 0, others = 0;
    for (const QByteArray& raw : head.split('\n')) {
        const QString line = QString::fromUtf8(raw).trimmed();
        if (line.isEmpty() || line.startsWith(u'#')) continue;
        if (kRange.match(line).hasMatch()) ++ranges;
        else if (kMode.match(line).hasMatch()) ++modes;
        else ++others;
    }
    if (ranges > others && ranges > modes) return DropKind::CalibrationTable;
    if (modes > others) return DropKind::PrecisionTable;
    // A table with its heading only: the vendor's first comment lines name it.
    if (head.startsWith("# genetated time") && head.contains("histogram number")) return DropKind::CalibrationTable;
    if (head.contains("# op_name") && head.contains("quantize_mode")) return DropKind::PrecisionTable;
    return DropKind::Unknown;
}

DropKind kindOfFile(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return DropKind::Unknown;
    const QByteArray head = file.read(kLookAt);
    if (head.isEmpty()) return DropKind::Unknown;
    const QByteArray trimmed = head.trimmed();
    if (trimmed.startsWith('{') && trimmed.contains("\"schema\"")) return DropKind::Project;
    // TFLite: a flat buffer's identifier; ONNX: field 1 (ir_version) or 7/8 of ModelProto first.
    if (head.mid(4, 4) == "TFL3") return DropKind::Model;
    if (head.startsWith(kBmodelMagic)) return DropKind::Bmodel;
    if (trimmed.startsWith("module") && trimmed.contains("module.")) return DropKind::Model;
    const bool binary = head.contains('\0');
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == u"caffemodel" && binary) return DropKind::Model;
    // Archives and pickles of PyTorch: which of them can be read, and why not, is the import's to say.
    if ((suffix == u"pt" || suffix == u"pth") && (head.startsWith("PK") || head.startsWith('\x80'))) return DropKind::Model;
    if (!binary) {
        static const QRegularExpression kLayer(QStringLiteral("^\\s*layers?\\s*\\{"), QRegularExpression::MultilineOption);
        if (kLayer.match(QString::fromUtf8(head)).hasMatch()) return DropKind::Model;
        const DropKind kind = kindOfText(head);
        if (kind != DropKind::Unknown) return kind;
    }
    const char first = head[0];
    const bool protobuf = first == 0x08 || first == 0x12 || first == 0x3a || first == 0x42;
    if (protobuf && (head.contains("onnx") || suffix == u"onnx" || binary)) return DropKind::Model;
    if (suffix == u"tpuwb") return DropKind::Project;
    return DropKind::Unknown;
}

} // namespace

Drop classify(const QStringList& files) {
    Drop drop;
    drop.files = files;
    if (files.isEmpty()) return drop;
    int pictures = 0;
    for (const QString& file : files) {
        const QFileInfo info(file);
        if (info.isDir()) pictures += countPictures(file);
        else if (isPicture(file)) ++pictures;
    }
    if (pictures > 0) {
        drop.kind = DropKind::CalibrationImages;
        drop.images = pictures;
        return drop;
    }
    if (files.size() == 1) drop.kind = kindOfFile(files[0]);
    // The two files of a Caffe model may come together.
    if (files.size() == 2 && kindOfFile(files[0]) == DropKind::Model && kindOfFile(files[1]) == DropKind::Model) {
        const auto weights = [](const QString& file) { return file.endsWith(QStringLiteral(".caffemodel"), Qt::CaseInsensitive); };
        if (weights(files[0]) != weights(files[1])) {
            drop.kind = DropKind::Model;
            if (weights(files[0])) drop.files = {files[1], files[0]};
        }
    }
    return drop;
}

QString dropText(const Drop& drop) {
    switch (drop.kind) {
    case DropKind::Project: return DropOverlay::tr("Open project");
    case DropKind::Model: return DropOverlay::tr("Open as model");
    case DropKind::Bmodel: return DropOverlay::tr("Show the timeline of the bmodel");
    case DropKind::CalibrationImages:
        return DropOverlay::tr("Use as calibration images (%n files)", nullptr, drop.images);
    case DropKind::CalibrationTable: return DropOverlay::tr("Load as calibration table");
    case DropKind::PrecisionTable: return DropOverlay::tr("Load as precision table");
    case DropKind::Unknown: return DropOverlay::tr("This kind of file is not known");
    }
    return {};
}

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropOverlay::showFor(const Drop& drop) {
    m_text = dropText(drop);
    m_known = drop.kind != DropKind::Unknown;
    setAccessibleName(m_text);
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

void DropOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QColor veil = theme::color(theme::Token::Window);
    veil.setAlphaF(0.72f);
    painter.fillRect(rect(), veil);
    const QRect frame = rect().adjusted(24, 24, -24, -24);
    theme::fillRounded(&painter, frame, 8, {}, theme::color(m_known ? theme::Token::Accent : theme::Token::Outline), 2);
    const QFont font = theme::font(theme::TextRole::Section);
    const QSize text = QFontMetrics(font).size(0, m_text);
    const QRect plate(frame.center().x() - text.width() / 2 - 40, frame.center().y() - 24, text.width() + 80, 48);
    theme::fillRounded(&painter, plate, 6, theme::color(theme::Token::Raised), theme::color(theme::Token::Outline));
    theme::drawIcon(&painter, m_known ? QStringLiteral("drop-20") : QStringLiteral("close"), QRect(plate.left() + 16, plate.top(), 24, 48),
                    20, theme::color(theme::Token::Text));
    painter.setFont(font);
    painter.setPen(theme::color(theme::Token::Text));
    painter.drawText(plate.adjusted(48, 0, -16, 0), Qt::AlignVCenter, m_text);
}

} // namespace wb::workbench
