# `zglacier_embed(TARGET SYMBOL FILE)` puts a text file into the program: as
# `extern const std::string_view SYMBOL` of namespace zg::TARGET, in the room TARGET.
function(zglacier_embed target symbol file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [==[
#include <string_view>

namespace zg::@target@ {
extern const std::string_view @symbol@;
const std::string_view @symbol@ = R"embedded(@text@)embedded";
}  // namespace zg::@target@
]==])
  target_sources(zglacier_${target} PRIVATE ${generated})
endfunction()

# zglacier_embed_folder(ROOM SYMBOL FOLDER): the same for all Markdown files of a folder, as pairs
# of the file's name without ".md" and its text: `extern const std::span<const
# std::pair<std::string_view, std::string_view>> SYMBOL`.
function(zglacier_embed_folder room symbol folder)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.md)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(rows)
  foreach(file ${files})
    cmake_path(GET file STEM name)
    file(READ ${file} text)
    string(APPEND rows "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [==[
#include <span>
#include <string_view>
#include <utility>

namespace zg::@room@ {
using Row = std::pair<std::string_view, std::string_view>;
static constexpr Row rows[] = {
@rows@};
extern const std::span<const Row> @symbol@;
const std::span<const Row> @symbol@{rows};
}  // namespace zg::@room@
]==])
  target_sources(zglacier_${room} PRIVATE ${generated})
endfunction()
