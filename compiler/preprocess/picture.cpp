// SPDX-License-Identifier: GPL-3.0-or-later
// The wrapper round OpenCV's decoders and its resize. Headers are looked at first, so that a file of some
// bytes that promises gigapixels is refused without allocating them; OpenCV's exceptions end here.
#include "compiler/preprocess/picture.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>

namespace wb::preprocess {
namespace {

using Bytes = std::span<const std::byte>;

int64_t bigEndian16(Bytes b, size_t at) {
    return (std::to_integer<int64_t>(b[at]) << 8) | std::to_integer<int64_t>(b[at + 1]);
}
int64_t bigEndian32(Bytes b, size_t at) { return (bigEndian16(b, at) << 16) | bigEndian16(b, at + 2); }
int32_t littleEndian32(Bytes b, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
        value |= std::to_integer<uint32_t>(b[at + i]) << (8 * i);
    return static_cast<int32_t>(value);
}

bool startsWith(Bytes bytes, std::string_view magic) {
    return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// Size from a JPEG's start-of-frame segment (ITU-T T.81, B.2.2).
std::optional<PictureHeader> jpegHeader(Bytes bytes) {
    size_t at = 2;
    while (at + 4 <= bytes.size()) {
        if (std::to_integer<int>(bytes[at]) != 0xff)
            return {};
        const int marker = std::to_integer<int>(bytes[at + 1]);
        if (marker == 0xff) { // fill byte
            ++at;
            continue;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += 2;
            continue;
        }
        const int64_t length = bigEndian16(bytes, at + 2);
        const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
                           marker != 0xcc;
        if (frame) {
            if (at + 9 > bytes.size())
                return {};
            return PictureHeader{PictureHeader::Kind::Jpeg, bigEndian16(bytes, at + 7),
                                 bigEndian16(bytes, at + 5)};
        }
        if (marker == 0xda || marker == 0xd9 || length < 2)
            return {};
        at += 2 + static_cast<size_t>(length);
    }
    return {};
}

/// A complete file ends with its end marker, whatever trails behind it. A decoder would fill the missing
/// part with grey, which would go unnoticed into a calibration.
bool isComplete(const PictureHeader& header, Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    switch (header.kind) {
    case PictureHeader::Kind::Jpeg:
        return text.rfind("\xff\xd9") != std::string_view::npos;
    case PictureHeader::Kind::Png:
        return text.rfind("IEND") != std::string_view::npos;
    case PictureHeader::Kind::Bmp: {
        // Uncompressed rows are padded to four bytes; compressed ones cannot be foretold.
        const int compression = bytes.size() >= 34 ? littleEndian32(bytes, 30) : 0;
        const int bits = std::to_integer<int>(bytes[28]);
        const int64_t offset = littleEndian32(bytes, 10);
        const int64_t row = (header.width * bits + 31) / 32 * 4;
        return (compression != 0 && compression != 3) ||
               offset + row * header.height <= static_cast<int64_t>(bytes.size());
    }
    }
    return false;
}

Error unreadable(std::string why) {
    return Error{Code::PictureUnreadable, "the picture cannot be read"}
        .because(std::move(why))
        .remedy("open it in a picture viewer and save it again as JPEG or PNG");
}

ir::Tensor fromMat(const cv::Mat& mat) {
    ir::Tensor picture(ir::ElementType::Ui8, {mat.rows, mat.cols, mat.channels()});
    auto* out = picture.mutableData<uint8_t>();
    const size_t row = static_cast<size_t>(mat.cols) * static_cast<size_t>(mat.channels());
    for (int y = 0; y < mat.rows; ++y)
        std::memcpy(out + static_cast<size_t>(y) * row, mat.ptr(y), row);
    return picture;
}

/// A view; OpenCV must only read it.
cv::Mat toMat(const ir::Tensor& picture) {
    const auto& shape = picture.shape();
    return cv::Mat(static_cast<int>(shape[0]), static_cast<int>(shape[1]),
                   CV_8UC(static_cast<int>(shape[2])), const_cast<uint8_t*>(picture.data<uint8_t>()));
}

bool isPicture(const ir::Tensor& t) {
    return t.type() == ir::ElementType::Ui8 && t.shape().size() == 3 && t.elementCount() > 0 &&
           (t.shape()[2] == 1 || t.shape()[2] == 3 || t.shape()[2] == 4);
}

cv::Mat decode(const cv::Mat& raw, Channels channels) {
    cv::Mat result;
    if (channels == Channels::Gray)
        return cv::imdecode(raw, cv::IMREAD_GRAYSCALE);
    if (channels == Channels::Rgb) {
        const cv::Mat bgr = cv::imdecode(raw, cv::IMREAD_COLOR);
        if (!bgr.empty())
            cv::cvtColor(bgr, result, cv::COLOR_BGR2RGB);
        return result;
    }
    cv::Mat any = cv::imdecode(raw, cv::IMREAD_UNCHANGED);
    if (!any.empty() && (any.channels() != 4 || any.depth() != CV_8U))
        any = cv::imdecode(raw, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (!any.empty())
        cv::cvtColor(any, result, any.channels() == 4 ? cv::COLOR_BGRA2RGBA : cv::COLOR_BGR2RGBA);
    return result;
}

} // namespace

std::optional<PictureHeader> readPictureHeader(Bytes bytes) {
    std::optional<PictureHeader> header;
    if (startsWith(bytes, "\xff\xd8\xff"))
        header = jpegHeader(bytes);
    else if (startsWith(bytes, "\x89PNG\r\n\x1a\n") && bytes.size() >= 24)
        header = PictureHeader{PictureHeader::Kind::Png, bigEndian32(bytes, 16), bigEndian32(bytes, 20)};
    else if (startsWith(bytes, "BM") && bytes.size() >= 30 && littleEndian32(bytes, 14) >= 40)
        // A negative height means rows from top to bottom.
        header = PictureHeader{PictureHeader::Kind::Bmp, littleEndian32(bytes, 18),
                               std::abs(int64_t{littleEndian32(bytes, 22)})};
    if (header && (header->width <= 0 || header->height <= 0))
        header.reset();
    return header;
}

Result<ir::Tensor> decodePicture(Bytes bytes, Channels channels) {
    const auto header = readPictureHeader(bytes);
    if (!header)
        return unreadable("it is not a JPEG, PNG or BMP file, or its header is damaged");
    // A PNG may say 2^32 - 1 of both, whose product does not fit 64 bits.
    if (header->width > kLargestPicture / header->height)
        return unreadable("it has " + std::to_string(header->width) + " x " +
                          std::to_string(header->height) + " pixels, at most " +
                          std::to_string(kLargestPicture / 1'000'000) + " million are read");
    if (!isComplete(*header, bytes))
        return unreadable("the file is cut off after " + std::to_string(bytes.size()) + " bytes");
    try {
        const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1,
                          const_cast<std::byte*>(bytes.data()));
        const cv::Mat picture = decode(raw, channels);
        if (picture.empty())
            return unreadable("its data is damaged");
        return fromMat(picture);
    } catch (const std::exception& problem) { // cv::Exception, std::bad_alloc
        return unreadable(std::string("its data is damaged: ") + problem.what());
    }
}

Result<ir::Tensor> readPicture(const std::filesystem::path& path, Channels channels) {
    WB_ASSIGN(const auto bytes, readFile(path, uint64_t{1} << 30));
    auto picture = decodePicture(bytes, channels);
    if (!picture)
        return std::move(picture).error().inFile(path.string());
    return picture;
}

Status writePicture(const std::filesystem::path& path, const ir::Tensor& picture) {
    if (!isPicture(picture))
        return Error{Code::Internal, "not a picture: " + ir::toText(picture.shape())};
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending != ".png" && ending != ".jpg" && ending != ".jpeg" && ending != ".bmp")
        return Error{Code::UsageError, "cannot write a picture with the ending \"" + ending + "\""}
            .inFile(path.string())
            .remedy("use .png, .jpg or .bmp");
    std::vector<uint8_t> encoded;
    try {
        cv::Mat mat = toMat(picture);
        if (mat.channels() == 3)
            cv::cvtColor(toMat(picture), mat = cv::Mat(), cv::COLOR_RGB2BGR);
        else if (mat.channels() == 4)
            cv::cvtColor(toMat(picture), mat = cv::Mat(), cv::COLOR_RGBA2BGRA);
        if (!cv::imencode(ending, mat, encoded))
            return Error{Code::Internal, "the picture cannot be encoded"}.inFile(path.string());
    } catch (const std::exception& problem) {
        return Error{Code::Internal, "the picture cannot be encoded"}
            .because(problem.what())
            .inFile(path.string());
    }
    return writeFileAtomically(path, std::as_bytes(std::span(encoded)));
}

Result<ir::Tensor> resizePicture(const ir::Tensor& picture, int64_t height, int64_t width) {
    if (!isPicture(picture))
        return Error{Code::Internal, "not a picture: " + ir::toText(picture.shape())};
    if (height <= 0 || width <= 0 || height > kLargestPicture / width)
        return Error{Code::PreprocessInvalid, "cannot resize a picture to " + std::to_string(width) + " x " +
                                                  std::to_string(height) + " pixels"};
    try {
        cv::Mat resized;
        cv::resize(toMat(picture), resized, cv::Size(static_cast<int>(width), static_cast<int>(height)), 0,
                   0, cv::INTER_LINEAR);
        return fromMat(resized);
    } catch (const std::exception& problem) {
        return Error{Code::OutOfMemory, "the picture cannot be resized"}.because(problem.what());
    }
}

} // namespace wb::preprocess
