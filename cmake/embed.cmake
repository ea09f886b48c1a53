# `zglacier_embed(TARGET SYMBOL FILE)` puts a text file into the program: as
# `extern const std::string_view SYMBOL` of namespace zg::TARGET, in the layer TARGET.
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
