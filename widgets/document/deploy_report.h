// SPDX-License-Identifier: GPL-3.0-or-later
// What the stage Deploy & verify found, as values for views; read from the deploy.json of its result.
#pragma once

#include <QString>
#include <QVector>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace wb::document {

/// One comparison of outputs: how many, how many below the tolerance, the least similarities.
struct DeployComparison {
    int compared = 0, failed = 0;
    double minCosine = 1, minEuclid = 1;
    QString firstBad;
};

/// Cycles of one layer of the lowered network on the chip.
struct DeployLayer {
    QString name;
    int64_t begin = 0, end = 0, tiu = 0, gdma = 0;
};

struct DeployReport {
    std::optional<DeployComparison> quantised; ///< quantised network against the FP32 reference
    bool passed = false;                       ///< all within the project's tolerances
    bool hasBmodel = false;                    ///< what follows holds
    QString stored;                            ///< the bmodel in the results folder
    uint64_t fileBytes = 0, coefficientBytes = 0, neuronBytes = 0;
    uint32_t tiuCommands = 0, gdmaCommands = 0;
    std::optional<int64_t> cycles;             ///< of one run
    QVector<DeployLayer> layers;               ///< in the order in which they run
    bool simulated = false;
    int outputs = 0, equalOutputs = 0;         ///< equal: every byte, against the quantised network
    std::optional<DeployComparison> bmodel;    ///< file against the quantised network
};

/// Fields of another type or missing keep their defaults.
DeployReport deployReportFromJson(const nlohmann::json& j);

} // namespace wb::document
