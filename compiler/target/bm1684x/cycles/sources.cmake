# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(wb_bm1684x PRIVATE cycles/cost.cpp cycles/cost_gdma.cpp cycles/cost_tiu.cpp cycles/timing.cpp)
