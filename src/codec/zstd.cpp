#include "codec/zstd.hpp"

// For ZSTD_estimateCStreamSize, which the shared library exports though its header calls it
// unstable.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"

namespace zg::codec {

namespace {

// A frame with a window of more than 128 MiB was not made by us or by `zstd` without --long.
constexpr int window_log_max = 27;

std::unexpected<Error> damaged(std::string what) {
    return fail({.kind = ErrorKind::damage, .what = std::move(what)});
}
std::unexpected<Error> failed(std::size_t code) {
    return fail(
        {.kind = ErrorKind::internal, .what = "zstd failed", .cause = ZSTD_getErrorName(code)});
}

struct FreeContext {
    void operator()(ZSTD_CCtx* freed) const { ZSTD_freeCCtx(freed); }
};
using Context = std::unique_ptr<ZSTD_CCtx, FreeContext>;

Context make_context(int level) {
    Context context{ZSTD_createCCtx()};
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    return context;
}

}  // namespace

struct ZstdEncoder::State {
    Context context;
    Buffer block = Buffer(ZSTD_CStreamOutSize());

    Result<void> pump(Bytes bytes, ZSTD_EndDirective directive, Sink& out) {
        ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
        for (;;) {
            ZSTD_outBuffer output{block.data(), block.size(), 0};
            const std::size_t left =
                ZSTD_compressStream2(context.get(), &output, &input, directive);
            if (ZSTD_isError(left) != 0) return failed(left);
            if (output.pos > 0) ZG_CHECK(out.write(Bytes(block).first(output.pos)));
            if (directive == ZSTD_e_end ? left == 0 : input.pos == input.size) return {};
        }
    }
};

ZstdEncoder::ZstdEncoder(int level) : state_(new State{.context = make_context(level)}) {}
ZstdEncoder::~ZstdEncoder() = default;

Result<void> ZstdEncoder::feed(Bytes bytes, Sink& out) {
    return state_->pump(bytes, ZSTD_e_continue, out);
}
Result<void> ZstdEncoder::finish(Sink& out) { return state_->pump({}, ZSTD_e_end, out); }

Result<Buffer> zstd_frame(Bytes bytes, int level) {
    const Context context = make_context(level);
    Buffer frame(ZSTD_compressBound(bytes.size()));
    const std::size_t size =
        ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) return failed(size);
    frame.resize(size);
    return frame;
}

std::size_t zstd_encoder_memory(int level) { return ZSTD_estimateCStreamSize(level); }

struct ZstdDecoder::State {
    struct Free {
        void operator()(ZSTD_DCtx* freed) const { ZSTD_freeDCtx(freed); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
    Buffer block = Buffer(ZSTD_DStreamOutSize());
    bool ended = false;
};

ZstdDecoder::ZstdDecoder() : state_(std::make_unique<State>()) {
    ZSTD_DCtx_setParameter(state_->context.get(), ZSTD_d_windowLogMax, window_log_max);
}
ZstdDecoder::~ZstdDecoder() = default;

Result<void> ZstdDecoder::feed(Bytes bytes, Sink& out) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (bool full = false; input.pos < input.size || full;) {
        if (state_->ended) return damaged("there are bytes after the end of the zstd frame");
        ZSTD_outBuffer output{state_->block.data(), state_->block.size(), 0};
        const std::size_t left = ZSTD_decompressStream(state_->context.get(), &output, &input);
        if (ZSTD_isError(left) != 0)
            return damaged(std::string("the zstd frame cannot be decoded (") +
                           ZSTD_getErrorName(left) + ")");
        if (output.pos > 0) ZG_CHECK(out.write(Bytes(state_->block).first(output.pos)));
        state_->ended = left == 0;
        full = output.pos == output.size && !state_->ended;
    }
    return {};
}

Result<void> ZstdDecoder::finish(Sink& /*out*/) {
    if (!state_->ended) return damaged("the zstd frame ends too early");
    return {};
}

}  // namespace zg::codec
