#include "codec/transform.hpp"

#include <cstddef>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg::codec {

/// The sink of a link in the chain: the links after it, then `out`.
class Chain::Rest final : public Sink {
  public:
    Rest(Chain& chain, std::size_t first, Sink& out) : chain_(chain), first_(first), out_(out) {}
    Result<void> write(Bytes bytes) override { return chain_.feed_from(first_, bytes, out_); }

  private:
    Chain& chain_;
    std::size_t first_;
    Sink& out_;
};

Result<void> Chain::feed_from(std::size_t link, Bytes bytes, Sink& out) {
    if (link == links_.size()) return out.write(bytes);
    Rest rest(*this, link + 1, out);
    return links_[link]->feed(bytes, rest);
}

Result<void> Chain::finish(Sink& out) {
    for (std::size_t link = 0; link < links_.size(); ++link) {
        Rest rest(*this, link + 1, out);
        ZG_CHECK(links_[link]->finish(rest));
    }
    return {};
}

}  // namespace zg::codec
