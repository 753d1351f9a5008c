// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/stage_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace wb::document {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(wb::document::Words)
};

QString fact(const jobs::StageResult& result, const char* key) {
    const auto it = result.summary.find(key);
    return it == result.summary.end() ? QString() : QString::fromStdString(it->second);
}

/// Parts that are there, joined by the middle dot.
QString joined(const QStringList& parts) {
    QStringList there;
    for (const QString& part : parts)
        if (!part.isEmpty()) there << part;
    return there.join(QStringLiteral(" · "));
}

/// Cosines in one line have four digits (visual design, section 2).
QString shortCosine(const QString& text) {
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok ? QString::number(value, 'f', 4) : text;
}

QString layers(const QString& count) {
    return count.isEmpty() ? QString() : Words::tr("%n layers", nullptr, count.toInt());
}

} // namespace

QString stageName(jobs::Stage stage) {
    switch (stage) {
    case jobs::Stage::Import: return Words::tr("Import");
    case jobs::Stage::Preprocess: return Words::tr("Preprocess");
    case jobs::Stage::Reference: return Words::tr("Reference FP32");
    case jobs::Stage::Calibrate: return Words::tr("Calibrate");
    case jobs::Stage::Quantise: return Words::tr("Quantise INT8");
    case jobs::Stage::Precision: return Words::tr("Precision table");
    case jobs::Stage::Mixed: return Words::tr("Mixed");
    case jobs::Stage::Deploy: return Words::tr("Deploy & verify");
    }
    return {};
}

QString stateName(StageState state) {
    switch (state) {
    case StageState::NotRun: return Words::tr("Not run");
    case StageState::Queued: return Words::tr("Queued");
    case StageState::Running: return Words::tr("Running");
    case StageState::Done: return Words::tr("Done");
    case StageState::Stale: return Words::tr("Out of date");
    case StageState::Failed: return Words::tr("Failed");
    case StageState::Cancelled: return Words::tr("Cancelled");
    case StageState::Skipped: return Words::tr("Skipped");
    }
    return {};
}

QString stageSummary(const jobs::StageResult& r) {
    switch (r.stage) {
    case jobs::Stage::Import: {
        const QString opset = fact(r, "opset");
        const QString format = opset.isEmpty() || opset == u"0"
                                   ? fact(r, "format")
                                   : Words::tr("%1 opset %2").arg(fact(r, "format"), opset);
        return joined({format, layers(fact(r, "layers"))});
    }
    case jobs::Stage::Preprocess:
        if (fact(r, "kind") == u"tensor")
            return Words::tr("tensor files, %n samples", nullptr, fact(r, "images").toInt());
        return joined({fact(r, "pixel_format").toUpper(), fact(r, "resize"), fact(r, "size")});
    case jobs::Stage::Reference:
        if (fact(r, "min_cosine").isEmpty()) return layers(fact(r, "layers"));
        return Words::tr("matches source: %1").arg(fact(r, "min_cosine"));
    case jobs::Stage::Calibrate: {
        const QString thresholds =
            Words::tr("%n thresholds", nullptr, fact(r, "thresholds").toInt());
        if (fact(r, "method") == u"imported") return joined({Words::tr("imported"), thresholds});
        return joined({Words::tr("%n images", nullptr, fact(r, "images").toInt()),
                       fact(r, "method").toUpper(), thresholds});
    }
    case jobs::Stage::Quantise:
    case jobs::Stage::Mixed: {
        const QString worst = fact(r, "worst_cosine"), output = fact(r, "output_cosine");
        return joined({worst.isEmpty() ? QString() : Words::tr("worst %1").arg(shortCosine(worst)),
                       output.isEmpty() ? QString() : Words::tr("output %1").arg(shortCosine(output))});
    }
    case jobs::Stage::Precision: {
        const QString unmet = fact(r, "not_honoured");
        return joined({Words::tr("%1 of %2 layers set").arg(fact(r, "entries"), fact(r, "layers")),
                       unmet.toInt() > 0 ? Words::tr("%n not met", nullptr, unmet.toInt()) : QString()});
    }
    case jobs::Stage::Deploy: {
        if (fact(r, "bytes").isEmpty()) return Words::tr("quantised, no bmodel");
        const double size = fact(r, "bytes").toDouble();
        return joined({size >= 1e6 ? Words::tr("%1 MB").arg(size / 1e6, 0, 'f', 1) : Words::tr("%1 kB").arg(size / 1e3, 0, 'f', 0),
                       fact(r, "passed") == u"no" ? Words::tr("below the tolerance") : Words::tr("check passed")});
    }
    }
    return {};
}

QString stageSummaryLong(const jobs::StageResult& r) {
    switch (r.stage) {
    case jobs::Stage::Import:
        return joined({stageSummary(r),
                       fact(r, "input").isEmpty() ? QString() : Words::tr("input %1").arg(fact(r, "input")),
                       fact(r, "outputs").isEmpty()
                           ? QString()
                           : Words::tr("%n outputs", nullptr, fact(r, "outputs").toInt())});
    case jobs::Stage::Preprocess: return joined({stageSummary(r), fact(r, "formula")});
    case jobs::Stage::Quantise:
    case jobs::Stage::Mixed: {
        const QString count = fact(r, "float_layers");
        return joined({Words::tr("output cosine %1").arg(fact(r, "output_cosine")),
                       fact(r, "worst_layer").isEmpty()
                           ? QString()
                           : Words::tr("worst %1 at %2").arg(fact(r, "worst_cosine"), fact(r, "worst_layer")),
                       count.toInt() > 0 ? Words::tr("%n float layers", nullptr, count.toInt()) : QString()});
    }
    case jobs::Stage::Deploy:
        if (!fact(r, "bytes").isEmpty())
            return joined({stageSummary(r), Words::tr("least cosine %1").arg(fact(r, "min_cosine")),
                           fact(r, "cycles").isEmpty() ? QString() : Words::tr("%1 cycles").arg(fact(r, "cycles"))});
        return Words::tr("Bmodels for this chip are not in this version. The quantised model and its check are complete.");
    default: return stageSummary(r);
    }
}

