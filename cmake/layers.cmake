# One library for each folder of src/. `zglacier_layer(NAME LIBS...)` takes every .cpp of the folder except the
# tests, and builds the *_test.cpp files beside them into one test program, NAME_test.
function(zglacier_layer name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(zglacier_${name} STATIC ${sources})
  target_include_directories(zglacier_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(zglacier_${name} PUBLIC ${ARGN})
  if(ZGLACIER_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE zglacier_${name} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE ZGLACIER_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared"
                                                    ZGLACIER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
  endif()
endfunction()
