// SPDX-License-Identifier: GPL-3.0-or-later
// Which framework a file is from, by its content; names lie.
#include "compiler/import/kind.h"

#include "compiler/import/torchscript/archive.h"
#include "compiler/import/wire.h"

#include <algorithm>
#include <fstream>

namespace wb::importer {
namespace {

constexpr size_t kLookAt = size_t{1} << 20;

std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Caffe's text form: printable, with a `layer {` or `layers {` block.
bool isCaffeText(std::string_view head) {
    const bool printable = std::all_of(head.begin(), head.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t';
    });
    return printable && (head.find("layer {") != std::string_view::npos ||
                         head.find("layer{") != std::string_view::npos ||
                         head.find("layers {") != std::string_view::npos);
}

bool isPrintable(std::span<const std::byte> bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::byte b) { return b >= std::byte{0x20} && b != std::byte{0x7f}; });
}

FileKind archiveKind(const std::vector<ArchiveEntry>& entries) {
    if (isTorchScript(entries)) return FileKind::TorchScript;
    return holdsPickle(entries) ? FileKind::Pickle : FileKind::Unknown;
}

} // namespace

FileKind kindOf(std::span<const std::byte> head) {
    const std::string_view chars = text(head);
    if (head.size() >= 8 && chars.substr(4, 4) == "TFL3") return FileKind::TFLite;
    if (chars.starts_with("PK\x03\x04")) {
        if (const auto entries = archiveEntries(head.size(), sourceOf(head))) return archiveKind(*entries);
        // Only the beginning is there, or the end is missing.
        if (chars.find("constants.pkl") != std::string_view::npos ||
            chars.find("/code/") != std::string_view::npos)
            return FileKind::TorchScript;
        return chars.find(".pkl") != std::string_view::npos ? FileKind::Pickle : FileKind::Unknown;
    }
    if (head.size() >= 2 && head[0] == std::byte{0x80} && head[1] >= std::byte{2} &&
        head[1] <= std::byte{5})
        return FileKind::Pickle;
    if (isCaffeText(chars.substr(0, 65536))) return FileKind::CaffeText;
    const auto fields = wireFields(head);
    if (!fields || fields->empty()) return FileKind::Unknown;
    // ModelProto: 1 ir_version (varint), 2 producer, 7 graph, 8 opset_import. NetParameter: 1 name
    // (bytes), 2 layers (V1) or 100 layer.
    const auto has = [&](uint32_t number, uint8_t type) {
        return std::any_of(fields->begin(), fields->end(), [&](const WireField& f) {
            return f.number == number && f.type == type;
        });
    };
    const bool caffeName = fields->front().number == 1 && fields->front().type == 2 &&
                           fields->front().end <= head.size() &&
                           isPrintable(head.subspan(fields->front().begin,
                                                    fields->front().end - fields->front().begin));
    if (caffeName && (has(100, 2) || has(2, 2))) return FileKind::CaffeModel;
    const bool onnxFields = std::all_of(fields->begin(), fields->end(), [](const WireField& f) {
        return f.number <= 64 && (f.number != 7 || f.type == 2);
    });
    if (onnxFields && (has(7, 2) || has(1, 0))) return FileKind::Onnx;
    return FileKind::Unknown;
}

Result<FileKind> fileKind(const std::filesystem::path& path) {
    std::error_code code;
    if (!std::filesystem::exists(path, code))
        return Error{Code::FileNotFound, "there is no such file"}.inFile(path.string());
    std::ifstream stream(path, std::ios::binary);
    if (!stream || std::filesystem::is_directory(path, code))
        return Error{Code::FileUnreadable, "the file cannot be read"}.inFile(path.string());
    std::vector<std::byte> head(kLookAt);
    stream.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<size_t>(stream.gcount()));
    if (text(head).starts_with("PK\x03\x04")) { // what an archive holds stands at its end
        stream.clear();
        const auto entries = archiveEntries(std::filesystem::file_size(path, code), [&](uint64_t at, std::span<std::byte> to) {
            stream.seekg(static_cast<std::streamoff>(at));
            stream.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
            return stream.good();
        });
        if (entries) return archiveKind(*entries);
    }
    return kindOf(head);
}

} // namespace wb::importer
