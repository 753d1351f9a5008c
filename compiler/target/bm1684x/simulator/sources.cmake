# SPDX-License-Identifier: GPL-3.0-or-later
target_sources(wb_bm1684x PRIVATE
  simulator/arithmetic.cpp simulator/arithmetic_float.cpp simulator/arithmetic_integer.cpp simulator/context.cpp
  simulator/conv.cpp simulator/conv_dot_simd.cpp simulator/conv_fast.cpp simulator/dma.cpp simulator/dma_gather.cpp
  simulator/elements.cpp simulator/matmul.cpp simulator/memory.cpp simulator/move.cpp simulator/pool.cpp
  simulator/quantise.cpp simulator/runner.cpp simulator/simulator.cpp simulator/special.cpp simulator/static_tables.cpp
  simulator/vector.cpp)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
target_link_libraries(wb_bm1684x PRIVATE PkgConfig::HWY)
