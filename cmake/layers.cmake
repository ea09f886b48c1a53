# One library for each folder of src/. `zglacier_layer(NAME LIBS...)` takes every .cpp of the folder
# except the tests, and builds the *_test.cpp files beside them into one test program, NAME_test.
# What tests share, in the folder testing/, is the interface library zglacier_NAME_testing.

# zglacier_headers(TARGET TYPE HEADERS...): HEADERS belong to TARGET, and each must compile by
# itself. TYPE is PUBLIC, or INTERFACE for a library without sources.
function(zglacier_headers target type)
  if(ARGN)
    target_sources(${target} ${type}
                   FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${ARGN})
  endif()
endfunction()

# zglacier_test_code(TARGET): what is compiled for a test only. Optimizing it takes longer
# than running it, as a rule.
function(zglacier_test_code target)
  if(target STREQUAL "stream_test") # every bit of whole streams
    target_compile_options(${target} PRIVATE -O1)
    return()
  endif()
  target_compile_options(${target} PRIVATE -O0 ${ZGLACIER_TEST_PCH})
endfunction()

# Only this file knows where the tree lies: what knows it is compiled anew in each clone.
if(ZGLACIER_TESTS)
  add_library(zglacier_paths STATIC ${CMAKE_CURRENT_SOURCE_DIR}/src/base/testing/paths.cpp)
  target_include_directories(zglacier_paths PUBLIC ${PROJECT_SOURCE_DIR}/src)
  set_source_files_properties(
    ${CMAKE_CURRENT_SOURCE_DIR}/src/base/testing/paths.cpp
    PROPERTIES COMPILE_DEFINITIONS ZGLACIER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endif()

function(zglacier_layer name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.hpp)
  file(GLOB testing CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/testing/*.hpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(zglacier_${name} STATIC ${sources})
  target_include_directories(zglacier_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(zglacier_${name} PUBLIC ${ARGN})
  zglacier_headers(zglacier_${name} PUBLIC ${headers})
  if(ZGLACIER_SANITIZE AND name MATCHES "^(base|codec|stream|catalog)$")
    # What computes, and what the fuzzers call; optimizing all the rest with sanitizers would double
    # the time that it takes to build.
    target_compile_options(zglacier_${name} PRIVATE -O1)
  else()
    target_compile_options(zglacier_${name} PRIVATE ${ZGLACIER_PCH})
  endif()
  if(ZGLACIER_TESTS AND tests)
    add_library(zglacier_${name}_testing INTERFACE)
    target_link_libraries(zglacier_${name}_testing
                          INTERFACE zglacier_${name} zglacier_paths GTest::gmock)
    zglacier_headers(zglacier_${name}_testing INTERFACE ${testing})
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE zglacier_${name}_testing GTest::gtest_main)
    zglacier_test_code(${name}_test)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS unit)
  endif()
endfunction()