QString secondsText(double seconds) {
    if (!(seconds >= 0)) return {};
    if (seconds < 0.1) return QStringLiteral("<0.1 s");
    if (seconds < 60) return QString::number(seconds, 'f', 1) + QStringLiteral(" s");
    const int whole = static_cast<int>(std::lround(seconds));
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString requestTitle(const QString& job) {
    if (job == u"import-preview") return Words::tr("Look at the model");
    if (job == u"preprocess-preview") return Words::tr("Preview of preprocessing");
    if (job == u"tensor-statistics") return Words::tr("Tensor statistics");
    if (job == u"bmodel-timeline") return Words::tr("Times of a bmodel");
    if (job == u"search") return Words::tr("Search precision table");
    return job;
}

QString errorCode(const Error& error) {
    return QStringLiteral("E%1").arg(static_cast<int>(error.code));
}

QString errorText(const Error& error) {
    QString general;
    switch (error.code) {
    case Code::WorkerDied: {
        const auto it = error.fields.find("stage");
        if (it == error.fields.end() || it->second.empty())
            return error.what == "the compiler stopped unexpectedly"
                       ? Words::tr("The compiler stopped unexpectedly. Your project is safe.")
                       : Words::tr("The compiler program could not be started.");
        if (error.what != "the compiler stopped unexpectedly")
            return Words::tr("The compiler program could not be started.");
        return Words::tr("The compiler stopped unexpectedly in %1. Your project is safe.")
            .arg(QString::fromStdString(it->second));
    }
    case Code::FileNotFound: general = Words::tr("The file was not found"); break;
    case Code::FileUnreadable: general = Words::tr("The file cannot be read"); break;
    case Code::FileTruncated: general = Words::tr("The file ends too early"); break;
    case Code::FileUnknownKind: general = Words::tr("The kind of the file is not known"); break;
    case Code::FileDamaged: general = Words::tr("The file is damaged"); break;
    case Code::FileNotWritable: general = Words::tr("The file cannot be written"); break;
    case Code::NoSpaceLeft: general = Words::tr("No space is left on the disk"); break;
    case Code::PictureUnreadable: general = Words::tr("A picture cannot be read"); break;
    case Code::ModelDamaged: general = Words::tr("The model is damaged"); break;
    case Code::UnsupportedOperators: general = Words::tr("Some operators are not supported"); break;
    case Code::FreeDimensions: general = Words::tr("An input has free sizes"); break;
    case Code::OutputNotFound: general = Words::tr("An output was not found"); break;
    case Code::PreprocessInvalid: general = Words::tr("The preprocessing settings do not fit"); break;
    case Code::TableSyntax: general = Words::tr("The table has a syntax error"); break;
    case Code::TableNotFound: general = Words::tr("The calibration table was not found"); break;
    case Code::DatasetEmpty: general = Words::tr("The data set has no images"); break;
    case Code::DatasetUnreadable: general = Words::tr("No image of the data set can be read"); break;
    case Code::PicturesTooFew: general = Words::tr("There are too few pictures for the recipe"); break;
    case Code::GradientStopped: general = Words::tr("An operator has no gradient"); break;
    case Code::RecipeLimited: general = Words::tr("The recipe could not try everything"); break;
    case Code::PrecisionNameUnknown: general = Words::tr("The precision table names unknown layers"); break;
    case Code::PrecisionNotHonoured: general = Words::tr("Some requested precisions were not met"); break;
    case Code::PrecisionUnavailable: general = Words::tr("The target has no such precision"); break;
    case Code::NothingToQuantise: general = Words::tr("The model has nothing to quantise"); break;
    case Code::OperatorNotLowered: general = Words::tr("An operator cannot be lowered"); break;
    case Code::CodegenMissing: general = Words::tr("This version has no files for that chip"); break;
    case Code::BelowTolerance: general = Words::tr("The similarity is below the tolerance"); break;
    case Code::DetectHeadUnknown: general = Words::tr("The outputs are no known detection head"); break;
    case Code::ProjectDamaged: general = Words::tr("The project file is damaged"); break;
    case Code::ProjectNewer: general = Words::tr("The project was made by a newer version"); break;
    case Code::OutOfMemory: general = Words::tr("There is not enough memory"); break;
    case Code::Internal: general = Words::tr("An internal check failed"); break;
    case Code::Cancelled: return Words::tr("Cancelled");
    default: break;
    }
    QString exact = QString::fromStdString(error.what);
    if (!exact.isEmpty()) exact[0] = exact[0].toUpper();
    if (!exact.isEmpty() && !exact.endsWith(u'.')) exact += u'.';
    // In English the exact text says it all; in another language the general sentence leads.
    if (general.isEmpty() || QLocale().language() == QLocale::English) return exact;
    return QStringLiteral("%1：%2").arg(general, QString::fromStdString(error.what));
}

} // namespace wb::document
