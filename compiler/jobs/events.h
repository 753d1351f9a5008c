// SPDX-License-Identifier: GPL-3.0-or-later
// Live events of running jobs, and the worker's line protocol.
//
// `tpuwb worker` reads one JSON object a line on standard input and writes one a line on standard output:
//   → {"id": 7, "job": "stages", "request": {"project": {…}, "file": "/a/b.tpuwb", "last": "mixed"}}
//   → {"cancel": 7}
//   ← {"id": 7, "event": "progress", "payload": {"stage": "calibrate", "done": 3, "total": 100, "text": ""}}
//   ← {"id": 7, "event": "<kind below>", "payload": …}
//   ← {"id": 7, "event": "problem", "payload": {code, severity, what, why, file, node, remedies, fields}}
//   ← {"id": 7, "event": "log", "payload": "text"}
//   ← {"id": 7, "event": "result", "payload": …}   or   {"id": 7, "event": "error", "payload": {…}}
// One job runs at a time; others queue. End of input ends the worker after the running job's cancel.
//
// Jobs: "stages" (runStages) · "import-preview" {model…} → NetworkSnapshot, or an error that names free
// dimensions / unsupported operators · "preprocess-preview" {project, file, picture} → {resized: png path,
// tensor: png path, channels: [{min, mean, max, std}], formula} · "tensor-statistics" {project, file, layer,
// variants, bins} → [TensorStatistics] · "bmodel-timeline" {file, to} → {to}, a file with a Timeline ·
// "search" {project, file} → search result · "echo" (tests).
#pragma once

namespace wb::jobs::event {

inline constexpr char kProgress[] = "progress";
inline constexpr char kStageStarted[] = "stage-started";   ///< {"stage", "key"}
inline constexpr char kStageFinished[] = "stage-finished"; ///< StageResult
inline constexpr char kNetwork[] = "network";              ///< NetworkSnapshot
inline constexpr char kLayerSample[] = "layer-sample";     ///< LayerSample, as soon as the layer is done
inline constexpr char kLayerPrecision[] = "layer-precision"; ///< [LayerPrecision] of a variant, with "variant"
inline constexpr char kDetections[] = "detections";        ///< DetectionCandidates
inline constexpr char kSearchCandidate[] = "search-candidate"; ///< {"float_layers", "float_macs_share", "cosine", "layers": […], "best": bool}
inline constexpr char kSearchLayer[] = "search-layer";     ///< {"name", "cosine", "gain", "kept": bool, "text"}
inline constexpr char kPicture[] = "calibration-picture";  ///< {"path", "ok", "reason"}
inline constexpr char kProblem[] = "problem";
inline constexpr char kLog[] = "log";
inline constexpr char kResult[] = "result";
inline constexpr char kError[] = "error";

} // namespace wb::jobs::event
