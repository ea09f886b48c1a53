// Cuts and resumes streams by hand, for cut_streams.sh:
// - cut_stream count STREAM: the number of places after which zfs send can resume
// - cut_stream token STREAM PLACE: the resume token for one of them
// - cut_stream splice STREAM PLACE: the stream up to there, joined to the output of `zfs send -t`
// on
//   standard input
// - cut_stream resume STREAM TOKEN FROM: the stream that zfs receive -s needs to resume by its
// token, from
//   the stream from record FROM percent of the way to the place
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/record.hpp"
#include "stream/resume_token.hpp"
#include "stream/resumed_stream.hpp"
#include "stream/splicer.hpp"

namespace {

using namespace zg;

[[noreturn]] void die(const std::string& why) {
    std::cerr << "cut_stream: " << why << '\n';
    std::exit(1);  // NOLINT(concurrency-mt-unsafe): there are no threads
}
void must(const Result<void>& done) {
    if (!done) die(done.error().message());
}

Buffer read_all_of(std::istream& in) {
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return to_buffer(text);
}

/// A stream with all its places, and those where zfs send can resume.
struct Stream {
    explicit Stream(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        bytes = read_all_of(file);
        std::vector<std::size_t> ends;
        stream::Checker all(
            [&](const stream::Record& record) { ends.push_back(record.position + record.size); });
        must(all.feed(bytes));
        must(all.finish());
        stream::Checker checker;
        std::size_t fed = 0;
        for (const std::size_t end : ends) {
            must(checker.feed(Bytes(bytes).subspan(fed, end - fed)));
            fed = end;
            if (auto place = checker.checkpoint()) places.push_back(std::move(*place));
        }
        for (const stream::Checkpoint& place : places) {
            if (place.resume_point) cuts.push_back(&place);
        }
        if (cuts.empty()) die("there is no place to cut at");
    }
    [[nodiscard]] const stream::Checkpoint& cut(const char* number) const {
        return *cuts[std::stoul(number) % cuts.size()];
    }

    Buffer bytes;
    std::vector<stream::Checkpoint> places;
    std::vector<const stream::Checkpoint*> cuts;
};

void write(Bytes bytes) {
    std::cout.write(reinterpret_cast<const char*>(bytes.data()),
                    static_cast<std::streamsize>(bytes.size()));
}

std::string token_of(const stream::Checkpoint& place) {
    const stream::Begin& begin = place.begins.back();
    const auto has = [&](unsigned bit) { return (begin.features >> bit & 1U) != 0; };
    return stream::resume_token_text({.object = place.resume_point->object,
                                      .offset = place.resume_point->offset,
                                      .bytes = place.position,
                                      .to_guid = begin.to_guid,
                                      .from_guid = begin.from_guid,
                                      .to_name = begin.to_name,
                                      .large_blocks = has(19),
                                      .embedded = has(16),
                                      .compressed = has(22),
                                      .raw = has(24)});
}

void splice(const Stream& stream, const stream::Checkpoint& place) {
    const Buffer rest = read_all_of(std::cin);
    stream::Splicer splicer(place);
    Buffer whole(stream.bytes.begin(),
                 stream.bytes.begin() + static_cast<std::ptrdiff_t>(place.position));
    for (Bytes left = rest; !left.empty();
         left = left.subspan(std::min<std::size_t>(left.size(), 100'003)))
        must(splicer.feed(left.first(std::min<std::size_t>(left.size(), 100'003)), whole));
    must(splicer.finish(whole));
    stream::Checker checker;
    must(checker.feed(whole));
    must(checker.finish());
    write(whole);
}

void resume(const Stream& stream, const std::string& text, unsigned percent) {
    const auto token = stream::parse_resume_token(text);
    if (!token) die(token.error().message());
    const stream::ResumePoint at{token->object, token->offset};
    // The last place to start from: after it, the record does not occur any more.
    std::size_t latest = 0;
    for (std::size_t i = 1; i < stream.places.size() && latest + 1 == i; ++i) {
        const auto& point = stream.places[i].resume_point;
        const bool past = point && (at.offset == 0 ? point->object >= at.object
                                                   : std::pair(point->object, point->offset) >
                                                         std::pair(at.object, at.offset));
        if (!past || at == stream::nothing_received)
            latest = at == stream::nothing_received ? 0 : i;
    }
    const stream::Checkpoint& from = stream.places[latest * percent / 100];
    stream::ResumedStream resumed(
        Buffer(stream.bytes.begin(),
               stream.bytes.begin() + static_cast<std::ptrdiff_t>(stream.places.front().position)),
        at);
    Buffer out;
    must(resumed.begin(out));
    resumed.skip_to(from.object_range);
    must(resumed.feed(Bytes(stream.bytes).subspan(from.position), out));
    must(resumed.finish(out));
    std::cerr << fmt::format("object {} offset {}, {} of {} bytes", at.object, at.offset,
                             out.size(), stream.bytes.size())
              << '\n';
    write(out);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string verb = argc > 2 ? argv[1] : "";
    const Stream stream(argc > 2 ? argv[2] : "");
    if (verb == "count")
        std::cout << stream.cuts.size() << '\n';
    else if (verb == "token" && argc == 4)
        std::cout << token_of(stream.cut(argv[3])) << '\n';
    else if (verb == "splice" && argc == 4)
        splice(stream, stream.cut(argv[3]));
    else if (verb == "resume" && argc == 5)
        resume(stream, argv[3], static_cast<unsigned>(std::stoul(argv[4])));
    else
        die("usage: cut_stream count|token|splice|resume STREAM …");
    return 0;
}
