#include "zfs/capabilities.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace zg::zfs {

namespace {

/// All option letters in the first bracket of each "\tsend " (or "\treceive ") line, such as
/// "[-DLPbcehnpsVvw]".
std::string option_letters(std::string_view usage, std::string_view verb) {
    std::string letters;
    const std::string marker = "\t" + std::string(verb) + " [-";
    for (std::size_t at = usage.find(marker); at != std::string_view::npos;
         at = usage.find(marker, at + 1)) {
        const std::size_t begin = at + marker.size();
        const std::size_t end = usage.find(']', begin);
        if (end != std::string_view::npos) letters += usage.substr(begin, end - begin);
    }
    return letters;
}

bool has(const std::string& letters, char letter) {
    return letters.find(letter) != std::string::npos;
}

}  // namespace

Capabilities parse_usage(std::string_view usage) {
    const std::string send = option_letters(usage, "send");
    Capabilities can;
    can.bookmarks = usage.find("\tbookmark ") != std::string_view::npos;
    can.send_large_blocks = has(send, 'L');
    can.send_embedded = has(send, 'e');
    can.send_compressed = has(send, 'c');
    can.send_raw = has(send, 'w');
    can.send_estimate = has(send, 'n') && has(send, 'P');
    can.send_resumed = usage.find("-t <receive_resume_token>") != std::string_view::npos;
    // Native encryption and raw sends came with the same release (0.8); `written@` is older than
    // bookmarks (0.6.4).
    can.encryption = can.send_raw;
    can.written = can.bookmarks;
    can.receive_properties = can.send_raw;
    can.receive_resumable = has(option_letters(usage, "receive"), 's');
    return can;
}

}  // namespace zg::zfs
