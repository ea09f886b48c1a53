# The rooms of the program: each folder of src/ is one. A room sees only the rooms it is given here:
# the compiler does not find headers of other rooms.

# zglacier_sees(TARGET ROOMS...): TARGET finds the headers of these rooms. For each, its include
# path has a folder with only a link to the room.
function(zglacier_sees target)
  foreach(room ${ARGN})
    set(root ${PROJECT_BINARY_DIR}/rooms/${room})
    file(MAKE_DIRECTORY ${root})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/${room} ${root}/${room} SYMBOLIC)
    target_include_directories(${target} PRIVATE ${root})
  endforeach()
endfunction()

# zglacier_test_code(TARGET): code that is compiled only for tests. Optimizing it usually takes
# longer than running it.
function(zglacier_test_code target)
  if(target STREQUAL "stream_test") # every bit of whole streams
    target_compile_options(${target} PRIVATE -O1)
    return()
  endif()
  target_compile_options(${target} PRIVATE -O0 ${ZGLACIER_TEST_PCH})
endfunction()

# zglacier_headers(ROOM HEADERS...): the target `headers` compiles each header alone, like the room
# does.
add_custom_target(headers)
function(zglacier_headers room)
  set(sources)
  foreach(header ${ARGN})
    string(REPLACE "/" "_" name ${header})
    set(source ${PROJECT_BINARY_DIR}/headers/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
  endforeach()
  if(sources)
    add_library(${room}_headers OBJECT EXCLUDE_FROM_ALL ${sources})
    target_compile_options(${room}_headers PRIVATE -O0)
    target_include_directories(
      ${room}_headers PRIVATE $<TARGET_PROPERTY:zglacier_${room},INCLUDE_DIRECTORIES>)
    target_link_libraries(${room}_headers PRIVATE zglacier_${room})
    add_dependencies(headers ${room}_headers)
  endif()
endfunction()

add_custom_target(unit_tests)

# zglacier_room(NAME USES ROOMS... SEES ROOMS... LIBS LIBRARIES... TEST_USES ROOMS...): the room
# src/NAME. It may use the rooms of USES; those of SEES are only in headers of the former. Sources
# that end with _test.cpp are its unit tests, NAME_test, which may use TEST_USES, too. Code shared
# by tests, in folders testing/, is the library zglacier_NAME_testing.
function(zglacier_room name)
  cmake_parse_arguments(arg "" "" "USES;SEES;LIBS;TEST_USES" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src ${folder}/*.hpp)
  list(FILTER headers EXCLUDE REGEX "/testing/")
  set(tests ${sources})
  set(testing ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$|/testing/")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER testing INCLUDE REGEX "/testing/")
  list(FILTER testing EXCLUDE REGEX "_test\\.cpp$")

  add_library(zglacier_${name} STATIC ${sources})
  zglacier_sees(zglacier_${name} ${name} ${arg_USES} ${arg_SEES})
  list(TRANSFORM arg_USES PREPEND zglacier_ OUTPUT_VARIABLE libraries)
  target_link_libraries(zglacier_${name} PUBLIC ${libraries} ${arg_LIBS})
  zglacier_headers(${name} ${headers})
  if(ZGLACIER_SANITIZE AND name MATCHES "^(base|codec|stream|catalog)$")
    # Optimizes only code that computes and code that the fuzzers call; optimizing everything with
    # sanitizers would double the time of the build.
    target_compile_options(zglacier_${name} PRIVATE -O1)
  else()
    target_compile_options(zglacier_${name} PRIVATE ${ZGLACIER_PCH})
  endif()
  if(NOT ZGLACIER_TESTS)
    return()
  endif()

  if(testing)
    add_library(zglacier_${name}_testing STATIC EXCLUDE_FROM_ALL ${testing})
    zglacier_sees(zglacier_${name}_testing ${name} ${arg_USES} ${arg_SEES})
    target_link_libraries(zglacier_${name}_testing PUBLIC zglacier_${name} GTest::gmock)
    zglacier_test_code(zglacier_${name}_testing)
  endif()
  if(tests)
    add_executable(${name}_test ${tests})
    add_dependencies(unit_tests ${name}_test)
    zglacier_sees(${name}_test ${name} ${arg_USES} ${arg_SEES} ${arg_TEST_USES})
    target_link_libraries(${name}_test PRIVATE zglacier_${name} GTest::gmock GTest::gtest_main)
    foreach(room ${name} ${arg_USES} ${arg_TEST_USES})
      if(TARGET zglacier_${room}_testing)
        target_link_libraries(${name}_test PRIVATE zglacier_${room}_testing)
      endif()
    endforeach()
    zglacier_test_code(${name}_test)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS unit)
  endif()
endfunction()
