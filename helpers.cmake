# SPDX-License-Identifier: GPL-3.0-or-later
# The functions every module, test and program of the project is made with.

# A module's sources are compiled a dozen at a time: no name stands twice in the anonymous namespaces of a module, and
# most of a source's compile time is its headers and the same standard templates again (measured: 19 import rules
# 55 s one by one, 3 s together). Off for incremental work on one file: -DWB_UNITY=OFF.
option(WB_UNITY "Compile several sources of a module at a time" ON)

# wb_module(NAME SOURCES … [DEPENDS …] [PRIVATE_DEPENDS …])
# A static library `wb_NAME` with alias `wb::NAME`. Includes are written from the repository root
# ("compiler/ir/graph.h"). DEPENDS show in public headers, PRIVATE_DEPENDS only in sources.
function(wb_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(wb_${name} STATIC ${ARG_SOURCES})
  add_library(wb::${name} ALIAS wb_${name})
  target_include_directories(wb_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(wb_${name} PUBLIC wb_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS} ${WB_MODULE_OPTIONS})
  wb_unity(wb_${name})
endfunction()

# wb_gui_module(NAME …): a module of the window: with signals and slots, and Qt's headers parsed once for all of them.
function(wb_gui_module name)
  wb_module(${name} ${ARGN})
  set_target_properties(wb_${name} PROPERTIES AUTOMOC ON)
  target_precompile_headers(wb_${name} REUSE_FROM wb_gui_headers)
endfunction()

# wb_unity(TARGET): Highway's sources include themselves once for each instruction set and stay alone.
function(wb_unity target)
  if(NOT WB_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "_simd\\.cpp$")
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# wb_unity_by_folder(TARGET): the sources of a folder together, and only those.
function(wb_unity_by_folder target)
  if(NOT WB_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder})
  endforeach()
endfunction()

# wb_test_target(TARGET [DEPENDS …]): what sources of tests are compiled with: Qt Test and its headers, parsed once.
function(wb_test_target target)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LABELS" ${ARGN})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${target} PRIVATE WB_SOURCE_DIR="${PROJECT_SOURCE_DIR}" WB_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(${target} PUBLIC wb_options Qt6::Test ${ARG_DEPENDS} wb_test_options)
  if("gui" IN_LIST ARG_LABELS)
    target_link_libraries(${target} PUBLIC Qt6::Widgets)
    target_precompile_headers(${target} REUSE_FROM wb_gui_test_headers)
  else()
    target_compile_definitions(${target} PUBLIC QT_NO_EMIT) # emitters have a function of that name
    target_precompile_headers(${target} REUSE_FROM wb_test_headers)
  endif()
  wb_unity(${target})
endfunction()

# wb_test_library(NAME SOURCES … DEPENDS …): a static library `wb_NAME` of what several tests share.
function(wb_test_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(WB_BUILD_TESTS)
    add_library(wb_${name} STATIC ${ARG_SOURCES})
    wb_test_target(wb_${name} DEPENDS ${ARG_DEPENDS})
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
  set_target_properties(tst_${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # What moc writes is included by the test itself; there is nothing to parse Qt's headers for.
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/tst_${name}_autogen/mocs_compilation.cpp
    PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  wb_test_target(tst_${name} DEPENDS ${ARG_DEPENDS} LABELS ${ARG_LABELS})
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
  wb_unity(${name})
endfunction()
