// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/notes.h"

#include <cstdio>

namespace wb::improve::notes {
namespace {

Error note(Code code, std::string what) {
    Error error{code, std::move(what)};
    error.severity = Severity::Note;
    return error;
}

std::string counted(size_t count, const char* what) { return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s"); }
std::string pictures(size_t count) { return counted(count, "picture"); }

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2g %%", 100 * share);
    return text;
}

constexpr char kGiveMore[] = "give at least 4 pictures, or others with --validation and --test";

} // namespace

Error noHead(const std::string& why) {
    return note(Code::DetectHeadUnknown, "no detection head is known (" + why + "): recipes are compared by the outputs alone");
}

Error gradientStopped(const std::string& op, const std::string& why) {
    return note(Code::GradientStopped, "no gradient goes through " + op + " (" + why + "): errors before it count alike")
        .field("operator", op);
}

Error nothingHeldOut() {
    return note(Code::PicturesTooFew,
                "without held-out pictures the choice would rest on pictures already seen: the vendor's table is kept")
        .remedy(kGiveMore)
        .remedy("ask for a recipe by its name");
}

Error noneToHoldOut(size_t contents) {
    return note(Code::PicturesTooFew, pictures(contents) + ": too few to hold any out, so no recipe can be told from another")
        .remedy(kGiveMore);
}

Error noneToTest(size_t contents) {
    return note(Code::PicturesTooFew,
                pictures(contents) + ": too few for a test set; the figures shown are those that the choice was made by")
        .remedy(kGiveMore);
}

Error fewToCalibrate(size_t count) {
    return note(Code::PicturesTooFew, pictures(count) + " to calibrate with: rewritten weights overfit few pictures")
        .remedy("give 50 to 200");
}

Error noZeroPoints(const std::string& why) { return note(Code::RecipeLimited, "no INT8 with zero points: " + why); }

Error tooManyFloats(size_t layers, double share) {
    return noZeroPoints(counted(layers, "more layer") + " would be float, " + percent(share) + " of the network's elements");
}

Error fewFloats(size_t layers, double share) {
    return note(Code::RecipeLimited,
                "zero points send " + counted(layers, "more layer") + " to float, " + percent(share) + " of the network's elements");
}

Error dearActivations(size_t alone) {
    return note(Code::RecipeLimited, std::to_string(alone) +
                                         " activations with codes of their own have no convolution that takes them and cost more "
                                         "cycles than the vendor's form; deploy says how many");
}

Error askedByName() {
    return note(Code::RecipeLimited,
                "the recipe was asked for by name; among those tried for it the best is kept, the vendor's included");
}

} // namespace wb::improve::notes
