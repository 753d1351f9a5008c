# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(wb_bm1684x PRIVATE assembler/assembler.cpp assembler/hazards.cpp)
