# SPDX-License-Identifier: GPL-3.0-or-later
# The instruction table becomes code at build time; generated files are included as "compiler/target/bm1684x/isa/*.inc".
set(isa ${CMAKE_CURRENT_SOURCE_DIR}/isa)
set(isa_generated ${PROJECT_BINARY_DIR}/compiler/target/bm1684x/isa)
file(MAKE_DIRECTORY ${isa_generated})
add_executable(wb_isa_generate ${isa}/generate.cpp)
add_custom_command(
  OUTPUT ${isa_generated}/commands.inc ${isa_generated}/formats.inc
  COMMAND wb_isa_generate ${isa}/bm1684x.isa ${isa_generated}/commands.inc ${isa_generated}/formats.inc
  DEPENDS wb_isa_generate ${isa}/bm1684x.isa
  COMMENT "Writing the instruction structs" VERBATIM)
target_sources(wb_bm1684x PRIVATE
  ${isa_generated}/commands.inc ${isa_generated}/formats.inc isa/format.cpp isa/encode.cpp
  isa/operands.cpp isa/operands_tiu.cpp isa/operands_gdma.cpp isa/footprint.cpp isa/disassemble.cpp)
target_include_directories(wb_bm1684x PUBLIC ${PROJECT_BINARY_DIR})
