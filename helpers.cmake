# SPDX-License-Identifier: GPL-3.0-or-later
# The three functions every module, test and program of the project is made with.

# Modules whose sources are compiled several at a time: their anonymous namespaces have no name twice, and
# most of a source's compile time is the instantiation of the same standard templates (measured: 19 import rules
# 55 s one by one, 3 s together). Off for incremental work on one file: -DWB_UNITY=OFF.
option(WB_UNITY "Compile several sources of a module at a time" ON)
set(WB_UNITY_MODULES base ir numeric preprocess execute evaluate improve codegen quantise jobs)

# wb_module(NAME SOURCES … [DEPENDS …] [PRIVATE_DEPENDS …])
# A static library `wb_NAME` with alias `wb::NAME`. Includes are written from the repository root
# ("compiler/ir/graph.h"). DEPENDS show in public headers, PRIVATE_DEPENDS only in sources.
function(wb_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(wb_${name} STATIC ${ARG_SOURCES})
  add_library(wb::${name} ALIAS wb_${name})
  target_include_directories(wb_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(wb_${name} PUBLIC wb_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS} ${WB_MODULE_OPTIONS})
  if(WB_UNITY AND name IN_LIST WB_UNITY_MODULES)
    set_target_properties(wb_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  endif()
endfunction()

# wb_test(NAME SOURCES … DEPENDS … [LABELS …] [TIMEOUT seconds])
# A Qt Test program `tst_NAME`, run by ctest off screen, in its own temporary home.
function(wb_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT WB_BUILD_TESTS)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(tst_${name} ${ARG_SOURCES})
  set_target_properties(tst_${name} PROPERTIES AUTOMOC ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(tst_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(tst_${name} PRIVATE wb_options Qt6::Test ${ARG_DEPENDS} wb_test_options)
  if("gui" IN_LIST ARG_LABELS)
    target_link_libraries(tst_${name} PRIVATE Qt6::Widgets)
    target_precompile_headers(tst_${name} REUSE_FROM wb_gui_test_headers)
  else()
    target_compile_definitions(tst_${name} PRIVATE QT_NO_EMIT) # emitters have a function of that name
    target_precompile_headers(tst_${name} REUSE_FROM wb_test_headers)
  endif()
  target_compile_definitions(tst_${name} PRIVATE WB_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    WB_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  add_test(NAME ${name} COMMAND tst_${name})
  wb_test_run(${name} ${ARG_TIMEOUT} "${ARG_LABELS}")
endfunction()

# wb_test_run(NAME SECONDS LABELS [VARIABLE=VALUE…]): how ctest runs it. Qt Test's watchdog is as patient as ctest is.
function(wb_test_run name seconds labels)
  if(WB_SANITIZE)
    math(EXPR seconds "${seconds} * 10") # instrumented code takes so much longer
  endif()
  set(environment QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 QTEST_FUNCTION_TIMEOUT=${seconds}000
    TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds} LABELS "${labels}" ENVIRONMENT "${environment}")
endfunction()

# wb_mutations(NAME COUNT): the test NAME once more with COUNT mutations a reader, as the long test NAME_long.
function(wb_mutations name count)
  if(TARGET tst_${name})
    add_test(NAME ${name}_long COMMAND tst_${name})
    wb_test_run(${name}_long 900 long WB_MUTATIONS=${count})
  endif()
endfunction()

# wb_program(NAME SOURCES … DEPENDS …): an executable in bin/.
function(wb_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE wb_options ${ARG_DEPENDS})
endfunction()
