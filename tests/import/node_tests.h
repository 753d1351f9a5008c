// SPDX-License-Identifier: GPL-3.0-or-later
// The node tests that ONNX publishes (Debian: libonnx-testdata): one small model a folder, with inputs and
// expected outputs. Says which of them a compiler of static networks can be asked to pass, and runs one.
#pragma once

#include "compiler/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace wb::test {

class Random;

struct NodeTest {
    enum class State { Passed, Failed, NotEligible };
    std::string name;     ///< "test_abs"
    State state = State::Failed;
    std::string reason;   ///< why not, in words that many tests share
    std::string detail;   ///< the same with names and numbers
};

/// Where the package puts them; empty when it is not installed. WB_ONNX_NODE_TESTS names another folder.
std::filesystem::path nodeTestFolder();
/// Reads model and data, imports, runs the network as imported and as optimised, compares both.
NodeTest runNodeTest(const std::filesystem::path& folder);
/// The model with attributes, sizes and parameters that no exporter writes; empty if it cannot be read.
std::string extremeModel(const std::filesystem::path& folder, Random& random);
/// The page docs/onnx-node-tests.md.
std::string nodeTestPage(const std::vector<NodeTest>& tests);

} // namespace wb::test
