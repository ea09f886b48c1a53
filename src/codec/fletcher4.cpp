#include "codec/fletcher4.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/bytes.hpp"

namespace zg::codec {

namespace {

constexpr std::size_t lanes = 4;
// Small enough that the products in append() stay below 2^64, large enough that they cost nothing.
constexpr std::size_t most_words = std::size_t{1} << 14U;

using Words = std::uint32_t __attribute__((vector_size(lanes * 4)));
using Sums = std::uint64_t __attribute__((vector_size(lanes * 8)));

/// Appends a run of `n` words whose sums, starting at zero, are `run`. The formulas result from
/// expanding each sum as a polynomial in n.
void append(Fletcher4& to, const Fletcher4& run, std::uint64_t n) {
    const std::uint64_t n2 = n * (n + 1) / 2;
    const std::uint64_t n3 = n * (n + 1) * (n + 2) / 6;
    to.d += n * to.c + n2 * to.b + n3 * to.a + run.d;
    to.c += n * to.b + n2 * to.a + run.c;
    to.b += n * to.a + run.b;
    to.a += run.a;
}

template <bool swapped>
void add_word(Fletcher4& sums, const std::byte* at) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if constexpr (swapped) word = byte_swap(word);
    sums.a += word;
    sums.b += sums.a;
    sums.c += sums.b;
    sums.d += sums.c;
}

/// The sums of a run of words, a multiple of four, starting at zero: lane i sums the words i, i +
/// 4, i + 8, …, and then the lanes are combined. A word that is the k-th from the end (from 0)
/// counts 1 time in a, k + 1 in b, (k + 1)(k + 2) / 2 in c and (k + 1)(k + 2)(k + 3) / 6 in d. In
/// lane i, k is 4j + 3 - i, and each of these counts is a combination of those that the lane's own
/// four sums give j.
template <bool swapped>
[[gnu::always_inline]] inline Fletcher4 sum_in_lanes(const std::byte* at, std::size_t words) {
    Sums a{};
    Sums b{};
    Sums c{};
    Sums d{};
    for (std::size_t i = 0; i < words; i += lanes, at += sizeof(Words)) {
        Words w;
        std::memcpy(&w, at, sizeof w);
        if constexpr (swapped)
            w = (w << 24U) | ((w & 0xff00U) << 8U) | ((w >> 8U) & 0xff00U) | (w >> 24U);
        a += __builtin_convertvector(w, Sums);
        b += a;
        c += b;
        d += c;
    }
    static constexpr std::uint64_t b_of_a[lanes] = {0, 1, 2, 3};  // subtracted
    static constexpr std::uint64_t c_of_a[lanes] = {0, 0, 1, 3};
    static constexpr std::uint64_t c_of_b[lanes] = {6, 10, 14, 18};  // subtracted
    static constexpr std::uint64_t d_of_a[lanes] = {0, 0, 0, 1};     // subtracted
    static constexpr std::uint64_t d_of_b[lanes] = {4, 10, 20, 34};
    static constexpr std::uint64_t d_of_c[lanes] = {48, 64, 80, 96};  // subtracted
    Fletcher4 sums;
    for (std::size_t i = 0; i < lanes; ++i) {
        sums.a += a[i];
        sums.b += 4 * b[i] - b_of_a[i] * a[i];
        sums.c += 16 * c[i] - c_of_b[i] * b[i] + c_of_a[i] * a[i];
        sums.d += 64 * d[i] - d_of_c[i] * c[i] + d_of_b[i] * b[i] - d_of_a[i] * a[i];
    }
    return sums;
}

// The same source for each instruction set. No ifunc: its resolvers run before the sanitizers are
// ready.
using SumRun = Fletcher4 (*)(const std::byte* at, std::size_t words);

template <bool swapped>
Fletcher4 sum_portably(const std::byte* at, std::size_t words) {
    return sum_in_lanes<swapped>(at, words);
}

#ifdef __x86_64__
template <bool swapped>
[[gnu::target("avx2")]] Fletcher4 sum_with_avx2(const std::byte* at, std::size_t words) {
    return sum_in_lanes<swapped>(at, words);
}
#endif

template <bool swapped>
SumRun fastest_sum() {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) return sum_with_avx2<swapped>;
#endif
    return sum_portably<swapped>;
}

template <bool swapped>
void update_words(Fletcher4& sums, const std::byte* at, std::size_t words, SumRun sum_run) {
    while (words >= lanes) {
        const std::size_t run = std::min(words, most_words) / lanes * lanes;
        append(sums, sum_run(at, run), run);
        at += run * 4;
        words -= run;
    }
    for (; words > 0; --words, at += 4) add_word<swapped>(sums, at);
}

}  // namespace

void Fletcher4::update(Bytes bytes, std::endian order) {
    static const SumRun native = fastest_sum<false>();
    static const SumRun swapped = fastest_sum<true>();
    if (order == std::endian::native)
        update_words<false>(*this, bytes.data(), bytes.size() / 4, native);
    else
        update_words<true>(*this, bytes.data(), bytes.size() / 4, swapped);
}

void Fletcher4::update_portably(Bytes bytes, std::endian order) {
    if (order == std::endian::native)
        update_words<false>(*this, bytes.data(), bytes.size() / 4, sum_portably<false>);
    else
        update_words<true>(*this, bytes.data(), bytes.size() / 4, sum_portably<true>);
}

std::string Fletcher4::text() const { return fmt::format("{:x}/{:x}/{:x}/{:x}", a, b, c, d); }

void RunningFletcher4::update(Bytes piece, std::endian order) {
    while (fill_ > 0 && !piece.empty()) {
        word_[fill_++] = piece.front();
        piece = piece.subspan(1);
        if (fill_ == word_.size()) {
            sums_.update(word_, order);
            fill_ = 0;
        }
    }
    const std::size_t whole = piece.size() / word_.size() * word_.size();
    sums_.update(piece.first(whole), order);
    for (const std::byte byte : piece.subspan(whole)) word_[fill_++] = byte;
}

}  // namespace zg::codec
