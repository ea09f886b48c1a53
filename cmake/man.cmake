# The manual pages, printed by the program itself from the definitions of --help. As a script, cmake
# -DPROGRAM=FILE -DFOLDER=DIR -P man.cmake, it writes them to FOLDER.
if(CMAKE_SCRIPT_MODE_FILE)
  file(REMOVE_RECURSE ${FOLDER})
  file(MAKE_DIRECTORY ${FOLDER})
  execute_process(COMMAND ${PROGRAM} man OUTPUT_FILE ${FOLDER}/zglacier.8
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${PROGRAM} man --list OUTPUT_VARIABLE list COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" verbs "${list}")
  foreach(verb ${verbs})
    execute_process(COMMAND ${PROGRAM} man ${verb} OUTPUT_FILE ${FOLDER}/zglacier-${verb}.8
                    COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  return()
endif()

set(pages ${CMAKE_BINARY_DIR}/man)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/man.stamp
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:zglacier> -DFOLDER=${pages} -P
          ${CMAKE_CURRENT_LIST_FILE}
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/man.stamp
  DEPENDS zglacier ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Printing the manual pages" VERBATIM)
add_custom_target(man ALL DEPENDS ${CMAKE_BINARY_DIR}/man.stamp)
include(GNUInstallDirs)
install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
