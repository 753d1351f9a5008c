// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies (functions, branches, iterations) written out as nodes of the network that uses them.
#pragma once

#include "compiler/import/source_model.h"

namespace wb::importer {

struct Instance {
    std::vector<ops::SourceNode> nodes;
    std::map<std::string, ir::Tensor, std::less<>> constants;
    std::vector<std::string> outputs; ///< the name that holds each output of the body
};

/// The body with its formal inputs renamed to `inputs` ("" where absent), the outputs that its nodes make to
/// `outputs` as far as given, everything else made inside prefixed, names from around it as `caller` reads them. Attribute
/// references are taken from `caller`, or from the body's defaults, or dropped.
Instance instantiate(const SourceBody& body, const std::string& prefix, const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs, const ops::SourceNode& caller);

} // namespace wb::importer
