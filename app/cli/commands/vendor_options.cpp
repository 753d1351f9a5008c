// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/vendor_options.h"

#include "app/cli/commands/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace wb::cli {
namespace {

bool isGranted(const VendorOption& option, const std::string& value) {
    const auto values = splitList(std::string(option.granted));
    return std::find(values.begin(), values.end(), CLI::detail::to_lower(value)) != values.end();
}

} // namespace

void VendorOptions::declare(CLI::App& app, std::span<const VendorOption> options) {
    for (const VendorOption& option : options) {
        auto* declared = option.isFlag ? app.add_flag(option.name) : app.add_option(option.name)->expected(0, 1);
        declared->group(""); // a page of them would hide the others
        m_declared.emplace_back(&option, declared);
    }
    app.footer("Other options of TPU-MLIR's tool are taken where they change nothing, and refused with the reason where they would.");
}

Status VendorOptions::check(const JobContext& context) const {
    for (const auto& [option, declared] : m_declared) {
        if (declared->count() == 0) continue;
        const std::string value = option->isFlag || declared->results().empty() ? std::string() : declared->results().back();
        if (option->granted == std::string_view(kAny)) {
            Error note = usage(std::string(option->name) + " changes nothing: " + option->reason, option->instead);
            note.severity = Severity::Warning;
            context.diagnostics().add(std::move(note));
        } else if (option->isFlag || !isGranted(*option, value)) {
            const std::string asked = value.empty() ? std::string(option->name) : std::string(option->name) + ' ' + value;
            return usage(asked + " is not possible: " + option->reason, option->instead);
        }
    }
    return {};
}

} // namespace wb::cli
