// SPDX-License-Identifier: GPL-3.0-or-later
// The panels of the work on a network, in one include for the main window. Each is made with
// (Document*, QWidget* parent), reads the document, edits through Document::edit() and needs no other
// wiring; signals ask the window for what lies outside the panel. Library: wb::panels.
#pragma once

#include "widgets/panels/calibration/calibration_panel.h"   // CalibrationPanel: stage Calibrate
#include "widgets/panels/compare/compare_panel.h"           // ComparePanel: central tab
#include "widgets/panels/deploy/deploy_panel.h"             // DeployPanel: stage Deploy & verify
#include "widgets/panels/import_dialog/import_dialog.h"     // ImportDialog: stage Import, shapes and outputs
#include "widgets/panels/inspector/inspector_panel.h"       // InspectorPanel: dock
#include "widgets/panels/layer_table/layer_table_panel.h"   // LayerTablePanel: central tab
#include "widgets/panels/precision/target_panel.h"          // TargetPanel: stages Quantise, Precision
#include "widgets/panels/precision/table_import.h"          // tables of the vendor's, into the project
#include "widgets/panels/preprocess/preprocess_panel.h"     // PreprocessPanel: stage Preprocess
#include "widgets/panels/search/search_panel.h"             // SearchPanel: dock "Search progress"
#include "widgets/panels/timeline/timeline_panel.h"         // TimelinePanel: dock, and window of an opened bmodel
